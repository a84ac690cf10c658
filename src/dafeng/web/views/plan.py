"""The plan: its outline with targets, responsible bodies and quantities; and one page for each clause."""

from __future__ import annotations

from typing import Any

from dafeng.findings import Text
from dafeng.web.chart import Figure
from dafeng.web.errors import NotHere
from dafeng.web.numbers import unit_text
from dafeng.web.page import Page, page
from dafeng.web.reader import Reader
from dafeng.web.readings import display_cell, series_of
from dafeng.web.table import Cell, Column, Table, text_cell
from dafeng.web.targets import Judged, bodies_of, clauses, judged
from dafeng.web.views.overview import targets_table
from dafeng.web.words import KINDS

ROLES = {
    "lead": Text("牵头", "lead"),
    "first_named": Text("首列", "first named"),
    "sole": Text("负责", "in charge"),
    "cooperating": Text("配合", "cooperating"),
    "responsible": Text("按职责分工负责", "by division of duties"),
    "named": Text("列名", "named"),
    "executor": Text("落实", "carries out"),
}


@page
def plan(reader: Reader) -> Page:
    facts = reader.district.plan
    by_ref = _targets_by_ref(reader)
    body = reader.get("body")
    if body and body not in reader.district.bodies:
        raise NotHere(
            Text("没有这个单位。", "There is no such body."), "/plan/", Text("查看方案", "See the plan")
        )
    nodes = _tree(reader, by_ref, body)
    table = Table(
        [
            Column("ref", reader.say("条款", "Clause")),
            Column("title", reader.say("标题", "Title")),
            Column(
                "bodies", reader.say("责任单位（按文中顺序）", "Responsible bodies, in the order of the text")
            ),
            Column("targets", reader.say("目标", "Targets")),
        ],
        caption=reader.say("条款、责任单位和目标", "Clauses, responsible bodies and targets"),
        empty=reader.say("还没有登记方案。", "No plan is recorded yet."),
    )
    for c in facts.clauses.values():
        names = [name for _, name, _ in bodies_of(reader, c.ref)]
        table.add(
            text_cell(c.ref, reader.link(f"/plan/{c.ref}")),
            text_cell(clause_title(reader, c)),
            text_cell(reader.list(names)),
            text_cell(reader.list([reader.name(j.target) for j in by_ref.get(c.ref, [])])),
        )
    figure = Figure(
        "clauses",
        reader.say("条款一览", "All clauses"),
        reader.say(f"{len(facts.clauses)} 条", f"{len(facts.clauses)} clauses"),
        table,
        wide=True,
    )
    bodies = (
        sorted(
            {b for c in facts.clauses.values() for b, _, _ in bodies_of(reader, c.ref)},
            key=list(reader.district.bodies).index,
        )
        if facts.clauses
        else []
    )
    return Page(
        "plan.html",
        reader.say("方案", "The plan"),
        "plan",
        {
            "facts": facts,
            "nodes": nodes,
            "clause_figure": figure,
            "bodies": [(b, reader.body_name(b)) for b in bodies],
            "body": body,
            "status": {
                "draft": reader.say("征求意见稿", "draft for comments"),
                "issued": reader.say("已印发", "issued"),
            }.get(str(facts.status), str(facts.status or "")),
        },
        [figure],
    )


def clause_title(reader: Reader, clause: Any) -> str:
    return str(clause.title_en if reader.language == "en" and clause.title_en else clause.title)


def _targets_by_ref(reader: Reader) -> dict[str, list[Judged]]:
    found: dict[str, list[Judged]] = {}
    for j in judged(reader):
        found.setdefault(j.target.ref, []).append(j)
    return found


def _tree(reader: Reader, by_ref: dict[str, list[Judged]], body: str) -> list[dict[str, Any]]:
    made: dict[str, dict[str, Any]] = {}
    roots: list[dict[str, Any]] = []
    for c in reader.district.plan.clauses.values():
        bodies = bodies_of(reader, c.ref)
        node = {
            "clause": c,
            "title": clause_title(reader, c),
            "depth": c.ref.count("-") + 1,
            "level": c.level,
            "href": reader.link(f"/plan/{c.ref}"),
            "first": bodies[0] if bodies else None,
            "others": bodies[1:],
            "targets": [
                (j, reader.link(f"/targets/{j.target.id}"), reader.name(j.target))
                for j in by_ref.get(c.ref, [])
            ],
            "numbers": [
                (reader.number_link(q, reader.year), reader.name(reader.quantity(q)))
                for q in c.quantities
                if reader.has(q)
            ],
            "children": [],
            "kept": not body or any(b == body for b, _, _ in bodies),
        }
        made[c.ref] = node
        parent = made.get(c.parent or "")
        (parent["children"] if parent else roots).append(node)

    def prune(nodes: list[dict[str, Any]]) -> list[dict[str, Any]]:
        kept = []
        for n in nodes:
            n["children"] = prune(n["children"])
            if n["kept"] or n["children"]:
                kept.append(n)
        return kept

    return prune(roots) if body else roots


@page
def clause(reader: Reader, ref: str) -> Page:
    found = clauses(reader).get(ref)
    if found is None:
        raise NotHere(
            Text(f"方案中没有“{ref[:40]}”这一条。", f"The plan has no clause “{ref[:40]}”."),
            "/plan/",
            Text("查看方案", "See the plan"),
        )
    order = list(clauses(reader))
    at = order.index(ref)
    parents: list[Any] = []
    up = clauses(reader).get(found.parent or "")
    while up is not None and up not in parents:
        parents.insert(0, up)
        up = clauses(reader).get(up.parent or "")
    rows = [j for j in judged(reader) if j.target.ref == ref or j.target.ref.startswith(ref + "-")]
    figures: list[Figure] = []
    if rows:
        figures.append(
            Figure(
                "targets",
                reader.say("本条的目标", "Targets of this clause"),
                "",
                targets_table(reader, rows, f"/plan/{ref}"),
                wide=True,
            )
        )
    quantities = [q for q in found.quantities if reader.has(q)]
    if quantities:
        figures.append(
            Figure(
                "numbers",
                reader.say("本条的数字", "Numbers of this clause"),
                "",
                numbers_table(reader, quantities),
                wide=True,
            )
        )
    return Page(
        "clause.html",
        clause_title(reader, found),
        "plan",
        {
            "clause": found,
            "has_document": reader.district.plan.has_document,
            "parents": [(clause_title(reader, p), p.number, reader.link(f"/plan/{p.ref}")) for p in parents],
            "children": [
                (clause_title(reader, c), c.number, reader.link(f"/plan/{c.ref}"))
                for c in clauses(reader).values()
                if c.parent == ref
            ],
            "bodies": [
                (
                    i,
                    b,
                    name,
                    reader.text(ROLES[role]) if role in ROLES else role,
                    reader.link("/plan/", body=b),
                )
                for i, (b, name, role) in enumerate(bodies_of(reader, ref), 1)
            ],
            "common_role": common_role(reader, ref),
            "before": (
                clause_title(reader, clauses(reader)[order[at - 1]]),
                reader.link(f"/plan/{order[at - 1]}"),
            )
            if at
            else None,
            "after": (
                clause_title(reader, clauses(reader)[order[at + 1]]),
                reader.link(f"/plan/{order[at + 1]}"),
            )
            if at + 1 < len(order)
            else None,
            "figure_list": figures,
        },
        figures,
    )


def common_role(reader: Reader, ref: str) -> str:
    """The role in words where all bodies of a clause have the same."""
    roles = {role for _, _, role in bodies_of(reader, ref)}
    if len(roles) != 1:
        return ""
    role = roles.pop()
    return reader.text(ROLES[role]) if role in ROLES else role


def numbers_table(reader: Reader, quantities: list[str]) -> Table:
    """Quantities with their value in the reporting year where they have one figure a year."""
    table = Table(
        [
            Column("name", reader.say("数字", "Number")),
            Column("kind", reader.say("由来", "Origin"), phone=False),
            Column("value", reader.say(f"{reader.year}年", f"{reader.year}"), "number"),
            Column("unit", reader.say("单位", "Unit")),
        ],
        caption=reader.say("数字", "Numbers"),
        states=True,
        empty=reader.say("没有符合条件的数字。", "No number fits."),
    )
    for identifier in quantities:
        q = reader.quantity(identifier)
        href = reader.number_link(identifier, reader.year)
        points = {p.year: p for p in series_of(reader, q, {})}
        p = points.get(reader.year)
        if p is not None:
            cell, unit = display_cell(reader, q, p.value, p.state, p.marks, href=href)
        else:
            dims = [d for d in q.dims if d != "year"]
            word = reader.list([reader.name(reader.dimension(d)) for d in dims])
            cell, unit = (
                Cell(reader.say(f"按{word}", f"by {word}"), word, href=href),
                q.display_unit or q.unit,
            )
        table.add(
            text_cell(reader.name(q), href),
            text_cell(reader.text(KINDS[q.kind])),
            cell,
            text_cell(unit_text(unit, reader.language)),
        )
    return table
