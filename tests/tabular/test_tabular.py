"""Readers of tables: cells, places, encodings, and uploads that mean harm."""

import zipfile
from decimal import Decimal
from pathlib import Path

import openpyxl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from dafeng.findings import BlockingError
from dafeng.tabular import (
    Limits,
    header_unit,
    match_headers,
    open_stream,
    parse_decimal,
    read_table,
    sheet_names,
)


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("1234.5", "1234.5"),
        ("１２３４．５", "1234.5"),
        ("1,234,567.25", "1234567.25"),
        ("１，２３４", "1234"),
        ("1 234", "1234"),
        ("-0.5", "-0.5"),
        ("−3", "-3"),
        ("1.2e3", "1200"),
        ("3.2万", "32000"),
        ("1.5亿", "150000000"),
        (" 7 ", "7"),
        (".5", "0.5"),
        ("0", "0"),
    ],
)
def test_numbers_are_read_exactly(text, value):
    number = parse_decimal(text)
    assert number.kind == "number"
    assert number.value == Decimal(value)


@pytest.mark.parametrize("text", ["", " ", "—", "——", "/", "无", "-", "－", None, "N/A"])
def test_marks_for_none_are_absent_and_not_zero(text):
    number = parse_decimal(text)
    assert number.kind == "absent" and number.value is None


@pytest.mark.parametrize(
    "text",
    [
        "abc",
        "1.2.3",
        "1,23",
        "12,34,567",
        "10²",
        "nan",
        "inf",
        "=A1",
        "#REF!",
        "1_000",
        "…",
        "0x10",
        "٣",
        "五",
    ],
)
def test_what_is_no_number_is_bad_and_never_a_blank(text):
    number = parse_decimal(text)
    assert number.kind == "bad"
    assert number.problem.zh and number.problem.en and number.raw


def test_percent_is_kept_as_written():
    number = parse_decimal("12.5%")
    assert (number.value, number.percent, number.fraction) == (Decimal("12.5"), True, Decimal("0.125"))


def test_floats_of_a_workbook_are_read_as_shown():
    assert parse_decimal(0.1 + 0.2).value == Decimal("0.3")
    assert parse_decimal(float("nan")).kind == "bad"
    assert parse_decimal(True).kind == "bad"


def test_huge_exponents_do_not_explode():
    assert parse_decimal("1e999").kind == "bad"
    assert parse_decimal("9" * 60).kind == "bad"


@given(st.text(max_size=30))
def test_parse_decimal_never_raises(text):
    assert parse_decimal(text).kind in ("number", "absent", "bad")


@given(st.decimals(allow_nan=False, allow_infinity=False, places=6, min_value=-(10**12), max_value=10**12))
def test_a_plain_decimal_comes_back_as_it_is(value):
    assert parse_decimal(format(value, "f")).value == value
    assert parse_decimal(f"{value:,f}").value == value


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "utf-16"])
def test_encodings(tmp_path, encoding):
    path = tmp_path / "表.csv"
    path.write_bytes("名称,数量\n原煤,1\n".encode(encoding))
    table = read_table(path)
    assert table.headers == ["名称", "数量"] and table.rows == [["原煤", "1"]]
    assert table.place(0, 1) == "表.csv · B2"
    assert any(f.rule == "tabular.encoding_gb18030" for f in table.findings) == (encoding == "gb18030")


def test_blank_lines_do_not_shift_places(tmp_path):
    path = tmp_path / "a.csv"
    path.write_text('\n名称,数量\n\n"原\n煤",1\n\n柴油,2,3\n汽油\n', encoding="utf-8")
    table = read_table(path)
    assert [table.place(i, 0) for i in range(3)] == ["a.csv · A4", "a.csv · A6", "a.csv · A7"]
    assert {(f.rule, f.severity, f.place) for f in table.findings} == {
        ("tabular.ragged", "error", "a.csv · 第6行"),
        ("tabular.ragged", "warning", "a.csv · 第7行"),
    }


def book(path: Path, cells: dict[str, object], title: str = "用电") -> Path:
    workbook = openpyxl.Workbook()
    sheet = workbook.active
    sheet.title = title
    for name, value in cells.items():
        sheet[name] = value
        if isinstance(value, str) and value.startswith("#"):
            sheet[name].data_type = "e"
    workbook.save(path)
    return path


def test_workbook_cells_keep_their_place(tmp_path):
    path = book(tmp_path / "2024.xlsx", {"C3": "月份", "D3": "电量", "C5": 1, "D5": 12.5, "C6": 2})
    table = read_table(path, "用电")
    assert table.headers == ["", "", "月份", "电量"]
    assert table.rows == [[None, None, 1, 12.5], [None, None, 2, None]]
    assert table.place(0, 3) == "2024.xlsx · 用电 · D5"
    assert sheet_names(path) == ["用电"]


def test_error_values_and_unsaved_formulas_never_become_blanks(tmp_path):
    path = book(tmp_path / "a.xlsx", {"A1": "a", "B1": "b", "A2": "#DIV/0!", "B3": "=1+1", "A4": 5})
    table = read_table(path)
    assert {(f.rule, f.place) for f in table.findings} == {
        ("tabular.error_cell", "a.xlsx · 用电 · A2"),
        ("tabular.formula", "a.xlsx · 用电 · B3"),
    }
    assert parse_decimal(table.rows[0][0]).kind == "bad"
    assert parse_decimal(table.rows[1][1]).kind == "bad"


def test_header_row_can_be_named(tmp_path):
    path = book(
        tmp_path / "a.xlsx", {"A1": "历下区 2024 年用电", "A2": "月份", "B2": "电量", "A3": 1, "B3": 2}
    )
    assert read_table(path, header_row=2).headers == ["月份", "电量"]


def test_a_packed_bomb_is_refused_whatever_it_claims(tmp_path):
    path = tmp_path / "bomb.xlsx"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/workbook.xml", b"0" * 80_000_000)
    with pytest.raises(BlockingError) as caught:
        read_table(path)
    assert caught.value.findings[0].rule == "tabular.bomb"
    with pytest.raises(BlockingError):
        read_table(path, limits=Limits(unpacked_bytes=1000))


@pytest.mark.parametrize(
    ("name", "content", "rule"),
    [
        ("a.xlsx", b"not a workbook", "tabular.workbook"),
        ("a.xlsx", b"PK\x03\x04broken", "tabular.workbook"),
        ("a.csv", b"", "tabular.empty"),
        ("a.csv", b"a,b\n\x00\x01", "tabular.binary"),
        ("a.csv", b"a,b\n\xff\xff\xff", "tabular.encoding"),
        ("a.csv", b'a,b\n"unclosed,1\n', "tabular.csv"),
        ("a.pdf", b"%PDF", "tabular.kind"),
    ],
)
def test_files_that_cannot_be_read_say_so(tmp_path, name, content, rule):
    path = tmp_path / name
    path.write_bytes(content)
    with pytest.raises(BlockingError) as caught:
        read_table(path)
    assert caught.value.findings[0].rule == rule
    assert caught.value.findings[0].message.zh


def test_absent_files_and_sheets(tmp_path):
    with pytest.raises(BlockingError):
        read_table(tmp_path / "none.csv")
    path = book(tmp_path / "a.xlsx", {"A1": "a"})
    with pytest.raises(BlockingError) as caught:
        read_table(path, "没有")
    assert "用电" in caught.value.findings[0].message.zh


def test_headers_match_as_a_whole_and_only_once():
    aliases = {"energy": ["能源", "品种"], "quantity": ["用量", "消费量"]}
    mapping, findings = match_headers([" 能 源 ", "消费量（吨）", "备注"], aliases, required=aliases)
    assert mapping == {"energy": 0, "quantity": 1}
    assert [f.rule for f in findings] == ["tabular.header_unknown"]
    mapping, findings = match_headers(["能源", "品种"], aliases, required=aliases)
    assert mapping == {}
    assert {f.rule for f in findings} == {"tabular.header_twice", "tabular.header_missing"}
    assert match_headers(["能源名称"], aliases)[0] == {}
    assert header_unit("用电量（万kWh）") == ("用电量", "万kWh")


@pytest.mark.parametrize("block", [64, 1 << 20])
def test_a_stream_reads_what_the_table_reads(tmp_path, block):
    path = tmp_path / "a.csv"
    lines = ["id,energy,quantity"]
    for i in range(200):
        lines.append(f'r{i},"原{i % 3}煤",{i}.5')
        if i % 17 == 0:
            lines.append("")
        if i % 31 == 0:
            lines.append(f"short{i}")
    path.write_text("\n".join(lines), encoding="utf-8")
    table = read_table(path)
    stream = open_stream(path, block=block)
    rows, numbers = [], []
    for batch in stream.batches():
        rows += [list(r) for r in zip(*(c.to_pylist() for c in batch.columns), strict=True)]
        numbers += batch.numbers.to_pylist()
    assert stream.headers == table.headers
    assert rows == table.rows
    assert numbers == table.row_numbers
    assert [f.place for f in stream.findings] == [f.place for f in table.findings]


@pytest.mark.parametrize("encoding", ["gb18030", "utf-16", "utf-8-sig"])
def test_a_stream_reads_other_encodings(tmp_path, encoding):
    path = tmp_path / "a.csv"
    path.write_bytes("编号,能源\n1,原煤\n".encode(encoding))
    stream = open_stream(path)
    assert stream.headers == ["编号", "能源"]
    assert [b.columns[1].to_pylist() for b in stream.batches()] == [["原煤"]]
