"""The compiled kernel gives the draws that the operations give on arrays, whatever the formulas and the gaps."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from dafeng.quantities import Model, kernel, ops
from dafeng.quantities import flatten as flattening
from dafeng.quantities.kernel import Kernel
from tests.quantities.conftest import (
    DIMENSIONS,
    PACKAGE,
    SOURCES,
    Make,
    _library,
    month_rows,
    quantity,
)

YS, Y, SECTORS = '["year", "sector"]', '["year"]', ("industry", "services", "homes")


def leaf(identifier: str, dims: str, uncertainty: str) -> str:
    return (
        f'\n[[quantity]]\nid = "{identifier}"\nname = "{identifier}"\nname_en = "{identifier}"\nunit = "1"\ndims = {dims}\n'
        f"evidence = {{ from = 2018 }}\nuncertainty = {uncertainty}\n"
    )


#: positive; log-normal and for all years alike; any sign, with zeros; certain; monthly.
LEAVES = (
    leaf("a", YS, '{ relative = 0.1, independent = ["sector"] }')
    + leaf("b", Y, "{ relative = 0.6 }")
    + leaf("d", YS, '{ relative = 0.25, independent = ["year", "sector"] }')
    + leaf("k", YS, "{}")
    + leaf("m", '["year", "month", "sector"]', "{ relative = 0.05, estimated = 0.2 }")
)


def figures(seed: int, gaps: float) -> str:
    """Figures for the leaves; ``gaps`` is the share of cells that are missing, and as many have a notation key."""
    rng = np.random.default_rng(seed)
    rows = ["quantity,year,month,sector,value,unit,state"]
    for name in ("a", "b", "d", "k", "m"):
        for year in range(2018, 2031):
            for month in range(1, 13) if name == "m" else ("",):
                for sector in ("",) if name == "b" else SECTORS:
                    value = rng.uniform(0.5, 1.5) if name != "d" else rng.choice([-1.0, 0.0, 0.9, 1.0, 1.1])
                    draw, state = rng.random(), rng.choice(["", "", "estimated"])
                    if draw < gaps:
                        continue
                    if draw < 2 * gaps:
                        value, state = "", rng.choice(["NO", "NE", "confirmed_zero"])
                        value = "0" if state == "confirmed_zero" else ""
                    rows.append(f"{name},{year},{month},{sector},{value},1,{state}")
    return "\n".join(rows) + "\n"


#: Formulas over (year, sector); x, y stand for what was made before, a for a leaf. Quotients, roots and comparisons are of
#: leaves: of two numbers that differ by rounding alone nothing can be demanded.
TEMPLATES = [
    "{x} + {y}",
    "{x} - {y}",
    "{x} * {y}",
    "{x} / a",
    "{x} / d",
    "{x} / (a + k)",
    "1.5 / (a * b)",
    "{x} / max(d - 0.95, 0)",
    "d ^ 2 + {x} ^ 1",
    "abs(d) ^ 1.5",
    "sqrt(d) + {x}",
    "ln(d - 0.8) + {x}",
    "exp(0.01 * {x})",
    "abs({x})",
    "min({x}, {y})",
    "max({x}, 0.7)",
    "where(a < 1.01, {x}, {y})",
    "where(d >= b, {x}, 3)",
    "where(k == 1, {x}, {y})",
    "prev({x})",
    "prev({x}, 3) - {y}",
    "growth(a)",
    "cumulative({x} from 2021)",
    "compound(0.1 * d from 2023)",
    "compound(0.01 * a from 2020)",
    "interpolate({x})",
    "hold({x})",
    "coalesce({x}, {y}, 2)",
    "coalesce(complete({x}), b)",
    "complete({x}) + {y}",
    "join({x}, {y})",
    "{x} * b",
    "{x}[year: 2022] + {y}",
    "share(a over sector) * {x}",
    "sum(m over month) * {x}",
    "ytd(m) + {x}",
    "mean(m over month) - {x}",
    "max(m over month)",
    "spread(sum({x} over sector) over sector)",
    "spread(min({x} over sector) over sector)",
    "spread(mean({x}[sector: industry | homes] over sector) over sector)",
    "spread(sum(regroup({x}, sector -> domain) over domain) over sector)",
    "spread({x}[sector: homes] over sector) - {y}",
    "-{x} + 0.5 * {y} + 2 - {x}",
]
ENDS = {
    "total": quantity("total", "sum({x} over sector)", "1", Y),
    "domains": quantity("domains", "regroup({x}, sector -> domain)", "%", '["year", "domain"]'),
    "least": quantity("least", "min({x} over year, sector)", "1", "[]"),
}


@st.composite
def models(draw: st.DrawFn) -> tuple[list[str], str]:
    formulas: list[str] = []
    made = ["a", "d", "k"]
    for i in range(draw(st.integers(2, 9))):
        template = draw(st.sampled_from(TEMPLATES))
        formulas.append(template.format(x=draw(st.sampled_from(made)), y=draw(st.sampled_from(made))))
        made.append(f"t{i}")
    return formulas, figures(draw(st.integers(0, 10**6)), draw(st.sampled_from([0.0, 0.0, 0.05, 0.3])))


def load(folder: Path, formulas: list[str], data: str) -> Model:
    (folder / "quantities").mkdir(parents=True)
    (folder / "data").mkdir()
    for name, text in {
        "package.toml": PACKAGE,
        "dimensions.toml": DIMENSIONS,
        "sources.csv": SOURCES,
        "quantities/q.toml": LEAVES
        + "".join(quantity(f"t{i}", f, "1", YS) for i, f in enumerate(formulas))
        + "".join(e.format(x=f"t{len(formulas) - 1}") for e in ENDS.values()),
        "data/d.csv": data,
    }.items():
        (folder / name).write_text(text, encoding="utf-8")
    return Model.load([folder], _library(), dt.date(2031, 6, 24))


def largest(drawn: dict[str, np.ndarray]) -> float:
    """The largest number among all draws: what rounding is measured against."""
    return max(float(np.max(np.abs(v), where=np.isfinite(v), initial=1.0)) for v in drawn.values())


def assert_same(run, names: list[str], n: int = 300, seed: int = 1) -> None:
    plain = run.draw(names, n=n, seed=seed, engine="numpy")
    made = run.draw(names, n=n, seed=seed, engine="kernel")
    assert not run.draw_notes
    scale = largest(plain)
    for name in names:
        assert run.engine_of(name, n, seed) == "kernel"
        assert plain[name].shape == made[name].shape
        assert np.array_equal(np.isnan(plain[name]), np.isnan(made[name])), name
        np.testing.assert_allclose(made[name], plain[name], rtol=1e-12, atol=1e-12 * scale, err_msg=name)


@settings(
    max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large]
)
@given(models())
def test_random_models_give_the_same_draws(tmp_path_factory: pytest.TempPathFactory, case) -> None:
    formulas, data = case
    model = load(tmp_path_factory.mktemp("m"), formulas, data)
    assert [f for f in model.findings if f.severity == "error"] == []
    run = model.run()
    with np.errstate(all="ignore"):
        assert_same(run, list(run.compiled.programs))  # everything stored
        other = model.run()
        assert_same(other, [*ENDS])  # little stored: what is between is joined and its registers used again


def test_leaves_are_the_same_to_the_last_bit(tmp_path: Path) -> None:
    run = load(tmp_path / "x", ["a"], figures(3, 0.05)).run()
    names = ["a", "b", "d", "m"]  # normal and log-normal, shared and independent
    plain, made = (run.draw(names, n=1000, seed=5, engine=e) for e in ("numpy", "kernel"))
    for name in names:
        assert np.array_equal(plain[name], made[name], equal_nan=True), name


@pytest.mark.parametrize("n", [1, 7, kernel.BLOCK, kernel.BLOCK + 1, 5 * kernel.BLOCK - 3])
@pytest.mark.parametrize("threads", [1, 3])
def test_any_number_of_draws_on_any_number_of_threads(tmp_path: Path, n: int, threads: int) -> None:
    model = load(tmp_path / "x", ["a * b + k", "t0 / d"], figures(4, 0.05))
    plain = model.run().draw(["total"], n=n, engine="numpy")["total"]
    made = model.run().draw(["total"], n=n, engine="kernel", threads=threads)["total"]
    np.testing.assert_allclose(made, plain, rtol=1e-12, atol=1e-12)


def test_sums_of_products_are_one_instruction_and_registers_are_used_again(make: Make) -> None:
    text = (
        leaf("x", '["year", "sector"]', '{ relative = 0.1, independent = ["year", "sector"] }')
        + leaf("y", '["year", "sector"]', '{ relative = 0.1, independent = ["year", "sector"] }')
        + quantity("z", "x * y", "1", YS)
        + quantity("all", "sum(z over sector) + sum(x over sector)", "1", Y)
    )
    rows = "".join(
        f"{q},{y},{s},{i + 1},1\n" for q in "xy" for y in range(2018, 2027) for i, s in enumerate(SECTORS)
    )
    run = make(text, {"d.csv": "quantity,year,sector,value,unit\n" + rows}).run()
    made = Kernel.compile(run, ["all"], run.sampler(64, 0))
    years = 9
    # Six drawn factors, one sum of six terms and one store for each year; one year's registers serve all.
    assert made.instructions == years * 8
    assert made.tape.registers <= 8
    assert made.cells == 13 * (3 * 3 + 1)


def test_months_that_vary_together_cost_one_term(make: Make) -> None:
    text = leaf(
        "x", '["year", "month", "sector"]', '{ relative = 0.1, independent = ["sector"] }'
    ) + quantity("all", "sum(x over month, sector)", "1", Y)
    data = month_rows(lambda y, m, s: m).replace("power_month", "x").replace("万kWh", "1").replace("grid", "")
    run = make(text, {"m.csv": data}).run()
    made = Kernel.compile(run, ["all"], run.sampler(64, 0))
    assert made.nodes == 3 + 6 and made.instructions == 3 + 2 * 6  # three factors; a sum and a store a year


@pytest.mark.filterwarnings("ignore::RuntimeWarning")
def test_where_numbers_run_out_in_some_draws_the_sum_leaves_them_out_there(tmp_path: Path) -> None:
    # exp() overflows for the higher draws only, which nothing could know beforehand.
    formulas = ["exp(600 * a + 105) + k"]
    rows = "quantity,year,sector,value,unit\n" + "".join(
        f"{q},{y},{s},1,1\n" for q in ("a", "k") for y in range(2018, 2031) for s in SECTORS
    )
    run = load(tmp_path / "x", formulas, rows).run()
    assert np.isfinite(run["t0"].values).all()
    made = run.draw(["t0"], n=512, engine="kernel")["t0"]
    plain = run.draw(["t0"], n=512, engine="numpy")["t0"]
    assert (made == 1.0).any() and (made > 1e300).any()  # without the overflowing part, and with it
    np.testing.assert_allclose(made, plain, rtol=1e-9)  # exp magnifies the last bit of its argument 700 times
    assert run._kernels["t0",].careful  # taken apart a second time


def test_what_cannot_be_taken_apart_is_left_to_numpy_and_said(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    run = load(tmp_path / "x", ["sqrt(a)"], figures(5, 0.0)).run()
    monkeypatch.delitem(flattening._HANDLERS, ops.PowerOp)
    drawn = run.draw(["total"], n=64, engine="kernel")["total"]
    assert run.engine_of("total", 64) == "numpy" and np.isfinite(drawn).all()
    (note,) = run.draw_notes
    assert note.rule == "draws.numpy" and "PowerOp" in note.message.en and note.place == "total"


def test_every_operation_has_a_form_by_cells() -> None:
    def below(cls: type[ops.Op]) -> set[type[ops.Op]]:
        return {cls, *(x for sub in cls.__subclasses__() for x in below(sub))}

    assert below(ops.Op) - {ops.Op, ops.PairOp} == set(flattening._HANDLERS)


def test_the_engine_follows_the_work(monkeypatch: pytest.MonkeyPatch) -> None:
    k, n = kernel, 1000
    monkeypatch.setattr(kernel, "loaded", lambda: True)
    assert k.choose(k.LOADED // n - 1, n) == "numpy" and k.choose(k.LOADED // n, n) == "kernel"
    assert k.choose(10**6, k.DRAWS - 1) == "numpy" and k.choose(10**6, k.DRAWS) == "kernel"
    monkeypatch.setattr(kernel, "loaded", lambda: False)
    monkeypatch.setattr(kernel, "kept_on_disk", lambda: True)
    assert k.choose(k.ON_DISK // n - 1, n) == "numpy" and k.choose(k.ON_DISK // n, n) == "kernel"
    monkeypatch.setattr(kernel, "kept_on_disk", lambda: False)
    assert k.choose(k.ON_DISK // n, n) == "numpy" and k.choose(k.TO_COMPILE // n, n) == "kernel"


def test_little_work_does_not_import_numba(tmp_path: Path) -> None:
    import subprocess
    import sys

    load(tmp_path / "x", ["a * b"], figures(6, 0.0))
    code = (
        "import sys, datetime as dt; from pathlib import Path; from dafeng.quantities import Model\n"
        f"run = Model.load([Path({str(tmp_path / 'x')!r})], as_of=dt.date(2031, 6, 24)).run()\n"
        "run.draw(['total'], n=512); print(run.engine_of('total', 512), 'numba' in sys.modules)"
    )
    out = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout
    assert out.split() == ["numpy", "False"]


def test_a_changed_run_forgets_the_zeros_of_its_base(make: Make) -> None:
    text = leaf("a", YS, "{ relative = 0.1 }") + leaf("d", YS, "{}") + quantity("t", "a * d", "1", YS)
    rows = "quantity,year,sector,value,unit,state\na,2024,homes,,1,NO\n"
    base = make(text, {"d.csv": rows}).run()
    key = base["t"].key({"year": 2024, "sector": "homes"})
    assert base["t"].values[key] == 0.0  # does not occur, whatever d is
    changed = base.with_changes(evidence={("a", key): 2.0, ("d", key): 3.0})
    for engine in ("numpy", "kernel"):
        drawn = changed.draw(["t"], n=64, engine=engine)["t"][(slice(None), *key)]
        assert drawn.mean() == pytest.approx(6.0, rel=0.01)


def test_runs_that_differ_in_one_leaf_share_their_draws(make: Make) -> None:
    text = leaf("a", YS, "{ relative = 0.1 }") + leaf("d", YS, "{ relative = 0.2 }")
    text += quantity("t", "a + d", "1", YS)
    rows = "quantity,year,sector,value,unit\na,2024,homes,1,1\nd,2024,homes,2,1\n"
    base = make(text, {"d.csv": rows}).run()
    key = base["t"].key({"year": 2024, "sector": "homes"})
    more = base.with_changes(evidence={("d", key): 4.0})
    a, b = (r.draw(["a", "d"], n=64, engine="kernel") for r in (base, more))
    assert np.array_equal(a["a"], b["a"], equal_nan=True)
    assert np.array_equal(2 * a["d"], b["d"], equal_nan=True)


def test_outputs_that_do_not_vary_and_a_warm_kernel(tmp_path: Path) -> None:
    kernel.warm()
    assert kernel.loaded()
    run = load(tmp_path / "x", ["k + 1", "a * 2"], figures(7, 0.05)).run()
    fixed, both = run.draw(["t0"], n=40, engine="kernel"), run.draw(["t0", "t1"], n=50, engine="kernel")
    assert fixed["t0"].shape == (40, 13, 3)
    for drawn in (fixed["t0"], both["t0"]):
        assert all(np.array_equal(d, run["t0"].values, equal_nan=True) for d in drawn)
    assert run.draw(["t0", "t1"], n=50)["t1"] is both["t1"]  # kept
    assert (
        run.draw(["t0", "t1"], n=50, engine="numpy")["t1"] is not both["t1"]
    )  # but not for the other engine
