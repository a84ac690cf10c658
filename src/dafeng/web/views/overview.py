"""The overview: what a leader reads in two minutes and prints on one page."""

from __future__ import annotations

from typing import Any

from dafeng.findings import Text
from dafeng.web.chart import Figure
from dafeng.web.drawing import bullet, sparkline
from dafeng.web.errors import NotHere
from dafeng.web.numbers import signed, unit_text
from dafeng.web.page import Page, page
from dafeng.web.reader import Reader
from dafeng.web.readings import display_cell, series_of
from dafeng.web.table import Cell, Column, Table, text_cell, verdict_cell
from dafeng.web.targets import Judged, clause_of, judged, missing_of, requirement_text, unit_of
from dafeng.web.words import STATE_MARKS, VERDICTS, state_word

MOST_LISTED = 8  # in the lists beside the table
SORTS = ("verdict", "ref", "deadline", "lead")


@page
def overview(reader: Reader) -> Page:
    rows = judged(reader)
    wanted = reader.get("verdict")
    if wanted and wanted not in VERDICTS:
        raise NotHere(Text("没有这种判定。", "There is no such verdict."))
    shown = [j for j in rows if not wanted or j.verdict.verdict == wanted]
    figure = Figure(
        id="targets",
        title=reader.say("目标进度", "Progress of the targets"),
        subtitle="",
        table=targets_table(reader, shown, path="/"),
        sources=[],
        wide=True,
    )
    unknown = [(j, missing_of(reader, j.verdict, 3)) for j in rows if j.verdict.verdict == "cannot_tell"]
    return Page(
        "overview.html",
        reader.say(f"{reader.place}碳达峰工作总览", f"Carbon peak of {reader.place}: overview"),
        "overview",
        {
            "headline": headline(reader),
            "marks": [
                (reader.text(mark), state_word(state, reader.language)) for state, mark in STATE_MARKS.items()
            ],
            "counts": counts(reader, rows, wanted, "/"),
            "summary": summary(reader, rows),
            "target_figure": figure,
            "unknown": unknown[:MOST_LISTED],
            "unknown_more": max(0, len(unknown) - MOST_LISTED),
            "rows": rows,
            "changes": changes(reader),
            "wanted": wanted,
        },
        [figure],
    )


def headline(reader: Reader) -> list[dict[str, Any]]:
    """The headline figures with their change on the year before and since the base year."""
    found: list[dict[str, Any]] = []
    for item in reader.remember(("headline", reader.year), lambda: reader.district.headline(reader.year))[:5]:
        quantity = reader.quantity(item.quantity)
        points = series_of(reader, quantity, {})
        cell, unit = display_cell(
            reader, quantity, item.cell.value, item.cell.state, item.cell.marks, digits=4
        )
        found.append(
            {
                "name": reader.name(item),
                "basis": quantity.basis,
                "href": reader.number_link(item.quantity, item.year),
                "cell": cell,
                "unit": unit_text(unit, reader.language),
                "year": item.year,
                **comparisons(reader, item),
                "spark": sparkline([p.value for p in points], sum(p.year <= item.year for p in points)),
            }
        )
    return found


def comparisons(reader: Reader, item: Any) -> dict[str, str]:
    """Against the year before and the base year; figures in per cent differ by percentage points."""
    if item.points is not None:
        points = signed(item.points)
        return {
            "change": reader.say(
                f"{points} 个百分点 比{item.year - 1}年", f"{points} points on {item.year - 1}"
            ),
            "base": "",
        }
    base = (
        change_text(reader, item.since_base, item.base_year)
        if item.base_year not in (item.year, item.year - 1)
        else ""
    )
    return {"change": change_text(reader, item.change, item.year - 1), "base": base}


def change_text(reader: Reader, share: float | None, base: int) -> str:
    """A change with its sign and its base; said so where there is nothing to compare with."""
    if share is None:
        return reader.say(f"比{base}年：缺数，无法比较", f"no comparison with {base}")
    return reader.say(f"{signed(share * 100)} % 比{base}年", f"{signed(share * 100)} % on {base}")


def counts(reader: Reader, rows: list[Judged], wanted: str, path: str) -> list[dict[str, Any]]:
    keep = {"sort": reader.get("sort"), "q": reader.get("q")}
    found = [
        {
            "id": "",
            "word": reader.say("全部", "All"),
            "count": len(rows),
            "href": reader.link(path, **keep),
            "here": not wanted,
        }
    ]
    for word in VERDICTS.values():
        count = sum(j.verdict.verdict == word.id for j in rows)
        found.append(
            {
                "id": word.id,
                "word": reader.text(word.text),
                "count": count,
                "href": reader.link(path, verdict=word.id, **keep),
                "here": wanted == word.id,
            }
        )
    return found


def summary(reader: Reader, rows: list[Judged]) -> str:
    if not rows:
        return reader.say("还没有登记目标。", "No target is recorded yet.")
    parts: list[str] = []
    for word in VERDICTS.values():
        count = sum(j.verdict.verdict == word.id for j in rows)
        if count:
            parts.append(
                reader.say(f"{reader.text(word.text)} {count} 项", f"{count} {word.text.en.lower()}")
            )
    return (
        reader.say(f"方案目标 {len(rows)} 项：", f"{len(rows)} targets of the plan: ")
        + reader.list(parts)
        + reader.say("。", ".")
    )


def targets_table(reader: Reader, rows: list[Judged], path: str) -> Table:
    asked = reader.get("sort", "verdict")
    descending = asked.startswith("-")
    key = asked.lstrip("-") if asked.lstrip("-") in SORTS else "verdict"
    order = list(VERDICTS)
    keys = {
        "verdict": lambda j: (
            order.index(j.verdict.verdict) if j.verdict.verdict in order else 9,
            j.position,
        ),
        "ref": lambda j: (j.position,),
        "deadline": lambda j: (j.target.deadline or 9999, j.position),
        "lead": lambda j: (j.lead, j.position),
    }
    rows = sorted(rows, key=keys[key], reverse=descending)

    def sort_link(name: str) -> str:
        turned = f"-{name}" if key == name and not descending else name
        return reader.link(
            path, sort="" if turned == "verdict" else turned, verdict=reader.get("verdict"), q=reader.get("q")
        )

    def direction(name: str) -> str:
        return "" if key != name else "descending" if descending else "ascending"

    table = Table(
        [
            Column(
                "verdict",
                reader.say("判定", "Verdict"),
                "verdict",
                sort=sort_link("verdict"),
                sorted=direction("verdict"),
            ),
            Column("target", reader.say("目标", "Target")),
            Column(
                "ref",
                reader.say("条款", "Clause"),
                sort=sort_link("ref"),
                sorted=direction("ref"),
                phone=False,
            ),
            Column("value", reader.say("现值", "Now"), "number"),
            Column("path", reader.say("当年应达", "Due now"), "number"),
            Column("goal", reader.say("要求", "Required"), "number"),
            Column("unit", reader.say("单位", "Unit")),
            Column("bar", reader.say("进度", "Progress"), export=False, phone=False),
            Column(
                "deadline",
                reader.say("期限", "By"),
                "year",
                sort=sort_link("deadline"),
                sorted=direction("deadline"),
            ),
            Column(
                "lead",
                reader.say("首列单位", "First named body"),
                sort=sort_link("lead"),
                sorted=direction("lead"),
                phone=False,
            ),
        ],
        caption=reader.say("目标进度", "Progress of the targets"),
        empty=reader.say("没有符合条件的目标。", "No target fits."),
        head_column=1,
        states=True,
        stacked=True,
    )
    for j in rows:
        table.add(*_target_row(reader, j), id=f"target-{j.target.id}")
    return table


def _target_row(reader: Reader, j: Judged) -> list[Cell]:
    v, t = j.verdict, j.target
    href = reader.link(f"/targets/{t.id}")
    word = reader.text(VERDICTS[v.verdict].text) if v.verdict in VERDICTS else v.verdict
    close = reader.say("接近界线", "close call") if v.close else ""
    goal = requirement_text(reader, t)
    drawing = ""
    if t.comparator in (">=", ">", "~=", "==") or t.comparator.startswith("reduce_by"):
        drawing = bullet(
            v.value, v.required_now, t.value if isinstance(t.value, (int, float)) else None, v.verdict
        )
    hint = reader.say(
        "条为现值，细线为当年应达，粗线为要求", "bar: value; thin line: due now; thick line: required"
    )
    return [
        verdict_cell(v.verdict, word, href, close),
        text_cell(reader.name(t), href, close),
        text_cell(t.ref, reader.link(f"/plan/{t.ref}") if clause_of(reader, t.ref) else ""),
        j.value_cell,
        j.path_cell,
        Cell(goal, t.value if isinstance(t.value, (int, float)) else goal, "", hint=j.goal_hint),
        text_cell(unit_text(unit_of(reader, t), reader.language)),
        Cell("", "", svg=drawing, hint=hint) if drawing else text_cell(""),
        text_cell(t.deadline or ""),
        text_cell(j.lead),
    ]


def changes(reader: Reader, limit: int = 7) -> list[dict[str, Any]]:
    """What was filed in the last month, newest first: figures of one quantity, day and author as one entry, revisions told."""
    groups: dict[tuple[str, str, str], list[Any]] = {}
    for c in reader.remember("changes", lambda: list(reader.district.changes(months=1))):
        groups.setdefault((c.known_on.isoformat(), c.quantity, c.filed_by), []).append(c)
    found: list[dict[str, Any]] = []
    for (date, identifier, filed_by), cells in groups.items():
        quantity = reader.definitions.quantities[identifier]
        revised = [c for c in cells if c.before is not None]
        first = (revised or cells)[0]
        year = first.coords.get("year")
        where = {k: v for k, v in first.coords.items() if k != "year"}
        before, _ = display_cell(reader, quantity, first.before, "observed", ())
        after, unit = display_cell(
            reader, quantity, first.after, "observed" if first.after is not None else "missing", ()
        )
        found.append(
            {
                "name": reader.name(quantity),
                "label": first.label_en if reader.language == "en" else first.label,
                "count": len(cells),
                "revised": len(revised),
                "before": before if first.before is not None else None,
                "after": after,
                "unit": unit_text(unit, reader.language),
                "by": reader.body_name(filed_by) if filed_by else "",
                "date": date,
                "href": reader.number_link(identifier, int(year) if year else None, where),
            }
        )
    return found[:limit]
