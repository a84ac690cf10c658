"""Targets: the list, and one page for each with its path, its verdict year by year and its definitions."""

from __future__ import annotations

from typing import Any

import numpy as np

from dafeng.findings import Text
from dafeng.quantities.units import factor_between
from dafeng.web.chart import Band, Chart, Figure, Goal, Line
from dafeng.web.colours import ACCENT, INK
from dafeng.web.drawn import words_of
from dafeng.web.errors import NotHere
from dafeng.web.holder import Opened
from dafeng.web.numbers import significant, unit_text
from dafeng.web.page import Page, page
from dafeng.web.reader import Reader
from dafeng.web.readings import ahead_of, sources_of
from dafeng.web.table import Cell, Column, Table, number_cell, table_scale, text_cell, verdict_cell
from dafeng.web.targets import (
    bodies_of,
    clause_of,
    gap_cell,
    gap_unit_of,
    goal_value,
    judged,
    missing_of,
    requirement_sentence,
    requirement_text,
    scale_of,
    target_cell,
    unit_of,
    verdict_of,
)
from dafeng.web.views.overview import counts, summary, targets_table
from dafeng.web.words import VERDICTS, verdict_word

DRAWS, SEED = 512, 0  # as the verdict draws


@page
def targets(reader: Reader) -> Page:
    rows = judged(reader)
    wanted, search = reader.get("verdict"), reader.get("q").strip().lower()
    if wanted and wanted not in VERDICTS:
        raise NotHere(Text("没有这种判定。", "There is no such verdict."))
    shown = [
        j
        for j in rows
        if (not wanted or j.verdict.verdict == wanted)
        and (
            not search
            or search in f"{j.target.name} {j.target.name_en} {j.target.ref} {' '.join(j.bodies)}".lower()
        )
    ]
    figure = Figure(
        "targets", reader.say("目标", "Targets"), "", targets_table(reader, shown, "/targets/"), wide=True
    )
    return Page(
        "targets.html",
        reader.say("目标", "Targets"),
        "targets",
        {
            "counts": counts(reader, rows, wanted, "/targets/"),
            "summary": summary(reader, rows),
            "target_figure": figure,
            "search": reader.get("q"),
            "wanted": wanted,
            "choices": [
                (c, reader.name(c), _options(reader, c, "/targets/"))
                for c in reader.definitions.choices.values()
            ],
        },
        [figure],
    )


def _options(reader: Reader, choice: Any, path: str) -> list[dict[str, Any]]:
    now = reader.asked_choices.get(choice.id, reader.base.run.choices.get(choice.id, choice.default))
    return [
        {
            "option": o,
            "name": reader.name(o),
            "note": o.note_en if reader.language == "en" and o.note_en else o.note,
            "href": reader.link(path, **{f"choice.{choice.id}": "" if o.id == choice.default else o.id}),
            "here": o.id == now,
            "default": o.id == choice.default,
        }
        for o in choice.options.values()
    ]


@page
def target(reader: Reader, target: str) -> Page:
    found = next((t for t in reader.district.targets if t.id == target), None)
    if found is None:
        raise NotHere(
            Text("没有这个目标。", "There is no such target."),
            "/targets/",
            Text("查看全部目标", "See all targets"),
        )
    v = verdict_of(reader, found.id, reader.year)
    figures = [path_figure(reader, found, v)]
    # A peak is judged over all years at once, every other target year by year.
    if v.peak:
        figures.append(peak_figure(reader, found, v))
    elif target_is_yearly(found):
        figures.append(years_figure(reader, found))
    clause = clause_of(reader, found.ref)
    order = [t.id for t in reader.district.targets]
    at = order.index(found.id)
    neighbours = {}
    for name, position in (("before", at - 1), ("after", at + 1)):
        if 0 <= position < len(order):
            other = reader.district.targets[position]
            neighbours[name] = (reader.name(other), reader.link(f"/targets/{other.id}"))
    same = next((t for t in reader.district.targets if t.id == found.same_as), None)
    return Page(
        "target.html",
        reader.name(found),
        "targets",
        {
            "target": found,
            "verdict": v,
            "word": verdict_word(v.verdict),
            "meaning": reader.text(verdict_word(v.verdict).meaning),
            "requirement": requirement_sentence(reader, found),
            "value": target_cell(
                reader,
                found,
                v.value,
                v.state,
                v.marks,
                reader.number_link(found.quantity, v.year or reader.year, found.where),
            ),
            "required_now": None
            if v.required_now is None
            else target_cell(reader, found, v.required_now, "observed"),
            "gap": None if v.gap is None else gap_cell(reader, found, v.gap),
            "gap_unit": unit_text(gap_unit_of(reader, found), reader.language),
            "goal_text": requirement_text(reader, found),
            "unit": unit_text(unit_of(reader, found), reader.language),
            "probability": None if v.probability is None else f"{v.probability * 100:.0f}",
            "reasons": [reader.text(r) for r in v.reasons],
            "missing": missing_of(reader, v),
            "choices": [
                choice_effect(reader, found, c) for c in found.choices if c in reader.definitions.choices
            ],
            "bodies": [
                (i, b, name, role, reader.link("/plan/", body=b))
                for i, (b, name, role) in enumerate(bodies_of(reader, found.ref), 1)
            ],
            "clause": clause,
            "clause_href": reader.link(f"/plan/{found.ref}"),
            "quantity": reader.quantity(found.quantity),
            "quantity_href": reader.number_link(found.quantity, v.year or reader.year, found.where),
            "note": found.note_en if reader.language == "en" and found.note_en else found.note,
            "same": None if same is None else (reader.name(same), reader.link(f"/targets/{same.id}")),
            **neighbours,
        },
        figures,
    )


def target_is_yearly(target: Any) -> bool:
    return bool(target.comparator != "peak_before")


def verdict_under(opened: Opened, target: str, year: int) -> Any:
    return opened.remember(("verdict", target, year), lambda: opened.district.verdict(target, year))


def choice_effect(reader: Reader, target: Any, identifier: str) -> dict[str, Any]:
    """A definition that the plan leaves open: each option with the value and the verdict it gives."""
    choice = reader.definitions.choices[identifier]
    rows = []
    for option in _options(reader, choice, f"/targets/{target.id}"):
        other = reader.under(identifier, option["option"].id)
        v = verdict_under(other, target.id, reader.year)
        rows.append(
            {
                **option,
                "cell": target_cell(reader, target, v.value, v.state, v.marks),
                "verdict": v.verdict,
                "source": reader.source_title(option["option"].source) if option["option"].source else "",
                "date": option["option"].date,
            }
        )
    return {
        "id": identifier,
        "name": reader.name(choice),
        "question": choice.question_en if reader.language == "en" and choice.question_en else choice.question,
        "options": rows,
        "unit": unit_text(unit_of(reader, target), reader.language),
    }


def band_of(reader: Reader, target: Any, factor: float) -> tuple[dict[int, float], dict[int, float]]:
    """5 and 95 per cent of the draws by year, where they vary."""

    def make() -> tuple[dict[int, float], dict[int, float]]:
        values = reader.run[target.quantity]
        draws = reader.run.draw([target.quantity], n=DRAWS, seed=SEED)[target.quantity]
        low: dict[int, float] = {}
        high: dict[int, float] = {}
        for y in reader.years:
            column = draws[(slice(None), *values.key({"year": y, **target.where}))] * factor
            if np.isfinite(column).all() and np.ptp(column) > 0:
                low[y], high[y] = (float(x) for x in np.quantile(column, (0.05, 0.95)))
        return low, high

    found: tuple[dict[int, float], dict[int, float]] = reader.remember(("band", target.id), make)
    return found


def path_figure(reader: Reader, target: Any, v: Any) -> Figure:
    cells = dict(v.history)
    scale, unit = scale_of(reader, target)
    quantity = reader.quantity(target.quantity)
    last = max(target.deadline or 0, reader.year, reader.definitions.history_until)
    if v.peak or target.comparator == "peak_before":
        last = reader.years[-1]
    known = [y for y, c in cells.items() if c.value is not None and y <= last]
    first = min([*known, *[y for y, _ in v.path], target.base_year or reader.year], default=reader.years[0])
    years = [y for y in reader.years if first <= y <= last]
    path = dict(v.path)
    low, high = band_of(reader, target, factor_between(quantity.unit, target.unit) if target.unit else 1.0)
    goal = goal_value(target) if target.comparator != "peak_before" else None
    if goal is None and v.required is not None and target.comparator != "peak_before":
        goal = v.required
    every = [c.value for y, c in cells.items() if y in years] + list(path.values()) + [goal]
    divisor, unit = table_scale([None if v is None else v * scale for v in every], unit)
    name = unit_text(unit, reader.language)

    def shown(value: float | None) -> float | None:
        return None if value is None else value * scale / divisor

    values_name = reader.name(target)
    path_name = reader.say("应达路径", "Path required")
    lines = [
        Line(
            values_name,
            [shown(cells[y].value) if y in cells else None for y in years],
            ACCENT,
            [cells[y].state if y in cells else "" for y in years],
            [ahead_of(cells[y].flags) if y in cells else "" for y in years],
        )
    ]
    if len(path) > 1:
        lines.append(
            Line(
                path_name,
                [shown(path.get(y)) for y in years],
                INK,
                ["observed"] * len(years),
                [""] * len(years),
                "path",
            )
        )
    mark = None
    if goal is not None and target.deadline in years:
        mark = Goal(
            str(target.deadline),
            goal * scale / divisor,
            reader.say(
                f"{target.deadline}年 {requirement_text(reader, target)}",
                f"{target.deadline}: {requirement_text(reader, target)}",
            ),
        )
    if v.peak:
        likely = max(v.peak, key=lambda y: v.peak[y])
        if likely in cells and cells[likely].value is not None:
            share = f"{v.peak[likely] * 100:.0f} %"
            mark = Goal(
                str(likely),
                cells[likely].value * scale / divisor,
                reader.say(f"最可能的峰值年 {likely}（{share}）", f"likeliest peak {likely} ({share})"),
            )
    band = None
    if low:
        band = Band(
            reader.say("90 % 区间", "90 % interval"),
            [shown(low.get(y)) for y in years],
            [shown(high.get(y)) for y in years],
        )
    columns = [
        Column("year", reader.say("年份", "Year"), "year"),
        Column("value", values_name, "number", unit),
    ]
    if path:
        columns.append(Column("path", path_name, "number", unit))
    if band:
        columns += [
            Column("p5", reader.say("下限（5 %）", "Low (5 %)"), "number", unit),
            Column("p95", reader.say("上限（95 %）", "High (95 %)"), "number", unit),
        ]
    table = Table(columns, caption=values_name, states=True)
    for y in years:
        c = cells.get(y)
        row = [
            text_cell(y),
            number_cell(
                shown(c.value) if c else None,
                c.state if c else "outside",
                unit,
                reader.language,
                c.marks if c else (),
                href=reader.number_link(target.quantity, y, target.where),
            ),
        ]
        if path:
            row.append(number_cell(shown(path[y]), "", unit, reader.language) if y in path else Cell("", ""))
        if band:
            for bound in (low, high):
                row.append(
                    number_cell(shown(bound[y]), "", unit, reader.language) if y in bound else Cell("", "")
                )
        table.add(*row, kind="now" if y == reader.year else "")
    chart = Chart(
        "lines",
        name,
        [str(y) for y in years],
        lines,
        band,
        mark,
        str(reader.year),
        words=words_of(reader),
        from_zero=False,
    )
    explained = [reader.say("实线为历史，虚线为预测", "solid: history; dashed: projection")]
    if band:
        explained.append(reader.say("阴影为 90 % 区间", "shaded: 90 % interval"))
    if len(path) > 1:
        explained.append(reader.say("细线为应达路径", "thin line: path required"))
    return Figure(
        "path",
        values_name
        + (
            reader.say("：历史、预测和应达路径", ": history, projection and path")
            if len(path) > 1
            else reader.say("：历史和预测", ": history and projection")
        ),
        reader.say(f"单位：{name}；" if name else "", f"Unit: {name}; " if name else "")
        + reader.say("，", ", ").join(explained),
        table,
        chart if known else None,
        sources_of(reader, [target.quantity]),
        quantity.note_en if reader.language == "en" and quantity.note_en else quantity.note,
        height=360,
        wide=True,
        quantity=target.quantity,
    )


def peak_figure(reader: Reader, target: Any, v: Any) -> Figure:
    years = sorted(v.peak)
    span = list(range(years[0], years[-1] + 1))
    name = reader.say("概率", "Probability")
    table = Table(
        [Column("year", reader.say("峰值年", "Peak year"), "year"), Column("p", name, "number", "%")],
        caption=name,
    )
    for y in years:
        table.add(text_cell(y), number_cell(v.peak[y] * 100, "", "%", reader.language, digits=3))
    share = sum(p for y, p in v.peak.items() if y < int(target.value))
    before = int(target.value)
    return Figure(
        "peak",
        reader.say(
            f"峰值年的分布：{before}年前达峰的概率 {significant(share * 100, 3)} %",
            f"When the peak falls: {significant(share * 100, 3)} % before {before}",
        ),
        reader.say("单位：%；含预测，按当前情景", "Unit: %; with projection, under the current scenario"),
        table,
        Chart(
            "bars",
            "%",
            [str(y) for y in span],
            [Line(name, [v.peak.get(y, 0.0) * 100 for y in span], ACCENT, ["observed"] * len(span))],
            words=words_of(reader),
        ),
        sources_of(reader, [target.quantity]),
        height=240,
    )


def years_figure(reader: Reader, target: Any) -> Figure:
    """The verdict as it would have been given at the end of each year."""
    unit = unit_of(reader, target)
    first = target.path.first or target.base_year or reader.year - 5
    years = [y for y in reader.years if first <= y <= max(reader.year, reader.default_year)]
    table = Table(
        [
            Column("year", reader.say("年末", "End of"), "year"),
            Column("verdict", reader.say("判定", "Verdict"), "verdict"),
            Column("value", reader.say("现值", "Value"), "number", unit),
            Column("path", reader.say("当年应达", "Due"), "number", unit),
            Column("gap", reader.say("差距", "Gap"), "number", gap_unit_of(reader, target)),
            Column("why", reader.say("依据", "Why"), phone=False),
        ],
        caption=reader.say("逐年判定", "Verdict year by year"),
        states=True,
        empty=reader.say("还没有可判定的年份。", "No year to judge yet."),
    )
    for y in years:
        v = verdict_of(reader, target.id, y)
        table.add(
            text_cell(y),
            verdict_cell(v.verdict, reader.text(verdict_word(v.verdict).text)),
            target_cell(
                reader,
                target,
                v.value,
                v.state,
                v.marks,
                reader.number_link(target.quantity, v.year or y, target.where),
            ),
            target_cell(reader, target, v.required_now, "")
            if v.required_now is not None
            else Cell("—", None),
            gap_cell(reader, target, v.gap),
            text_cell(reader.say("；", "; ").join(reader.text(r) for r in v.reasons)),
            kind="now" if y == reader.year else "",
        )
    return Figure(
        "years",
        reader.say("逐年判定", "Verdict year by year"),
        reader.say(
            "按今天的数据，在每年年末会怎样判定", "what today's data would have said at the end of each year"
        ),
        table,
        sources=sources_of(reader, [target.quantity]),
        wide=True,
    )
