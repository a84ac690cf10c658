"""A small model in a folder, written the way a district is written."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from pathlib import Path

import pytest

from dafeng.factors import FactorLibrary
from dafeng.quantities import Model

PACKAGE = """
id = "test"
name = "试验区"
name_en = "Test district"
years = [2018, 2030]
history_until = 2025
"""

DIMENSIONS = """
[[dimension]]
id = "sector"
name = "部门"
name_en = "Sector"
member = [
  { id = "industry", name = "工业", name_en = "Industry", domain = "production" },
  { id = "services", name = "服务业", name_en = "Services", domain = "production" },
  { id = "homes", name = "居民", name_en = "Homes", domain = "life", aliases = ["居民生活"] },
]

[[dimension]]
id = "domain"
name = "领域"
name_en = "Domain"
member = [
  { id = "production", name = "生产", name_en = "Production" },
  { id = "life", name = "生活", name_en = "Life" },
  { id = "empty", name = "空", name_en = "Empty" },
]
"""

POWER = """
[[quantity]]
id = "power_month"
name = "月用电量"
name_en = "Monthly electricity"
unit = "万kWh"
dims = ["year", "month", "sector"]
evidence = { from = 2020, due = { months = 1, day = 10 }, supplier = "grid", minimum = 0 }

[[quantity]]
id = "power"
name = "用电量"
name_en = "Electricity"
unit = "万kWh"
dims = ["year", "sector"]
formula = "sum(power_month over month)"

[[quantity]]
id = "power_total"
name = "全社会用电量"
name_en = "All electricity"
unit = "亿kWh"
formula = "sum(power over sector)"
"""

SOURCES = """id,kind,title,title_en,ref,date,confidence,note
grid,official,供电公司月报,Monthly report of the grid company,,2026-01-01,confirmed,
demo,demonstration,演示数据,Demonstration data,,2026-01-01,confirmed,
old,official,旧文件,An old document,,2020-01-01,recalled,
"""

AS_OF = dt.date(2026, 11, 24)
Make = Callable[..., Model]


def month_rows(values: Callable[[int, int, str], object], years: range = range(2020, 2026)) -> str:
    """A tidy table of monthly electricity; ``values(year, month, sector)`` gives the cell, None leaves it out."""
    rows = ["quantity,year,month,sector,value,unit,source"]
    for y in years:
        for m in range(1, 13):
            for s in ("industry", "services", "homes"):
                v = values(y, m, s)
                if v is not None:
                    rows.append(f"power_month,{y},{m},{s},{v},万kWh,grid")
    return "\n".join(rows) + "\n"


@pytest.fixture
def make(tmp_path: Path) -> Make:
    """make(quantities TOML, data={name: text}) → Model."""
    counter = iter(range(1000))

    def build(
        quantities: str = POWER,
        data: dict[str, str] | None = None,
        as_of: dt.date = AS_OF,
        choices: dict[str, str] | None = None,
        scenarios: str = "",
        package: str = PACKAGE,
    ) -> Model:
        folder = tmp_path / f"district{next(counter)}"
        (folder / "quantities").mkdir(parents=True)
        (folder / "data").mkdir()
        (folder / "package.toml").write_text(package, encoding="utf-8")
        (folder / "dimensions.toml").write_text(DIMENSIONS, encoding="utf-8")
        (folder / "quantities" / "all.toml").write_text(quantities, encoding="utf-8")
        (folder / "sources.csv").write_text(SOURCES, encoding="utf-8")
        if scenarios:
            (folder / "scenarios.toml").write_text(scenarios, encoding="utf-8")
        for name, text in (data or {}).items():
            (folder / "data" / name).write_text(text, encoding="utf-8")
        return Model.load([folder], _library(), as_of, choices)

    return build


_LIBRARY: list[FactorLibrary] = []


def _library() -> FactorLibrary:
    if not _LIBRARY:
        _LIBRARY.append(FactorLibrary.load())
    return _LIBRARY[0]


def rules(model: Model, severity: str = "error") -> set[str]:
    return {f.rule for f in model.findings if f.severity == severity}


def quantity(
    identifier: str, formula: str, unit: str = "万kWh", dims: str = '["year"]', extra: str = ""
) -> str:
    return f'\n[[quantity]]\nid = "{identifier}"\nname = "{identifier}"\nname_en = "{identifier}"\nunit = "{unit}"\ndims = {dims}\nformula = "{formula}"\n{extra}\n'
