"""Verdicts (rules M9, M15): apart from the arithmetic, each with the numbers, the rule and the missing cells that made it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np

from dafeng.findings import Text
from dafeng.quantities import Cell, MissingCell, Run
from dafeng.quantities.states import Flag
from dafeng.quantities.units import factor_between
from dafeng.targets.definitions import COMPARATORS, TargetDefinition
from dafeng.targets.paths import required_path

VERDICTS: dict[str, Text] = {
    "met": Text("达标", "met"),
    "on_track": Text("进度正常", "on track"),
    "behind": Text("滞后", "behind"),
    "missed": Text("未完成", "missed"),
    "cannot_tell": Text("无法判定", "cannot tell"),
}
SIGNS = {"least": "≥", "most": "≤", "about": "≈", "between": "∈", "not_increase": "≤ 上年", "assigned": "≥"}

#: A probability between these leaves the verdict close: the uncertainty of the data could turn it.
CLOSE = (0.05, 0.95)
#: Share of draws that peak before the year: from here on track; up to here behind; cannot tell between.
PEAK_ON_TRACK, PEAK_BEHIND = 0.9, 0.5
DRAWS, SEED = 512, 0
_SLACK = 1e-9


@dataclass(frozen=True)
class Verdict:
    """The answer for one target at one reporting year. ``value`` and ``required`` are in the target's unit."""

    target: TargetDefinition
    verdict: str
    final: bool
    year: int | None
    value: float | None
    state: str
    marks: tuple[str, ...]
    required: float | None
    required_now: float | None
    path: tuple[tuple[int, float], ...]
    probability: float | None
    close: bool
    missing: tuple[MissingCell, ...]
    reasons: tuple[Text, ...]
    history: tuple[tuple[int, Cell], ...] = field(repr=False, default=())
    peak: dict[int, float] | None = None

    @property
    def gap(self) -> float | None:
        return None if self.value is None or self.required_now is None else self.value - self.required_now

    def as_dict(self, language: str = "zh") -> dict[str, Any]:
        t = self.target
        return {
            "id": t.id,
            "ref": t.ref,
            "name": t.title(language),
            "quantity": t.quantity,
            "comparator": t.comparator,
            "value": self.value,
            "unit": t.unit,
            "year": self.year,
            "state": self.state,
            "marks": list(self.marks),
            "required": self.required,
            "required_now": self.required_now,
            "deadline": t.deadline,
            "path": [{"year": y, "value": v} for y, v in self.path],
            "verdict": self.verdict,
            "final": self.final,
            "probability": self.probability,
            "close": self.close,
            "missing": [m.as_dict(language) for m in self.missing],
            "reasons": [r.in_language(language) for r in self.reasons],
            **({"assigned_by": t.assigned.by, "document": t.assigned.document} if t.assigned else {}),
            **({"peak_year": {str(y): p for y, p in self.peak.items()}} if self.peak else {}),
            **({"same_as": t.same_as} if t.same_as else {}),
        }


def _number(v: float | None) -> str:
    if v is None:
        return "—"
    return f"{v:.4g}" if abs(v) < 1e5 else f"{v:,.0f}"


def percent(share: float) -> str:
    """A share of draws in words: draws alone never make anything certain."""
    if share > 0.995:
        return ">99%"
    return "<1%" if share < 0.005 else f"{share:.0%}"


def holds(kind: str, value: Any, required: float, maximum: float | None, tolerance: float) -> Any:
    """Whether a value (or an array of draws) satisfies what is required."""
    slack = _SLACK * max(1.0, abs(required))
    if kind == "most":
        return value <= required + slack
    if kind == "about":
        return np.abs(value - required) <= tolerance * abs(required) + slack
    if kind == "between":
        return (value >= required - slack) & (value <= (maximum if maximum is not None else np.inf) + slack)
    return value >= required - slack


class _Judge:
    def __init__(self, t: TargetDefinition, run: Run, year: int):
        self.t, self.run, self.year = t, run, year
        self.values = run[t.quantity]
        self.factor = (
            1.0 if t.holds == "peak" else factor_between(self.values.unit, t.unit or self.values.unit)
        )
        self.unit = t.unit or self.values.unit
        scaled = [
            (y, c if c.value is None else replace(c, value=c.value * self.factor, unit=self.unit))
            for y, c in self.values.series(**t.where)
        ]
        self.history = tuple(scaled)
        self.cells = dict(scaled)
        self.kind = COMPARATORS[t.assigned.comparator] if t.holds == "assigned" and t.assigned else t.holds
        self.required = t.assigned.value if t.holds == "assigned" and t.assigned else t.value
        first = t.path.first if t.path.first is not None else t.base_year
        start = self.cells[first].value if first in self.cells and self.cells[first].complete else None
        self.path = tuple(required_path(t, start, self.required)) if t.holds != "peak" else ()

    def missing(self, year: int) -> tuple[MissingCell, ...]:
        return tuple(self.run.missing(self.t.quantity, year=year, **self.t.where))

    def result(
        self,
        verdict: str,
        *,
        final: bool,
        year: int | None,
        reasons: Sequence[Text],
        missing: Sequence[MissingCell] = (),
        required_now: float | None = None,
        probability: float | None = None,
        peak: dict[int, float] | None = None,
    ) -> Verdict:
        cell = self.cells.get(year) if year is not None else None
        close = probability is not None and CLOSE[0] < probability < CLOSE[1]
        if (
            probability is not None
            and close
            and self.t.holds != "peak"
            and verdict in ("met", "missed", "on_track", "behind")
        ):
            reasons = [
                *reasons,
                Text(
                    f"计入数据不确定性，满足要求的概率为 {percent(probability)}，结论尚有出入可能",
                    f"allowing for uncertain data, the requirement holds with probability {percent(probability)}; the verdict is close",
                ),
            ]
        return Verdict(
            self.t,
            verdict,
            final,
            year,
            cell.value if cell else None,
            cell.state if cell else "missing",
            cell.marks if cell else (),
            self.required,
            required_now,
            self.path,
            probability,
            close,
            tuple(missing),
            tuple(reasons),
            self.history,
            peak,
        )

    def probability(self, year: int, required: float) -> float | None:
        """Share of draws in which the requirement holds; None where nothing varies."""
        draws = self.run.draw([self.t.quantity], n=DRAWS, seed=SEED)[self.t.quantity]
        key = self.values.key({"year": year, **self.t.where})
        column = draws.reshape(DRAWS, -1)[:, np.ravel_multi_index(key, draws.shape[1:])] * self.factor
        if not np.isfinite(column).all() or np.ptp(column) == 0:
            return None
        return float(np.mean(holds(self.kind, column, required, self.t.value_max, self.t.tolerance)))

    def verdict(self) -> Verdict:
        t = self.t
        if t.holds == "peak":
            return self.peak()
        if t.holds == "assigned" and not (t.assigned and t.assigned.issued):
            by = Text("上级", "the level above")
            if t.assigned and t.assigned.by:
                by = Text(t.assigned.by, t.assigned.by_en or t.assigned.by)
            return self.result(
                "cannot_tell",
                final=False,
                year=self.latest(),
                reasons=[
                    Text(
                        f"等待{by.zh}下达文件：请登记文号、日期和目标值",
                        f"waiting for the document of {by.en}: register its number, date and value",
                    )
                ],
            )
        if t.recurrence == "yearly":
            return self.yearly()
        if t.holds == "not_increase":
            return self.not_increase()
        assert self.required is not None
        if t.deadline is not None and t.deadline <= self.year:
            return self.final(t.deadline, self.required)
        if self.path and len(self.path) > 1 and self.year < self.path[0][0]:
            return self.not_yet(self.path[0][0])
        return self.live()

    def over(self, deadline: int | None) -> bool:
        """Whether the deadline lies in the past: in the reporting year and before the year that runs today."""
        return deadline is not None and deadline <= self.year and deadline < self.run.evaluated.as_of.year

    def not_yet(self, first: int) -> Verdict:
        reason = Text(f"要求自{first}年起", f"the requirement begins in {first}")
        return self.result("cannot_tell", final=False, year=self.latest(), reasons=[reason])

    def latest(self) -> int | None:
        """The newest of the last three years with a value, none after the deadline."""
        last = min(self.year, self.t.deadline or self.year)
        return next(
            (y for y in range(last, last - 3, -1) if y in self.cells and self.cells[y].value is not None),
            None,
        )

    def cannot_tell(
        self, year: int, final: bool, required_now: float | None, shown: int | None = None
    ) -> Verdict:
        """Not enough is known of ``year``; ``shown`` is the year whose value stands beside the verdict."""
        cells = self.missing(year)
        if not cells:
            reason = Text(f"{year}年没有数据", f"there are no data for {year}")
        else:
            more = f"等 {len(cells)} 项" if len(cells) > 3 else ""
            first, first_en = "、".join(c.label for c in cells[:3]), ", ".join(c.label_en for c in cells[:3])
            reason = Text(
                f"缺：{first}{more}",
                f"missing: {first_en}{f' and {len(cells) - 3} more' if len(cells) > 3 else ''}",
            )
        return self.result(
            "cannot_tell",
            final=final,
            year=year if shown is None else shown,
            reasons=[reason],
            missing=cells,
            required_now=required_now,
        )

    def final(self, deadline: int, required: float) -> Verdict:
        cell = self.cells[deadline]
        if not cell.complete or cell.flags & Flag.PROJECTED:
            return self.cannot_tell(deadline, self.over(deadline), required)
        assert cell.value is not None
        ok = bool(holds(self.kind, cell.value, required, self.t.value_max, self.t.tolerance))
        return self.result(
            "met" if ok else "missed",
            final=True,
            year=deadline,
            required_now=required,
            probability=self.probability(deadline, required),
            reasons=[
                self.compare(
                    deadline, cell.value, required, ("已达标", "met") if ok else ("未达标", "not met")
                )
            ],
        )

    def compare(self, year: int, value: float, required: float, end: tuple[str, str]) -> Text:
        sign = SIGNS[self.kind]
        u = f" {self.unit}" if self.unit else ""
        bound = (
            f"[{_number(required)}, {_number(self.t.value_max)}]"
            if self.kind == "between"
            else _number(required)
        )
        return Text(
            f"{year}年为 {_number(value)}{u}，要求 {sign} {bound}{u}，{end[0]}",
            f"{_number(value)}{u} in {year}, required {sign} {bound}{u}: {end[1]}",
        )

    def live(self) -> Verdict:
        t = self.t
        assert self.required is not None
        year = self.year
        path = dict(self.path)
        now = path.get(year)
        cell = self.cells.get(year)
        if cell is None or not cell.complete or cell.flags & Flag.PROJECTED:
            return self.cannot_tell(year, False, now)
        assert cell.value is not None
        reached = bool(holds(self.kind, cell.value, self.required, t.value_max, t.tolerance))
        if reached and t.monotone:
            return self.result(
                "met",
                final=False,
                year=year,
                required_now=now,
                reasons=[self.compare(year, cell.value, self.required, ("已提前达到", "reached early"))],
            )
        if now is None:
            ok, against = True, self.required
            words = Text(
                f"{year}年为 {_number(cell.value)} {self.unit}，期限 {t.deadline} 年前没有年度要求",
                f"{_number(cell.value)} {self.unit} in {year}; nothing is asked for before {t.deadline}",
            )
            return self.result("on_track", final=False, year=year, required_now=None, reasons=[words])
        ok, against = bool(holds(self.kind, cell.value, now, None, t.tolerance)), now
        words = self.compare(
            year, cell.value, against, ("进度正常", "on track") if ok else ("落后于路径", "behind the path")
        )
        return self.result(
            "on_track" if ok else "behind",
            final=False,
            year=year,
            required_now=now,
            probability=self.probability(year, now),
            reasons=[words],
        )

    def yearly(self) -> Verdict:
        t = self.t
        assert self.required is not None
        path = dict(self.path)
        first = min(path, default=t.base_year or self.year)
        last = min(self.year, t.deadline or self.year)
        final = self.over(t.deadline)
        if last < first or last not in self.cells:
            return self.not_yet(first)
        failed: list[int] = []
        for y in range(first, last + 1):
            cell = self.cells[y]
            if not cell.complete or cell.flags & Flag.PROJECTED:
                return self.cannot_tell(y, final, path.get(y, self.required))
            if y in path and not holds(self.kind, cell.value, path[y], t.value_max, t.tolerance):
                failed.append(y)
        value = self.cells[last].value
        assert value is not None
        now = path.get(last)
        words = [
            self.compare(
                last,
                value,
                now if now is not None else self.required,
                ("逐年满足", "every year satisfied")
                if not failed
                else ("有年份未满足", "not every year satisfied"),
            )
        ]
        if failed:
            listed = "、".join(str(y) for y in failed)
            words.append(
                Text(f"未满足的年份：{listed}", f"years not satisfied: {listed.replace('、', ', ')}")
            )
        verdict = (
            ("missed" if final else "behind")
            if failed and failed[-1] == last
            else ("met" if final else "on_track")
        )
        if failed and final:
            verdict = "missed"
        return self.result(
            verdict,
            final=final,
            year=last,
            required_now=now,
            reasons=words,
            probability=None if now is None else self.probability(last, now),
        )

    def not_increase(self) -> Verdict:
        year = min(self.year, self.t.deadline or self.year)
        now, before = self.cells[year], self.cells.get(year - 1)
        final = self.over(self.t.deadline)
        for y, c in ((year, now), (year - 1, before)):
            if c is None or not c.complete:
                return self.cannot_tell(y, final, None)
        assert now.value is not None and before is not None and before.value is not None
        ok = now.value <= before.value * (1 + _SLACK)
        verdict = ("met" if ok else "missed") if final else ("on_track" if ok else "behind")
        return self.result(
            verdict,
            final=final,
            year=year,
            required_now=before.value,
            reasons=[
                self.compare(
                    year,
                    now.value,
                    before.value,
                    ("没有增加", "no increase") if ok else ("比上年增加", "an increase"),
                )
            ],
        )

    def peak(self) -> Verdict:
        """Share of draws whose maximum over all model years lies before the year. History alone never gives “met”."""
        t = self.t
        assert t.value is not None
        before = int(t.value)
        for y, c in self.history:
            if y <= self.year and c.value is not None and not c.complete:
                return self.cannot_tell(y, False, None, self.year)
        years = [y for y, c in self.history if c.complete]
        if len(years) < 3 or years[-1] < before or self.year not in years:
            gap = (
                self.year
                if self.year not in years
                else next((y for y, c in self.history if y >= self.year and not c.complete), before)
            )
            return self.cannot_tell(gap, False, None, self.year)
        draws = self.run.draw([t.quantity], n=DRAWS, seed=SEED)[t.quantity]
        index = [self.values.key({"year": y, **t.where}) for y in years]
        flat = draws.reshape(DRAWS, -1)
        columns = flat[:, [np.ravel_multi_index(k, draws.shape[1:]) for k in index]]
        peaks = np.asarray(years)[np.argmax(columns, axis=1)]
        share = float(np.mean(peaks < before))
        found, counts = np.unique(peaks, return_counts=True)
        distribution = {int(y): float(n) / len(peaks) for y, n in zip(found, counts, strict=True)}
        likely = max(distribution, key=lambda y: distribution[y])
        verdict = (
            "on_track" if share >= PEAK_ON_TRACK else "behind" if share <= PEAK_BEHIND else "cannot_tell"
        )
        s = self.run.evaluated.definitions.scenarios.get(self.run.scenario)
        path = Text(s.name, s.name_en) if s else Text("定义的路径", "paths as defined")
        words = Text(
            f"在{DRAWS}次抽样中，{before}年前达到最高值的占 {percent(share)}，最可能的峰值年为{likely}年（含预测，情景：{path.zh}）",
            f"in {DRAWS} draws {percent(share)} reach their maximum before {before}; the likeliest year is {likely} (with projection, scenario: {path.en})",
        )
        return self.result(
            verdict, final=False, year=self.year, reasons=[words], probability=share, peak=distribution
        )


def judge(target: TargetDefinition, run: Run, year: int) -> Verdict:
    """Verdict of one target at the end of ``year``."""
    return _Judge(target.under(run.choices), run, year).verdict()
