"""Reads filed figures from tables into evidence.

Two layouts are read, from csv and workbooks alike: tidy (one figure a row) and wide (months or years
across). Members and quantities may be written by id, Chinese or English name; a name that is neither is a
finding, never a guess. A bad cell is left out with a finding; it never becomes a blank or a zero.
"""

from __future__ import annotations

import datetime as dt
import itertools
import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np

from dafeng.findings import BlockingError, Finding, Text
from dafeng.quantities.definitions import Definitions, EvidenceSpec, Quantity
from dafeng.quantities.evidence import UNDATED, Evidence, Filing, Series, blank_series, label
from dafeng.quantities.program import Compiled, Program
from dafeng.quantities.rules import broken
from dafeng.quantities.states import ABSENT, FILED_STATES, Flag
from dafeng.quantities.units import UnitError, factor_between
from dafeng.tabular import (
    Number,
    Table,
    header_unit,
    match_headers,
    normal_header,
    parse_decimal,
    read_table,
    sheet_names,
    to_half_width,
)

#: Heads of the columns that every table of evidence may have; dimensions add their own names.
ALIASES: Mapping[str, tuple[str, ...]] = {
    "quantity": ("指标", "指标编号", "指标名称", "量"),
    "year": ("年份", "年", "年度", "period", "期间", "所属期"),
    "month": ("月份", "月"),
    "value": ("数值", "值", "填报值", "数量"),
    "unit": ("单位", "计量单位"),
    "state": ("状态", "数据状态"),
    "edition": ("版本", "数据版本"),
    "known_on": ("填报日期", "报送日期", "发布日期"),
    "source": ("来源", "数据来源"),
    "filed_by": ("填报单位", "填报人"),
    "reviewed_by": ("审核单位", "审核人"),
    "note": ("备注", "说明"),
}
_COMMON = ("unit", "state", "edition", "known_on", "source", "filed_by", "reviewed_by", "note")
_EDITIONS = {
    "初步": "preliminary",
    "快报": "preliminary",
    "最终": "final",
    "核实": "final",
    "普查": "census",
    "普查修订": "census",
}
_ZERO_STATES = (Flag.NOT_OCCURRING, Flag.INCLUDED_ELSEWHERE, Flag.CONFIRMED_ZERO)
_MEASURED = (Flag.OBSERVED, Flag.ESTIMATED, Flag.DEFAULT)
_MONTH = re.compile(r"(?:0?([1-9])|(1[0-2]))月?")
_YEAR = re.compile(r"((?:19|20)\d\d)年?")
_PERIOD = re.compile(r"((?:19|20)\d\d)[-/.年]?(0[1-9]|1[0-2]|[1-9])月?")
_DATE = re.compile(r"(\d{4})[-/.年](\d{1,2})[-/.月](\d{1,2})日?.*")
_SHOWN_MEMBERS = 14


def load_evidence(d: Definitions, compiled: Compiled, files: Iterable[Path], today: dt.date) -> Evidence:
    """Read all files into the evidence quantities of the model."""
    out = Evidence()
    for name, program in compiled.programs.items():
        if program.quantity.kind == "evidence":
            out.series[name] = blank_series(d, program.quantity, program.dims, program.shape, today)
    reader = _Reader(d, compiled, out, today)
    for path in files:
        try:
            sheets = sheet_names(path)
            for sheet in sheets:
                reader.table(path, sheet or None, len(sheets) > 1)
        except BlockingError as error:
            out.findings.extend(error.findings)
    for name, series in out.series.items():
        out.findings.extend(settle(d, compiled.programs[name], series, today))
    return out


def settle(d: Definitions, program: Program, series: Series, today: dt.date) -> list[Finding]:
    """Let the newest filing known today count in every cell; two different ones of one day and edition collide."""
    q, dims = program.quantity, program.dims
    spec = q.evidence or EvidenceSpec()
    rank = {e: i for i, e in enumerate(spec.edition_order)}
    found: list[Finding] = []
    for key, filings in series.filings.items():
        filings.sort(key=lambda f: (f.known_on, rank.get(f.edition, len(rank))))
        for a, b in itertools.pairwise(filings):
            if (a.known_on, a.edition) == (b.known_on, b.edition) and (a.value, a.flag) != (b.value, b.flag):
                found.append(
                    broken(
                        "M11.collision",
                        b.place,
                        b.written,
                        name=_name(q),
                        cell=_cell(d, dims, key),
                        other=f"{a.place}: {a.written}",
                    )
                )
        counted = series.counted(key, today)
        if counted is not None:
            series.values[key] = np.nan if counted.value is None else counted.value
            series.flags[key] = int(counted.flag) | _marks(d, counted)
    return found


def _name(q: Quantity) -> Text:
    return Text(q.name, q.title("en"))


def _cell(d: Definitions, dims: Sequence[str], key: Sequence[int]) -> Text:
    return Text(label(d, dims, key), label(d, dims, key, "en"))


def _marks(d: Definitions, f: Filing) -> int:
    bits = int(Flag.PROVISIONAL) if f.edition == "preliminary" else 0
    source = d.sources.get(f.source)
    if source is None:
        return bits
    if source.kind == "demonstration":
        bits |= int(Flag.DEMONSTRATION)
    if source.confidence == "recalled":
        bits |= int(Flag.RECALLED)
    if source.kind == "estimate" and f.flag == Flag.OBSERVED:
        bits |= int(Flag.ESTIMATED)
    return bits


def _across(header: str) -> tuple[str, int] | None:
    """A header that is a month (5月) or a year (2024): the table is wide."""
    text = to_half_width(str(header))
    if text.endswith("月") and (m := _MONTH.fullmatch(text)):
        return "month", int(m.group(1) or m.group(2))
    if m := _YEAR.fullmatch(text):
        return "year", int(m.group(1))
    return None


def _is_head(headers: Sequence[str]) -> bool:
    named = {normal_header(header_unit(h)[0]) for h in headers}
    quantity, value = (
        bool(named & {normal_header(n) for n in (f, *ALIASES[f])}) for f in ("quantity", "value")
    )
    return quantity and (value or any(_across(h) is not None for h in headers))


class _Reader:
    """Reads tables one after another into the series of ``out``."""

    def __init__(self, d: Definitions, compiled: Compiled, out: Evidence, today: dt.date):
        self.d, self.compiled, self.out = d, compiled, out
        #: Today as the package or the caller has it, the later one: looking back calls no later figure impossible.
        self.clock = max(today, d.as_of or today)
        self.unknown_sources: set[str] = set()
        #: Place of a field of the row being read.
        self.at: Callable[[str], str] = lambda field: ""
        self.by_name: dict[str, list[str]] = {}
        for q in d.quantities.values():
            for name in {q.id, q.name, q.name_en} - {""}:
                self.by_name.setdefault(normal_header(name), []).append(q.id)
        self.members: dict[str, dict[str, int]] = {}
        for dim in d.dimensions.values():
            index = self.members.setdefault(dim.id, {})
            for i, m in enumerate(dim.members.values()):
                for name in (m.id, m.name, m.name_en, *m.attributes.get("aliases", ())):
                    index.setdefault(normal_header(str(name)), i)
        self.aliases = dict(ALIASES) | {
            x.id: (x.name, x.name_en) for x in d.dimensions.values() if x.id not in ALIASES
        }

    def report(self, rule: str, place: str, value: object = "", **fields: Text | str) -> None:
        self.out.findings.append(broken(rule, place, value, **fields))

    def table(self, path: Path, sheet: str | None, optional: bool) -> None:
        """One sheet. ``optional``: it is one of several, so a sheet of notes is no error."""
        try:
            table = read_table(path, sheet, header_row=_is_head)
        except BlockingError as error:
            if all(f.rule not in ("tabular.no_header_row", "tabular.empty") for f in error.findings):
                raise
            place = " · ".join(x for x in (path.name, sheet or "") if x)
            headless = broken("evidence.head", place)
            self.out.findings.append(replace(headless, severity="note") if optional else headless)
            return
        self.out.findings.extend(table.findings)
        across = {i: at for i, h in enumerate(table.headers) if (at := _across(h)) is not None}
        plain = ["" if i in across else h for i, h in enumerate(table.headers)]
        required = ("quantity", "unit") if across else ("quantity", "value", "unit")
        columns, found = match_headers(plain, self.aliases, required=required, place=table.header_place(0))
        self.out.findings.extend(found)
        if any(f.severity == "error" for f in found):
            return
        self.out.tables.append(" · ".join(x for x in (table.file, table.sheet) if x))
        for i, row in enumerate(table.rows):
            self._row(table, i, row, columns, across)

    def _row(
        self,
        table: Table,
        i: int,
        row: list[Any],
        columns: Mapping[str, int],
        across: Mapping[int, tuple[str, int]],
    ) -> None:
        texts = {name: _text(row[column]) for name, column in columns.items()}
        program = self._program(table, i, row, columns, texts)
        if program is None:
            return
        where: dict[str, list[int]] = {}
        year, month = texts.get("year", ""), texts.get("month", "")
        if period := _PERIOD.fullmatch(year):
            year, month = period.group(1), month or period.group(2)
        for dim in program.dims:
            if any(kind == dim for kind, _ in across.values()):
                continue
            raw = {"year": year, "month": month}.get(dim, texts.get(dim, ""))
            where[dim] = self._member(dim, raw)
            if not where[dim]:
                members = list(self.d.dimensions[dim].members.values())[:_SHOWN_MEMBERS]
                known = Text("、".join(m.name for m in members), ", ".join(m.name_en for m in members))
                name = Text(self.d.dimensions[dim].name, self.d.dimensions[dim].name_en)
                self.report("evidence.member", table.place(i, columns.get(dim)), raw, dim=name, known=known)
                return
        common = {k: texts.get(k, "") for k in _COMMON}
        self.at = lambda field: table.place(i, columns.get(field))
        if not across:
            self._cell(program, where, row[columns["value"]], table.place(i, columns["value"]), common)
        for column, (kind, number) in across.items():
            if kind not in program.dims or (kind == "year" and number not in self.d.years):
                continue
            index = number - (1 if kind == "month" else self.d.first_year)
            self._cell(program, {**where, kind: [index]}, row[column], table.place(i, column), common)

    def _program(
        self, table: Table, i: int, row: list[Any], columns: Mapping[str, int], texts: Mapping[str, str]
    ) -> Program | None:
        """The evidence quantity that a row is about."""
        written = texts["quantity"]
        if not written:
            if any(c is not None and str(c).strip() for c in row):
                self.report("evidence.unnamed", table.place(i))
            return None
        place = table.place(i, columns["quantity"])
        ids = sorted(set(self.by_name.get(normal_header(written), [])))
        if len(ids) != 1:
            self.report(
                "evidence.ambiguous" if ids else "evidence.quantity", place, written, ids=", ".join(ids)
            )
            return None
        if ids[0] not in self.out.series:
            self.report("evidence.computed", place, written, name=_name(self.d.quantities[ids[0]]))
            return None
        return self.compiled.programs[ids[0]]

    def _member(self, dim: str, raw: str) -> list[int]:
        """Index of a member as a list; every index for “*”; empty where it is none."""
        if raw == "*":
            return list(range(len(self.d.dimensions[dim].members)))
        if dim == "year":
            m = _YEAR.fullmatch(raw)
            return [int(m.group(1)) - self.d.first_year] if m and int(m.group(1)) in self.d.years else []
        if dim == "month":
            m = _MONTH.fullmatch(raw)
            return [int(m.group(1) or m.group(2)) - 1] if m else []
        index = self.members[dim].get(normal_header(raw))
        return [] if index is None else [index]

    def _cell(
        self,
        program: Program,
        where: Mapping[str, list[int]],
        cell: Any,
        place: str,
        common: Mapping[str, str],
    ) -> None:
        q = program.quantity
        star = any(len(v) > 1 for v in where.values())
        read = self._state_and_value(q, cell, common, star, place)
        if read is None:
            return
        state, value, written = read
        known_on = self._date(common["known_on"])
        if known_on is None:
            return
        dated = known_on != UNDATED
        if known_on > self.clock:
            self.report("evidence.filed_later", self.at("known_on"), common["known_on"], name=_name(q))
        period = self._period(program, where)
        if period is not None and state in _MEASURED:
            start, end = period
            if self._is_future(program, start, known_on, place, written):
                return
            if not dated:  # an undated figure is known when its period is over, of a running period today
                known_on = self.clock if self.clock < end else end
        if (
            (source := common["source"])
            and source not in self.d.sources
            and source not in self.unknown_sources
        ):
            self.unknown_sources.add(source)  # said once: a whole table usually names one source
            self.report("evidence.source", self.at("source"), source)
        filing = Filing(
            value=value,
            written=written,
            unit=common["unit"],
            flag=state,
            edition=_EDITIONS.get(common["edition"], common["edition"] or "final"),
            known_on=known_on,
            source=source,
            filed_by=common["filed_by"],
            reviewed_by=common["reviewed_by"],
            note=common["note"],
            place=place,
            everywhere=star,
            dated=dated,
        )
        self._file(program, where, filing)

    def _state_and_value(
        self, q: Quantity, cell: Any, common: Mapping[str, str], star: bool, place: str
    ) -> tuple[Flag, float | None, str] | None:
        """What a cell says: its state, its value in the unit of the quantity, and how it is written. None: nothing, or a finding."""
        number = parse_decimal(cell)
        state = FILED_STATES.get(common["state"].lower())
        if state is None:
            self.report("evidence.state", self.at("state"), common["state"])
            return None
        if number.kind == "bad":
            key = FILED_STATES.get(str(cell).strip().lower())
            if key is None:
                self.report("evidence.number", place, number.raw, name=_name(q), problem=number.problem)
                return None
            return (
                key,
                0.0 if key in _ZERO_STATES else None,
                number.raw,
            )  # a notation key in the place of the number
        if number.kind == "absent":
            if state in _MEASURED:
                return None  # a blank cell files nothing: it stays missing or pending
            return state, 0.0 if state in _ZERO_STATES else None, common["state"]
        if int(state) & ABSENT or (state in _ZERO_STATES and number.value != 0):
            self.report("evidence.state_value", place, number.raw, name=_name(q), state=common["state"])
            return None
        if star and number.value != 0:
            self.report("evidence.star", place, number.raw)
            return None
        value = self._value(q, number, common["unit"], place)
        return None if value is None else (state, value, number.raw)

    def _value(self, q: Quantity, number: Number, unit: str, place: str) -> float | None:
        """The number in the unit of the quantity, within the bounds of its definition."""
        try:
            factor = factor_between("%" if number.percent and not unit else unit or "（空）", q.unit)
        except UnitError:
            self.report("M2.unit", self.at("unit"), unit, name=_name(q), unit=q.unit)
            return None
        written = number.fraction if number.percent and unit not in ("%", "％", "") else number.value
        assert written is not None
        value = float(written) * factor
        spec = q.evidence or EvidenceSpec()
        low, high = spec.minimum, spec.maximum
        if (low is not None and value < low) or (high is not None and value > high):
            least, most = (
                (f"≥ {low:g}" if low is not None else ""),
                (f"≤ {high:g}" if high is not None else ""),
            )
            bounds = f"{' '.join(x for x in (least, most) if x)} {q.unit}"
            self.report("evidence.range", place, number.raw, name=_name(q), range=bounds)
            return None
        return value

    def _date(self, raw: str) -> dt.date | None:
        if not raw:
            return UNDATED
        m = _DATE.fullmatch(raw)
        try:
            return dt.date(int(m[1]), int(m[2]), int(m[3])) if m else dt.date.fromisoformat(raw)
        except ValueError:
            self.report("evidence.date", self.at("known_on"), raw)
            return None

    def _period(self, program: Program, where: Mapping[str, list[int]]) -> tuple[dt.date, dt.date] | None:
        """First day of the period of a row, and the first day after it; None where it has no single year."""
        if "year" not in program.dims or len(where["year"]) != 1:
            return None
        year = self.d.first_year + where["year"][0]
        if "month" not in program.dims or len(where["month"]) != 1:
            return dt.date(year, 1, 1), dt.date(year + 1, 1, 1)
        month = where["month"][0] + 1
        return dt.date(year, month, 1), dt.date(year + month // 12, month % 12 + 1, 1)

    def _is_future(
        self, program: Program, start: dt.date, known_on: dt.date, place: str, written: str
    ) -> bool:
        """Whether a figure is for a period that had not begun when it was filed (undated: that has not begun today)."""
        if start <= (known_on if known_on != UNDATED else self.clock):
            return False
        monthly = "month" in program.dims
        when = Text(
            f"{start.year}年{start.month}月" if monthly else f"{start.year}年",
            f"{start:%Y-%m}" if monthly else str(start.year),
        )
        self.report("evidence.future", place, written, name=_name(program.quantity), when=when)
        return True

    def _file(self, program: Program, where: Mapping[str, list[int]], filing: Filing) -> None:
        """Lay a filing into its cells: the same one twice counts once, and a single row says more than one with “*”."""
        filings = self.out.series[program.quantity.id].filings
        for key in self._keys(program, where):
            old = filings.setdefault(key, [])
            if filing.everywhere and any(not f.everywhere for f in old):
                continue
            if not filing.everywhere:
                old[:] = [f for f in old if not f.everywhere]
            if any(
                replace(f, place=filing.place, written=filing.written, unit=filing.unit, note=filing.note)
                == filing
                for f in old
            ):
                self.report(
                    "M11.duplicate",
                    filing.place,
                    filing.written,
                    name=_name(program.quantity),
                    cell=_cell(self.d, program.dims, key),
                )
                continue
            old.append(filing)

    @staticmethod
    def _keys(program: Program, where: Mapping[str, list[int]]) -> Iterator[tuple[int, ...]]:
        return itertools.product(*(where[dim] for dim in program.dims))


def _text(cell: Any) -> str:
    if cell is None:
        return ""
    if isinstance(cell, dt.datetime):
        cell = cell.date()
    if isinstance(cell, float) and cell.is_integer():
        cell = int(cell)
    return to_half_width(str(cell))


#: Steps between neighbouring years, in powers of ten, that look like a unit written wrong (rule M2).
_SUSPECT = (2.7, 4.5)


def scale_checks(d: Definitions, compiled: Compiled, evidence: Evidence) -> list[Finding]:
    """A step of about 1000 or 10,000 against the neighbouring year of the same cell is a warning."""
    found: list[Finding] = []
    for name, series in evidence.series.items():
        program = compiled.programs[name]
        if "year" not in program.dims:
            continue
        axis = program.dims.index("year")
        v = np.moveaxis(series.values, axis, 0)
        with np.errstate(divide="ignore", invalid="ignore"):
            step = np.abs(np.log10(np.abs(v[1:] / v[:-1])))
        for at in np.argwhere(np.isfinite(step) & (step > _SUSPECT[0]) & (step < _SUSPECT[1])):
            rest = [int(x) for x in at[1:]]
            key = (*rest[:axis], int(at[0]) + 1, *rest[axis:])
            if filings := series.filings.get(key):
                power = str(round(float(step[tuple(at)])))
                f = filings[-1]
                found.append(
                    broken(
                        "M2.scale",
                        f.place,
                        f.written,
                        name=_name(program.quantity),
                        cell=_cell(d, program.dims, key),
                        power=power,
                    )
                )
    return found
