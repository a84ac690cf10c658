"""What all operations share: arrays with flags, the context of an evaluation, operands lined up by dimension."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
from numpy.typing import NDArray

from dafeng.quantities.states import ABSENT, DTYPE, MEASURED, TRUE_ZERO

Array = NDArray[np.float64]
Flags = NDArray[np.uint32]
Pair = tuple[Array, Flags | None]
Coords = dict[str, int]
Cell = tuple[str, Coords]


class Context:
    """What an evaluation has at hand: arrays by quantity, and what operations remember."""

    __slots__ = ("drawing", "flags", "memo", "values")

    def __init__(
        self, values: dict[str, Array], flags: dict[str, Flags], memo: dict[Op, Any], drawing: bool = False
    ):
        self.values = values
        self.flags = flags
        self.memo = memo
        self.drawing = drawing


def any_nan(v: Array) -> bool:
    total = np.add.reduce(v, axis=None)
    return bool(total != total)


def known_zero(v: Array, f: Flags) -> NDArray[np.bool_] | None:
    """Where a cell is zero and known to be: filed as zero, not occurring, or counted elsewhere. None: nowhere."""
    bits = f & TRUE_ZERO
    if not bits.any():
        return None
    return (v == 0) & (bits != 0) & ((f & ABSENT) == 0)


def unmeasured(v: Array, f: Flags | None) -> Flags | None:
    """Flags without the bits of measurement where there is no number: a factor that is known does not make a missing
    flow known, and a total must not take it for a part that is there."""
    if f is None or not any_nan(v):
        return f
    return np.where(np.isnan(v), f & DTYPE(~MEASURED & 0xFFFFFFFF), f)


def total(op: Op, c: Context, v: Array, f: Flags | None) -> Pair:
    """A total whose only present parts are known zeros, with others absent, says nothing: it is absent too."""
    if f is None:
        gone = c.memo.get(op)
        return (v, None) if gone is None else (np.where(gone, np.nan, v), None)
    c.memo.pop(op, None)
    lacking = f & ABSENT
    if lacking.any():
        gone = (lacking != 0) & (v == 0) & ((f & MEASURED) == 0)
        if gone.any():
            c.memo[op] = gone
            v = np.where(gone, np.nan, v)
    return v, f


class Op:
    """One node: ``dims`` in canonical order, ``size`` of its unit in base units (set by the compiler)."""

    dims: tuple[str, ...] = ()
    parts: tuple[Op, ...] = ()

    def run(self, c: Context) -> Pair:
        raise NotImplementedError

    def inputs(self, at: Coords, c: Context) -> Iterator[Cell]:
        """The cells read for the cell ``at`` (index by dimension; dimensions not of this node are ignored)."""
        for part in self.parts:
            yield from part.inputs(at, c)

    def axis(self, dim: str) -> int:
        """Axis of a dimension counted from the end, so that a draw axis in front changes nothing."""
        return self.dims.index(dim) - len(self.dims)


def expander(dims: tuple[str, ...], union: tuple[str, ...]) -> tuple[Any, ...] | None:
    """Index that lines an array with ``dims`` up with ``union``; None when nothing has to be done."""
    if dims == union:
        return None
    return (Ellipsis, *(slice(None) if d in dims else None for d in union))


class PairOp(Op):
    """Two operands lined up by the names of their dimensions."""

    def __init__(self, left: Op, right: Op, union: tuple[str, ...], convert: float = 1.0):
        self.parts, self.dims, self.convert = (left, right), union, convert
        self._el, self._er = expander(left.dims, union), expander(right.dims, union)

    def operands(self, c: Context) -> tuple[Array, Flags | None, Array, Flags | None]:
        va, fa = self.parts[0].run(c)
        vb, fb = self.parts[1].run(c)
        if self._el is not None:
            va = va[self._el]
            fa = fa[self._el] if fa is not None else None
        if self._er is not None:
            vb = vb[self._er]
            fb = fb[self._er] if fb is not None else None
        if self.convert != 1.0:
            vb = vb * self.convert
        return va, fa, vb, fb
