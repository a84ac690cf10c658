"""A run: the whole graph evaluated once, with draws and changed runs on demand."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from dafeng.findings import Finding, Text
from dafeng.quantities import ops
from dafeng.quantities.draws import Sampler
from dafeng.quantities.evidence import Key, Series
from dafeng.quantities.leaves import Leaf
from dafeng.quantities.program import Compiled, Program
from dafeng.quantities.states import ABSENT, is_incomplete, marks_of, state_of

if TYPE_CHECKING:
    from dafeng.quantities.explain import Explanation, MissingCell
    from dafeng.quantities.kernel import Engine, Kernel
    from dafeng.quantities.model import Model

#: Cells × draws of one array in a chunk: small enough for the cache, large enough to hide the calls.
_CHUNK_CELLS = 1 << 17


@dataclass(frozen=True)
class Cell:
    """One value: ``value`` is None where there is no number."""

    value: float | None
    unit: str
    state: str
    marks: tuple[str, ...]
    flags: int

    @property
    def incomplete(self) -> bool:
        return self.value is not None and bool(self.flags & ABSENT)

    @property
    def complete(self) -> bool:
        return self.value is not None and not self.flags & ABSENT

    @classmethod
    def of(cls, value: float, flags: int, unit: str) -> Cell:
        return cls(
            None if math.isnan(value) else value, unit, state_of(value, flags), tuple(marks_of(flags)), flags
        )


class Values:
    """All cells of a quantity: ``values`` (float64, NaN = none) and ``flags`` with the same shape, axes named by ``dims``."""

    def __init__(
        self, program: Program, values: np.ndarray, flags: np.ndarray, members: Mapping[str, Sequence[str]]
    ):
        self.quantity = program.quantity
        self.dims, self.unit = program.dims, program.quantity.unit
        self.values, self.flags = values, flags
        self._members = members

    def members(self, dim: str) -> Sequence[str]:
        return self._members[dim]

    def key(self, coords: Mapping[str, Any]) -> Key:
        """Index of a cell by member ids. Raises KeyError naming the dimension that is missing or the member that is unknown."""
        out: list[int] = []
        for dim in self.dims:
            if dim not in coords:
                raise KeyError(dim)
            try:
                out.append(self._members[dim].index(str(coords[dim])))
            except ValueError:
                raise KeyError(f"{dim}={coords[dim]}") from None
        return tuple(out)

    def at(self, **coords: Any) -> Cell:
        key = self.key(coords)
        return Cell.of(float(self.values[key]), int(self.flags[key]), self.unit)

    def series(self, **coords: Any) -> list[tuple[int, Cell]]:
        """(year, cell) for every year at the other coordinates."""
        return [(int(y), self.at(year=y, **coords)) for y in self._members["year"]]

    def rows(self) -> Iterable[tuple[dict[str, str], Cell]]:
        """Every cell with its coordinates, in the order of the axes."""
        for key in np.ndindex(*self.values.shape):
            coords = {d: self._members[d][i] for d, i in zip(self.dims, key, strict=True)}
            yield coords, Cell.of(float(self.values[key]), int(self.flags[key]), self.unit)

    def incomplete_keys(self) -> list[Key]:
        return [
            k
            for k in np.ndindex(*self.values.shape)
            if is_incomplete(float(self.values[k]), int(self.flags[k]))
        ]


class Run:
    """Values of every quantity under one scenario and one set of choices. Made by ``Model.run``."""

    def __init__(
        self,
        model: Model,
        compiled: Compiled,
        choices: Mapping[str, str],
        scenario: str,
        context: ops.Context,
        leaves: Mapping[str, Leaf],
        series: Mapping[str, Series],
        draws: int = 0,
        seed: int = 0,
    ):
        self.model, self.compiled, self.choices, self.scenario = model, compiled, dict(choices), scenario
        self.context, self.leaves, self.evidence = context, leaves, series
        self.draws, self.seed = draws, seed
        self.draw_notes: list[Finding] = []
        self._drawn: dict[tuple[str, int, int], tuple[str, np.ndarray]] = {}
        self._kernels: dict[tuple[str, ...], Kernel] = {}
        self._samplers: dict[tuple[int, int], Sampler] = {}

    def __contains__(self, name: str) -> bool:
        return name in self.compiled.programs

    def __getitem__(self, name: str) -> Values:
        program = self.compiled.programs[name]
        return Values(program, self.context.values[name], self.context.flags[name], self.model.members)

    def explain(self, name: str, depth: int | None = None, **coords: Any) -> Explanation:
        from dafeng.quantities.explain import explain

        return explain(self, name, coords, depth)

    def missing(self, name: str, **coords: Any) -> list[MissingCell]:
        from dafeng.quantities.explain import missing

        return missing(self, name, coords)

    def with_changes(
        self,
        drivers: Mapping[str, Mapping[str, Any]] | None = None,
        evidence: Mapping[tuple[str, Key], float | None] | None = None,
        choices: Mapping[str, str] | None = None,
    ) -> Run:
        """A run that differs in some drivers, cells or choices; only what they reach is computed anew."""
        return self.model.changed_run(self, drivers or {}, evidence or {}, choices or {})

    # Draws --------------------------------------------------------------------------------------------------

    def draws_of(self, name: str) -> np.ndarray:
        """All draws of a quantity, draw axis first. Equals the plain values in every draw where nothing varies."""
        return self.draw([name])[name]

    def sampler(self, n: int, seed: int) -> Sampler:
        """One sampler for all leaves, so that a leaf varies alike whichever quantities are asked for."""
        if (n, seed) not in self._samplers:
            leaves = [p for p in self.compiled.programs.values() if p.op is None]
            self._samplers[n, seed] = Sampler(leaves, self.context.flags, n, seed)
        return self._samplers[n, seed]

    def draw(
        self,
        names: Sequence[str],
        n: int | None = None,
        seed: int | None = None,
        engine: Engine = "auto",
        threads: int = 1,
    ) -> dict[str, np.ndarray]:
        """Draws of several quantities, ``n`` each, draw axis first; kept for the next call with the same ``n`` and ``seed``.

        ``engine``: ``"numpy"`` runs the operations on arrays of draws; ``"kernel"`` compiles the graph for these
        outputs (kernel.py; ``threads`` share the draws); ``"auto"`` takes the kernel where it pays (``kernel.choose``).
        Both give the same numbers within rounding. What the kernel cannot do NumPy does, and ``draw_notes`` says so.
        """
        n = n or self.draws or 1000
        seed = self.seed if seed is None else seed
        lacking = [
            q
            for q in names
            if (q, n, seed) not in self._drawn or engine not in ("auto", self._drawn[q, n, seed][0])
        ]
        if lacking:
            used, drawn = self._draw(lacking, n, seed, engine, threads)
            self._drawn.update({(q, n, seed): (used, values) for q, values in drawn.items()})
        return {q: self._drawn[q, n, seed][1] for q in names}

    def engine_of(self, name: str, n: int | None = None, seed: int | None = None) -> str:
        """Which engine made the draws kept of a quantity: ``"numpy"`` or ``"kernel"``. KeyError where none are kept."""
        return self._drawn[name, n or self.draws or 1000, self.seed if seed is None else seed][0]

    def _draw(
        self, names: Sequence[str], n: int, seed: int, engine: Engine, threads: int
    ) -> tuple[str, dict[str, np.ndarray]]:
        from dafeng.quantities import kernel

        if engine == "auto":
            cells = kernel.varying_cells(self.compiled, names, self.sampler(n, seed))
            engine = "kernel" if tuple(names) in self._kernels else kernel.choose(cells, n)
        if engine == "kernel":
            try:
                return "kernel", kernel.draw(self, names, self.sampler(n, seed), self._kernels, threads)
            except kernel.NotFlat as e:
                note = Finding("draws.numpy", "note", ", ".join(names), Text(*e.reason))
                if note not in self.draw_notes:
                    self.draw_notes.append(note)
        return "numpy", self._draw_arrays(names, n, seed)

    def _draw_arrays(self, names: Sequence[str], n: int, seed: int) -> dict[str, np.ndarray]:
        """Draws by the operations themselves, in chunks that fit the cache."""
        programs = self.compiled.programs
        needed = self.compiled.needed_by(set(names))
        sampler = self.sampler(n, seed)
        varying = self.compiled.reached_by(set(sampler.spread) & needed) & needed
        work = [p for q, p in programs.items() if q in varying]
        last_use = {need: p.quantity.id for p in work for need in p.needs}
        # Draw axis in front, contiguous along it, as everything drawn is.
        out = {q: np.moveaxis(np.empty((*programs[q].shape, n)), -1, 0) for q in names}
        largest = max((math.prod(p.shape) for p in work), default=1)
        step = max(32, min(n, _CHUNK_CELLS // max(largest, 1)))
        for start in range(0, n, step):
            chunk = slice(start, min(n, start + step))
            values = dict(self.context.values)
            context = ops.Context(values, self.context.flags, self.context.memo, drawing=True)
            for p in work:
                q = p.quantity.id
                values[q] = (
                    sampler.draw(p, self.context.values[q], chunk) if p.op is None else p.op.run(context)[0]
                )
                for need in p.needs:
                    if last_use.get(need) == q and need in varying and need not in out:
                        values[need] = self.context.values[need]  # free the drawn array
            for q in names:
                out[q][chunk] = values[q]
        return out


def evaluate(compiled: Compiled, context: ops.Context, names: Iterable[str] | None = None) -> None:
    """Compute formulas in running order into the context; ``names`` limits it to those."""
    wanted = None if names is None else set(names)
    for name, program in compiled.programs.items():
        if program.op is None or (wanted is not None and name not in wanted):
            continue
        v, f = program.op.run(context)
        assert f is not None
        if v.shape != program.shape:
            v = np.broadcast_to(v, program.shape)
        if f.shape != program.shape:
            f = np.broadcast_to(f, program.shape)
        context.values[name], context.flags[name] = v, f
