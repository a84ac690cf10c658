"""Reads factor tables: ``<package>/factors/*.csv`` with one set of columns."""

from __future__ import annotations

import csv
import datetime
import sys
from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from pathlib import Path

from dafeng.factors.model import Factor
from dafeng.findings import Finding, Text

COLUMNS = (
    "id", "set", "parameter", "item", "item_zh", "item_en", "value", "unit", "gas", "region", "region_name",
    "edition", "valid_from", "valid_to", "basis", "low", "high", "derivation", "formula",
    "source_title", "source_ref", "confidence", "grade", "note",
)  # fmt: skip
REQUIRED = ("id", "set", "parameter", "item", "unit", "region", "source_title", "confidence")
CONFIDENCE = ("confirmed", "recalled")


@dataclass(frozen=True)
class Definition:
    """A row without a value: a formula or a rule in words, kept with its source, never looked up."""

    id: str
    set: str
    parameter: str
    item: str
    item_zh: str
    item_en: str
    unit: str
    formula: str
    note: str
    source_title: str
    source_ref: str
    confidence: str
    place: str


def factor_files(folders: Iterable[Path]) -> list[Path]:
    """The factor tables of package folders, in the order of the folders."""
    return [path for folder in folders for path in sorted((Path(folder) / "factors").glob("*.csv"))]


def read_factors(files: Iterable[Path]) -> tuple[list[Factor], list[Definition], list[Finding]]:
    """All rows of the tables. A row of a later table replaces one with the same id (layers of packages);
    the same id twice in one layer is a finding and neither row is used."""
    factors: dict[str, Factor] = {}
    definitions: dict[str, Definition] = {}
    findings: list[Finding] = []
    layer_of: dict[str, Path] = {}
    spoiled: set[str] = set()
    for path in files:
        layer = path.parent
        for row, place in _rows(path, findings):
            key = row["id"]
            if layer_of.get(key) == layer:
                findings.append(
                    _bad(
                        place,
                        "factors.duplicate_id",
                        key,
                        f"编号 {key} 出现两次",
                        f"The id {key} stands twice",
                    )
                )
                spoiled.add(key)
                continue
            layer_of[key] = layer
            spoiled.discard(key)
            factors.pop(key, None)
            definitions.pop(key, None)
            made = _row(row, place, findings)
            if isinstance(made, Factor):
                factors[key] = made
            elif made is not None:
                definitions[key] = made
    for key in spoiled:
        factors.pop(key, None)
        definitions.pop(key, None)
    return list(factors.values()), list(definitions.values()), findings


def _rows(path: Path, findings: list[Finding]) -> Iterable[tuple[dict[str, str], str]]:
    name = f"{path.parent.parent.name}/{path.parent.name}/{path.name}"
    with path.open(encoding="utf-8-sig", newline="") as stream:
        reader = csv.reader(stream)
        header = next(reader, [])
        unknown = [h for h in header if h not in COLUMNS]
        absent = [c for c in REQUIRED if c not in header]
        if unknown or absent:
            shown = "、".join(unknown + absent)
            findings.append(
                _bad(name, "factors.columns", shown, f"表头不符：{shown}", f"The columns do not fit: {shown}")
            )
            return
        full = tuple(header) == COLUMNS
        for number, cells in enumerate(reader, 2):
            if not cells:
                continue
            place = f"{name}:{number}"
            if len(cells) != len(header):
                findings.append(
                    _bad(
                        place,
                        "factors.ragged",
                        str(len(cells)),
                        "该行的列数不对",
                        "This row has the wrong number of cells",
                    )
                )
                continue
            row = dict(zip(header, cells, strict=True))
            if not full:
                row = {c: row.get(c, "") for c in COLUMNS}
            yield row, place


def _row(row: dict[str, str], place: str, findings: list[Finding]) -> Factor | Definition | None:
    empty = [c for c in REQUIRED if not row[c] and c != "unit"]
    if empty or row["confidence"] not in CONFIDENCE:
        shown = "、".join(empty) or row["confidence"]
        findings.append(
            _bad(place, "factors.incomplete", shown, f"缺少或有误：{shown}", f"Absent or wrong: {shown}")
        )
        return None
    if not row["value"]:
        return Definition(
            row["id"], row["set"], row["parameter"], row["item"], row["item_zh"], row["item_en"], row["unit"],
            row["formula"], row["note"], row["source_title"], row["source_ref"], row["confidence"], place,
        )  # fmt: skip
    try:
        value = Decimal(row["value"])
        low = Decimal(row["low"]) if row["low"] else None
        high = Decimal(row["high"]) if row["high"] else None
        start = datetime.date.fromisoformat(row["valid_from"]) if row["valid_from"] else None
        end = datetime.date.fromisoformat(row["valid_to"]) if row["valid_to"] else None
    except (InvalidOperation, ValueError):
        findings.append(
            _bad(
                place,
                "factors.value",
                row["value"],
                "数值或日期写法有误",
                "A number or date is not well written",
            )
        )
        return None
    if not value.is_finite() or (start and end and start > end):
        findings.append(
            _bad(
                place,
                "factors.value",
                row["value"],
                "数值或有效期不合理",
                "The number or its validity makes no sense",
            )
        )
        return None
    share = sys.intern
    return Factor(
        row["id"], share(row["set"]), share(row["parameter"]), share(row["item"]), row["item_zh"],
        row["item_en"], value, share(row["unit"]), share(row["gas"]), share(row["region"]), row["region_name"],
        row["edition"], start, end, row["basis"], low, high, row["derivation"], row["formula"],
        share(row["source_title"]), row["source_ref"], row["confidence"], row["grade"], row["note"],
        place,
    )  # fmt: skip


def _bad(place: str, rule: str, value: str, zh: str, en: str) -> Finding:
    return Finding(
        rule, "error", place, Text(zh, en), value=value, fix=Text("改正因子表", "Correct the factor table.")
    )
