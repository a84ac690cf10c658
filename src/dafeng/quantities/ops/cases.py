"""Choosing cell by cell: the first complete one, only complete ones, by comparison."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from dafeng.quantities.ops.base import (
    Array,
    Cell,
    Context,
    Coords,
    Flags,
    Op,
    Pair,
    expander,
)
from dafeng.quantities.states import ABSENT, DTYPE


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
