"""Figures from their declaration: series over a dimension, quantities side by side, flows."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from dafeng.quantities.definitions import Quantity
from dafeng.web.catalogue import Drawn
from dafeng.web.chart import Chart, Figure, Line, Shape
from dafeng.web.colours import PALETTE, REST, colour_of
from dafeng.web.numbers import unit_text
from dafeng.web.reader import Reader
from dafeng.web.readings import Point, array_of, display_factor, members_of, point, series_of, sources_of
from dafeng.web.table import Column, Table, number_cell, table_scale, text_cell
from dafeng.web.words import state_word

MOST_SERIES = 7


def words_of(reader: Reader, rest: int = 0) -> dict[str, str]:
    words = {
        s: state_word(s, reader.language)
        for s in ("projected", "nowcast", "estimated", "default", "incomplete")
    }
    words["cut"] = reader.say("；纵轴不从零起", "; axis does not begin at zero")
    words["absent"] = reader.say("缺", "missing")
    words["rest"] = reader.say(f"其他（{rest}）", f"Other ({rest})")
    return words


def draw(reader: Reader, drawn: Drawn, options: Mapping[str, str]) -> Figure | None:
    """The figure under these options, or nothing where the district lacks its quantities."""
    way = drawn.under(options)
    figure = _draw(reader, drawn, way)
    said = str(way.get("note_en" if reader.language == "en" else "note", ""))
    if figure is not None and said:
        figure.subtitle += reader.say("；", "; ") + said
    return figure


def _draw(reader: Reader, drawn: Drawn, way: Mapping[str, Any]) -> Figure | None:
    if way.get("flows"):
        return _sankey(reader, drawn, [f for f in way["flows"] if reader.has(str(f["quantity"]))])
    if way.get("parts"):
        parts = [reader.quantity(str(q)) for q in way["parts"] if reader.has(str(q))]
        parts = [q for q in parts if set(q.dims) <= {"year"} and q.unit == parts[0].unit]
        return _side_by_side(reader, drawn, parts) if parts else None
    identifier = str(way.get("quantity", ""))
    if not identifier or not reader.has(identifier):
        return None
    quantity = reader.quantity(identifier)
    over = str(way.get("over", ""))
    if over not in quantity.dims or set(quantity.dims) != {"year", over}:
        return None
    return over_members(
        reader,
        quantity,
        over,
        {},
        drawn.id,
        _title(reader, drawn),
        _shape(drawn.chart),
        drawn.history_only,
        drawn.wide,
    )


def _title(reader: Reader, drawn: Drawn) -> str:
    return reader.name(drawn)


def _shape(word: str) -> Shape:
    return "lines" if word == "lines" else "bars" if word == "bars" else "stack"


def _until(reader: Reader, history_only: bool) -> int:
    return reader.definitions.history_until if history_only else reader.years[-1]


def over_members(
    reader: Reader,
    quantity: Quantity,
    over: str,
    where: Mapping[str, str],
    identifier: str,
    title: str,
    shape: Shape = "stack",
    history_only: bool = False,
    wide: bool = False,
) -> Figure | None:
    """One series for each member of a dimension, over the years. The table has them all; a chart seven and the rest in grey."""
    values, flags, dims = array_of(reader, quantity, where)
    if dims not in (["year", over], [over, "year"]):
        return None
    if dims[0] == over:
        values, flags = values.T, flags.T
    years = [int(y) for y in members_of(reader, quantity, "year")]
    keep = [i for i, y in enumerate(years) if y <= _until(reader, history_only)]
    while len(keep) > 1 and np.isnan(values[keep[-1]]).all() and years[keep[-1]] > reader.year:
        keep.pop()  # nothing is there or asked for
    members = members_of(reader, quantity, over)
    dimension = reader.dimension(over)
    factor, unit = display_factor(quantity)
    values = values * factor
    # Members without any figure or with nothing but zeros say nothing in a drawing; the table keeps them.
    weight = {m: float(np.nansum(np.abs(values[:, i]))) for i, m in enumerate(members)}
    shown = [m for m in members if weight[m] > 0]
    ranked = sorted(shown, key=lambda m: -weight[m])
    first = set(ranked if len(ranked) <= MOST_SERIES else ranked[: MOST_SERIES - 1])
    divisor, unit = table_scale([float(v) for v in values[keep].ravel()], unit)
    points = {
        m: [point(years[y], float(values[y, i]), int(flags[y, i])) for y in keep]
        for i, m in enumerate(members)
    }
    lines = [
        Line(
            reader.member_name(over, m),
            [_scaled(p.value, divisor) for p in points[m]],
            colour_of(dimension, m) if m in first else REST,
            [p.state for p in points[m]],
            [p.ahead for p in points[m]],
            "value" if m in first else "rest",
        )
        for m in sorted(shown, key=lambda m: (m not in first, members.index(m)))
    ]
    table = Table(
        [
            Column("year", reader.say("年份", "Year"), "year"),
            *[Column(m, reader.member_name(over, m), "number", unit) for m in members],
        ],
        caption=f"{title}（{unit_text(unit, reader.language)}）"
        if reader.language != "en"
        else f"{title} ({unit_text(unit, 'en')})",
        states=True,
    )
    for n, y in enumerate(keep):
        year = years[y]
        row = [text_cell(year)]
        for m in members:
            p = points[m][n]
            row.append(
                number_cell(
                    _scaled(p.value, divisor),
                    p.state,
                    unit,
                    reader.language,
                    p.marks,
                    href=reader.number_link(quantity.id, year, {**where, over: m}),
                )
            )
        table.add(*row, kind="now" if year == reader.year else "")
    chart = Chart(
        shape,
        unit_text(unit, reader.language),
        [str(years[i]) for i in keep],
        lines,
        now=str(reader.year) if shape == "lines" else "",
        words=words_of(reader, len(shown) - len(first)),
        from_zero=shape != "lines",
    )
    return Figure(
        identifier,
        title,
        _subtitle(reader, unit, shape, lines),
        table,
        chart if lines else None,
        sources_of(reader, [quantity.id]),
        _note(reader, quantity),
        wide=wide,
        quantity=quantity.id,
    )


def _scaled(value: float | None, divisor: float) -> float | None:
    return None if value is None else value / divisor


def _note(reader: Reader, quantity: Quantity) -> str:
    return quantity.note_en if reader.language == "en" and quantity.note_en else quantity.note


def _subtitle(reader: Reader, unit: str, shape: Shape, lines: list[Line]) -> str:
    """The unit, and how what is not plainly observed is drawn."""
    text = unit_text(unit, reader.language)
    said = [reader.say(f"单位：{text}", f"Unit: {text}")] if text else []
    states = {
        state for line in lines for state, ahead in zip(line.states, line.ahead, strict=True) if not ahead
    }
    ahead = any(a for line in lines for a in line.ahead)
    if shape == "lines":
        if ahead:
            said.append(reader.say("虚线为预测", "dashed: projection"))
    else:
        if states & {"estimated", "default", "incomplete"}:
            said.append(reader.say("斜线为估算、缺省或不完整", "hatched: estimated, default or incomplete"))
        if ahead:
            said.append(reader.say("浅色为预测", "light: projection"))
    return reader.say("；", "; ").join(said)


def side_points(reader: Reader, quantity: Quantity, until: int) -> list[Point]:
    return [p for p in series_of(reader, quantity, {}) if p.year <= until]


def _side_by_side(reader: Reader, drawn: Drawn, parts: list[Quantity]) -> Figure:
    until = _until(reader, drawn.history_only)
    factor, unit = display_factor(parts[0])
    points = {q.id: side_points(reader, q, until) for q in parts}
    every = [p.value * factor for ps in points.values() for p in ps if p.value is not None]
    divisor, unit = table_scale(every, unit)
    years = [p.year for p in points[parts[0].id]]
    shape = _shape(drawn.chart)

    def shown(value: float | None) -> float | None:
        return None if value is None else value * factor / divisor

    lines = [
        Line(
            reader.name(q),
            [shown(p.value) for p in points[q.id]],
            PALETTE[(i + drawn.first_colour) % len(PALETTE)],
            [p.state for p in points[q.id]],
            [p.ahead for p in points[q.id]],
        )
        for i, q in enumerate(parts)
    ]
    table = Table(
        [
            Column("year", reader.say("年份", "Year"), "year"),
            *[Column(q.id, reader.name(q), "number", unit) for q in parts],
        ],
        caption=_title(reader, drawn),
        states=True,
    )
    for i, year in enumerate(years):
        cells = [text_cell(year)]
        for q in parts:
            p = points[q.id][i]
            cells.append(
                number_cell(
                    shown(p.value),
                    p.state,
                    unit,
                    reader.language,
                    p.marks,
                    href=reader.number_link(q.id, year),
                )
            )
        table.add(*cells, kind="now" if year == reader.year else "")
    chart = Chart(
        shape,
        unit_text(unit, reader.language),
        [str(y) for y in years],
        lines,
        now=str(reader.year) if shape == "lines" else "",
        words=words_of(reader),
        from_zero=shape != "lines",
    )
    return Figure(
        drawn.id,
        _title(reader, drawn),
        _subtitle(reader, unit, shape, lines),
        table,
        chart if any(v is not None for line in lines for v in line.values) else None,
        sources_of(reader, [q.id for q in parts]),
        _note(reader, parts[0]),
        wide=drawn.wide,
    )


def _sankey(reader: Reader, drawn: Drawn, flows: list[Mapping[str, Any]]) -> Figure | None:
    """Flows of the reporting year: from the members of one dimension to those of another."""
    if not flows:
        return None
    quantity = reader.quantity(str(flows[0]["quantity"]))
    factor, unit = display_factor(quantity)
    rows: list[tuple[str, str, str, str, Point, str]] = []
    for flow in flows:
        q = reader.quantity(str(flow["quantity"]))
        a, b = str(flow["from"]), str(flow["to"])
        values, flags, dims = array_of(reader, q, {"year": str(reader.year)})
        if set(dims) != {a, b}:
            continue
        if dims[0] != a:
            values, flags = values.T, flags.T
        for i, source in enumerate(members_of(reader, q, a)):
            for j, target in enumerate(members_of(reader, q, b)):
                p = point(reader.year, float(values[i, j]), int(flags[i, j]))
                rows.append((a, source, b, target, p, q.id))
    divisor, unit = table_scale([None if r[4].value is None else r[4].value * factor for r in rows], unit)
    title = _title(reader, drawn)
    table = Table(
        [
            Column("from", reader.say("从", "From")),
            Column("to", reader.say("到", "To")),
            Column("value", title, "number", unit),
        ],
        caption=title,
        states=True,
        empty=reader.say("这一年没有数据。", "There are no figures for this year."),
    )
    nodes: dict[str, dict[str, Any]] = {}
    links: list[dict[str, Any]] = []
    for a, source, b, target, p, q_id in rows:
        value = None if p.value is None else p.value * factor / divisor
        if value is None and p.state == "outside":
            continue
        if value == 0:
            continue
        cell = number_cell(
            value,
            p.state,
            unit,
            reader.language,
            p.marks,
            href=reader.number_link(q_id, reader.year, {a: source, b: target}),
        )
        table.add(text_cell(reader.member_name(a, source)), text_cell(reader.member_name(b, target)), cell)
        if value is None or value < 0:
            continue
        for dim, member in ((a, source), (b, target)):
            key = f"{dim}:{member}"
            nodes.setdefault(
                key,
                {
                    "id": key,
                    "name": reader.member_name(dim, member),
                    "colour": colour_of(reader.dimension(dim), member),
                },
            )
        links.append({"source": f"{a}:{source}", "target": f"{b}:{target}", "value": value})
    chart = Chart(
        "sankey",
        unit_text(unit, reader.language),
        nodes=list(nodes.values()),
        links=links,
        words=words_of(reader),
    )
    name = unit_text(unit, reader.language)
    return Figure(
        drawn.id,
        title,
        reader.say(f"{reader.year}年，单位：{name}", f"{reader.year}, unit: {name}"),
        table,
        chart if links else None,
        sources_of(reader, [quantity.id]),
        _note(reader, quantity),
        height=420,
        wide=drawn.wide,
    )
