"""csv and tsv files: encoding, delimiter, records."""

from __future__ import annotations

import codecs
import csv
import io
from collections.abc import Callable, Sequence
from pathlib import Path

from dafeng.findings import BlockingError, Finding, Text
from dafeng.tabular.table import LIMITS, Limits, Table, cell_name

#: A row number, a test of the header texts of a row, or None for the first row.
HeaderRow = int | Callable[[list[str]], bool] | None
#: Among how many rows from the top a header is looked for: titles, unit lines and notes stand above it.
HEADER_ROWS = 15

CHUNK = 4 * 1024**2


def refuse(
    place: str, rule: str, zh: str, en: str, *, value: str = "", fix: tuple[str, str] = ("", "")
) -> BlockingError:
    """A file that cannot be read at all."""
    return BlockingError([Finding(rule, "error", place, Text(zh, en), value=value, fix=Text(*fix))])


def detect_encoding(path: Path) -> str:
    """``utf-8-sig``, ``utf-16`` or ``gb18030``: the first that decodes the whole file.

    UTF-8 is tried strictly and to the end, so a Chinese file in GB18030 is never read as UTF-8.
    Raises BlockingError when none fits or the file holds NUL bytes.
    """
    with path.open("rb") as stream:
        head = stream.read(4)
    wide = head.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE))
    for encoding in ("utf-16",) if wide else ("utf-8", "gb18030"):
        decoder = codecs.getincrementaldecoder(encoding)("strict")
        try:
            with path.open("rb") as stream:
                while chunk := stream.read(CHUNK):
                    if b"\0" in chunk and not wide:
                        raise refuse(
                            path.name,
                            "tabular.binary",
                            "不是文本文件（含有空字节）",
                            "This is not a text file: it holds NUL bytes",
                            fix=("另存为 CSV（UTF-8）", "Save it as CSV (UTF-8)."),
                        )
                    decoder.decode(chunk)
                decoder.decode(b"", final=True)
        except UnicodeError:
            continue
        return "utf-8-sig" if encoding == "utf-8" else encoding
    raise refuse(
        path.name,
        "tabular.encoding",
        "文件编码既不是 UTF-8 也不是 GB18030",
        "The file is encoded neither in UTF-8 nor in GB18030",
        fix=("另存为 CSV（UTF-8）", "Save it as CSV (UTF-8)."),
    )


def pick_delimiter(first_line: str, suffix: str) -> str:
    """Comma, tab or semicolon, whichever the header line uses; comma wins wherever it stands."""
    if suffix == ".tsv":
        return "\t"
    if "," in first_line:
        return ","
    return max("\t;", key=first_line.count) if any(d in first_line for d in "\t;") else ","


def encoding_note(path: Path, encoding: str) -> list[Finding]:
    if encoding != "gb18030":
        return []
    return [
        Finding(
            "tabular.encoding_gb18030",
            "note",
            path.name,
            Text("按 GB18030 编码读取", "Read as GB18030"),
            value=encoding,
            expected=Text("UTF-8", "UTF-8"),
        )
    ]


def read_text_table(path: Path, header_row: HeaderRow, limits: Limits = LIMITS) -> Table:
    """Reads a csv or tsv file whole. Raises BlockingError when it cannot be read."""
    encoding = detect_encoding(path)
    text = path.read_bytes().decode(encoding)
    delimiter = pick_delimiter(text.split("\n", 1)[0], path.suffix.lower())
    findings = encoding_note(path, encoding)
    csv.field_size_limit(limits.text * 4)
    records: list[tuple[int, list[str]]] = []
    try:
        for number, record in enumerate(
            csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True), 1
        ):
            if number > limits.rows:
                raise too_many_rows(path.name, limits)
            if any(cell.strip() for cell in record):
                records.append((number, record))
    except csv.Error as error:
        raise refuse(
            path.name,
            "tabular.csv",
            f"第{len(records) + 1}行附近的引号或分隔符有误",
            f"Quotes or delimiters are wrong near record {len(records) + 1}",
            value=str(error),
            fix=("检查该行的引号是否成对", "Check that the quotes on that line are paired."),
        ) from None
    return frame(path.name, "", records, header_row, findings, limits, encoding)


def too_many_rows(place: str, limits: Limits) -> BlockingError:
    return refuse(
        place,
        "tabular.too_many_rows",
        f"超过 {limits.rows} 行",
        f"There are more than {limits.rows} rows",
        fix=("拆成几个文件", "Split the file."),
    )


def header_texts(cells: Sequence[object]) -> list[str]:
    """The cells of a header row as texts, without the blank ones at its end."""
    headers = ["" if cell is None else str(cell).strip() for cell in cells]
    while headers and not headers[-1]:
        headers.pop()
    return headers


def frame(
    file: str,
    sheet: str,
    records: Sequence[tuple[int, Sequence[object]]],
    header_row: HeaderRow,
    findings: list[Finding],
    limits: Limits,
    encoding: str = "",
) -> Table:
    """Makes a Table of numbered records: the first, the numbered, or the first fitting one holds the headers.

    A record longer than the headers is an error when the extra cells hold anything, a shorter one a
    warning; both keep the cells that stand under a header.
    """
    place = " · ".join(p for p in (file, sheet) if p)
    start = 0
    if callable(header_row):
        top = records[:HEADER_ROWS]
        start = next((i for i, (_, cells) in enumerate(top) if header_row(header_texts(cells))), len(records))
        if start == len(records):
            raise refuse(place, "tabular.no_header_row", "没有找到表头", "No header row was found")
    elif header_row is not None:
        start = next((i for i, (n, _) in enumerate(records) if n == header_row), len(records))
    if start >= len(records):
        raise refuse(place, "tabular.empty", "没有表头，也没有数据", "There is no header and no data")
    number, head = records[start]
    headers = header_texts(head)
    width = len(headers)
    if width > limits.columns:
        raise refuse(
            place,
            "tabular.too_many_columns",
            f"超过 {limits.columns} 列",
            f"More than {limits.columns} columns",
        )
    table = Table(file, sheet, headers, number, [], [], encoding, findings)
    seen: dict[str, int] = {}
    for column, header in enumerate(headers):
        if header and header in seen:
            findings.append(
                Finding(
                    "tabular.header_repeated",
                    "warning",
                    table.header_place(column),
                    Text(f"表头“{header}”出现两次", f"The header “{header}” stands twice"),
                    value=header,
                    fix=Text("给其中一列改名", "Rename one of them."),
                )
            )
        seen.setdefault(header, column)
    ragged = 0
    for row_number, record in records[start + 1 :]:
        cells: list[object] = list(record)
        if len(cells) != width and sheet == "":
            extra = cells[width:]
            if len(cells) < width or any(str(c).strip() for c in extra):
                ragged += 1
                if ragged <= limits.findings:
                    findings.append(ragged_row(table.place_at(row_number), len(cells), width))
        elif any(c is not None and str(c).strip() for c in cells[width:]):
            column = next(
                i for i in range(width, len(cells)) if cells[i] is not None and str(cells[i]).strip()
            )
            findings.append(
                Finding(
                    "tabular.no_header",
                    "warning",
                    f"{place} · {cell_name(row_number, column)}",
                    Text(
                        "该单元格所在列没有表头，未读取",
                        "The column of this cell has no header; it was not read",
                    ),
                    value=str(cells[column])[:60],
                )
            )
        cells = cells[:width] + [None if sheet else ""] * (width - len(cells))
        table.rows.append(cells)
        table.row_numbers.append(row_number)
    return table


def ragged_row(place: str, actual: int, expected: int) -> Finding:
    longer = actual > expected
    return Finding(
        "tabular.ragged",
        "error" if longer else "warning",
        place,
        Text(f"有 {actual} 格，表头有 {expected} 格", f"{actual} cells where the header has {expected}"),
        value=str(actual),
        expected=Text(f"{expected} 格", f"{expected} cells"),
        fix=Text("检查该行的逗号和引号", "Check the commas and quotes of that line."),
    )
