"""csv files of millions of rows, read in batches of text columns with bounded memory.

Cells stay text. The number of each record in the file is kept, so that a finding can name its cell;
records with too few or too many cells are put back in their place with a finding.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv

from dafeng.findings import Finding, Text
from dafeng.tabular.reading import TEXT_SUFFIXES, check_file, read_table
from dafeng.tabular.table import LIMITS, Limits, cell_name
from dafeng.tabular.text import detect_encoding, encoding_note, pick_delimiter, ragged_row, refuse

#: Streams are read from disk in pieces, so they may be larger than what is read whole.
STREAM_LIMITS = Limits(file_bytes=64 * 1024**3)
BLOCK = 2 * 1024**2


@dataclass
class Batch:
    """Some consecutive records: ``columns[header index]`` is an Arrow string array.

    numbers: the record's number in the file (from 1, the header being the first), as an Arrow
    int64 array; it is the row a spreadsheet shows.
    """

    columns: list[Any]
    numbers: Any

    def __len__(self) -> int:
        return len(self.numbers)


@dataclass
class CsvStream:
    """An opened table: ``headers``, ``findings`` (which grow while reading) and ``batches()``."""

    file: str
    headers: list[str]
    encoding: str
    findings: list[Finding] = field(default_factory=list)
    _source: Any = None

    def batches(self) -> Iterator[Batch]:
        yield from self._source()

    def place(self, number: int, column: int | None = None) -> str:
        where = f"第{number}行" if column is None else cell_name(number, column)
        return f"{self.file} · {where}"


def open_stream(path: Path | str, *, block: int = BLOCK, limits: Limits = STREAM_LIMITS) -> CsvStream:
    """Opens a csv (or, whole, a workbook) for reading in batches. Raises BlockingError."""
    path = Path(path)
    check_file(path, limits)
    if path.suffix.lower() not in TEXT_SUFFIXES:
        return _from_table(path)
    encoding = detect_encoding(path)
    with path.open("r", encoding=encoding, newline="") as text:
        head = text.readline(1024**2)
        first = head
        while first.count('"') % 2 and len(first) < 1024**2 and (more := text.readline(1024**2)):
            first += more
    delimiter = pick_delimiter(first, path.suffix.lower())
    names = next(csv.reader(io.StringIO(first, newline=""), delimiter=delimiter), [])
    headers = [name.strip() for name in names]
    if not any(headers):
        raise refuse(path.name, "tabular.empty", "第一行没有表头", "The first line holds no header")
    if len(headers) > limits.columns:
        raise refuse(
            path.name,
            "tabular.too_many_columns",
            f"超过 {limits.columns} 列",
            f"More than {limits.columns} columns",
        )
    stream = CsvStream(path.name, headers, encoding, encoding_note(path, encoding))
    stream._source = lambda: _batches(stream, path, len(names), delimiter, block)
    return stream


def _batches(stream: CsvStream, path: Path, width: int, delimiter: str, block: int) -> Iterator[Batch]:
    odd: list[tuple[int, list[str]]] = []
    keys = [f"c{i}" for i in range(width)]

    def keep(row: Any) -> str:
        cells = next(csv.reader(io.StringIO(row.text, newline=""), delimiter=delimiter), [])
        odd.append((row.number, cells))
        return "skip"

    pool = pa.default_memory_pool()
    try:
        reader = pyarrow.csv.open_csv(
            str(path),
            read_options=pyarrow.csv.ReadOptions(
                use_threads=False,
                block_size=block,
                column_names=keys,
                skip_rows=0,
                encoding="utf-8" if stream.encoding == "utf-8-sig" else stream.encoding,
            ),
            parse_options=pyarrow.csv.ParseOptions(
                delimiter=delimiter,
                newlines_in_values=True,
                ignore_empty_lines=False,
                invalid_row_handler=keep,
            ),
            convert_options=pyarrow.csv.ConvertOptions(
                column_types={k: pa.string() for k in keys}, strings_can_be_null=False
            ),
            memory_pool=pool,
        )
        position = 1
        for record_batch in reader:
            columns = [record_batch.column(i) for i in range(width)]
            count = record_batch.num_rows
            numbers, position, taken = _number(position, count, odd)
            if taken:
                for number, cells in taken:
                    stream.findings.append(ragged_row(stream.place(number), len(cells), width))
                columns, numbers = _put_back(columns, numbers, taken, width)
                odd[:] = [o for o in odd if o not in taken]
            batch = Batch(columns, numbers)
            if len(batch) and numbers[0].as_py() == 1:
                batch = Batch([c.slice(1) for c in columns], numbers.slice(1))
            batch = _drop_blank(batch)
            if len(batch):
                yield batch
        if odd:
            for number, cells in odd:
                stream.findings.append(ragged_row(stream.place(number), len(cells), width))
            empty = [pa.array([], pa.string())] * width
            columns, numbers = _put_back(empty, pa.array([], pa.int64()), odd, width)
            yield Batch(columns, numbers)
        stream.findings.extend(open_quote(path, stream, position - 1))
    except pa.ArrowInvalid as error:
        raise refuse(
            path.name,
            "tabular.csv",
            "引号或分隔符有误，读到中途停止",
            "Quotes or delimiters are wrong; reading stopped part-way",
            value=str(error)[:160],
            fix=("检查引号是否成对", "Check that quotes are paired."),
        ) from None


def open_quote(path: Path, stream: CsvStream, records: int) -> list[Finding]:
    """An error where a quote is opened and never closed, which swallows the lines after it into one cell.

    Quotes are then odd in number and some record spans several lines. A lone quote inside a cell of one line
    (5" pipe) is text and no fault.
    """
    quotes = lines = 0
    with path.open("rb") as raw:
        while chunk := raw.read(BLOCK):
            quotes += chunk.count(b'"')
            lines += chunk.count(b"\n")
            last = chunk[-1:]
        lines += last != b"\n"
    if stream.encoding == "utf-16" or quotes % 2 == 0 or lines <= records:
        return []
    return [
        Finding(
            "tabular.csv",
            "error",
            stream.file,
            Text(
                "有一个引号没有成对，其后的行被并入同一格，结果不可用",
                "A quote is never closed; the lines after it were read as one cell and the result is not usable",
            ),
            value=f"{lines - records}",
            fix=Text("检查引号是否成对", "Check that quotes are paired."),
        )
    ]


def _number(
    position: int, count: int, odd: list[tuple[int, list[str]]]
) -> tuple[Any, int, list[tuple[int, list[str]]]]:
    """Numbers of the next ``count`` good records, skipping those of the odd ones in between."""
    taken: list[tuple[int, list[str]]] = []
    if not odd:
        return pa.array(np.arange(position, position + count)), position + count, taken
    numbers: list[int] = []
    skipped = dict(odd)
    while len(numbers) < count:
        if position in skipped:
            taken.append((position, skipped[position]))
        else:
            numbers.append(position)
        position += 1
    while position in skipped:
        taken.append((position, skipped[position]))
        position += 1
    return pa.array(numbers, pa.int64()), position, taken


def _put_back(
    columns: list[Any], numbers: Any, odd: list[tuple[int, list[str]]], width: int
) -> tuple[list[Any], Any]:
    padded = [[*cells, *[""] * width][:width] for _, cells in odd]
    extra = [pa.array([row[i] for row in padded], pa.string()) for i in range(width)]
    joined = [pa.concat_arrays([column, more]) for column, more in zip(columns, extra, strict=True)]
    all_numbers = pa.concat_arrays([numbers, pa.array([n for n, _ in odd], pa.int64())])
    order = pc.sort_indices(all_numbers)
    return [c.take(order) for c in joined], all_numbers.take(order)


def _drop_blank(batch: Batch) -> Batch:
    """Leaves out records blank throughout."""
    blank = pc.equal(batch.columns[0], "")
    if not pc.any(blank).as_py():
        return batch
    for column in batch.columns[1:]:
        blank = pc.and_(blank, pc.equal(pc.utf8_trim_whitespace(column), ""))
    if not pc.any(blank).as_py():
        return batch
    keep = pc.invert(blank)
    return Batch([c.filter(keep) for c in batch.columns], batch.numbers.filter(keep))


def _from_table(path: Path) -> CsvStream:
    table = read_table(path, limits=LIMITS)
    stream = CsvStream(
        f"{table.file} · {table.sheet}" if table.sheet else table.file, table.headers, "", table.findings
    )

    def source() -> Iterator[Batch]:
        step = 50_000
        for start in range(0, len(table.rows), step):
            rows = table.rows[start : start + step]
            columns = [
                pa.array(["" if r[i] is None else _text(r[i]) for r in rows], pa.string())
                for i in range(len(table.headers))
            ]
            yield Batch(columns, pa.array(table.row_numbers[start : start + step], pa.int64()))

    stream._source = source
    return stream


def _text(cell: Any) -> str:
    return format(cell, ".15g") if isinstance(cell, float) else str(cell)
