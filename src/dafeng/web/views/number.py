"""Every number: the list of all, the page of one with its explanation, and the branches of its tree."""

from __future__ import annotations

import itertools
from collections.abc import Mapping
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from dafeng.findings import Text
from dafeng.quantities.definitions import Quantity
from dafeng.web.chart import Chart, Figure, Line
from dafeng.web.colours import ACCENT
from dafeng.web.drawn import over_members, words_of
from dafeng.web.errors import NotHere
from dafeng.web.explained import node_of, state_text
from dafeng.web.numbers import unit_text
from dafeng.web.page import Page, page
from dafeng.web.reader import Reader, reader_for
from dafeng.web.readings import display_cell, display_factor, members_of, series_of, sources_of, without_tail
from dafeng.web.table import Column, Table, number_cell, table_scale, text_cell
from dafeng.web.views.plan import numbers_table
from dafeng.web.words import KINDS

MOST_ACROSS = 13  # members that fit across a table
MOST_CELLS = 5000


@page
def numbers(reader: Reader) -> Page:
    search, kind, tag = reader.get("q").strip().lower(), reader.get("kind"), reader.get("tag")
    every = [q for q in reader.definitions.quantities.values() if q.id in reader.run]
    tags = sorted({t for q in every for t in q.tags})
    if kind and kind not in KINDS:
        raise NotHere(
            Text("没有这一类数字。", "There is no such kind of number."),
            "/number/",
            Text("查看全部数字", "See all numbers"),
        )
    shown = [
        q
        for q in every
        if (not kind or q.kind == kind)
        and (not tag or tag in q.tags)
        and (not search or search in f"{q.id} {q.name} {q.name_en} {q.unit}".lower())
    ]
    figure = Figure(
        "numbers",
        reader.say("全部数字", "All numbers"),
        reader.say(f"{len(shown)} 个，共 {len(every)} 个", f"{len(shown)} of {len(every)}"),
        numbers_table(reader, [q.id for q in shown]),
        wide=True,
    )
    return Page(
        "numbers.html",
        reader.say("数字", "Numbers"),
        "numbers",
        {
            "number_figure": figure,
            "search": reader.get("q"),
            "kind": kind,
            "tag": tag,
            "tags": tags,
            "kinds": [(k, reader.text(t), sum(q.kind == k for q in every)) for k, t in KINDS.items()],
            "count": len(every),
        },
        [figure],
    )


def coordinates(reader: Reader, quantity: Quantity) -> dict[str, str]:
    """The coordinates that the address gives; unknown members are unknown addresses."""
    found: dict[str, str] = {}
    for dim in quantity.dims:
        if dim == "year":
            continue
        asked = reader.get(dim)
        if not asked:
            continue
        if asked not in members_of(reader, quantity, dim):
            name = reader.dimension(dim)
            raise NotHere(
                Text(
                    f"{name.name if name else dim}中没有“{asked[:40]}”。",
                    f"{name.name_en if name else dim} has no “{asked[:40]}”.",
                ),
                f"/number/{quantity.id}",
                Text("查看这个数字", "See this number"),
            )
        found[dim] = asked
    return found


@page
def number(reader: Reader, quantity: str) -> Page:
    q = reader.quantity(quantity)
    where = coordinates(reader, q)
    open_dims = [d for d in q.dims if d != "year" and d not in where]
    figures: list[Figure] = []
    tree = None
    value = None
    unit = q.display_unit or q.unit
    if not open_dims:
        coords: dict[str, Any] = {**where, **({"year": reader.year} if "year" in q.dims else {})}
        explanation = reader.remember(
            ("explain", q.id, tuple(sorted(coords.items())), 2),
            lambda: reader.run.explain(q.id, depth=2, **coords),
        )
        tree = node_of(reader, explanation, opened=True)
        value, unit = display_cell(
            reader, q, explanation.cell.value, explanation.cell.state, explanation.cell.marks
        )
        if "year" in q.dims:
            figures.append(series_figure(reader, q, where))
    elif len(open_dims) == 1 and "year" in q.dims:
        figure = over_members(
            reader,
            q,
            open_dims[0],
            where,
            "series",
            _name_with(reader, q, where),
            "stack" if _additive(q) else "lines",
            wide=True,
        )
        if figure is not None:
            figures.append(figure)
    if open_dims:
        figures.append(cells_figure(reader, q, where, open_dims))
    users = [u for u in reader.district.model.used_by(q.id) if reader.has(u)]
    inputs = [u for u in reader.district.model.uses(q.id) if reader.has(u)]
    return Page(
        "number.html",
        reader.name(q),
        "numbers",
        {
            "quantity": q,
            "kind": reader.text(KINDS[q.kind]),
            "note": q.note_en if reader.language == "en" and q.note_en else q.note,
            "where": [
                (
                    reader.name(reader.dimension(d)),
                    reader.member_name(d, m),
                    reader.number_link(q.id, reader.year, {k: v for k, v in where.items() if k != d}),
                )
                for d, m in where.items()
            ],
            "selectors": selectors(reader, q, where),
            "value": value,
            "unit": unit_text(unit, reader.language),
            "tree": tree,
            "formula": "" if tree is None else tree["formula"],
            "users": [(reader.name(reader.quantity(u)), reader.number_link(u, reader.year)) for u in users],
            "inputs": [(reader.name(reader.quantity(u)), reader.number_link(u, reader.year)) for u in inputs],
            "targets": [
                (reader.name(t), reader.link(f"/targets/{t.id}"))
                for t in reader.district.targets
                if t.quantity == q.id
            ],
            "supplier": reader.body_name(q.evidence.supplier) if q.evidence and q.evidence.supplier else "",
        },
        figures,
    )


def _additive(q: Quantity) -> bool:
    return "/" not in q.unit and q.unit not in ("%", "1", "", "-")


def _name_with(reader: Reader, q: Quantity, where: Mapping[str, str]) -> str:
    names = [reader.member_name(d, m) for d, m in where.items()]
    title = reader.name(q)
    return f"{title} · {reader.list(names)}" if names else title


def selectors(reader: Reader, q: Quantity, where: Mapping[str, str]) -> list[dict[str, Any]]:
    return [
        {
            "id": d,
            "name": reader.name(reader.dimension(d)),
            "now": where.get(d, ""),
            "members": [(m, reader.member_name(d, m)) for m in members_of(reader, q, d)],
        }
        for d in q.dims
        if d != "year"
    ]


def series_figure(reader: Reader, q: Quantity, where: Mapping[str, str]) -> Figure:
    points = without_tail(series_of(reader, q, where))
    factor, unit = display_factor(q)
    divisor, unit = table_scale([None if p.value is None else p.value * factor for p in points], unit)
    title = _name_with(reader, q, where)
    name = unit_text(unit, reader.language)

    def shown(value: float | None) -> float | None:
        return None if value is None else value * factor / divisor

    table = Table(
        [
            Column("year", reader.say("年份", "Year"), "year"),
            Column("value", title, "number", unit),
            Column("state", reader.say("状态", "State")),
        ],
        caption=title,
    )
    for p in points:
        cell = number_cell(
            shown(p.value),
            p.state,
            unit,
            reader.language,
            p.marks,
            href=reader.number_link(q.id, p.year, where),
        )
        table.add(
            text_cell(p.year),
            cell,
            text_cell(state_text(reader, p.state, p.marks)),
            kind="now" if p.year == reader.year else "",
        )
    line = Line(
        title, [shown(p.value) for p in points], ACCENT, [p.state for p in points], [p.ahead for p in points]
    )
    chart = Chart(
        "lines",
        name,
        [str(p.year) for p in points],
        [line],
        now=str(reader.year),
        words=words_of(reader),
        from_zero=False,
    )
    return Figure(
        "series",
        title,
        reader.say(
            f"单位：{name}；实线为历史，点线为即时估计，虚线为预测",
            f"Unit: {name}; solid: history; dotted: nowcast; dashed: projection",
        ),
        table,
        chart if any(p.value is not None for p in points) else None,
        sources_of(reader, [q.id]),
        wide=True,
        quantity=q.id,
    )


def cells_figure(reader: Reader, q: Quantity, where: Mapping[str, str], open_dims: list[str]) -> Figure:
    """The cells of the reporting year over the dimensions that are still open; each opens. Two dimensions make a cross table."""
    v = reader.run[q.id]
    fixed = {**where, **({"year": str(reader.year)} if "year" in q.dims else {})}
    across = (
        open_dims[-1]
        if len(open_dims) == 2 and len(members_of(reader, q, open_dims[-1])) <= MOST_ACROSS
        else ""
    )
    down = [d for d in open_dims if d != across]
    rows = list(itertools.islice(itertools.product(*[members_of(reader, q, d) for d in down]), MOST_CELLS))
    columns = members_of(reader, q, across) if across else [""]
    cells = [
        [
            v.at(**fixed, **dict(zip(down, row, strict=True)), **({across: m} if across else {}))
            for m in columns
        ]
        for row in rows
    ]
    factor, unit = display_factor(q)
    divisor, unit = table_scale(
        [None if c.value is None else c.value * factor for line in cells for c in line], unit
    )
    heads = [reader.member_name(across, m) for m in columns] if across else [reader.name(q)]
    table = Table(
        [
            *[Column(d, reader.name(reader.dimension(d))) for d in down],
            *[Column(f"v{i}", head, "number", "" if across else unit) for i, head in enumerate(heads)],
            *([] if across else [Column("state", reader.say("状态", "State"), phone=False)]),
        ],
        caption=_name_with(reader, q, where),
        states=bool(across),
    )
    for row, line in zip(rows, cells, strict=True):
        coords = {**where, **dict(zip(down, row, strict=True))}
        shown = [
            number_cell(
                None if c.value is None else c.value * factor / divisor,
                c.state,
                unit,
                reader.language,
                c.marks,
                href=reader.number_link(q.id, reader.year, {**coords, **({across: m} if across else {})}),
            )
            for m, c in zip(columns, line, strict=True)
        ]
        names = [text_cell(reader.member_name(d, coords[d])) for d in down]
        table.add(
            *names,
            *shown,
            *([] if across else [text_cell(state_text(reader, line[0].state, line[0].marks))]),
        )
    name = unit_text(unit, reader.language)
    when = reader.say(f"{reader.year}年，", f"{reader.year}, ") if "year" in q.dims else ""
    return Figure(
        "cells",
        reader.say("分项", "Cells"),
        f"{when}{reader.say('单位：', 'unit: ')}{name or '1'}",
        table,
        sources=sources_of(reader, [q.id]),
        wide=True,
        quantity=q.id,
    )


@require_safe
def branch(request: HttpRequest, quantity: str) -> HttpResponse:
    """The inputs of one number, one level, as a piece of a page: opened on demand."""
    reader = reader_for(request)
    q = reader.quantity(quantity)
    where = coordinates(reader, q)
    if any(d != "year" and d not in where for d in q.dims):
        raise NotHere(
            Text("请先选定各个维度。", "Choose every dimension first."),
            f"/number/{q.id}",
            Text("查看这个数字", "See this number"),
        )
    coords: dict[str, Any] = {**where, **({"year": reader.year} if "year" in q.dims else {})}
    explanation = reader.run.explain(q.id, depth=1, **coords)
    return render(
        request,
        "parts/branch.html",
        {
            "node": node_of(reader, explanation),
            "language": reader.language,
            "reader": reader,
            "path": request.path_info,
        },
    )
