"""A projection of energy and CO2 as a model of the graph, and the same arithmetic written by hand in five ways.

History of energy by year, sector and fuel; from the last year on every cell grows with its sector and saves with
its fuel; factors by fuel; totals by sector and fuel, intensity, growth, cumulated emission. Inputs vary as the
model says: one random variable for each cell of sector and fuel, each fuel's factor, each rate. All versions take
the model's own inputs and normals, so their results are equal but for rounding.
"""

from __future__ import annotations

import datetime as dt
import math
from dataclasses import dataclass
from pathlib import Path

import numba
import numpy as np
import pandas as pd
import xarray as xr

from dafeng.factors import FactorLibrary
from dafeng.quantities import Model, Run
from dafeng.quantities.draws import Sampler

FIRST, LAST, HISTORY = 2015, 2035, 2025
OUTPUTS = ["co2_sector", "co2_fuel", "co2_total", "intensity", "growth_total", "cumulated", "coefficient"]

_FORMULAS = """
activity      | year sector      | 1      | compound(growth_rate from 2025)
efficiency    | year fuel        | 1      | compound(-saving_rate from 2025)
energy_path   | year sector fuel | tce    | join(energy, hold(energy)[year: 2025] * activity * efficiency)
co2           | year sector fuel | tCO2   | energy_path * factor
co2_sector    | year sector      | tCO2   | sum(co2 over fuel)
co2_fuel      | year fuel        | tCO2   | sum(co2 over sector)
co2_total     | year             | tCO2   | sum(co2 over sector, fuel)
energy_total  | year             | tce    | sum(energy_path over sector, fuel)
intensity     | year             | tCO2/万元 | co2_total / gdp
growth_total  | year             | %      | growth(co2_total)
cumulated     | year             | tCO2   | cumulative(co2_total from 2021)
coefficient   | year             | tCO2/tce | co2_total / energy_total
"""


def write(
    folder: Path, sectors: int, fuels: int, gaps: float = 0.0, along_years: bool = False, seed: int = 0
) -> None:
    """Write the package. ``gaps``: share of the history's cells that are missing; ``along_years``: every year's figure
    varies on its own, so that no two cells of the history have a random variable in common."""
    rng = np.random.default_rng(seed)
    (folder / "quantities").mkdir(parents=True)
    (folder / "data").mkdir()
    (folder / "package.toml").write_text(
        f'id = "p"\nname = "p"\nname_en = "p"\nyears = [{FIRST}, {LAST}]\nhistory_until = {HISTORY}\n',
        "utf-8",
    )
    dims = ""
    for dim, count in (("sector", sectors), ("fuel", fuels)):
        dims += f'[[dimension]]\nid = "{dim}"\nname = "{dim}"\nname_en = "{dim}"\n'
        for i in range(count):
            dims += (
                f'[[dimension.member]]\nid = "{dim[0]}{i}"\nname = "{dim[0]}{i}"\nname_en = "{dim[0]}{i}"\n'
            )
    (folder / "dimensions.toml").write_text(dims, "utf-8")

    def entry(name: str, dims: list[str], unit: str, kind: str, uncertainty: str = "") -> str:
        return (
            f'[[quantity]]\nid = "{name}"\nname = "{name}"\nname_en = "{name}"\nunit = "{unit}"\n'
            f"dims = {dims!r}\n{kind}\n{uncertainty}\n".replace("'", '"')
        )

    def rates(dim: str, count: int, low: float, high: float) -> str:
        members = ", ".join(
            f'{dim[0]}{i} = {{ "{FIRST}" = {rng.uniform(low, high):.5f}, "{LAST}" = {rng.uniform(low, high):.5f} }}'
            for i in range(count)
        )
        return f'driver = {{ dim = "{dim}", members = {{ {members} }}, interpolation = "linear" }}'

    years = '"year", ' if along_years else ""
    text = entry(
        "energy",
        ["year", "sector", "fuel"],
        "tce",
        f"evidence = {{ from = {FIRST}, until = {HISTORY} }}",
        f'uncertainty = {{ relative = 0.05, independent = [{years}"sector", "fuel"] }}',
    )
    text += entry(
        "factor",
        ["fuel"],
        "tCO2/tce",
        "evidence = {}",
        'uncertainty = { relative = 0.04, independent = ["fuel"] }',
    )
    for name, dim, count, low, high in (
        ("growth_rate", "sector", sectors, 0.0, 0.05),
        ("saving_rate", "fuel", fuels, 0.0, 0.03),
    ):
        text += entry(
            name, ["year", dim], "1", rates(dim, count, low, high),
            f'uncertainty = {{ relative = 0.25, independent = [{years}"{dim}"] }}',
        )  # fmt: skip
    text += entry(
        "gdp",
        ["year"],
        "万元",
        f'driver = {{ points = {{ "{FIRST}" = 100.0, "{LAST}" = 220.0 }}, interpolation = "compound" }}',
        "uncertainty = { relative = 0.02 }",
    )
    for line in _FORMULAS.strip().splitlines():
        name, names, unit, formula = (x.strip() for x in line.split("|"))
        text += entry(name, names.split(), unit, f'formula = "{formula}"')
    (folder / "quantities" / "q.toml").write_text(text, "utf-8")

    rows = ["quantity,year,sector,fuel,value,unit"]
    for f in range(fuels):
        rows.append(f"factor,,,f{f},{rng.uniform(1.5, 3.0):.4f},tCO2/tce")
    for year in range(FIRST, HISTORY + 1):
        for s in range(sectors):
            for f in range(fuels):
                if rng.random() >= gaps:
                    rows.append(f"energy,{year},s{s},f{f},{rng.uniform(10, 1000):.3f},tce")
    (folder / "data" / "d.csv").write_text("\n".join(rows) + "\n", "utf-8")


def load(folder: Path) -> Model:
    model = Model.load([folder], FactorLibrary.load(), dt.date(2026, 11, 24))
    errors = [f for f in model.findings if f.severity == "error"]
    assert not errors, errors[:3]
    return model


@dataclass
class Inputs:
    """Plain inputs and the drawn factor (mean 1) of each, draw axis last and contiguous."""

    energy: np.ndarray  # (history years, sector, fuel), 0 where missing
    known: np.ndarray  # the same shape: False where missing
    last: np.ndarray  # (sector, fuel): the last known figure
    last_year: np.ndarray  # (sector, fuel): its year as an index
    factor: np.ndarray  # (fuel,)
    growth: np.ndarray  # (years, sector)
    saving: np.ndarray  # (years, fuel)
    gdp: np.ndarray  # (years,)
    normals: dict[str, np.ndarray]  # name → (…, draws), with an axis of 1 for years that vary alike
    share: dict[str, float]

    @classmethod
    def of(cls, run: Run, n: int, seed: int = 0) -> Inputs:
        v = {q: run[q].values for q in ("energy", "factor", "growth_rate", "saving_rate", "gdp")}
        history = v["energy"][: HISTORY - FIRST + 1]
        known = np.isfinite(history)
        last_year = np.where(known, np.arange(len(history))[:, None, None], -1).max(axis=0)
        last = np.where(last_year < 0, 0.0, np.take_along_axis(history, np.maximum(last_year, 0)[None], 0)[0])
        sampler: Sampler = run.sampler(n, seed)
        normals, share = {}, {}
        for q in v:
            p = run.compiled.programs[q]
            independent = p.quantity.uncertainty.independent
            shape = [s if d in independent else 1 for d, s in zip(p.dims, p.shape, strict=True)]
            normals[q] = sampler.z[sampler.columns[q]].reshape(*shape, n)
            share[q] = float(sampler.spread[q].ravel()[0])
        return cls(
            np.where(known, history, 0.0), known, np.nan_to_num(last), last_year, v["factor"], v["growth_rate"],
            v["saving_rate"], v["gdp"], normals, share,
        )  # fmt: skip

    @property
    def n(self) -> int:
        return self.normals["factor"].shape[-1]

    @property
    def shape(self) -> tuple[int, int, int]:
        """(years, sectors, fuels)"""
        return len(self.growth), self.energy.shape[1], self.energy.shape[2]

    def results(self) -> dict[str, np.ndarray]:
        """Empty results, draw axis last."""
        y, s, f = self.shape
        by = {"co2_sector": (y, s), "co2_fuel": (y, f)}
        return {q: np.empty((*by.get(q, (y,)), self.n)) for q in OUTPUTS}


def by_numpy(i: Inputs, width: int = 256) -> dict[str, np.ndarray]:
    """By hand in NumPy: in chunks of draws that fit the cache, a recurrence over the years, no temporaries."""
    years, sectors, fuels = i.shape
    history = len(i.energy)
    out = i.results()
    z, share = i.normals, i.share
    for at in range(0, i.n, width):
        c = slice(at, min(i.n, at + width))
        m = c.stop - c.start
        energy, co2 = np.empty((sectors, fuels, m)), np.empty((sectors, fuels, m))
        drawn = 1.0 + share["energy"] * z["energy"][0][..., c]
        factor = i.factor[:, None] * (1.0 + share["factor"] * z["factor"][..., c])
        growth = 1.0 + share["growth_rate"] * z["growth_rate"][..., c]
        saving = 1.0 + share["saving_rate"] * z["saving_rate"][..., c]
        gdp = 1.0 + share["gdp"] * z["gdp"][0, c]
        total, all_energy = np.empty((years, m)), np.empty((years, m))
        step_s, step_f = np.empty((sectors, m)), np.empty((fuels, m))
        for y in range(years):
            if y < history:
                if y and len(z["energy"]) > 1:
                    np.multiply(share["energy"], z["energy"][y][..., c], out=drawn)
                    drawn += 1.0
                np.multiply(i.energy[y, :, :, None], drawn, out=energy)
            else:
                if y == history and not i.known[-1].all():
                    _last(i, c, energy)
                np.multiply(i.growth[y, :, None], growth[min(y, len(growth) - 1)], out=step_s)
                step_s += 1.0
                np.multiply(-i.saving[y, :, None], saving[min(y, len(saving) - 1)], out=step_f)
                step_f += 1.0
                energy *= step_s[:, None]
                energy *= step_f
            np.multiply(energy, factor, out=co2)
            np.add.reduce(co2, axis=1, out=out["co2_sector"][y, :, c])
            np.add.reduce(co2, axis=0, out=out["co2_fuel"][y, :, c])
            np.add.reduce(out["co2_sector"][y, :, c], axis=0, out=total[y])
            np.add.reduce(energy.reshape(-1, m), axis=0, out=all_energy[y])
        out["co2_total"][:, c] = total
        np.divide(total, i.gdp[:, None] * gdp, out=out["intensity"][:, c])
        out["growth_total"][0, c] = np.nan
        np.divide(total[1:], total[:-1], out=out["growth_total"][1:, c])
        out["growth_total"][:, c] -= 1.0
        out["growth_total"][:, c] *= 100.0
        out["cumulated"][:6, c] = 0.0
        np.cumsum(total[6:], axis=0, out=out["cumulated"][6:, c])
        np.divide(total, all_energy, out=out["coefficient"][:, c])
    return out


def _last(i: Inputs, c: slice, energy: np.ndarray) -> None:
    """Where the last year's figure is missing, the last one known."""
    z = i.normals["energy"]
    s, f = np.nonzero(~i.known[-1])
    year = np.clip(i.last_year[s, f], 0, len(z) - 1)
    energy[s, f] = i.last[s, f, None] * (1.0 + i.share["energy"] * z[year, s, f, c])


@numba.njit(cache=True, error_model="numpy", fastmath={"contract"})
def _by_numba(
    energy,
    last,
    last_year,
    factor,
    growth,
    saving,
    gdp,
    ze,
    zf,
    zg,
    zs,
    zd,
    shares,
    cs,
    cf,
    ct,
    ci,
    cg,
    cc,
    ce,
    width,
):
    history, sectors, fuels = energy.shape
    years, n = len(growth), ct.shape[1]
    x, d = np.empty((sectors, fuels, width)), np.empty((sectors, fuels, width))
    alike = len(ze) == 1
    p, a, b = np.empty((fuels, width)), np.empty((sectors, width)), np.empty((fuels, width))
    total = np.empty((years, width))
    for at in range(0, n, width):
        m = min(width, n - at)
        if alike:
            for s in range(sectors):
                for f in range(fuels):
                    for k in range(m):
                        d[s, f, k] = 1.0 + shares[0] * ze[0, s, f, at + k]
        for f in range(fuels):
            for k in range(m):
                p[f, k] = factor[f] * (1.0 + shares[1] * zf[f, at + k])
        for y in range(years):
            if y >= history:
                for s in range(sectors):
                    for k in range(m):
                        a[s, k] = 1.0 + growth[y, s] * (1.0 + shares[2] * zg[min(y, len(zg) - 1), s, at + k])
                for f in range(fuels):
                    for k in range(m):
                        b[f, k] = 1.0 - saving[y, f] * (1.0 + shares[3] * zs[min(y, len(zs) - 1), f, at + k])
            cf[y, :, at : at + m] = 0.0
            ct_y, all_energy = np.zeros(m), np.zeros(m)
            for s in range(sectors):
                row = np.zeros(m)
                for f in range(fuels):
                    column = cf[y, f, at : at + m]
                    cell = x[s, f]
                    if y < history and alike:
                        e, dd = energy[y, s, f], d[s, f]
                        for k in range(m):
                            v = e * dd[k]
                            all_energy[k] += v
                            v *= p[f, k]
                            row[k] += v
                            column[k] += v
                    elif y < history:
                        e, zz = energy[y, s, f], ze[y, s, f, at : at + m]
                        for k in range(m):
                            v = e * (1.0 + shares[0] * zz[k])
                            all_energy[k] += v
                            v *= p[f, k]
                            row[k] += v
                            column[k] += v
                    else:
                        if y == history:
                            e, zz = (
                                last[s, f],
                                ze[min(max(last_year[s, f], 0), len(ze) - 1), s, f, at : at + m],
                            )
                            for k in range(m):
                                cell[k] = e * (1.0 + shares[0] * zz[k])
                        for k in range(m):
                            v = cell[k] * a[s, k] * b[f, k]
                            cell[k] = v
                            all_energy[k] += v
                            v *= p[f, k]
                            row[k] += v
                            column[k] += v
                for k in range(m):
                    cs[y, s, at + k] = row[k]
                    ct_y[k] += row[k]
            for k in range(m):
                v = ct_y[k]
                total[y, k] = v
                ct[y, at + k] = v
                ci[y, at + k] = v / (gdp[y] * (1.0 + shares[4] * zd[0, at + k]))
                cg[y, at + k] = np.nan if y == 0 else 100.0 * (v / total[y - 1, k] - 1.0)
                cc[y, at + k] = 0.0 if y < 6 else (v if y == 6 else cc[y - 1, at + k] + v)
                ce[y, at + k] = v / all_energy[k]


def by_numba(i: Inputs, width: int = 256) -> dict[str, np.ndarray]:
    """By hand as one Numba kernel: the draw axis innermost, a block of draws at a time, everything fused."""
    out = i.results()
    z = i.normals
    shares = np.array([i.share[q] for q in ("energy", "factor", "growth_rate", "saving_rate", "gdp")])
    _by_numba(
        i.energy, i.last, i.last_year, i.factor, i.growth, i.saving, i.gdp, z["energy"], z["factor"], z["growth_rate"],
        z["saving_rate"], z["gdp"], shares, *(out[q] for q in OUTPUTS), width,
    )  # fmt: skip
    return out


def by_xarray(i: Inputs) -> dict[str, xr.DataArray]:
    """As one writes it with xarray: whole arrays, dimensions by name."""
    years, sectors, fuels = i.shape
    history = len(i.energy)
    year = np.arange(years)

    def array(values: np.ndarray, *dims: str) -> xr.DataArray:
        return xr.DataArray(values, dims=dims)

    def drawn(name: str, plain: xr.DataArray, *dims: str) -> xr.DataArray:
        z = i.normals[name]
        factor = (
            array(z[0], *dims[1:], "draw") if "year" in dims and z.shape[0] == 1 else array(z, *dims, "draw")
        )
        if "year" in dims and "year" in factor.dims:
            factor = factor.isel(year=slice(0, plain.sizes["year"]))
        return plain * (1.0 + i.share[name] * factor)

    energy = drawn(
        "energy",
        array(np.where(i.known, i.energy, np.nan), "year", "sector", "fuel"),
        "year",
        "sector",
        "fuel",
    )
    factor = drawn("factor", array(i.factor, "fuel"), "fuel")
    growth = 1.0 + drawn("growth_rate", array(i.growth, "year", "sector"), "year", "sector")
    saving = 1.0 - drawn("saving_rate", array(i.saving, "year", "fuel"), "year", "fuel")
    gdp = drawn("gdp", array(i.gdp, "year"), "year")
    base = energy.isel(
        year=array(np.maximum(i.last_year, 0), "sector", "fuel"),
        sector=array(np.arange(sectors), "sector"),
        fuel=array(np.arange(fuels), "fuel"),
    )
    later = slice(history, None)
    path = base * growth.isel(year=later).cumprod("year") * saving.isel(year=later).cumprod("year")
    energy = xr.concat([energy, path], dim="year").assign_coords(year=year)
    co2 = energy * factor
    total = co2.sum(["sector", "fuel"])
    gdp = gdp.assign_coords(year=year)
    return {
        "co2_sector": co2.sum("fuel"),
        "co2_fuel": co2.sum("sector"),
        "co2_total": total,
        "intensity": total / gdp,
        "growth_total": 100.0 * (total / total.shift(year=1) - 1.0),
        "cumulated": total.where(total.year >= 6, 0.0).cumsum("year"),
        "coefficient": total / energy.sum(["sector", "fuel"]),
    }


def by_pandas(i: Inputs) -> dict[str, pd.DataFrame | pd.Series]:
    """As one writes it with pandas: a row for each draw, year, sector and fuel."""
    history = len(i.energy)

    def long(name: str, plain: np.ndarray, dims: list[str]) -> pd.DataFrame:
        z = np.broadcast_to(
            i.normals[name][: plain.shape[0]] if dims[0] == "year" else i.normals[name], (*plain.shape, i.n)
        )
        values = plain[..., None] * (1.0 + i.share[name] * z)
        index = pd.MultiIndex.from_product([range(s) for s in values.shape], names=[*dims, "draw"])
        return pd.DataFrame({name: values.ravel()}, index=index)

    energy = long("energy", np.where(i.known, i.energy, np.nan), ["year", "sector", "fuel"])["energy"]
    factor = long("factor", i.factor, ["fuel"])
    growth = 1.0 + long("growth_rate", i.growth, ["year", "sector"])
    saving = 1.0 - long("saving_rate", i.saving, ["year", "fuel"])
    gdp = long("gdp", i.gdp, ["year"])["gdp"]
    cells = ["sector", "fuel", "draw"]
    base = energy.groupby(level=cells).ffill().xs(history - 1, level="year").rename("base")
    growth = growth.loc[history:].groupby(level=["sector", "draw"]).cumprod()
    saving = saving.loc[history:].groupby(level=["fuel", "draw"]).cumprod()
    path = (
        growth.reset_index()
        .merge(saving.reset_index(), on=["year", "draw"])
        .merge(base.reset_index(), on=cells)
    )
    path["energy"] = path["base"] * path["growth_rate"] * path["saving_rate"]
    table = pd.concat([energy.reset_index(), path[["year", *cells, "energy"]]]).merge(
        factor.reset_index(), on=["fuel", "draw"]
    )
    table["co2"] = table["energy"] * table["factor"]
    by_year = table.groupby(["year", "draw"])[["co2", "energy"]].sum()
    total = by_year["co2"]
    wide = total.unstack("draw")
    return {
        "co2_sector": table.groupby(["year", "sector", "draw"])["co2"].sum(),
        "co2_fuel": table.groupby(["year", "fuel", "draw"])["co2"].sum(),
        "co2_total": total,
        "intensity": total / gdp,
        "growth_total": 100.0 * (wide / wide.shift(1) - 1.0),
        "cumulated": wide.where(wide.index.to_series().ge(6), 0.0, axis=0).cumsum(),
        "coefficient": total / by_year["energy"],
    }


def assert_equal(i: Inputs, results: dict, drawn: dict[str, np.ndarray]) -> None:
    """The results of a version equal the graph's draws (draw axis first)."""
    for q in OUTPUTS:
        expected = np.moveaxis(drawn[q], 0, -1)
        values = results[q]
        if isinstance(values, xr.DataArray):
            values = values.transpose(
                *[d for d in ("year", "sector", "fuel", "draw") if d in values.dims]
            ).values
        elif not isinstance(values, np.ndarray):
            values = values.to_numpy().reshape(expected.shape)
        np.testing.assert_allclose(values, expected, rtol=1e-9, atol=1e-9, err_msg=q)


def cell_draws(i: Inputs) -> int:
    return math.prod(i.shape) * i.n
