"""What a source of factors hands to the account, and the findings about it.

A source (shipped sets, or one factor file of anybody's making) gives for an energy, region and year its candidates
(factor per unit, gas by gas) and properties (heating value, density). Nothing is taken from elsewhere (rule M4).
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Any, Protocol

from dafeng.factors import Rate, Unit, parse_unit
from dafeng.findings import Finding, Text

CARBON_TO_DIOXIDE = Fraction(44, 12)


@dataclass(frozen=True)
class Candidate:
    """A factor that could apply: ``value × rate.tonnes`` tonnes of ``gas`` for one ``rate.per``.

    part: a component that a CO2e factor is split into (CO2e of CH4), else "".
    """

    id: str
    gas: str
    value: Fraction
    rate: Rate
    part: str = ""
    recalled: bool = False
    place: str = ""
    shown: dict[str, Any] = field(default_factory=dict, compare=False)


@dataclass(frozen=True)
class Property:
    """A heating value (megajoules for one base unit of ``per``) or a density (tonnes a cubic metre)."""

    id: str
    value: Fraction
    per: Unit | None
    recalled: bool = False


@dataclass
class Supply:
    """What a source holds for one energy, region and year.

    candidates: in order of preference where ``ordered``, else all equal, so that two that fit are a conflict.
    state: ``default`` where the result is a default and no observation. problems stop the emission of the row,
    notes are told with it; neither has a place yet.
    """

    candidates: list[Candidate] = field(default_factory=list)
    heating: list[Property] = field(default_factory=list)
    density: list[Property] = field(default_factory=list)
    ordered: bool = False
    state: str = ""
    problems: list[Finding] = field(default_factory=list)
    notes: list[Finding] = field(default_factory=list)


@dataclass(frozen=True)
class Asked:
    """The key of a look-up. energy: code or written name; region: code or written name."""

    energy: str
    energy_code: str
    region: str
    region_code: str
    year: int
    factor_id: str


class Source(Protocol):
    """A source of factors."""

    def supply(self, asked: Asked) -> Supply: ...

    def about(self) -> dict[str, Any]: ...


def property_of(identifier: str, unit: str, value: Fraction, recalled: bool) -> Property | None:
    """A heating value (energy per mass or volume) or a density (mass per volume), in base units."""
    head, slash, tail = unit.replace(" per ", "/").partition("/")
    top, per = parse_unit(head), parse_unit(tail)
    if not slash or top is None or per is None or per.dim not in ("mass", "volume"):
        return None
    if top.dim == "energy":
        return Property(identifier, value * top.size / per.size, per, recalled)
    if top.dim == "mass" and per.dim == "volume":
        return Property(identifier, value * top.size / per.size, per, recalled)
    return None


# Findings without a place; the account adds it.


def missing_factor(asked: Asked, near: Sequence[str], where: str = "") -> Finding:
    what = f"{asked.energy}，{asked.region or '地区未写'}，{asked.year} 年"
    what_en = f"{asked.energy}, {asked.region or 'no region'}, {asked.year}"
    shown = "；".join(near[:6])
    return Finding(
        "M4.missing",
        "error",
        "",
        Text(
            f"{where or '因子文件'} 中没有适用的因子：{what}",
            f"{where or 'The factor file'} holds no factor for {what_en}",
        ),
        value=asked.energy,
        expected=Text("恰有一个适用的因子", "exactly one factor that applies"),
        fix=Text(
            f"不自动代用；可在 factor_id 列写明：{shown}" if shown else "补充因子",
            f"Nothing stands in; name one in the column factor_id: {shown}." if shown else "Add the factor.",
        ),
        data={"alternatives": list(near[:12])},
    )


def conflicting_factors(asked: Asked, ids: Iterable[str], gas: str) -> Finding:
    shown = "、".join(ids)
    return Finding(
        "M4.conflict",
        "error",
        "",
        Text(
            f"{asked.energy} 的 {gas} 有多个候选因子：{shown}",
            f"{asked.energy} has several factors for {gas}: {shown}",
        ),
        value=asked.factor_id or asked.energy,
        expected=Text("恰有一个适用的因子", "exactly one factor that applies"),
        fix=Text("在 factor_id 列写明用哪一个", "Say in the column factor_id which one is meant."),
    )


def unknown_factor_id(identifier: str) -> Finding:
    return Finding(
        "M4.missing",
        "error",
        "",
        Text(
            f"没有编号为“{identifier}”的排放因子", f"There is no emission factor with the id “{identifier}”"
        ),
        value=identifier,
        fix=Text("改正编号，或在因子文件中补充", "Correct the id or add the factor."),
    )


def energy_differs(identifier: str, energy: str, other: str) -> Finding:
    return Finding(
        "account.factor_energy",
        "error",
        "",
        Text(
            f"因子 {identifier} 属于“{other}”，该行是“{energy}”",
            f"The factor {identifier} is of “{other}”, the row of “{energy}”",
        ),
        value=identifier,
        fix=Text("改正因子编号或能源名称", "Correct the id or the energy."),
    )


def year_differs(identifier: str, year: int, other: str) -> Finding:
    return Finding(
        "account.factor_year",
        "warning",
        "",
        Text(
            f"{year} 年的数据按指定用了 {other} 年的因子 {identifier}",
            f"Data of {year} take the factor {identifier} of {other}, as told",
        ),
        value=identifier,
    )


def region_differs(identifier: str, region: str, other: str) -> Finding:
    return Finding(
        "account.factor_region",
        "warning",
        "",
        Text(
            f"“{region}”的数据按指定用了“{other}”的因子 {identifier}",
            f"Data of “{region}” take the factor {identifier} of “{other}”, as told",
        ),
        value=identifier,
    )


def region_needed(region: str) -> Finding:
    return Finding(
        "account.region",
        "error",
        "",
        Text(
            f"外购电力要按省取因子，地区“{region}”无法识别"
            if region
            else "外购电力要按省取因子，该行没有写地区",
            f"Bought electricity needs a province; “{region}” is not known"
            if region
            else "Bought electricity needs a province; the row names none",
        ),
        value=region,
        expected=Text("省级行政区名称或六位代码", "a province, by name or by its six-digit code"),
        fix=Text("改正地区", "Correct the region."),
    )


def whole_beside_gases(asked: Asked, left_out: Sequence[str]) -> Finding:
    """A factor in CO2e beside factors of its own gases: counted both ways it would count twice (rule M5)."""
    shown = "、".join(left_out)
    return Finding(
        "account.co2e_beside_gases",
        "warning",
        "",
        Text(
            f"{asked.energy} 既有 CO2e 因子（{shown}）又有分气体因子：只用分气体的，CO2e 因子不计",
            f"{asked.energy} has a factor in CO2e ({shown}) beside factors by gas: the gases count, the CO2e factor does not",
        ),
        value=shown,
        fix=Text("要用 CO2e 因子，请在 factor_id 列写明它", "to use the CO2e factor name it in factor_id"),
    )


def partial_gases(asked: Asked, gases: Sequence[str]) -> Finding:
    shown = "、".join(gases)
    return Finding(
        "account.partial_gases",
        "warning",
        "",
        Text(
            f"{asked.energy} 在该地区和年份没有 {shown} 的因子（别的年份有），该气体未计",
            f"{asked.energy} has no factor for {shown} in this region and year, though it has in others; the gas is not counted",
        ),
        value=asked.energy,
    )
