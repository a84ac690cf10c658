"""Along the members of dimensions: picking, adding up, regrouping, spreading."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from dafeng.quantities.ops.base import (
    Array,
    Cell,
    Context,
    Coords,
    Flags,
    Op,
    Pair,
    any_nan,
    expander,
    total,
)
from dafeng.quantities.states import DTYPE, Flag


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
            if any_nan(r):
                gone = np.isnan(v)
                r = np.add.reduce(np.where(gone, 0.0, v), axis=self._axes)
                r = np.where(np.logical_and.reduce(gone, axis=self._axes), np.nan, r)
        elif self.how == "mean":
            r = v.mean(axis=self._axes)
        elif self.how == "max":
            r = np.maximum.reduce(v, axis=self._axes)
        else:
            r = np.minimum.reduce(v, axis=self._axes)
        g = None if f is None else np.bitwise_or.reduce(f, axis=self._axes)
        return total(self, c, r, g) if self.how == "sum" else (r, g)

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
            if any_nan(r):
                gone = np.isnan(taken)
                r = np.where(gone.all(axis=source), np.nan, np.where(gone, 0.0, taken).sum(axis=source))
            columns.append(r)
            if f is not None:
                marks.append(np.bitwise_or.reduce(f.take(group, axis=source), axis=source))
        g = np.stack(marks, axis=target) if f is not None else None
        return total(self, c, np.stack(columns, axis=target), g)

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
