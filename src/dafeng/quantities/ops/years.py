"""Along the years: looking back, running sums and products, filling, the year so far, history and projection."""

from __future__ import annotations

from collections.abc import Iterator
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
    total,
)
from dafeng.quantities.states import ABSENT, DTYPE, Flag


class PrevOp(Op):
    def __init__(self, part: Op, back: int):
        self.parts, self.dims, self.back = (part,), part.dims, back

    def run(self, c: Context) -> Pair:
        v, f = self.parts[0].run(c)
        axis = self.axis("year")
        r = np.full_like(v, np.nan)
        to, frm = shift_slices(v.ndim, axis, self.back)
        r[to] = v[frm]
        if f is None:
            return r, None
        g = np.full(f.shape, Flag.OUTSIDE, DTYPE)
        to, frm = shift_slices(f.ndim, axis, self.back)
        g[to] = f[frm]
        return r, g

    def inputs(self, at: Coords, c: Context) -> Iterator[Cell]:
        if at["year"] >= self.back:
            yield from self.parts[0].inputs({**at, "year": at["year"] - self.back}, c)


def shift_slices(ndim: int, axis: int, back: int) -> tuple[tuple[slice, ...], tuple[slice, ...]]:
    whole = [slice(None)] * ndim
    to, frm = list(whole), list(whole)
    to[axis], frm[axis] = slice(back, None), slice(None, -back)
    return tuple(to), tuple(frm)


class RunningOp(Op):
    """cumulative (running sum) or compound (running product of 1 + rate) from a year."""

    def __init__(self, how: str, part: Op, start: int):
        self.how, self.parts, self.dims, self.start = how, (part,), part.dims, start

    def run(self, c: Context) -> Pair:
        v, f = self.parts[0].run(c)
        axis = self.axis("year")
        v = np.moveaxis(v, axis, 0)
        r: Array
        s = self.start
        if self.how == "cumulative":
            later = v[s:]
            if any_nan(later):
                gone = np.isnan(later)
                later = np.where(
                    np.logical_and.accumulate(gone, axis=0),
                    np.nan,
                    np.cumsum(np.where(gone, 0.0, later), axis=0),
                )
            else:
                later = np.cumsum(later, axis=0)
            r = np.concatenate([np.zeros_like(v[:s]), later])
        else:
            r = np.ones_like(v)
            r[s + 1 :] = np.cumprod(1.0 + v[s + 1 :], axis=0)
            if s > 0:  # back from the base year: value(t) = value(t+1) / (1 + rate(t+1))
                r[:s] = (1.0 / np.cumprod(1.0 + v[s:0:-1], axis=0))[::-1]
        r = np.moveaxis(r, 0, axis)
        if f is None:
            return r, None
        f = np.moveaxis(f, axis, 0)
        g = np.zeros_like(f)
        first = s if self.how == "cumulative" else s + 1
        g[first:] = np.bitwise_or.accumulate(f[first:], axis=0)
        if self.how == "compound" and s > 0:
            g[:s] = np.bitwise_or.accumulate(f[s:0:-1], axis=0)[::-1]
        return r, np.moveaxis(g, 0, axis)

    def inputs(self, at: Coords, c: Context) -> Iterator[Cell]:
        year = at["year"]
        if self.how == "cumulative":
            span = range(self.start, year + 1)
        else:
            span = range(self.start + 1, year + 1) if year > self.start else range(year + 1, self.start + 1)
        for y in span:
            yield from self.parts[0].inputs({**at, "year": y}, c)


class FillOp(Op):
    """interpolate (between known years) or hold (the last known year carried forward).

    Both are linear in the known values, so the weights found in the plain run serve every draw.
    """

    def __init__(self, how: str, part: Op, years: int, last_history: int):
        self.how, self.parts, self.dims, self.years, self.last_history = (
            how,
            (part,),
            part.dims,
            years,
            last_history,
        )

    def run(self, c: Context) -> Pair:
        v, f = self.parts[0].run(c)
        if f is None:
            return self._fill(v, c), None
        axis = self.axis("year")
        v, f = np.moveaxis(v, axis, -1), np.moveaxis(f, axis, -1)
        c.memo[self] = low, high, weight = self._plan(v, f)
        own = np.arange(self.years)
        moved = (low >= 0) & ((low != own) | (weight != 0.0))
        joined = (
            np.take_along_axis(f, np.maximum(low, 0), -1)
            | np.where(weight != 0.0, np.take_along_axis(f, np.maximum(high, 0), -1), 0)
        ).astype(DTYPE)
        mark = np.where(
            (own > self.last_history) & (self.how == "hold"), Flag.PROJECTED, Flag.ESTIMATED
        ).astype(DTYPE)
        g = np.where(moved, joined | mark, f)
        return self._fill(np.moveaxis(v, -1, axis), c), np.moveaxis(g, -1, axis)

    def _fill(self, v: Array, c: Context) -> Array:
        """The values with the planned cells filled in; all others as they are."""
        axis = self.axis("year")
        low, high, weight = (np.moveaxis(x, -1, axis) for x in c.memo[self])
        own = np.arange(self.years).reshape(-1, *([1] * (-1 - axis)))
        at = np.nonzero((low >= 0) & ((low != own) | (weight != 0.0)))
        r = v.copy(order="K")
        if not len(at[0]):
            return r
        year = low.ndim + axis
        below, above = list(at), list(at)
        below[year], above[year] = low[at], high[at]
        w = weight[at]
        to, lower, upper = ((..., *key) for key in (at, below, above))
        r[to] = np.where(w == 0.0, v[lower], v[lower] * (1.0 - w) + v[upper] * w) if w.any() else v[lower]
        return r

    def _plan(self, v: Array, f: Flags) -> tuple[Any, Any, Any]:
        """For every cell: index of the known year below and above, and the weight of the one above; −1 = as it is."""
        known = np.isfinite(v) & ((f & ABSENT) == 0)
        own = np.arange(self.years)
        low = np.maximum.accumulate(np.where(known, own, -1), axis=-1)
        high = np.minimum.accumulate(np.where(known, own, self.years)[..., ::-1], axis=-1)[..., ::-1]
        if self.how == "hold":
            return low, low, np.zeros(low.shape)
        between = (low >= 0) & (high < self.years)
        low, high = np.where(between, low, -1), np.where(between, high, -1)
        width = np.maximum(high - low, 1)
        return low, high, np.where(between & ~known, (own - low) / width, 0.0)

    def inputs(self, at: Coords, c: Context) -> Iterator[Cell]:
        low, high, weight = (np.moveaxis(x, -1, self.axis("year")) for x in c.memo[self])
        key = tuple(at[d] for d in self.dims)
        if low[key] < 0:
            yield from self.parts[0].inputs(at, c)
            return
        yield from self.parts[0].inputs({**at, "year": int(low[key])}, c)
        if weight[key] != 0.0:
            yield from self.parts[0].inputs({**at, "year": int(high[key])}, c)


class YearToDateOp(Op):
    def __init__(self, part: Op, months: int):
        self.parts, self.months = (part,), months
        self.dims = tuple(d for d in part.dims if d != "month")
        self._axis = part.axis("month")

    def run(self, c: Context) -> Pair:
        v, f = self.parts[0].run(c)
        v = v.take(range(self.months), axis=self._axis)
        r = v.sum(axis=self._axis)
        if any_nan(r):
            gone = np.isnan(v)
            r = np.where(gone.all(axis=self._axis), np.nan, np.where(gone, 0.0, v).sum(axis=self._axis))
        if f is not None:
            f = np.bitwise_or.reduce(f.take(range(self.months), axis=self._axis), axis=self._axis)
        return total(self, c, r, f)

    def inputs(self, at: Coords, c: Context) -> Iterator[Cell]:
        for month in range(self.months):
            yield from self.parts[0].inputs({**at, "month": month}, c)


class JoinOp(PairOp):
    """History up to the last final year, the projection after it: never one in the place of the other."""

    def __init__(self, left: Op, right: Op, union: tuple[str, ...], convert: float, history: int, years: int):
        super().__init__(left, right, union, convert)
        self.history = history  # years of history
        later = len(union) - union.index("year") - 1
        self._past = (np.arange(years) < history).reshape(years, *([1] * later))

    def run(self, c: Context) -> Pair:
        va, fa, vb, fb = self.operands(c)
        past = self._past
        return np.where(past, va, vb), None if fa is None or fb is None else np.where(past, fa, fb)

    def inputs(self, at: Coords, c: Context) -> Iterator[Cell]:
        yield from self.parts[0 if at["year"] < self.history else 1].inputs(at, c)
