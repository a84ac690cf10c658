"""Targets as pages show them: the verdict with its figures in words, who is first named, what is missing."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from dafeng.web.numbers import full, unit_text
from dafeng.web.reader import Reader
from dafeng.web.readings import display_factor
from dafeng.web.table import Cell, number_cell
from dafeng.web.words import COMPARATORS


@dataclass(frozen=True)
class Judged:
    target: Any
    verdict: Any
    position: int
    lead: str
    bodies: tuple[str, ...]
    value_cell: Cell
    path_cell: Cell
    goal_hint: str


def judged(reader: Reader) -> list[Judged]:
    """Every target with its verdict in the reporting year."""

    def make() -> list[Judged]:
        return [_judged(reader, t, i) for i, t in enumerate(reader.district.targets)]

    found: list[Judged] = reader.remember(("judged", reader.language, reader.year), make)
    # The links inside depend on the address, so they are set each time.
    return found


def verdict_of(reader: Reader, target: str, year: int) -> Any:
    return reader.remember(("verdict", target, year), lambda: reader.district.verdict(target, year))


def _judged(reader: Reader, target: Any, position: int) -> Judged:
    v = verdict_of(reader, target.id, reader.year)
    bodies = bodies_of(reader, target.ref)
    return Judged(
        target,
        v,
        position,
        bodies[0][1] if bodies else "",
        tuple(name for _, name, _ in bodies),
        target_cell(reader, target, v.value, v.state, v.marks),
        target_cell(reader, target, v.required_now, "observed")
        if v.required_now is not None
        else Cell("—", None),
        requirement_sentence(reader, target),
    )


def bodies_of(reader: Reader, ref: str) -> list[tuple[str, str, str]]:
    """(id, name, role) of those responsible for a clause, first named first."""
    clause = clause_of(reader, ref)
    if clause is None:
        return []
    return [(body, reader.body_name(body), role) for body, role in clause.bodies]


def clause_of(reader: Reader, ref: str) -> Any:
    return clauses(reader).get(ref)


def clauses(reader: Reader) -> dict[str, Any]:
    return dict(reader.district.plan.clauses)


def scale_of(reader: Reader, target: Any) -> tuple[float, str]:
    """(multiplier, unit) from a verdict's figures to those shown: the target's unit, else the quantity's display unit."""
    if target.unit:
        return 1.0, str(target.unit)
    return display_factor(reader.definitions.quantities[target.quantity])


def unit_of(reader: Reader, target: Any) -> str:
    return scale_of(reader, target)[1]


def gap_unit_of(reader: Reader, target: Any) -> str:
    """Two percentages differ by percentage points."""
    unit = unit_of(reader, target)
    return "个百分点" if unit == "%" else unit


def gap_cell(reader: Reader, target: Any, gap: float | None) -> Cell:
    if gap is None:
        return Cell("—", None)
    factor, _ = scale_of(reader, target)
    return number_cell(gap * factor, "", gap_unit_of(reader, target), reader.language, digits=3)


def target_cell(
    reader: Reader, target: Any, value: float | None, state: str, marks: Sequence[str] = (), href: str = ""
) -> Cell:
    """A figure in the target's unit. For a peak it is the figure of the quantity itself."""
    factor, unit = scale_of(reader, target)
    return number_cell(
        None if value is None else value * factor, state, unit, reader.language, marks, href=href
    )


def goal_value(target: Any) -> float | None:
    return (
        float(target.value)
        if isinstance(target.value, (int, float)) and not isinstance(target.value, bool)
        else None
    )


def requirement_text(reader: Reader, target: Any) -> str:
    """The requirement without its unit: ≥ 2, −12.3, 2030年前."""
    value = goal_value(target)
    comparator = target.comparator
    if comparator == "peak_before":
        return reader.say(f"{int(value or 0)}年前", f"before {int(value or 0)}")
    if value is None:
        return (
            reader.say("待下达", "to be assigned")
            if comparator == "meets_assigned"
            else reader.text(COMPARATORS.get(comparator, (comparator, comparator)))
        )
    sign = {
        ">=": "≥",
        "<=": "≤",
        ">": ">",
        "<": "<",
        "~=": "≈",
        "==": "=",
        "reduce_by>=": "≥",
        "reduce_by~=": "≈",
        "increase_by>=": "≥",
    }
    return f"{sign.get(comparator, '')}\u2009{full(value)}".strip()


def requirement_sentence(reader: Reader, target: Any) -> str:
    """到2030年，不低于 2 万kW."""
    word = reader.text(COMPARATORS.get(target.comparator, (target.comparator, target.comparator)))
    value = goal_value(target)
    deadline = target.deadline
    if target.comparator == "peak_before":
        return reader.say(f"{int(value or 0)}年前达峰", f"peak before {int(value or 0)}")
    if value is None:
        return reader.say(f"到{deadline}年，{word}", f"by {deadline}: {word}") if deadline else word
    figure = f"{full(value)} {unit_text(target.unit, reader.language)}".strip()
    base = getattr(target, "base_year", None)
    if target.comparator.startswith(("reduce_by", "increase_by")) and base:
        return reader.say(
            f"到{deadline}年比{base}年{word} {figure}", f"by {deadline}, {word} {figure} on {base}"
        )
    return reader.say(f"到{deadline}年，{word} {figure}", f"by {deadline}, {word} {figure}")


def missing_of(reader: Reader, verdict: Any, limit: int = 0) -> dict[str, Any]:
    """The missing cells of a verdict, those alike gathered: what, how many, whose, due when."""
    groups: dict[tuple[str, str], list[Any]] = {}
    for m in verdict.missing:
        groups.setdefault((m.quantity, m.supplier), []).append(m)
    lines = []
    for (quantity, supplier), cells in groups.items():
        first = cells[0]
        due = max((c.due for c in cells), default="")
        label = first.label_en if reader.language == "en" else first.label
        coords = dict(first.coords)
        lines.append(
            {
                "label": label,
                "count": len(cells),
                "state": first.state,
                "supplier": reader.body_name(supplier) if supplier else "",
                "due": due,
                "href": reader.number_link(
                    quantity,
                    int(coords["year"]) if "year" in coords else None,
                    {k: v for k, v in coords.items() if k != "year"},
                ),
            }
        )
    shown = lines[:limit] if limit else lines
    return {"lines": shown, "more": len(lines) - len(shown), "cells": len(verdict.missing)}
