"""The operations of the graph on whole arrays.

Each operation computes values (float64, NaN = no number) and flags (uint32 bits, see states.py) for all its
cells at once. In a draw run the value arrays carry one more axis in front, the draws; flags do not, since
evidence is the same in every draw, and are not computed again: what an operation needs of them (which branch
was taken where) it remembers from the plain run in ``Context.memo``.

``inputs`` answers for one cell which cells of which quantities it was made of; explanations and the lists of
missing cells rest on it alone.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from dafeng.quantities.states import ABSENT, DTYPE, TRUE_ZERO, Flag

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


def _any_nan(v: Array) -> bool:
    total = np.add.reduce(v, axis=None)
    return bool(total != total)


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


class AddOp(PairOp):
    """Joins parts into a total: an absent part is left out and its flags stay, so the total is *incomplete*."""

    def run(self, c: Context) -> Pair:
        va, fa, vb, fb = self.operands(c)
        v = va + vb
        if _any_nan(v):
            v = np.where(np.isnan(va), vb, np.where(np.isnan(vb), va, v))
        return v, None if fa is None or fb is None else fa | fb


class SubtractOp(PairOp):
    def run(self, c: Context) -> Pair:
        va, fa, vb, fb = self.operands(c)
        return va - vb, None if fa is None or fb is None else fa | fb


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
        if _any_nan(v):
            known_a = (va == 0) & ((fa & TRUE_ZERO) != 0) & ((fa & ABSENT) == 0)
            known_b = (vb == 0) & ((fb & TRUE_ZERO) != 0) & ((fb & ABSENT) == 0)
            zero = np.isnan(v) & (known_a | known_b)
            if zero.any():
                c.memo[self] = zero
                v = np.where(zero, 0.0, v)
                f = np.where(zero, np.where(known_a, fa, fb), f)
        return v, f


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
        return v, np.where(bad, f | DTYPE(Flag.UNDEFINED), f) if bad.any() else f


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
        return self.function(va, vb), None if fa is None or fb is None else fa | fb


class PickOp(Op):
    """One member of a dimension; the dimension goes."""

    def __init__(self, part: Op, dim: str, index: int):
        self.parts, self.dim, self.index = (part,), dim, index
        self.dims = tuple(d for d in part.dims if d != dim)
        self._key = (Ellipsis, *(index if d == dim else slice(None) for d in part.dims))

    def run(self, c: Context) -> Pair:
        v, f = self.parts[0].run(c)
        return v[self._key], f[self._key] if f is not None else None

    def inputs(self, at: Coords, c: Context) -> Iterator[Cell]:
        yield from self.parts[0].inputs({**at, self.dim: self.index}, c)


class KeepOp(Op):
    """Some members of a dimension; only inside a reduction over it."""

    def __init__(self, part: Op, dim: str, indices: list[int]):
        self.parts, self.dims, self.dim, self.indices = (part,), part.dims, dim, indices

    def run(self, c: Context) -> Pair:
        v, f = self.parts[0].run(c)
        axis = self.axis(self.dim)
        return v.take(self.indices, axis=axis), f.take(self.indices, axis=axis) if f is not None else None

    def inputs(self, at: Coords, c: Context) -> Iterator[Cell]:
        yield from self.parts[0].inputs({**at, self.dim: self.indices[at[self.dim]]}, c)


class ReduceOp(Op):
    """sum, mean, max or min over dimensions. A sum leaves absent parts out; the others need every part."""

    def __init__(self, how: str, part: Op, over: tuple[str, ...], sizes: tuple[int, ...]):
        self.how, self.parts, self.over, self.sizes = how, (part,), over, sizes
        self.dims = tuple(d for d in part.dims if d not in over)
        self._axes = tuple(part.axis(d) for d in over)

    def run(self, c: Context) -> Pair:
        v, f = self.parts[0].run(c)
        if self.how == "sum":
            r = np.add.reduce(v, axis=self._axes)
            if _any_nan(r):
                gone = np.isnan(v)
                r = np.add.reduce(np.where(gone, 0.0, v), axis=self._axes)
                r = np.where(np.logical_and.reduce(gone, axis=self._axes), np.nan, r)
        elif self.how == "mean":
            r = v.mean(axis=self._axes)
        elif self.how == "max":
            r = np.maximum.reduce(v, axis=self._axes)
        else:
            r = np.minimum.reduce(v, axis=self._axes)
        return r, None if f is None else np.bitwise_or.reduce(f, axis=self._axes)

    def inputs(self, at: Coords, c: Context) -> Iterator[Cell]:
        for combination in np.ndindex(*self.sizes):
            yield from self.parts[0].inputs({**at, **dict(zip(self.over, combination, strict=True))}, c)


class RegroupOp(Op):
    """Sums the members of one dimension by the member of another that they belong to."""

    def __init__(self, part: Op, dim: str, target: str, groups: list[list[int]], dims: tuple[str, ...]):
        self.parts, self.dim, self.target, self.groups, self.dims = (part,), dim, target, groups, dims

    def run(self, c: Context) -> Pair:
        part = self.parts[0]
        v, f = part.run(c)
        source, target = part.axis(self.dim), self.axis(self.target)
        columns: list[Array] = []
        marks: list[Flags] = []
        for group in self.groups:
            if not group:  # nothing belongs here: it does not occur
                columns.append(np.zeros(np.delete(np.array(v.shape), source % v.ndim)))
                if f is not None:
                    marks.append(
                        np.full(np.delete(np.array(f.shape), source % f.ndim), Flag.NOT_OCCURRING, DTYPE)
                    )
                continue
            taken = v.take(group, axis=source)
            r = np.add.reduce(taken, axis=source)
            if _any_nan(r):
                gone = np.isnan(taken)
                r = np.where(gone.all(axis=source), np.nan, np.where(gone, 0.0, taken).sum(axis=source))
            columns.append(r)
            if f is not None:
                marks.append(np.bitwise_or.reduce(f.take(group, axis=source), axis=source))
        return np.stack(columns, axis=target), np.stack(marks, axis=target) if f is not None else None

    def inputs(self, at: Coords, c: Context) -> Iterator[Cell]:
        rest = {d: i for d, i in at.items() if d != self.target}
        for index in self.groups[at[self.target]]:
            yield from self.parts[0].inputs({**rest, self.dim: index}, c)


class SpreadOp(Op):
    def __init__(self, part: Op, dims: tuple[str, ...], shape: tuple[int, ...]):
        self.parts, self.dims, self.shape = (part,), dims, shape
        self._e = expander(part.dims, dims)

    def run(self, c: Context) -> Pair:
        v, f = self.parts[0].run(c)
        if self._e is not None:
            v = v[self._e]
            f = f[self._e] if f is not None else None
        extra = v.shape[: v.ndim - len(self.dims)]
        return np.broadcast_to(v, (*extra, *self.shape)), np.broadcast_to(
            f, self.shape
        ) if f is not None else None


class PrevOp(Op):
    def __init__(self, part: Op, back: int):
        self.parts, self.dims, self.back = (part,), part.dims, back

    def run(self, c: Context) -> Pair:
        v, f = self.parts[0].run(c)
        axis = self.axis("year")
        r = np.full_like(v, np.nan)
        to, frm = _slices(v.ndim, axis, self.back)
        r[to] = v[frm]
        if f is None:
            return r, None
        g = np.full(f.shape, Flag.OUTSIDE, DTYPE)
        to, frm = _slices(f.ndim, axis, self.back)
        g[to] = f[frm]
        return r, g

    def inputs(self, at: Coords, c: Context) -> Iterator[Cell]:
        if at["year"] >= self.back:
            yield from self.parts[0].inputs({**at, "year": at["year"] - self.back}, c)


def _slices(ndim: int, axis: int, back: int) -> tuple[tuple[slice, ...], tuple[slice, ...]]:
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
            if _any_nan(later):
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
        if _any_nan(r):
            gone = np.isnan(v)
            r = np.where(gone.all(axis=self._axis), np.nan, np.where(gone, 0.0, v).sum(axis=self._axis))
        return r, None if f is None else np.bitwise_or.reduce(
            f.take(range(self.months), axis=self._axis), axis=self._axis
        )

    def inputs(self, at: Coords, c: Context) -> Iterator[Cell]:
        for month in range(self.months):
            yield from self.parts[0].inputs({**at, "month": month}, c)


class CoalesceOp(Op):
    """The first operand that is complete; else the first that has a number; else absent with all their flags."""

    def __init__(self, parts: tuple[Op, ...], union: tuple[str, ...], converts: tuple[float, ...]):
        self.parts, self.dims, self.converts = parts, union, converts
        self._e = tuple(expander(p.dims, union) for p in parts)

    def run(self, c: Context) -> Pair:
        values: list[Array] = []
        flags: list[Flags] = []
        for part, convert, e in zip(self.parts, self.converts, self._e, strict=True):
            v, f = part.run(c)
            v = v if convert == 1.0 else v * convert
            values.append(v if e is None else v[e])
            if f is not None:
                flags.append(f if e is None else f[e])
        if not c.drawing:
            c.memo[self] = self._choice(values, flags)
        choice = c.memo[self]
        r = values[-1]
        for i in range(len(values) - 2, -1, -1):
            r = np.where(choice == i, values[i], r)
        none = choice < 0
        r = np.where(none, np.nan, r)
        if c.drawing:
            return r, None
        g = flags[-1]
        every = flags[-1]
        for i in range(len(values) - 2, -1, -1):
            g = np.where(choice == i, flags[i], g)
            every = every | flags[i]
        return r, np.where(none, every, g).astype(DTYPE)

    @staticmethod
    def _choice(values: list[Array], flags: list[Flags]) -> NDArray[np.int64]:
        choice = np.asarray(-1)
        for wanted in (0, ABSENT):  # complete ones first, then any number
            for i, (v, f) in enumerate(zip(values, flags, strict=True)):
                fits = np.isfinite(v) & ((f & ABSENT & ~np.uint32(wanted)) == 0)
                choice = np.where((choice < 0) & fits, i, choice)
        return choice

    def chosen(self, at: Coords, c: Context) -> int:
        choice = c.memo[self]
        return int(choice[tuple(at[d] for d in self.dims)]) if choice.ndim else int(choice)

    def inputs(self, at: Coords, c: Context) -> Iterator[Cell]:
        chosen = self.chosen(at, c)
        for i, part in enumerate(self.parts):
            if chosen in (i, -1):
                yield from part.inputs(at, c)


class CompleteOp(Op):
    def __init__(self, part: Op):
        self.parts, self.dims = (part,), part.dims

    def run(self, c: Context) -> Pair:
        v, f = self.parts[0].run(c)
        if f is not None:
            c.memo[self] = (f & ABSENT) != 0
        gone = c.memo[self]
        return np.where(gone, np.nan, v), f


class WhereOp(Op):
    """A case by case choice; absent where the comparison has an absent side."""

    _COMPARE: Mapping[str, Any] = {
        "<": np.less,
        "<=": np.less_equal,
        ">": np.greater,
        ">=": np.greater_equal,
        "==": np.equal,
    }

    def __init__(
        self,
        comparison: str,
        parts: tuple[Op, Op, Op, Op],
        union: tuple[str, ...],
        converts: tuple[float, float, float, float],
    ):
        self.compare, self.parts, self.dims, self.converts = self._COMPARE[comparison], parts, union, converts
        self._e = tuple(expander(p.dims, union) for p in parts)

    def run(self, c: Context) -> Pair:
        v: list[Array] = []
        f: list[Flags] = []
        for part, convert, e in zip(self.parts, self.converts, self._e, strict=True):
            x, g = part.run(c)
            x = x if convert == 1.0 else x * convert
            v.append(x if e is None else x[e])
            if g is not None:
                f.append(g if e is None else g[e])
        yes = self.compare(v[0], v[1])
        unknown = np.isnan(v[0]) | np.isnan(v[1])
        r = np.where(unknown, np.nan, np.where(yes, v[2], v[3]))
        if c.drawing:
            return r, None
        c.memo[self] = np.broadcast_to(np.where(unknown, -1, yes), r.shape)
        return r, (f[0] | f[1] | np.where(unknown, 0, np.where(yes, f[2], f[3]))).astype(DTYPE)

    def inputs(self, at: Coords, c: Context) -> Iterator[Cell]:
        yield from self.parts[0].inputs(at, c)
        yield from self.parts[1].inputs(at, c)
        memo = c.memo[self]
        which = int(memo[tuple(at[d] for d in self.dims)]) if memo.ndim else int(memo)
        if which >= 0:
            yield from self.parts[2 if which else 3].inputs(at, c)


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
