"""Values of a quantity as they are read: one cell, all cells."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from dafeng.quantities.evidence import Key
from dafeng.quantities.program import Program
from dafeng.quantities.states import ABSENT, is_incomplete, marks_of, state_of


@dataclass(frozen=True)
class Cell:
    """One value: ``value`` is None where there is no number."""

    value: float | None
    unit: str
    state: str
    marks: tuple[str, ...]
    flags: int

    @property
    def incomplete(self) -> bool:
        return self.value is not None and bool(self.flags & ABSENT)

    @property
    def complete(self) -> bool:
        return self.value is not None and not self.flags & ABSENT

    @classmethod
    def of(cls, value: float, flags: int, unit: str) -> Cell:
        return cls(
            None if math.isnan(value) else value, unit, state_of(value, flags), tuple(marks_of(flags)), flags
        )


class Values:
    """All cells of a quantity: ``values`` (float64, NaN = none) and ``flags`` with the same shape, axes named by ``dims``."""

    def __init__(
        self, program: Program, values: np.ndarray, flags: np.ndarray, members: Mapping[str, Sequence[str]]
    ):
        self.quantity = program.quantity
        self.dims, self.unit = program.dims, program.quantity.unit
        self.values, self.flags = values, flags
        self._members = members

    def members(self, dim: str) -> Sequence[str]:
        return self._members[dim]

    def key(self, coords: Mapping[str, Any]) -> Key:
        """Index of a cell by member ids. Raises KeyError naming the dimension that is missing or the member that is unknown."""
        out: list[int] = []
        for dim in self.dims:
            if dim not in coords:
                raise KeyError(dim)
            try:
                out.append(self._members[dim].index(str(coords[dim])))
            except ValueError:
                raise KeyError(f"{dim}={coords[dim]}") from None
        return tuple(out)

    def at(self, **coords: Any) -> Cell:
        key = self.key(coords)
        return Cell.of(float(self.values[key]), int(self.flags[key]), self.unit)

    def series(self, **coords: Any) -> list[tuple[int, Cell]]:
        """(year, cell) for every year at the other coordinates."""
        return [(int(y), self.at(year=y, **coords)) for y in self._members["year"]]

    def rows(self) -> Iterable[tuple[dict[str, str], Cell]]:
        """Every cell with its coordinates, in the order of the axes."""
        for key in np.ndindex(*self.values.shape):
            coords = {d: self._members[d][i] for d, i in zip(self.dims, key, strict=True)}
            yield coords, Cell.of(float(self.values[key]), int(self.flags[key]), self.unit)

    def incomplete_keys(self) -> list[Key]:
        return [
            k
            for k in np.ndindex(*self.values.shape)
            if is_incomplete(float(self.values[k]), int(self.flags[k]))
        ]
