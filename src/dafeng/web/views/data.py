"""The data: who filed what for which month, the filings themselves, and what was found while loading."""

from __future__ import annotations

from typing import Any

import numpy as np

from dafeng.findings import Text
from dafeng.quantities.states import state_of
from dafeng.web.chart import Figure
from dafeng.web.errors import NotHere
from dafeng.web.page import Page, page, pager
from dafeng.web.reader import Reader
from dafeng.web.readings import array_of
from dafeng.web.table import Cell, Column, Link, Table, text_cell
from dafeng.web.views.inventory import completeness
from dafeng.web.words import SEVERITIES

PAGE_ROWS = 50


@page
def data(reader: Reader) -> Page:
    supplier = reader.get("supplier")
    suppliers = suppliers_of(reader)
    if supplier and supplier not in suppliers:
        raise NotHere(
            Text("没有这个填报单位。", "There is no such supplier."),
            "/data/",
            Text("查看数据", "See the data"),
        )
    severity = reader.get("severity")
    if severity and severity not in SEVERITIES:
        raise NotHere(
            Text("没有这一级。", "There is no such level."), "/data/", Text("查看数据", "See the data")
        )
    monthly = months_figure(reader, supplier)
    filings = filings_figure(reader, supplier)
    found = findings_figure(reader, severity)
    every = list(reader.district.findings)
    turning = pager(
        reader, "/data/", len(filings.table.rows), PAGE_ROWS, "#filings", supplier=supplier, severity=severity
    )
    shown = Figure(
        filings.id,
        filings.title,
        filings.subtitle,
        Table(
            filings.table.columns,
            filings.table.rows[turning["rows"]],
            filings.table.caption,
            filings.table.empty,
        ),
        wide=True,
    )
    return Page(
        "data.html",
        reader.say("数据", "Data"),
        "data",
        {
            "monthly": monthly,
            "yearly_figure": completeness(reader),
            "filings": shown,
            "pager": turning if turning["pages"] > 1 else None,
            "findings_figure": found,
            "suppliers": [(s, reader.body_name(s)) for s in suppliers],
            "supplier": supplier,
            "severities": [
                (
                    "",
                    reader.say("全部", "All"),
                    len(every),
                    reader.link("/data/", supplier=supplier) + "#findings",
                    not severity,
                ),
                *[
                    (
                        s,
                        reader.text(t),
                        sum(f.severity == s for f in every),
                        reader.link("/data/", supplier=supplier, severity=s) + "#findings",
                        severity == s,
                    )
                    for s, t in SEVERITIES.items()
                ],
            ],
        },
        [monthly, completeness(reader), filings, found],
    )


def suppliers_of(reader: Reader) -> list[str]:
    found: list[str] = []
    for q in reader.definitions.quantities.values():
        if q.evidence and q.id in reader.run and q.evidence.supplier and q.evidence.supplier not in found:
            found.append(q.evidence.supplier)
    return found


def months_figure(reader: Reader, supplier: str) -> Figure:
    """Monthly figures of the current year by quantity: filed, due and missing (缺报), not yet due."""
    year = reader.year if reader.query.get("year") else reader.district.as_of.year
    if year not in reader.years:
        year = reader.year
    table = Table(
        [
            Column("name", reader.say("填报数字", "Filed number")),
            Column("supplier", reader.say("填报单位", "Supplier")),
            *[Column(str(m), reader.say(f"{m}月", f"{m:02d}"), "number") for m in range(1, 13)],
        ],
        caption=reader.say(f"{year}年各月报送情况", f"Monthly filing in {year}"),
        empty=reader.say("没有按月填报的数字。", "Nothing is filed by month."),
    )
    for q in reader.definitions.quantities.values():
        if (
            q.kind != "evidence"
            or q.id not in reader.run
            or "month" not in q.dims
            or (supplier and q.evidence and q.evidence.supplier != supplier)
        ):
            continue
        values, flags, dims = array_of(reader, q, {"year": str(year)})
        axis = dims.index("month")
        cells = []
        for m in range(12):
            v, f = np.take(values, m, axis), np.take(flags, m, axis)
            cells.append(_month(reader, v, f, reader.number_link(q.id, year, {"month": str(m + 1)})))
        if all(c.state == "outside" for c in cells):
            continue
        table.add(
            text_cell(reader.name(q), reader.number_link(q.id, year)),
            text_cell(reader.body_name(q.evidence.supplier if q.evidence else "")),
            *cells,
        )
    return Figure(
        "monthly",
        reader.say(f"{year}年各月报送情况", f"Monthly filing in {year}"),
        reader.say(
            "“齐”为已报齐，“缺 n”为到期未报 n 个，“·”为未到期",
            "“all”: complete; “−n”: n figures overdue; “·”: not yet due",
        ),
        table,
        wide=True,
    )


def _month(reader: Reader, values: Any, flags: Any, href: str) -> Cell:
    states = [state_of(float(v), int(f)) for v, f in zip(np.ravel(values), np.ravel(flags), strict=True)]
    asked = [s for s in states if s != "outside"]
    if not asked:
        return Cell("", "", "outside")
    missing = sum(s == "missing" for s in asked)
    pending = sum(s == "pending" for s in asked)
    if missing:
        return Cell(
            reader.say(f"缺 {missing}", f"−{missing}"),
            f"{missing}",
            "missing",
            hint=reader.say(f"应报 {len(asked)} 个，缺 {missing} 个", f"{missing} of {len(asked)} missing"),
            href=href,
            gone=True,
        )
    if pending == len(asked):
        return Cell("·", "", "pending", hint=reader.say("未到期", "not due yet"), absent=True)
    soft = any(s in ("estimated", "default") for s in asked)
    return Cell(
        reader.say("齐", "all"),
        "",
        "observed",
        hint=reader.say(f"{len(asked)} 个", f"{len(asked)} figures"),
        href=href,
        soft=soft,
    )


def filings_figure(reader: Reader, supplier: str) -> Figure:
    """What was filed, newest first: one line for each quantity, source, day and author."""

    def make() -> list[tuple[Any, ...]]:
        groups: dict[tuple[str, str, str, str, str], list[int]] = {}
        for name, series in reader.run.evidence.items():
            for filings in series.filings.values():
                for f in filings:
                    key = (
                        f.known_on.isoformat() if f.known_on.year > 1900 else "",
                        name,
                        f.source,
                        f.filed_by,
                        f.reviewed_by,
                    )
                    groups.setdefault(key, []).append(1)
        return sorted(((*k, len(v)) for k, v in groups.items()), key=lambda r: (r[0], r[1]), reverse=True)

    table = Table(
        [
            Column("known_on", reader.say("填报日期", "Filed on")),
            Column("name", reader.say("数字", "Number")),
            Column("count", reader.say("个数", "Figures"), "number"),
            Column("filed_by", reader.say("填报", "Filed by"), phone=False),
            Column("reviewed_by", reader.say("审核", "Reviewed by"), phone=False),
            Column("source", reader.say("来源", "Source"), phone=False),
            Column("kind", reader.say("性质", "Kind")),
        ],
        caption=reader.say("填报记录", "Filings"),
        empty=reader.say("还没有填报。", "Nothing has been filed yet."),
        head_column=1,
    )
    from dafeng.web.readings import source_kind

    rows = reader.remember("filings", make)
    for known, name, source, by, reviewed, count in rows:
        q = reader.definitions.quantities[name]
        if supplier and q.evidence and q.evidence.supplier != supplier:
            continue
        found = reader.definitions.sources.get(source)
        table.add(
            text_cell(known or reader.say("未注明", "not stated")),
            text_cell(reader.name(q), reader.number_link(name, reader.year)),
            Cell(str(count), float(count)),
            text_cell(reader.body_name(by)),
            text_cell(reader.body_name(reviewed)),
            text_cell(reader.source_title(source)),
            text_cell(source_kind(reader, found.kind) if found else ""),
        )
    return Figure(
        "filings",
        reader.say("填报记录", "Filings"),
        reader.say(f"{len(table.rows)} 批，新的在前", f"{len(table.rows)} batches, newest first"),
        table,
        wide=True,
    )


def findings_figure(reader: Reader, severity: str) -> Figure:
    every = [f for f in reader.district.findings if not severity or f.severity == severity]
    order = list(SEVERITIES)
    every.sort(key=lambda f: order.index(f.severity))
    table = Table(
        [
            Column("severity", reader.say("级别", "Level")),
            Column("message", reader.say("问题", "What is wrong")),
            Column("place", reader.say("位置", "Where")),
            Column("value", reader.say("现值", "Stands there"), phone=False),
            Column("fix", reader.say("怎样改正", "How to mend it"), phone=False),
            Column("rule", reader.say("规则", "Rule"), phone=False),
        ],
        caption=reader.say("载入时的发现", "Found while loading"),
        empty=reader.say("没有发现问题。", "Nothing was found."),
        head_column=1,
    )
    for f in every[:2000]:
        table.add(
            text_cell(reader.text(SEVERITIES[f.severity])),
            text_cell(reader.text(f.message)),
            text_cell(f.place),
            text_cell(f.value[:120]),
            text_cell(reader.text(f.fix)),
            text_cell(f.rule),
        )
    return Figure(
        "findings",
        reader.say("载入时的发现", "Found while loading"),
        reader.say(
            "错误须改正，警告须说明理由，提示供参考", "errors block, warnings need a reason, notes inform"
        ),
        table,
        wide=True,
    )


__all__ = ["Link", "data"]
