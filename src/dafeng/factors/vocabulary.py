"""Names of energies and regions: exact, with aliases, never by a part of a name.

A name that stands for more than one thing (煤, coal, 煤气) is ambiguous and answers with all of them.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from dafeng.factors.library import STANDARDS
from dafeng.tabular import to_half_width


def normal_name(name: str) -> str:
    """Half-width, case folded, runs of blanks as one, none beside Chinese characters or brackets."""
    text = re.sub(r"\s+", " ", to_half_width(name)).casefold()
    return re.sub(r"(?<=[\u4e00-\u9fff()]) | (?=[\u4e00-\u9fff()])", "", text)


@dataclass(frozen=True)
class Energy:
    """code: the item of the factor tables. kind: solid, liquid, gas, electricity or heat."""

    code: str
    name_zh: str
    name_en: str
    kind: str
    biogenic: bool


@dataclass(frozen=True)
class Region:
    """code: GB/T 2260 code, grid code, ``CN`` or ``world``. grid: regional grid of a province."""

    code: str
    name_zh: str
    name_en: str
    grid: str
    parent: str


@dataclass(frozen=True)
class StandIn:
    """In a set, one item stands in for another that the set does not hold, and says why.

    mark: ``default`` where the result is a default rather than an observation.
    """

    set: str
    parameter: str
    item: str
    uses: str
    mark: str
    reason_zh: str
    reason_en: str


class Vocabulary:
    """Energies and regions of the package folders."""

    def __init__(self, folders: Iterable[Path]):
        self.energies: dict[str, Energy] = {}
        self.regions: dict[str, Region] = {}
        self.stand_ins: list[StandIn] = []
        self._energy_names: dict[str, list[str]] = {}
        self._region_names: dict[str, list[str]] = {}
        for folder in folders:
            self._read(Path(folder) / "vocabulary")

    def _read(self, folder: Path) -> None:
        for row in _rows(folder / "energy.csv"):
            energy = Energy(
                row["code"], row["name_zh"], row["name_en"], row["kind"], row["biogenic"] == "yes"
            )
            self.energies[energy.code] = energy
            for name in (row["code"], row["name_zh"], row["name_en"], *row["aliases"].split(";")):
                _add(self._energy_names, name, energy.code)
        for row in _rows(folder / "regions.csv"):
            region = Region(row["code"], row["name_zh"], row["name_en"], row["grid"], row["parent"])
            self.regions[region.code] = region
            for name in (row["code"], row["name_zh"], row["name_en"], *row["aliases"].split(";")):
                _add(self._region_names, name, region.code)
        for row in _rows(folder / "stand_ins.csv"):
            self.stand_ins.append(StandIn(**row))

    def energy_codes(self, name: str) -> list[str]:
        """Codes that a name stands for: none, one, or several when it is ambiguous."""
        return self._energy_names.get(normal_name(name), [])

    def region_codes(self, name: str) -> list[str]:
        """Codes that a name stands for; a six- to twelve-digit code below a known province is itself."""
        found = self._region_names.get(normal_name(name), [])
        text = to_half_width(name)
        if (
            not found
            and re.fullmatch(r"[0-9]{6}(?:[0-9]{3}){0,2}", text)
            and f"{text[:2]}0000" in self.regions
        ):
            return [text]
        return found

    def province(self, code: str) -> str | None:
        """Province of a region code, by its first two digits; None for CN, grids and the like."""
        if not code[:2].isdigit():
            return None
        province = f"{code[:2]}0000"
        return province if province in self.regions else None

    def stand_in(self, set: str, parameter: str, item: str) -> StandIn | None:
        for s in self.stand_ins:
            if s.set == set and s.item == item and s.parameter in ("*", parameter):
                return s
        return None

    def region_name(self, code: str, language: str = "zh") -> str:
        region = self.regions.get(code)
        if region is None:
            return code
        return (region.name_en or region.name_zh) if language == "en" else region.name_zh


def _add(names: dict[str, list[str]], name: str, code: str) -> None:
    key = normal_name(name)
    if key and code not in names.setdefault(key, []):
        names[key].append(code)


def _rows(path: Path) -> list[dict[str, str]]:
    if not path.exists():
        return []
    with path.open(encoding="utf-8-sig", newline="") as stream:
        return list(csv.DictReader(stream))


@cache
def shipped_vocabulary() -> Vocabulary:
    """The vocabulary of the packages shipped with the program."""
    return Vocabulary(p for p in (STANDARDS / "nation", *sorted(STANDARDS.glob("[0-9]*"))) if p.is_dir())
