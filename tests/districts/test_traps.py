"""Traps of the field that the inventory and the district's data have to stay out of; each test names its trap."""

from __future__ import annotations

import re

import numpy as np
import pytest

from dafeng.district import District
from dafeng.quantities import Run
from dafeng.quantities.states import Flag

from .conftest import ROOT
from .test_lixia import year


def total(run: Run, name: str, y: int = 2025) -> float:
    value = run[name].at(year=y).value
    assert value is not None
    return value


def nudged(district: District, name: str, y: int, factor: float, **where: str) -> Run:
    """The run with one filed cell multiplied."""
    key = district.run[name].key({"year": y, **where})
    value = district.run[name].values[key]
    return district.run.with_changes(evidence={(name, key): float(value) * factor})


def everything_under(district: District, name: str) -> set[str]:
    return district.run.compiled.needed_by({name})


# Double counting.


def test_TP_01_heat_counts_as_fuel_inside_and_as_heat_outside(lixia: District) -> None:
    run = lixia.run
    sources = lixia.model.definitions.dimensions["heat_source"].members
    for source, member in sources.items():
        fuel = run["co2_plants"].at(year=2024, heat_source=source).value
        heat = run["co2_heat_by_source"].at(year=2024, heat_source=source).value
        assert fuel is not None and heat is not None
        if member.attributes["heat_boundary"] == "inside":
            assert heat == 0
        else:
            assert fuel == 0 and heat > 0
    more = nudged(lixia, "heat_supplied", 2024, 1.5, month="1", heat_source="gas_boilers")
    assert total(more, "heat_bought", 2024) == total(run, "heat_bought", 2024)
    assert total(more, "co2_total", 2024) == pytest.approx(total(run, "co2_total", 2024), rel=1e-12)


def test_TP_02_chp_parts_add_back_to_the_fuel(lixia: District) -> None:
    for option in ("heat_ratio", "work_method"):
        run = lixia.run.with_changes(choices={"chp_split": option})
        for y in range(2015, 2026):
            parts = total(run, "co2_chp_heat_part", y) + total(run, "co2_chp_power_part", y)
            fuel = run["co2_plant_coal"].at(year=y, heat_source="chp").value
            assert parts == pytest.approx(fuel, rel=1e-12)


def test_TP_03_local_power_is_fuel_or_grid_never_both(lixia: District) -> None:
    net = lixia.run
    sales, local = np.nansum(net["electricity_grid"].values, axis=1), net["chp_power"].values
    np.testing.assert_allclose(net["electricity_bought"].values.sum(axis=1), sales - local, rtol=1e-12)
    other = net.with_changes(choices={"local_generation": "all_consumption"})
    assert other["electricity_bought"].values.sum() == pytest.approx(sales.sum())
    counted = other["co2_plant_coal"].at(year=2024, heat_source="chp").value
    assert counted == pytest.approx(total(other, "co2_chp_heat_part", 2024), rel=1e-12)
    assert total(other, "co2_total", 2035) > 0 and other["co2_total"].at(year=2035).complete


def test_TP_04_own_use_pv_is_not_subtracted_again(lixia: District) -> None:
    more = nudged(lixia, "pv_generation", 2024, 3, month="6", sector="industry")
    assert total(more, "co2_total", 2024) == total(lixia.run, "co2_total", 2024)
    assert total(more, "energy_total_equal", 2024) > total(lixia.run, "energy_total_equal", 2024)
    assert "pv_avoided_co2" not in everything_under(lixia, "co2_total")


def test_TP_05_green_power_takes_one_pair_of_factors(lixia: District) -> None:
    plain = lixia.run["co2_electricity"].values
    np.testing.assert_allclose(
        plain,
        lixia.run["electricity_bought"].values
        * 1e4
        * lixia.run["electricity_co2_factor"].values[:, None]
        / 1e3,
    )
    claimed = lixia.run.with_changes(choices={"green_power_claim": "claimed"})
    rest = claimed["electricity_bought"].values - claimed["green_power"].values
    expected = rest * 1e4 * claimed["electricity_residual_factor"].values[:, None] / 1e3
    np.testing.assert_allclose(claimed["co2_electricity"].values, expected)
    assert year(lixia, "grid_residual_published", 2023) == pytest.approx(0.6096)


def test_TP_07_the_area_account_sums_no_enterprise_reports(lixia: District) -> None:
    leaves = {
        n
        for n in everything_under(lixia, "co2_total")
        if lixia.model.definitions.quantities[n].kind == "evidence"
    }
    assert leaves == {"electricity_delivered", "pv_generation", "pv_feed_in", "pv_capacity_filed", "gas_sold", "fuel_sold", "heat_supplied",
                      "heat_sold", "plant_coal", "plant_gas", "chp_power_sent", "heat_factor_filed"}  # fmt: skip


def test_TP_09_sinks_stand_beside_the_total(lixia: District) -> None:
    for name in ("co2_total", "ghg_total"):
        assert not {"sink_total", "sink_by_type", "green_plot_area"} & everything_under(lixia, name)
    assert lixia.run["sink_total"].at(year=2025).state == "default"


def test_TP_10_incineration_is_in_no_total(lixia: District) -> None:
    for name in ("co2_total", "ghg_total", "energy_total_equal"):
        assert not any(n.startswith("waste_") for n in everything_under(lixia, name))


# Boundary.


def test_TP_11_no_rate_across_the_break_of_the_boundary(lixia: District) -> None:
    assert lixia.run["gdp_current"].at(year=2024).state == "outside"
    assert lixia.run["gdp_current_2024_boundary"].at(year=2024).state == "NE"
    assert not lixia.model.used_by("gdp_current_2024_boundary")
    assert lixia.package["boundary"]["version"]


def test_TP_12_thirteen_streets_one_boundary(lixia: District) -> None:
    assert len(lixia.streets) == 13 and "370102014" not in lixia.streets
    assert "舜华路" in lixia.package["boundary"]["note"]
    assert "舜华路" in lixia.model.definitions.quantities["population"].note


def test_TP_13_city_figures_start_after_laiwu_joined(lixia: District) -> None:
    for name in ("city_electricity", "city_gas", "city_fuel", "city_heat", "allocation_key"):
        spec = lixia.model.definitions.quantities[name].evidence
        assert spec is not None and spec.first is not None and spec.first >= 2019


def test_TP_14_own_statistics_and_area_totals_are_two_scopes(lixia: District) -> None:
    assert (
        year(lixia, "own_public_area", 2025)
        < lixia.run["building_area"].at(year=2025, sector="public").value / 2
    )
    assert not {"own_public_area", "own_public_electricity"} & everything_under(lixia, "co2_total")
    assert "隶属" in lixia.model.definitions.quantities["own_public_area"].note


def test_TP_15_transport_fuel_by_sale_alone(lixia: District) -> None:
    assert not {"gasoline_by_registration", "cars_registered", "car_mileage"} & everything_under(
        lixia, "co2_total"
    )
    assert "销售地" in lixia.model.definitions.quantities["fuel_sold"].note
    assert 0.5 < year(lixia, "gasoline_sale_over_registration", 2025) < 2


# Factors and conversions as the account uses them.


def test_TP_16_a_lagging_factor_is_marked(lixia: District) -> None:
    assert lixia.run["grid_factor_published"].at(year=2023).state == "observed"
    for y in (2020, 2024, 2025):
        assert lixia.run["grid_factor_published"].at(year=y).state == "default"


def test_TP_17_TP_18_the_factor_is_that_of_the_province(lixia: District) -> None:
    found = [round(year(lixia, "grid_factor_published", y), 4) for y in (2021, 2022, 2023)]
    assert found == [0.6838, 0.6410, 0.6191]


def test_TP_24_the_base_year_factor_is_a_choice(lixia: District) -> None:
    frozen = lixia.run.with_changes(choices={"electricity_factor_rule": "frozen_2021"})
    assert np.ptp(frozen["electricity_co2_factor"].values) == 0
    assert total(frozen, "co2_intensity_fall") < total(lixia.run, "co2_intensity_fall")


def test_TP_25_default_heat_only_where_the_supplier_gave_none(lixia: District) -> None:
    before = lixia.run["heat_co2_factor"].at(year=2018, heat_source="imported_heat")
    after = lixia.run["heat_co2_factor"].at(year=2024, heat_source="imported_heat")
    assert before.value == pytest.approx(0.11) and after.value is not None and after.value < 0.11
    waste = lixia.run["heat_co2_factor"].at(year=2024, heat_source="long_distance_waste_heat")
    assert waste.value is not None and waste.value < 0.02


def test_TP_26_one_set_for_all_fuels(lixia: District) -> None:
    for option, expected in (("pgi_2025", {"PGI-2025"}), ("enterprise", {"ENT"})):
        run = lixia.run.with_changes(choices={"factor_set": option})
        used = {n for n in ("fuel_co2_pgi", "fuel_co2_enterprise", "gas_co2_pgi", "gas_co2_enterprise") if n in run.compiled.needed_by({"co2_total"})}  # fmt: skip
        sets = {lixia.model.definitions.quantities[n].factor.set for n in used}  # type: ignore[union-attr]
        assert sets == expected


def test_TP_31_gases_join_under_a_named_set_only(lixia: District) -> None:
    expected = {"ar4": (25, 298), "ar5": (28, 265), "ar6": (29.8, 273)}
    for option, (ch4, n2o) in expected.items():
        run = lixia.run.with_changes(choices={"gwp_set": option})
        co2e = total(run, "co2_total") + total(run, "ch4_total") * ch4 + total(run, "n2o_total") * n2o
        assert total(run, "ghg_total") == pytest.approx(co2e, rel=1e-9)
        assert total(run, "co2_total") == total(lixia.run, "co2_total")


def test_TP_32_biogenic_carbon_is_a_memo_and_no_zero(lixia: District) -> None:
    assert year(lixia, "waste_incineration_biogenic_co2", 2024) > 0
    assert not lixia.model.used_by("waste_incineration_biogenic_co2")


def test_TP_33_calorific_and_equal_value_never_add(lixia: District) -> None:
    q = lixia.model.definitions.quantities
    for name, quantity in q.items():
        if quantity.unit.startswith(("tce_eq", "kgce_eq")):
            assert quantity.basis == "equal", name
        elif "tce" in quantity.unit and "tce_eq" not in quantity.unit:
            assert quantity.basis == "calorific", name
    ratio = year(lixia, "electricity_equal_value", 2022) / 0.1229
    assert ratio == pytest.approx(2.45, rel=0.01)


def test_TP_34_the_target_keeps_the_base_years_coefficient(lixia: District) -> None:
    assert np.ptp(lixia.run["equal_value_assessed"].values) == 0
    assert year(lixia, "equal_value_assessed", 2025) == pytest.approx(0.3049)
    moving = lixia.run.with_changes(choices={"equal_value_rule": "yearly"})
    assert total(moving, "energy_intensity_fall") > total(lixia.run, "energy_intensity_fall")


def test_TP_35_TP_36_quota_coefficients_stay_out_of_the_account(lixia: District) -> None:
    assert not {n for n in everything_under(lixia, "energy_total_equal") if n.startswith("db37_")}
    assert lixia.run["gas_coefficient"].at().value == pytest.approx(1.33)
    assert lixia.run["db37_gas_coefficient"].at().value == pytest.approx(1.2143)


def test_TP_37_no_split_of_heating_no_indicator(lixia: District) -> None:
    without = lixia.run["own_public_nonheating_electricity_per_area"].at(year=2021)
    assert without.value is None and without.state == "missing"
    split = year(lixia, "own_public_nonheating_electricity_per_area", 2024)
    assert split < year(lixia, "own_public_electricity_per_area", 2024)


def test_TP_39_trade_volume_is_converted_to_the_standard_state(lixia: District) -> None:
    sold = np.nansum(lixia.run["gas_sold"].at(year=2024, month="1", sector="industry").value or 0)
    used = lixia.run["gas_sold"].values[9, :, 0].sum()
    assert sold > 0
    assert lixia.run["gas_use"].values[9, 0] == pytest.approx(used * 273.15 / 293.15, rel=1e-6)


def test_TP_48_intensity_per_ten_thousand_yuan_from_gdp_in_hundred_millions(lixia: District) -> None:
    by_hand = year(lixia, "energy_assessed", 2024) / (year(lixia, "gdp_constant", 2024) * 1e4)
    assert year(lixia, "energy_intensity", 2024) == pytest.approx(by_hand, rel=1e-12)
    assert year(lixia, "gdp_current", 2015) == pytest.approx(1288.68)  # filed in 万元


# Statistics.


def test_TP_51_TP_53_intensity_uses_constant_prices_from_real_growth(lixia: District) -> None:
    for y in (2021, 2022, 2023):
        inflated = nudged(lixia, "gdp_current", y, 1.2)
        assert total(inflated, "energy_intensity_fall") == total(lixia.run, "energy_intensity_fall")
    index = 1.078 * 1.045
    assert year(lixia, "gdp_constant", 2022) == pytest.approx(1910.41 * index)
    assert year(lixia, "gdp_constant", 2019) == pytest.approx(1910.41 / 1.045)


def test_TP_52_preliminary_figures_say_so(lixia: District) -> None:
    assert "provisional" in lixia.run["gdp_current"].at(year=2020).marks
    assert "provisional" in lixia.run["energy_intensity_fall"].at(year=2025).marks


def test_TP_54_cumulative_falls_multiply(lixia: District) -> None:
    for name in ("energy_intensity_fall", "co2_intensity_fall"):
        chained = lixia.run[f"{name}_chained"].values
        np.testing.assert_allclose(lixia.run[name].values, chained, rtol=1e-9, atol=1e-9)
        added = sum(year(lixia, f"{name}_annual", y) for y in range(2021, 2026))
        assert added > year(lixia, name, 2025)


def test_TP_55_every_intensity_names_its_basis(lixia: District) -> None:
    q = lixia.model.definitions.quantities
    for name in q:
        if name.startswith("energy_intensity"):
            assert q[name].basis in ("equal", "calorific"), name
    three = [
        year(lixia, f"energy_intensity_fall_{b}", 2025) for b in ("total", "less_feedstock", "less_nonfossil")
    ]
    assert len({round(x, 3) for x in three}) == 3
    for option, value in zip(("total", "less_feedstock", "less_feedstock_nonfossil"), three, strict=True):
        run = lixia.run.with_changes(choices={"intensity_basis": option})
        assert total(run, "energy_intensity_fall") == pytest.approx(value, rel=1e-12)


def test_TP_57_direct_and_full_building_carbon_are_two_indicators(lixia: District) -> None:
    direct, full = (
        year(lixia, "building_direct_co2_per_area", 2025),
        year(lixia, "building_full_co2_per_area", 2025),
    )
    assert direct < full / 5
    assert not {"electricity_co2_factor", "heat_co2_factor"} & everything_under(
        lixia, "building_direct_co2_per_area"
    )


def test_TP_60_allowances_and_offsets_touch_no_account(lixia: District) -> None:
    names = everything_under(lixia, "co2_total")
    assert not [n for n in names if "allowance" in n or "offset" in n or "ccer" in n]


def test_TP_61_heat_plants_have_their_own_fuel_survey(lixia: District) -> None:
    for name in ("plant_coal", "plant_gas"):
        spec = lixia.model.definitions.quantities[name].evidence
        assert spec is not None and spec.supplier == "heat_company"
    state = lixia.run["gas_sold"].at(year=2024, month="1", sector="energy_supply").flags
    assert state & Flag.INCLUDED_ELSEWHERE


def test_TP_62_avoided_emissions_enter_nothing(lixia: District) -> None:
    for name in ("pv_avoided_co2", "coal_avoided_by_waste_heat"):
        assert not lixia.model.used_by(name)


def test_the_table_of_traps_names_tests_that_are_there() -> None:
    table = (ROOT / "docs" / "traps.md").read_text(encoding="utf-8")
    rows = re.findall(r"^\| (TP-\d\d) \|.*\| (.+) \|$", table, re.M)
    assert [r[0] for r in rows] == [f"TP-{i:02}" for i in range(1, 63)]
    there = {
        n
        for f in (ROOT / "tests").rglob("test_*.py")
        for n in re.findall(r"def (test_\w+)", f.read_text(encoding="utf-8"))
    }
    for trap, text in rows:
        named = re.findall(r"test_\w+(?!\.py)\b", re.sub(r"tests/[\w/]+\.py", "", text))
        assert named or text.startswith("cannot arise"), trap
        assert not set(named) - there, (trap, set(named) - there)
