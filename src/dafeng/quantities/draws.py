"""Random draws of the leaves: which cells vary together, and by how much.

One standard-normal variable stands for a leaf as a whole (a scale, a meter, a statistic is wrong in the same
direction in every cell), or one for each member of the dimensions that the definition calls independent.
Points come from a scrambled Sobol sequence, so that few draws cover much; the seed fixes them.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from functools import lru_cache

import numpy as np

from dafeng.quantities.program import Program
from dafeng.quantities.states import Flag

#: Half-width of a 95 % interval in standard deviations.
Z95 = 1.959963984540054
_SOBOL_LIMIT = 21201
#: As many points are kept for the next run: 16 MB of them.
_POINTS_KEPT = 1 << 21


def spread_of(program: Program, flags: np.ndarray) -> np.ndarray | None:
    """Standard deviation of every cell as a share of its value; None when nothing varies."""
    u = program.quantity.uncertainty
    if not (u.relative or u.estimated or u.default):
        return None
    share = np.full(flags.shape, u.relative)
    if u.estimated is not None:
        share = np.where(flags & int(Flag.ESTIMATED | Flag.PROJECTED | Flag.NOWCAST) != 0, u.estimated, share)
    if u.default is not None:
        share = np.where(flags & int(Flag.DEFAULT) != 0, u.default, share)
    return share / Z95 if share.any() else None


def _points(width: int, n: int, seed: int) -> np.ndarray:
    """(width, n) standard-normal points, one row a variable."""
    if width == 0:
        return np.empty((0, n))
    if width > _SOBOL_LIMIT:
        return np.random.default_rng(seed).standard_normal((width, n))
    from scipy.special import ndtri
    from scipy.stats import qmc

    engine = qmc.Sobol(width, scramble=True, rng=np.random.default_rng(seed))
    uniform = engine.random_base2(max(1, math.ceil(math.log2(n))))[:n]
    z = np.ascontiguousarray(ndtri(np.clip(uniform, 1e-12, 1 - 1e-12)).T)
    z.flags.writeable = False
    return z


_kept_points = lru_cache(maxsize=4)(_points)


#: An absolute spread is drawn as a part that varies by this share plus one that does not, so that leaves of both
#: kinds are made of the same normal factors. A power of two: nothing is rounded by it.
ABSOLUTE_SHARE = 0.125


class Sampler:
    """Draws for the leaves named, ``n`` of them from ``seed``; the same call gives the same numbers."""

    def __init__(self, programs: Sequence[Program], flags: Mapping[str, np.ndarray], n: int, seed: int):
        self.n = n
        self.spread: dict[str, np.ndarray] = {}
        self.varying_part: dict[str, float] = {}  # of leaves with an absolute spread, in their unit
        self.columns: dict[str, slice] = {}
        width = 0
        for program in programs:
            name = program.quantity.id
            if absolute := program.quantity.uncertainty.absolute:
                self.varying_part[name] = absolute / Z95 / ABSOLUTE_SHARE
                spread: np.ndarray | None = np.full(program.shape, ABSOLUTE_SHARE)
            else:
                spread = spread_of(program, flags[name])
            if spread is None:
                continue
            count = math.prod(
                s
                for d, s in zip(program.dims, program.shape, strict=True)
                if d in program.quantity.uncertainty.independent
            )
            self.spread[name] = spread
            self.columns[name] = slice(width, width + count)
            width += count
        # Runs that differ in a driver have the same points; very many are not worth keeping.
        self.z = (_kept_points if width * n <= _POINTS_KEPT else _points)(width, n, seed)

    def rows(self, program: Program) -> np.ndarray:
        """Row of ``z`` that each cell of the leaf varies with."""
        independent = program.quantity.uncertainty.independent
        columns = self.columns[program.quantity.id]
        shape = [s if d in independent else 1 for d, s in zip(program.dims, program.shape, strict=True)]
        return np.broadcast_to(np.arange(columns.start, columns.stop).reshape(shape), program.shape)

    def draw(self, program: Program, values: np.ndarray, chunk: slice) -> np.ndarray:
        """Values of the leaf in the draws of ``chunk``: draw axis first, contiguous in memory along it."""
        name = program.quantity.id
        independent = program.quantity.uncertainty.independent
        z = self.z[self.columns[name], chunk]
        z = z.reshape(
            *(s if d in independent else 1 for d, s in zip(program.dims, program.shape, strict=True)),
            z.shape[-1],
        )
        if (part := self.varying_part.get(name)) is not None:
            return np.moveaxis((values[..., None] - part) + part * (1 + ABSOLUTE_SHARE * z), -1, 0)
        v, share = values[..., None], self.spread[name][..., None]
        first = share.flat[0]
        if (share == first).all():  # the same everywhere: the factors are as few as the normals
            share = first
        wide = share * Z95 > 0.3
        if not np.any(wide):
            drawn = v * (1 + share * z)
        else:  # log-normal with the same mean and standard deviation: never below zero
            s = np.sqrt(np.log1p(share**2))
            drawn = v * np.exp(s * z - s * s / 2)
            if not np.all(wide):
                drawn = np.where(wide, drawn, v * (1 + share * z))
        return np.moveaxis(drawn, -1, 0)
