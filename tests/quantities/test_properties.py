"""What must hold for any figures whatever: totals, incremental runs, draws."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from dafeng.quantities import Model
from dafeng.quantities.loading import load_definitions
from tests.quantities.conftest import DIMENSIONS, PACKAGE, POWER, Make, _library, month_rows, quantity

EXTRA = (
    POWER
    + quantity("by_domain", "regroup(power, sector -> domain)", dims='["year", "domain"]')
    + quantity("total2", "power[sector: industry] + power[sector: services] + power[sector: homes]")
)


@pytest.fixture(scope="module")
def base(tmp_path_factory: pytest.TempPathFactory):
    folder = tmp_path_factory.mktemp("base")
    (folder / "quantities").mkdir()
    (folder / "data").mkdir()
    (folder / "package.toml").write_text(PACKAGE, encoding="utf-8")
    (folder / "dimensions.toml").write_text(DIMENSIONS, encoding="utf-8")
    (folder / "quantities" / "q.toml").write_text(EXTRA, encoding="utf-8")
    (folder / "data" / "m.csv").write_text(month_rows(lambda y, m, s: 1), encoding="utf-8")
    import datetime as dt

    return Model.load([folder], _library(), dt.date(2026, 11, 24)).run()


cells = st.dictionaries(
    st.tuples(st.integers(2, 7), st.integers(0, 11), st.integers(0, 2)),
    st.one_of(st.none(), st.floats(0, 1e6)),
    max_size=30,
)


@settings(max_examples=60, deadline=None)
@given(cells)
def test_a_total_is_the_sum_of_its_parts_whatever_is_missing(base, changes):
    run = base.with_changes(evidence={("power_month", k): v for k, v in changes.items()})
    months, total = run["power_month"], run["power_total"]
    for yi, year in enumerate(total.members("year")):
        parts = [float(x) for x in months.values[yi].ravel() if math.isfinite(x)]
        cell = total.at(year=year)
        if not parts:
            assert cell.value is None
            continue
        assert cell.value == pytest.approx(math.fsum(parts) / 1e4, rel=1e-9, abs=1e-12)
        lacking = int(np.isnan(months.values[yi]).sum())
        assert cell.incomplete == (lacking > 0)
        assert len(run.missing("power_total", year=year)) == lacking
        assert run["total2"].at(year=year).value == pytest.approx(cell.value * 1e4, rel=1e-9, abs=1e-9)
        domains = [
            run["by_domain"].at(year=year, domain=d).value or 0.0 for d in ("production", "life", "empty")
        ]
        assert math.fsum(domains) == pytest.approx(cell.value * 1e4, rel=1e-9, abs=1e-9)


@settings(max_examples=30, deadline=None)
@given(cells)
def test_incremental_equals_full(base, changes):
    step = base
    for key, value in changes.items():
        step = step.with_changes(evidence={("power_month", key): value})
    whole = base.with_changes(evidence={("power_month", k): v for k, v in changes.items()})
    for name in base.compiled.programs:
        assert np.array_equal(step[name].values, whole[name].values, equal_nan=True), name
        assert np.array_equal(step[name].flags, whole[name].flags), name


SPREAD = EXTRA.replace(
    'unit = "万kWh"\ndims = ["year", "month", "sector"]',
    'unit = "万kWh"\nuncertainty = {}\ndims = ["year", "month", "sector"]',
)


@settings(max_examples=10, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.sampled_from(["{ relative = 0 }", "{ relative = 0.0, estimated = 0.0 }"]))
def test_draws_without_spread_equal_the_plain_run(make: Make, spread: str):
    run = make(
        SPREAD.replace("uncertainty = {}", f"uncertainty = {spread}"),
        {"m.csv": month_rows(lambda y, m, s: y * m)},
    ).run(draws=16)
    for name in ("power_month", "power", "power_total", "by_domain"):
        drawn = run.draws_of(name)
        assert drawn.shape == (16, *run[name].values.shape)
        assert all(np.array_equal(d, run[name].values, equal_nan=True) for d in drawn)


@pytest.mark.parametrize(
    ("relative", "independent", "expected"), [(0.10, "", 0.10), (0.10, '"sector"', 0.0577), (0.6, "", 0.6)]
)
def test_spread_travels_through_the_graph(make: Make, relative: float, independent: str, expected: float):
    text = SPREAD.replace(
        "uncertainty = {}", f"uncertainty = {{ relative = {relative}, independent = [{independent}] }}"
    )
    run = make(text, {"m.csv": month_rows(lambda y, m, s: 10)}).run(draws=4096, seed=7)
    column = run.draws_of("power_total")[:, 6]
    assert 1.96 * column.std() / column.mean() == pytest.approx(expected, rel=0.05)
    assert column.mean() == pytest.approx(run["power_total"].at(year=2024).value, rel=0.01)
    assert (column > 0).all()
    parts = run.draws_of("power")
    assert np.allclose(parts.sum(axis=2)[:, 6] / 1e4, column)  # draws of parts and total share their causes
    again = (
        make(text, {"m.csv": month_rows(lambda y, m, s: 10)}).run(draws=4096, seed=7).draws_of("power_total")
    )
    assert np.array_equal(again[:, 6], column)


def test_missing_cells_in_draws(make: Make):
    text = SPREAD.replace("uncertainty = {}", "uncertainty = { relative = 0.1 }")
    run = make(text, {"m.csv": month_rows(lambda y, m, s: None if m == 5 else 10)}).run(draws=64)
    drawn = run.draws_of("power_total")[:, 6]
    assert np.isfinite(drawn).all() and drawn.mean() == pytest.approx(
        run["power_total"].at(year=2024).value, rel=0.01
    )


@settings(max_examples=40, deadline=None)
@given(st.text(alphabet=st.characters(codec="utf-8", exclude_categories=["Cs"]), max_size=300))
def test_any_text_as_a_definition_file_gives_findings_not_a_traceback(tmp_path_factory, text: str):
    folder = tmp_path_factory.mktemp("x")
    (folder / "quantities").mkdir()
    (folder / "package.toml").write_text(PACKAGE, encoding="utf-8")
    (folder / "quantities" / "q.toml").write_text(text, encoding="utf-8")
    load_definitions([folder])


def test_an_absolute_spread_reaches_rates_near_zero(make: Make):
    text = EXTRA + (
        '\n[[quantity]]\nid = "rate"\nname = "增速"\nname_en = "Rate"\nunit = "%"\nuncertainty = { absolute = 1.0 }\n'
        "driver = { points = { 2026 = 0.0, 2030 = 0.0 } }\n"
    )
    text += quantity("path", "join(power_total, power_total[year: 2025] * compound(rate from 2025))", "亿kWh")
    model = make(text, {"m.csv": month_rows(lambda y, m, s: 10)})
    assert not [f for f in model.findings if f.severity == "error"]
    run = model.run(draws=4096, seed=3)
    rate, path = run.draws_of("rate")[:, 10], run.draws_of("path")[:, 10]
    assert 1.96 * rate.std() == pytest.approx(1.0, rel=0.02) and abs(rate.mean()) < 0.02
    assert path == pytest.approx(run["power_total"].at(year=2025).value * (1 + rate / 100) ** 3)
    kernel = run.draw(["path"], n=4096, seed=3, engine="kernel")["path"]
    assert np.allclose(kernel, run.draws_of("path"), rtol=1e-12, equal_nan=True)
