"""Leaves of the graph as arrays: drivers (paths by year) and factors (rows of the factor library by rule M4)."""

from __future__ import annotations

import itertools
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from dafeng.factors import Factor, FactorLibrary, YearFactor
from dafeng.findings import EMPTY, Finding, Text
from dafeng.quantities.definitions import Definitions, DriverSpec, FactorSpec
from dafeng.quantities.evidence import Key
from dafeng.quantities.program import Program
from dafeng.quantities.rules import broken
from dafeng.quantities.states import DTYPE, Flag
from dafeng.quantities.units import UnitError, factor_between


@dataclass
class Leaf:
    """Values and flags of a leaf, and for factors the row behind each cell with the rule that chose it."""

    values: np.ndarray
    flags: np.ndarray
    factors: dict[Key, tuple[Factor, Text]] = field(default_factory=dict)


def driver_path(points: Mapping[int, float], interpolation: str, years: range) -> np.ndarray:
    """The path over the years; NaN before the first and after the last point: a driver is not continued silently."""
    known = sorted(points)
    path = np.full(len(years), np.nan)
    for i, year in enumerate(years):
        if not known[0] <= year <= known[-1]:
            continue
        upper = next(k for k in known if k >= year)
        if upper == year:
            path[i] = points[year]
            continue
        lower = max(k for k in known if k < year)
        a, b, w = points[lower], points[upper], (year - lower) / (upper - lower)
        if interpolation == "step":
            path[i] = a
        elif interpolation == "compound" and a > 0 and b > 0:
            path[i] = a * (b / a) ** w
        else:
            path[i] = a + (b - a) * w
    return path


def driver_leaf(d: Definitions, program: Program, spec: DriverSpec, findings: list[Finding]) -> Leaf:
    dims, shape = program.dims, program.shape
    values = np.full(shape, np.nan)
    flags = np.full(shape, Flag.OUTSIDE, DTYPE)
    members = list(d.dimensions[spec.dim].members) if spec.dim else [""]
    if set(dims) != {"year", *([spec.dim] if spec.dim else [])} and set(dims) != (
        {spec.dim} if spec.dim else set()
    ):
        findings.append(
            Finding(
                "definition.driver",
                "error",
                program.quantity.place,
                Text(
                    f"{program.quantity.id}：驱动因子的维度应为 year{'、' + spec.dim if spec.dim else ''}",
                    f"{program.quantity.id}: a driver has the dimensions year{', ' + spec.dim if spec.dim else ''}",
                ),
            )
        )
        return Leaf(values, flags)
    for unknown in set(spec.points) - set(members):
        findings.append(
            Finding(
                "formula.member",
                "error",
                program.quantity.place,
                Text(
                    f"{program.quantity.id}：维度 {spec.dim} 没有成员 {unknown}",
                    f"{program.quantity.id}: dimension {spec.dim} has no member {unknown}",
                ),
            )
        )
    source = d.sources.get(spec.source)
    if source is None and spec.source:
        findings.append(broken("evidence.source", program.quantity.place, spec.source))
    kinds = {"demonstration": int(Flag.DEMONSTRATION), "default": int(Flag.DEFAULT)}
    extra = kinds.get(source.kind, 0) if source is not None else 0
    for i, member in enumerate(members):
        if member not in spec.points:
            continue
        path = driver_path(spec.points[member], spec.interpolation, d.years)
        where: list[Any] = [slice(None)] * len(dims)
        if spec.dim:
            where[dims.index(spec.dim)] = i
        quality = np.array(
            [Flag.PROJECTED if y > d.history_until else Flag.ESTIMATED for y in d.years], DTYPE
        )
        values[tuple(where)] = path
        flags[tuple(where)] = np.where(np.isnan(path), DTYPE(Flag.OUTSIDE), quality | DTYPE(extra))
    return Leaf(values, flags)


def factor_leaf(
    d: Definitions, program: Program, spec: FactorSpec, library: FactorLibrary, findings: list[Finding]
) -> Leaf:
    """Look every cell up in the library. What is missing or in conflict is a finding and a missing cell."""
    q, dims, shape = program.quantity, program.dims, program.shape
    leaf = Leaf(np.full(shape, np.nan), np.full(shape, Flag.MISSING, DTYPE))
    members = list(d.dimensions[spec.dim].members) if spec.dim else [""]
    if spec.dim and spec.dim not in dims:
        findings.append(
            Finding(
                "definition.factor",
                "error",
                q.place,
                Text(f"{q.id}：dims 中没有 {spec.dim}", f"{q.id}: dims lack {spec.dim}"),
            )
        )
        return leaf
    for i, member in enumerate(members):
        item = spec.items.get(member) if spec.dim else spec.item
        if item is None:
            continue  # this member has no such factor; multiplied by a flow that does occur it shows as missing
        found: dict[int | None, YearFactor] = {}
        if "year" in dims:
            rule = dict(spec.years) if spec.years else "exact"
            series = library.series(
                spec.parameter, item, set=spec.set, region=spec.region, years=d.years, rule=rule
            )
            found.update((year, answer) for year, answer in series.items())
        else:
            one = library.find(spec.parameter, item, set=spec.set, region=spec.region)
            if not isinstance(one, Factor):
                findings.append(one.finding(q.place))
                continue
            found[None] = YearFactor(one, EMPTY, "exact")
        gaps: list[int] = []
        for year, (factor, note, how, problem) in found.items():
            if factor is None:
                if how == "conflict" and problem is not None:
                    findings.append(problem.finding(q.place))
                    break
                if year is not None and year <= d.history_until:
                    gaps.append(year)
                continue
            try:
                value = float(factor.value) * factor_between(factor.unit, q.unit)
            except UnitError:
                findings.append(
                    Finding(
                        "M2.unit",
                        "error",
                        q.place,
                        Text(
                            f"{q.id}：因子 {factor.id} 的单位 {factor.unit} 不能换算为 {q.unit}",
                            f"{q.id}: {factor.unit} of factor {factor.id} does not convert to {q.unit}",
                        ),
                        factor.unit,
                    )
                )
                break
            bits = int(Flag.OBSERVED if how == "exact" else Flag.DEFAULT)
            if factor.recalled:
                bits |= int(Flag.RECALLED)
            where = [range(n) for n in shape]
            if spec.dim:
                where[dims.index(spec.dim)] = range(i, i + 1)
            if year is not None:
                yi = year - d.first_year
                where[dims.index("year")] = range(yi, yi + 1)
            for key in itertools.product(*where):
                leaf.values[key], leaf.flags[key] = value, bits
                leaf.factors[key] = (factor, note)
        if gaps:
            findings.append(
                Finding(
                    "M4.missing",
                    "warning",
                    q.place,
                    Text(
                        f"{q.id}：{item} 在 {gaps[0]}–{gaps[-1]} 年没有因子，且没有写明年份规则",
                        f"{q.id}: no factor for {item} in {gaps[0]}–{gaps[-1]} and no year rule",
                    ),
                    fix=Text(
                        "在 factor.years 中写明 exact、frozen:年份 或 nearest_earlier",
                        "state exact, frozen:YEAR or nearest_earlier in factor.years",
                    ),
                )
            )
    return leaf
