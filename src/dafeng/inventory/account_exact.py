"""Exact arithmetic over columns.

Every result is a whole number of 10^-12 t (a microgram), rounded half to even once, from the exact product of
the written quantity and an exact multiplier. Totals add these numbers, so rows sum to the total to the last
digit, in any order and on any machine. Plain quantities go through Arrow decimals a column at a time; the rest
(万-suffixes, long numbers, multipliers without a finite decimal) through fractions, to the same result.
"""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from fractions import Fraction
from functools import lru_cache
from typing import Any, NamedTuple

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

PLACES = 12
QUANTUM = 10**PLACES


class Width(NamedTuple):
    """Decimal types of one batch: quantity, multiplier, result, and what a quantity must look like."""

    quantity: Any
    multiplier: Any
    result: Any
    pattern: str
    places: int
    whole: int


NARROW = Width(
    pa.decimal128(18, 6),
    pa.decimal128(19, 15),
    pa.decimal128(38, PLACES),
    r"^[0-9]{1,12}(\.[0-9]{1,6})?$",
    15,
    4,
)
WIDE = Width(
    pa.decimal256(27, 9),
    pa.decimal256(44, 30),
    pa.decimal256(60, PLACES),
    r"^[0-9]{1,18}(\.[0-9]{1,9})?$",
    30,
    14,
)


@lru_cache(maxsize=65536)
def as_decimal(value: Fraction, width: Width) -> Decimal | None:
    """The multiplier as a finite decimal of the width, or None where it has none."""
    scaled = value * 10**width.places
    if scaled.denominator != 1 or abs(value) >= 10**width.whole:
        return None
    return Decimal(scaled.numerator).scaleb(-width.places)


def quanta(value: Fraction) -> int:
    """Nearest whole number of 10^-12, half to even."""
    scaled = value * QUANTUM
    whole, rest = divmod(scaled.numerator, scaled.denominator)
    twice = 2 * rest
    if twice > scaled.denominator or (twice == scaled.denominator and whole % 2):
        whole += 1
    return whole


def rounded_decimal(value: Fraction, width: Width) -> Decimal | None:
    """The multiplier to the places of the width; None where it is too large."""
    if abs(value) >= 10**width.whole:
        return None
    scaled = value * 10**width.places
    return Decimal(round(scaled)).scaleb(-width.places, _WIDE_CONTEXT)


def products(quantities: Any, multipliers: Any, width: Width) -> tuple[Any, Any]:
    """Columns of quantity × multiplier: rounded to 10^-12, and before rounding; null where either is."""
    exact = pc.multiply(quantities, multipliers)
    return pc.cast(pc.round(exact, PLACES, "half_to_even"), width.result), exact


def near_tie(unrounded: Any, rounded: Any, quantities: Any) -> np.ndarray:
    """Rows whose result could change if the multiplier were off by 10^-30: true for those close to half a
    10^-12, seen through doubles, which tell distances of 10^-12 well enough."""
    scale = pc.cast(rounded, unrounded.type)
    off = (
        np.abs(pc.cast(pc.subtract(unrounded, scale), pa.float64()).to_numpy(zero_copy_only=False)) * QUANTUM
    )
    size = pc.cast(quantities, pa.float64()).to_numpy(zero_copy_only=False)
    doubt = 1e-6 + size * 1e-18
    return np.nan_to_num(off, nan=0.0) > 0.5 - np.nan_to_num(doubt, nan=0.0)


def to_column(values: Sequence[int | None], width: Width) -> Any:
    """Column of results from whole numbers of 10^-12."""
    return pa.array(
        [None if v is None else Decimal(v).scaleb(-PLACES, _WIDE_CONTEXT) for v in values], width.result
    )


def joined(texts: Any, separator: str) -> str:
    """All texts of a column, each followed by the separator, without making a Python string of each."""
    column = pc.binary_join_element_wise(texts, separator, "")
    if isinstance(column, pa.ChunkedArray):
        column = column.combine_chunks()
    offsets, data = column.buffers()[1:3]
    size = 8 if pa.types.is_large_string(column.type) else 4
    view = memoryview(offsets)
    first = int.from_bytes(view[column.offset * size : (column.offset + 1) * size], "little")
    stop = column.offset + len(column)
    last = int.from_bytes(view[stop * size : (stop + 1) * size], "little")
    return bytes(memoryview(data)[first:last]).decode("utf-8") if data is not None else ""


def to_quanta(value: Decimal | None) -> int:
    """Whole number of 10^-12 of a summed result."""
    return 0 if value is None else int(value.scaleb(PLACES, _WIDE_CONTEXT))


def number_text(value: int) -> str:
    """A result as a JSON number, without trailing zeros."""
    sign = "-" if value < 0 else ""
    whole, rest = divmod(abs(value), QUANTUM)
    return f"{sign}{whole}.{rest:0{PLACES}d}".rstrip("0").rstrip(".") if rest else f"{sign}{whole}"


def column_text(column: Any) -> Any:
    """Column of JSON numbers of a result column; null stays null."""
    text = pc.cast(column, pa.string())
    odd = pc.fill_null(pc.match_substring(text, "E"), False)
    trimmed = pc.ascii_rtrim(pc.ascii_rtrim(text, characters="0"), characters=".")
    if pc.any(odd).as_py():
        small = [number_text(to_quanta(v)) for v in column.filter(odd).to_pylist()]
        trimmed = pc.replace_with_mask(trimmed, odd, pa.array(small, pa.string()))
    return trimmed


def _context() -> Any:
    import decimal

    return decimal.Context(prec=90)


_WIDE_CONTEXT = _context()
