"""Matches the headers of a table to the fields that a reader wants."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence

from dafeng.findings import Finding, Text
from dafeng.tabular.cells import to_half_width

_UNIT = re.compile(
    r"^(?P<name>.*?)\s*(?:\((?P<round>[^()]*)\)|\[(?P<square>[^\[\]]*)\]|【(?P<black>[^】]*)】)$"
)


def normal_header(header: str) -> str:
    """Half-width, without blanks and line breaks, case folded."""
    return re.sub(r"\s+", "", to_half_width(header)).casefold()


def header_unit(header: str) -> tuple[str, str]:
    """Splits a unit in brackets off a header: ``用电量（万kWh）`` → (``用电量``, ``万kWh``)."""
    match = _UNIT.match(to_half_width(header).replace("\n", ""))
    if not match or not match["name"]:
        return header.strip(), ""
    return match["name"], next(
        (g.strip() for g in match.group("round", "square", "black") if g is not None), ""
    )


def match_headers(
    headers: Sequence[str],
    aliases: Mapping[str, Iterable[str]],
    *,
    required: Iterable[str] = (),
    place: str = "",
) -> tuple[dict[str, int], list[Finding]]:
    """Which column holds which field.

    aliases: field → names under which it may stand; the field's own name counts as well. A header
    matches when it equals a name as a whole (blanks, width, case and a unit in brackets aside); a part
    of a header never matches. Returns field → column index and findings: a required field that is
    absent (error), a field that stands twice (error, and no column is chosen), unknown headers (note).
    """
    names = {field: {normal_header(n) for n in (field, *known)} for field, known in aliases.items()}
    hits: dict[str, list[int]] = {}
    unknown: list[str] = []
    for index, header in enumerate(headers):
        if not str(header).strip():
            continue
        full = normal_header(str(header))
        fields = [f for f, known in names.items() if full in known]
        if not fields:
            bare = normal_header(header_unit(str(header))[0])
            fields = [f for f, known in names.items() if bare in known]
        for f in fields:
            hits.setdefault(f, []).append(index)
        if not fields:
            unknown.append(str(header))

    findings: list[Finding] = []
    mapping: dict[str, int] = {}
    for f, columns in hits.items():
        if len(columns) == 1:
            mapping[f] = columns[0]
            continue
        shown = "、".join(str(headers[c]) for c in columns)
        findings.append(
            Finding(
                "tabular.header_twice",
                "error",
                place,
                Text(
                    f"有 {len(columns)} 列都像“{f}”：{shown}",
                    f"{len(columns)} columns could be “{f}”: {shown}",
                ),
                value=shown,
                expected=Text(f"只有一列是“{f}”", f"one column for “{f}”"),
                fix=Text("改名或删去多余的列", "Rename or remove the other column."),
            )
        )
    for f in required:
        if f not in hits:
            known = "、".join(dict.fromkeys((f, *aliases.get(f, ()))))
            findings.append(
                Finding(
                    "tabular.header_missing",
                    "error",
                    place,
                    Text(f"缺少“{f}”列", f"The column “{f}” is missing"),
                    value="、".join(str(h) for h in headers)[:200],
                    expected=Text(f"表头之一：{known}", f"one of the headers: {known}"),
                    fix=Text("补上该列，或把表头改成其中一个名称", "Add the column or rename its header."),
                )
            )
    if unknown:
        shown = "、".join(unknown)[:200]
        findings.append(
            Finding(
                "tabular.header_unknown",
                "note",
                place,
                Text(f"未用到的列：{shown}", f"Columns not used: {shown}"),
                value=shown,
            )
        )
    return mapping, findings
