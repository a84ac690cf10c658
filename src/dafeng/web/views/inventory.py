"""The inventory: energy and CO2 by sector, carrier, domain; flows; methods side by side; what is missing."""

from __future__ import annotations

from typing import Any

import numpy as np

from dafeng.findings import Text
from dafeng.quantities.states import state_of
from dafeng.web.catalogue import Catalogue, catalogue_of
from dafeng.web.chart import Figure
from dafeng.web.drawn import draw
from dafeng.web.errors import NotHere
from dafeng.web.page import Page, page
from dafeng.web.reader import Reader
from dafeng.web.readings import array_of, members_of
from dafeng.web.table import Cell, Column, Table, text_cell
from dafeng.web.words import ABSENT_WORDS, state_word


@page
def inventory(reader: Reader) -> Page:
    catalogue = catalogue_of(reader)
    options = options_of(reader, catalogue)
    figures: list[Figure] = []
    sections: list[dict[str, Any]] = []
    for identifier, (where, named) in catalogue.sections.items():
        if where != "inventory":
            continue
        found = []
        for drawn in catalogue.figures.values():
            if drawn.page == "inventory" and drawn.section == identifier:
                figure = draw(reader, drawn, options)
                if figure is not None:
                    found.append(figure)
        if found:
            used = {
                s
                for d in catalogue.figures.values()
                if d.section == identifier and d.page == "inventory"
                for s in d.switches
            }
            sections.append(
                {
                    "id": identifier,
                    "name": reader.name(named),
                    "note": named.note_en if reader.language == "en" else named.note,
                    "figures": found,
                    "switches": [
                        s for s in switches(reader, catalogue, options, identifier) if s["id"] in used
                    ],
                }
            )
            figures += found
    figures.append(completeness(reader))
    return Page(
        "inventory.html",
        reader.say("清单", "Inventory"),
        "inventory",
        {"inventory_sections": sections, "completeness": figures[-1]},
        figures,
    )


def options_of(reader: Reader, catalogue: Catalogue) -> dict[str, str]:
    """The option of each switch: the one in the address, else the first."""
    found: dict[str, str] = {}
    for switch in catalogue.switches.values():
        asked = reader.get(switch.id)
        known = [o.id for o in switch.options]
        if asked and asked not in known:
            raise NotHere(
                Text(f"“{switch.name}”没有这个选项。", f"“{switch.name_en}” has no such option."),
                "/inventory/",
                Text("查看清单", "See the inventory"),
            )
        found[switch.id] = asked or known[0]
    return found


def switches(
    reader: Reader, catalogue: Catalogue, options: dict[str, str], section: str
) -> list[dict[str, Any]]:
    now = {k: v for k, v in options.items() if v != catalogue.switches[k].options[0].id}
    return [
        {
            "id": s.id,
            "name": reader.name(s),
            "options": [
                (
                    reader.name(o),
                    reader.link("/inventory/", **{**now, s.id: "" if o.id == s.options[0].id else o.id})
                    + f"#s-{section}",
                    o.id == options[s.id],
                )
                for o in s.options
            ],
        }
        for s in catalogue.switches.values()
    ]


def completeness(reader: Reader) -> Figure:
    key = ("completeness", reader.language, tuple(sorted(reader.sticky.items())))
    found: Figure = reader.remember(key, lambda: _completeness(reader))
    return found


def _completeness(reader: Reader) -> Figure:
    """For every filed quantity and year: how many cells are there, and what the others are."""
    years = [y for y in reader.years if y <= max(reader.definitions.history_until, reader.default_year) + 1]
    years = years[-10:]
    table = Table(
        [
            Column("name", reader.say("填报数字", "Filed number")),
            Column("supplier", reader.say("填报单位", "Supplier"), phone=False),
            *[Column(str(y), str(y), "number") for y in years],
        ],
        caption=reader.say(
            "数据完整性：各年已有的数占应有的数", "Completeness: figures there of figures asked for, by year"
        ),
        empty=reader.say("没有需要填报的数字。", "Nothing is to be filed."),
    )
    for q in reader.definitions.quantities.values():
        if q.kind != "evidence" or q.id not in reader.run or "year" not in q.dims:
            continue
        values, flags, dims = array_of(reader, q, {})
        axis = dims.index("year")
        all_years = [int(y) for y in members_of(reader, q, "year")]
        cells: list[Cell] = []
        for y in years:
            cells.append(
                coverage(
                    reader,
                    np.take(values, all_years.index(y), axis),
                    np.take(flags, all_years.index(y), axis),
                    reader.number_link(q.id, y),
                )
            )
        if all(c.text == "—" for c in cells):
            continue
        supplier = q.evidence.supplier if q.evidence else ""
        table.add(
            text_cell(reader.name(q), reader.number_link(q.id, reader.year)),
            text_cell(reader.body_name(supplier)),
            *cells,
        )
    return Figure(
        "completeness",
        reader.say("数据完整性", "Completeness of the data"),
        reader.say(
            "已有的数 / 应有的数；“缺”后为逾期未报的个数，未到期的不计",
            "figures there / asked for; “missing” counts those overdue, not those still to come",
        ),
        table,
        wide=True,
    )


def coverage(reader: Reader, values: Any, flags: Any, href: str) -> Cell:
    """“84” when all are there, “80/84 缺 4” when some are not, a dash outside the definition."""
    counts: dict[str, int] = {}
    for v, f in zip(np.ravel(values), np.ravel(flags), strict=True):
        state = state_of(float(v), int(f))
        counts[state] = counts.get(state, 0) + 1
    outside = counts.pop("outside", 0)
    asked = sum(counts.values())
    if not asked:
        return Cell("—", None, "outside" if outside else "", absent=True)
    gone = {s: n for s, n in counts.items() if s in ABSENT_WORDS}
    pending = gone.pop("pending", 0)
    there = asked - pending - sum(gone.values())
    hint = reader.list([f"{state_word(s, reader.language)} {n}" for s, n in counts.items()])
    if pending == asked:
        return Cell(reader.say("未到期", "not due"), None, "pending", hint=hint, href=href, absent=True)
    if not gone:
        soft = counts.get("estimated", 0) + counts.get("default", 0) > there / 2
        return Cell(str(there), float(there), hint=hint, href=href, soft=soft)
    missing = sum(gone.values())
    word = reader.say(
        f"{there}/{asked - pending} 缺{missing}", f"{there}/{asked - pending}, {missing} missing"
    )
    return Cell(word, word, "missing", hint=hint, href=href, gone=True)
