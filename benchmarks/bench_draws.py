"""Draws of the graph by both engines beside the same arithmetic by hand in NumPy and Numba and with xarray and pandas.

usage: python benchmarks/bench_draws.py

Everything on one thread. Random numbers are the same for all and made beforehand. Equal results are asserted.
"""

from __future__ import annotations

import gc
import tempfile
import tracemalloc
from collections.abc import Callable
from pathlib import Path

import numpy as np
import projection
from common import Row, interleaved, report, times

from dafeng.district import District
from dafeng.quantities import Run, kernel
from dafeng.quantities.kernel import Kernel

ROOT = Path(__file__).resolve().parent.parent


def compare(title: str, folder: Path, n: int) -> None:
    run = projection.load(folder).run()
    names = projection.OUTPUTS
    inputs, sampler = projection.Inputs.of(run, n), run.sampler(n, 0)
    few = projection.Inputs.of(run, max(16, n // 16))  # pandas takes a row for every cell and draw
    compiled = Kernel.compile(run, names, sampler)
    drawn, _ = compiled.play(sampler)
    projection.assert_equal(
        inputs, {q: np.moveaxis(v, 0, -1) for q, v in run._draw_arrays(names, n, 0).items()}, drawn
    )
    for by in (projection.by_numpy, projection.by_numba, projection.by_xarray):
        projection.assert_equal(inputs, by(inputs), drawn)
    projection.assert_equal(few, projection.by_pandas(few), run.draw(names, n=few.n, engine="numpy"))
    ms = interleaved(
        {
            "graph": lambda: run._draw_arrays(names, n, 0),
            "play": lambda: compiled.play(sampler),
            "compile": lambda: Kernel.compile(run, names, sampler),
            "numpy": lambda: projection.by_numpy(inputs),
            "numba": lambda: projection.by_numba(inputs),
            "xarray": lambda: projection.by_xarray(inputs),
            "pandas": lambda: projection.by_pandas(few),
        },
        9,
        6.0,
    )
    pandas = ms["pandas"] * n / few.n
    report(
        f"{title}, {n} draws; {projection.cell_draws(inputs) / ms['play'] / 1e3:.0f} million cells a second by the kernel",
        [
            times("kernel / by hand in NumPy", ms["play"], ms["numpy"], most=1.5),
            times("kernel / by hand in Numba", ms["play"], ms["numba"], most=2.0),
            times("xarray / kernel", ms["play"], ms["xarray"], least=10.0),
            Row("pandas / kernel (pandas timed with fewer draws)", pandas, pandas / ms["play"]),
            times(
                "kernel with compiling its tape / by hand in NumPy", ms["play"] + ms["compile"], ms["numpy"]
            ),
            times("operations on arrays / by hand in NumPy", ms["graph"], ms["numpy"], most=1.5),
            Row("xarray / operations on arrays", ms["xarray"], ms["xarray"] / ms["graph"]),
            Row("compiling the tape", ms["compile"]),
        ],
    )


def interactive(run: Run) -> None:
    """What a slider costs: one changed driver and the bands of one output."""
    names, driver = ["co2_total"], "grid_factor_path"
    spec = run.evaluated.driver_of(driver, run.scenario)
    points = {str(y): v * 1.01 for y, v in spec.points[""].items()}

    def moved(engine: kernel.Engine, n: int) -> Callable[[], object]:
        def f() -> object:
            changed = run.with_changes(drivers={driver: {"points": points}})
            drawn = changed.draw(names, n=n, engine=engine)["co2_total"]
            return np.quantile(drawn, (0.05, 0.5, 0.95), axis=0)

        return f

    rows = []
    for n in (512, 4096):
        sampler = run.sampler(n, 0)
        compiled = Kernel.compile(run, names, sampler)
        a, b = run.draw(names, n=n, engine="numpy"), compiled.play(sampler)[0]
        np.testing.assert_allclose(a["co2_total"], b["co2_total"], rtol=1e-11)
        ms = interleaved(
            {
                "graph": lambda n=n: run._draw_arrays(names, n, 0),
                "play": lambda c=compiled, s=sampler: c.play(s),
                "compile": lambda s=sampler: Kernel.compile(run, names, s),
                "moved numpy": moved("numpy", n),
                "moved kernel": moved("kernel", n),
            },
            9,
            8.0,
        )
        rows += [
            times(f"co2_total, {n} draws: operations on arrays / kernel", ms["graph"], ms["play"]),
            Row(f"co2_total, {n} draws: kernel alone", ms["play"]),
            Row(f"co2_total, {n} draws: compiling its tape", ms["compile"]),
            Row(f"slider moved, {n} draws, bands: operations on arrays", ms["moved numpy"], None, "≤ 200 ms", ms["moved numpy"] <= 200),
            Row(f"slider moved, {n} draws, bands: kernel", ms["moved kernel"], None, "≤ 200 ms", ms["moved kernel"] <= 200),
        ]  # fmt: skip
    report(
        f"The example district: {compiled.cells} cells vary under co2_total, {compiled.nodes} different values in them,"
        f" {compiled.instructions} instructions",
        rows,
    )
    ends = [
        q for q, p in run.compiled.programs.items() if p.op is not None and not run.compiled.dependents.get(q)
    ]
    n = 1024
    sampler = run.sampler(n, 0)
    compiled = Kernel.compile(run, ends, sampler)
    ms = interleaved(
        {"graph": lambda: run._draw_arrays(ends, n, 0), "play": lambda: compiled.play(sampler),
         "compile": lambda: Kernel.compile(run, ends, sampler)}, 7, 8.0,
    )  # fmt: skip
    report(
        f"The whole district ({len(ends)} quantities that nothing else needs, {compiled.cells} varying cells under them,"
        f" {compiled.instructions} instructions, {compiled.tape.registers} registers), {n} draws",
        [
            times("operations on arrays / kernel", ms["graph"], ms["play"]),
            Row("kernel alone", ms["play"]),
            Row("compiling its tape", ms["compile"]),
        ],
    )


def memory(run: Run, n: int = 10_000) -> None:
    """What drawing takes on top of the model and the normals."""
    print(f"\nPeak memory of {n} draws, MB (normals: {run.sampler(n, 0).z.nbytes / 1e6:.0f})")
    ends = [
        q for q, p in run.compiled.programs.items() if p.op is not None and not run.compiled.dependents.get(q)
    ]
    engines: tuple[kernel.Engine, ...] = ("numpy", "kernel")
    for what, names in (("co2_total", ["co2_total"]), ("all that nothing else needs", ends)):
        for engine in engines:
            fresh = run.with_changes()
            fresh.sampler(n, 0)
            gc.collect()
            tracemalloc.start()
            drawn = fresh.draw(names, n=n, engine=engine)
            _, peak = tracemalloc.get_traced_memory()
            tracemalloc.stop()
            results = sum(v.nbytes for v in drawn.values())
            print(
                f"  {what}, {engine}: {peak / 1e6:.1f}, of which {results / 1e6:.1f} are the draws asked for"
            )


def main() -> None:
    kernel.warm()
    shapes = [
        (8, 12, 0.0, False, 4096),
        (8, 12, 0.0, False, 512),
        (8, 12, 0.3, False, 4096),
        (8, 12, 0.0, True, 4096),
        (3, 4, 0.0, False, 4096),
        (24, 36, 0.0, False, 1024),
        (24, 36, 0.3, True, 1024),
    ]
    for sectors, fuels, gaps, along_years, n in shapes:
        with tempfile.TemporaryDirectory() as folder:
            projection.write(Path(folder) / "m", sectors, fuels, gaps, along_years)
            how = "every year varies on its own" if along_years else "years vary alike"
            compare(f"Projection, {sectors} × {fuels} × 21, {gaps:.0%} missing, {how}", Path(folder) / "m", n)
    run = District.open(ROOT / "districts/lixia").model.run()
    interactive(run)
    memory(run)


if __name__ == "__main__":
    main()
