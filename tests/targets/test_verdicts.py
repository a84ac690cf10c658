"""Verdicts: one small model, every comparator, every way in which a verdict cannot be told."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pytest

from dafeng.factors import FactorLibrary
from dafeng.quantities import Model
from dafeng.targets import Verdict, judge, load_targets

PACKAGE = 'id = "t"\nname = "试"\nname_en = "T"\nyears = [2015, 2035]\nhistory_until = 2025\n'
QUANTITIES = """
[[quantity]]
id = "x"
name = "指标"
name_en = "Indicator"
unit = "%"
dims = ["year"]
evidence = { due = { months = 3, day = 31 }, supplier = "bureau" }
uncertainty = { relative = SPREAD }

[[quantity]]
id = "g"
name = "增速"
name_en = "Growth"
unit = "%"
dims = ["year"]
driver = { points = { 2026 = GROWTH, 2035 = GROWTH } }
uncertainty = { relative = 0.5 }

[[quantity]]
id = "total"
name = "总量"
name_en = "Total"
unit = "%"
dims = ["year"]
formula = "coalesce(x, x[year: 2025] * compound(g from 2025))"
"""

Judge = Callable[..., Verdict]


@pytest.fixture
def verdict(tmp_path: Path) -> Judge:
    library = FactorLibrary.load()
    counter = iter(range(100))

    def build(
        values: Mapping[int, float], target: str, year: int = 2025, spread: float = 0.0, growth: float = -1.0
    ) -> Verdict:
        folder = tmp_path / f"d{next(counter)}"
        (folder / "quantities").mkdir(parents=True)
        (folder / "data").mkdir()
        (folder / "package.toml").write_text(PACKAGE, encoding="utf-8")
        text = QUANTITIES.replace("SPREAD", str(spread)).replace("GROWTH", str(growth))
        (folder / "quantities" / "q.toml").write_text(text, encoding="utf-8")
        rows = "".join(f"x,{y},{v},%\n" for y, v in values.items())
        (folder / "data" / "x.csv").write_text("quantity,year,value,unit\n" + rows, encoding="utf-8")
        (folder / "targets.toml").write_text(
            f'[[target]]\nid = "t"\nref = "二"\nname = "目标"\nname_en = "Target"\n{target}\n',
            encoding="utf-8",
        )
        model = Model.load([folder], library, dt.date(2026, 11, 24))
        assert not [f for f in model.findings if f.severity == "error"]
        targets, findings = load_targets(folder / "targets.toml", model)
        assert findings == []
        return judge(targets[0], model.run(), year)

    return build


def line(
    comparator: str = ">=", value: Any = 10, deadline: int = 2025, more: str = "", quantity: str = "x"
) -> str:
    head = f'quantity = "{quantity}"\ncomparator = "{comparator}"\nunit = "%"\ndeadline = {deadline}\n'
    return head + (f"value = {value}\n" if value is not None else "") + more


FULL = {y: float(y - 2015) for y in range(2015, 2026)}


@pytest.mark.parametrize(
    ("comparator", "required", "expected"),
    [(">=", 10, "met"), (">=", 10.5, "missed"), (">", 9, "met"), ("<=", 10, "met"), ("<=", 9, "missed"), ("==", 10, "met"), ("~=", 10.4, "met"), ("~=", 12, "missed"),
     ("reduce_by>=", 10, "met"), ("increase_by>=", 11, "missed"), ("multiply>=", 2, "met"), ("prohibit", 0, "missed"), ("all_applicable", 10, "met")],
)  # fmt: skip
def test_final(verdict: Judge, comparator: str, required: float, expected: str):
    v = verdict(FULL, line(comparator, required))
    assert (v.verdict, v.final, v.year, v.value) == (expected, True, 2025, 10)
    assert v.reasons[0].zh and v.reasons[0].en


def test_range(verdict: Judge):
    assert verdict(FULL, line("range", 9, more="value_max = 11")).verdict == "met"
    assert verdict(FULL, line("range", 11, more="value_max = 12")).verdict == "missed"


@pytest.mark.parametrize("gone", [2025])
def test_a_missing_figure_is_never_a_pass(verdict: Judge, gone: int):
    v = verdict({y: x for y, x in FULL.items() if y != gone}, line(">=", 0))
    assert v.verdict == "cannot_tell" and [m.label for m in v.missing] == ["指标 2025年"]
    assert v.missing[0].supplier == "bureau" and v.missing[0].due == "2026-03-31"


def test_a_projected_figure_is_not_a_final_one(verdict: Judge):
    v = verdict({y: x for y, x in FULL.items() if y < 2025}, line(">=", 0, quantity="total", deadline=2025))
    assert v.verdict == "cannot_tell"


def test_live_against_a_linear_path(verdict: Judge):
    path = 'path = { kind = "linear", from = 2020, start = 5 }'
    ok = verdict(FULL, line(">=", 15, 2030, path))
    assert (ok.verdict, ok.final, ok.required_now, ok.gap) == ("on_track", False, 10, 0)
    behind = verdict(FULL, line(">=", 20, 2030, path))
    assert behind.verdict == "behind" and behind.required_now == pytest.approx(12.5)
    assert verdict(FULL, line("<=", 20, 2030, path)).verdict == "on_track"


def test_compound_path_of_the_plan(verdict: Judge):
    v = verdict(
        FULL,
        line(
            "reduce_by>=",
            12.3,
            2025,
            'base_year = 2020\npath = { kind = "compound", from = 2020, start = 0 }',
        ),
    )
    assert [round(p, 2) for _, p in v.path] == [0, 2.59, 5.11, 7.57, 9.97, 12.3]


def test_points_path_and_start_taken_from_the_figures(verdict: Judge):
    v = verdict(FULL, line(">=", 20, 2030, "path = { points = { 2023 = 6, 2025 = 12 } }"))
    assert dict(v.path) == {
        2023: 6,
        2024: 9,
        2025: 12,
        2026: 13.6,
        2027: 15.2,
        2028: pytest.approx(16.8),
        2029: pytest.approx(18.4),
        2030: 20,
    }
    assert v.verdict == "behind"
    v = verdict(FULL, line(">=", 15, 2030, 'path = { kind = "linear", from = 2020 }'))
    assert v.path[0] == (2020, 5)


def test_reached_early_is_met_only_where_it_cannot_fall_back(verdict: Judge):
    assert verdict(FULL, line(">=", 8, 2030, "monotone = true")).verdict == "met"
    assert verdict(FULL, line(">=", 8, 2030)).verdict == "on_track"


def test_step_asks_for_nothing_before_the_deadline(verdict: Judge):
    v = verdict(FULL, line(">=", 50, 2030))
    assert v.verdict == "on_track" and v.required_now is None


def test_every_year_counts(verdict: Judge):
    yearly = 'recurrence = "yearly"\npath = { points = { 2021 = 6, 2030 = 20 } }\n'
    assert verdict(FULL, line(">=", 20, 2030, yearly)).verdict == "behind"
    assert (
        verdict(
            {**FULL, 2023: 1.0},
            line(">=", 6, 2025, 'recurrence = "yearly"\npath = { points = { 2021 = 6 } }'),
        ).verdict
        == "missed"
    )
    assert (
        verdict(FULL, line(">=", 6, 2025, 'recurrence = "yearly"\npath = { points = { 2021 = 6 } }')).verdict
        == "met"
    )
    v = verdict(
        {y: x for y, x in FULL.items() if y != 2023},
        line(">=", 6, 2025, 'recurrence = "yearly"\npath = { points = { 2021 = 6 } }'),
    )
    assert v.verdict == "cannot_tell" and v.year == 2023


def test_not_increase(verdict: Judge):
    assert verdict(FULL, line("not_increase", None, 2030)).verdict == "behind"
    assert verdict({**FULL, 2025: 9.0}, line("not_increase", None, 2030)).verdict == "on_track"


def test_an_assigned_target_waits_for_its_document(verdict: Judge):
    waiting = verdict(
        FULL,
        line(
            "meets_assigned", None, more='assigned = { by = "济南市", document = "", date = "", value = "" }'
        ),
    )
    assert waiting.verdict == "cannot_tell" and "济南市" in waiting.reasons[0].zh
    half = verdict(
        FULL,
        line(
            "meets_assigned",
            None,
            more='assigned = { by = "济南市", document = "", date = "2026-01-01", value = 5 }',
        ),
    )
    assert half.verdict == "cannot_tell"
    issued = verdict(
        FULL,
        line(
            "meets_assigned",
            None,
            more='assigned = { by = "济南市", document = "济发改〔2026〕1号", date = "2026-01-01", value = 5 }',
        ),
    )
    assert issued.verdict == "met" and issued.required == 5


def test_uncertainty_reaches_the_verdict(verdict: Judge):
    sure, close = verdict(FULL, line(">=", 5), spread=0.1), verdict(FULL, line(">=", 9.9), spread=0.1)
    assert sure.probability == 1.0 and not sure.close
    assert close.verdict == "met" and close.close and 0.4 < close.probability < 0.8
    assert "概率" in close.reasons[-1].zh
    assert verdict(FULL, line(">=", 9.9)).probability is None


@pytest.mark.parametrize(("growth", "expected"), [(-2.0, "on_track"), (3.0, "behind")])
def test_peak(verdict: Judge, growth: float, expected: str):
    v = verdict(FULL, line("peak_before", 2030, 2030, quantity="total"), growth=growth, spread=0.02)
    assert v.verdict == expected and v.probability is not None and v.peak
    assert sum(v.peak.values()) == pytest.approx(1)


def test_a_dip_in_history_alone_is_not_a_peak_and_a_gap_is_named(verdict: Judge):
    v = verdict(FULL, line("peak_before", 2030, 2030))  # x itself has no projection
    assert v.verdict == "cannot_tell"


@pytest.mark.parametrize(
    ("text", "rule"),
    [
        (line(quantity="nothing"), "target.quantity"),
        (line(comparator="almost"), "target.form"),
        (line(value=None), "target.value"),
        (line(deadline=2099), "target.deadline"),
        (line().replace('unit = "%"', 'unit = "tCO2"'), "M2.unit"),
        (line(more='choices = ["none"]'), "target.choice"),
        (line(more='where = { sector = "x" }'), "target.where"),
        (line(more="surprise = 1"), "target.form"),
        (line("meets_assigned", None), "target.assigned"),
        (line("range", 1), "target.value"),
    ],
)
def test_bad_targets_are_findings(tmp_path: Path, text: str, rule: str):
    (tmp_path / "quantities").mkdir()
    (tmp_path / "package.toml").write_text(PACKAGE, encoding="utf-8")
    (tmp_path / "quantities" / "q.toml").write_text(
        QUANTITIES.replace("SPREAD", "0").replace("GROWTH", "0"), encoding="utf-8"
    )
    (tmp_path / "targets.toml").write_text(
        f'[[target]]\nid = "t"\nref = "二"\nname = "目标"\n{text}\n', encoding="utf-8"
    )
    model = Model.load([tmp_path], FactorLibrary.load(), dt.date(2026, 11, 24))
    targets, findings = load_targets(tmp_path / "targets.toml", model)
    assert targets == [] and rule in {f.rule for f in findings} and ":2" in findings[0].place


def test_before_the_path_begins_nothing_is_asked(verdict: Judge):
    yearly = 'recurrence = "yearly"\npath = { points = { 2021 = 6, 2030 = 20 } }\n'
    early = verdict(FULL, line(">=", 20, 2030, yearly), year=2017)
    assert early.verdict == "cannot_tell" and "2021" in early.reasons[0].zh
    linear = 'path = { kind = "linear", from = 2020, start = 5 }'
    assert verdict(FULL, line(">=", 15, 2030, linear), year=2016).verdict == "cannot_tell"
    for year in range(2015, 2036):
        for text in (
            line(">=", 20, 2030, yearly),
            line(">=", 15, 2030, linear),
            line("peak_before", 2030, 2030, quantity="total"),
        ):
            verdict(FULL, text, year=year)


def test_a_year_that_runs_is_never_final(verdict: Judge):
    assert not verdict(FULL, line(">=", 10, 2026), year=2026).final


def test_an_assigned_target_shows_no_value_after_its_deadline(verdict: Judge):
    v = verdict(FULL, line("meets_assigned", None, 2023, 'assigned = { by = "市" }'), year=2025)
    assert v.year == 2023
