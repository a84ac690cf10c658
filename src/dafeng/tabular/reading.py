"""``read_table``: one way in for every kind of table."""

from __future__ import annotations

from pathlib import Path

from dafeng.tabular.table import LIMITS, Limits, Table
from dafeng.tabular.text import HeaderRow, read_text_table, refuse
from dafeng.tabular.workbook import open_workbook, read_workbook_table

TEXT_SUFFIXES = (".csv", ".tsv", ".txt")
WORKBOOK_SUFFIXES = (".xlsx", ".xls")


def check_file(path: Path, limits: Limits = LIMITS) -> None:
    """Refuses what is absent, not a file, empty, or past the size limit."""
    if not path.exists():
        raise refuse(path.name, "tabular.absent", "文件不存在", "The file does not exist", value=path.name)
    if not path.is_file():
        raise refuse(path.name, "tabular.absent", "不是文件", "This is not a file", value=path.name)
    size = path.stat().st_size
    if size == 0:
        raise refuse(path.name, "tabular.empty", "文件是空的", "The file is empty")
    if size > limits.file_bytes:
        raise refuse(
            path.name,
            "tabular.too_large",
            f"文件超过 {limits.file_bytes // 1024**2} MB",
            f"The file is larger than {limits.file_bytes // 1024**2} MB",
            value=str(size),
        )


def read_table(
    path: Path | str, sheet: str | None = None, *, header_row: HeaderRow = None, limits: Limits = LIMITS
) -> Table:
    """Reads a .csv, .tsv, .xlsx or .xls file as a Table.

    sheet: name of the sheet; without it the first one that is not blank. header_row: the row, from 1,
    that holds the headers, or a test that it passes (the first of the top rows to do so counts); without it
    the first row that is not blank. Raises BlockingError with
    findings when nothing can be read; smaller faults are in ``Table.findings``.
    """
    path = Path(path)
    check_file(path, limits)
    suffix = path.suffix.lower()
    if suffix in TEXT_SUFFIXES:
        if sheet is not None:
            raise refuse(
                path.name, "tabular.sheet", "文本表没有工作表", "A text table has no sheets", value=sheet
            )
        return read_text_table(path, header_row, limits)
    if suffix in WORKBOOK_SUFFIXES:
        return read_workbook_table(path, sheet, header_row, limits)
    raise refuse(
        path.name,
        "tabular.kind",
        f"不能读取“{suffix or path.name}”类型的文件",
        f"Files of the kind “{suffix or path.name}” are not read",
        value=suffix,
        fix=("另存为 .csv 或 .xlsx", "Save it as .csv or .xlsx."),
    )


def sheet_names(path: Path | str, limits: Limits = LIMITS) -> list[str]:
    """Names of the sheets of a workbook; [""] for a text table."""
    path = Path(path)
    check_file(path, limits)
    if path.suffix.lower() in WORKBOOK_SUFFIXES:
        return list(open_workbook(path, limits).sheet_names)
    return [""]
