"""The graph evaluated once: whole model, one changed driver, an explanation, loading; the same by hand and with pandas, xarray.

usage: python benchmarks/bench_graph.py
"""

from __future__ import annotations

import math
import tempfile
from pathlib import Path

import numpy as np
import projection
from common import Row, at_most, interleaved, report, times

from dafeng.district import District
from dafeng.quantities import Model, Run

ROOT = Path(__file__).resolve().parent.parent
BAR_RUN, BAR_CHANGE, BAR_EXPLAIN = 20.0, 5.0, 50.0


def some_change(run: Run, name: str) -> dict:
    """The driver's own points with the last one moved a little."""
    spec = run.evaluated.driver_of(name, run.scenario)
    members = {
        m: {str(y): v * (1.02 if y == max(p) else 1.0) for y, v in p.items()} for m, p in spec.points.items()
    }
    if spec.dim:
        return {"dim": spec.dim, "members": members, "interpolation": spec.interpolation}
    return {"points": members[""], "interpolation": spec.interpolation}


def costliest(run: Run) -> tuple[str, tuple[int, ...]]:
    """The cell with the most cells under it."""
    best, cells = ("", ()), -1
    for name, program in run.compiled.programs.items():
        if program.op is None:
            continue
        under = sum(math.prod(run.compiled.programs[q].shape) for q in run.compiled.needed_by({name}))
        finite = np.argwhere(np.isfinite(run[name].values))
        if under > cells and len(finite):
            best, cells = (name, tuple(finite[len(finite) // 2].tolist())), under
    return best


def measure(title: str, model: Model, extra: dict | None = None) -> None:
    run = model.run()
    programs = model.compiled.programs
    drivers = [q for q, p in programs.items() if p.quantity.driver is not None]
    changes = {q: some_change(run, q) for q in drivers}
    name, key = costliest(run)
    members = run[name]
    coords = {d: members.members(d)[i] for d, i in zip(members.dims, key, strict=True)}
    work = {
        "all": model.run,
        "explain": lambda: run.explain(name, **coords),
        **{f"change {q}": lambda q=q: run.with_changes(drivers={q: changes[q]}) for q in drivers},
        **(extra or {}),
    }
    ms = interleaved(work, 15, 10.0)
    worst = max(drivers, key=lambda q: ms[f"change {q}"])
    reached = len(model.compiled.reached_by({worst}))
    cells = sum(math.prod(p.shape) for p in programs.values())
    missing = sum(int(np.isnan(run[q].values).sum()) for q in programs) / cells
    rows = [
        at_most(f"whole model ({len(programs)} quantities, {cells} cells)", ms["all"], BAR_RUN),
        at_most(
            f"one changed driver, the costliest ({worst}: {reached} reached)",
            ms[f"change {worst}"],
            BAR_CHANGE,
        ),
        at_most(f"explanation in full of {name}", ms["explain"], BAR_EXPLAIN),
        *(times(f"whole model against {q}", ms["all"], ms[q]) for q in extra or {}),
    ]
    report(f"{title} ({missing:.0%} of the cells without a number)", rows)


def main() -> None:
    for sectors, fuels, gaps in ((8, 12, 0.0), (8, 12, 0.3), (24, 36, 0.0), (24, 36, 0.3)):
        with tempfile.TemporaryDirectory() as folder:
            projection.write(Path(folder) / "m", sectors, fuels, gaps)
            model = projection.load(Path(folder) / "m")
            inputs = projection.Inputs.of(model.run(), 2)
            for q in inputs.normals:  # without spread: the plain values
                inputs.share[q] = 0.0
                inputs.normals[q] = inputs.normals[q][..., :1]
            plain = {q: model.run()[q].values[None] for q in projection.OUTPUTS}
            by_hand = {
                "values alone by hand in NumPy": lambda i=inputs: projection.by_numpy(i),
                "values alone with xarray": lambda i=inputs: projection.by_xarray(i),
                "values alone with pandas": lambda i=inputs: projection.by_pandas(i),
            }
            for f in by_hand.values():
                projection.assert_equal(inputs, f(), plain)
            measure(f"Projection, {sectors} sectors × {fuels} fuels × 21 years", model, by_hand)
    loading = interleaved({"district": lambda: District.open(ROOT / "districts/lixia")}, 5)
    district = District.open(ROOT / "districts/lixia")
    measure("The example district", district.model)
    report("Loading", [Row("the example district opened, warm", loading["district"])])


if __name__ == "__main__":
    main()
