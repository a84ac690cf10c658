"""Figures of a target: path with band and goal, distribution of the peak year, verdict year by year."""

from __future__ import annotations

from typing import Any

import numpy as np

from dafeng.quantities.units import factor_between
from dafeng.targets import percent
from dafeng.web.chart import Band, Chart, Figure, Goal, Line
from dafeng.web.colours import ACCENT, INK
from dafeng.web.drawn import words_of
from dafeng.web.numbers import unit_text
from dafeng.web.reader import Reader
from dafeng.web.readings import ahead_of, sources_of
from dafeng.web.table import Cell, Column, Table, number_cell, table_scale, text_cell, verdict_cell
from dafeng.web.targets import (
    gap_cell,
    gap_unit_of,
    goal_value,
    requirement_text,
    scale_of,
    target_cell,
    unit_of,
    verdict_of,
)
from dafeng.web.words import verdict_word

DRAWS, SEED = 512, 0  # as the verdict draws


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
            f"峰值年的分布：{before}年前达峰的概率 {percent(share)}",
            f"When the peak falls: {percent(share)} before {before}",
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
