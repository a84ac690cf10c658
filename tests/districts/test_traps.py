"""Traps of the field that the inventory and the district's data have to stay out of; each test names its trap."""

from __future__ import annotations

import csv
import re
from pathlib import Path

import numpy as np
import pytest

from dafeng.district import District
from dafeng.quantities import Run
from dafeng.quantities.states import Flag
from dafeng.targets.verdict import judge

from .conftest import ROOT
from .test_lixia import year

STANDARDS = ROOT / "src" / "dafeng" / "standards"


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


def load_with(folder: Path, formula: str) -> set[str]:
    """Rules of the errors found on loading a district whose one quantity of its own has this formula."""
    (folder / "quantities").mkdir(exist_ok=True)
    (folder / "package.toml").write_text(
        'id = "370198"\nname = "试"\nname_en = "Trial"\nextends = "370100"\nkind = "district"\nas_of = 2026-11-24\n',
        encoding="utf-8",
    )
    (folder / "quantities" / "own.toml").write_text(
        f'[[quantity]]\nid = "trial"\nname = "试"\nname_en = "Trial"\nunit = "tce"\ndims = ["year"]\nbasis = "calorific"\nformula = "{formula}"\n',
        encoding="utf-8",
    )
    return {f.rule for f in District.open(folder).findings if f.severity == "error"}


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
    filed = run["heat_factor_filed"]
    for source in (
        "chp",
        "gas_boilers",
        "industrial_waste_heat",
    ):  # a district that files no IE for its own sources
        silent = run.with_changes(evidence={("heat_factor_filed", filed.key({"year": 2024, "heat_source": source})): None})  # fmt: skip
        assert total(silent, "co2_total", 2024) == pytest.approx(total(run, "co2_total", 2024), rel=1e-12)
        assert silent["co2_total"].at(year=2024).complete
    assert total(more, "co2_total", 2024) == pytest.approx(total(run, "co2_total", 2024), rel=1e-12)


def test_TP_02_chp_parts_add_back_to_the_fuel(lixia: District) -> None:
    for option in ("heat_ratio", "work_method"):
        run = lixia.run.with_changes(choices={"chp_split": option})
        for y in range(2015, 2026):
            parts = total(run, "co2_chp_heat_part", y) + total(run, "co2_chp_power_part", y)
            fuel = run["co2_plant_coal"].at(year=y, heat_source="chp").value
            assert parts == pytest.approx(fuel, rel=1e-12)
    gas = lixia.run["plant_gas"].key({"year": 2024, "month": "1", "heat_source": "chp"})
    burnt = lixia.run.with_changes(evidence={("plant_gas", gas): 100.0})
    parts = total(burnt, "co2_chp_heat_part", 2024) + total(burnt, "co2_chp_power_part", 2024)
    fuel = burnt["co2_plants"].at(year=2024, heat_source="chp").value
    assert parts == pytest.approx(fuel, rel=1e-12)
    assert fuel > lixia.run["co2_plants"].at(year=2024, heat_source="chp").value * 1.001  # type: ignore[operator]


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


def test_TP_06_green_power_counts_once(lixia: District) -> None:
    key = lixia.run["green_power_bought"].key({"year": 2024, "sector": "industry"})
    more = lixia.run.with_changes(
        evidence={("green_power_bought", key): float(lixia.run["green_power_bought"].values[key]) + 100}
    )
    gained = total(more, "nonfossil_energy", 2024) - total(lixia.run, "nonfossil_energy", 2024)
    assert gained == pytest.approx(100e4 * 0.3049 / 1e3, rel=1e-6)  # 100 万kWh, once
    for name in ("co2_total", "energy_total_equal", "renewable_substitution", "pv_capacity"):
        assert total(more, name, 2024) == total(lixia.run, name, 2024), name
    q = lixia.model.definitions.quantities
    uses = {n for n in q if any(re.search(r"\bgreen_power\b", text) for text in q[n].formulas.values())}
    assert uses == {"nonfossil_energy", "co2_electricity"}
    assert lixia.model.used_by("green_power") == ["nonfossil_energy"]  # CO2 under the choice “claimed” only


def test_TP_07_the_area_account_sums_no_enterprise_reports(lixia: District) -> None:
    leaves = {
        n
        for n in everything_under(lixia, "co2_total")
        if lixia.model.definitions.quantities[n].kind == "evidence"
    }
    assert leaves == {"electricity_delivered", "pv_generation", "pv_feed_in", "pv_capacity_filed", "gas_sold", "fuel_sold", "heat_supplied",
                      "heat_sold", "plant_coal", "plant_gas", "chp_power_sent", "heat_factor_filed"}  # fmt: skip


def test_TP_08_energy_carrying_media_are_no_carriers(lixia: District) -> None:
    """A site counts once, by what is delivered to it: nothing that its own plant makes is a carrier of the account."""
    made_on_site = {"steam", "compressed_air", "chilled", "water", "oxygen", "nitrogen", "acetylene"}
    for dim in ("carrier", "fuel"):
        for member, what in lixia.model.definitions.dimensions[dim].members.items():
            assert not [m for m in made_on_site if m in member], member
            assert not re.search("蒸汽|压缩空气|冷冻水|新水|氧气|氮气|乙炔", what.name), member
    assert {n for n in everything_under(lixia, "energy_total_equal") if n.startswith("own_public_")} == set()


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
    assert lixia.run["gdp_share_of_city"].at(year=2024).value is None
    jump = lixia.run.with_changes(evidence={("gdp_current_2024_boundary", lixia.run["gdp_current_2024_boundary"].key({"year": 2024})): 9999.0})  # fmt: skip
    for y in (2024, 2025):
        rate = total(jump, "gdp_constant", y) / total(jump, "gdp_constant", y - 1) - 1
        assert rate * 100 == pytest.approx(year(lixia, "gdp_growth", y), rel=1e-9)
    assert lixia.package["boundary"]["version"]


def test_TP_12_thirteen_streets_one_boundary(lixia: District) -> None:
    assert len(lixia.streets) == 13 and "370102014" not in lixia.streets
    assert "舜华路" in lixia.package["boundary"]["note"]
    assert "舜华路" in lixia.model.definitions.quantities["population"].note
    assert lixia.package["boundary"]["version"].endswith(f"-{len(lixia.streets)}")
    plain = {n: lixia.run[n].values for n in ("residents", "gdp_constant", "electricity_grid_history")}
    for c, _ in lixia.choices:
        for option in c.options:
            run = lixia.run.with_changes(choices={c.id: option})
            for name, values in plain.items():  # no switch moves one of them alone
                np.testing.assert_array_equal(run[name].values, values, err_msg=f"{c.id}={option}: {name}")


def test_TP_13_city_figures_start_after_laiwu_joined(lixia: District) -> None:
    city = [
        q
        for n, q in lixia.model.definitions.quantities.items()
        if q.kind == "evidence" and (n.startswith("city_") or n == "allocation_key")
    ]
    assert len(city) >= 8
    for q in city:
        assert q.evidence is not None and q.evidence.first is not None and q.evidence.first >= 2019, q.id


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
        assert lixia.run["co2_total"].at(year=y).state == "default"
    assert lixia.run["co2_total"].at(year=2023).state == "observed"


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
    assert (before.state, after.state) == ("default", "observed")
    assert (
        lixia.run["co2_total"].at(year=2021).state == "default"
    )  # its grid factor is published, its heat factor is not
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


def test_TP_33_calorific_and_equal_value_never_add(lixia: District, tmp_path: Path) -> None:
    q = lixia.model.definitions.quantities
    for name, quantity in q.items():
        if quantity.unit.startswith(("tce_eq", "kgce_eq")):
            assert quantity.basis == "equal", name
        elif "tce" in quantity.unit and "tce_eq" not in quantity.unit:
            assert quantity.basis == "calorific", name
    for formula in (
        "energy_total_calorific + energy_total_equal",
        "energy_total_equal - energy_total_calorific",
    ):
        assert "formula.unit" in load_with(tmp_path, formula), formula
    assert not load_with(tmp_path, "energy_total_calorific + energy_total_calorific")
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


def test_TP_56_a_control_target_is_met_or_not_and_earns_no_part(lixia: District) -> None:
    """The method of 2026 gives no partial credit: just short and far short are the same verdict, and no score stands by."""
    key = lixia.run["charging_facilities"].key({"year": 2025})
    base = year(lixia, "charging_facilities", 2020)
    found = []
    for added in (299.0, 1.0, 300.0):
        run = lixia.run.with_changes(evidence={("charging_facilities", key): base + added})
        found.append(judge(lixia.target("charging_facilities_2025"), run, 2025))
    assert [v.verdict for v in found] == ["missed", "missed", "met"]
    assert not [k for k in found[0].as_dict() if "score" in k or "credit" in k]
    with (STANDARDS / "nation" / "reference" / "rules.csv").open(encoding="utf-8") as stream:
        rules = {r["id"]: r for r in csv.DictReader(stream)}
    assert "不合格" in rules["RU-D-07"]["formula"] and rules["RU-D-07"]["year_or_edition"] == "2026-04"
    assert "min(1" in rules["RU-D-12"]["formula"] and rules["RU-D-12"]["year_or_edition"] == "2014"


def test_TP_57_direct_and_full_building_carbon_are_two_indicators(lixia: District) -> None:
    direct, full = (
        year(lixia, "building_direct_co2_per_area", 2025),
        year(lixia, "building_full_co2_per_area", 2025),
    )
    assert direct < full / 5
    assert not {"electricity_co2_factor", "heat_co2_factor"} & everything_under(
        lixia, "building_direct_co2_per_area"
    )


def test_TP_58_the_review_threshold_is_dated_and_stands_nowhere_else() -> None:
    with (STANDARDS / "nation" / "reference" / "rules.csv").open(encoding="utf-8") as stream:
        rules = {r["id"]: r for r in csv.DictReader(stream)}
    old, new = rules["RU-F-01"], rules["RU-F-02"]
    assert (old["value"], old["year_or_edition"]) == ("1000;5000000", "2023-06-01 to 2025-08-31")
    assert (new["value"], new["year_or_edition"]) == ("1000;1000", "2025-09-01")
    for file in [
        *STANDARDS.rglob("*.toml"),
        *(ROOT / "districts").rglob("*.toml"),
        *(ROOT / "src").rglob("*.py"),
    ]:
        assert not re.search(
            r"500 ?万(kWh|千瓦时)|5[_,]?000[_,]?000 ?kWh", file.read_text(encoding="utf-8")
        ), file


def test_TP_59_history_stands_on_one_edition_of_the_guideline(lixia: District) -> None:
    q = lixia.model.definitions.quantities
    sets = {q[n].factor.set for n in everything_under(lixia, "co2_total") if q[n].kind == "factor"}  # type: ignore[union-attr]
    assert sets == {"PGI-2025", "MEE-NBS", "HEAT-default"}
    assert "year" not in q["fuel_co2_pgi"].dims and "year" not in q["gas_co2_pgi"].dims
    assert lixia.run["gwp_ch4"].at().value == 28 and lixia.run["gwp_n2o"].at().value == 265
    assert lixia.run["msw_fossil_factor"].at().value != pytest.approx(0.27)


def test_TP_60_allowances_and_offsets_touch_no_account(lixia: District) -> None:
    """Whatever is filed more makes the total more, or leaves it: an offset would make it less. Power sent out by the
    local plant is the one exception, for its fuel counts already."""
    names = everything_under(lixia, "co2_total")
    assert not [n for n in names if re.search("allowance|offset|ccer|credit", n)]
    for name in (n for n in names if lixia.model.definitions.quantities[n].kind == "evidence"):
        values, key = lixia.run[name].values, (9,)  # 2024
        cells = [c for c in np.ndindex(values.shape) if c[0] == key[0] and values[c] > 0]
        more = lixia.run.with_changes(evidence={(name, c): float(values[c]) * 1.1 for c in cells})
        change = total(more, "co2_total", 2024) - total(lixia.run, "co2_total", 2024)
        assert cells and (change < 0 if name == "chp_power_sent" else change > -1e-6), name


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
