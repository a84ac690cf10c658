"""Draws by the compiled kernel: the graph taken apart (flatten.py), put on a tape and played (tape.py).

Playing needs Numba, which takes half a second to import and some ten seconds to compile the first time on a
machine; nothing here imports it before a kernel is asked for. ``choose`` decides for ``engine="auto"``.
See docs/design/kernel.md.
"""

from __future__ import annotations

import math
import sys
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Literal

import numpy as np

from dafeng.quantities.compile import Compiled, Program
from dafeng.quantities.draws import Sampler
from dafeng.quantities.flatten import Flattener, NotFlat
from dafeng.quantities.nodes import LOGNORMAL, Nodes

if TYPE_CHECKING:
    from dafeng.quantities.evaluated import Evaluated
    from dafeng.quantities.tape import Tape

__all__ = ["Engine", "Kernel", "NotFlat", "choose", "draw", "kept_on_disk", "loaded", "varying_cells", "warm"]

Engine = Literal["numpy", "kernel", "auto"]

#: Draws of a block: a register is 2 kB, so that some five hundred registers stay in a cache of 1 MB.
BLOCK = 256
#: From how many varying cells × draws the kernel is quicker, by what has to be done before it plays: taking the graph
#: apart (half a microsecond a cell; NumPy needs 1.5 to 4 ns a cell and draw), loading the kernel, compiling it.
LOADED, ON_DISK, TO_COMPILE = 2_000_000, 300_000_000, 4_000_000_000
#: With fewer draws taking the graph apart costs more than it saves, however many cells there are.
DRAWS = 400


def choose(cells: int, draws: int) -> Literal["numpy", "kernel"]:
    """The engine for so many varying cells and draws: NumPy for little, the kernel for much.

    What is much depends on this process: whether it has the kernel loaded (``warm``), could load it from the disk
    in about a second, or would have to compile it in about ten.
    """
    work = cells * draws
    if draws < DRAWS or work < LOADED:
        return "numpy"
    if loaded():
        return "kernel"
    if work < ON_DISK:
        return "numpy"
    return "kernel" if work >= TO_COMPILE or kept_on_disk() else "numpy"


def loaded() -> bool:
    """Whether this process has played a tape already."""
    tape = sys.modules.get("dafeng.quantities.tape")
    return tape is not None and bool(tape.play.signatures)


def kept_on_disk() -> bool:
    """Whether the compiled kernel lies on the disk. Imports Numba."""
    from dafeng.quantities import tape

    folder = tape.play.stats.cache_path
    return bool(folder) and any(Path(folder).glob("tape.play-*.nbc"))


def warm() -> None:
    """Load or compile the kernel now, so that ``choose`` counts on it; a server does so in a thread when it starts."""
    nodes = Nodes()
    node = nodes.factors(np.zeros(1, np.int64), np.full(1, 0.1))
    first = np.zeros(1, np.int64)
    tape = _schedule(nodes, node, first, np.ones(1), np.zeros(1))
    _play(tape, np.zeros((1, 1)), np.zeros((0, 1)), np.empty((1, 1)), 1)


def varying_quantities(compiled: Compiled, names: Sequence[str], sampler: Sampler) -> set[str]:
    """The quantities that vary among those that ``names`` are computed from."""
    needed = compiled.needed_by(set(names))
    return compiled.reached_by(set(sampler.spread) & needed) & needed


def varying_cells(compiled: Compiled, names: Sequence[str], sampler: Sampler) -> int:
    """How many cells NumPy would compute in every draw."""
    return sum(math.prod(compiled.programs[q].shape) for q in varying_quantities(compiled, names, sampler))


@dataclass(frozen=True)
class Kernel:
    """The tape for some outputs of one run: constants of the plain run are folded into it.

    ``names``, ``shapes``: the outputs, whose cells stand one after the other in the result. ``constants`` has one
    value for each of those cells, which counts where the tape writes none (``varying`` are the cells it writes).
    ``cells`` is how many cells of the graph vary by quantity, ``nodes`` how many different values were found in them,
    ``instructions`` how many are carried out for every draw.
    """

    names: tuple[str, ...]
    shapes: tuple[tuple[int, ...], ...]
    tape: Tape
    varying: np.ndarray
    constants: np.ndarray
    lognormals: tuple[tuple[int, float], ...]  # (row of normals, spread)
    cells: int
    nodes: int
    careful: bool

    @property
    def instructions(self) -> int:
        return len(self.tape.code)

    @classmethod
    def compile(cls, run: Evaluated, names: Sequence[str], sampler: Sampler, careful: bool = False) -> Kernel:
        """The kernel for ``names``. Raises NotFlat with the reason where a quantity cannot be taken apart."""
        programs = run.compiled.programs
        varying = varying_quantities(run.compiled, names, sampler)
        read = {need for q in varying for need in programs[q].needs} | set(names)
        flat = Flattener(run.context, sampler, careful)
        for name, program in programs.items():
            if name in varying or name in read:
                flat.quantity(program, name in varying)
        wholes = [flat.done[q].whole() for q in names]
        scale, shift, node = (np.concatenate([w[i].ravel() for w in wholes]) for i in range(3))
        written = np.flatnonzero(node >= 0)
        # The tape walks from the outputs in this order. Graphs run along the years: year by year few registers do.
        years = np.concatenate([_years(programs[q]).ravel() for q in names])
        written = written[np.argsort(years[written], kind="stable")]
        nodes = flat.nodes
        wide = np.flatnonzero(nodes.kind.data == LOGNORMAL)
        return cls(
            tuple(names),
            tuple(programs[q].shape for q in names),
            _schedule(nodes, node[written], written, scale[written], shift[written]),
            written,
            shift,
            tuple((int(nodes.first.data[i]), float(nodes.x.data[i])) for i in wide),
            sum(math.prod(programs[q].shape) for q in varying),
            len(nodes),
            careful,
        )

    def play(self, sampler: Sampler, threads: int = 1) -> tuple[dict[str, np.ndarray], int]:
        """(all draws of the outputs, draw axis first and contiguous; results that were no number without warning).

        Where the second is not zero the draws are void: compile again with ``careful``.
        """
        n = sampler.n
        result = np.empty((len(self.constants), n))
        fixed = np.ones(len(self.constants), bool)
        fixed[self.varying] = False
        result[fixed] = self.constants[fixed, None]
        lognormals = np.empty((len(self.lognormals), n))
        for i, (row, spread) in enumerate(self.lognormals):  # as Sampler.draw has it, to the last bit
            s = np.sqrt(np.log1p(spread**2))
            lognormals[i] = np.exp(s * sampler.z[row] - s * s / 2)
        surprises = _play(self.tape, sampler.z, lognormals, result, threads)
        out: dict[str, np.ndarray] = {}
        at = 0
        for name, shape in zip(self.names, self.shapes, strict=True):
            size = math.prod(shape)
            out[name] = np.moveaxis(result[at : at + size].reshape(*shape, n), -1, 0)
            at += size
        return out, surprises


def _years(program: Program) -> np.ndarray:
    """Index of the year of each cell; 0 where there are no years."""
    year = np.arange(dict(zip(program.dims, program.shape, strict=True)).get("year", 1))
    return np.broadcast_to(year.reshape([-1 if d == "year" else 1 for d in program.dims]), program.shape)


def draw(
    run: Evaluated,
    names: Sequence[str],
    sampler: Sampler,
    kept: dict[tuple[str, ...], Kernel],
    threads: int = 1,
) -> dict[str, np.ndarray]:
    """Draws of ``names`` by the kernel; ``kept`` are the kernels of this run. Raises NotFlat."""
    key = tuple(names)
    if key not in kept:
        kept[key] = Kernel.compile(run, names, sampler)
    drawn, surprises = kept[key].play(sampler, threads)
    if surprises:  # a quotient met zero, or the like, in some draw: from now on every sum of such looks out
        kept[key] = Kernel.compile(run, names, sampler, careful=True)
        drawn, _ = kept[key].play(sampler, threads)
    return drawn


def _schedule(
    nodes: Nodes, store: np.ndarray, rows: np.ndarray, scale: np.ndarray, shift: np.ndarray
) -> Tape:
    from dafeng.quantities import tape

    first = nodes.first.data.copy()
    wide = nodes.kind.data == LOGNORMAL
    first[wide] = np.arange(np.count_nonzero(wide))  # log-normal factors are read from a table of their own
    columns = (nodes.count, nodes.x, nodes.y, nodes.doubt, nodes.operand, nodes.coefficient)
    arrays = tape.schedule(nodes.kind.data, first, *(c.data for c in columns), store, rows, scale, shift)
    return tape.Tape(*arrays)


def _play(t: Tape, normals: np.ndarray, lognormals: np.ndarray, result: np.ndarray, threads: int) -> int:
    """Play the tape for all columns of ``result``; the draws are shared out to threads in whole blocks."""
    from dafeng.quantities import tape

    n = result.shape[1]

    def part(first: int, last: int) -> int:
        room = np.empty((max(t.registers, 1), min(BLOCK, n)))
        return int(tape.play(*t[:-1], normals, lognormals, result, first, last, room))

    blocks = math.ceil(n / BLOCK)
    threads = max(1, min(threads, blocks))
    if threads == 1:
        return part(0, n)
    bounds = [min(n, BLOCK * (blocks * i // threads)) for i in range(threads + 1)]
    with ThreadPoolExecutor(threads) as pool:
        return sum(pool.map(part, bounds[:-1], bounds[1:]))
