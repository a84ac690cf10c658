"""Checks on load, one function a rule. TP-xx name the traps of docs/traps.md that a check closes."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Callable, Iterator
from decimal import Decimal
from fractions import Fraction
from itertools import pairwise
from typing import TYPE_CHECKING

from dafeng.factors.model import Factor
from dafeng.factors.recompute import recompute
from dafeng.factors.units import parse_rate, parse_unit
from dafeng.findings import Finding, Text

if TYPE_CHECKING:
    from dafeng.factors.library import FactorLibrary

#: Provinces, by GB/T 2260; the announcements print no row for Tibet, Taiwan, Hong Kong and Macao.
UNPUBLISHED = {"540000", "710000", "810000", "820000"}
PROVINCES = {
    f"{p}0000"
    for p in (*range(11, 16), *range(21, 24), *range(31, 38), *range(41, 47), *range(50, 54), *range(61, 66))
}
GRIDS = {f"grid-{g}" for g in ("north", "northeast", "east", "central", "northwest", "south", "southwest")}

#: Sum of the 40 published values of a year (30 provinces, 7 grids, 3 national kinds), as a checksum.
ELECTRICITY_SUMS = {2021: Decimal("21.9735"), 2022: Decimal("21.0850"), 2023: Decimal("20.6503")}

Check = Callable[["FactorLibrary"], Iterator[Finding]]


def check_library(library: FactorLibrary) -> list[Finding]:
    """All checks over a loaded library."""
    findings = recompute(library.factors)
    for check in CHECKS:
        findings.extend(check(library))
    return findings


def _found(f: Factor, rule: str, zh: str, en: str, expected: str = "") -> Finding:
    return Finding(
        rule,
        "error",
        f.place,
        Text(f"{f.id}：{zh}", f"{f.id}: {en}"),
        value=f"{f.value} {f.unit}",
        expected=Text(expected, expected),
        fix=Text("核对原文并改正该行", "Check the original and correct the row."),
    )


def footprint_is_not_average(library: FactorLibrary) -> Iterator[Finding]:
    """TP-20: CO2e and life cycle go together, and neither is an average grid factor."""
    for f in library.factors:
        if not f.parameter.startswith("ef_elec"):
            continue
        life_cycle, equivalent = "life cycle" in f.basis, "CO2e" in f.unit
        if life_cycle != equivalent or (equivalent and f.parameter != "ef_elec_footprint"):
            yield _found(
                f, "TP-20.footprint", "平均因子与碳足迹混淆", "an average factor and a footprint are mixed up"
            )


def electricity_years_fall(library: FactorLibrary) -> Iterator[Finding]:
    """TP-21: the mean over provinces falls from each published year to the next."""
    means: dict[int, list[Factor]] = defaultdict(list)
    for f in library.factors:
        if f.set == "MEE-NBS" and f.parameter == "ef_elec_average" and f.region in PROVINCES and f.data_year:
            means[f.data_year].append(f)
    years = sorted(means)
    for before, after in pairwise(years):
        if _mean(means[after]) >= _mean(means[before]):
            yield _found(
                means[after][0],
                "TP-21.wrong_year",
                f"{after} 年省级均值没有低于 {before} 年，疑似年份错位",
                f"the provincial mean of {after} is not below that of {before}; the years may be swapped",
            )


def _mean(rows: list[Factor]) -> Decimal:
    return sum((f.value for f in rows), Decimal(0)) / len(rows)


def electricity_whitelist(library: FactorLibrary) -> Iterator[Finding]:
    """TP-22: the announced set holds 30 provinces, 7 grids and 3 national kinds a year, and their sum."""
    years: dict[int, list[Factor]] = defaultdict(list)
    for f in library.factors:
        if f.set != "MEE-NBS":
            continue
        known = f.region in PROVINCES | GRIDS if f.parameter == "ef_elec_average" else f.region == "CN"
        if not known and not (f.parameter == "ef_elec_average" and f.region == "CN"):
            if f.region not in UNPUBLISHED:
                yield _found(
                    f, "TP-22.whitelist", "公告中没有这个地区的值", "the announcements print no such region"
                )
            continue
        if f.data_year:
            years[f.data_year].append(f)
    for year, rows in sorted(years.items()):
        total = sum((f.value for f in rows), Decimal(0))
        expected = ELECTRICITY_SUMS.get(year)
        if expected is not None and (len(rows) != 40 or total != expected):
            yield _found(
                rows[0],
                "TP-22.whitelist",
                f"{year} 年 {len(rows)} 个值合计 {total}，与公告的 40 个值合计 {expected} 不符",
                f"the {len(rows)} values of {year} sum to {total}; the 40 announced values sum to {expected}",
            )


def no_row_for_tibet(library: FactorLibrary) -> Iterator[Finding]:
    """TP-23: no value is published for Tibet, Hong Kong, Macao or Taiwan; a row would be a guess."""
    for f in library.factors:
        if f.set == "MEE-NBS" and f.region in UNPUBLISHED:
            yield _found(
                f, "TP-23.unpublished", "公告没有该地区的值", "no value is published for this region"
            )


def carbon_of_gases(library: FactorLibrary) -> Iterator[Finding]:
    """TP-28: carbon of blast-furnace gas 60–80 and of coke-oven gas 12–14 tC/TJ."""
    bounds = {"blast_furnace_gas": (60, 80), "coke_oven_gas": (12, 14)}
    for f in library.factors:
        if f.parameter == "carbon_content_per_heat" and f.item in bounds:
            low, high = bounds[f.item]
            if not low <= f.value <= high:
                yield _found(
                    f,
                    "TP-28.carbon",
                    "单位热值含碳量超出范围",
                    "its carbon is out of range",
                    f"{low}–{high} tC/TJ",
                )


def carbon_or_dioxide(library: FactorLibrary) -> Iterator[Finding]:
    """TP-45: a carbon content is in tC, a CO2 factor in CO2; never the other way."""
    for f in library.factors:
        if f.parameter == "carbon_content_per_heat" and not f.unit.startswith("tC/"):
            yield _found(f, "TP-45.carbon", "含碳量的单位应为 tC/TJ", "a carbon content is in tC/TJ", "tC/TJ")
        if f.parameter in ("co2_factor", "co2_factor_per_heat", "co2_factor_heat"):
            rate = parse_rate(f.unit)
            if rate is None or rate.gas != "CO2":
                yield _found(f, "TP-45.carbon", "二氧化碳因子的单位应为 CO2", "a CO2 factor is in CO2")


def supply_rate_range(library: FactorLibrary) -> Iterator[Finding]:
    """TP-42: supply coal rates lie between 0.1 and 0.5 kgce/kWh (grams are a thousand times more)."""
    for f in library.factors:
        if f.parameter == "supply_standard_coal_rate" and not (
            f.unit == "kgce/kWh" and Decimal("0.1") <= f.value <= Decimal("0.5")
        ):
            yield _found(
                f, "TP-42.coal_rate", "供电煤耗超出范围", "the coal rate is out of range", "0.1–0.5 kgce/kWh"
            )


def heat_coefficient(library: FactorLibrary) -> Iterator[Finding]:
    """TP-43: heat is 0.03412 kgce a megajoule, 34.12 kgce a gigajoule, in every set but the old table."""
    for f in library.factors:
        if f.parameter == "standard_coal_coefficient" and f.item == "heat" and f.set != "stat-old":
            per_mj = f.value if f.unit == "kgce/MJ" else f.value / 1000 if f.unit == "kgce/GJ" else None
            if per_mj is None or abs(per_mj - Decimal("0.03412")) > Decimal("0.00002"):
                yield _found(
                    f,
                    "TP-43.heat",
                    "热力折标系数数量级有误",
                    "the heat coefficient is off",
                    "0.03412 kgce/MJ",
                )


def denominator_is_part_of_the_key(library: FactorLibrary) -> Iterator[Finding]:
    """TP-46: per tonne or volume, and per heat, are different parameters with their own ranges."""
    for f in library.factors:
        if f.gas != "CO2" or f.parameter not in ("co2_factor", "co2_factor_per_heat"):
            continue
        rate = parse_rate(f.unit)
        if rate is None or rate.per is None:
            continue
        by_heat = rate.per.dim == "energy"
        if by_heat != (f.parameter == "co2_factor_per_heat"):
            yield _found(
                f, "TP-46.denominator", "每吨与每吉焦的因子混淆", "per tonne and per heat are mixed up"
            )
        value = Fraction(f.value) * rate.tonnes / rate.per.size
        low, high = (Fraction(4, 10**5), Fraction(3, 10**4)) if by_heat else (Fraction(1, 10**4), Fraction(5))
        if not low <= value <= high:
            yield _found(
                f, "TP-46.denominator", "数值与分母单位不相称", "the value does not fit its denominator"
            )


def heating_value_of_gas(library: FactorLibrary) -> Iterator[Finding]:
    """TP-47: natural gas holds 0.03–0.04 GJ a cubic metre (389.31 is per 10^4 m3)."""
    for f in library.factors:
        if f.parameter != "net_calorific_value" or f.item not in (
            "natural_gas",
            "natural_gas_high",
            "natural_gas_low",
        ):
            continue
        head, _, tail = f.unit.partition("/")
        energy, per = parse_unit(head), parse_unit(tail)
        if energy is None or per is None or per.dim != "volume":
            continue
        if not 30 <= Fraction(f.value) * energy.size / per.size <= 40:
            yield _found(
                f,
                "TP-47.heating_value",
                "天然气热值数量级有误",
                "its heating value is off",
                "0.03–0.04 GJ/m3",
            )


def electricity_per_kwh(library: FactorLibrary) -> Iterator[Finding]:
    """TP-49: grid factors are kg/kWh or t/MWh, which are equal, and lie between 0 and 1.5."""
    for f in library.factors:
        if not re.fullmatch(r"ef_(elec|grid)_\w+", f.parameter) or f.parameter == "ef_grid_OM_years":
            continue
        rate = parse_rate(f.unit)
        per_kwh = (
            None
            if rate is None or rate.per is None
            else Fraction(f.value) * rate.tonnes / rate.per.size * 3600
        )
        if per_kwh is None or not 0 < per_kwh < Fraction(3, 2):
            yield _found(
                f,
                "TP-49.per_kwh",
                "电力因子的数量级或单位有误",
                "the factor or its unit is off",
                "0–1.5 kg/kWh",
            )


def margins_are_not_averages(library: FactorLibrary) -> Iterator[Finding]:
    """TP-19: operating, build and combined margins have parameters of their own."""
    for f in library.factors:
        if ("margin" in f.basis) != f.parameter.startswith("ef_grid_"):
            yield _found(f, "TP-19.margin", "边际因子与平均因子混淆", "a margin and an average are mixed up")


def coal_and_heating_value_agree(library: FactorLibrary) -> Iterator[Finding]:
    """TP-38: a coal coefficient and the heating value of the same set and item agree within 0.5 %."""
    values = {
        (f.set, f.item): f
        for f in library.factors
        if f.parameter == "net_calorific_value" and f.region == "CN"
    }
    for f in library.factors:
        other = values.get((f.set, f.item))
        if f.parameter != "standard_coal_coefficient" or other is None or not f.value:
            continue
        mine, theirs = _per_base(f), _per_base(other)
        if mine and theirs and abs(mine / theirs - 1) > Fraction(1, 200):
            yield Finding(
                "TP-38.editions",
                "warning",
                f.place,
                Text(
                    f"{f.id} 折标系数与同套热值 {other.value} {other.unit} 相差超过 0.5%",
                    f"{f.id} is over 0.5 % off its set's heating value {other.value} {other.unit}",
                ),
                value=f"{f.value} {f.unit}",
                fix=Text("核对两个数的版本", "Check the editions of both."),
            )


def _per_base(f: Factor) -> Fraction | None:
    """Megajoules for one base unit of the denominator."""
    head, _, tail = f.unit.partition("/")
    energy, per = parse_unit(head), parse_unit(tail)
    if energy is None or per is None:
        return None
    return Fraction(f.value) * energy.size / per.size


def density_has_a_source(library: FactorLibrary) -> Iterator[Finding]:
    """TP-50: a density names its basis and source, and is 0.6–1.0 t/m3 for liquid fuels."""
    for f in library.factors:
        if f.parameter == "density" and (
            not f.basis or not f.source_ref or not Decimal("0.6") <= f.value <= 1
        ):
            yield _found(
                f, "TP-50.density", "密度缺少来源或超出范围", "the density lacks a source or is out of range"
            )


def waste_carbon_says_wet_or_dry(library: FactorLibrary) -> Iterator[Finding]:
    """TP-30: a carbon content of waste says whether it is of wet or dry matter, or that this is unknown."""
    for f in library.factors:
        if f.parameter == "ccw" and not any(word in f.basis for word in ("wet", "dry")):
            yield _found(
                f, "TP-30.wet_dry", "没有说明干基还是湿基", "it does not say whether it is wet or dry"
            )


def gwp_of_carbon_dioxide(library: FactorLibrary) -> Iterator[Finding]:
    """TP-31: methane's GWP tells the assessment report apart."""
    expected = {
        "SAR": "21",
        "TAR": "23",
        "AR4": "25",
        "AR5": "28",
        "AR5CCF": "34",
        "AR6": "27.9",
        "PGI-2025": "28",
    }
    for f in library.factors:
        if (
            f.parameter == "gwp100"
            and f.item == "CH4"
            and f.value != Decimal(expected.get(f.set, str(f.value)))
        ):
            yield _found(
                f, "TP-31.gwp", "与该评估报告的值不符", "it is not the value of that report", expected[f.set]
            )


CHECKS: tuple[Check, ...] = (
    margins_are_not_averages,
    footprint_is_not_average,
    electricity_years_fall,
    electricity_whitelist,
    no_row_for_tibet,
    carbon_of_gases,
    waste_carbon_says_wet_or_dry,
    gwp_of_carbon_dioxide,
    coal_and_heating_value_agree,
    supply_rate_range,
    heat_coefficient,
    carbon_or_dioxide,
    denominator_is_part_of_the_key,
    heating_value_of_gas,
    electricity_per_kwh,
    density_has_a_source,
)
