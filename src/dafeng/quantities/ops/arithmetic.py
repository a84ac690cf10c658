"""Cell by cell: references, numbers, + − × ÷ and functions."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import numpy as np

from dafeng.quantities.ops.base import (
    Array,
    Cell,
    Context,
    Coords,
    Flags,
    Op,
    Pair,
    PairOp,
    any_nan,
    known_zero,
    total,
    unmeasured,
)
from dafeng.quantities.states import DTYPE, Flag


class RefOp(Op):
    def __init__(self, name: str, dims: tuple[str, ...]):
        self.name, self.dims = name, dims

    def run(self, c: Context) -> Pair:
        return c.values[self.name], None if c.drawing else c.flags[self.name]

    def inputs(self, at: Coords, c: Context) -> Iterator[Cell]:
        yield self.name, {d: at[d] for d in self.dims}


class NumberOp(Op):
    def __init__(self, value: float):
        self.value = np.float64(value)
        self._v = np.asarray(self.value)
        self._f = np.asarray(0, DTYPE)

    def run(self, c: Context) -> Pair:
        return self._v, None if c.drawing else self._f


class ScaleOp(Op):
    """Multiplies by a constant: a unit conversion."""

    def __init__(self, part: Op, factor: float):
        self.parts, self.dims, self.factor = (part,), part.dims, factor

    def run(self, c: Context) -> Pair:
        v, f = self.parts[0].run(c)
        return v * self.factor, f


class NegateOp(Op):
    def __init__(self, part: Op):
        self.parts, self.dims = (part,), part.dims

    def run(self, c: Context) -> Pair:
        v, f = self.parts[0].run(c)
        return -v, f


class AddOp(PairOp):
    """Joins parts into a total: an absent part is left out and its flags stay, so the total is *incomplete*."""

    def run(self, c: Context) -> Pair:
        va, fa, vb, fb = self.operands(c)
        v = va + vb
        if any_nan(v):
            v = np.where(np.isnan(va), vb, np.where(np.isnan(vb), va, v))
        return total(self, c, v, None if fa is None or fb is None else fa | fb)


class SubtractOp(PairOp):
    def run(self, c: Context) -> Pair:
        va, fa, vb, fb = self.operands(c)
        v = va - vb
        return v, unmeasured(v, None if fa is None or fb is None else fa | fb)


class MultiplyOp(PairOp):
    """A zero that is known to be zero stays zero whatever it is multiplied by."""

    def run(self, c: Context) -> Pair:
        va, fa, vb, fb = self.operands(c)
        v = va * vb
        if c.drawing:
            zero = c.memo.get(self)
            if zero is not None:
                v = np.where(zero, 0.0, v)
            return v, None
        assert fa is not None and fb is not None
        f = fa | fb
        c.memo.pop(self, None)  # a changed run starts with what its base remembered
        for known, own in ((known_zero(va, fa), fa), (known_zero(vb, fb), fb)):
            if known is None:
                continue
            f = np.where(known, own, f)  # of a known zero only its own evidence counts
            zero = np.isnan(v) & known
            if zero.any():
                c.memo[self] = zero | c.memo.get(self, False)
                v = np.where(zero, 0.0, v)
        return v, unmeasured(v, f)


class DivideOp(PairOp):
    def run(self, c: Context) -> Pair:
        va, fa, vb, fb = self.operands(c)
        with np.errstate(divide="ignore", invalid="ignore"):
            v = va / vb
        bad = np.isinf(v) | ((vb == 0) & np.isnan(v))
        if bad.any():
            v = np.where(bad, np.nan, v)
        if fa is None or fb is None:
            return v, None
        f = fa | fb
        return v, unmeasured(v, np.where(bad, f | DTYPE(Flag.UNDEFINED), f) if bad.any() else f)


class PowerOp(Op):
    def __init__(self, part: Op, exponent: float):
        self.parts, self.dims, self.exponent = (part,), part.dims, exponent

    def run(self, c: Context) -> Pair:
        v, f = self.parts[0].run(c)
        with np.errstate(all="ignore"):
            return _defined(v, v**self.exponent, f)


def _defined(before: Array, after: Array, f: Flags | None) -> Pair:
    """Where the arithmetic left the real numbers, the cell is undefined."""
    bad = ~np.isfinite(after) & np.isfinite(before)
    if not bad.any():
        return after, f
    after = np.where(bad, np.nan, after)
    return after, None if f is None else np.where(bad, f | DTYPE(Flag.UNDEFINED), f)


class FunctionOp(Op):
    _FUNCTIONS: Mapping[str, Any] = {"abs": np.abs, "exp": np.exp, "ln": np.log, "sqrt": np.sqrt}

    def __init__(self, name: str, part: Op):
        self.parts, self.dims, self.function = (part,), part.dims, self._FUNCTIONS[name]

    def run(self, c: Context) -> Pair:
        v, f = self.parts[0].run(c)
        with np.errstate(all="ignore"):
            return _defined(v, self.function(v), f)


class ExtremeOp(PairOp):
    """min or max of two: absent when either is absent."""

    def __init__(self, left: Op, right: Op, union: tuple[str, ...], convert: float, greatest: bool):
        super().__init__(left, right, union, convert)
        self.function = np.maximum if greatest else np.minimum

    def run(self, c: Context) -> Pair:
        va, fa, vb, fb = self.operands(c)
        v = self.function(va, vb)
        return v, unmeasured(v, None if fa is None or fb is None else fa | fb)
