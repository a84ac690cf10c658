"""What an account adds up while it runs: sums, gaps, and findings within bounds."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from typing import Any

from dafeng.findings import Finding, Text

#: gases that are memo items and in no total
MEMO = ("CO2_biogenic",)
SHOWN_PER_FAULT = 20
MAX_FINDINGS = 1000
MAX_LISTED = 1000
MAX_KINDS = 20_000


@dataclass
class Sums:
    """Whole numbers of 10^-12 t, by gas. Standard coal and CO2e are None until a row gives one (M1)."""

    gases: dict[str, int] = field(default_factory=dict)
    co2e: int | None = None
    coal: int | None = None
    equal: int | None = None

    def add(self, name: str, part: int) -> None:
        """Adds to a gas, or to ``·coal``, ``·equal``, ``·co2e``."""
        if name == "·coal":
            self.coal = (self.coal or 0) + part
        elif name == "·equal":
            self.equal = (self.equal or 0) + part
        elif name == "·co2e":
            self.co2e = (self.co2e or 0) + part
        else:
            self.gases[name] = self.gases.get(name, 0) + part

    def emissions(self) -> dict[str, int]:
        return {g: v for g, v in self.gases.items() if g not in MEMO}

    def memo(self) -> dict[str, int]:
        return {g: v for g, v in self.gases.items() if g in MEMO}


@dataclass
class Totals:
    """What is known after the last row."""

    all: Sums = field(default_factory=Sums)
    groups: dict[tuple[str, str, str, str], Sums] = field(default_factory=dict)
    group_gaps: dict[tuple[str, str, str, str], int] = field(default_factory=dict)
    rows: int = 0
    counted: int = 0
    gaps: int = 0
    gap_ids: list[str] = field(default_factory=list)
    without_coal: int = 0
    without_equal: int = 0
    without_co2e: int = 0
    factors: dict[str, dict[str, Any]] = field(default_factory=dict)


class Findings:
    """Collects findings within bounds: like ones past the twentieth are counted, not listed."""

    def __init__(self, first: Iterable[Finding] = ()):
        self.items: list[Finding] = list(first)
        self.errors = sum(f.severity == "error" for f in self.items)
        self._counts: dict[tuple[str, str], list[int]] = {}
        self._firsts: dict[tuple[str, str], Finding] = {}
        self._closed = False

    def add(self, finding: Finding, place: str, *, once: bool = False, rows: int = 1) -> None:
        """Adds a finding of some rows; with ``once`` only the first of its kind is kept at all."""
        key = (finding.rule, finding.value)
        if key not in self._counts and len(self._counts) >= MAX_KINDS:
            key = (finding.rule, "…")
        count = self._counts.setdefault(key, [0, 0])
        count[0] += rows
        self._firsts.setdefault(key, finding)
        if finding.severity == "error":
            self.errors += rows
        if count[1] >= (1 if once else SHOWN_PER_FAULT) or len(self.items) >= MAX_FINDINGS:
            if once:
                count[1] = count[0]
            return
        count[1] += 1
        self.items.append(replace(finding, place=place))

    def close(self) -> list[Finding]:
        """The findings, with one line for each kind of which not all were listed."""
        if not self._closed:
            self._closed = True
            for key, (count, shown) in self._counts.items():
                first = self._firsts[key]
                if count > shown and first.severity != "note":
                    zh = f"同样的问题共 {count} 行，另有 {count - shown} 行未逐行列出：{first.message.zh}"
                    en = f"{count} rows have this fault, {count - shown} of them not listed: {first.message.en}"
                    self.items.append(replace(first, message=Text(zh, en), place="—"))
                if len(self.items) >= 2 * MAX_FINDINGS:
                    break
        return self.items


def verdict(totals: Totals) -> str:
    """``complete``, or ``incomplete`` where a row has no figure (rule M1)."""
    return "incomplete" if totals.gaps or not totals.rows else "complete"


def no_rows() -> Finding:
    """A table with a header and nothing below it: not a total of zero."""
    return Finding(
        "account.no_rows",
        "error",
        "",
        Text("表里没有数据行，没有可以合计的数", "the table has no rows: there is nothing to add up"),
        fix=Text("在表头下填活动水平", "put the activity below the header"),
    )
