"""Targets: the list, and one page for each with its path, its verdict year by year and its definitions."""

from __future__ import annotations

from typing import Any

from dafeng.findings import Text
from dafeng.targets import percent
from dafeng.web.chart import Figure
from dafeng.web.errors import NotHere
from dafeng.web.holder import Opened
from dafeng.web.numbers import unit_text
from dafeng.web.page import Page, page
from dafeng.web.path_figures import path_figure, peak_figure, years_figure
from dafeng.web.reader import Reader
from dafeng.web.targets import (
    bodies_of,
    clause_of,
    gap_cell,
    gap_unit_of,
    judged,
    missing_of,
    requirement_sentence,
    requirement_text,
    target_cell,
    unit_of,
    verdict_of,
)
from dafeng.web.views.overview import counts, summary, targets_table
from dafeng.web.words import VERDICTS, meaning_of, verdict_word


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
            "meaning": reader.text(meaning_of(v.verdict, found.holds)),
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
            "probability": None if v.probability is None else percent(v.probability),
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
