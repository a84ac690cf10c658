"""Values of the graph as a page needs them: a series over years, a table over members, a figure in display units."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from dafeng.quantities.definitions import Quantity
from dafeng.quantities.states import ABSENT, Flag, marks_of, state_of
from dafeng.quantities.units import UnitError, factor_between
from dafeng.web.chart import SourceLine
from dafeng.web.reader import Reader
from dafeng.web.table import Cell, number_cell
from dafeng.web.words import KINDS, SOURCE_KINDS


@dataclass(frozen=True)
class Point:
    """A value at a year (and elsewhere): None when there is no number."""

    year: int
    value: float | None
    state: str
    marks: tuple[str, ...] = ()
    ahead: str = ""  # "projected" or "nowcast" where it is not history, whatever its state


def values_of(reader: Reader, quantity: str) -> Any:
    return reader.run[quantity]


def array_of(
    reader: Reader, quantity: Quantity, where: Mapping[str, str]
) -> tuple[np.ndarray, np.ndarray, list[str]]:
    """Values and flags with the given coordinates taken, and the dimensions that are left."""
    v = values_of(reader, quantity.id)
    values, flags, dims = np.asarray(v.values), np.asarray(v.flags), list(v.dims)
    for name in list(dims):
        if name in where:
            axis = dims.index(name)
            index = [str(m) for m in v.members(name)].index(str(where[name]))
            values, flags = np.take(values, index, axis), np.take(flags, index, axis)
            dims.pop(axis)
    return values, flags, dims


def point(year: int, value: float, flags: int) -> Point:
    number = float(value)
    bits = int(flags)
    if number == 0 and bits & ABSENT:
        number = float("nan")  # a sum of which nothing but zeros is there is no figure
    return Point(
        year,
        None if number != number else number,
        state_of(number, bits),
        tuple(marks_of(bits)),
        ahead_of(bits),
    )


def ahead_of(flags: int) -> str:
    return "projected" if flags & Flag.PROJECTED else "nowcast" if flags & Flag.NOWCAST else ""


def members_of(reader: Reader, quantity: Quantity, dim: str) -> list[str]:
    return [str(m) for m in values_of(reader, quantity.id).members(dim)]


def series_of(reader: Reader, quantity: Quantity, where: Mapping[str, str]) -> list[Point]:
    """The values over the years, all other coordinates given. One point without a year for a constant."""
    values, flags, dims = array_of(reader, quantity, where)
    if dims == ["year"]:
        years = [int(y) for y in members_of(reader, quantity, "year")]
        return [point(y, values[i], flags[i]) for i, y in enumerate(years)]
    if not dims:
        return [point(reader.year, float(values), int(flags))]
    return []


def display_factor(quantity: Quantity) -> tuple[float, str]:
    """(multiplier, unit) from the unit that a quantity is kept in to the one it is shown in."""
    if not quantity.display_unit:
        return 1.0, quantity.unit
    try:
        return factor_between(quantity.unit, quantity.display_unit), quantity.display_unit
    except UnitError:
        return 1.0, quantity.unit


def display_cell(
    reader: Reader,
    quantity: Quantity,
    value: float | None,
    state: str,
    marks: Sequence[str],
    digits: int | None = None,
    href: str = "",
) -> tuple[Cell, str]:
    """The figure in the unit that its definition asks to be shown in, and that unit."""
    factor, unit = display_factor(quantity)
    shown = None if value is None else value * factor
    return number_cell(
        shown, state, unit, reader.language, marks, digits=digits or quantity.digits, href=href
    ), unit


def sources_of(reader: Reader, identifiers: Sequence[str]) -> list[SourceLine]:
    """Everything that stands under these quantities: what was filed (by source) and which factors."""

    def make() -> list[SourceLine]:
        filed: dict[str, SourceLine] = {}
        below: set[str] = set()
        stack = [i for i in identifiers if reader.has(i)]
        while stack:
            current = stack.pop()
            if current in below:
                continue
            below.add(current)
            stack.extend(reader.district.model.uses(current))
        lines: list[SourceLine] = []
        for identifier in sorted(below, key=list(reader.definitions.quantities).index):
            q = reader.definitions.quantities[identifier]
            if q.kind == "formula":
                continue
            lines.append(
                SourceLine(
                    reader.name(q),
                    reader.number_link(identifier, reader.year),
                    reader.text(KINDS[q.kind]),
                )
            )
        for source in filed.values():
            lines.append(source)
        return lines

    found: list[SourceLine] = reader.remember(
        ("sources", reader.language, reader.year, tuple(identifiers), tuple(reader.sticky)), make
    )
    return found


def source_kind(reader: Reader, kind: str) -> str:
    return reader.text(SOURCE_KINDS[kind]) if kind in SOURCE_KINDS else kind
