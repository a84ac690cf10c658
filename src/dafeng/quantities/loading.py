"""Reads definitions from package folders.

Layers are read in order (nation → province → city → district); a later layer adds, or replaces by id.
Nothing here computes: a definition is checked for its own form, and what it means against the others is
checked in compile.py. Bad definitions become findings that name file and line; the rest still loads.
"""

from __future__ import annotations

import csv
import datetime as dt
import re
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from dafeng.findings import BlockingError, Finding, Severity, Text
from dafeng.quantities import formula as fm
from dafeng.quantities.definitions import (
    BUILT_IN,
    Choice,
    ChoiceOption,
    Definitions,
    Dimension,
    DriverSpec,
    EvidenceSpec,
    FactorSpec,
    Kind,
    Member,
    Quantity,
    Scenario,
    Source,
    Uncertainty,
)
from dafeng.toml_file import read_toml


def finding(
    rule: str,
    severity: Severity,
    place: str,
    zh: str,
    en: str,
    value: object = "",
    fix: tuple[str, str] = ("", ""),
    expected: tuple[str, str] = ("", ""),
) -> Finding:
    return Finding(rule, severity, place, Text(zh, en), str(value), Text(*expected), Text(*fix))


class _Lines:
    """Where in a TOML file a definition stands: line of its id, line of one of its keys."""

    def __init__(self, path: Path, text: str, root: Path):
        self.label = str(path.relative_to(root.parent)) if path.is_relative_to(root.parent) else path.name
        self.lines = text.splitlines()

    def of(self, identifier: str, key: str = "") -> str:
        pattern = re.compile(rf"^\s*id\s*=\s*[\"']{re.escape(identifier)}[\"']")
        for number, line in enumerate(self.lines, 1):
            if pattern.match(line):
                if key:
                    for further in range(number, min(number + 40, len(self.lines))):
                        if self.lines[further].strip().startswith("[["):
                            break
                        if re.match(rf"^\s*{re.escape(key)}\s*=", self.lines[further]):
                            return f"{self.label}:{further + 1}"
                return f"{self.label}:{number}"
        return self.label


_QUANTITY_KEYS = {
    "id",
    "name",
    "name_en",
    "unit",
    "dims",
    "note",
    "note_en",
    "display",
    "basis",
    "tags",
    "uncertainty",
    "evidence",
    "factor",
    "driver",
    "formula",
    "choice",
    "formula_by",
    "domain",
    "order",
}
_ID = re.compile(r"^[a-z][a-z0-9_]*$")


def load_definitions(layers: Sequence[Path]) -> Definitions:
    """Read every layer in order. Never raises for what a file contains; raises OSError where a folder cannot be read."""
    d = Definitions()
    built_in_months = {
        str(m): Member(str(m), f"{m}月", dt.date(2000, m, 1).strftime("%b")) for m in range(1, 13)
    }
    d.dimensions["month"] = Dimension("month", "月份", "Month", built_in_months)
    for layer in layers:
        _load_layer(d, layer)
    years = {str(y): Member(str(y), f"{y}年", str(y)) for y in d.years}
    d.dimensions["year"] = Dimension("year", "年份", "Year", years)
    return d


def _load_layer(d: Definitions, layer: Path) -> None:
    package = _read_toml(d, layer / "package.toml", layer)
    if package is None:
        return
    package = dict(package, folder=str(layer))
    d.packages.append(package)
    name = str(package.get("id", layer.name))
    _package_keys(d, package, f"{layer.name}/package.toml")
    _load_sources(d, layer / "sources.csv")
    files = [
        layer / "dimensions.toml",
        *sorted((layer / "quantities").glob("*.toml")),
        layer / "scenarios.toml",
    ]
    own: set[str] = set()  # ids of this layer: replacing an earlier layer's is meant, one's own is a slip
    for path in files:
        if path.exists():
            _load_file(d, path, layer, name, own)


#: Model years lie between these: what the calendar of a local plan needs, and no typing slip beyond.
_YEARS = (1980, 2100)


def _package_keys(d: Definitions, package: Mapping[str, Any], place: str) -> None:
    """Years, end of history and “today” of a package; what is out of order is a finding and the former value stays."""

    def wrong(key: str, zh: str, en: str) -> None:
        d.findings.append(finding("package.key", "error", place, zh, en, package.get(key, "")))

    if not package.get("id"):
        wrong("id", "没有写 id", "the id is not stated")
    years = package.get("years", [d.first_year, d.last_year])
    sound = isinstance(years, list) and len(years) == 2 and all(isinstance(y, int) for y in years)
    if not sound or not _YEARS[0] <= years[0] < years[1] <= _YEARS[1]:
        wrong(
            "years",
            f"years 应为 [起年, 止年]，在 {_YEARS[0]}–{_YEARS[1]} 之间",
            f"years is [first, last] within {_YEARS[0]}–{_YEARS[1]}",
        )
    else:
        d.first_year, d.last_year = years
    history = package.get("history_until", min(d.history_until, d.last_year))
    if not isinstance(history, int) or history not in d.years:
        wrong(
            "history_until", "history_until 应是模型年份之一", "history_until must be one of the model years"
        )
    else:
        d.history_until = history
    as_of = package.get("as_of")
    if isinstance(as_of, str):
        try:
            as_of = dt.date.fromisoformat(as_of)
        except ValueError:
            wrong("as_of", "as_of 不是日期，写成 2026-11-24", "as_of is not a date")
            return
    if isinstance(as_of, dt.date):
        d.as_of = as_of


def _read_toml(d: Definitions, path: Path, root: Path) -> dict[str, Any] | None:
    label = _Lines(path, "", root).label
    if not path.is_file():
        d.findings.append(
            finding(
                "package.missing",
                "error",
                label,
                f"没有文件 {path.name}",
                f"there is no {path.name}",
                fix=(
                    "请按 docs/bring-your-district.md 建立目录",
                    "write the folder as docs/bring-your-district.md says",
                ),
            )
        )
        return None
    try:
        return read_toml(path, label)
    except BlockingError as error:
        d.findings.extend(error.findings)
        return None


def _load_sources(d: Definitions, path: Path) -> None:
    if not path.exists():
        return
    with path.open(encoding="utf-8-sig", newline="") as stream:
        for row in csv.DictReader(stream):
            known = {k: (row.get(k) or "").strip() for k in Source.__dataclass_fields__}
            if known["id"]:
                known["confidence"] = known["confidence"] or "confirmed"
                d.sources[known["id"]] = Source(**known)


def _load_file(d: Definitions, path: Path, root: Path, layer: str, own: set[str]) -> None:
    data = _read_toml(d, path, root)
    if data is None:
        return
    lines = _Lines(path, path.read_text(encoding="utf-8-sig"), root)
    unknown = set(data) - {"dimension", "quantity", "choice", "scenario"}
    for key in sorted(unknown):
        d.findings.append(
            finding(
                "definition.key",
                "error",
                lines.label,
                f"没有 [[{key}]] 这种定义",
                f"there is no definition of kind [[{key}]]",
                key,
            )
        )
    for entry in data.get("dimension", []):
        _add_dimension(d, entry, lines)
    for entry in data.get("choice", []):
        _add_choice(d, entry, lines)
    for entry in data.get("quantity", []):
        _add_quantity(d, entry, lines, layer, own)
    for entry in data.get("scenario", []):
        _add_scenario(d, entry, lines)


def _add_dimension(d: Definitions, entry: Mapping[str, Any], lines: _Lines) -> None:
    identifier = str(entry.get("id", ""))
    place = lines.of(identifier)
    if not _ID.match(identifier) or identifier in BUILT_IN:
        d.findings.append(
            finding(
                "definition.id",
                "error",
                place,
                "维度编号应为小写字母、数字和下划线，且不能是 year 或 month",
                "a dimension id is lower-case letters, digits and underscores, and not year or month",
                identifier,
            )
        )
        return
    old = d.dimensions.get(identifier)
    members = {} if old is None or entry.get("replace") else dict(old.members)
    for m in entry.get("member", []):
        rest = {k: v for k, v in m.items() if k not in ("id", "name", "name_en")}
        member = Member(
            str(m.get("id", "")),
            str(m.get("name", m.get("id", ""))),
            str(m.get("name_en", m.get("name", ""))),
            rest,
        )
        members[member.id] = member
    d.dimensions[identifier] = Dimension(
        identifier,
        str(entry.get("name", old.name if old else identifier)),
        str(entry.get("name_en", old.name_en if old else identifier)),
        members,
    )


def _add_choice(d: Definitions, entry: Mapping[str, Any], lines: _Lines) -> None:
    identifier = str(entry.get("id", ""))
    options = {
        str(o["id"]): ChoiceOption(**{k: str(o.get(k, "")) for k in ChoiceOption.__dataclass_fields__})
        for o in entry.get("option", [])
        if o.get("id")
    }
    default = str(entry.get("default", ""))
    place = lines.of(identifier)
    if not options or default not in options:
        d.findings.append(
            finding(
                "choice.default",
                "error",
                place,
                "口径选项的缺省值必须是所列选项之一",
                "the default of a choice must be one of its options",
                default,
                expected=("、".join(options), ", ".join(options)),
            )
        )
        return
    d.choices[identifier] = Choice(
        identifier,
        str(entry.get("name", identifier)),
        str(entry.get("name_en", identifier)),
        str(entry.get("question", "")),
        str(entry.get("question_en", "")),
        default,
        options,
        place,
    )


def _add_scenario(d: Definitions, entry: Mapping[str, Any], lines: _Lines) -> None:
    identifier = str(entry.get("id", ""))
    d.scenarios[identifier] = Scenario(
        identifier,
        str(entry.get("name", identifier)),
        str(entry.get("name_en", identifier)),
        str(entry.get("inherits", "")),
        entry.get("drivers", {}),
        lines.of(identifier),
        str(entry.get("note", "")),
        str(entry.get("note_en", "")),
    )


def _add_quantity(d: Definitions, entry: Mapping[str, Any], lines: _Lines, layer: str, own: set[str]) -> None:
    identifier = str(entry.get("id", ""))
    place = lines.of(identifier)

    def wrong(
        rule: str, zh: str, en: str, value: object = "", key: str = "", fix: tuple[str, str] = ("", "")
    ) -> None:
        d.findings.append(finding(rule, "error", lines.of(identifier, key), zh, en, value, fix))

    if not _ID.match(identifier):
        wrong(
            "definition.id",
            "量的编号应为小写字母、数字和下划线",
            "a quantity id is lower-case letters, digits and underscores",
            identifier,
        )
        return
    if identifier in own:
        wrong(
            "definition.twice",
            f"量 {identifier} 在同一层里定义了两次（另一处：{d.quantities[identifier].place if identifier in d.quantities else '前文'}）",
            f"quantity {identifier} is defined twice in one layer",
            identifier,
            fix=("删去其中一处", "remove one of them"),
        )
        return
    own.add(identifier)
    for key in sorted(set(entry) - _QUANTITY_KEYS):
        wrong(
            "definition.key",
            f"量 {identifier} 没有 {key} 这一项",
            f"quantity {identifier} has no key {key}",
            key,
            key,
            (f"可用：{'、'.join(sorted(_QUANTITY_KEYS))}", f"known: {', '.join(sorted(_QUANTITY_KEYS))}"),
        )
    kinds = [k for k in ("evidence", "factor", "driver") if k in entry]
    if "formula" in entry or "formula_by" in entry:
        kinds.append("formula")
    if len(kinds) != 1:
        wrong(
            "definition.kind",
            f"量 {identifier} 应恰有 evidence、factor、driver、formula 之一",
            f"quantity {identifier} needs exactly one of evidence, factor, driver, formula",
            ", ".join(kinds),
        )
        return
    kind: Kind = kinds[0]  # type: ignore[assignment]
    dims = tuple(str(x) for x in entry.get("dims", ["year"]))
    formulas: dict[str, str] = {}
    nodes: dict[str, fm.Node] = {}
    if kind == "formula":
        formulas = (
            {str(k): str(v) for k, v in entry["formula_by"].items()}
            if "formula_by" in entry
            else {"": str(entry["formula"])}
        )
        for option, text in formulas.items():
            try:
                nodes[option] = fm.parse(text)
            except fm.FormulaError as error:
                key = "formula_by" if option else "formula"
                wrong(
                    "formula.syntax",
                    f"{identifier} 的公式有误（第 {error.position + 1} 字）：{error.zh}",
                    f"formula of {identifier}, character {error.position + 1}: {error.en}",
                    text,
                    key,
                )
                return
    try:
        quantity = Quantity(
            id=identifier,
            name=str(entry.get("name", identifier)),
            name_en=str(entry.get("name_en", "")),
            unit=str(entry.get("unit", "")),
            dims=dims,
            kind=kind,
            place=place,
            layer=layer,
            evidence=_evidence(entry["evidence"]) if kind == "evidence" else None,
            factor=_factor(entry["factor"]) if kind == "factor" else None,
            driver=driver_spec(entry["driver"]) if kind == "driver" else None,
            formulas=formulas,
            nodes=nodes,
            choice=str(entry.get("choice", "")),
            note=str(entry.get("note", "")),
            note_en=str(entry.get("note_en", "")),
            display_unit=str(entry.get("display", {}).get("unit", "")),
            digits=int(entry.get("display", {}).get("digits", 4)),
            basis=str(entry.get("basis", "")),
            tags=tuple(entry.get("tags", ())),
            uncertainty=_uncertainty(entry.get("uncertainty", {})),
        )
    except (TypeError, ValueError, KeyError, AttributeError) as error:
        wrong(
            "definition.form",
            f"量 {identifier} 的定义不合格式：{error}",
            f"the definition of {identifier} is malformed: {error}",
            key=kind,
        )
        return
    if not quantity.name_en:
        d.findings.append(
            finding(
                "definition.name",
                "warning",
                place,
                f"量 {identifier} 没有英文名",
                f"quantity {identifier} has no English name",
            )
        )
    d.quantities[identifier] = quantity


def _evidence(entry: Any) -> EvidenceSpec:
    e = entry if isinstance(entry, Mapping) else {}
    due = e.get("due", {})
    return EvidenceSpec(
        first=e.get("from"),
        last=e.get("until"),
        due_months=int(due.get("months", 1)),
        due_day=int(due.get("day", 10)),
        supplier=str(e.get("supplier", "")),
        minimum=e.get("minimum"),
        maximum=e.get("maximum"),
        edition_order=tuple(e.get("edition_order", ("preliminary", "final", "census"))),
    )


def _factor(e: Mapping[str, Any]) -> FactorSpec:
    items = e.get("items", {})
    if isinstance(items, list):
        items = {str(x): str(x) for x in items}
    if bool(items) == bool(e.get("item")):
        raise ValueError("factor: item 或 items 恰取其一 / exactly one of item and items")
    return FactorSpec(
        parameter=str(e["parameter"]),
        set=e.get("set"),
        region=str(e.get("region", "CN")),
        dim=e.get("dim"),
        items={str(k): str(v) for k, v in items.items()},
        item=e.get("item"),
        years={str(k): str(v) for k, v in e.get("years", {}).items()},
    )


def driver_spec(e: Mapping[str, Any]) -> DriverSpec:
    """A driver from its TOML table; also used for the overrides of a scenario."""
    interpolation = e.get("interpolation", "linear")
    if interpolation not in ("linear", "compound", "step"):
        raise ValueError(f"interpolation: {interpolation} (linear, compound, step)")
    raw = e.get("members") or {"": e["points"]}
    points = {
        str(m): {int(y): float(v) for y, v in sorted(p.items(), key=lambda x: int(x[0]))}
        for m, p in raw.items()
    }
    if any(not p for p in points.values()):
        raise ValueError("points")
    return DriverSpec(
        points, e.get("dim") if "members" in e else None, interpolation, str(e.get("source", ""))
    )


def _uncertainty(e: Mapping[str, Any]) -> Uncertainty:
    value = Uncertainty(
        float(e.get("relative", 0.0)),
        float(e.get("absolute", 0.0)),
        e.get("estimated"),
        e.get("default"),
        tuple(e.get("independent", ())),
    )
    if not 0 <= value.relative < 10:
        raise ValueError("uncertainty.relative")
    if value.absolute < 0 or (value.absolute and (value.relative or value.estimated or value.default)):
        raise ValueError("uncertainty.absolute: 不能为负，也不能与其他宽度并用 / not negative, and alone")
    return value
