"""Downloads: the rows of a table as CSV or workbook, with title, unit, state, source and the demonstration mark."""

from __future__ import annotations

import csv
import datetime as dt
import io
import re
from typing import Any

import xlsxwriter

from dafeng.web.chart import Figure
from dafeng.web.numbers import unit_text
from dafeng.web.table import Cell, Column, Table
from dafeng.web.words import ABSENT_WORDS, state_word

FORMATS = {
    "csv": "text/csv; charset=utf-8",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}
# A cell that a spreadsheet would run as a formula.
_RISKY = re.compile(r"^[=+\-@\t\r]")


def head_of(column: Column, language: str) -> str:
    unit = unit_text(column.unit, language)
    if not unit:
        return column.head
    return f"{column.head} ({unit})" if language == "en" else f"{column.head}（{unit}）"


def _columns(table: Table) -> list[tuple[int, Column, bool]]:
    """(position, column, is the state of the one before) of everything that goes into a download."""
    found: list[tuple[int, Column, bool]] = []
    for position, column in enumerate(table.columns):
        if not column.export:
            continue
        found.append((position, column, False))
        if column.kind == "number" and table.states:
            found.append((position, column, True))
    return found


def rows_of(table: Table, language: str) -> tuple[list[str], list[list[Any]]]:
    """Heads and rows as they are exported; numbers at full precision, absent ones as their word."""
    columns = _columns(table)
    word = "state" if language == "en" else "状态"
    heads = [f"{c.head} {word}" if state else head_of(c, language) for _, c, state in columns]
    rows = [[_value(row.cells[p], c, state, language) for p, c, state in columns] for row in table.rows]
    return heads, rows


def _value(cell: Cell, column: Column, state: bool, language: str) -> Any:
    if state:
        return state_word(cell.state, language) if cell.state else ""
    if column.kind == "number":
        if cell.value is None and cell.state:
            return ABSENT_WORDS.get(cell.state, ABSENT_WORDS["missing"])[language == "en"]
        return cell.value if cell.value is not None else cell.text
    return cell.text


def _safe(text: str) -> str:
    return "'" + text if _RISKY.match(text) else text


def _notes(figure: Figure, about: list[str]) -> list[str]:
    return [line for line in (figure.title, figure.subtitle, figure.note, *about) if line]


def as_csv(figure: Figure, about: list[str], language: str) -> bytes:
    """UTF-8 with a byte-order mark, which spreadsheet programs need for Chinese. Notes stand first, marked #."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\r\n")
    for line in _notes(figure, about):
        writer.writerow([f"# {line}"])
    heads, rows = rows_of(figure.table, language)
    writer.writerow([_safe(h) for h in heads])
    for row in rows:
        writer.writerow(
            [_safe(v) if isinstance(v, str) else (repr(v) if isinstance(v, float) else v) for v in row]
        )
    return b"\xef\xbb\xbf" + out.getvalue().encode("utf-8")


def as_xlsx(figure: Figure, about: list[str], language: str) -> bytes:
    out = io.BytesIO()
    book = xlsxwriter.Workbook(
        out,
        {
            "in_memory": True,
            "strings_to_formulas": False,
            "strings_to_urls": False,
            "nan_inf_to_errors": True,
        },
    )
    # The same rows give the same bytes.
    book.set_properties({"title": figure.title, "created": dt.datetime(2000, 1, 1)})
    sheet = book.add_worksheet("数据" if language != "en" else "data")
    title = book.add_format({"bold": True, "font_size": 13})
    note = book.add_format({"font_color": "#5a656b"})
    head = book.add_format({"bold": True, "bottom": 1, "text_wrap": True, "valign": "top"})
    number = book.add_format({"num_format": "#,##0.####"})
    line_number = 0
    for line in _notes(figure, about):
        sheet.write_string(line_number, 0, line, title if line_number == 0 else note)
        line_number += 1
    heads, rows = rows_of(figure.table, language)
    widths = [max(8, min(40, 2 * len(h))) for h in heads]
    for x, h in enumerate(heads):
        sheet.write_string(line_number, x, h, head)
    sheet.freeze_panes(line_number + 1, 1)
    for y, row in enumerate(rows, line_number + 1):
        for x, value in enumerate(row):
            if isinstance(value, bool) or value is None:
                sheet.write_string(y, x, "" if value is None else str(value))
            elif isinstance(value, (int, float)):
                sheet.write_number(y, x, value, number)
            else:
                widths[x] = max(widths[x], min(48, 2 * len(value)))
                sheet.write_string(y, x, value)
    for x, width in enumerate(widths):
        sheet.set_column(x, x, width)
    book.close()
    return out.getvalue()


def export(figure: Figure, kind: str, about: list[str], language: str) -> bytes:
    return as_csv(figure, about, language) if kind == "csv" else as_xlsx(figure, about, language)
