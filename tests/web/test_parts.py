"""Numbers, units, tables, downloads, the holder, the data folder."""

from __future__ import annotations

import csv
import io
import os
import stat
import time
from pathlib import Path

import openpyxl
import pytest
from django.test import Client
from hypothesis import given
from hypothesis import strategies as st

from dafeng.web import folder as folders_of
from dafeng.web.drawing import bullet, sparkline
from dafeng.web.holder import Holder
from dafeng.web.numbers import full, scale_for, signed, significant, unit_text
from dafeng.web.table import number_cell

from . import fake


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (0, "0"),
        (1234567, "1,235,000"),
        (12.3456, "12.35"),
        (0.0123456, "0.01235"),
        (-3.2, "−3.200"),
        (9.9996, "10.00"),
        (99999, "100,000"),
        (1e20, "1.000×10²⁰"),
        (float("inf"), "∞"),
    ],
)
def test_four_significant_figures(value: float, text: str) -> None:
    assert significant(value) == text


def test_counts_are_never_rounded() -> None:
    assert significant(12345, unit="个") == "12,345"
    assert signed(-3.2) == "−3.20" and signed(4.5) == "+4.50"


@given(st.floats(allow_nan=False))
def test_any_number_can_be_shown(value: float) -> None:
    assert significant(value) and full(value)
    if value == value and abs(value) < 1e300 and abs(value) > 1e-300:
        shown = significant(value).replace("−", "-").replace(",", "")
        if "×" not in shown and shown != "∞":
            assert float(shown) == pytest.approx(value, rel=6e-4, abs=1e-9)


@pytest.mark.parametrize(
    ("unit", "zh", "en"),
    [
        ("tCO2", "tCO₂", "tCO₂"),
        ("万tCO2", "万tCO₂", "10⁴\u202ftCO₂"),
        ("kWh/(m2*a)", "kWh/(m²·a)", "kWh/(m²·a)"),
        ("tce_eq/万元", "tce（等价）/万元", "tce (equal value)/10⁴\u202fCNY"),
        ("亿元", "亿元", "10⁸\u202fCNY"),
        ("kgce/m3", "kgce/m³", "kgce/m³"),
        ("", "", ""),
    ],
)
def test_units_are_written_properly(unit: str, zh: str, en: str) -> None:
    assert unit_text(unit) == zh
    assert unit_text(unit, "en") == en


def test_one_scale_a_table() -> None:
    assert scale_for([123456.0, None, 5.0], "tCO2") == (1e4, "万tCO2")
    assert scale_for([12.0], "tCO2") == (1.0, "tCO2")
    assert scale_for([1e12], "万元")[0] == 1.0
    assert scale_for([], "t") == (1.0, "t")


def test_missing_is_a_word_and_estimated_is_marked() -> None:
    assert number_cell(None, "missing", "t", "zh").text == "缺"
    assert number_cell(None, "C", "t", "zh").text == "*"
    cell = number_cell(1.5, "estimated", "t", "zh")
    assert cell.soft and cell.mark == "估" and "1.5 t" in cell.hint
    assert number_cell(1.5, "observed", "t", "zh", ("provisional",)).mark == "初"


def test_drawings_hold_numbers_only() -> None:
    assert sparkline([None, 1.0], 2) == ""
    assert "polyline" in sparkline([1.0, 2.0, None, 3.0, 4.0], 3)
    assert bullet(None, 1.0, 2.0, "met") == "" and "rect" in bullet(1.0, 1.5, 2.0, "behind")


@pytest.mark.parametrize("site", ["small", "overfull", "example"], indirect=True)
@pytest.mark.parametrize("language", ["", "/en"])
def test_downloads_hold_what_the_page_shows(site: Client, language: str) -> None:
    """CSV and workbook of the same figure hold the same rows, with notes, units and the demonstration mark on top."""
    page = site.get(f"{language}/targets/").content.decode()
    assert f'href="{language}/download/targets.csv/targets/"' in page
    text = site.get(f"{language}/download/targets.csv/targets/").content.decode("utf-8-sig")
    rows = list(csv.reader(io.StringIO(text)))
    notes = [r for r in rows if r and r[0].startswith("# ")]
    table = rows[len(notes) :]
    assert any("DEMONSTRATION" in n[0] or "演示数据" in n[0] for n in notes)
    assert page.count('id="target-') == len(table) - 1
    book = openpyxl.load_workbook(io.BytesIO(site.get(f"{language}/download/targets.xlsx/targets/").content))
    sheet = list(book.worksheets[0].iter_rows(values_only=True))
    assert [c for c in sheet[len(notes)] if c] == table[0]
    for a, b in zip(table[1:], sheet[len(notes) + 1 :], strict=True):
        for x, y in zip(a, b, strict=False):
            if isinstance(y, int | float):
                assert float(x) == pytest.approx(y, rel=1e-12)
            else:
                assert x.lstrip("'") == (y or "")


@pytest.mark.parametrize("site", ["small"], indirect=True)
def test_download_under_a_choice_and_year(site: Client) -> None:
    text = site.get("/download/path.csv/targets/solar_2030?choice.pv_basis=added&year=2024").content.decode(
        "utf-8-sig"
    )
    assert "pv_basis = added" in text and "报告年份 2024" in text
    other = site.get("/download/path.csv/targets/solar_2030").content.decode("utf-8-sig")
    assert text.split("年份,")[1] != other.split("年份,")[1]
    # Full digits, not those of the screen.
    exact = site.get("/download/series.csv/number/power?sector=industry").content.decode("utf-8-sig")
    assert "9555.0" in exact or "0.9555" in exact


def test_formulas_are_not_run_by_a_spreadsheet() -> None:
    from dafeng.web.chart import Figure
    from dafeng.web.export import as_csv
    from dafeng.web.table import Column, Table, text_cell

    table = Table([Column("a", "=cmd()")])
    table.add(text_cell("=1+1"))
    assert b"'=1+1" in as_csv(Figure("x", "t", "", table), [], "zh")


def test_holder_opens_again_when_a_file_changes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = fake.small(tmp_path / "d")
    monkeypatch.setattr("dafeng.web.holder.CHECK_EVERY", 0.0)
    holder = Holder(folder)
    first = holder.get()
    assert holder.get() is first
    assert holder.get({"pv_basis": "added"}) is holder.get({"pv_basis": "added"})
    package = folder / "package.toml"
    package.write_text(package.read_text("utf-8").replace("小区", "大区"), "utf-8")
    os.utime(package, (time.time() + 5, time.time() + 5))
    assert holder.get() is not first and holder.get().district.name == "大区"


def test_data_folder_is_made_once(tmp_path: Path) -> None:
    data = tmp_path / "data"
    assert folders_of.prepare(data, empty=True) == "empty"
    assert folders_of.prepare(data) == "kept"
    key = data / "secret.key"
    assert stat.S_IMODE(key.stat().st_mode) == 0o600 and len(key.read_text()) > 40
    assert folders_of.secret_key(data) == folders_of.secret_key(data)
    example = tmp_path / "example"
    if folders_of.example_district() is not None:
        assert folders_of.prepare(example) == "example"
        assert (example / "district" / "package.toml").is_file()


def test_empty_data_folder_opens(tmp_path: Path) -> None:
    folders_of.prepare(tmp_path / "data", empty=True)
    assert Holder(folders_of.district_folder(tmp_path / "data")).get().district.targets == []


def test_a_districts_own_folder_is_served_as_it_stands(tmp_path: Path) -> None:
    own = tmp_path / "own"
    own.mkdir()
    (own / "package.toml").write_text('id = "x"\nname = "海港区"\nextends = "CN"\n', encoding="utf-8")
    assert folders_of.prepare(own) == "folder"
    assert folders_of.district_folder(own) == own
    assert folders_of.secret_key(own)
    assert [p.name for p in own.iterdir()] == ["package.toml"]


def test_nothing_is_put_into_a_folder_that_holds_other_things(tmp_path: Path) -> None:
    (tmp_path / "letter.docx").write_text("x", encoding="utf-8")
    with pytest.raises(folders_of.ForeignFolder):
        folders_of.prepare(tmp_path)
    assert [p.name for p in tmp_path.iterdir()] == ["letter.docx"]
