"""The factor library: a list to search, and one page for each factor with its source and its users."""

from __future__ import annotations

from typing import Any

from dafeng.findings import Text
from dafeng.web.chart import Figure
from dafeng.web.errors import NotHere
from dafeng.web.numbers import unit_text
from dafeng.web.page import Page, page, pager
from dafeng.web.reader import Reader
from dafeng.web.table import Cell, Column, Table, text_cell

PAGE_ROWS = 100

PARAMETERS: dict[str, Text] = {
    "co2_factor": Text("二氧化碳排放因子", "CO2 factor"),
    "co2_factor_per_heat": Text("单位热值二氧化碳排放因子", "CO2 factor per heat"),
    "co2_factor_heat": Text("热力二氧化碳排放因子", "CO2 factor of heat"),
    "net_calorific_value": Text("低位发热量", "Net calorific value"),
    "carbon_content_per_heat": Text("单位热值含碳量", "Carbon content per heat"),
    "oxidation_rate": Text("碳氧化率", "Oxidation rate"),
    "standard_coal_coefficient": Text("折标准煤系数", "Standard-coal coefficient"),
    "standard_coal_heat": Text("标准煤热值", "Heat of standard coal"),
    "supply_standard_coal_rate": Text("供电标准煤耗", "Standard coal per kWh supplied"),
    "gwp100": Text("全球增温潜势（100年）", "GWP over 100 years"),
    "ef_elec_average": Text("电力平均排放因子", "Average factor of electricity"),
    "ef_elec_ex_nonfossil": Text(
        "电力因子（不含交易非化石电量）", "Electricity without traded non-fossil power"
    ),
    "ef_elec_fossil": Text("化石能源电力因子", "Electricity from fossil fuel"),
    "ef_elec_enterprise": Text("企业核算用电力因子", "Electricity for enterprise accounts"),
    "ef_elec_footprint": Text("电力碳足迹因子", "Footprint of electricity"),
    "ef_grid_OM": Text("电网电量边际因子", "Operating margin"),
    "ef_grid_BM": Text("电网容量边际因子", "Build margin"),
    "ef_grid_CM": Text("电网组合边际因子", "Combined margin"),
    "ef_ch4": Text("甲烷排放因子", "CH4 factor"),
    "ef_n2o": Text("氧化亚氮排放因子", "N2O factor"),
    "constraint": Text("能耗约束值", "Energy use, binding value"),
    "guide": Text("能耗引导值", "Energy use, guiding value"),
    "baseline": Text("能耗基准值", "Energy use, baseline"),
    "advanced": Text("能耗先进值", "Energy use, advanced value"),
    "general": Text("能耗通用值", "Energy use, general value"),
    "target": Text("政策目标值", "Policy target"),
    "saving_rate": Text("节能率", "Saving rate"),
    "minimum_share": Text("比例下限", "Minimum share"),
    "annual_mileage": Text("年均行驶里程", "Yearly mileage"),
    "fuel_consumption": Text("百公里油耗", "Fuel consumption"),
    "electricity_consumption": Text("百公里电耗", "Power consumption"),
    "energy_consumption": Text("单位能耗", "Energy consumption"),
    "co2_per_km": Text("单位里程二氧化碳", "CO2 per km"),
    "co2_per_litre": Text("每升二氧化碳", "CO2 per litre"),
    "density": Text("密度", "Density"),
    "ef_msw_incineration": Text("垃圾焚烧排放因子", "Factor of waste incineration"),
    "HDD18": Text("采暖度日数", "Heating degree days"),
    "CDD26": Text("空调度日数", "Cooling degree days"),
}


@page
def factors(reader: Reader) -> Page:
    every = list(reader.district.factors.factors)
    asked = {k: reader.get(k) for k in ("set", "item", "region", "parameter")}
    search, valid = reader.get("q").strip().lower(), reader.get("valid")
    if valid and not (valid.isascii() and valid.isdigit() and len(valid) == 4):
        raise NotHere(
            Text("年份应是四位数。", "A year has four digits."),
            "/factors/",
            Text("查看全部因子", "See all factors"),
        )
    used = users_of(reader)
    only_used = reader.get("used") == "1"
    every.sort(key=lambda f: f.id not in used)  # those in use come first
    shown = [
        f
        for f in every
        if all(not v or str(getattr(f, k)) == v for k, v in asked.items())
        and (
            not search
            or search
            in f"{f.id} {f.item} {f.item_zh} {f.item_en} {f.set} {f.parameter} {f.source_title}".lower()
        )
        and (not valid or _holds(f, int(valid)))
        and (not only_used or f.id in used)
    ]
    figure = Figure(
        "factors",
        reader.say("因子", "Factors"),
        reader.say(f"{len(shown)} 个，共 {len(every)} 个", f"{len(shown)} of {len(every)}"),
        factors_table(reader, shown, used),
        wide=True,
    )
    turning = pager(
        reader,
        "/factors/",
        len(shown),
        PAGE_ROWS,
        q=reader.get("q"),
        valid=valid,
        used="1" if only_used else "",
        **asked,
    )
    page_table = Table(
        figure.table.columns, figure.table.rows[turning["rows"]], figure.table.caption, figure.table.empty
    )
    regions = {f.region: f.region_name for f in every}
    items = {f.item: (f.item_en if reader.language == "en" else f.item_zh) or f.item for f in every}
    return Page(
        "factors.html",
        reader.say("因子", "Factors"),
        "factors",
        {
            "pager": turning if turning["pages"] > 1 else None,
            "factor_figure": Figure(figure.id, figure.title, figure.subtitle, page_table, wide=True),
            "filters": [
                (
                    "set",
                    reader.say("因子集", "Set"),
                    [(s, s) for s in sorted({f.set for f in every})],
                    asked["set"],
                ),
                (
                    "parameter",
                    reader.say("参数", "Parameter"),
                    [(p, parameter_name(reader, p)) for p in sorted({f.parameter for f in every})],
                    asked["parameter"],
                ),
                (
                    "item",
                    reader.say("品种", "Item"),
                    sorted(items.items(), key=lambda i: i[1]),
                    asked["item"],
                ),
                ("region", reader.say("地区", "Region"), sorted(regions.items()), asked["region"]),
            ],
            "search": reader.get("q"),
            "valid": valid,
            "only_used": only_used,
        },
        [figure],
        yearly=False,
    )


def parameter_name(reader: Reader, parameter: str) -> str:
    return reader.text(PARAMETERS[parameter]) if parameter in PARAMETERS else parameter


def _holds(f: Any, year: int) -> bool:
    return (f.valid_from is None or f.valid_from.year <= year) and (
        f.valid_to is None or f.valid_to.year >= year
    )


def users_of(reader: Reader) -> dict[str, list[str]]:
    """Factor id → quantities that take it."""

    def make() -> dict[str, list[str]]:
        found: dict[str, list[str]] = {}
        for quantity, leaf in reader.run.leaves.items():
            for factor, _rule in leaf.factors.values():
                names = found.setdefault(factor.id, [])
                if quantity not in names:
                    names.append(quantity)
        return found

    return dict(reader.remember("factor-users", make))


def years_text(reader: Reader, f: Any) -> str:
    start, end = (d.isoformat() if d else "" for d in (f.valid_from, f.valid_to))
    if start and end and start.endswith("-01-01") and end.endswith("-12-31"):
        return start[:4] if start[:4] == end[:4] else f"{start[:4]}—{end[:4]}"
    if start or end:
        return f"{start or '…'}—{end or '…'}"
    return reader.say("未限定", "not limited")


def item_name(reader: Reader, f: Any) -> str:
    return str((f.item_en if reader.language == "en" else f.item_zh) or f.item)


def factors_table(reader: Reader, rows: list[Any], used: dict[str, list[str]]) -> Table:
    table = Table(
        [
            Column("id", reader.say("编号", "Id"), phone=False),
            Column("item", reader.say("品种", "Item")),
            Column("parameter", reader.say("参数", "Parameter")),
            Column("value", reader.say("数值", "Value"), "number"),
            Column("unit", reader.say("单位", "Unit")),
            Column("set", reader.say("因子集", "Set"), phone=False),
            Column("region", reader.say("地区", "Region"), phone=False),
            Column("valid", reader.say("适用期", "Valid"), phone=False),
            Column("confidence", reader.say("核实", "Checked"), phone=False),
            Column("used", reader.say("取用", "Used by"), phone=False),
        ],
        caption=reader.say("因子", "Factors"),
        empty=reader.say("没有符合条件的因子。", "No factor fits."),
        head_column=1,
    )
    for f in rows:
        href = reader.link(f"/factors/{f.id}")
        table.add(
            text_cell(f.id, href),
            text_cell(item_name(reader, f), href),
            text_cell(parameter_name(reader, f.parameter)),
            value_cell(reader, f),
            text_cell(unit_text(f.unit, reader.language)),
            text_cell(f.set),
            text_cell(f.region_name or f.region),
            text_cell(years_text(reader, f)),
            text_cell(reader.say("待核", "to be checked") if f.recalled else reader.say("已核", "checked")),
            text_cell(str(len(used.get(f.id, []))) if f.id in used else ""),
        )
    return table


def value_cell(reader: Reader, f: Any) -> Cell:
    """The printed value, digit by digit: a factor is never rounded."""
    text = format(f.value, "f") if abs(f.value) >= 1e-6 or f.value == 0 else str(f.value)
    mark = reader.say("核", "r") if f.recalled else ""
    hint = (
        reader.say("凭记忆录入，待与原件核对", "from memory, to be checked against the original")
        if f.recalled
        else ""
    )
    return Cell(text.replace("-", "−"), float(f.value), mark=mark, hint=hint, soft=f.recalled)


@page
def factor(reader: Reader, factor: str) -> Page:
    f = reader.district.factors.by_id.get(factor)
    if f is None:
        raise NotHere(
            Text(f"没有编号为“{factor[:40]}”的因子。", f"There is no factor with the id “{factor[:40]}”."),
            "/factors/",
            Text("查看全部因子", "See all factors"),
        )
    users = [reader.quantity(q) for q in users_of(reader).get(f.id, []) if reader.has(q)]
    same = [
        g
        for g in reader.district.factors.factors
        if g.parameter == f.parameter and g.item == f.item and g.id != f.id
    ]
    figures = []
    if same:
        figures.append(
            Figure(
                "same",
                reader.say("同一品种、同一参数的其他因子", "Other factors of this item and parameter"),
                reader.say("并列给出，不混用", "side by side, never mixed"),
                factors_table(reader, same, users_of(reader)),
                wide=True,
            )
        )
    return Page(
        "factor.html",
        f"{item_name(reader, f)} · {parameter_name(reader, f.parameter)}",
        "factors",
        {
            "factor": f,
            "value": value_cell(reader, f),
            "unit": unit_text(f.unit, reader.language),
            "valid": years_text(reader, f),
            "parameter": parameter_name(reader, f.parameter),
            "users": [(reader.name(q), reader.number_link(q.id, reader.year)) for q in users],
            "link_ref": f.source_ref if f.source_ref.startswith(("https://", "http://")) else "",
        },
        figures,
        yearly=False,
    )
