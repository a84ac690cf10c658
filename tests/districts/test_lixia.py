"""The example district: it loads clean, its totals are sums, its scale is sane, and one cell moves only what hangs on it."""

from __future__ import annotations

import csv
import functools
import importlib.util
from pathlib import Path

import numpy as np
import pytest

from dafeng.district import District
from dafeng.quantities.states import ABSENT, Flag
from dafeng.targets.verdict import VERDICTS

from .conftest import LIXIA, ROOT

SUMS = [
    ("co2_total", "co2_by_sector", "sector"),
    ("co2_total", "co2_by_domain", "domain"),
    ("co2_total", "co2_by_department", "department"),
    ("co2_total", "co2_by_carrier", "carrier"),
    ("co2_total", "co2_by_group", "carrier_group"),
    ("co2_total", "co2_by_user", "sector"),
    ("energy_total_equal", "energy_by_sector", "sector"),
    ("energy_total_equal", "energy_by_carrier", "carrier"),
    ("energy_total_equal", "energy_by_group", "carrier_group"),
    ("energy_total_equal", "energy_by_domain", "domain"),
    ("energy_total_equal", "energy_by_department", "department"),
    ("energy_total_calorific", "energy_calorific_by_sector", "sector"),
    ("energy_total_calorific", "energy_calorific_by_group", "carrier_group"),
    ("ghg_total", "ghg_by_gas", "gas_species"),
]


def year(district: District, quantity: str, y: int, **where: str) -> float:
    value = district.run[quantity].at(year=y, **where).value
    assert value is not None, (quantity, y, where)
    return value


def test_loads_without_errors(lixia: District) -> None:
    assert not [f.as_dict() for f in lixia.findings if f.severity == "error"]
    assert len(lixia.model.compiled.programs) == len(lixia.model.definitions.quantities) >= 150


def test_every_definition_speaks_two_languages(lixia: District) -> None:
    for q in lixia.model.definitions.quantities.values():
        assert q.name and q.name_en, q.id
        assert bool(q.note) == bool(q.note_en), q.id
    for c in lixia.model.definitions.choices.values():
        assert c.question and c.question_en, c.id
        assert len(c.options) >= 2 and all(o.name_en and o.source and o.date for o in c.options.values()), (
            c.id
        )


def test_choices_are_sound_under_every_option(lixia: District) -> None:
    for c, _ in lixia.choices:
        for option in c.options:
            run = lixia.run.with_changes(choices={c.id: option})
            assert not [f.as_dict() for f in run.compiled.findings], (c.id, option)


def test_seventeen_targets_in_the_places_of_the_plan(lixia: District) -> None:
    refs = [t.ref for t in lixia.targets]
    assert refs == ["一", "二", "二", "二", "二", "三-（一）-2", "三-（一）-3", "三-（一）-3", "三-（三）-4", "三-（四）-2", "三-（四）-2",
                    "三-（四）-3", "三-（四）-3", "三-（四）-3", "三-（四）-4", "三-（四）-4", "三-（五）-2"]  # fmt: skip
    values = [t.value for t in lixia.targets]
    assert values == [2030, 12.3, None, None, 2030, 2, 10, 300, 100, 83, 78, 8, 50, 10, 47, 15, 100]
    assert lixia.target("peak_2030_general").same_as == "peak_2030"


def test_verdicts_are_of_every_kind_and_2025_is_final(lixia: District) -> None:
    verdicts = {v.target.id: v for v in lixia.verdicts()}
    assert {v.verdict for v in verdicts.values()} == set(VERDICTS)
    for v in verdicts.values():
        if v.target.deadline == 2025 and v.target.holds != "assigned":
            assert v.final
    assert {k for k, v in verdicts.items() if v.verdict == "cannot_tell"} == {
        "co2_intensity_2025",
        "co2_intensity_2030",
        "roof_pv_2025",
    }
    assert [m.label for m in verdicts["roof_pv_2025"].missing] == ["可安装屋顶面积 2025年 新建厂房"]


@pytest.mark.parametrize(("total", "parts", "dim"), SUMS)
def test_totals_are_sums_of_their_parts(lixia: District, total: str, parts: str, dim: str) -> None:
    whole, pieces = lixia.run[total], lixia.run[parts]
    axis = pieces.dims.index(dim)
    known = np.isfinite(whole.values)
    assert known.sum() == len(lixia.model.definitions.years)
    np.testing.assert_allclose(pieces.values.sum(axis=axis)[known], whole.values[known], rtol=1e-12)


def test_scale_is_that_of_an_urban_district(lixia: District) -> None:
    for y in range(2015, 2036):
        assert 1e6 < year(lixia, "co2_direct_total", y) < 4e6
        assert 4e6 < year(lixia, "co2_total", y) < 9e6
        assert 4 < year(lixia, "co2_per_person", y) < 10
        assert 0.05 < year(lixia, "energy_intensity", y) < 0.3
    assert 76 < year(lixia, "residents", 2020) < 86
    assert year(lixia, "gdp_current", 2023) == pytest.approx(2446.9)
    for y in range(2016, 2026):
        assert 0 < year(lixia, "heat_loss", y) < 20
        assert 800 < year(lixia, "pv_full_load_hours", y) < 1600
        assert 0.2 < year(lixia, "heat_per_area", y) < 0.5


def test_history_is_not_marked_projected_and_the_future_is(lixia: District) -> None:
    series = dict(lixia.run["co2_total"].series())
    assert all(not c.flags & Flag.PROJECTED for y, c in series.items() if y <= 2025)
    assert all(c.state == "projected" for y, c in series.items() if y > 2025)


def test_projection_joins_history_without_a_step(lixia: District) -> None:
    for name in ("co2_total", "energy_total_equal", "electricity_total", "gdp_constant", "residents"):
        growth = year(lixia, name, 2026) / year(lixia, name, 2025) - 1
        assert abs(growth) < 0.08, name


def test_scenarios_are_ordered(lixia: District) -> None:
    at_2030 = {s: lixia.model.run(s)["co2_total"].at(year=2030).value or 0 for s in lixia.scenarios}
    assert at_2030["strengthened"] < at_2030["current_policy"] < at_2030["baseline"]
    assert list(lixia.scenarios) == ["baseline", "current_policy", "strengthened"]


def test_one_missing_month_touches_only_what_hangs_on_it(lixia: District) -> None:
    values = lixia.run["gas_sold"]
    key = values.key({"year": 2024, "month": "5", "sector": "public"})
    run = lixia.run.with_changes(evidence={("gas_sold", key): None})
    reached = lixia.run.compiled.reached_by({"gas_sold"})
    for name, before in lixia.run.context.flags.items():
        if name not in reached:
            assert run.context.flags[name] is before, name
    assert not run["co2_total"].at(year=2024).complete
    assert [m.label for m in run.missing("co2_total", year=2024)] == [
        "天然气销售量（分行业月度） 2024年5月 公共机构建筑"
    ]
    assert run["co2_by_sector"].at(year=2024, sector="industry").complete
    assert run["co2_total"].at(year=2023) == lixia.run["co2_total"].at(year=2023)
    assert run["electricity_total"].at(year=2024).complete


def test_a_gap_in_history_is_not_filled_by_the_projection(lixia: District) -> None:
    values = lixia.run["electricity_delivered"]
    changes = {("electricity_delivered", values.key({"year": 2025, "month": str(m), "sector": "transport"})): None for m in range(1, 13)}  # fmt: skip
    run = lixia.run.with_changes(evidence=changes)
    cell = run["electricity_grid"].at(year=2025, sector="transport")
    assert cell.value is None and cell.state == "missing"


def test_every_invented_figure_is_marked(lixia: District) -> None:
    kinds = {s.id: s.kind for s in lixia.sources.values()}
    official = 0
    for name, series in lixia.model.evidence.series.items():
        if name.startswith("city_gdp") or name == "city_population":
            continue  # published city figures, in the city's package
        for filings in series.filings.values():
            for f in filings:
                assert f.source in kinds or f.note == "*" or f.flag in (Flag.NOT_OCCURRING, Flag.INCLUDED_ELSEWHERE), (name, f.place)  # fmt: skip
                official += kinds.get(f.source) == "official"
    assert official == 11  # GDP of four years, growth of three, two value added, one census, one area
    for name in (
        "co2_total",
        "energy_total_equal",
        "energy_intensity_fall",
        "pv_capacity",
        "renewable_substitution",
    ):
        assert "demonstration" in lixia.run[name].at(year=2025).marks, name
    assert "demonstration" in lixia.run["co2_total"].at(year=2030).marks


def test_official_figures_are_those_of_the_public_sources(lixia: District) -> None:
    assert [round(year(lixia, "gdp_current", y), 2) for y in range(2020, 2024)] == [
        1910.41,
        2124.15,
        2282.9,
        2446.9,
    ]
    assert [round(year(lixia, "gdp_growth", y), 2) for y in range(2020, 2023)] == [4.5, 7.8, 4.5]
    assert year(lixia, "population", 2020) * 1e4 == pytest.approx(819139)
    assert lixia.run["land_area"].at().value == pytest.approx(100.89)
    assert year(lixia, "gdp_share_of_city", 2021) == pytest.approx(18.58, abs=0.01)
    assert lixia.run["gdp_share_of_city"].at(year=2024).value is None
    for y in range(2020, 2024):
        cell = lixia.run["gdp_current"].at(year=y)
        assert "demonstration" not in cell.marks and "provisional" in cell.marks


def test_faults_are_survived_and_named(lixia: District) -> None:
    run = lixia.run
    assert [m.label for m in run.missing("gas_ytd", year=2026)] == [
        "天然气销售量（分行业月度） 2026年8月 商业建筑"
    ]
    late = run.missing("heat_ytd", year=2026)
    assert {m.supplier for m in late} == {"heat_company"} and {dict(m.coords)["month"] for m in late} == {
        "9",
        "10",
    }
    assert run["electricity_delivered"].at(year=2026, month="11", sector="public").state == "pending"
    assert not run["waste_total"].at(year=2023).complete and run["waste_total"].at(year=2024).complete
    assert year(lixia, "sorting_coverage", 2021) == pytest.approx(74.2)
    revised = lixia.model.evidence.series["fuel_sold"]
    key = run["fuel_sold"].key({"year": 2024, "sector": "transport", "fuel": "diesel"})
    editions = [f.edition for f in revised.filings[key]]
    assert editions == ["preliminary", "final"]
    for name in ("electricity_grid_history", "gas_use", "pv_capacity_filed", "heat_supplied_by_source"):
        v = np.nansum(run[name].values[:11].reshape(11, -1), axis=1)
        assert (np.abs(np.diff(np.log(v))) < 0.7).all(), name  # no year is off by a unit


def test_end_use_of_buildings_does_not_hang_on_where_the_power_was_made(lixia: District) -> None:
    other = lixia.run.with_changes(choices={"local_generation": "all_consumption"})
    for name in ("building_energy", "buildings_electrification", "renewable_substitution"):
        for y in (2020, 2024, 2030):
            a, b = lixia.run[name].at(year=y).value, other[name].at(year=y).value
            assert a == b or b == pytest.approx(a, rel=1e-12), (name, y)
    used = sum(lixia.run["electricity_use"].at(year=2024, sector=s).value or 0 for s in ("commercial", "public", "residential"))  # fmt: skip
    share = year(lixia, "buildings_electrification", 2024) / 100
    assert year(lixia, "building_energy", 2024) * share == pytest.approx(used * 1.229, rel=1e-9)


def test_total_energy_is_final_use_and_what_is_lost_on_the_way(lixia: District) -> None:
    """Final use + conversion in the area (input less output) + losses of the heat network + feedstock."""

    def of_year(name: str, y: int) -> float:
        return float(np.nansum(lixia.run[name].values[y - 2015]))

    for y in (2020, 2024, 2030):
        summed = functools.partial(of_year, y=y)
        heat, power = 0.03412, 1.229  # tce/GJ, tce/万kWh
        final = summed("fuel_energy") + summed("gas_energy") + summed("heat_use") * heat
        final += summed("electricity_use") * power
        inside = summed("heat_supplied_by_source") - summed("heat_bought")
        input_ = summed("plant_coal_energy") + summed("plant_gas_energy")
        lost = input_ - inside * heat - summed("chp_power") * power
        network = (summed("heat_supplied_by_source") - summed("heat_use")) * heat
        whole = final + lost + network + summed("feedstock_use")
        assert year(lixia, "energy_total_calorific", y) == pytest.approx(whole, rel=1e-9), y


def test_a_year_without_new_buildings_meets_nothing(lixia: District) -> None:
    for kind in ("residential", "public"):
        values = lixia.run[f"new_{kind}_area"].values
        cells = [c for c in np.ndindex(values.shape) if c[0] == 10]  # 2025
        run = lixia.run.with_changes(evidence={(f"new_{kind}_area", c): 0.0 for c in cells})
        for reading in ("every_building", "area_mean"):
            there = run.with_changes(choices={"building_saving_reading": reading})
            assert there[f"{kind}_saving_rate"].at(year=2025).value is None, (kind, reading)


def test_figures_per_person_divide_by_the_mean_of_the_year(lixia: District) -> None:
    mean = (year(lixia, "residents", 2023) + year(lixia, "residents", 2024)) / 2
    assert year(lixia, "residents_average", 2024) == pytest.approx(mean, rel=1e-12)
    assert year(lixia, "residents_average", 2015) == year(lixia, "residents", 2015)
    each = year(lixia, "co2_total", 2024) / (mean * 1e4)
    assert year(lixia, "co2_per_person", 2024) == pytest.approx(each, rel=1e-12)


def test_gas_of_vehicles_has_the_methane_of_vehicles(lixia: District) -> None:
    key = lixia.run["gas_sold"].key({"year": 2024, "month": "1", "sector": "transport"})
    more = lixia.run.with_changes(
        evidence={("gas_sold", key): float(lixia.run["gas_sold"].values[key]) + 100}
    )
    gained = more["ch4_combustion"].at(year=2024).value - year(lixia, "ch4_combustion", 2024)
    terajoules = 100 * 273.15 / 293.15 * 1e4 * 1.33 * 29.3076e-6
    assert gained == pytest.approx(terajoules * 92 / 1e3, rel=1e-4)


def test_notation_keys_stand_where_nothing_happens(lixia: District) -> None:
    run = lixia.run
    assert run["fuel_sold"].at(year=2023, sector="residential", fuel="coal").state == "NO"
    assert run["gas_sold"].at(year=2023, month="3", sector="energy_supply").state == "IE"
    assert run["green_power_bought"].at(year=2020, sector="public").state == "confirmed_zero"


def test_plan_facts(lixia: District) -> None:
    clauses = lixia.plan.clauses
    levels = [c.level for c in clauses.values()]
    assert [levels.count(x) for x in ("chapter", "action", "measure", "section")] == [5, 8, 26, 7]
    assert sum(1 for c in clauses.values() if c.bodies) == 33
    assert {b for c in clauses.values() for b, _ in c.bodies} <= set(lixia.bodies)
    assert [lixia.bodies[b].aliases[0] for b, _ in clauses["三-（四）-4"].bodies] == [
        "区自然资源局",
        "区水务局",
        "区园林绿化服务中心",
    ]
    assert all(q in lixia.run for c in clauses.values() for q in c.quantities)
    assert len(lixia.streets) == 13


def test_suppliers_are_bodies(lixia: District) -> None:
    for q in lixia.model.definitions.quantities.values():
        if q.evidence is not None:
            assert q.evidence.supplier in lixia.bodies, q.id


def test_demonstration_is_made_again_to_the_last_digit(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    spec = importlib.util.spec_from_file_location("make", LIXIA / "demonstration" / "make.py")
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    monkeypatch.setattr(module, "DATA", tmp_path)
    module.main()
    for file in sorted((LIXIA / "data").glob("*.csv")):
        assert (tmp_path / file.name).read_bytes() == file.read_bytes(), file.name
    size = sum(f.stat().st_size for f in LIXIA.rglob("*") if f.is_file())
    assert size < 3_000_000


def test_vocabulary_has_every_sector_and_carrier(lixia: District) -> None:
    text = (ROOT / "docs" / "vocabulary.md").read_text(encoding="utf-8")
    for dim in ("sector", "carrier", "carrier_group", "heat_source"):
        for member in lixia.model.definitions.dimensions[dim].members:
            assert f"`{member}`" in text, (dim, member)


def test_clauses_carry_names_and_no_prose() -> None:
    with (LIXIA / "plan" / "clauses.csv").open(encoding="utf-8") as stream:
        assert all(len(r["title"]) <= 30 and "。" not in r["title"] for r in csv.DictReader(stream))


def test_no_absent_cell_hides_under_a_complete_total(lixia: District) -> None:
    """Where a total is complete, no part of it is absent."""
    for total, parts, dim in SUMS:
        pieces = lixia.run[parts]
        gone = (pieces.flags & ABSENT) != 0
        any_gone = gone.any(axis=pieces.dims.index(dim))
        whole = (lixia.run[total].flags & ABSENT) != 0
        assert not (any_gone & ~whole).any(), total


def test_the_path_follows_the_definition_in_force(lixia):
    assert lixia.verdict("pv_capacity_2030").path[0] == (2020, 0.4)
    assert lixia.with_choices({"pv_basis": "added"}).verdict("pv_capacity_2030").path[0] == (2020, 0)
    late = lixia.with_choices({"charging_base": "from_2023"}).verdict("charging_stations_2025").path
    assert late[0] == (2022, 0) and late[-1] == (2025, 10)
