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


def without_tail(points: list[Point]) -> list[Point]:
    """Without the years at the end for which nothing is asked yet."""
    last = max(
        (i for i, p in enumerate(points) if p.value is not None or p.state == "missing"),
        default=len(points) - 1,
    )
    return points[: last + 1]


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
    """Everything that stands under these quantities: what was filed and by which source, factors, scenario drivers."""
    key = ("sources", reader.language, reader.year, tuple(identifiers), tuple(reader.sticky.items()))
    found: list[SourceLine] = reader.remember(key, lambda: _sources(reader, identifiers))
    return found


def _sources(reader: Reader, identifiers: Sequence[str]) -> list[SourceLine]:
    below: set[str] = set()
    stack = [i for i in identifiers if reader.has(i)]
    while stack:
        current = stack.pop()
        if current not in below:
            below.add(current)
            stack.extend(reader.run.compiled.programs[current].needs)
    named = reader.remember("documents", lambda: _documents(reader))
    lines: list[SourceLine] = []
    for identifier, q in reader.definitions.quantities.items():
        if identifier in below and q.kind != "formula":
            documents = reader.list([reader.source_title(d) for d in named.get(identifier, ())][:3])
            text = reader.name(q) + (reader.say("：", ": ") + documents if documents else "")
            lines.append(
                SourceLine(text, reader.number_link(identifier, reader.year), reader.text(KINDS[q.kind]))
            )
    return lines


def _documents(reader: Reader) -> dict[str, list[str]]:
    """Quantity → sources of its filings, factor sets of its factors, or the source of its path."""
    found: dict[str, dict[str, None]] = {}
    for identifier, series in reader.run.evidence.items():
        for filings in series.filings.values():
            for filing in filings:
                if filing.source:
                    found.setdefault(identifier, {})[filing.source] = None
    for identifier, leaf in reader.run.leaves.items():
        for factor, _rule in leaf.factors.values():
            found.setdefault(identifier, {})[f"{factor.set}《{factor.source_title}》"] = None
    for identifier, q in reader.definitions.quantities.items():
        if q.driver is not None and q.driver.source:
            found.setdefault(identifier, {})[q.driver.source] = None
    return {identifier: list(names) for identifier, names in found.items()}


def source_kind(reader: Reader, kind: str) -> str:
    return reader.text(SOURCE_KINDS[kind]) if kind in SOURCE_KINDS else kind
