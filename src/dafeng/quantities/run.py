"""A run: the whole graph evaluated once, with explanations, draws and changed runs on demand."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from dafeng.findings import Finding, Text
from dafeng.quantities import ops
from dafeng.quantities.draws import Sampler
from dafeng.quantities.evaluated import Evaluated
from dafeng.quantities.evidence import Key
from dafeng.quantities.explain import Explanation, MissingCell, explain, missing
from dafeng.quantities.values import Values

if TYPE_CHECKING:  # Numba takes half a second to import, and only draws need it
    from dafeng.quantities.kernel import Engine, Kernel

#: Makes a run that differs from another: drivers, evidence cells, choices.
Change = Callable[
    ["Run", Mapping[str, Mapping[str, Any]], Mapping[tuple[str, Key], float | None], Mapping[str, str]], "Run"
]

#: Cells × draws of one array in a chunk: small enough for the cache, large enough to hide the calls.
_CHUNK_CELLS = 1 << 17


class Run:
    """Values of every quantity under one scenario and one set of choices. Made by ``Model.run``."""

    def __init__(self, evaluated: Evaluated, change: Change, draws: int = 0, seed: int = 0):
        self.evaluated, self._change = evaluated, change
        self.compiled, self.context = evaluated.compiled, evaluated.context
        self.choices, self.scenario = dict(evaluated.choices), evaluated.scenario
        self.leaves, self.evidence = evaluated.leaves, evaluated.evidence
        self.draws, self.seed = draws, seed
        self.draw_notes: list[Finding] = []
        self._drawn: dict[tuple[str, int, int], tuple[str, np.ndarray]] = {}
        self._kernels: dict[tuple[str, ...], Kernel] = {}
        self._samplers: dict[tuple[int, int], Sampler] = {}

    def __contains__(self, name: str) -> bool:
        return name in self.evaluated

    def __getitem__(self, name: str) -> Values:
        return self.evaluated[name]

    def explain(self, name: str, depth: int | None = None, **coords: Any) -> Explanation:
        return explain(self.evaluated, name, coords, depth)

    def missing(self, name: str, **coords: Any) -> list[MissingCell]:
        return missing(self.evaluated, name, coords)

    def with_changes(
        self,
        drivers: Mapping[str, Mapping[str, Any]] | None = None,
        evidence: Mapping[tuple[str, Key], float | None] | None = None,
        choices: Mapping[str, str] | None = None,
    ) -> Run:
        """A run that differs in some drivers, cells or choices; only what they reach is computed anew."""
        return self._change(self, drivers or {}, evidence or {}, choices or {})

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
                return "kernel", kernel.draw(
                    self.evaluated, names, self.sampler(n, seed), self._kernels, threads
                )
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
