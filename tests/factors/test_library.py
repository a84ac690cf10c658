"""The factor library: look-up by rule M4, year rules, layers, recomputation and the checks on load."""

import csv
import dataclasses
import datetime
import time
from decimal import Decimal
from pathlib import Path

import pytest

from dafeng.factors import Conflict, Factor, FactorLibrary, Missing, shipped_vocabulary
from dafeng.factors.checks import check_library
from dafeng.factors.loading import COLUMNS

GWP_TABLE = (
    Path(__file__).resolve().parents[3] / "shared" / "data" / "gwp_tables" / "globalwarmingpotentials.csv"
)


@pytest.fixture(scope="module")
def library() -> FactorLibrary:
    return FactorLibrary.load()


def edited(
    library: FactorLibrary, changes: dict[str, dict] | None = None, extra: list[Factor] = ()
) -> set[str]:
    """Rules found after editing rows of the shipped library."""
    rows = [dataclasses.replace(f, **(changes or {}).get(f.id, {})) for f in library.factors]
    return {f.rule for f in check_library(FactorLibrary([*rows, *extra])) if f.severity == "error"}


def test_the_shipped_tables_load_without_errors_and_fast(library):
    assert [f.line("en") for f in library.findings if f.severity == "error"] == []
    assert len(library.factors) > 1100
    best = min(_timed(FactorLibrary.load) for _ in range(3))
    print(f"load of {len(library.factors)} factors: {best * 1000:.1f} ms")


def _timed(call) -> float:
    start = time.process_time()
    call()
    return time.process_time() - start


def test_every_row_has_a_source_and_says_how_sure_it_is(library):
    for f in library.factors:
        assert f.source_title and f.confidence in ("confirmed", "recalled"), f.id
        assert f.unit or f.parameter in ("fcf", "ce"), f.id
    assert library.by_id["FF-240"].recalled is False
    assert library.by_id["FF-175"].recalled is True


def test_one_candidate_is_found(library):
    f = library.find("ef_elec_average", "electricity", set="MEE-NBS", region="370000", year=2023)
    assert isinstance(f, Factor)
    assert (f.value, f.unit, f.gas) == (Decimal("0.6191"), "kgCO2/kWh", "CO2")


def test_no_candidate_is_missing_and_names_what_there_is(library):
    found = library.find("ef_elec_average", "electricity", set="MEE-NBS", region="370000", year=2024)
    assert isinstance(found, Missing)
    assert [f.id for f in found.alternatives][:2] == ["EF-2023-P-Shandong", "EF-2022-P-Shandong"]
    assert "EF-2023-P-Shandong" in found.finding("表 · C7").fix.zh


def test_two_candidates_are_a_conflict(library):
    found = library.find("carbon_content_per_heat", "bituminous_coal", set="MEE-sector-copies")
    assert isinstance(found, Conflict)
    assert {f.id for f in found.candidates} == {"FF-199", "FF-200"}
    assert isinstance(library.find("co2_factor", "diesel"), Conflict)  # two sets, none named


def test_a_period_over_two_editions_is_refused(library):
    found = library.find("carbon_content_per_heat", "coal_unmeasured", set="POWER-2022", year=2022)
    assert isinstance(found, Conflict) and found.spans
    day = library.find(
        "carbon_content_per_heat", "coal_unmeasured", set="POWER-2022", on=datetime.date(2022, 12, 1)
    )
    assert day.value == Decimal("30.85")
    assert "跨越" in found.finding("x").message.zh


def test_a_region_is_widened_only_when_asked_and_says_so(library):
    ask = {"parameter": "co2_factor_heat", "item": "heat", "set": "HEAT-default", "region": "370102"}
    assert isinstance(library.find(**ask), Missing)
    f = library.find(**ask, region_fallback=["370000", "CN"])
    assert f.widened and (f.region_asked, f.region) == ("370102", "CN")


def test_TP_23_tibet_has_no_value(library):
    found = library.find("ef_elec_average", "electricity", set="MEE-NBS", region="540000", year=2023)
    assert isinstance(found, Missing)


def test_sets_are_used_whole_and_a_union_must_be_named(library):
    assert isinstance(library.find("net_calorific_value", "diesel", set="PGI-2011"), Missing)
    f = library.find("net_calorific_value", "diesel", set="PGI-2011+GB/T2589-2008")
    assert f.value == Decimal("42.652")


def test_gwp_carries_its_set(library):
    assert library.gwp("AR5", "CH4").value == 28
    assert library.gwp("AR5", "CH4").set == "AR5"
    assert library.gwp("SAR", "N2O").value == 310
    assert library.gwp("PGI-2025", "CH4").value == 28
    assert isinstance(library.gwp("AR5", "CO2e"), Missing)
    assert set(library.gwp_sets()) >= {"SAR", "TAR", "AR4", "AR5", "AR6"}


@pytest.mark.skipif(not GWP_TABLE.exists(), reason="the GWP table of shared/data is not at hand")
def test_TP_31_gwp_agrees_with_the_public_table(library):
    lines = [x for x in GWP_TABLE.read_text(encoding="utf-8").splitlines() if not x.startswith("#")]
    checked = 0
    names = {"HFC134a": "HFC-134a", "HFC32": "HFC-32", "HFC125": "HFC-125"}
    for row in csv.DictReader(lines):
        for name in ("SAR", "TAR", "AR4", "AR5", "AR6"):
            value = row[f"{name}GWP100"]
            found = library.gwp(name, names.get(row["Species"], row["Species"]))
            if value and isinstance(found, Factor):
                assert found.value == Decimal(value), (name, row["Species"])
                checked += 1
    assert checked > 100


def test_series_exact_frozen_and_nearest_earlier(library):
    ask = {"parameter": "ef_elec_average", "item": "electricity", "set": "MEE-NBS", "region": "370000"}
    exact = library.series(**ask, years=range(2020, 2025))
    assert [y for y, a in exact.items() if a.factor] == [2021, 2022, 2023]
    assert exact[2024].state == "missing" and exact[2024].problem
    mixed = library.series(
        **ask, years=range(2015, 2027), rule={"..2020": "frozen:2021", "2021..": "nearest_earlier"}
    )
    assert mixed[2015].factor.value == Decimal("0.6838") and mixed[2015].state == "frozen"
    assert mixed[2022].state == "exact" and mixed[2022].factor.value == Decimal("0.641")
    assert mixed[2026].state == "lagged" and mixed[2026].factor.data_year == 2023
    assert "2023" in mixed[2026].note.zh


def test_series_refuses_unclear_rules(library):
    ask = {"parameter": "co2_factor", "item": "diesel", "set": "PGI-2025", "years": [2020]}
    for rule in ("latest", {"2021..": "exact"}, {"..": "exact", "2020": "exact"}, {"x": "exact"}):
        with pytest.raises(ValueError):
            library.series(**ask, rule=rule)
    assert library.series(**ask)[2020].factor.value == Decimal("3.0959")


def test_series_does_not_run_on_from_one_set_into_another(library):
    answer = library.series(
        "supply_standard_coal_rate", "electricity", years=[2022, 2023, 2024], rule="nearest_earlier"
    )
    assert answer[2022].state == "exact"
    assert answer[2024].state == "conflict"


def test_a_later_package_replaces_by_id_and_a_repeated_id_is_a_finding(tmp_path):
    def package(name: str, rows: list[dict]) -> Path:
        folder = tmp_path / name / "factors"
        folder.mkdir(parents=True)
        with (folder / "a.csv").open("w", encoding="utf-8", newline="") as stream:
            writer = csv.DictWriter(stream, COLUMNS)
            writer.writeheader()
            for row in rows:
                writer.writerow(dict.fromkeys(COLUMNS, "") | row)
        return tmp_path / name

    base = {
        "id": "A1", "set": "S", "parameter": "p", "item": "i", "unit": "t/t", "region": "CN",
        "source_title": "s", "confidence": "confirmed", "value": "1",
    }  # fmt: skip
    nation = package("nation", [base, base | {"id": "A2", "item": "j"}])
    city = package("city", [base | {"value": "2"}])
    library = FactorLibrary.load([nation, city], check=False)
    assert library.find("p", "i", set="S").value == 2
    twice = FactorLibrary.load([package("twice", [base, base])], check=False)
    assert [f.rule for f in twice.findings] == ["factors.duplicate_id"]
    assert isinstance(twice.find("p", "i", set="S"), Missing)
    bad = FactorLibrary.load(
        [package("bad", [base | {"value": "1,5"}, base | {"id": "B", "source_title": ""}])]
    )
    assert [f.rule for f in bad.findings] == ["factors.value", "factors.incomplete"]


# The traps that a check on load closes: each breaks a row as the trap does and sees it found.


def test_TP_19_a_margin_is_not_an_average(library):
    assert "TP-19.margin" in edited(library, {"EF-OM19-North": {"parameter": "ef_elec_average"}})


def test_TP_20_a_footprint_is_not_an_average(library):
    assert "TP-20.footprint" in edited(library, {"EF-FOOT-2024": {"parameter": "ef_elec_average"}})
    assert "TP-20.footprint" in edited(library, {"EF-FOOT-2024": {"unit": "kgCO2/kWh"}})


def test_TP_21_values_under_the_wrong_year(library):
    swap = {}
    for f in library.factors:
        if f.set == "MEE-NBS" and f.data_year in (2021, 2022):
            other = {2021: 2022, 2022: 2021}[f.data_year]
            swap[f.id] = {"valid_from": datetime.date(other, 1, 1), "valid_to": datetime.date(other, 12, 31)}
    assert {"TP-21.wrong_year", "TP-22.whitelist"} <= edited(library, swap)


def test_TP_22_invented_regional_factors(library):
    row = library.by_id["EF-2023-R-North"]
    invented = dataclasses.replace(row, id="X", region="grid-heze", value=Decimal("0.7204"))
    assert "TP-22.whitelist" in edited(library, extra=[invented])
    assert "TP-22.whitelist" in edited(library, {"EF-2023-R-North": {"value": Decimal("0.9810")}})


def test_TP_23_a_row_for_tibet(library):
    row = dataclasses.replace(library.by_id["EF-2023-P-Sichuan"], id="X", region="540000", value=Decimal(0))
    assert "TP-23.unpublished" in edited(library, extra=[row])


def test_TP_28_carbon_of_blast_furnace_gas(library):
    assert "TP-28.carbon" in edited(library, {"FF-046": {"value": Decimal("12.2")}})


def test_TP_29_a_missing_44_12(library):
    assert "TP-29.recompute" in edited(library, {"NC-029": {"value": Decimal("0.304")}})
    assert "TP-29.recompute" in edited(library, {"FF-004": {"value": Decimal("0.7978")}})


def test_TP_30_waste_carbon_names_its_basis(library):
    assert "TP-30.wet_dry" in edited(library, {"NC-026": {"basis": "incineration"}})


def test_TP_31_a_gwp_under_the_wrong_report(library):
    assert "TP-31.gwp" in edited(library, {"NC-005": {"value": Decimal(25)}})


def test_TP_42_grams_for_kilograms(library):
    assert "TP-42.coal_rate" in edited(library, {"EQ-2020": {"value": Decimal("304.9")}})


def test_TP_43_gigajoule_for_megajoule(library):
    assert "TP-43.heat" in edited(library, {"EC-037": {"unit": "kgce/GJ"}})


def test_TP_45_carbon_for_carbon_dioxide(library):
    assert "TP-45.carbon" in edited(library, {"FF-008": {"unit": "tC/t"}})
    assert "TP-45.carbon" in edited(library, {"FF-006": {"unit": "tCO2/TJ"}})


def test_TP_46_per_heat_under_the_name_of_per_tonne(library):
    assert "TP-46.denominator" in edited(library, {"FF-004": {"value": Decimal("0.0679"), "unit": "tCO2/GJ"}})
    assert "TP-46.denominator" in edited(library, {"FF-217": {"value": Decimal("69.3")}})


def test_TP_47_heating_value_per_10_4_m3(library):
    assert "TP-47.heating_value" in edited(library, {"FF-009": {"unit": "GJ/Nm3"}})


def test_TP_49_tonnes_per_10_4_kwh(library):
    assert "TP-49.per_kwh" in edited(library, {"EF-2023-P-Shandong": {"value": Decimal("6.191")}})


def test_TP_50_density_without_a_source(library):
    assert "TP-50.density" in edited(library, {"TR-028": {"source_ref": ""}})


def test_TP_18_shandong_belongs_to_the_north_china_grid():
    assert shipped_vocabulary().regions["370000"].grid == "grid-north"


def test_TP_35_the_two_coefficients_of_gas_stay_in_their_sets(library):
    find = library.find
    assert find("standard_coal_coefficient", "natural_gas_high", set="GB/T2589-2020").value == Decimal("1.33")
    db37 = find("standard_coal_coefficient", "natural_gas", set="DB37-public-2019", region="370000")
    assert db37.value == Decimal("1.2143")


def test_TP_26_TP_27_TP_59_sets_differ_and_are_named(library):
    values = {s: library.find("co2_factor", "bituminous_coal", set=s).value for s in ("PGI-2025", "ENT")}
    assert values["PGI-2025"] != values["ENT"]
    assert isinstance(library.find("co2_factor", "raw_coal", set="PGI-2025"), Missing)


def test_names_are_exact_and_ambiguity_answers_with_all():
    words = shipped_vocabulary()
    assert (
        words.energy_codes("柴油")
        == ["diesel"]
        == words.energy_codes("Diesel")
        == words.energy_codes("gas/diesel oil")
    )
    assert words.energy_codes("柴") == [] and words.energy_codes("柴油机") == []
    assert len(words.energy_codes("煤")) > 1 and len(words.energy_codes("coal")) > 1
    assert (
        words.region_codes("山东")
        == words.region_codes("Shandong")
        == words.region_codes("３７００００")
        == ["370000"]
    )
    assert words.region_codes("370102001") == ["370102001"] and words.province("370102001") == "370000"
    assert words.region_codes("历下区") == ["370102"]
    assert words.region_codes("Atlantis") == []


def test_TP_36_water_counts_by_set(library):
    """Fresh water is an energy-carrying medium in GB/T 2589 and outside the Shandong quotas: two sets, two values."""
    national = library.find("standard_coal_coefficient", "fresh_water", set="GB/T2589-2020")
    shandong = library.find(
        "standard_coal_coefficient", "fresh_water", set="DB37-public-2019", region="370000"
    )
    assert national.value == Decimal("0.2571") and shandong.value == 0


def test_TP_38_editions_of_heating_values(library):
    older = library.find("net_calorific_value", "raw_coal", set="GB/T2589-2008")
    newer = library.find("net_calorific_value", "raw_coal", set="GB/T2589-2020")
    assert (older.edition, newer.edition) == ("2008", "2020") and older.value * 1000 != newer.value
    rows = [
        dataclasses.replace(f, value=Decimal("2090")) if f.id == "EC-001:ncv" else f for f in library.factors
    ]
    assert "TP-38.editions" in {f.rule for f in check_library(FactorLibrary(rows))}
