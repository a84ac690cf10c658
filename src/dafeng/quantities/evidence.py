"""Evidence: filed figures read from tables into cells, with every revision kept.

Two layouts are read, from csv and workbooks alike: tidy (one figure a row) and wide (months or years
across). Members and quantities may be written by id, Chinese or English name; a name that is neither is a
finding, never a guess. What counts for a cell is the newest filing known today; older ones stay with it.
"""

from __future__ import annotations

import calendar
import datetime as dt
import itertools
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np

from dafeng.findings import BlockingError, Finding, Severity, Text
from dafeng.quantities.compile import Compiled
from dafeng.quantities.definitions import Definitions, EvidenceSpec, Quantity
from dafeng.quantities.states import ABSENT, DTYPE, FILED_STATES, Flag
from dafeng.quantities.units import UnitError, factor_between
from dafeng.tabular import (
    Table,
    header_unit,
    match_headers,
    normal_header,
    parse_decimal,
    read_table,
    sheet_names,
    to_half_width,
)

Key = tuple[int, ...]

#: A filing without a date counts as known from the beginning.
UNDATED = dt.date(1900, 1, 1)


@dataclass(frozen=True)
class Filing:
    """One filed figure. ``value`` is in the unit of the quantity (None where a state was filed without a number)."""

    value: float | None
    written: str
    unit: str
    flag: Flag
    edition: str
    known_on: dt.date
    source: str
    filed_by: str
    reviewed_by: str
    note: str
    place: str

    def as_dict(self) -> dict[str, Any]:
        return {
            "written": self.written,
            "unit": self.unit,
            "edition": self.edition,
            "source": self.source,
            "known_on": "" if self.known_on == UNDATED else self.known_on.isoformat(),
            "filed_by": self.filed_by,
            "reviewed_by": self.reviewed_by,
            "note": self.note,
            "place": self.place,
        }


@dataclass
class Series:
    """All cells of one evidence quantity: what counts today, and every filing behind it, oldest first."""

    values: np.ndarray
    flags: np.ndarray
    filings: dict[Key, list[Filing]] = field(default_factory=dict)

    def counted(self, key: Key, today: dt.date) -> Filing | None:
        known = [f for f in self.filings.get(key, ()) if f.known_on <= today]
        return known[-1] if known else None


@dataclass
class Evidence:
    series: dict[str, Series] = field(default_factory=dict)
    findings: list[Finding] = field(default_factory=list)
    tables: list[str] = field(default_factory=list)


ALIASES: dict[str, tuple[str, ...]] = {
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
_EDITIONS = {
    "初步": "preliminary",
    "快报": "preliminary",
    "最终": "final",
    "核实": "final",
    "普查": "census",
    "普查修订": "census",
}
_MONTH = re.compile(r"^(?:0?([1-9])|(1[0-2]))月?$")
_YEAR = re.compile(r"^((?:19|20)\d\d)(?:年)?$")
_PERIOD = re.compile(r"^((?:19|20)\d\d)[-/.年]?(0[1-9]|1[0-2]|[1-9])月?$")


def due_date(spec: EvidenceSpec, year: int, month: int | None) -> dt.date:
    """The day by which a period's figure is due: ``due_months`` after the period's end, on ``due_day``."""
    months = year * 12 + (12 if month is None else month) - 1 + spec.due_months
    y, m = divmod(months, 12)
    return dt.date(y, m + 1, min(spec.due_day, calendar.monthrange(y, m + 1)[1]))


def blank_series(
    d: Definitions, q: Quantity, dims: Sequence[str], shape: tuple[int, ...], today: dt.date
) -> Series:
    """No figures yet: each cell missing, pending or outside by the due rule."""
    spec = q.evidence or EvidenceSpec()
    flags = np.full(shape, Flag.MISSING, DTYPE)
    if "year" in dims:
        for yi, year in enumerate(d.years):
            where: list[Any] = [slice(None)] * len(dims)
            where[dims.index("year")] = yi
            if (spec.first and year < spec.first) or (spec.last and year > spec.last):
                flags[tuple(where)] = Flag.OUTSIDE
            elif "month" in dims:
                for month in range(1, 13):
                    where[dims.index("month")] = month - 1
                    if due_date(spec, year, month) > today:
                        flags[tuple(where)] = Flag.PENDING
            elif due_date(spec, year, None) > today:
                flags[tuple(where)] = Flag.PENDING
    return Series(np.full(shape, np.nan), flags)


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
        settle(d.quantities[name], compiled.programs[name].dims, series, today, d, out.findings)
    return out


def settle(
    q: Quantity, dims: Sequence[str], series: Series, today: dt.date, d: Definitions, findings: list[Finding]
) -> None:
    """Let the newest filing known today count in every cell."""
    spec = q.evidence or EvidenceSpec()
    rank = {e: i for i, e in enumerate(spec.edition_order)}
    for key, filings in series.filings.items():
        filings.sort(key=lambda f: (f.known_on, rank.get(f.edition, len(rank))))
        for a, b in itertools.pairwise(filings):
            if a.known_on == b.known_on and a.edition == b.edition and (a.value, a.flag) != (b.value, b.flag):
                findings.append(
                    Finding(
                        "M11.collision",
                        "error",
                        b.place,
                        Text(
                            f"{q.name} {label(d, dims, key)}：同一天填了两个不同的数（{a.place}：{a.written}）",
                            f"{q.title('en')} {label(d, dims, key, 'en')}: two different figures filed on one day ({a.place}: {a.written})",
                        ),
                        b.written,
                        fix=Text(
                            "删去其中一行，或写明版本、填报日期",
                            "remove one of the rows, or state edition and date",
                        ),
                    )
                )
        counted = series.counted(key, today)
        if counted is None:
            continue
        series.values[key] = np.nan if counted.value is None else counted.value
        series.flags[key] = int(counted.flag) | _marks(d, spec, counted)


def _marks(d: Definitions, spec: EvidenceSpec, f: Filing) -> int:
    bits = 0
    source = d.sources.get(f.source)
    if source is not None:
        if source.kind == "demonstration":
            bits |= Flag.DEMONSTRATION
        if source.confidence == "recalled":
            bits |= Flag.RECALLED
        if source.kind == "estimate" and f.flag == Flag.OBSERVED:
            bits |= Flag.ESTIMATED
    if f.edition == "preliminary":
        bits |= Flag.PROVISIONAL
    return bits


def label(d: Definitions, dims: Sequence[str], key: Sequence[int], language: str = "zh") -> str:
    """A cell in words: “2024年5月 商业建筑”."""
    year = month = ""
    rest: list[str] = []
    for dim, index in zip(dims, key, strict=True):
        if dim == "year":
            year = str(d.first_year + index)
        elif dim == "month":
            month = str(index + 1)
        else:
            m = list(d.dimensions[dim].members.values())[index]
            rest.append(m.name if language == "zh" else m.name_en)
    if language == "zh":
        when = (f"{year}年" if year else "") + (f"{month}月" if month else "")
    else:
        when = f"{year}-{int(month):02d}" if month and year else year or month
    return " ".join(x for x in (when, *rest) if x)


class _Reader:
    def __init__(self, d: Definitions, compiled: Compiled, out: Evidence, today: dt.date):
        self.d, self.compiled, self.out, self.today = d, compiled, out, today
        self.unknown_sources: set[str] = set()
        self.by_name: dict[str, list[str]] = {}
        for q in d.quantities.values():
            for name in {q.id, q.name, q.name_en}:
                if name:
                    self.by_name.setdefault(normal_header(name), []).append(q.id)
        self.members: dict[str, dict[str, int]] = {}
        for dim in d.dimensions.values():
            index = self.members.setdefault(dim.id, {})
            for i, m in enumerate(dim.members.values()):
                for name in (m.id, m.name, m.name_en, *m.attributes.get("aliases", ())):
                    index.setdefault(normal_header(str(name)), i)
        self.aliases = dict(ALIASES)
        for dim in d.dimensions.values():
            if dim.id not in ("year", "month"):
                self.aliases[dim.id] = (dim.name, dim.name_en)

    def report(
        self,
        rule: str,
        severity: Severity,
        place: str,
        zh: str,
        en: str,
        value: object = "",
        fix: tuple[str, str] = ("", ""),
    ) -> None:
        self.out.findings.append(Finding(rule, severity, place, Text(zh, en), str(value), fix=Text(*fix)))

    def table(self, path: Path, sheet: str | None, optional: bool) -> None:
        table = self._framed(path, sheet)
        if table is None:
            self.report(
                "evidence.head",
                "note" if optional else "error",
                " · ".join(x for x in (path.name, sheet or "") if x),
                "没有找到含“指标”和“数值”（或各月、各年）的表头，这张表未读入",
                "no header row with a quantity and a value (or months, or years) was found; this sheet was not read",
                fix=("表头应有：指标、年份、数值、单位", "the header needs: quantity, year, value, unit"),
            )
            return
        self.out.findings.extend(table.findings)
        across = {i: h for i, h in ((i, _across(h)) for i, h in enumerate(table.headers)) if h is not None}
        plain = ["" if i in across else h for i, h in enumerate(table.headers)]
        required = ("quantity", "unit") if across else ("quantity", "value", "unit")
        columns, found = match_headers(plain, self.aliases, required=required, place=table.header_place(0))
        self.out.findings.extend(found)
        if any(f.severity == "error" for f in found):
            return
        self.out.tables.append(" · ".join(x for x in (table.file, table.sheet) if x))
        for i, row in enumerate(table.rows):
            self._row(table, i, row, columns, across)

    def _framed(self, path: Path, sheet: str | None) -> Table | None:
        """The table below its real header row: titles and unit lines above it are passed over."""
        first = read_table(path, sheet)
        if self._is_head(first.headers):
            return first
        for row in range(first.header_row + 1, first.header_row + 12):
            try:
                table = read_table(path, sheet, header_row=row)
            except BlockingError:
                return None
            if self._is_head(table.headers):
                return table
        return None

    def _is_head(self, headers: Sequence[str]) -> bool:
        named = {normal_header(header_unit(h)[0]) for h in headers}
        has = {f: bool(named & {normal_header(n) for n in (f, *ALIASES[f])}) for f in ("quantity", "value")}
        return has["quantity"] and (has["value"] or any(_across(h) is not None for h in headers))

    def _row(
        self,
        table: Table,
        i: int,
        row: list[Any],
        columns: Mapping[str, int],
        across: Mapping[int, tuple[str, int]],
    ) -> None:
        def text(name: str) -> str:
            if name not in columns:
                return ""
            cell = row[columns[name]]
            if isinstance(cell, dt.datetime):
                cell = cell.date()
            if isinstance(cell, float) and cell.is_integer():
                cell = int(cell)
            return to_half_width(str(cell)) if cell is not None else ""

        written = text("quantity")
        if not written:
            if any(c is not None and str(c).strip() for c in row):
                self.report(
                    "evidence.quantity",
                    "note",
                    table.place(i),
                    "这一行没有写指标，未读入",
                    "this row names no quantity and was not read",
                )
            return
        ids = self.by_name.get(normal_header(written), [])
        place = table.place(i, columns["quantity"])
        if len(set(ids)) != 1:
            self.report(
                "evidence.quantity",
                "error",
                place,
                f"没有名为“{written}”的指标" if not ids else f"“{written}”可指 {'、'.join(ids)}",
                f"there is no quantity “{written}”" if not ids else f"“{written}” may be {', '.join(ids)}",
                written,
                ("写指标编号", "write the id"),
            )
            return
        name = ids[0]
        q = self.d.quantities[name]
        if name not in self.out.series:
            why = (
                ("由公式计算，不能填报", "is computed and cannot be filed")
                if q.kind != "evidence"
                else ("的定义有误，数据未读入", "is not soundly defined; its data were not read")
            )
            self.report(
                "evidence.computed",
                "error",
                place,
                f"{q.name} {why[0]}",
                f"{q.title('en')} {why[1]}",
                written,
            )
            return
        program = self.compiled.programs[name]
        fixed: dict[str, list[int]] = {}
        month_text = text("month")
        year_text = text("year")
        if period := _PERIOD.match(year_text):
            year_text, month_text = period.group(1), month_text or period.group(2)
        for dim in program.dims:
            if any(kind == dim for kind, _ in across.values()):
                continue
            raw = {"year": year_text, "month": month_text}.get(dim, text(dim))
            indices = self._member(dim, raw)
            if not indices:
                known = "、".join(m.name for m in list(self.d.dimensions[dim].members.values())[:14])
                at = table.place(i, columns.get(dim))
                self.report(
                    "evidence.member",
                    "error",
                    at,
                    f"{self.d.dimensions[dim].name}“{raw or '（空）'}”不在口径内",
                    f"{self.d.dimensions[dim].name_en} “{raw}” is not a member",
                    raw,
                    (f"可用：{known}", f"known: {known}"),
                )
                return
            fixed[dim] = indices
        common = {
            k: text(k)
            for k in ("unit", "state", "edition", "known_on", "source", "filed_by", "reviewed_by", "note")
        }
        cells = list(across.items()) if across else [(columns["value"], ("", 0))]
        for column, (kind, number) in cells:
            where = dict(fixed)
            if kind == "month" and "month" in program.dims:
                where["month"] = [number - 1]
            elif kind == "year" and "year" in program.dims:
                if number not in self.d.years:
                    continue
                where["year"] = [number - self.d.first_year]
            elif kind:
                continue
            self._cell(q, program.dims, where, row[column], table.place(i, column), common, bool(across))

    def _member(self, dim: str, raw: str) -> list[int]:
        if raw == "*":
            return list(range(len(self.d.dimensions[dim].members)))
        if dim == "year":
            m = _YEAR.match(raw)
            return [int(m.group(1)) - self.d.first_year] if m and int(m.group(1)) in self.d.years else []
        if dim == "month":
            m = _MONTH.match(raw)
            return [int(m.group(1) or m.group(2)) - 1] if m else []
        index = self.members[dim].get(normal_header(raw))
        return [] if index is None else [index]

    def _cell(
        self,
        q: Quantity,
        dims: Sequence[str],
        where: Mapping[str, list[int]],
        cell: Any,
        place: str,
        common: Mapping[str, str],
        wide: bool,
    ) -> None:
        number = parse_decimal(cell)
        as_key = FILED_STATES.get(str(cell).strip().lower()) if number.kind == "bad" else None
        state = FILED_STATES.get(common["state"].lower())
        if state is None:
            self.report(
                "evidence.state",
                "error",
                place,
                f"没有“{common['state']}”这种状态",
                f"there is no state “{common['state']}”",
                common["state"],
                (
                    "可用：observed、estimated、default、confirmed_zero、missing、NO、NE、IE、C",
                    "known: observed, estimated, default, confirmed_zero, missing, NO, NE, IE, C",
                ),
            )
            return
        if as_key is not None:
            state = as_key
        elif number.kind == "bad":
            self.report(
                "evidence.number",
                "error",
                place,
                f"{q.name}：“{number.raw}”{number.problem.zh}",
                f"{q.title('en')}: “{number.raw}” {number.problem.en}",
                number.raw,
                (
                    "填数字；没有数据请留空，不发生请填 NO",
                    "write a number; leave blank when there is none, NO when it does not occur",
                ),
            )
            return
        absent = bool(int(state) & ABSENT)
        if (
            number.kind == "absent"
            and as_key is None
            and state in (Flag.OBSERVED, Flag.ESTIMATED, Flag.DEFAULT)
        ):
            return  # a blank cell files nothing: it stays missing or pending
        if number.kind == "number" and absent:
            self.report(
                "evidence.state",
                "error",
                place,
                f"{q.name}：状态“{common['state']}”却有数值 {number.raw}",
                f"{q.title('en')}: state “{common['state']}” but a value {number.raw}",
                number.raw,
            )
            return
        star = any(len(v) > 1 for v in where.values())
        if star and number.kind == "number" and number.value != 0:
            self.report(
                "evidence.star",
                "error",
                place,
                "“*”只能与 NO、IE、NE、C 或确认为零同用",
                "“*” goes only with NO, IE, NE, C or a confirmed zero",
                number.raw,
            )
            return
        value: float | None = None
        if number.kind == "number":
            value = self._value(q, number, common["unit"], place)
            if value is None:
                return
            if state in (Flag.NOT_OCCURRING, Flag.INCLUDED_ELSEWHERE, Flag.CONFIRMED_ZERO) and value != 0:
                self.report(
                    "evidence.state",
                    "error",
                    place,
                    f"{q.name}：状态“{common['state']}”的数值应为零",
                    f"{q.title('en')}: a cell of state “{common['state']}” must be zero",
                    number.raw,
                )
                return
        elif state in (Flag.NOT_OCCURRING, Flag.INCLUDED_ELSEWHERE, Flag.CONFIRMED_ZERO):
            value = 0.0
        known_on = self._date(common["known_on"], place)
        if known_on is None:
            return
        edition = _EDITIONS.get(common["edition"], common["edition"] or "final")
        unknown = common["source"] not in self.d.sources and common["source"] not in self.unknown_sources
        if common["source"] and unknown:  # said once: a whole table usually names one source
            self.unknown_sources.add(common["source"])
            self.report(
                "evidence.source",
                "warning",
                place,
                f"来源“{common['source']}”不在 sources.csv 中",
                f"source “{common['source']}” is not in sources.csv",
                common["source"],
                ("在 sources.csv 中登记来源", "register the source in sources.csv"),
            )
        filing = Filing(
            value,
            number.raw if number.kind != "absent" else common["state"],
            common["unit"],
            state,
            edition,
            known_on,
            common["source"],
            common["filed_by"],
            common["reviewed_by"],
            common["note"],
            place,
        )
        if value is not None and not self._future(q, dims, where, place, number.raw):
            return
        series = self.out.series[q.id]
        for key in itertools.product(*(where[dim] for dim in dims)):
            if star and key in series.filings:
                continue  # a single row says more than a row with *
            if not star and (old := series.filings.get(key)) and any(f.note == "*" for f in old):
                series.filings[key] = [f for f in old if f.note != "*"]
            filings = series.filings.setdefault(key, [])
            if any(
                (f.value, f.flag, f.known_on, f.edition)
                == (filing.value, filing.flag, filing.known_on, filing.edition)
                for f in filings
            ):
                self.report(
                    "M11.duplicate",
                    "note",
                    place,
                    f"{q.name} {label(self.d, dims, key)}：与已有的一行相同，只计一次",
                    f"{q.title('en')} {label(self.d, dims, key, 'en')}: the same as an earlier row; counted once",
                )
                continue
            filings.append(filing if not star else Filing(**{**filing.__dict__, "note": "*"}))

    def _value(self, q: Quantity, number: Any, unit: str, place: str) -> float | None:
        if not unit and not number.percent:
            self.report(
                "M2.unit",
                "error",
                place,
                f"{q.name}：没有写单位",
                f"{q.title('en')}: the unit is not written",
                number.raw,
                (f"应为 {q.unit} 或可换算的单位", f"{q.unit} or a unit that converts to it"),
            )
            return None
        try:
            factor = factor_between(unit or "%", q.unit)
        except UnitError:
            self.report(
                "M2.unit",
                "error",
                place,
                f"{q.name}：单位“{unit}”不能换算为 {q.unit}",
                f"{q.title('en')}: “{unit}” does not convert to {q.unit}",
                unit,
                (f"应为 {q.unit} 或可换算的单位", f"{q.unit} or a unit that converts to it"),
            )
            return None
        value = float(number.fraction if number.percent and unit not in ("%", "") else number.value) * factor
        spec = q.evidence or EvidenceSpec()
        if (spec.minimum is not None and value < spec.minimum) or (
            spec.maximum is not None and value > spec.maximum
        ):
            low = "" if spec.minimum is None else f"{spec.minimum:g}"
            high = "" if spec.maximum is None else f"{spec.maximum:g}"
            self.report(
                "evidence.range",
                "error",
                place,
                f"{q.name}：{number.raw} 超出允许范围 [{low}, {high}] {q.unit}",
                f"{q.title('en')}: {number.raw} is outside [{low}, {high}] {q.unit}",
                number.raw,
                ("核对数值和单位（万、亿、百分号）", "check the figure and its unit (万, 亿, per cent)"),
            )
            return None
        return value

    def _date(self, raw: str, place: str) -> dt.date | None:
        if not raw:
            return UNDATED
        m = re.match(r"^(\d{4})[-/.年](\d{1,2})[-/.月](\d{1,2})日?", raw)
        try:
            return dt.date(*(int(g) for g in m.groups())) if m else dt.date.fromisoformat(raw)
        except ValueError:
            self.report(
                "evidence.date",
                "error",
                place,
                f"“{raw}”不是日期",
                f"“{raw}” is not a date",
                raw,
                ("写成 2026-03-31", "write it as 2026-03-31"),
            )
            return None

    def _future(
        self, q: Quantity, dims: Sequence[str], where: Mapping[str, list[int]], place: str, raw: str
    ) -> bool:
        if "year" not in dims or len(where["year"]) != 1:
            return True
        year = self.d.first_year + where["year"][0]
        month = where["month"][0] + 1 if "month" in dims and len(where["month"]) == 1 else 1
        if dt.date(year, month, 1) <= self.today:
            return True
        self.report(
            "evidence.future",
            "error",
            place,
            f"{q.name}：{year}年{month}月还没有到",
            f"{q.title('en')}: {year}-{month:02d} is in the future",
            raw,
            ("核对年份和月份", "check year and month"),
        )
        return False


def _across(header: str) -> tuple[str, int] | None:
    """A header that is a month or a year: the table is wide."""
    text = to_half_width(str(header))
    if text.endswith("月") and (m := _MONTH.match(text)):
        return "month", int(m.group(1) or m.group(2))
    if m := _YEAR.match(text):
        return "year", int(m.group(1))
    return None


def scale_checks(d: Definitions, compiled: Compiled, evidence: Evidence) -> list[Finding]:
    """Rule M2: a step of about 1000 or 10,000 against the neighbouring year of the same cell is a warning."""
    found: list[Finding] = []
    for name, series in evidence.series.items():
        dims = compiled.programs[name].dims
        if "year" not in dims:
            continue
        axis = dims.index("year")
        v = np.moveaxis(series.values, axis, 0)
        with np.errstate(divide="ignore", invalid="ignore"):
            step = np.abs(np.log10(np.abs(v[1:] / v[:-1])))
        for where in np.argwhere(np.isfinite(step) & (step > 2.7) & (step < 4.5)):
            rest = [int(x) for x in where[1:]]
            key = (*rest[:axis], int(where[0]) + 1, *rest[axis:])
            filings = series.filings.get(key)
            if filings:
                q = d.quantities[name]
                power = 4 if step[tuple(where)] > 3.5 else 3
                found.append(
                    Finding(
                        "M2.scale",
                        "warning",
                        filings[-1].place,
                        Text(
                            f"{q.name} {label(d, dims, key)}：与上年相差约 10 的 {power} 次方，是否单位写错（万、千）",
                            f"{q.title('en')} {label(d, dims, key, 'en')}: about 10^{power} times the year before; is the unit right?",
                        ),
                        filings[-1].written,
                        fix=Text(
                            "核对单位；确实如此请在备注中说明",
                            "check the unit; if it is right, say so in the note",
                        ),
                    )
                )
    return found
