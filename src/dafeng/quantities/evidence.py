"""Evidence: filed figures by cell, with every revision kept. What counts is the newest filing known today.

filing.py reads them from tables.
"""

from __future__ import annotations

import calendar
import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from dafeng.findings import Finding
from dafeng.quantities.definitions import Definitions, EvidenceSpec, Quantity
from dafeng.quantities.states import DTYPE, Flag

Key = tuple[int, ...]

#: A filing without a date counts as known from the beginning.
UNDATED = dt.date(1900, 1, 1)


@dataclass(frozen=True)
class Filing:
    """One filed figure. ``value`` is in the unit of the quantity (None where a state was filed without a number)."""

    value: float | None
    written: str
    unit: str
    flag: Flag
    edition: str
    known_on: dt.date
    source: str
    filed_by: str
    reviewed_by: str
    note: str
    place: str
    everywhere: bool = False  # filed with “*”: a row for the single cell says more
    dated: bool = True  # False: no date was filed, and known_on is the end of the period

    def as_dict(self) -> dict[str, Any]:
        return {
            "written": self.written,
            "unit": self.unit,
            "edition": self.edition,
            "source": self.source,
            "known_on": "" if not self.dated else self.known_on.isoformat(),
            "filed_by": self.filed_by,
            "reviewed_by": self.reviewed_by,
            "note": self.note,
            "place": self.place,
        }


@dataclass
class Series:
    """All cells of one evidence quantity: what counts today, and every filing behind it, oldest first."""

    values: np.ndarray
    flags: np.ndarray
    filings: dict[Key, list[Filing]] = field(default_factory=dict)

    def counted(self, key: Key, today: dt.date) -> Filing | None:
        known = [f for f in self.filings.get(key, ()) if f.known_on <= today]
        return known[-1] if known else None


@dataclass
class Evidence:
    series: dict[str, Series] = field(default_factory=dict)
    findings: list[Finding] = field(default_factory=list)
    tables: list[str] = field(default_factory=list)


def due_date(spec: EvidenceSpec, year: int, month: int | None) -> dt.date:
    """The day by which a period's figure is due: ``due_months`` after the period's end, on ``due_day``."""
    months = year * 12 + (12 if month is None else month) - 1 + spec.due_months
    y, m = divmod(months, 12)
    return dt.date(y, m + 1, min(spec.due_day, calendar.monthrange(y, m + 1)[1]))


def blank_series(
    d: Definitions, q: Quantity, dims: Sequence[str], shape: tuple[int, ...], today: dt.date
) -> Series:
    """No figures yet: each cell missing, pending or outside by the due rule."""
    spec = q.evidence or EvidenceSpec()
    flags = np.full(shape, Flag.MISSING, DTYPE)
    if "year" in dims:
        for yi, year in enumerate(d.years):
            where: list[Any] = [slice(None)] * len(dims)
            where[dims.index("year")] = yi
            if (spec.first and year < spec.first) or (spec.last and year > spec.last):
                flags[tuple(where)] = Flag.OUTSIDE
            elif "month" in dims:
                for month in range(1, 13):
                    where[dims.index("month")] = month - 1
                    if due_date(spec, year, month) > today:
                        flags[tuple(where)] = Flag.PENDING
            elif due_date(spec, year, None) > today:
                flags[tuple(where)] = Flag.PENDING
    return Series(np.full(shape, np.nan), flags)


def label(d: Definitions, dims: Sequence[str], key: Sequence[int], language: str = "zh") -> str:
    """A cell in words: “2024年5月 商业建筑”."""
    year = month = ""
    rest: list[str] = []
    for dim, index in zip(dims, key, strict=True):
        if dim == "year":
            year = str(d.first_year + index)
        elif dim == "month":
            month = str(index + 1)
        else:
            m = list(d.dimensions[dim].members.values())[index]
            rest.append(m.name if language == "zh" else m.name_en)
    if language == "zh":
        when = (f"{year}年" if year else "") + (f"{month}月" if month else "")
    else:
        when = f"{year}-{int(month):02d}" if month and year else year or month
    return " ".join(x for x in (when, *rest) if x)
