"""A table as read: headers, raw cells, and the place of each cell."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from dafeng.findings import Finding


@dataclass(frozen=True)
class Limits:
    """Bounds on what is read from an upload; past them the file is refused with a finding."""

    file_bytes: int = 256 * 1024**2
    unpacked_bytes: int = 1024**3
    ratio: int = 300
    members: int = 5000
    rows: int = 1_048_576
    columns: int = 1024
    cells: int = 30_000_000
    text: int = 32_767
    findings: int = 1000


LIMITS = Limits()


def column_letter(index: int) -> str:
    """0 → A, 25 → Z, 26 → AA."""
    letters = ""
    index += 1
    while index:
        index, rest = divmod(index - 1, 26)
        letters = chr(65 + rest) + letters
    return letters


def cell_name(row: int, column: int) -> str:
    """Spreadsheet name of a cell; row counts from 1 in the file, column from 0."""
    return f"{column_letter(column)}{row}"


@dataclass
class Table:
    """Headers and raw cells of one sheet or csv file.

    file, sheet: names for places (sheet is "" for csv).
    headers: trimmed header texts, one per column. header_row: its row in the file, from 1.
    rows: raw cells; each row is as long as ``headers``. csv cells are text; workbook cells are text,
    int, float, bool, date or None. Rows blank throughout are left out.
    row_numbers: the row of each entry of ``rows`` in the file, from 1.
    encoding: how the text was decoded ("" for workbooks).
    findings: what was wrong in reading.
    """

    file: str
    sheet: str
    headers: list[str]
    header_row: int
    rows: list[list[Any]]
    row_numbers: list[int]
    encoding: str = ""
    findings: list[Finding] = field(default_factory=list)

    def place(self, row: int, column: int | None = None) -> str:
        """Place of a cell (``row`` indexes ``rows``), or of the whole row without a column."""
        return self.place_at(self.row_numbers[row], column)

    def header_place(self, column: int) -> str:
        return self.place_at(self.header_row, column)

    def place_at(self, row_number: int, column: int | None = None) -> str:
        where = f"第{row_number}行" if column is None else cell_name(row_number, column)
        return " · ".join(part for part in (self.file, self.sheet, where) if part)

    def column(self, index: int) -> list[Any]:
        return [row[index] for row in self.rows]

    def __len__(self) -> int:
        return len(self.rows)
