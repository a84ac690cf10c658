"""What commands print: one JSON document, aligned tables, findings."""

from __future__ import annotations

import json
import math
import sys
import unicodedata
from collections.abc import Iterable, Sequence
from typing import Any

from dafeng.findings import Finding


def print_json(document: Any) -> None:
    """One JSON document on standard output. A number that is not finite never gets here as a number."""
    sys.stdout.write(json.dumps(_clean(document), ensure_ascii=False, allow_nan=False) + "\n")


def _clean(x: Any) -> Any:
    if isinstance(x, float):
        return x if math.isfinite(x) else None
    if isinstance(x, dict):
        return {str(k): _clean(v) for k, v in x.items()}
    if isinstance(x, list | tuple):
        return [_clean(v) for v in x]
    return x


def print_findings(findings: Iterable[Finding], limit: int = 200) -> None:
    listed = list(findings)
    for f in listed[:limit]:
        print(f.line(), file=sys.stderr)
    if len(listed) > limit:
        print(f"…… 另有 {len(listed) - limit} 条 / and {len(listed) - limit} more", file=sys.stderr)


def width(text: str) -> int:
    """Columns that a text takes in a terminal: Chinese characters take two."""
    return sum(2 if unicodedata.east_asian_width(c) in "WF" else 1 for c in text)


def table(head: Sequence[str], rows: Sequence[Sequence[str]], right: Iterable[int] = ()) -> str:
    """An aligned table; ``right`` names the columns set flush right."""
    aligned = set(right)
    widths = [max(width(r[i]) for r in [head, *rows]) for i in range(len(head))]
    lines = []
    for row in [head, *rows]:
        cells = [
            " " * (w - width(c)) + c if i in aligned else c + " " * (w - width(c))
            for i, (c, w) in enumerate(zip(row, widths, strict=True))
        ]
        lines.append("  ".join(cells).rstrip())
    lines.insert(1, "  ".join("─" * w for w in widths))
    return "\n".join(lines)


def figure(value: float | None, digits: int = 4) -> str:
    """A figure for reading: four significant digits; “缺” where there is none. JSON carries the full number."""
    if value is None:
        return "缺"
    if value == 0:
        return "0"
    decimals = max(0, digits - 1 - math.floor(math.log10(abs(value))))
    return f"{value:,.{min(decimals, 6)}f}"
