"""Nodes: what must be computed in every draw, each once. See flatten.py for how they come about."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from dafeng.quantities.draws import Z95

Array = NDArray[Any]

# Kinds of nodes. NORMAL and LOGNORMAL are drawn factors of mean 1: ``first`` is the row of normals, ``x`` the spread.
# All others have ``count`` operands from ``first`` in the list of operands, each with a coefficient. LINEAR: Σ coefficient
# × operand + x. GUARDED: the same leaving out what is no number; y = 1 where the constant x is there at all. SELECT: four
# operands (left, right, then, otherwise), x = comparison. POWER: x = exponent.
KINDS = (
    *("normal", "lognormal", "linear", "product", "quotient", "reciprocal", "power"),
    *("exp", "log", "abs", "least", "greatest", "select", "guarded"),
)
NORMAL, LOGNORMAL, LINEAR, PRODUCT, QUOTIENT, RECIPROCAL, POWER = range(7)
EXP, LOG, ABS, LEAST, GREATEST, SELECT, GUARDED = range(7, 14)

# The numbers are known to tape.py.
COMPARISONS: Mapping[Any, int] = {
    np.less: 0,
    np.less_equal: 1,
    np.greater: 2,
    np.greater_equal: 3,
    np.equal: 4,
}


class _Column:
    """An array that grows at its end."""

    def __init__(self, dtype: Any):
        self._data = np.empty(256, dtype)
        self.size = 0

    def extend(self, values: Any, count: int) -> None:
        end = self.size + count
        if end > len(self._data):
            bigger = np.empty(max(end, 2 * len(self._data)), self._data.dtype)
            bigger[: self.size] = self._data[: self.size]
            self._data = bigger
        self._data[self.size : end] = values
        self.size = end

    @property
    def data(self) -> NDArray[Any]:
        return self._data[: self.size]


class Nodes:
    """All nodes made so far, column by column (see the kinds above).

    ``plain`` is the value in the plain run. ``doubt``: the node may be no number in some draws. ``lumpy``: it may be
    the same number, zero say, in many draws, since min, max or where is under it; what is drawn otherwise is never
    exactly zero. With ``careful`` every quotient, power and function is doubtful.
    """

    def __init__(self, careful: bool = False):
        self.careful = careful
        self.kind, self.first, self.count = _Column(np.int8), _Column(np.int64), _Column(np.int64)
        self.x, self.y = _Column(np.float64), _Column(np.float64)
        self.plain, self.doubt, self.lumpy = _Column(np.float64), _Column(np.bool_), _Column(np.bool_)
        self.operand, self.coefficient = _Column(np.int64), _Column(np.float64)
        self.any_doubt = False
        self._factors: dict[complex, int] = {}
        self._pairs: dict[int, dict[int, int]] = {}
        self._singles: dict[tuple[int, float], dict[int, int]] = {}
        self._lines: dict[tuple[int, float, float], int] = {}

    def __len__(self) -> int:
        return self.kind.size

    def make(
        self,
        many: int,
        kind: Any,
        first: Any,
        count: Any,
        plain: Any,
        doubt: Any,
        lumpy: Any,
        x: Any = 0.0,
        y: Any = 0.0,
    ) -> Array:
        """``many`` new nodes. Those without a number in the plain run are doubtful whatever ``doubt`` says."""
        doubt = doubt | ~np.isfinite(plain)
        at = self.kind.size
        for column, values in (
            (self.kind, kind),
            (self.first, first),
            (self.count, count),
            (self.plain, plain),
            (self.doubt, doubt),
            (self.lumpy, lumpy),
            (self.x, x),
            (self.y, y),
        ):
            column.extend(values, many)
        self.any_doubt = self.any_doubt or bool(np.logical_or.reduce(doubt))
        return np.arange(at, at + many)

    def operands(self, nodes: Array, coefficients: Any = 1.0) -> int:
        """Add to the list of operands; where they start."""
        at = self.operand.size
        self.operand.extend(nodes, len(nodes))
        self.coefficient.extend(coefficients, len(nodes))
        return at

    def factors(self, rows: Array, spread: Array) -> Array:
        """Drawn factors, one-dimensional: one node for each (row of normals, spread)."""
        if (spread == spread[0]).all():  # as a rule; then the rows alone tell the factors apart
            low = int(rows.min())
            keys, inverse = np.arange(low, int(rows.max()) + 1) + 1j * spread[0], rows - low
        else:
            keys, inverse = np.unique(rows + 1j * spread, return_inverse=True)
        new = [k for k in keys.tolist() if k not in self._factors]
        if new:
            row, width = np.real(new).astype(np.int64), np.imag(new)
            kind = np.where(width * Z95 > 0.3, LOGNORMAL, NORMAL)
            made = self.make(len(new), kind, row, 0, np.ones(len(new)), False, False, width)
            self._factors.update(zip(new, made.tolist(), strict=True))
        return np.array([self._factors[key] for key in keys.tolist()])[inverse]

    def pair(self, kind: int, left: Array, right: Array) -> Array:
        """PRODUCT, QUOTIENT, LEAST or GREATEST of nodes, one-dimensional; the same pair gives the same node."""
        if kind != QUOTIENT:
            left, right = np.minimum(left, right), np.maximum(left, right)
        keys, inverse = np.unique((left << 31) | right, return_inverse=True)
        known = self._pairs.setdefault(kind, {})
        new = np.array([k for k in keys.tolist() if k not in known], np.int64)
        if len(new):
            parts = np.stack([new >> 31, new & 0x7FFFFFFF])
            p, q = self.plain.data[parts]
            doubt, lumpy = self.doubt.data[parts].any(axis=0), self.lumpy.data[parts].any(axis=0)
            if kind == QUOTIENT:
                doubt |= self.lumpy.data[parts[1]] | self.careful
            with np.errstate(all="ignore"):
                if kind == PRODUCT:
                    plain = p * q
                elif kind == QUOTIENT:
                    plain = p / q
                else:
                    plain = np.maximum(p, q) if kind == GREATEST else np.minimum(p, q)
            first = self.operands(parts.T.ravel()) + 2 * np.arange(len(new))
            made = self.make(len(new), kind, first, 2, plain, doubt, lumpy | (kind in (LEAST, GREATEST)))
            known.update(zip(new.tolist(), made.tolist(), strict=True))
        return np.array([known[k] for k in keys.tolist()])[inverse]

    def single(self, kind: int, operand: Array, x: float = 0.0) -> Array:
        """RECIPROCAL, POWER (exponent ``x``), EXP, LOG or ABS of nodes, one-dimensional."""
        keys, inverse = np.unique(operand, return_inverse=True)
        known = self._singles.setdefault((kind, x), {})
        new = np.array([k for k in keys.tolist() if k not in known], np.int64)
        if len(new):
            p = self.plain.data[new]
            with np.errstate(all="ignore"):
                if kind == RECIPROCAL:
                    plain = 1.0 / p
                elif kind == POWER:
                    plain = p**x
                else:
                    plain = {EXP: np.exp, LOG: np.log, ABS: np.abs}[kind](p)
            doubt, lumpy = self.doubt.data[new], self.lumpy.data[new]
            if kind == LOG or (kind == POWER and x != int(x)) or (self.careful and kind != ABS):
                doubt = np.ones_like(doubt)
            elif kind == RECIPROCAL or (kind == POWER and x < 0):
                doubt = doubt | lumpy
            first = self.operands(new) + np.arange(len(new))
            made = self.make(len(new), kind, first, 1, plain, doubt, lumpy, x)
            known.update(zip(new.tolist(), made.tolist(), strict=True))
        return np.array([known[k] for k in keys.tolist()])[inverse]

    def lines(self, scale: Array, shift: Array, node: Array) -> Array:
        """Nodes that hold scale × node + shift, one-dimensional; a constant (node −1) becomes a node too."""
        out = node.copy()
        other = np.flatnonzero((scale != 1.0) | (shift != 0.0) | (node < 0))
        if not len(other):
            return out
        parts = node[other].tolist(), scale[other].tolist(), shift[other].tolist()
        keys = list(zip(*parts, strict=True))
        new = [k for k in dict.fromkeys(keys) if k not in self._lines]
        if new:
            k, s, c = (np.array(x) for x in zip(*new, strict=True))
            varies = k >= 0
            first = self.operands(k[varies], s[varies]) + np.cumsum(varies) - varies
            plain = np.where(varies, s * self.plain.data[k], 0.0) + c if varies.any() else c
            doubt, lumpy = np.zeros(len(new), bool), ~varies
            doubt[varies], lumpy[varies] = self.doubt.data[k[varies]], self.lumpy.data[k[varies]]
            made = self.make(len(new), LINEAR, first, varies, plain, doubt, lumpy, c)
            self._lines.update(zip(new, made.tolist(), strict=True))
        out[other] = [self._lines[key] for key in keys]
        return out

    def sums(self, counts: Array, node: Array, factor: Array) -> Array:
        """LINEAR nodes, one for each run of ``counts`` terms factor × node."""
        starts = np.cumsum(counts) - counts
        plain = np.add.reduceat(factor * self.plain.data[node], starts)
        doubt = np.logical_or.reduceat(self.doubt.data[node], starts)
        lumpy = np.logical_or.reduceat(self.lumpy.data[node], starts)
        first = self.operands(node, factor) + starts
        return self.make(len(counts), LINEAR, first, counts, plain, doubt, lumpy)

    def guarded(self, counts: Array, node: Array, constant: Array, there: Array) -> Array:
        """GUARDED nodes, one for each run of ``counts`` nodes, with a constant where ``there``."""
        starts = np.cumsum(counts) - counts
        parts = self.plain.data[node]
        gone = np.isnan(parts)
        plain = np.add.reduceat(np.where(gone, 0.0, parts), starts) + constant
        plain = np.where(np.logical_and.reduceat(gone, starts) & ~there, np.nan, plain)
        first = self.operands(node) + starts
        return self.make(len(counts), GUARDED, first, counts, plain, ~there, True, constant, there)

    def select(self, comparison: int, left: Array, right: Array, then: Array, otherwise: Array) -> Array:
        """SELECT nodes: ``then`` where the comparison holds, else ``otherwise``."""
        parts = np.stack([left, right, then, otherwise], axis=1)
        p, doubt = self.plain.data[parts], self.doubt.data[parts].any(axis=1)
        compare = next(f for f, code in COMPARISONS.items() if code == comparison)
        plain = np.where(compare(p[:, 0], p[:, 1]), p[:, 2], p[:, 3])
        plain[np.isnan(p[:, 0]) | np.isnan(p[:, 1])] = np.nan
        first = self.operands(parts.ravel()) + 4 * np.arange(len(left))
        return self.make(len(left), SELECT, first, 4, plain, doubt, True, float(comparison))
