"""Where an account takes its factors from: shipped sets, or one factor file of anybody's making.

Both give the same thing for an energy, region and year: candidates (factor per unit, gas by gas) and
properties (heating value, density) of the same source. Nothing is taken from elsewhere (rule M4).
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from fractions import Fraction
from pathlib import Path
from typing import Any, Protocol

from dafeng.factors import (
    Conflict,
    Factor,
    FactorLibrary,
    Missing,
    Rate,
    Unit,
    Vocabulary,
    parse_gas,
    parse_rate,
    parse_unit,
)
from dafeng.factors.vocabulary import normal_name
from dafeng.findings import BlockingError, Finding, Text
from dafeng.tabular import match_headers, parse_decimal, read_table, to_half_width

CARBON_TO_DIOXIDE = Fraction(44, 12)


@dataclass(frozen=True)
class Candidate:
    """A factor that could apply: ``value`` tonnes of ``gas`` for one unit of ``rate.per``.

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

    candidates: in order of preference where ``ordered``, else all equal. findings carry no place yet:
    they are (rule, severity, zh, en, fix zh, fix en, value) templates.
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


class ShippedSets:
    """Factor sets shipped with the program: one for fuels, and the published one for bought electricity.

    fuel: the fuel set (``A+B`` for a union). electricity: the average factor of the province, published for
    the year. A district, city or county is supplied by its province's grid: the published provincial value
    is that of its purchases, which is a rule of the announcement and not a widening.
    """

    def __init__(
        self,
        library: FactorLibrary,
        vocabulary: Vocabulary,
        fuel: str = "PGI-2025",
        electricity: str = "MEE-NBS",
        heat: str = "HEAT-default",
    ):
        self.library, self.vocabulary = library, vocabulary
        self.fuel, self.electricity, self.heat = fuel, electricity, heat

    def about(self) -> dict[str, Any]:
        return {"fuel": self.fuel, "electricity": self.electricity, "heat": self.heat}

    def supply(self, asked: Asked) -> Supply:
        if asked.factor_id:
            return self._by_id(asked)
        if asked.energy_code == "electricity":
            return self._electricity(asked)
        if asked.energy_code == "heat":
            return self._heat(asked)
        return self._fuel(asked)

    def _by_id(self, asked: Asked) -> Supply:
        f = self.library.by_id.get(asked.factor_id)
        rate = parse_rate(f.unit) if f else None
        if f is None or rate is None or not f.gas:
            return Supply(problems=[unknown_factor_id(asked.factor_id)])
        supply = Supply([_candidate(f, rate)])
        self._properties(supply, f.item, asked.year, f.set)
        if asked.energy_code and f.item != asked.energy_code:
            supply.problems.append(energy_differs(asked.factor_id, asked.energy, f.item))
        if f.valid_from and not (f.valid_from.year <= asked.year <= (f.valid_to or f.valid_from).year):
            supply.notes.append(year_differs(asked.factor_id, asked.year, str(f.valid_from.year)))
        return supply

    def _electricity(self, asked: Asked) -> Supply:
        code = asked.region_code
        region = self.vocabulary.province(code) or code if code else ""
        if not region:
            return Supply(problems=[region_needed(asked.region)])
        found = self.library.find(
            "ef_elec_average", "electricity", set=self.electricity, region=region, year=asked.year
        )
        supply = self._supply([found])
        if isinstance(found, Missing):
            grid = self.vocabulary.regions[region].grid if region in self.vocabulary.regions else ""
            near = [f for f in found.alternatives if f.region == region]
            near = near or [f for f in found.alternatives if f.region in ("CN", grid)]
            supply.problems = [missing_factor(asked, [_brief(f) for f in near], self.electricity)]
        return supply

    def _heat(self, asked: Asked) -> Supply:
        found = self.library.find(
            "co2_factor_heat",
            "heat",
            set=self.heat,
            region=asked.region_code or "CN",
            year=asked.year,
            region_fallback=["CN"],
        )
        supply = self._supply([found])
        if supply.candidates:
            supply.state = "default"
            supply.notes.append(
                Finding(
                    "TP-25.default_heat",
                    "warning",
                    "",
                    Text(
                        "外购热力用缺省因子 0.11 tCO2/GJ，相当于燃煤供热",
                        "Bought heat takes the default of 0.11 tCO2/GJ, which is heat from coal",
                    ),
                    value=asked.energy,
                    fix=Text(
                        "有供热方的因子时用 --factor-file 给出",
                        "Give the supplier's factor in a --factor-file.",
                    ),
                )
            )
        return supply

    def _fuel(self, asked: Asked) -> Supply:
        item = asked.energy_code
        supply = self._fuel_item(item, asked)
        if supply.candidates:
            return supply
        for part in self.fuel.split("+"):
            stand_in = self.vocabulary.stand_in(part, "co2_factor", item)
            if stand_in:
                other = self._fuel_item(stand_in.uses, asked)
                other.state = stand_in.mark
                used = self.vocabulary.energies[stand_in.uses]
                other.notes.append(
                    Finding(
                        "account.stand_in",
                        "warning",
                        "",
                        Text(
                            f"{part}：“{asked.energy}”按“{used.name_zh}”计。{stand_in.reason_zh}",
                            f"{part}: {asked.energy} is taken as {used.name_en}. {stand_in.reason_en}",
                        ),
                        value=asked.energy,
                    )
                )
                return other
        return supply

    def _fuel_item(self, item: str, asked: Asked) -> Supply:
        year = asked.year
        find = self.library.find
        found = [
            find(p, item, set=self.fuel, region=r, year=year)
            for p in ("co2_factor", "co2_factor_per_heat", "co2_per_litre", "co2_per_m3")
            for r in ("CN", "world")
        ]
        supply = self._supply([f for f in found if not isinstance(f, Missing)])
        supply.ordered = True
        self._properties(supply, item, year, self.fuel)
        if not supply.candidates and not supply.problems:
            carbon = find("carbon_content_per_heat", item, set=self.fuel, year=year)
            oxidation = find("oxidation_rate", item, set=self.fuel, year=year)
            if isinstance(carbon, Factor) and isinstance(oxidation, Factor):
                rate = parse_rate("tCO2/TJ")
                assert rate is not None
                value = Fraction(carbon.value) * Fraction(oxidation.value) * CARBON_TO_DIOXIDE
                recalled = carbon.recalled or oxidation.recalled
                identifier = f"{carbon.id}×{oxidation.id}×44/12"
                supply.candidates.append(
                    Candidate(identifier, "CO2", value, rate, recalled=recalled, shown=carbon.as_dict())
                )
            else:
                near = [f for m in found if isinstance(m, Missing) for f in m.alternatives]
                near = [
                    f for f in emission_factors(self.library, item) if f.set not in self.fuel.split("+")
                ] or near
                supply.problems.append(missing_factor(asked, [_brief(f) for f in near], self.fuel))
        return supply

    def _supply(self, found: Sequence[Factor | Missing | Conflict]) -> Supply:
        supply = Supply()
        for f in found:
            if isinstance(f, Factor):
                rate = parse_rate(f.unit)
                if rate is not None:
                    supply.candidates.append(_candidate(f, rate))
            else:
                supply.problems.append(f.finding(""))
        return supply

    def _properties(self, supply: Supply, item: str, year: int, sets: str) -> None:
        for parameter, kept in (("net_calorific_value", supply.heating), ("density", supply.density)):
            for region in ("CN", "world"):
                f = self.library.find(parameter, item, set=sets, region=region, year=year)
                if isinstance(f, Factor):
                    made = _property(f.id, f.unit, Fraction(f.value), f.recalled)
                    if made is not None:
                        kept.append(made)


def emission_factors(library: FactorLibrary, item: str) -> list[Factor]:
    """CO2 factors of an item in any set: what could be named instead."""
    parameters = ("co2_factor", "co2_factor_per_heat")
    return [f for f in library.factors if f.item == item and f.parameter in parameters]


def _brief(f: Factor) -> str:
    when = str(f.data_year or f.edition)
    return f"{f.id}（{f.set}，{f.region_name or f.region}，{when}，{f.value} {f.unit}）"


def _candidate(f: Factor, rate: Rate) -> Candidate:
    return Candidate(f.id, f.gas, Fraction(f.value), rate, "", f.recalled, f.place, f.as_dict())


def _property(identifier: str, unit: str, value: Fraction, recalled: bool) -> Property | None:
    """A heating value (energy per mass or volume) or a density (mass per volume), in base units."""
    head, slash, tail = unit.partition("/")
    top, per = parse_unit(head), parse_unit(tail)
    if not slash or top is None or per is None or per.dim not in ("mass", "volume"):
        return None
    if top.dim == "energy":
        return Property(identifier, value * top.size / per.size, per, recalled)
    if top.dim == "mass" and per.dim == "volume":
        return Property(identifier, value * top.size / per.size, per, recalled)
    return None


# A factor file


ALIASES: dict[str, tuple[str, ...]] = {
    "factor_id": ("id", "factor id", "因子编号", "编号"),
    "energy": ("fuel", "能源", "能源品种", "品种", "energy_type"),
    "value": ("factor", "数值", "因子", "因子值"),
    "unit": ("单位", "units"),
    "gas": ("ghg", "气体"),
    "region": ("地区", "country", "国家"),
    "year": ("年份", "年度"),
    "source": ("来源", "出处"),
}
_YEARS = re.compile(r"^([0-9]{4})(?:\s*(?:-|–|—|~|至|\.\.)\s*([0-9]{4}))?年?$")


@dataclass(frozen=True)
class FileRow:
    energy_key: str
    region_key: str
    region: str
    first: int
    last: int
    candidate: Candidate | None
    heating: Property | None = None
    density: Property | None = None
    energy: str = ""
    factor_id: str = ""

    def holds(self, year: int) -> bool:
        return self.first <= year <= self.last

    @property
    def brief(self) -> str:
        years = "不限年份" if (self.first, self.last) == (0, 9999) else f"{self.first}–{self.last}"
        if self.first == self.last:
            years = str(self.first)
        return f"{self.factor_id}（{self.energy}，{self.region or '不限地区'}，{years}）"


class FactorFile:
    """A file of factors: ``factor_id, energy, value, unit, gas, region, year, source``.

    The unit decides what a row is: mass of a gas per anything is a factor, energy per mass or volume a
    heating value, mass per volume a density. A blank region or year states no bound. Rows that are wrong
    give findings and are not used.
    """

    def __init__(self, path: Path | str, vocabulary: Vocabulary):
        self.vocabulary = vocabulary
        table = read_table(path)
        self.name = table.file
        self.findings = list(table.findings)
        columns, found = match_headers(
            table.headers, ALIASES, required=("energy", "value", "unit"), place=table.file
        )
        self.findings += found
        if any(f.severity == "error" for f in found):
            raise BlockingError(self.findings)
        self.rows: list[FileRow] = []
        for index in range(len(table)):
            cells = {name: _text(table.rows[index][column]) for name, column in columns.items()}
            row = self._row(cells, lambda name, i=index: table.place(i, columns.get(name)))
            if row is not None:
                self.rows.append(row)
        if not self.rows:
            self.findings.append(
                Finding(
                    "account.factor_file",
                    "error",
                    table.file,
                    Text("因子文件中没有可用的行", "The factor file holds no usable row"),
                )
            )
        self._by_id: dict[str, list[FileRow]] = defaultdict(list)
        self._by_energy: dict[str, list[FileRow]] = defaultdict(list)
        for r in self.rows:
            if r.factor_id:
                self._by_id[r.factor_id].append(r)
            self._by_energy[r.energy_key].append(r)

    def about(self) -> dict[str, Any]:
        return {"factor_file": self.name}

    def _row(self, cells: dict[str, str], place: Any) -> FileRow | None:
        unit, gas_text = cells.get("unit", ""), cells.get("gas", "")
        number = parse_decimal(cells.get("value", ""))
        years = self._years(cells.get("year", ""), place)
        if number.value is None or number.percent:
            zh, en = (
                (number.problem.zh, number.problem.en)
                if number.problem.zh
                else ("没有数值", "There is no value")
            )
            self._bad(place("value"), "account.factor_value", number.raw, zh, en)
            return None
        if years is None:
            return None
        if number.value < 0:
            self._bad(
                place("value"),
                "account.factor_negative",
                number.raw,
                "因子为负",
                "The factor is negative",
                "warning",
            )
        identifier = cells.get("factor_id", "")
        value = Fraction(number.value)
        region = cells.get("region", "")
        base = FileRow(
            energy_key(cells.get("energy", ""), self.vocabulary),
            region_key(region, self.vocabulary) if region else "",
            region,
            *years,
            None,
            energy=cells.get("energy", ""),
            factor_id=identifier,
        )
        if not base.energy:
            self._bad(
                place("energy"), "account.factor_energy", "", "没有写能源名称", "The energy is not named"
            )
            return None
        rate = parse_rate(unit)
        if rate is None or (not gas_text and not rate.gas):
            made = _property(identifier, unit, value, False)
            if made is not None and value > 0:
                density = parse_unit(unit.partition("/")[0])
                is_density = density is not None and density.dim == "mass"
                return replace(
                    base, heating=None if is_density else made, density=made if is_density else None
                )
            self._bad(
                place("unit"),
                "account.factor_unit",
                unit,
                f"因子单位“{unit}”无法识别，或没有写明气体",
                f"The unit “{unit}” is not known, or names no gas",
            )
            return None
        gas = self._gas(rate, parse_gas(gas_text) if gas_text else "", place)
        if gas is None:
            return None
        name, part = gas
        if rate.carbon:
            value *= CARBON_TO_DIOXIDE
        known = self.vocabulary.energies.get(base.energy_key)
        if known is not None and known.biogenic and name == "CO2":
            name = "CO2_biogenic"
            self._bad(
                place("gas"),
                "TP-32.biogenic",
                base.energy,
                f"{base.energy} 的二氧化碳是生物成因，只作备忘，不计入合计",
                f"The CO2 of {base.energy} is biogenic; it is a memo item and not in the total",
                "note",
            )
        shown = {
            "id": identifier,
            "value": str(number.value),
            **{k: v for k, v in cells.items() if k not in ("factor_id", "value")},
        }
        return replace(
            base, candidate=Candidate(identifier, name, value, rate, part, False, place("value"), shown)
        )

    def _gas(self, rate: Rate, written: str, place: Any) -> tuple[str, str] | None:
        """Gas of a row: the unit decides; the gas column fills in where the unit names none."""
        if rate.carbon:
            if written in ("", "CO2", "C", "碳"):
                self._bad(
                    place("unit"),
                    "TP-45.carbon",
                    written,
                    "单位是碳，按 44/12 折算为二氧化碳",
                    "The unit is of carbon; it is converted to CO2 by 44/12",
                    "warning",
                )
                return "CO2", ""
            self._gas_clash(place, written, "C")
            return None
        if not rate.gas:
            return written, ""
        if not written or written == rate.gas or (written == "CO2_biogenic" and rate.gas == "CO2"):
            return written or rate.gas, ""
        if rate.gas == "CO2e":
            self._bad(
                place("gas"),
                "TP-20.co2e",
                written,
                "单位是 CO2e，按二氧化碳当量记，不计入二氧化碳",
                "The unit is CO2e; it is kept as CO2e and not counted as CO2",
                "warning",
            )
            return "CO2e", "" if written == "CO2" else written
        if written == "CO2e" and rate.gas == "CO2":
            self._bad(
                place("gas"),
                "TP-20.co2e",
                written,
                "单位是 CO2，气体写作 CO2e，按单位记为二氧化碳",
                "The unit is CO2 and the gas is written CO2e; the unit decides",
                "warning",
            )
            return "CO2", ""
        self._gas_clash(place, written, rate.gas)
        return None

    def _gas_clash(self, place: Any, written: str, unit_gas: str) -> None:
        self._bad(
            place("gas"),
            "account.factor_gas",
            written,
            f"气体写作 {written}，单位却是 {unit_gas}",
            f"The gas is {written} but the unit says {unit_gas}",
        )

    def _years(self, text: str, place: Any) -> tuple[int, int] | None:
        text = to_half_width(text)
        text = text.removesuffix(".0")
        if not text:
            return 0, 9999
        match = _YEARS.match(text)
        if not match or (match[2] and int(match[2]) < int(match[1])):
            self._bad(
                place("year"),
                "account.factor_year",
                text,
                f"年份“{text}”无法识别",
                f"The year “{text}” is not known",
            )
            return None
        return int(match[1]), int(match[2] or match[1])

    def _bad(self, place: str, rule: str, value: str, zh: str, en: str, severity: Any = "error") -> None:
        if len(self.findings) < 1000:
            fix = Text("改正因子文件", "Correct the factor file.") if severity == "error" else Text("", "")
            self.findings.append(Finding(rule, severity, place, Text(zh, en), value=value, fix=fix))

    def supply(self, asked: Asked) -> Supply:
        key = asked.energy_code or energy_key(asked.energy, self.vocabulary)
        place = asked.region_code or (region_key(asked.region, self.vocabulary) if asked.region else "")
        pool = self._by_energy.get(key, [])
        fitting = [r for r in pool if r.holds(asked.year) and r.region_key in ("", place)]
        supply = Supply(
            heating=[r.heating for r in fitting if r.heating],
            density=[r.density for r in fitting if r.density],
        )
        if asked.factor_id:
            return self._by_factor_id(asked, key, place, supply)
        chosen = [r for r in fitting if r.candidate]
        supply.candidates = [r.candidate for r in chosen if r.candidate]
        if not chosen:
            near = [r for r in pool if r.candidate]
            near.sort(key=lambda r: (r.region_key != place, abs(r.first - asked.year)))
            supply.problems.append(missing_factor(asked, [r.brief for r in near]))
        gases = {r.candidate.gas for r in chosen if r.candidate}
        lost = {
            r.candidate.gas
            for r in pool
            if r.candidate and r.region_key in ("", place) and r.candidate.gas not in gases
        }
        if "CO2e" in gases:
            lost = set()
        lost -= {"CO2e", "CO2_biogenic"}
        if chosen and lost:
            supply.notes.append(partial_gases(asked, sorted(lost)))
        return supply

    def _by_factor_id(self, asked: Asked, key: str, place: str, supply: Supply) -> Supply:
        rows = [r for r in self._by_id.get(asked.factor_id, []) if r.candidate]
        if not rows:
            supply.problems.append(unknown_factor_id(asked.factor_id))
            return supply
        exact = [
            r for r in rows if r.holds(asked.year) and r.region_key in ("", place) and r.energy_key == key
        ]
        rows = exact or rows
        supply.candidates = [r.candidate for r in rows if r.candidate]
        if any(r.energy_key != key for r in rows):
            codes = self.vocabulary.energies
            both_known = key in codes and rows[0].energy_key in codes
            found = energy_differs(asked.factor_id, asked.energy, rows[0].energy)
            (supply.problems if both_known else supply.notes).append(found)
        if not any(r.holds(asked.year) for r in rows):
            supply.notes.append(year_differs(asked.factor_id, asked.year, str(rows[0].first)))
        if not any(r.region_key in ("", place) for r in rows):
            supply.notes.append(region_differs(asked.factor_id, asked.region, rows[0].region))
        if not supply.heating and not supply.density:
            mine = [r for r in self._by_energy.get(rows[0].energy_key, []) if r.holds(asked.year)]
            mine = [r for r in mine if r.region_key in ("", place, rows[0].region_key)]
            supply.heating = [r.heating for r in mine if r.heating]
            supply.density = [r.density for r in mine if r.density]
        return supply


def _text(cell: Any) -> str:
    if cell is None:
        return ""
    return format(cell, ".15g") if isinstance(cell, float) else str(cell).strip()


def energy_key(name: str, vocabulary: Vocabulary) -> str:
    """Code of an energy where the name has exactly one, else the name itself, so that a file's own names work."""
    codes = vocabulary.energy_codes(name)
    return codes[0] if len(codes) == 1 else "~" + normal_name(name)


def region_key(name: str, vocabulary: Vocabulary) -> str:
    codes = vocabulary.region_codes(name)
    return codes[0] if len(codes) == 1 else "~" + normal_name(name)


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
