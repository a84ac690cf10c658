"""Cells as scale × node + shift, and the arithmetic of arrays of them. See flatten.py."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from dafeng.quantities.nodes import (
    GREATEST,
    LEAST,
    LOGNORMAL,
    PRODUCT,
    QUOTIENT,
    RECIPROCAL,
    Array,
    Nodes,
)


@dataclass(frozen=True, slots=True)
class Cells:
    """An array of cells. ``scale`` and ``node`` are None where the whole array is constant.

    Held to throughout: where ``node`` is −1, ``scale`` is 0 and ``shift`` the constant, NaN where the cell is absent;
    where it is not, ``shift`` is a number.
    """

    shift: Array
    scale: Array | None = None
    node: Array | None = None

    @classmethod
    def of(cls, scale: Array, shift: Array, node: Array) -> Cells:
        """Cells from whole arrays; that all are constant is noticed."""
        if not (node >= 0).any():
            return cls(np.asarray(shift, np.float64))
        return cls(np.asarray(shift, np.float64), scale, node)

    @property
    def shape(self) -> tuple[int, ...]:
        return self.shift.shape

    def each(self, f: Callable[[Array], Any]) -> Cells:
        """The same rearrangement (an index, a take, a new axis) of all three arrays."""
        if self.node is None or self.scale is None:
            return Cells(np.asarray(f(self.shift)))
        return Cells(np.asarray(f(self.shift)), np.asarray(f(self.scale)), np.asarray(f(self.node)))

    def whole(self, shape: tuple[int, ...] | None = None) -> tuple[Array, Array, Array]:
        """(scale, shift, node) as arrays of one shape, its own or a wider one."""
        shape = self.shape if shape is None else shape
        if self.node is None or self.scale is None:
            shift = self.shift if shape == self.shape else np.broadcast_to(self.shift, shape)
            return np.zeros(shape), shift, np.full(shape, -1, np.int64)
        if shape == self.shape:
            return self.scale, self.shift, self.node
        return (
            np.broadcast_to(self.scale, shape),
            np.broadcast_to(self.shift, shape),
            np.broadcast_to(self.node, shape),
        )

    def where(self, mask: Array) -> tuple[Array, Array, Array]:
        """(scale, shift, node) of the cells chosen, one-dimensional; ``mask`` has the shape wanted of the whole."""
        scale, shift, node = self.whole(mask.shape)
        return scale[mask], shift[mask], node[mask]


class Arithmetic:
    """Arithmetic of cells over one collection of nodes."""

    def __init__(self, careful: bool = False):
        self.nodes = Nodes(careful)

    def scaled(self, c: Cells, factor: Any) -> Cells:
        """c × factor, a number or an array of numbers, none of them zero."""
        if c.node is None or c.scale is None:
            return Cells(c.shift * factor)
        return Cells(c.shift * factor, c.scale * factor, c.node)

    def add(self, a: Cells, b: Cells, skip: bool = True) -> Cells:
        """a + b; with ``skip`` an absent part is left out, as a total does, else the result is absent."""
        shift = np.asarray(a.shift + b.shift)
        if skip and np.isnan(shift).any():
            shift = np.where(np.isnan(a.shift), b.shift, np.where(np.isnan(b.shift), a.shift, shift))
        if a.node is None and b.node is None:
            return Cells(shift)
        (sa, ba, na), (sb, bb, nb) = a.whole(shift.shape), b.whole(shift.shape)
        scale, node = (
            np.asarray(sa + sb),
            np.where(na < 0, nb, na),
        )  # right where one varies, or both with the same node
        both = (na >= 0) & (nb >= 0) & (na != nb)
        if both.any():
            terms = np.stack([na[both], nb[both]], axis=1).ravel()
            factors = np.stack([sa[both], sb[both]], axis=1).ravel()
            node[both] = self.nodes.sums(np.full(len(terms) // 2, 2), terms, factors)
            scale[both] = 1.0
        if skip and self.nodes.any_doubt:
            # Where a part may be no number in some draws, the sum looks at each draw; an absent constant is no part.
            doubtful = (self.doubtful(na) | self.doubtful(nb)) & ~np.isnan(ba) & ~np.isnan(bb)
            if doubtful.any():
                pairs = [
                    np.stack([p[doubtful], q[doubtful]], axis=1) for p, q in ((sa, sb), (ba, bb), (na, nb))
                ]
                node[doubtful] = self._guarded(*pairs)
                scale[doubtful], shift[doubtful] = 1.0, 0.0
        return self._settled(scale, shift, node)

    def total(self, c: Cells, axes: Sequence[int], skip: bool = True) -> Cells:
        """Sum over axes."""
        ndim = c.shift.ndim
        over = sorted(x % ndim for x in axes)
        rest = [i for i in range(ndim) if i not in over]
        shape = tuple(c.shape[i] for i in rest)
        groups = int(np.prod(shape, dtype=int))
        flat = c.each(lambda v: v.transpose(*rest, *over).reshape(groups, -1))
        gone = np.isnan(flat.shift)
        shift = np.where(gone, 0.0, flat.shift).sum(axis=1)
        absent = np.logical_and.reduce(gone, axis=1) if skip else np.logical_or.reduce(gone, axis=1)
        shift[absent] = np.nan
        if flat.node is None or flat.scale is None:
            return Cells(shift.reshape(shape))
        live = (flat.node >= 0) & ~absent[:, None]
        scale, node = self._joined(flat.scale, flat.node, live)
        if skip and self.nodes.any_doubt:
            doubtful = (live & self.doubtful(flat.node)).any(axis=1)
            if doubtful.any():
                node[doubtful] = self._guarded(
                    flat.scale[doubtful], flat.shift[doubtful], flat.node[doubtful]
                )
                scale[doubtful], shift[doubtful] = 1.0, 0.0
        return self._settled(scale, shift, node).each(lambda v: v.reshape(shape))

    def _joined(self, scale: Array, node: Array, live: Array) -> tuple[Array, Array]:
        """(scale, node) of the sums of the rows of (groups × parts) arrays, of the parts that are ``live``."""
        one = np.where(live, node, -1).max(axis=1, initial=-1)
        if ((node == one[:, None]) | ~live).all():  # as when twelve months vary together
            return np.where(live, scale, 0.0).sum(axis=1), one
        group, _ = np.nonzero(live)
        # Terms with the same node become one.
        keys, inverse = np.unique((group << 31) | node[live], return_inverse=True)
        factor = np.bincount(inverse, scale[live], minlength=len(keys))
        term, owner = keys & 0x7FFFFFFF, keys >> 31
        counts = np.bincount(owner, minlength=len(node))
        scales, nodes = np.zeros(len(node)), np.full(len(node), -1, np.int64)
        alone, several = counts[owner] == 1, counts > 1
        scales[owner[alone]], nodes[owner[alone]] = factor[alone], term[alone]
        scales[several] = 1.0
        nodes[several] = self.nodes.sums(counts[several], term[~alone], factor[~alone])
        return scales, nodes

    def multiply(self, a: Cells, b: Cells, zero: Array | None = None) -> Cells:
        """a × b; ``zero`` marks cells known to be zero whatever they are multiplied by."""
        shift = np.asarray(a.shift * b.shift)
        if zero is not None:
            shift = np.where(zero, 0.0, shift)
        if a.node is None and b.node is None:
            return Cells(shift)
        (sa, ba, na), (sb, bb, nb) = a.whole(shift.shape), b.whole(shift.shape)
        scale, node = np.asarray(sa * bb + sb * ba), np.where(na < 0, nb, na)  # right where one varies
        both = (na >= 0) & (nb >= 0)
        if both.any():
            p, m = self._pure(sa[both], ba[both], na[both])
            q, n = self._pure(sb[both], bb[both], nb[both])
            scale[both], shift[both] = p * q, 0.0
            node[both] = self.nodes.pair(PRODUCT, m, n)
        if zero is not None:
            scale, node = np.where(zero, 0.0, scale), np.where(zero, -1, node)
        return self._settled(scale, shift, node)

    def divide(self, a: Cells, b: Cells) -> Cells:
        """a ÷ b; absent where b is zero."""
        with np.errstate(all="ignore"):
            shift = np.asarray(a.shift / b.shift)
            shift = np.where(np.isfinite(shift), shift, np.nan)
            if a.node is None and b.node is None:
                return Cells(shift)
            (sa, ba, na), (sb, bb, nb) = a.whole(shift.shape), b.whole(shift.shape)
            scale = np.where(nb < 0, sa / bb, 0.0)
        node = np.where(nb < 0, na, -1)
        below = (nb >= 0) & ~np.isnan(ba)  # b varies
        nothing = below & (na < 0) & (ba == 0.0) & ~self.doubtful(nb)
        if nothing.any():
            nothing &= ~self.nodes.lumpy.data[nb]  # 0 ÷ 0 in some draws
        shift[nothing] = 0.0
        over = below & (na < 0) & ~nothing
        if over.any():
            q, n = self._pure(sb[over], bb[over], nb[over])
            node[over], scale[over], shift[over] = self.nodes.single(RECIPROCAL, n), ba[over] / q, 0.0
        both = below & (na >= 0)
        if both.any():
            p, m = self._pure(sa[both], ba[both], na[both])
            q, n = self._pure(sb[both], bb[both], nb[both])
            same = (m == n) & (
                self.nodes.kind.data[n] <= LOGNORMAL
            )  # drawn factors are not zero: they cancel
            quotient = np.full(len(m), -1, np.int64)
            quotient[~same] = self.nodes.pair(QUOTIENT, m[~same], n[~same])
            node[both] = quotient
            scale[both], shift[both] = np.where(same, 0.0, p / q), np.where(same, p / q, 0.0)
        return self._settled(scale, shift, node)

    def function(self, c: Cells, kind: int, f: Callable[[Array], Array], x: float = 0.0) -> Cells:
        """A function of one cell (POWER with exponent ``x``, EXP, LOG, ABS); absent where it gives no number."""
        with np.errstate(all="ignore"):
            after = np.asarray(f(c.shift))
        shift = np.where(np.isfinite(after), after, np.nan)
        if c.node is None:
            return Cells(shift)
        varies = c.node >= 0
        return self._computed(varies, self.nodes.single(kind, self.held(c, varies), x), shift)

    def extreme(self, a: Cells, b: Cells, greatest: bool) -> Cells:
        """min or max of two; absent where either is."""
        shift = np.asarray((np.maximum if greatest else np.minimum)(a.shift, b.shift))
        if a.node is None and b.node is None:
            return Cells(shift)
        varies = ((a.whole(shift.shape)[2] >= 0) | (b.whole(shift.shape)[2] >= 0)) & ~np.isnan(shift)
        kind = GREATEST if greatest else LEAST
        return self._computed(
            varies, self.nodes.pair(kind, self.held(a, varies), self.held(b, varies)), shift
        )

    def choose(self, which: Any, options: Sequence[Cells]) -> Cells:
        """Cell by cell the option with the number ``which``; absent where that is −1."""
        which = np.asarray(which)
        shape = np.broadcast_shapes(which.shape, *(o.shape for o in options))
        out = np.zeros(shape), np.full(shape, np.nan), np.full(shape, -1, np.int64)
        for i, option in enumerate(options):
            here = np.broadcast_to(which == i, shape)
            for target, source in zip(out, option.whole(), strict=True):
                np.copyto(target, source, where=here)
        return Cells.of(*out)

    def select(self, comparison: int, compare: Any, a: Cells, b: Cells, x: Cells, y: Cells) -> Cells:
        """x where a compares so with b, else y; absent where a or b is. Decided here where neither a nor b varies."""
        shape = np.broadcast_shapes(a.shape, b.shape, x.shape, y.shape)
        (_, ba, na), (_, bb, nb) = a.whole(shape), b.whole(shape)
        unknown = np.isnan(ba) | np.isnan(bb)
        out = self.choose(np.where(unknown, -1, np.where(compare(ba, bb), 0, 1)), (x, y))
        open_ = ((na >= 0) | (nb >= 0)) & ~unknown
        if not open_.any():
            return out
        scale, shift, node = (v.copy() for v in out.whole())
        node[open_] = self.nodes.select(comparison, *(self.held(c, open_) for c in (a, b, x, y)))
        scale[open_], shift[open_] = 1.0, 0.0
        return Cells.of(scale, shift, node)

    def held(self, c: Cells, mask: Array) -> Array:
        """Nodes that hold exactly the cells chosen, constants included, one-dimensional."""
        return self.nodes.lines(*c.where(mask))

    def doubtful(self, node: Array) -> Array:
        """Which may be no number in some draws; constants (−1) are not."""
        if not self.nodes.any_doubt:
            return np.zeros(node.shape, bool)
        return (node >= 0) & self.nodes.doubt.data[node]

    def _pure(self, scale: Array, shift: Array, node: Array) -> tuple[Array, Array]:
        """Varying cells, one-dimensional, as (scale, node) without a shift; no scale is zero."""
        moved = (shift != 0.0) | (scale == 0.0)
        if not moved.any():
            return scale, node
        node = node.copy()
        node[moved] = self.nodes.lines(scale[moved], shift[moved], node[moved])
        return np.where(moved, 1.0, scale), node

    def _guarded(self, scale: Array, shift: Array, node: Array) -> Array:
        """Guarded sums of the rows of (groups × parts) arrays; absent constants are left out."""
        varies = node >= 0
        there = ~varies & ~np.isnan(shift)
        constant = np.where(there, shift, 0.0).sum(axis=1)
        held = self.nodes.lines(scale[varies], shift[varies], node[varies])
        return self.nodes.guarded(varies.sum(axis=1), held, constant, np.logical_or.reduce(there, axis=1))

    @staticmethod
    def _computed(varies: Array, node: Array, shift: Array) -> Cells:
        """Cells that are exactly a node where they vary, and constant elsewhere."""
        nodes = np.full(varies.shape, -1, np.int64)
        nodes[varies] = node
        return Cells.of(np.where(varies, 1.0, 0.0), np.where(varies, 0.0, shift), nodes)

    def _settled(self, scale: Array, shift: Array, node: Array) -> Cells:
        """Cells that came out absent or constant after all are made so."""
        constant = (node < 0) | np.isnan(shift) | ((scale == 0.0) & ~self.doubtful(node))
        return Cells.of(np.where(constant, 0.0, scale), shift, np.where(constant, -1, node))
