"""Makes the demonstration filings of Lixia in ../data: seeded, so that a second call writes the same files.

Real are only the figures that `official()` writes, each with its public source in sources.csv: GDP and its growth of
2020–2023 as far as published, the census population of 2020. All else is invented to a plausible scale (an urban
district of 0.82 million people and little industry) and marked demonstration by its source.

The filings carry the faults that real ones have; `faults.md` beside this file lists them.

usage: python districts/lixia/demonstration/make.py
"""

from __future__ import annotations

import csv
import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import xlsxwriter

DATA = Path(__file__).resolve().parent.parent / "data"
YEARS = range(2015, 2026)
M3_20_PER_NM3 = 293.15 / 273.15
rng = np.random.default_rng(370102)

SECTORS = {
    "industry": "工业",
    "construction": "建筑业",
    "transport": "交通运输",
    "commercial": "商业建筑",
    "public": "公共机构建筑",
    "residential": "居住建筑",
    "energy_supply": "能源供应（本地热源）",
}
SOURCES = {
    "chp": "东新热电",
    "gas_boilers": "区内燃气锅炉",
    "industrial_waste_heat": "石化余热",
    "long_distance_waste_heat": "章丘余热长输",
    "imported_heat": "其他外热入济",
}
# Anchors of yearly figures, joined by constant growth.
ELECTRICITY = {  # 亿kWh from the grid
    "industry": {2015: 11.6, 2020: 12.6, 2025: 13.7},
    "construction": {2015: 0.70, 2020: 0.80, 2025: 0.85},
    "transport": {2015: 0.70, 2020: 1.55, 2025: 3.50},
    "commercial": {2015: 12.2, 2020: 15.9, 2021: 16.9, 2025: 22.1},
    "public": {2015: 4.6, 2020: 5.4, 2025: 6.4},
    "residential": {2015: 7.7, 2020: 10.5, 2021: 11.0, 2025: 14.6},
    "energy_supply": {2015: 0.75, 2020: 0.70, 2025: 0.66},
}
GAS = {  # 万Nm3 to end users
    "industry": {2015: 10500, 2020: 12000, 2025: 11700},
    "transport": {2015: 1500, 2020: 1200, 2025: 800},
    "commercial": {2015: 4300, 2020: 5500, 2025: 6200},
    "public": {2015: 1300, 2020: 1500, 2025: 1450},
    "residential": {2015: 4400, 2020: 6200, 2025: 7300},
}
FUEL = {  # t
    ("industry", "fuel_oil"): {2015: 66000, 2020: 58000, 2025: 53000},
    ("industry", "diesel"): {2015: 5600, 2020: 5000, 2025: 4200},
    ("construction", "diesel"): {2015: 15500, 2020: 17200, 2025: 14600},
    ("transport", "gasoline"): {2015: 162000, 2020: 196000, 2025: 189000},
    ("transport", "diesel"): {2015: 108000, 2020: 104000, 2025: 94000},
    ("transport", "lng"): {2015: 3000, 2020: 8000, 2025: 12000},
    ("commercial", "lpg"): {2015: 9800, 2020: 8000, 2025: 5600},
    ("residential", "lpg"): {2015: 9000, 2020: 6200, 2025: 4100},
}
HEAT_SUPPLY = {  # 万GJ a year
    "chp": {2015: 560, 2020: 350, 2021: 296, 2025: 150},
    "gas_boilers": {2015: 190, 2020: 320, 2025: 345},
    "industrial_waste_heat": {2015: 20, 2020: 40, 2025: 62},
    "imported_heat": {2015: 480, 2020: 690, 2021: 700, 2022: 590, 2025: 500},
}
LONG_DISTANCE = {2021: 62, 2022: 310, 2023: 420, 2024: 500, 2025: 575}
HEAT_SHARES = {"industry": 0.04, "commercial": 0.24, "public": 0.14, "residential": 0.58}
PV_CAPACITY = {2015: 0.05, 2016: 0.09, 2017: 0.15, 2018: 0.22, 2019: 0.30, 2020: 0.40, 2021: 0.58, 2022: 0.81, 2023: 1.06, 2024: 1.29, 2025: 1.47}  # fmt: skip
PV_SHARES = {"industry": 0.30, "commercial": 0.34, "public": 0.28, "residential": 0.08}
PV_OWN = {"industry": 0.85, "commercial": 0.90, "public": 0.80, "residential": 0.45}

SHAPE = {
    "flat": [1.0] * 12,
    "summer": [1.02, 0.93, 0.90, 0.86, 0.92, 1.08, 1.28, 1.27, 1.02, 0.86, 0.88, 0.98],
    "home": [1.14, 1.02, 0.88, 0.78, 0.78, 0.96, 1.32, 1.36, 1.02, 0.80, 0.86, 1.08],
    "winter": [1.30, 1.20, 1.08, 0.92, 0.86, 0.82, 0.80, 0.80, 0.84, 0.94, 1.14, 1.30],
    "heat": [3.48, 2.54, 1.22, 0, 0, 0, 0, 0, 0, 0, 1.62, 3.14],
    "sun": [0.62, 0.74, 1.02, 1.20, 1.36, 1.30, 1.16, 1.12, 1.06, 0.94, 0.78, 0.70],
}


def path(anchors: Mapping[int, float], noise: float = 0.012) -> dict[int, float]:
    """Yearly values through the anchors at constant growth between them, with some noise off the anchors."""
    known = sorted(anchors)
    out: dict[int, float] = {}
    for year in YEARS:
        low = max(k for k in known if k <= year)
        high = min((k for k in known if k >= year), default=low)
        if low == high:
            out[year] = anchors[low]
            continue
        w = (year - low) / (high - low)
        out[year] = anchors[low] * (anchors[high] / anchors[low]) ** w * (1 + noise * rng.standard_normal())
    return out


def months(total: float, shape: str, noise: float = 0.02, digits: int = 2) -> list[float]:
    """A year's total over the months; the parts are rounded and are what is filed."""
    weights = np.array(SHAPE[shape]) * (1 + noise * rng.standard_normal(12))
    weights = np.maximum(weights, 0)
    return [round(float(x), digits) for x in total * weights / weights.sum()]


def stated(quantity: str, member: str, key: str, note: str) -> list[Sequence[Any]]:
    """Rows of a wide sheet that say NO or IE for every month of every year."""
    whole, so_far = [key] * 12, [key] * 10 + [None] * 2
    return [(quantity, y, member, so_far if y == 2026 else whole, "", "", "", "", note) for y in (*YEARS, 2026)]


class Workbook:
    """One supplier's workbook: a title, a line of notes, the head, the rows."""

    def __init__(self, name: str, supplier: str, source: str, filed_by: str, reviewed_by: str):
        self.book = xlsxwriter.Workbook(str(DATA / name))
        self.book.set_properties({"title": supplier, "created": dt.datetime(2026, 11, 20)})
        self.bold = self.book.add_format({"bold": True})
        self.supplier, self.source, self.filed_by, self.reviewed_by = supplier, source, filed_by, reviewed_by

    def wide(self, sheet: str, dim: str | None, unit: str, rows: Iterable[Sequence[Any]]) -> None:
        """rows: (quantity, year, member, [12 cells], unit or "", edition, known_on, state, note)"""
        s = self.book.add_worksheet(sheet)
        s.write(0, 0, f"{self.supplier}{sheet}报表", self.bold)
        s.write(1, 0, f"填报单位：{self.supplier}　演示数据　计量单位：{unit}")
        head = ["指标", "年份", *([dim] if dim else []), *[f"{m}月" for m in range(1, 13)], "单位", "版本", "填报日期", "状态", "来源", "填报单位", "审核单位", "备注"]  # fmt: skip
        s.write_row(2, 0, head, self.bold)
        for i, (quantity, year, member, cells, own_unit, edition, known_on, state, note) in enumerate(rows):
            row = [quantity, year, *([member] if dim else []), *cells, own_unit or unit, edition, known_on, state, self.source, self.filed_by, self.reviewed_by, note]  # fmt: skip
            for j, cell in enumerate(row):
                if cell is not None and cell != "":
                    s.write(3 + i, j, cell)

    def tidy(self, sheet: str, dim: str | None, rows: Iterable[Sequence[Any]]) -> None:
        """rows: (quantity, year, month, member, value, unit, edition, known_on, note): one monthly report after another."""
        s = self.book.add_worksheet(sheet)
        s.write(0, 0, f"{self.supplier}{sheet}", self.bold)
        head = ["指标", "年份", "月份", *([dim] if dim else []), "数值", "单位", "版本", "填报日期", "来源", "填报单位", "审核单位", "备注"]  # fmt: skip
        s.write_row(1, 0, head, self.bold)
        for i, (quantity, year, month, member, value, unit, edition, known_on, note) in enumerate(rows):
            row = [quantity, year, month, *([member] if dim else []), value, unit, edition, known_on, self.source, self.filed_by, self.reviewed_by, note]  # fmt: skip
            for j, cell in enumerate(row):
                if cell is not None and cell != "":
                    s.write(2 + i, j, cell)

    def close(self) -> None:
        self.book.close()


def filed(year: int, month: int, day: int) -> str:
    """The day in the month after (year, month) on which a monthly report came in."""
    y, m = divmod(year * 12 + month, 12)
    return dt.date(y, m + 1, day).isoformat()


class Table:
    """A csv of yearly filings."""

    HEAD = ("quantity", "year", "sector", "fuel", "heat_source", "vehicle_class", "saving_class", "renewable_term", "roof_type", "greenery", "value", "unit", "state", "edition", "known_on", "source", "filed_by", "reviewed_by", "note")  # fmt: skip

    def __init__(self, source: str, filed_by: str, reviewed_by: str):
        self.rows: list[dict[str, Any]] = []
        self.source, self.filed_by, self.reviewed_by = source, filed_by, reviewed_by

    def add(self, quantity: str, year: int | str, value: float | str | None, unit: str = "", **more: Any) -> None:
        row = {"quantity": quantity, "year": year, "value": "" if value is None else value, "unit": unit,
               "source": self.source, "filed_by": self.filed_by, "reviewed_by": self.reviewed_by}  # fmt: skip
        if year != "*" and "known_on" not in more and year:
            row["known_on"] = f"{int(year) + 1}-03-20"
        self.rows.append({**row, **more})

    def write(self, name: str) -> None:
        used = [h for h in self.HEAD if any(r.get(h, "") != "" for r in self.rows)]
        with (DATA / name).open("w", encoding="utf-8", newline="") as stream:
            out = csv.DictWriter(stream, used, extrasaction="ignore", lineterminator="\n")
            out.writeheader()
            out.writerows({h: r.get(h, "") for h in used} for r in self.rows)


def electricity() -> dict[str, dict[int, float]]:
    """The grid company's workbook. Returns yearly electricity, 亿kWh by sector."""
    shape = {"commercial": "summer", "public": "summer", "residential": "home", "energy_supply": "winter"}
    book = Workbook("国网历下供电中心.xlsx", "国网历下供电中心", "demo-power", "国网历下供电中心", "区发改局")
    yearly = {s: path(a) for s, a in ELECTRICITY.items()}
    rows: list[Sequence[Any]] = []
    monthly_2025: dict[str, list[float]] = {}
    for year in YEARS:
        for sector, name in SECTORS.items():
            cells = months(yearly[sector][year] * 1e4, shape.get(sector, "flat"))
            unit, note = "", ""
            if year == 2019:  # that year's export came in kWh
                cells, unit, note = [round(c * 1e4) for c in cells], "kWh", "本年导出单位为kWh"
            if year == 2025:
                monthly_2025[sector] = cells
                early = list(cells)
                early[11] = round(cells[11] * 0.985, 2)  # December was first an estimate
                rows.append(("供电量（分行业月度）", year, name, early, unit, "初步", "2026-01-09", "", "12月为预估抄表"))
                rows.append(("供电量（分行业月度）", year, name, [None] * 11 + [cells[11]], unit, "最终", "2026-02-25", "", "12月按实抄修订"))  # fmt: skip
                continue
            rows.append(("供电量（分行业月度）", year, name, cells, unit, "最终", f"{year + 1}-02-20", "", note))
    book.wide("供电量", "行业", "万kWh", rows)

    new: list[Sequence[Any]] = []
    for month in range(1, 11):
        for sector, name in SECTORS.items():
            growth = {"industry": 1.018, "transport": 1.13, "commercial": 1.042, "residential": 1.045}.get(sector, 1.02)  # fmt: skip
            value = round(monthly_2025[sector][month - 1] * growth * (1 + 0.01 * rng.standard_normal()), 2)
            new.append(("electricity_delivered", 2026, month, name, value, "万kWh", "初步", filed(2026, month, 8), ""))
            if month == 6 and sector == "commercial":
                new.append(("electricity_delivered", 2026, month, name, round(value * 1.021, 2), "万kWh", "最终", "2026-11-12", "补记两户趸售电量"))  # fmt: skip
    book.tidy("2026年逐月报送", "行业", new)

    generation: list[Sequence[Any]] = []
    feed: list[Sequence[Any]] = []
    for year in YEARS:
        before = PV_CAPACITY.get(year - 1, 0.03)
        total = (before + PV_CAPACITY[year]) / 2 * 1120 * (1 + 0.03 * rng.standard_normal())
        for sector, share in PV_SHARES.items():
            cells = months(total * share, "sun", 0.05)
            generation.append(("pv_generation", year, SECTORS[sector], cells, "", "最终", f"{year + 1}-01-15", "", ""))
            feed.append(("pv_feed_in", year, SECTORS[sector], [round(c * (1 - PV_OWN[sector]), 2) for c in cells], "", "最终", f"{year + 1}-01-15", "", ""))  # fmt: skip
    for sector in ("construction", "transport", "energy_supply"):
        generation += stated("pv_generation", SECTORS[sector], "NO", "无并网光伏")
        feed += stated("pv_feed_in", SECTORS[sector], "NO", "无并网光伏")
    book.wide("光伏发电量", "行业", "万kWh", generation)
    book.wide("光伏上网电量", "行业", "万kWh", feed)
    pv: list[Sequence[Any]] = []
    for month in range(1, 11):
        for sector, share in PV_SHARES.items():
            value = round(1.56 * 1120 * share * SHAPE["sun"][month - 1] / 12 * (1 + 0.04 * rng.standard_normal()), 2)  # fmt: skip
            pv.append(("pv_generation", 2026, month, SECTORS[sector], value, "万kWh", "初步", filed(2026, month, 8), ""))
            pv.append(("pv_feed_in", 2026, month, SECTORS[sector], round(value * (1 - PV_OWN[sector]), 2), "万kWh", "初步", filed(2026, month, 8), ""))  # fmt: skip
    book.tidy("2026年光伏逐月报送", "行业", pv)
    book.close()
    return yearly


def gas() -> dict[str, dict[int, float]]:
    """The gas company's workbook, at 20 °C. Returns yearly gas of end users, 万Nm3 by sector."""
    shape = {"commercial": "winter", "public": "winter", "residential": "winter"}
    book = Workbook("燃气公司.xlsx", "燃气公司", "demo-gas", "燃气公司", "区住建局")
    yearly = {s: path(a) for s, a in GAS.items()}
    rows: list[Sequence[Any]] = []
    monthly_2025: dict[str, list[float]] = {}
    for year in YEARS:
        for sector in GAS:
            cells = months(yearly[sector][year] * M3_20_PER_NM3, shape.get(sector, "flat"))
            unit, note = "", ""
            if year == 2018:
                cells, unit, note = [round(c * 1e4) for c in cells], "m3_20", "本年导出单位为立方米（20℃）"
            if year == 2025:
                monthly_2025[sector] = cells
            rows.append(("gas_sold", year, SECTORS[sector], cells, unit, "最终", f"{year + 1}-02-15", "", note))
    rows += stated("gas_sold", SECTORS["construction"], "NO", "无用户")
    rows += stated("gas_sold", SECTORS["energy_supply"], "IE", "计入供热公司填报的热源厂用气量")
    book.wide("天然气销售量", "行业", "万m3_20", rows)
    new: list[Sequence[Any]] = []
    for month in range(1, 11):
        for sector in GAS:
            if month == 8 and sector == "commercial":
                continue  # not filed: missing, not zero
            value = round(monthly_2025[sector][month - 1] * (1.008 + 0.012 * rng.standard_normal()), 2)
            new.append(("gas_sold", 2026, month, SECTORS[sector], value, "万m3_20", "初步", filed(2026, month, 9), ""))
    book.tidy("2026年逐月报送", "行业", new)
    book.close()
    return yearly


def heat() -> tuple[dict[str, dict[int, float]], dict[int, float]]:
    """The heat company's workbook. Returns yearly heat by source and sold, both 万GJ."""
    book = Workbook("供热公司.xlsx", "供热公司", "demo-heat", "供热公司", "区住建局")
    supply = {s: path(a, 0.02) for s, a in HEAT_SUPPLY.items()}
    supply["long_distance_waste_heat"] = {y: float(LONG_DISTANCE.get(y, 0)) for y in YEARS}
    rows: dict[str, list[Sequence[Any]]] = {k: [] for k in ("supply", "sold", "coal", "gas", "power")}
    last: dict[tuple[str, str], list[float]] = {}
    sold_total: dict[int, float] = {}
    for year in YEARS:
        known = f"{year + 1}-02-10"
        loss = 0.135 - 0.002 * (year - 2015)
        total = 0.0
        for source, name in SOURCES.items():
            if source == "long_distance_waste_heat" and year < 2021:
                rows["supply"].append(("heat_supplied", year, name, ["NO"] * 12, "", "", known, "", "2021年11月投运"))
                continue
            if source == "long_distance_waste_heat" and year == 2021:
                cells = [0.0] * 10 + [210000.0, 410000.0]
            else:
                cells = months(supply[source][year] * 1e4, "heat", 0.03, 0)
            total += sum(cells)
            last["supply", source] = cells
            rows["supply"].append(("heat_supplied", year, name, cells, "百万千焦" if year == 2016 else "", "最终", known, "", ""))
            if source == "chp":
                coal = [round(c * 0.0702 * (1 + 0.01 * rng.standard_normal()), 1) for c in cells]
                power = [round(c * 15.6 / 1e4, 2) for c in cells]
                last["coal", source], last["power", source] = coal, power
                rows["coal"].append(("plant_coal", year, name, coal, "", "最终", known, "", ""))
                rows["power"].append(("chp_power_sent", year, "", power, "", "最终", known, "", ""))
            if source == "gas_boilers":
                used = [round(c * 28.3 * M3_20_PER_NM3 / 1e4, 2) for c in cells]
                last["gas", source] = used
                rows["gas"].append(("plant_gas", year, name, used, "", "最终", known, "", ""))
        sold_total[year] = total * (1 - loss) / 1e4
        for sector, share in HEAT_SHARES.items():
            cells = months(total * (1 - loss) * share, "heat", 0.02, 0)
            last["sold", sector] = cells
            rows["sold"].append(("heat_sold", year, SECTORS[sector], cells, "", "最终", known, "", ""))
    for sector in ("construction", "transport", "energy_supply"):
        rows["sold"] += stated("heat_sold", SECTORS[sector], "NO", "不用集中供热")
    for source, name in SOURCES.items():
        if source != "chp":
            rows["coal"] += stated("plant_coal", name, "NO", "不燃煤")
        if source != "gas_boilers":
            rows["gas"] += stated("plant_gas", name, "NO", "不燃气")
    book.wide("热源供热量", "热源", "GJ", rows["supply"])
    book.wide("售热量", "行业", "GJ", rows["sold"])
    book.wide("热源厂耗煤量", "热源", "t", rows["coal"])
    book.wide("热源厂用气量", "热源", "万m3_20", rows["gas"])
    book.wide("热电联产上网电量", None, "万kWh", rows["power"])

    # 2026: reports up to August; September and October are overdue.
    new: list[Sequence[Any]] = []
    change = {"chp": 0.86, "long_distance_waste_heat": 1.10, "imported_heat": 0.95}
    for month in range(1, 9):
        known = filed(2026, month, 14)
        for source, name in SOURCES.items():
            f = change.get(source, 1.0) * (1 + 0.01 * rng.standard_normal())
            new.append(("heat_supplied", 2026, month, name, round(last["supply", source][month - 1] * f), "GJ", "初步", known, ""))
            if source == "chp":
                new.append(("plant_coal", 2026, month, name, round(last["coal", source][month - 1] * f, 1), "t", "初步", known, ""))
            if source == "gas_boilers":
                new.append(("plant_gas", 2026, month, name, round(last["gas", source][month - 1] * f, 2), "万m3_20", "初步", known, ""))
    book.tidy("2026年热源逐月报送", "热源", new)
    sold = [("heat_sold", 2026, m, SECTORS[s], round(last["sold", s][m - 1] * 1.01), "GJ", "初步", filed(2026, m, 14), "") for m in range(1, 9) for s in HEAT_SHARES]  # fmt: skip
    book.tidy("2026年售热逐月报送", "行业", sold)
    power = [("chp_power_sent", 2026, m, "", round(last["power", "chp"][m - 1] * 0.86, 2), "万kWh", "初步", filed(2026, m, 14), "") for m in range(1, 9)]  # fmt: skip
    book.tidy("2026年上网电量逐月报送", None, power)
    book.close()
    return supply, sold_total


def yearly_energy() -> dict[tuple[str, str], dict[int, float]]:
    """Oil, coal, feedstock, green power, supplier factors of heat."""
    t = Table("demo-oil", "区发改局", "区统计局")
    used = {k: path(a, 0.015) for k, a in FUEL.items()}
    for (sector, fuel), values in used.items():
        for year, value in values.items():
            if year == 2024:  # preliminary in February, final in September
                t.add("fuel_sold", year, round(value * (1.06 if fuel == "diesel" else 1.02)), "t", sector=sector, fuel=fuel, edition="preliminary", known_on="2025-02-20")  # fmt: skip
                t.add("fuel_sold", year, round(value), "t", sector=sector, fuel=fuel, edition="final", known_on="2025-09-30", note="加油站报表核实后修订")  # fmt: skip
            elif year == 2021 and fuel == "gasoline":
                t.add("fuel_sold", year, f"{value / 1e4:.4f}", "万t", sector=sector, fuel=fuel, note="原表单位为万吨")
            else:
                t.add("fuel_sold", year, round(value), "t", sector=sector, fuel=fuel)
    for sector in SECTORS:
        for fuel in ("coal", "gasoline", "diesel", "fuel_oil", "lpg", "lng"):
            if (sector, fuel) in FUEL:
                continue
            state, note = "NO", "不发生"
            if sector == "energy_supply" and fuel == "coal":
                state, note = "IE", "计入供热公司填报的热源厂耗煤量"
            if sector in ("residential", "commercial") and fuel == "coal":
                state, note = "NO", "散煤清零，无在用燃煤设施"
            t.add("fuel_sold", "*", None, "t", sector=sector, fuel=fuel, state=state, note=note)
    for year, value in path({2015: 82000, 2020: 90000, 2025: 104000}).items():
        t.add("feedstock_energy", year, round(value), "tce", sector="industry", source="demo-enterprise", filed_by="区工信局")
    for sector in SECTORS:
        if sector != "industry":
            t.add("feedstock_energy", "*", None, "tce", sector=sector, state="NO", source="demo-enterprise")
    green = {"industry": {2022: 600, 2023: 1500, 2024: 2600, 2025: 4200}, "commercial": {2022: 300, 2023: 900, 2024: 2100, 2025: 3600}, "public": {2023: 120, 2024: 400, 2025: 900}}  # fmt: skip
    for sector in SECTORS:
        for year in YEARS:
            value = green.get(sector, {}).get(year)
            if value is None:
                t.add("green_power_bought", year, 0, "万kWh", sector=sector, state="confirmed_zero", note="交易结算单无记录")
            else:
                t.add("green_power_bought", year, value, "万kWh", sector=sector)
    t.write("能源年报.csv")

    h = Table("demo-heat", "供热公司", "区住建局")
    for source in ("chp", "gas_boilers", "industrial_waste_heat"):
        h.add("heat_factor_filed", "*", None, "tCO2/GJ", heat_source=source, state="IE", note="区内热源，排放计在燃料上")
    for year in YEARS:
        if year < 2021:
            h.add("heat_factor_filed", year, None, "tCO2/GJ", heat_source="long_distance_waste_heat", state="NO", note="2021年11月投运")
        else:
            h.add("heat_factor_filed", year, 0.0085, "tCO2/GJ", heat_source="long_distance_waste_heat", note="长输泵耗电折算")
        if year >= 2022:  # before, the supplier gave none: the default counts, and is marked
            h.add("heat_factor_filed", year, {2022: 0.1042, 2023: 0.1015, 2024: 0.0993, 2025: 0.0981}[year], "tCO2/GJ", heat_source="imported_heat")  # fmt: skip
    for year, value in path({2015: 3350, 2020: 4150, 2025: 4720}, 0.004).items():
        h.add("heated_area", year, round(value), "万m2")
    h.write("供热年报.csv")
    return used


def official() -> None:
    """Published figures, each with its public source, and demonstration figures where nothing is published."""
    t = Table("demo-statistics", "区统计局", "区发改局")
    first = {"edition": "preliminary"}
    published = {2020: (1910.41, "stat-2020", "2021-02-01"), 2021: (2124.15, "stat-2021", "2022-02-10"), 2022: (2282.9, "stat-2022", "2023-02-11"), 2023: (2446.9, "stat-2023", "2024-02-05")}  # fmt: skip
    for year, (value, source, known) in published.items():
        t.add("gdp_current", year, value, "亿元", source=source, known_on=known, filed_by="济南市统计局", note="初步数，经济普查后将修订", **first)  # fmt: skip
    growth = {2016: 7.9, 2017: 8.0, 2018: 7.5, 2019: 7.1, 2023: 6.0, 2024: 5.6, 2025: 5.4}
    for year, value in {2020: 4.5, 2021: 7.8, 2022: 4.5}.items():
        source, known = published[year][1], published[year][2]
        t.add("gdp_growth", year, value, "%", source=source, known_on=known, filed_by="济南市统计局", **first)
    for year, value in growth.items():
        t.add("gdp_growth", year, value, "%", note="未见公开发布" if year >= 2023 else "")
    level = 1910.41
    for year in range(2019, 2014, -1):
        level /= 1 + {2020: 4.5, **growth}[year + 1] / 100 + 0.012
        if year == 2015:
            t.add("gdp_current", year, round(level * 1e4), "万元", note="原表单位为万元")
        else:
            t.add("gdp_current", year, round(level, 2), "亿元")
    for year in (2024, 2025):
        t.add("gdp_current_2024_boundary", year, None, "亿元", state="NE", note="统计口径含济南高新区部分，分区数未公开")
    t.add("secondary_value_added", 2021, 439.33, "亿元", source="stat-2021", known_on="2022-02-10", **first)
    t.add("tertiary_value_added", 2021, 1684.82, "亿元", source="stat-2021", known_on="2022-02-10", **first)
    for year, share in {2020: 0.223, 2022: 0.201, 2023: 0.196}.items():
        total = published[year][0]
        t.add("secondary_value_added", year, round(total * share, 2), "亿元")
        t.add("tertiary_value_added", year, round(total * (1 - share), 2), "亿元")
    t.add("population", 2020, 81.9139, "万人", source="census-7", known_on="2021-06-15", filed_by="济南市统计局", note="2020年11月1日零时，普查数 819139 人")  # fmt: skip
    for year, value in path({2015: 76.2, 2020: 81.9139, 2025: 84.3}, 0.001).items():
        if year != 2020:
            t.add("population", year, round(value, 2), "万人")
    for year, value in zip(YEARS, (2105, 2240, 2050, 2198, 2064, 2131, 2087, 2169, 2142, 2058, 2096), strict=True):
        t.add("heating_degree_days", year, value, "℃·d")
    for year, value in path({2015: 19.0, 2019: 23.5, 2025: 24.2}, 0.004).items():
        if year >= 2019:
            t.add("cars_registered", year, round(value, 2), "万辆")
            t.add("car_mileage", year, round(11800 - 150 * (year - 2019)), "km/辆", source="demo-oil", filed_by="区发改局")
    t.write("统计资料.csv")


def registers() -> None:
    """What departments file behind the plan's targets."""
    t = Table("demo-power", "国网历下供电中心", "区发改局")
    for year, value in PV_CAPACITY.items():
        if year == 2023:
            t.add("pv_capacity_filed", year, round(value * 1e4), "kW", known_on=f"{year + 1}-01-18", note="原表单位为千瓦")
        else:
            t.add("pv_capacity_filed", year, value, "万kW", known_on=f"{year + 1}-01-18")
    t.write("光伏装机.csv")

    t = Table("demo-charging", "区发改局", "区碳达峰碳中和工作领导小组办公室")
    stations = {2015: 6, 2016: 9, 2017: 13, 2018: 18, 2019: 23, 2020: 27, 2021: 30, 2022: 32, 2023: 35, 2024: 38, 2025: 40}
    piles = {2015: 60, 2016: 110, 2017: 190, 2018: 290, 2019: 380, 2020: 455, 2021: 512, 2022: 570, 2023: 633, 2024: 694, 2025: 742}
    for year in YEARS:
        t.add("charging_stations", year, stations[year], "座", known_on=f"{year + 1}-01-16")
        t.add("charging_facilities", year, piles[year], "个", known_on=f"{year + 1}-01-16")
    t.write("充电设施.csv")

    t = Table("demo-vehicles", "区城管局", "区发改局")
    added = {2019: (62, 210), 2020: (55, 180), 2021: (70, 240), 2022: (48, 205), 2023: (64, 226), 2024: (52, 198), 2025: (58, 187)}
    nev = {2019: (55, 120), 2020: (52, 128), 2021: (70, 198), 2022: (48, 185), 2023: (64, 214), 2024: (52, 193), 2025: (58, 183)}
    stock = {2019: (690, 2380), 2020: (688, 2360), 2021: (690, 2375), 2022: (684, 2350), 2023: (680, 2340), 2024: (676, 2330), 2025: (672, 2315)}  # fmt: skip
    clean = {2019: (430, 620), 2020: (472, 745), 2021: (530, 938), 2022: (566, 1118), 2023: (612, 1320), 2024: (638, 1495), 2025: (652, 1640)}  # fmt: skip
    for year in added:
        for i, kind in enumerate(("bus", "taxi")):
            for quantity, figures in (("vehicles_added", added), ("vehicles_added_nev", nev), ("vehicle_stock", stock), ("vehicle_stock_nev", clean)):  # fmt: skip
                t.add(quantity, year, figures[year][i], "辆", vehicle_class=kind, known_on=f"{year + 1}-01-17")
    for year, value in {2021: 410, 2022: 286, 2023: 193, 2024: 121, 2025: 64}.items():
        t.add("old_vehicles_scrapped", year, value, "辆", filed_by="区生态环境分局", known_on=f"{year + 1}-01-17")
    t.write("公交出租.csv")

    t = Table("demo-housing", "区住建局", "区碳达峰碳中和工作领导小组办公室")
    classes = ("r65", "r72", "r75", "r78", "r83", "r90")
    for c in classes:
        t.add("saving_rate_of_class", "", float(c[1:]), "%", saving_class=c, known_on="2022-04-01")
    homes = {2019: (0, 0, 92, 0, 0, 0), 2020: (0, 0, 88, 0, 0, 0), 2021: (0, 0, 81, 0, 0, 0), 2022: (0, 0, 66, 0, 12, 0), 2023: (0, 0, 20, 0, 49, 2.1), 2024: (0, 0, 3.2, 0, 58, 3.4), 2025: (0, 0, 0, 0, 52.6, 4.8)}  # fmt: skip
    offices = {2019: (58, 0, 0, 0, 0, 0), 2020: (51, 6, 0, 0, 0, 0), 2021: (8, 44, 0, 0, 0, 0), 2022: (0, 39, 0, 6, 0, 0), 2023: (0, 20, 0, 22, 0, 1.2), 2024: (0, 6.4, 0, 38, 0, 2.0), 2025: (0, 3.1, 0, 33.5, 0, 2.6)}  # fmt: skip
    for quantity, figures in (("new_residential_area", homes), ("new_public_area", offices)):
        for year, row in figures.items():
            for c, value in zip(classes, row, strict=True):
                more = {"state": "confirmed_zero"} if value == 0 else {}
                t.add(quantity, year, value, "万m2", saving_class=c, known_on=f"{year + 1}-02-20", **more)
    for year, text in {2020: "18.4%", 2021: "23.9%", 2022: "31%", 2023: "37.5%", 2024: "41.2%", 2025: "44.6%"}.items():
        t.add("green_building_two_star_share", year, text, "%", known_on=f"{year + 1}-02-20")
    terms = {"solar_thermal": {2019: 610000, 2020: 640000, 2025: 900000}, "ground_heat_pump": {2019: 720000, 2020: 790000, 2025: 1930000}, "air_heat_pump": {2019: 120000, 2020: 160000, 2025: 470000}}  # fmt: skip
    for term, anchors in terms.items():
        for year, value in path({2015: anchors[2019], **anchors}, 0.01).items():
            if year >= 2019:
                t.add("renewable_heat_filed", year, round(value), "GJ", renewable_term=term)
    for year in range(2019, 2026):
        t.add("renewable_heat_filed", year, None, "GJ", renewable_term="building_pv", state="IE", note="由光伏电量计算")
    roofs = {"public_existing": (96.0, 96.4, 96.4, 97.0, 97.2), "public_new": (1.8, 3.9, 5.6, 7.4, 9.0), "factory_new": (1.2, 2.4, 3.1, 3.9, None)}  # fmt: skip
    covered = {"public_existing": (6.1, 9.0, 12.6, 16.1, 19.0), "public_new": (0.6, 1.5, 2.5, 3.5, 4.6), "factory_new": (0.3, 0.8, 1.3, 1.8, 2.3)}  # fmt: skip
    for quantity, table in (("roof_area", roofs), ("roof_pv_area", covered)):
        for kind, row in table.items():
            for year, value in zip(range(2021, 2026), row, strict=True):
                if value is not None:  # the roof area of new factories in 2025 has not been filed
                    t.add(quantity, year, value, "万m2", roof_type=kind, known_on=f"{year + 1}-03-28")
    areas = {"commercial": {2019: 1480, 2025: 1720}, "public": {2019: 690, 2025: 745}, "residential": {2019: 3120, 2025: 3560}}  # fmt: skip
    for sector, anchors in areas.items():
        for year, value in path({2015: anchors[2019], **anchors}, 0.003).items():
            if year >= 2019:
                t.add("building_area", year, round(value), "万m2", sector=sector)
    for sector in ("industry", "construction", "transport", "energy_supply"):
        for year in range(2019, 2026):
            t.add("building_area", year, None, "万m2", sector=sector, state="NO", note="不属建筑三类")
    t.write("住建报表.csv")

    t = Table("demo-greenery", "区园林绿化服务中心", "区自然资源局")
    built = {2019: 8010, 2020: 8046, 2021: 8063, 2022: 8081, 2023: 8097, 2024: 8112, 2025: 8120}
    cover = {2019: 3580, 2020: 3622, 2021: 3661, 2022: 3690, 2023: 3719, 2024: 3748, 2025: 3776}
    parks = {2019: 9, 2020: 10, 2021: 11, 2022: 12, 2023: 14, 2024: 15, 2025: 16}
    for year in built:
        known = f"{year + 1}-01-25"
        t.add("built_up_area", year, built[year], "公顷", known_on=known, filed_by="区自然资源局")
        t.add("green_cover_area", year, cover[year], "公顷", known_on=known)
        t.add("mountain_parks", year, parks[year], "座", known_on=known)
        for kind, share in {"mixed_wood": 0.62, "shrub": 0.13, "lawn": 0.14}.items():
            t.add("green_plot_area", year, round(cover[year] * share), "公顷", greenery=kind, known_on=known)
    for kind, rate in {"mixed_wood": 9.0, "shrub": 4.0, "lawn": 1.5}.items():
        t.add("sink_rate", "", rate, "tCO2/公顷", greenery=kind, state="default", known_on="2022-01-01", source="sink-reference", note="经验值，确定性低")  # fmt: skip
    t.write("园林绿化.csv")


def waste() -> None:
    """The weighbridge workbook, and the coverage of sorting with its percentages written in two ways."""
    book = Workbook("城管称重.xlsx", "区城管局", "demo-waste", "区城管局", "区碳达峰碳中和工作领导小组办公室")
    streams = {"kitchen": ("厨余垃圾", {2019: 9000, 2021: 48000, 2025: 76000}), "recyclable": ("可回收物", {2019: 31000, 2025: 62000}), "hazardous": ("有害垃圾", {2019: 60, 2025: 145}), "other": ("其他垃圾", {2019: 318000, 2021: 262000, 2025: 219000})}  # fmt: skip
    rows: list[Sequence[Any]] = []
    new: list[Sequence[Any]] = []
    for name, anchors in streams.values():
        values = path({2015: anchors[2019], **anchors}, 0.01)
        for year in range(2019, 2026):
            cells: list[Any] = list(months(values[year], "flat", 0.03, 1))
            note = ""
            if year == 2023 and name == "有害垃圾":
                cells[6], note = "—", "7月地磅检修，未称重"
            if year == 2022 and name == "可回收物":
                cells[2] = f"{cells[2]:,.1f}"  # text with a thousands comma
            rows.append(("waste_collected", year, name, cells, "", "最终", f"{year + 1}-01-12", "", note))
        for month in range(1, 11):
            value = round(values[2025] / 12 * (1.01 + 0.02 * rng.standard_normal()), 1)
            new.append(("waste_collected", 2026, month, name, value, "t", "初步", filed(2026, month, 9), ""))
    book.wide("清运量", "生活垃圾类别", "t", rows)
    book.tidy("2026年逐月报送", "生活垃圾类别", new)
    book.close()
    t = Table("demo-waste", "区城管局", "区碳达峰碳中和工作领导小组办公室")
    for year, value in {2019: 31.0, 2020: 58.5, 2021: 0.742, 2022: 84.6, 2023: 90.1, 2024: 93.8, 2025: 96.2}.items():
        known = f"{year + 1}-01-20"
        if year == 2021:
            t.add("sorting_coverage_communities", year, value, "1", known_on=known, note="原表以小数填写")
            t.add("sorting_coverage_communities", year, value, "1", known_on=known, note="原表以小数填写")
        else:
            t.add("sorting_coverage_communities", year, value, "%", known_on=known)
        t.add("sorting_coverage_households", year, round((value if value > 1 else value * 100) * 0.985, 1), "%", known_on=known)
    t.write("垃圾分类.csv")


KEYS = {"industry": 6.0, "construction": 8.0, "transport": 9.0, "commercial": 22.0, "public": 20.0, "residential": 9.6, "energy_supply": 8.0}  # fmt: skip


def city(
    electricity_: Mapping[str, Mapping[int, float]],
    gas_: Mapping[str, Mapping[int, float]],
    fuel_: Mapping[tuple[str, str], Mapping[int, float]],
    sold: Mapping[int, float],
) -> None:
    """The city's balance and the keys: the district's true figures over the key, blurred, with coal it does not burn."""
    t = Table("demo-city", "市统计局", "区统计局")

    def blur(x: float) -> float:
        return x * (1 + 0.05 * rng.standard_normal())

    for year in range(2020, 2025):
        more = {"known_on": f"{year + 1}-10-30"}
        for sector in SECTORS:
            share = KEYS[sector] / 100
            t.add("city_electricity", year, round(blur(electricity_[sector][year] / share), 2), "亿kWh", sector=sector, **more)
            if sector in GAS:
                t.add("city_gas", year, round(blur(gas_[sector][year] / share)), "万Nm3", sector=sector, **more)
            else:
                t.add("city_gas", year, None, "万Nm3", sector=sector, state="NO", **more)
            for fuel in ("coal", "gasoline", "diesel", "fuel_oil", "lpg", "lng"):
                if (sector, fuel) in FUEL:
                    value = blur(fuel_[sector, fuel][year] / share)
                elif (sector, fuel) == ("industry", "coal"):
                    value = blur({2020: 2.9e6, 2021: 2.8e6, 2022: 2.65e6, 2023: 2.5e6, 2024: 2.4e6}[year])
                else:
                    t.add("city_fuel", year, None, "t", sector=sector, fuel=fuel, state="NO", **more)
                    continue
                t.add("city_fuel", year, round(value), "t", sector=sector, fuel=fuel, **more)
            if sector in HEAT_SHARES:
                t.add("city_heat", year, round(blur(sold[year] * HEAT_SHARES[sector] / share)), "万GJ", sector=sector, **more)
            else:
                t.add("city_heat", year, None, "万GJ", sector=sector, state="NO", **more)
            t.add("allocation_key", year, KEYS[sector], "%", sector=sector, filed_by="区统计局", **more)
    t.write("市级平衡表.csv")


def main() -> None:
    DATA.mkdir(exist_ok=True)
    power = electricity()
    fuel_gas = gas()
    _, sold = heat()
    fuels = yearly_energy()
    official()
    registers()
    waste()
    city(power, fuel_gas, fuels, sold)


if __name__ == "__main__":
    main()
