"""Tables as people fill them: layouts, revisions, and everything that is wrong with a cell."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import pytest
import xlsxwriter

from dafeng.quantities import Model
from tests.quantities.conftest import AS_OF, DIMENSIONS, PACKAGE, POWER, SOURCES, Make, _library, rules

HEAD = "quantity,year,month,sector,value,unit,state,edition,known_on,source\n"


def one(make: Make, row: str, head: str = HEAD) -> Model:
    return make(data={"m.csv": head + row + "\n"})


@pytest.mark.parametrize(
    ("row", "rule"),
    [
        ("不知道,2024,1,homes,5,kWh,,,,", "evidence.quantity"),
        ("power_total,2024,1,homes,5,kWh,,,,", "evidence.computed"),
        ("power_month,2024,13,homes,5,kWh,,,,", "evidence.member"),
        ("power_month,2024,1,nobody,5,kWh,,,,", "evidence.member"),
        ("power_month,1990,1,homes,5,kWh,,,,", "evidence.member"),
        ("power_month,2024,1,homes,abc,kWh,,,,", "evidence.number"),
        ("power_month,2024,1,homes,5,,,,,", "M2.unit"),
        ("power_month,2024,1,homes,5,tCO2,,,,", "M2.unit"),
        ("power_month,2024,1,homes,-5,kWh,,,,", "evidence.range"),
        ("power_month,2024,1,homes,5,kWh,perhaps,,,", "evidence.state"),
        ("power_month,2024,1,homes,5,kWh,missing,,,", "evidence.state_value"),
        ("power_month,2024,1,homes,5,kWh,NO,,,", "evidence.state_value"),
        ("power_month,2024,1,homes,5,kWh,,,someday,", "evidence.date"),
        ("power_month,2027,1,homes,5,kWh,,,,", "evidence.future"),
        ("power_month,2024,*,homes,5,kWh,,,,", "evidence.star"),
    ],
)  # fmt: skip
def test_each_fault_is_a_finding_with_its_cell_and_nothing_is_loaded(make: Make, row: str, rule: str):
    model = one(make, row)
    (found,) = [f for f in model.findings if f.rule == rule]
    assert (
        found.severity == "error"
        and found.place.startswith("m.csv")
        and found.message.zh
        and found.message.en
    )
    assert all(not s.filings for s in model.evidence.series.values())


@pytest.mark.parametrize(
    ("written", "unit", "expected"),
    [
        ("１２．５", "万kWh", 12.5),
        ("1,234.5", "万kWh", 1234.5),
        ("3万", "kWh", 3.0),
        ("5", "MWh", 0.5),
        (" 7 ", "万千瓦时", 7),
    ],
)
def test_numbers_as_written(make: Make, written: str, unit: str, expected: float):
    model = one(make, f'power_month,2024,1,homes,"{written}",{unit},,,,')
    assert rules(model) == set()
    assert model.run()["power_month"].at(year=2024, month=1, sector="homes").value == pytest.approx(expected)


@pytest.mark.parametrize("blank", ["", "—", "/", "无", "-"])
def test_a_blank_files_nothing(make: Make, blank: str):
    model = one(make, f"power_month,2024,1,homes,{blank},kWh,,,,")
    assert model.run()["power_month"].at(year=2024, month=1, sector="homes").state == "missing"


def test_revisions_are_kept_and_the_newest_known_counts(make: Make):
    data = {
        "m.csv": HEAD
        + "power_month,2024,1,homes,5,kWh,,preliminary,2024-02-08,grid\npower_month,2024,1,homes,6,kWh,,final,2025-03-01,grid\n"
    }
    cell = make(data=data).run()["power_month"].at(year=2024, month=1, sector="homes")
    assert cell.value == pytest.approx(6e-4) and cell.marks == ()
    early = make(data=data, as_of=dt.date(2024, 6, 1)).run()
    cell = early["power_month"].at(year=2024, month=1, sector="homes")
    assert cell.value == pytest.approx(5e-4) and cell.marks == ("provisional",)
    tree = make(data=data).run().explain("power_month", year=2024, month=1, sector="homes")
    assert [r["edition"] for r in tree.revisions] == ["preliminary", "final"]


def test_the_same_row_twice_changes_nothing_and_a_collision_is_an_error(make: Make):
    row = "power_month,2024,1,homes,5,kWh,,final,2024-02-08,grid"
    assert rules(make(data={"a.csv": HEAD + row + "\n", "b.csv": HEAD + row + "\n"})) == set()
    model = make(data={"a.csv": HEAD + row + "\n", "b.csv": HEAD + row.replace(",5,", ",7,") + "\n"})
    assert rules(model) == {"M11.collision"}


def test_marks_follow_the_source(make: Make):
    model = make(
        data={
            "m.csv": HEAD + "power_month,2024,1,homes,5,kWh,,,,demo\npower_month,2024,2,homes,5,kWh,,,,old\n"
        }
    )
    run = model.run()
    assert run["power_month"].at(year=2024, month=1, sector="homes").marks == ("demonstration",)
    assert run["power_month"].at(year=2024, month=2, sector="homes").marks == ("recalled",)
    assert set(run["power_total"].at(year=2024).marks) == {"recalled", "demonstration"}


def test_a_factor_of_ten_thousand_against_last_year_is_a_warning(make: Make):
    model = make(
        data={
            "m.csv": HEAD + "power_month,2023,1,homes,500,万kWh,,,,\npower_month,2024,1,homes,510,kWh,,,,\n"
        }
    )
    assert "M2.scale" in {f.rule for f in model.findings if f.severity == "warning"}


def test_period_and_chinese_heads_and_names(make: Make):
    model = make(
        data={
            "m.csv": "指标,所属期,部门,数值,单位\n月用电量,2024年5月,居民生活,5,万千瓦时\n月用电量,2024-06,Homes,6,万kWh\n"
        }
    )
    assert rules(model) == set()
    run = model.run()
    assert [run["power_month"].at(year=2024, month=m, sector="homes").value for m in (5, 6)] == [5, 6]


def test_gb18030_and_a_wide_workbook_with_title_rows(tmp_path: Path):
    folder = tmp_path / "d"
    (folder / "quantities").mkdir(parents=True)
    (folder / "data").mkdir()
    (folder / "package.toml").write_text(PACKAGE, encoding="utf-8")
    (folder / "dimensions.toml").write_text(DIMENSIONS, encoding="utf-8")
    (folder / "quantities" / "q.toml").write_text(POWER, encoding="utf-8")
    (folder / "sources.csv").write_text(SOURCES, encoding="utf-8")
    (folder / "data" / "gb.csv").write_bytes(
        "指标,年份,月份,部门,数值,单位\n月用电量,2023,1,工业,5,万kWh\n".encode("gb18030")
    )
    with xlsxwriter.Workbook(folder / "data" / "wide.xlsx") as book:
        note = book.add_worksheet("说明")
        note.write(0, 0, "本表由供电公司填报")
        sheet = book.add_worksheet("用电")
        sheet.merge_range(0, 0, 0, 15, "售电量分部门月报表")
        sheet.write(1, 0, "单位：万千瓦时")
        # row 3 is blank
        for i, h in enumerate(["指标", "年份", "部门", "单位", *[f"{m}月" for m in range(1, 13)], "备注"]):
            sheet.write(3, i, h)
        for i, v in enumerate(["月用电量", 2024, "工业", "万kWh", *range(1, 13)]):
            sheet.write(4, i, v)
    model = Model.load([folder], _library(), AS_OF)
    assert rules(model) == set()
    assert "evidence.head" in {f.rule for f in model.findings if f.severity == "note"}  # the sheet of notes
    run = model.run()
    assert run["power_month"].at(year=2023, month=1, sector="industry").value == 5
    assert run["power"].at(year=2024, sector="industry").value == 78
    assert (
        run.explain("power_month", year=2024, month=12, sector="industry").filing["place"]
        == "wide.xlsx · 用电 · P5"
    )


@pytest.mark.parametrize(
    ("row", "rule", "place"),
    [
        ("power_month,2024,1,homes,5,tCO2,,,,", "M2.unit", "m.csv · F2"),
        ("power_month,2024,1,homes,5,kWh,perhaps,,,", "evidence.state", "m.csv · G2"),
        ("power_month,2024,1,homes,5,kWh,,,someday,", "evidence.date", "m.csv · I2"),
        ("power_month,2024,1,homes,5,kWh,,,,nobody", "evidence.source", "m.csv · J2"),
        ("power_month,2024,1,homes,5,kWh,,,2030-01-01,", "evidence.filed_later", "m.csv · I2"),
        ("power_month,2024,1,homes,x,kWh,,,,", "evidence.number", "m.csv · E2"),
    ],
)
def test_the_place_is_the_cell_that_is_wrong(make: Make, row: str, rule: str, place: str):
    assert [f.place for f in one(make, row).findings if f.rule == rule] == [place]
