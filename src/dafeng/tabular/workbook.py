"""Workbooks (.xlsx, .xls) read with calamine, after checks that an upload needs.

calamine reads stored results, not formulas, and shows an error value (#DIV/0!) or a formula without
a stored result as a blank. A blank would be a wrong reading (rule M11), so the sheet's XML is scanned
for both first, and each becomes a finding at its cell; its text takes the blank's place.
"""

from __future__ import annotations

import re
import zipfile
import zlib
from pathlib import Path
from typing import Any

import python_calamine

from dafeng.findings import Finding, Text
from dafeng.tabular.table import LIMITS, Limits, Table, cell_name
from dafeng.tabular.text import HeaderRow, frame, refuse, too_many_rows

_CELL = re.compile(rb"<(?:\w+:)?c\b([^>]*?)(?:/>|>(.*?)</(?:\w+:)?c>)", re.DOTALL)
_REF = re.compile(rb'\br="([A-Z]{1,3})([0-9]{1,7})"')
_VALUE = re.compile(rb"<(?:\w+:)?v>(.*?)</(?:\w+:)?v>", re.DOTALL)
_FORMULA = re.compile(rb"<(?:\w+:)?f[\s/>]")


def open_workbook(path: Path, limits: Limits = LIMITS) -> python_calamine.CalamineWorkbook:
    """Opens a workbook, refusing what is broken, encrypted or unpacks past the limits."""
    head = path.open("rb").read(8)
    if head.startswith(b"PK"):
        check_archive(path, limits)
    elif not head.startswith(b"\xd0\xcf\x11\xe0"):
        raise refuse(
            path.name,
            "tabular.workbook",
            "不是 Excel 工作簿",
            "This is not an Excel workbook",
            fix=("另存为 .xlsx", "Save it as .xlsx."),
        )
    try:
        return python_calamine.CalamineWorkbook.from_path(str(path))
    except Exception as error:
        raise refuse(
            path.name,
            "tabular.workbook",
            "工作簿损坏或有密码，无法打开",
            "The workbook is damaged or protected by a password",
            value=str(error)[:120],
            fix=("去掉密码，或另存为新的 .xlsx", "Remove the password or save it as a new .xlsx."),
        ) from None


def check_archive(path: Path, limits: Limits = LIMITS) -> None:
    """Refuses an archive with too many members, or that unpacks to too much.

    The sizes written in the archive are not believed: every member is unpacked and counted.
    """
    unpacked = 0
    try:
        with zipfile.ZipFile(path) as archive, path.open("rb") as raw:
            members = archive.infolist()
            if len(members) > limits.members:
                raise _bomb(path.name)
            for member in members:
                if member.flag_bits & 1:
                    raise refuse(
                        path.name,
                        "tabular.password",
                        "工作簿有密码",
                        "The workbook is protected by a password",
                    )
                unpacked += _measure(raw, member, limits.unpacked_bytes - unpacked)
                packed = max(path.stat().st_size, 1)
                if unpacked > limits.unpacked_bytes or (
                    unpacked > 50 * 1024**2 and unpacked / packed > limits.ratio
                ):
                    raise _bomb(path.name)
    except (zipfile.BadZipFile, zlib.error, OSError, EOFError, NotImplementedError, ValueError):
        raise refuse(
            path.name, "tabular.workbook", "工作簿损坏，无法打开", "The workbook is damaged"
        ) from None


def _measure(raw: Any, member: zipfile.ZipInfo, budget: int) -> int:
    """Bytes that one member really unpacks to, stopping past the budget."""
    raw.seek(member.header_offset)
    header = raw.read(30)
    if len(header) < 30:
        raise zipfile.BadZipFile
    skip = int.from_bytes(header[26:28], "little") + int.from_bytes(header[28:30], "little")
    raw.seek(skip, 1)
    left = member.compress_size
    if member.compress_type == zipfile.ZIP_STORED:
        return left
    if member.compress_type != zipfile.ZIP_DEFLATED:
        raise zipfile.BadZipFile
    inflate = zlib.decompressobj(-15)
    total = 0
    while left > 0 and total <= budget and not inflate.eof:
        chunk = raw.read(min(left, 65536))
        if not chunk:
            break
        left -= len(chunk)
        while chunk and total <= budget:
            total += len(inflate.decompress(chunk, 1 << 20))
            chunk = inflate.unconsumed_tail
    return total


def _bomb(place: str) -> Exception:
    return refuse(
        place,
        "tabular.bomb",
        "压缩包展开后过大，拒绝读取",
        "The workbook unpacks to far more than a workbook should; it is refused",
        fix=("另存为新的 .xlsx，或拆成几个文件", "Save it as a new .xlsx or split it."),
    )


def read_workbook_table(
    path: Path, sheet: str | None, header_row: HeaderRow, limits: Limits = LIMITS
) -> Table:
    """Reads one sheet (the first one that holds anything when none is named)."""
    book = open_workbook(path, limits)
    names = list(book.sheet_names)
    if sheet is not None and sheet not in names:
        shown = "、".join(names[:30])
        raise refuse(
            path.name,
            "tabular.sheet",
            f"没有名为“{sheet}”的工作表；有：{shown}",
            f"There is no sheet “{sheet}”; there are: {shown}",
            value=sheet,
        )
    name = (
        sheet
        if sheet is not None
        else next((n for n in names if book.get_sheet_by_name(n).total_height), names[0])
    )
    data = book.get_sheet_by_name(name)
    if data.total_height > limits.rows:
        raise too_many_rows(f"{path.name} · {name}", limits)
    if data.total_height * max(data.total_width, 1) > limits.cells:
        raise refuse(
            f"{path.name} · {name}",
            "tabular.too_many_cells",
            f"工作表范围超过 {limits.cells} 个单元格",
            f"The sheet spans more than {limits.cells} cells",
            fix=("删去表外的空行空列后另存", "Delete the empty rows and columns outside the table."),
        )
    findings: list[Finding] = []
    faults = _faults(path, names.index(name), f"{path.name} · {name}", findings, limits)
    records: list[tuple[int, list[Any]]] = []
    if data.start is not None:
        left = [None] * data.start[1]  # rows come from the first row on, but from the first used column
        for number, raw in enumerate(data.iter_rows(), 1):
            cells: list[Any] = left + [None if c == "" else _plain(c) for c in raw]
            for column in faults.get(number, {}):
                cells.extend([None] * (column + 1 - len(cells)))
                cells[column] = faults[number][column]
            if any(c is not None and str(c).strip() for c in cells):
                records.append((number, cells))
    return frame(path.name, name, records, header_row, findings, limits)


def _plain(cell: Any) -> Any:
    """A whole float is an int: workbooks store every number as a float."""
    if isinstance(cell, float) and cell.is_integer() and abs(cell) < 2**53:
        return int(cell)
    return cell


def _faults(
    path: Path, index: int, place: str, findings: list[Finding], limits: Limits
) -> dict[int, dict[int, str]]:
    """Cells that hold an error value or a formula without a result: row → column → text."""
    if not zipfile.is_zipfile(path):
        findings.append(
            Finding(
                "tabular.xls",
                "note",
                place,
                Text(
                    "旧格式 .xls 中的错误值会读成空白", "Error values in the old .xls format read as blanks"
                ),
                fix=Text("另存为 .xlsx", "Save it as .xlsx."),
            )
        )
        return {}
    faults: dict[int, dict[int, str]] = {}
    with zipfile.ZipFile(path) as archive:
        part = _sheet_part(archive, index)
        if part is None:
            return {}
        xml = archive.read(part)
    if b"<!DOCTYPE" in xml[:4096] or b"<!ENTITY" in xml[:65536]:
        raise refuse(
            place, "tabular.workbook", "工作簿含有不允许的声明", "The workbook holds a forbidden declaration"
        )
    if not (b'"e"' in xml or b"<f" in xml or b":f" in xml):
        return {}
    for match in _CELL.finditer(xml):
        attributes, body = match[1], match[2] or b""
        error = b't="e"' in attributes
        value = _VALUE.search(body)
        stored = (value and value[1]) or b't="str"' in attributes
        if not error and (stored or not _FORMULA.search(body)):
            continue
        where = _REF.search(attributes)
        if not where:
            continue
        column = 0
        for letter in where[1]:
            column = column * 26 + letter - 64
        row = int(where[2])
        text = value[1].decode("utf-8", "replace") if error and value else "=…"
        faults.setdefault(row, {})[column - 1] = text
        if len(findings) < limits.findings:
            zh, en = (
                ("是错误值", "holds an error value")
                if error
                else ("是公式，没有存下结果", "is a formula with no stored result")
            )
            findings.append(
                Finding(
                    "tabular.error_cell" if error else "tabular.formula",
                    "error",
                    f"{place} · {cell_name(row, column - 1)}",
                    Text(f"单元格{zh}", f"The cell {en}"),
                    value=text,
                    fix=Text(
                        "在 Excel 中重算并保存，或改为数值",
                        "Recalculate and save in Excel, or enter the value.",
                    ),
                )
            )
    return faults


def _sheet_part(archive: zipfile.ZipFile, index: int) -> str | None:
    """Path inside the archive of the sheet at a position in the workbook."""
    try:
        book = archive.read("xl/workbook.xml")
        relations = archive.read("xl/_rels/workbook.xml.rels")
    except KeyError:
        return None
    sheets = re.findall(rb"<(?:\w+:)?sheet\b[^>]*?\br:id=\"([^\"]+)\"", book) or re.findall(
        rb"<(?:\w+:)?sheet\b[^>]*?:id=\"([^\"]+)\"", book
    )
    if index >= len(sheets):
        return None
    for relation in re.findall(rb"<Relationship\b[^>]*>", relations):
        if b'Id="' + sheets[index] + b'"' in relation:
            target = re.search(rb'Target="([^"]+)"', relation)
            if target:
                part = target[1].decode().lstrip("/")
                part = part if part.startswith("xl/") else f"xl/{part}"
                return part if part in archive.namelist() else None
    return None
