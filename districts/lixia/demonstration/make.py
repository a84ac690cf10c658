"""Makes the demonstration filings of Lixia in ../data from figures.toml: seeded, so a second call writes the same.

Real are only the figures whose source in sources.csv is official: GDP and its growth as far as published, value
added of 2021, the census population. All else is invented to a plausible scale (an urban district of 0.82 million
people and little industry) and carries the mark demonstration. faults.md lists the faults that are built in.

usage: python districts/lixia/demonstration/make.py
"""

from __future__ import annotations

import csv
import datetime as dt
import tomllib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import xlsxwriter

HERE = Path(__file__).resolve().parent
DATA = HERE.parent / "data"
FIGURES = tomllib.loads((HERE / "figures.toml").read_text(encoding="utf-8"))
FIRST, LAST, NOW = 2015, 2025, 2026
MONTHS_IN = 10  # monthly reports of the current year have come in up to October
M3_20_PER_NM3 = 293.15 / 273.15
KEYS = ("NO", "IE", "NE", "C")

SECTORS = {
    "industry": "工业",
    "construction": "建筑业",
    "transport": "交通运输",
    "commercial": "商业建筑",
    "public": "公共机构建筑",
    "residential": "居住建筑",
    "energy_supply": "能源供应（本地热源）",
}
HEAT_SOURCES = {
    "chp": "东新热电",
    "gas_boilers": "区内燃气锅炉",
    "industrial_waste_heat": "石化余热",
    "long_distance_waste_heat": "章丘余热长输",
    "imported_heat": "其他外热入济",
}
STREAMS = {"kitchen": "厨余垃圾", "recyclable": "可回收物", "hazardous": "有害垃圾", "other": "其他垃圾"}

Row = dict[str, Any]


class Dice:
    """The one source of chance."""

    def __init__(self, seed: int = 370102):
        self.rng = np.random.default_rng(seed)

    def near(self, value: float, spread: float) -> float:
        return value * (1 + spread * float(self.rng.standard_normal()))

    def path(self, anchors: Mapping[str, float], noise: float = 0.012) -> dict[int, float]:
        """Yearly values through the anchors, at constant growth between them and with noise off them."""
        known = {int(y): v for y, v in anchors.items()}
        out: dict[int, float] = {}
        for year in range(min(known), LAST + 1):
            low = max(k for k in known if k <= year)
            high = min((k for k in known if k >= year), default=low)
            if year in known:
                out[year] = known[year]
            else:
                w = (year - low) / (high - low)
                out[year] = self.near(known[low] * (known[high] / known[low]) ** w, noise)
        return out

    def months(self, total: float, shape: str, noise: float = 0.02, digits: int = 2) -> list[float]:
        """A year's total over its months; the rounded parts are what is filed."""
        weights = np.array(FIGURES["shape"][shape]) * (1 + noise * self.rng.standard_normal(12))
        return [round(float(x), digits) for x in total * weights / weights.sum()]


def next_month(year: int, month: int, day: int) -> str:
    y, m = divmod(year * 12 + month, 12)
    return dt.date(y, m + 1, day).isoformat()


class Workbook:
    """One supplier's workbook. A sheet has a title, perhaps a line of notes, the head and the rows."""

    def __init__(self, name: str, supplier: str, source: str, reviewed_by: str, dim: str):
        self.book = xlsxwriter.Workbook(str(DATA / f"{name}.xlsx"))
        self.book.set_properties({"title": supplier, "created": dt.datetime(2026, 11, 20)})
        self.bold = self.book.add_format({"bold": True})
        self.supplier, self.dim = supplier, dim
        self.common = {"来源": source, "填报单位": supplier, "审核单位": reviewed_by}

    def _sheet(self, title: str, lines: Sequence[str], head: Sequence[str], rows: Iterable[Row]) -> None:
        sheet = self.book.add_worksheet(title)
        for i, line in enumerate(lines):
            sheet.write(i, 0, line, self.bold if i == 0 else None)
        sheet.write_row(len(lines), 0, head, self.bold)
        for i, row in enumerate(rows, len(lines) + 1):
            for j, key in enumerate(head):
                cell = {**self.common, **row}.get(key)
                if cell is not None and cell != "":
                    sheet.write(i, j, cell)

    def wide(self, title: str, unit: str, rows: Iterable[Row], dim: str | None = None) -> None:
        """Months across. A row's twelve cells stand under “cells”."""
        months = [f"{m}月" for m in range(1, 13)]
        dims = [dim or self.dim] if dim != "" else []
        head = ["指标", "年份", *dims, *months, "单位", "版本", "填报日期", *self.common, "备注"]
        notes = f"填报单位：{self.supplier}　演示数据　计量单位：{unit}"
        full = ({"单位": unit, **row, **dict(zip(months, row["cells"], strict=True))} for row in rows)
        self._sheet(title, [f"{self.supplier}{title}报表", notes], head, full)

    def monthly(self, title: str, rows: Iterable[Row], dim: str | None = None) -> None:
        """One monthly report after another."""
        dims = [dim or self.dim] if dim != "" else []
        head = ["指标", "年份", "月份", *dims, "数值", "单位", "版本", "填报日期", *self.common, "备注"]
        full = ({"年份": NOW, "版本": "初步", **row} for row in rows)
        self._sheet(title, [f"{self.supplier}{title}"], head, full)

    def close(self) -> None:
        self.book.close()


def stated(quantity: str, dim: str, member: str, key: str, note: str) -> Iterator[Row]:
    """Rows of a wide sheet that say NO or IE for every month."""
    for year in range(FIRST, NOW + 1):
        cells = [key if year < NOW or m < MONTHS_IN else None for m in range(12)]
        yield {"指标": quantity, "年份": year, dim: member, "cells": cells, "备注": note}


def electricity(dice: Dice) -> dict[str, dict[int, float]]:
    """The grid company's workbook. Returns electricity by sector and year, 亿kWh."""
    book = Workbook("国网历下供电中心", "国网历下供电中心", "demo-power", "区发改局", "行业")
    yearly = {s: dice.path(a) for s, a in FIGURES["electricity"].items()}
    rows: list[Row] = []
    newest: dict[str, list[float]] = {}
    for year in range(FIRST, LAST + 1):
        for sector, name in SECTORS.items():
            shape = FIGURES["shape_of"]["electricity"].get(sector, "flat")
            cells = dice.months(yearly[sector][year] * 1e4, shape)
            row: Row = {"指标": "供电量（分行业月度）", "年份": year, "行业": name, "版本": "最终"}
            if year == LAST:  # December was first an estimate and then revised
                newest[sector] = cells
                early: list[Any] = [None] * 11 + [round(cells[11] * 0.985, 2)]
                first = {"版本": "初步", "填报日期": f"{NOW}-01-09", "备注": "12月为预估抄表"}
                rows.append({**row, **first, "cells": early})
                rows.append({**row, "cells": cells, "填报日期": f"{NOW}-02-25", "备注": "12月按实抄修订"})
                continue
            row["填报日期"] = f"{year + 1}-02-20"
            if year == 2019:  # that year's export came in kWh
                cells = [round(c * 1e4) for c in cells]
                row |= {"单位": "kWh", "备注": "本年导出单位为kWh"}
            rows.append({**row, "cells": cells})
    book.wide("供电量", "万kWh", rows)

    growth = FIGURES["growth_2026"]
    new: list[Row] = []
    for month in range(1, MONTHS_IN + 1):
        for sector, name in SECTORS.items():
            value = dice.near(newest[sector][month - 1] * growth.get(sector, growth["other"]), 0.01)
            row = {"指标": "electricity_delivered", "月份": month, "行业": name, "单位": "万kWh"}
            new.append({**row, "数值": round(value, 2), "填报日期": next_month(NOW, month, 8)})
            if (month, sector) == (6, "commercial"):
                note = "补记两户趸售电量"
                new.append(
                    {
                        **row,
                        "数值": round(value * 1.021, 2),
                        "版本": "最终",
                        "填报日期": f"{NOW}-11-12",
                        "备注": note,
                    }
                )
    book.monthly("2026年逐月报送", new)

    filed = _series("pv_capacity_filed")["values"]
    capacity = {int(y): v if isinstance(v, float) else float(v.split(" ")[0]) / 1e4 for y, v in filed.items()}
    generated: list[Row] = []
    fed: list[Row] = []
    for year in range(FIRST, LAST + 1):
        total = dice.near((capacity.get(year - 1, 0.03) + capacity[year]) / 2 * 1120, 0.03)
        for sector, share in FIGURES["shares"]["pv"].items():
            cells = dice.months(total * share, "sun", 0.05)
            own = FIGURES["shares"]["pv_own_use"][sector]
            row = {"年份": year, "行业": SECTORS[sector], "版本": "最终", "填报日期": f"{year + 1}-01-15"}
            generated.append({**row, "指标": "pv_generation", "cells": cells})
            fed.append({**row, "指标": "pv_feed_in", "cells": [round(c * (1 - own), 2) for c in cells]})
    for sector in [s for s in SECTORS if s not in FIGURES["shares"]["pv"]]:
        generated += stated("pv_generation", "行业", SECTORS[sector], "NO", "无并网光伏")
        fed += stated("pv_feed_in", "行业", SECTORS[sector], "NO", "无并网光伏")
    book.wide("光伏发电量", "万kWh", generated)
    book.wide("光伏上网电量", "万kWh", fed)
    sun: list[Row] = []
    for month in range(1, MONTHS_IN + 1):
        for sector, share in FIGURES["shares"]["pv"].items():
            value = dice.near(1.56 * 1120 * share * FIGURES["shape"]["sun"][month - 1] / 12, 0.04)
            out = value * (1 - FIGURES["shares"]["pv_own_use"][sector])
            row = {
                "月份": month,
                "行业": SECTORS[sector],
                "单位": "万kWh",
                "填报日期": next_month(NOW, month, 8),
            }
            sun.append({**row, "指标": "pv_generation", "数值": round(value, 2)})
            sun.append({**row, "指标": "pv_feed_in", "数值": round(out, 2)})
    book.monthly("2026年光伏逐月报送", sun)
    book.close()
    return yearly


def gas(dice: Dice) -> dict[str, dict[int, float]]:
    """The gas company's workbook, at 20 °C. Returns gas of end users by sector and year, 万Nm3."""
    book = Workbook("燃气公司", "燃气公司", "demo-gas", "区住建局", "行业")
    yearly = {s: dice.path(a) for s, a in FIGURES["gas"].items()}
    rows: list[Row] = []
    newest: dict[str, list[float]] = {}
    for year in range(FIRST, LAST + 1):
        for sector in yearly:
            shape = FIGURES["shape_of"]["gas"].get(sector, "flat")
            cells = dice.months(yearly[sector][year] * M3_20_PER_NM3, shape)
            newest[sector] = cells
            row: Row = {
                "指标": "gas_sold",
                "年份": year,
                "行业": SECTORS[sector],
                "版本": "最终",
                "填报日期": f"{year + 1}-02-15",
            }
            if year == 2018:
                cells = [round(c * 1e4) for c in cells]
                row |= {"单位": "m3_20", "备注": "本年导出单位为立方米（20℃）"}
            rows.append({**row, "cells": cells})
    rows += stated("gas_sold", "行业", SECTORS["construction"], "NO", "无用户")
    rows += stated("gas_sold", "行业", SECTORS["energy_supply"], "IE", "计入供热公司填报的热源厂用气量")
    book.wide("天然气销售量", "万m3_20", rows)
    new: list[Row] = []
    for month in range(1, MONTHS_IN + 1):
        for sector in yearly:
            value = dice.near(newest[sector][month - 1] * 1.008, 0.012)
            if (month, sector) == (8, "commercial"):
                continue  # not filed: missing, not zero
            row = {"指标": "gas_sold", "月份": month, "行业": SECTORS[sector], "单位": "万m3_20"}
            new.append({**row, "数值": round(value, 2), "填报日期": next_month(NOW, month, 9)})
    book.monthly("2026年逐月报送", new)
    book.close()
    return yearly


def heat(dice: Dice) -> dict[int, float]:
    """The heat company's workbook. Returns heat sold by year, 万GJ."""
    book = Workbook("供热公司", "供热公司", "demo-heat", "区住建局", "热源")
    plants = FIGURES["heat_plants"]
    supply = {s: dice.path(a, 0.02) for s, a in FIGURES["heat_supply"].items()}
    pipeline = {int(y): v for y, v in FIGURES["long_distance_waste_heat"]["values"].items()}
    rows: dict[str, list[Row]] = {k: [] for k in ("supply", "sold", "coal", "gas", "power")}
    newest: dict[tuple[str, str], list[float]] = {}
    sold: dict[int, float] = {}
    for year in range(FIRST, LAST + 1):
        base: Row = {"年份": year, "版本": "最终", "填报日期": f"{year + 1}-02-10"}
        total = 0.0
        for source, name in HEAT_SOURCES.items():
            row = {**base, "热源": name}
            cells: list[Any]
            if source == "long_distance_waste_heat" and year < min(pipeline):
                rows["supply"].append(
                    {**row, "指标": "heat_supplied", "cells": ["NO"] * 12, "备注": "2021年11月投运"}
                )
                continue
            if source == "long_distance_waste_heat" and year == min(pipeline):
                cells = [0.0] * 10 + [210000.0, 410000.0]
            else:
                value = pipeline[year] if source == "long_distance_waste_heat" else supply[source][year]
                cells = dice.months(value * 1e4, "heat", 0.03, 0)
            total += sum(cells)
            newest["supply", source] = cells
            unit = {"单位": "百万千焦"} if year == 2016 else {}
            rows["supply"].append({**row, **unit, "指标": "heat_supplied", "cells": cells})
            if source == "chp":
                coal = [round(dice.near(c * plants["coal_per_gj"], 0.01), 1) for c in cells]
                power = [round(c * plants["power_per_gj"] / 1e4, 2) for c in cells]
                newest["coal", source], newest["power", source] = coal, power
                rows["coal"].append({**row, "指标": "plant_coal", "cells": coal})
                rows["power"].append({**base, "指标": "chp_power_sent", "cells": power})
            if source == "gas_boilers":
                burnt = [round(c * plants["gas_per_gj"] * M3_20_PER_NM3 / 1e4, 2) for c in cells]
                newest["gas", source] = burnt
                rows["gas"].append({**row, "指标": "plant_gas", "cells": burnt})
        loss = plants["loss_2015"] - plants["loss_step"] * (year - FIRST)
        sold[year] = total * (1 - loss) / 1e4
        for sector, share in FIGURES["shares"]["heat_sold"].items():
            cells = dice.months(total * (1 - loss) * share, "heat", 0.02, 0)
            newest["sold", sector] = cells
            rows["sold"].append({**base, "指标": "heat_sold", "行业": SECTORS[sector], "cells": cells})
    for sector in [s for s in SECTORS if s not in FIGURES["shares"]["heat_sold"]]:
        rows["sold"] += stated("heat_sold", "行业", SECTORS[sector], "NO", "不用集中供热")
    for source, name in HEAT_SOURCES.items():
        if source != "chp":
            rows["coal"] += stated("plant_coal", "热源", name, "NO", "不燃煤")
        if source != "gas_boilers":
            rows["gas"] += stated("plant_gas", "热源", name, "NO", "不燃气")
    book.wide("热源供热量", "GJ", rows["supply"])
    book.wide("售热量", "GJ", rows["sold"], "行业")
    book.wide("热源厂耗煤量", "t", rows["coal"])
    book.wide("热源厂用气量", "万m3_20", rows["gas"])
    book.wide("热电联产上网电量", "万kWh", rows["power"], "")

    change = {"chp": 0.86, "long_distance_waste_heat": 1.10, "imported_heat": 0.95}
    new: list[Row] = []
    users: list[Row] = []
    power_new: list[Row] = []
    for month in range(1, MONTHS_IN - 1):  # up to August: September and October are overdue
        base = {"月份": month, "填报日期": next_month(NOW, month, 14)}
        for source, name in HEAT_SOURCES.items():
            f = dice.near(change.get(source, 1.0), 0.01)
            for kind, quantity, unit, digits in (("supply", "heat_supplied", "GJ", 0), ("coal", "plant_coal", "t", 1), ("gas", "plant_gas", "万m3_20", 2)):  # fmt: skip
                if (kind, source) in newest:
                    value = round(newest[kind, source][month - 1] * f, digits)
                    new.append({**base, "指标": quantity, "热源": name, "数值": value, "单位": unit})
        for sector in FIGURES["shares"]["heat_sold"]:
            value = round(newest["sold", sector][month - 1] * 1.01)
            users.append({**base, "指标": "heat_sold", "行业": SECTORS[sector], "数值": value, "单位": "GJ"})
        value = round(newest["power", "chp"][month - 1] * change["chp"], 2)
        power_new.append({**base, "指标": "chp_power_sent", "数值": value, "单位": "万kWh"})
    book.monthly("2026年热源逐月报送", new)
    book.monthly("2026年售热逐月报送", users, "行业")
    book.monthly("2026年上网电量逐月报送", power_new, "")
    book.close()
    return sold


def waste(dice: Dice) -> None:
    """The weighbridge workbook."""
    book = Workbook("城管称重", "区城管局", "demo-waste", "区碳达峰碳中和工作领导小组办公室", "生活垃圾类别")
    rows: list[Row] = []
    new: list[Row] = []
    for stream, anchors in FIGURES["waste"].items():
        values = dice.path(anchors, 0.01)
        for year, value in values.items():
            cells: list[Any] = list(dice.months(value, "flat", 0.03, 1))
            row: Row = {
                "指标": "waste_collected",
                "年份": year,
                "生活垃圾类别": STREAMS[stream],
                "版本": "最终",
                "填报日期": f"{year + 1}-01-12",
            }
            if (year, stream) == (2023, "hazardous"):
                cells[6] = "—"
                row["备注"] = "7月地磅检修，未称重"
            if (year, stream) == (2022, "recyclable"):
                cells[2] = f"{cells[2]:,.1f}"  # a text with a thousands comma
            rows.append({**row, "cells": cells})
        for month in range(1, MONTHS_IN + 1):
            value = round(dice.near(values[LAST] / 12 * 1.01, 0.02), 1)
            row = {"指标": "waste_collected", "月份": month, "生活垃圾类别": STREAMS[stream], "单位": "t"}
            new.append({**row, "数值": value, "填报日期": next_month(NOW, month, 9)})
    book.wide("清运量", "t", rows)
    book.monthly("2026年逐月报送", new)
    book.close()


def _series(quantity: str) -> dict[str, Any]:
    return next(s for t in FIGURES["table"] for s in t["series"] if s["quantity"] == quantity)


def _write(file: str, rows: Sequence[Row]) -> None:
    order = ("quantity", "year", "sector", "fuel", "heat_source", "vehicle_class", "saving_class", "renewable_term", "roof_type", "greenery")  # fmt: skip
    order += ("value", "unit", "state", "edition", "known_on", "source", "filed_by", "reviewed_by", "note")
    used = [h for h in order if any(r.get(h, "") != "" for r in rows)]
    with (DATA / file).open("w", encoding="utf-8", newline="") as stream:
        out = csv.DictWriter(stream, used, extrasaction="ignore", lineterminator="\n")
        out.writeheader()
        out.writerows({h: r.get(h, "") for h in used} for r in rows)


def _yearly(dice: Dice, table: Mapping[str, Any], s: Mapping[str, Any]) -> Iterator[tuple[Row, float | None]]:
    """Rows of one series of figures.toml, with the true value where chance made it."""
    about = {k: s.get(k, table.get(k, "")) for k in ("source", "filed_by", "reviewed_by")}
    base: Row = {"quantity": s["quantity"], "unit": s["unit"], **about, **s.get("member", {})}
    base |= {k: s[k] for k in ("edition", "note", "state", "known_on") if k in s}
    day = s.get("day", table["day"])
    if "every" in s:
        years = range(s["years"][0], s["years"][1] + 1) if "years" in s else ["*"]
        yield from (({**base, "year": y, "state": s["every"]}, None) for y in years)
        return
    if "always" in s:
        yield {**base, "value": s["always"]}, None
        return
    made = dice.path(s["anchors"], s.get("noise", 0.012)) if "anchors" in s else {}
    for year in sorted({int(y) for y in s.get("values", {})} | set(made)):
        row = {"known_on": f"{year + 1}-{day}", **base, "year": year}
        row["note"] = s.get("notes", {}).get(str(year), row.get("note", ""))
        if year in made:
            true = made[year]
            first = s.get("preliminary", {})
            row["value"] = f"{true:.{s['digits']}f}"
            if first.get("year") == year:
                early = {
                    "edition": "preliminary",
                    "known_on": first["known_on"],
                    "value": f"{true * first['times']:.0f}",
                }
                yield {**row, **early}, None
                row |= {"edition": "final", "known_on": first["final_on"], "note": first["note"]}
            if unit := s.get("as_unit", {}).get(str(year)):
                row |= {"value": f"{true / 1e4:.4f}", "unit": unit, "note": f"原表单位为{unit}"}
            yield row, true
            continue
        value = s["values"][str(year)]
        if value in KEYS:
            row["state"] = value
        elif isinstance(value, str) and " " in value:
            row["value"], row["unit"] = value.split(" ")
        else:
            row["value"] = value
            if value == 0:
                row["state"] = "confirmed_zero"
        yield row, None


def tables(dice: Dice) -> dict[tuple[str, str], dict[int, float]]:
    """Every yearly table. Returns the fuel by sector, fuel and year, t."""
    fuels: dict[tuple[str, str], dict[int, float]] = {}
    for table in FIGURES["table"]:
        rows: list[Row] = []
        for s in table["series"]:
            for row, true in _yearly(dice, table, s):
                rows.append(row)
                if s["quantity"] == "fuel_sold" and true is not None:
                    fuels.setdefault((row["sector"], row["fuel"]), {})[row["year"]] = true
        _write(table["file"], rows)
    return fuels


def city(
    dice: Dice,
    power: Mapping[str, Mapping[int, float]],
    fuel_gas: Mapping[str, Mapping[int, float]],
    fuels: Mapping[tuple[str, str], Mapping[int, float]],
    sold: Mapping[int, float],
) -> None:
    """The city's balance and the keys: the district's true figures over its key, blurred, and coal it does not burn."""
    rows: list[Row] = []
    coal = {2020: 2.9e6, 2021: 2.8e6, 2022: 2.65e6, 2023: 2.5e6, 2024: 2.4e6}
    heat_shares = FIGURES["shares"]["heat_sold"]
    for year in range(2020, 2025):
        for sector in SECTORS:
            key = FIGURES["shares"]["allocation_key"][sector]
            base: Row = {
                "year": year,
                "sector": sector,
                "known_on": f"{year + 1}-10-30",
                "source": "demo-city",
                "filed_by": "市统计局",
                "reviewed_by": "区统计局",
            }

            def put(
                quantity: str,
                unit: str,
                true: float | None,
                digits: int = 0,
                base: Row = base,
                key: float = key,
                **more: str,
            ) -> None:
                row = {**base, **more, "quantity": quantity, "unit": unit}
                filed = (
                    {"state": "NO"}
                    if true is None
                    else {"value": f"{dice.near(true / key * 100, 0.05):.{digits}f}"}
                )
                rows.append({**row, **filed})

            put("city_electricity", "亿kWh", power[sector][year], 2)
            put("city_gas", "万Nm3", fuel_gas[sector][year] if sector in fuel_gas else None)
            for fuel in ("coal", "gasoline", "diesel", "fuel_oil", "lpg", "lng"):
                own = fuels.get((sector, fuel), {}).get(year)
                put(
                    "city_fuel",
                    "t",
                    coal[year] * key / 100 if (sector, fuel) == ("industry", "coal") else own,
                    fuel=fuel,
                )
            put("city_heat", "万GJ", sold[year] * heat_shares[sector] if sector in heat_shares else None)
            rows.append(
                {**base, "quantity": "allocation_key", "unit": "%", "value": key, "filed_by": "区统计局"}
            )
    _write("市级平衡表.csv", rows)


def main() -> None:
    DATA.mkdir(exist_ok=True)
    dice = Dice()
    power = electricity(dice)
    fuel_gas = gas(dice)
    sold = heat(dice)
    waste(dice)
    fuels = tables(dice)
    city(dice, power, fuel_gas, fuels, sold)


if __name__ == "__main__":
    main()
