"""Reads csv files and workbooks as cells with places.

A reader here never interprets a cell: it hands over what stands there and where it stands
(``file · sheet · C7``), and says in findings what it could not read. ``parse_decimal`` is the one
way in which text becomes a number; a cell that is no number is a finding, never a blank or a zero
(rules M1, M10, M11).
"""

from __future__ import annotations

from dafeng.tabular.cells import Number, bad_number, is_absent, parse_decimal, to_half_width
from dafeng.tabular.headers import header_unit, match_headers, normal_header
from dafeng.tabular.reading import read_table, sheet_names
from dafeng.tabular.stream import Batch, CsvStream, open_stream
from dafeng.tabular.table import LIMITS, Limits, Table, cell_name, column_letter

__all__ = [
    "LIMITS",
    "Batch",
    "CsvStream",
    "Limits",
    "Number",
    "Table",
    "bad_number",
    "cell_name",
    "column_letter",
    "header_unit",
    "is_absent",
    "match_headers",
    "normal_header",
    "open_stream",
    "parse_decimal",
    "read_table",
    "sheet_names",
    "to_half_width",
]
