"""Reads the provincial CO2 inventories of CEADs and finds what they were made from.

CEADs (ceads.net; Shan et al. 2018, 2020; Guan et al. 2021) publishes emissions in Mt CO2 by sector and fuel, without the fuel
quantities. The energy balances behind them are printed to 0.01 of 10^4 t (10^8 m3 for gases). So in the sectors outside industry,
whose figures are taken straight from the balance, every emission is a whole number of steps of
0.01 × factor, and one step must fit all provinces. Where it does, the factor and the quantities follow
from the published emissions alone.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from statistics import median

from dafeng.findings import BlockingError, Finding, Text
from dafeng.tabular import read_table, sheet_names

#: energy code of each fuel column, and the unit of the energy balances
FUELS: dict[str, tuple[str, str]] = {
    "Raw Coal": ("raw_coal", "万t"),
    "Cleaned Coal": ("cleaned_coal", "万t"),
    "Other Washed Coal": ("other_washed_coal", "万t"),
    "Briquettes": ("briquette", "万t"),
    "Coke": ("coke", "万t"),
    "Coke Oven Gas": ("coke_oven_gas", "亿m3"),
    "Other Gas": ("other_gas", "亿m3"),
    "Other Coking Products": ("other_coking_products", "万t"),
    "Crude Oil": ("crude_oil", "万t"),
    "Gasoline": ("gasoline", "万t"),
    "Kerosene": ("kerosene", "万t"),
    "Diesel Oil": ("diesel", "万t"),
    "Fuel Oil": ("fuel_oil", "万t"),
    "LPG": ("lpg", "万t"),
    "Refinery Gas": ("refinery_gas", "万t"),
    "Other Petroleum Products": ("other_petroleum", "万t"),
    "Natural Gas": ("natural_gas", "亿m3"),
}

#: Default factors of the series, from memory of Shan et al. 2018, Table 3 (to be checked): heating value in
#: PJ per 10^4 t or 10^8 m3, carbon in tC/TJ, oxidation. Only used to know roughly how large a step is.
RECALLED: dict[str, tuple[str, str, str]] = {
    "Raw Coal": ("0.21", "26.32", "0.92"),
    "Cleaned Coal": ("0.26", "26.32", "0.92"),
    "Other Washed Coal": ("0.15", "26.32", "0.92"),
    "Briquettes": ("0.18", "26.32", "0.92"),
    "Coke": ("0.28", "31.38", "0.92"),
    "Coke Oven Gas": ("1.61", "21.49", "0.92"),
    "Other Gas": ("0.83", "21.49", "0.92"),
    "Other Coking Products": ("0.28", "27.45", "0.92"),
    "Crude Oil": ("0.43", "20.08", "0.98"),
    "Gasoline": ("0.44", "18.90", "0.98"),
    "Kerosene": ("0.44", "19.60", "0.98"),
    "Diesel Oil": ("0.43", "20.20", "0.98"),
    "Fuel Oil": ("0.43", "21.10", "0.98"),
    "LPG": ("0.51", "17.20", "0.98"),
    "Refinery Gas": ("0.47", "20.00", "0.98"),
    "Other Petroleum Products": ("0.43", "20.00", "0.98"),
    "Natural Gas": ("3.89", "15.32", "0.99"),
}

#: sectors taken straight from the energy balance
BALANCE_SECTORS = (
    "Construction",
    "Transportation, Storage, Post and Telecommunication Services",
    "Wholesale, Retail Trade and Catering Services",
    "Others",
    "Urban",
    "Rural",
)
#: Coal burns less completely outside industry and construction, and the series counts it so: in construction
#: raw coal and briquettes carry 0.899 / 0.8 of the factor of the other balance sectors (found in the workbooks).
SPLIT_FUELS = ("Raw Coal", "Briquettes")
CONSTRUCTION = "Construction"
CONSTRUCTION_RATIO = Decimal("0.899") / Decimal("0.8")

TOTAL = re.compile(r"^total\s*(emissions|consumption)$", re.IGNORECASE)


@dataclass
class Inventory:
    """One province and year: ``emissions[sector][column]`` in Mt CO2; ``totals`` is the sheet's own total row.

    Columns are the names of ``FUELS`` and ``Process`` and ``Scope 1 Total``.
    """

    province: str
    year: int
    emissions: dict[str, dict[str, float]]
    totals: dict[str, float]

    def column_gap(self, column: str) -> float:
        """Sum of the sectors less the sheet's total, in Mt."""
        return sum(row.get(column, 0.0) for row in self.emissions.values()) - self.totals.get(column, 0.0)

    def row_gap(self, sector: str) -> float:
        """Sum of fuels and process less the sheet's scope 1 total of a sector, in Mt."""
        row = self.emissions[sector]
        return sum(v for k, v in row.items() if k != "Scope 1 Total") - row["Scope 1 Total"]


@dataclass(frozen=True)
class Step:
    """What the emissions of a fuel are whole numbers of.

    factor: Mt CO2 for one 10^4 t (or 10^8 m3). cells: positive cells of balance sectors in all provinces. whole: how many are
    whole multiples of 0.01 × factor to within ``tolerance`` of a step. worst: the largest distance among those.
    """

    fuel: str
    factor: float
    cells: int
    whole: int
    worst: float
    tolerance: float = 0.02

    @property
    def proven(self) -> bool:
        """Every cell fits, and there are enough that chance cannot make them."""
        return self.whole == self.cells >= 10 and self.worst < 1e-6


def recalled_factor(fuel: str) -> float:
    """Mt CO2 for one 10^4 t (10^8 m3) by the recalled defaults: NCV × CC × O × 44/12."""
    heat, carbon, oxidation = (Decimal(x) for x in RECALLED[fuel])
    return float(heat * carbon * oxidation * 44 / 12 / 1000)


def read_inventories(path: Path | str) -> dict[str, Inventory]:
    """All provinces of one workbook, by the name that its sheet bears. Raises BlockingError."""
    found: dict[str, Inventory] = {}
    for sheet in sheet_names(path):
        match = re.fullmatch(r"([A-Za-z]+)(\d{4})", sheet)
        if match:
            found[match[1]] = read_inventory(path, sheet, match[1], int(match[2]))
    if not found:
        finding = Finding(
            "ceads.sheets",
            "error",
            Path(path).name,
            Text("没有“省名+年份”的工作表", "No sheet is named province and year"),
        )
        raise BlockingError([finding])
    return found


def read_inventory(path: Path | str, sheet: str, province: str, year: int) -> Inventory:
    """One sheet. Header spellings differ between years (Raw Coal, Raw_Coal, CleanedCoal); names are matched without
    blanks and underscores."""
    table = read_table(path, sheet)
    known = {_bare(name): name for name in (*FUELS, "Process", "Scope 1 Total")}
    columns = {known[_bare(h)]: i for i, h in enumerate(table.headers) if _bare(h) in known}
    missing = [n for n in known.values() if n not in columns]
    if missing:
        shown = "、".join(missing)
        finding = Finding(
            "ceads.columns",
            "error",
            table.header_place(0),
            Text(f"缺少列：{shown}", f"Columns are missing: {shown}"),
        )
        raise BlockingError([finding])
    emissions: dict[str, dict[str, float]] = {}
    totals: dict[str, float] = {}
    for row in table.rows:
        name = str(row[0] or "").strip()
        cells = {c: row[i] for c, i in columns.items()}
        if not name or not all(isinstance(v, int | float) for v in cells.values()):
            continue
        numbers = {c: float(v) for c, v in cells.items()}
        if TOTAL.match(name.replace("_", "")):
            totals = numbers
        else:
            emissions[name] = numbers
    return Inventory(province, year, emissions, totals)


def _bare(name: str) -> str:
    return re.sub(r"[\s_]", "", name).casefold()


def find_step(
    fuel: str, inventories: Mapping[str, Inventory], sectors: Iterable[str] = BALANCE_SECTORS
) -> Step | None:
    """The step of a fuel over all provinces, or None where none shows.

    In each province the largest step of which its cells are whole numbers is sought; those within a fifth of the
    recalled factor are taken together, and the step is refined by least squares over all cells.
    """
    expected = recalled_factor(fuel) / 100
    cells: list[float] = []
    steps: list[float] = []
    chosen = [s for s in sectors if not (fuel in SPLIT_FUELS and s == CONSTRUCTION)]
    for inventory in inventories.values():
        values = [v for s in chosen if (v := inventory.emissions.get(s, {}).get(fuel, 0.0)) > 1e-9]
        cells += values
        step = _common_step(values, expected)
        if step is not None:
            steps.append(step)
    if len(steps) < 2:
        return None
    return _fitted(fuel, median(steps), cells)


def construction_step(step: Step, inventories: Mapping[str, Inventory]) -> Step | None:
    """The step of raw coal or briquettes in construction, checked over all provinces."""
    cells = [
        v for i in inventories.values() if (v := i.emissions.get(CONSTRUCTION, {}).get(step.fuel, 0.0)) > 1e-9
    ]
    return _fitted(step.fuel, step.factor / 100 * float(CONSTRUCTION_RATIO), cells)


def find_steps(inventories: Mapping[str, Inventory]) -> dict[tuple[str, bool], Step]:
    """All steps that show, by fuel and whether the sector is construction."""
    found: dict[tuple[str, bool], Step] = {}
    for fuel in FUELS:
        step = find_step(fuel, inventories)
        if step is None:
            continue
        found[fuel, False] = step
        split = construction_step(step, inventories) if fuel in SPLIT_FUELS else step
        if split is not None:
            found[fuel, True] = split
    return found


def _fitted(fuel: str, step: float, cells: list[float]) -> Step | None:
    """The step refined by least squares over all cells that fit it."""
    close: list[tuple[float, int]] = []
    for _ in range(4):
        close = [(v, round(v / step)) for v in cells]
        close = [(v, n) for v, n in close if n and abs(v / step - n) < 0.02]
        if not close:
            return None
        step = sum(v * n for v, n in close) / sum(n * n for _, n in close)
    worst = max(abs(v / step - n) for v, n in close)
    return Step(fuel, step * 100, len(cells), len(close), worst)


def _common_step(values: list[float], expected: float) -> float | None:
    """A step near the expected one of which three or more different values are whole numbers."""
    if len({round(v / min(values), 9) for v in values} if values else ()) < 3:
        return None
    least = min(values)
    low, high = round(least / expected / 1.25) or 1, round(least / expected * 1.35) + 1
    for count in range(low, high + 1):
        step = least / count
        if (
            all(abs(v / step - round(v / step)) < 1e-4 for v in values)
            and count * 2e-4 ** (len(values) - 1) < 1e-3
        ):
            return step
    return None


def quantities(inventory: Inventory, steps: Mapping[tuple[str, bool], Step]) -> list[tuple[str, str, int]]:
    """Balance quantities recovered: (sector, fuel, whole hundredths of 10^4 t or 10^8 m3)."""
    rows: list[tuple[str, str, int]] = []
    for sector in BALANCE_SECTORS:
        for fuel in FUELS:
            step = steps.get((fuel, sector == CONSTRUCTION))
            value = inventory.emissions.get(sector, {}).get(fuel, 0.0)
            if value > 1e-9 and step is not None and step.proven:
                rows.append((sector, fuel, round(value / step.factor * 100)))
    return rows
