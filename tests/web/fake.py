"""District folders made for tests: small (every state once), empty, overfull (long names, many members), broken."""

from __future__ import annotations

from pathlib import Path

LONG = "历史城区既有公共建筑围护结构与供热系统综合节能改造及可再生能源一体化应用"
LONG_EN = "Comprehensive retrofit of envelopes and heating of existing public buildings in the historic quarter with renewables"


def write(folder: Path, files: dict[str, str]) -> Path:
    for name, text in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, "utf-8")
    return folder


def empty(folder: Path) -> Path:
    return write(
        folder,
        {
            "package.toml": 'id = "empty"\nname = "空白区"\nname_en = "Empty"\nextends = "CN"\nkind = "district"\nas_of = 2026-11-24\n'
        },
    )


def broken(folder: Path) -> Path:
    return write(folder, {"package.toml": 'id = "broken"\nextends = "no-such-package"\n'})


PACKAGE = """
id = "{id}"
name = "{name}"
name_en = "{name_en}"
kind = "district"
years = [2018, 2032]
history_until = 2025
as_of = 2026-11-24
"""

SMALL_QUANTITIES = """
[[quantity]]
id = "power"
name = "用电量"
name_en = "Electricity"
unit = "万kWh"
dims = ["year", "sector"]
uncertainty = { relative = 0.04, independent = ["year"] }
evidence = { from = 2019, until = 2025, due = { months = 3, day = 31 }, supplier = "grid", minimum = 0 }

[[quantity]]
id = "power_monthly"
name = "月度用电量"
name_en = "Monthly electricity"
unit = "万kWh"
dims = ["year", "month"]
evidence = { from = 2025, until = 2026, due = { months = 1, day = 10 }, supplier = "grid" }

[[quantity]]
id = "power_growth"
name = "用电增速"
name_en = "Growth of electricity"
unit = "1"
dims = ["year"]
driver = { points = { "2025" = 0.98, "2032" = 0.95 } }

[[quantity]]
id = "power_factor"
name = "电力因子"
name_en = "Power factor"
unit = "tCO2/万kWh"
dims = ["year"]
driver = { points = { "2018" = 7.0, "2032" = 5.0 } }

[[quantity]]
id = "co2_by_sector"
name = "二氧化碳排放（分行业）"
name_en = "CO2 by sector"
unit = "tCO2"
dims = ["year", "sector"]
formula = "power * power_factor"

[[quantity]]
id = "co2_total"
name = "二氧化碳排放总量"
name_en = "CO2 emissions"
unit = "tCO2"
dims = ["year"]
tags = ["headline"]
display = { unit = "万tCO2" }
formula = "sum(co2_by_sector over sector)"

[[quantity]]
id = "solar"
name = "光伏装机"
name_en = "PV capacity"
unit = "万kW"
dims = ["year"]
tags = ["headline"]
choice = "pv_basis"
formula_by = { cumulative = "solar_filed", added = "solar_filed - solar_filed[year: 2020]" }

[[quantity]]
id = "solar_filed"
name = "光伏装机（填报）"
name_en = "PV capacity, filed"
unit = "万kW"
dims = ["year"]
evidence = { from = 2019, until = 2025, due = { months = 3, day = 31 }, supplier = "grid" }

[[choice]]
id = "pv_basis"
name = "光伏口径"
name_en = "PV basis"
question = "2万千瓦是累计还是新增？"
question_en = "Is the figure cumulative or added?"
default = "cumulative"
option = [{ id = "cumulative", name = "累计", name_en = "cumulative" }, { id = "added", name = "2020年后新增", name_en = "added since 2020" }]
"""

SMALL_DIMENSIONS = """
[[dimension]]
id = "sector"
name = "行业"
name_en = "Sector"
member = [
  { id = "industry", name = "工业", name_en = "Industry", colour = "industry" },
  { id = "homes", name = "居民", name_en = "Homes", colour = "residential" },
]
"""

SMALL_TARGETS = """
[[target]]
id = "solar_2030"
ref = "三-（一）-2"
name = "光伏发电装机规模"
name_en = "PV capacity"
quantity = "solar"
comparator = ">="
value = 2
unit = "万kW"
deadline = 2030
monotone = true
path = { kind = "linear", from = 2020, start = 0.4 }
choices = ["pv_basis"]

[[target]]
id = "co2_2025"
ref = "二"
name = "二氧化碳排放"
name_en = "CO2 emissions"
quantity = "co2_total"
comparator = "<="
value = 9
unit = "万tCO2"
deadline = 2025

[[target]]
id = "assigned"
ref = "二"
name = "市下达目标"
name_en = "Target assigned by the city"
quantity = "co2_total"
comparator = "meets_assigned"
unit = "万tCO2"
deadline = 2030
assigned = { by = "济南市" }
"""


def _small_data() -> str:
    rows = ["quantity,year,month,sector,value,unit,state,known_on,source,filed_by,reviewed_by"]
    for year in range(2019, 2026):
        for sector, start in (("industry", 9000), ("homes", 6000)):
            if (year, sector) == (2025, "homes"):
                continue  # missing
            state = "estimated" if year == 2023 else "observed"
            rows.append(
                f"power,{year},,{sector},{start + 100 * (year - 2019)},万kWh,{state},{year + 1}-03-20,demo,grid,office"
            )
        rows.append(
            f"solar_filed,{year},,,{0.3 + 0.2 * (year - 2019):.2f},万kW,,{year + 1}-03-20,demo,grid,office"
        )
    rows.append("power,2024,,industry,9555,万kWh,observed,2026-11-20,demo,grid,office")
    for month in range(1, 10):
        rows.append(f"power_monthly,2026,{month},,{1200 + month},万kWh,,2026-{month + 1:02d}-08,demo,grid,")
    return "\n".join(rows) + "\n"


def small(folder: Path) -> Path:
    return write(
        folder,
        {
            "package.toml": PACKAGE.format(id="small", name="小区", name_en="Small"),
            "dimensions.toml": SMALL_DIMENSIONS,
            "quantities/all.toml": SMALL_QUANTITIES,
            "targets.toml": SMALL_TARGETS,
            "sources.csv": "id,kind,title,title_en,ref,date,confidence,note\ndemo,demonstration,演示数据,Demonstration,,,confirmed,为测试编制\n",
            "bodies.csv": "id,name,name_en,kind,aliases\ngrid,供电公司,Grid company,company,\noffice,发改局,Development bureau,department,\n",
            "plan/plan.toml": 'title = "小区碳达峰方案"\ntitle_en = "Plan of Small"\nstatus = "draft"\n',
            "plan/clauses.csv": "ref,level,number,title,title_en\n二,chapter,二、,主要目标,Main targets\n三,chapter,三、,行动,Actions\n三-（一）,action,（一）,能源,Energy\n三-（一）-2,measure,2.,发展太阳能,Solar energy\n",
            "plan/duties.csv": "ref,order,body,role\n三-（一）-2,1,office,lead\n三-（一）-2,2,grid,\n",
            "plan/links.csv": "ref,quantity\n三-（一）-2,solar\n",
            "data/all.csv": _small_data(),
            "pages.toml": '[[section]]\nid = "co2"\npage = "inventory"\nname = "排放"\nname_en = "Emissions"\n[[figure]]\nid = "by-sector"\npage = "inventory"\nsection = "co2"\nname = "分行业"\nname_en = "By sector"\nchart = "stack"\nquantity = "co2_by_sector"\nover = "sector"\n',
        },
    )


def overfull(folder: Path) -> Path:
    """Forty sectors with long names, eighty targets, a hundred clauses and figures of every size, revised again and again."""
    sectors = ",\n".join(
        f'  {{ id = "s{i}", name = "{LONG}第{i}类", name_en = "{LONG_EN}, class {i}" }}' for i in range(40)
    )
    quantities = [
        SMALL_QUANTITIES,
        f"""
[[quantity]]
id = "huge"
name = "{LONG}投资总额"
name_en = "{LONG_EN}: investment"
unit = "元"
dims = ["year"]
tags = ["headline"]
driver = {{ points = {{ "2018" = 123456789012345.0, "2032" = 9.9e15 }} }}

[[quantity]]
id = "tiny"
name = "极小的数"
name_en = "A tiny number"
unit = "%"
dims = ["year"]
tags = ["headline"]
driver = {{ points = {{ "2018" = -0.00000123, "2032" = 0.00000456 }} }}
""",
    ]
    targets = [SMALL_TARGETS]
    clauses = [
        "ref,level,number,title,title_en",
        "二,chapter,二、,主要目标,Main targets",
        "三,chapter,三、,行动,Actions",
    ]
    duties = ["ref,order,body,role"]
    for i in range(80):
        clauses.append(f"三-（{i}）,action,（{i}）,{LONG}第{i}项,{LONG_EN} {i}")
        duties += [f"三-（{i}）,{j},b{j}," for j in range(1, 12)]
        targets.append(
            f"""
[[target]]
id = "t{i}"
ref = "三-（{i}）"
name = "{LONG}第{i}项目标"
name_en = "{LONG_EN}, target {i}"
quantity = "{("solar", "co2_total", "huge", "tiny")[i % 4]}"
comparator = "{(">=", "<=")[i % 2]}"
value = {i * 1000.5}
unit = "{("万kW", "万tCO2", "亿元", "%")[i % 4]}"
deadline = {2025 + i % 7}
"""
        )
    rows = ["quantity,year,sector,value,unit,state,known_on,source,filed_by"]
    for year in range(2019, 2026):
        for i in range(40):
            for day in range(1, 4):
                rows.append(
                    f"power,{year},s{i},{1000.123456 * (i + 1) + day},万kWh,,2026-11-{day + 10:02d},demo,b1"
                )
    bodies = [
        "id,name,name_en,kind,aliases",
        *[f"b{j},{LONG}工作领导小组办公室{j},{LONG_EN} office {j},department," for j in range(1, 12)],
    ]
    return write(
        folder,
        {
            "package.toml": PACKAGE.format(id="overfull", name=f"{LONG}示范区", name_en=LONG_EN),
            "dimensions.toml": f'[[dimension]]\nid = "sector"\nname = "行业"\nname_en = "Sector"\nmember = [\n{sectors}\n]\n',
            "quantities/all.toml": "\n".join(quantities),
            "targets.toml": "\n".join(targets),
            "sources.csv": f"id,kind,title,title_en,ref,date,confidence,note\ndemo,demonstration,{LONG}统计报表,{LONG_EN},,,recalled,{LONG}\n",
            "bodies.csv": "\n".join(bodies) + "\n",
            "plan/plan.toml": f'title = "{LONG}方案"\nstatus = "issued"\ndocument_number = "历政发〔2024〕1号"\n',
            "plan/clauses.csv": "\n".join(clauses) + "\n",
            "plan/duties.csv": "\n".join(duties) + "\n",
            "data/all.csv": "\n".join(rows) + "\n",
            "pages.toml": '[[section]]\nid = "co2"\npage = "inventory"\nname = "排放"\nname_en = "Emissions"\n[[figure]]\nid = "by-sector"\npage = "inventory"\nsection = "co2"\nname = "分行业"\nname_en = "By sector"\nchart = "stack"\nquantity = "co2_by_sector"\nover = "sector"\n',
        },
    )
