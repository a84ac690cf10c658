"""A factor file of anybody's making as a source of the account."""

from __future__ import annotations

import re
from collections import defaultdict
from dataclasses import dataclass, replace
from fractions import Fraction
from pathlib import Path
from typing import Any

from dafeng.factors import Rate, Vocabulary, parse_gas, parse_rate, parse_unit
from dafeng.factors.vocabulary import normal_name
from dafeng.findings import BlockingError, Finding, Text
from dafeng.inventory.account_supply import (
    CARBON_TO_DIOXIDE,
    Asked,
    Candidate,
    Property,
    Supply,
    energy_differs,
    missing_factor,
    partial_gases,
    property_of,
    region_differs,
    unknown_factor_id,
    whole_beside_gases,
    year_differs,
)
from dafeng.tabular import match_headers, parse_decimal, read_table, to_half_width

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
            made = property_of(identifier, unit, value, False)
            if made is not None and value > 0:
                density = parse_unit(unit.replace(" per ", "/").partition("/")[0])
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
        if "CO2e" in gases and gases - {"CO2e", "CO2_biogenic"}:
            whole = [c for c in supply.candidates if c.gas == "CO2e" and not c.part]
            if whole:
                supply.candidates = [c for c in supply.candidates if c not in whole]
                supply.notes.append(whole_beside_gases(asked, [c.id for c in whole]))
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
