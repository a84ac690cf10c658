"""Targets read from ``targets.toml``: what the plan asks for, of which quantity, by when and along which path."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, Literal

from dafeng.findings import BlockingError, Finding, Text
from dafeng.quantities import Model
from dafeng.quantities.units import UnitError, factor_between
from dafeng.toml_file import read_toml

#: The comparators of the plan reader, and how a value is held against the required one:
#: at least, at most, about, between, not above last year, or by a rule of its own.
COMPARATORS: dict[str, Literal["least", "most", "about", "between", "not_increase", "peak", "assigned"]] = {
    ">=": "least",
    ">": "least",
    "==": "least",
    "all_applicable": "least",
    "reduce_by>=": "least",
    "increase_by>=": "least",
    "multiply>=": "least",
    "<=": "most",
    "<": "most",
    "prohibit": "most",
    "~=": "about",
    "reduce_by~=": "about",
    "increase_by~=": "about",
    "range": "between",
    "reduce_by_range": "between",
    "not_increase": "not_increase",
    "peak_before": "peak",
    "meets_assigned": "assigned",
}
#: “About” (左右, 约) allows this share of the required value unless the target says otherwise.
ABOUT = 0.05


@dataclass(frozen=True)
class Path_:
    kind: Literal["linear", "compound", "step", "points"] = "step"
    first: int | None = None
    start: float | None = None
    points: Mapping[int, float] = field(default_factory=dict)


@dataclass(frozen=True)
class Assigned:
    """A target that a higher level sets: empty until its document is issued."""

    by: str = ""
    by_en: str = ""
    document: str = ""
    date: str = ""
    value: float | None = None
    comparator: str = ">="

    @property
    def issued(self) -> bool:
        return bool(self.document and self.date and self.value is not None)


@dataclass(frozen=True)
class TargetDefinition:
    """One target. ``value`` and the path are in ``unit``; the quantity is converted to it."""

    id: str
    ref: str
    name: str
    name_en: str
    quantity: str
    comparator: str
    unit: str
    value: float | None
    value_max: float | None
    deadline: int | None
    where: Mapping[str, str]
    base_year: int | None
    recurrence: str
    monotone: bool
    binding: bool | None
    tolerance: float
    path: Path_
    choices: tuple[str, ...]
    assigned: Assigned | None
    same_as: str
    note: str
    note_en: str
    place: str
    path_by: Mapping[str, Mapping[str, Path_]] = field(default_factory=dict)  # choice → option → path

    def under(self, choices: Mapping[str, str]) -> TargetDefinition:
        """The target with the path that the definition choices in force give it."""
        for choice, paths in self.path_by.items():
            if (path := paths.get(choices.get(choice, ""))) is not None:
                return replace(self, path=path)
        return self

    @property
    def holds(self) -> str:
        return COMPARATORS[self.comparator]

    def title(self, language: str = "zh") -> str:
        return self.name_en if language == "en" and self.name_en else self.name


_KEYS = {
    "id",
    "ref",
    "name",
    "name_en",
    "quantity",
    "where",
    "comparator",
    "value",
    "value_max",
    "unit",
    "deadline",
    "base_year",
    "recurrence",
    "monotone",
    "binding",
    "path",
    "path_by",
    "choices",
    "assigned",
    "same_as",
    "note",
    "note_en",
    "tolerance",
}


def load_targets(path: Path, model: Model) -> tuple[list[TargetDefinition], list[Finding]]:
    """Targets of a district and what is wrong with them. A missing file is no finding: a district may start without targets."""
    findings: list[Finding] = []
    label = f"{path.parent.name}/{path.name}"
    if not path.exists():
        return [], findings
    try:
        entries = read_toml(path, label).get("target", [])
    except BlockingError as error:
        return [], error.findings
    text = path.read_text(encoding="utf-8-sig")
    out: list[TargetDefinition] = []
    for entry in entries:
        identifier = str(entry.get("id", ""))
        line = next(
            (
                n
                for n, row in enumerate(text.splitlines(), 1)
                if re.match(rf"\s*id\s*=\s*[\"']{re.escape(identifier)}[\"']", row)
            ),
            1,
        )
        place = f"{label}:{line}"
        try:
            target = _target(entry, place)
        except (ValueError, TypeError, KeyError, AttributeError) as error:
            findings.append(
                Finding(
                    "target.form",
                    "error",
                    place,
                    Text(
                        f"目标 {identifier} 不合格式：{error}", f"target {identifier} is malformed: {error}"
                    ),
                    identifier,
                )
            )
            continue
        problems = _check(target, model, {t.id for t in out})
        findings.extend(problems)
        if not any(p.severity == "error" for p in problems):
            out.append(target)
    return out, findings


def _path(p: Mapping[str, Any]) -> Path_:
    kind = p.get("kind", "points" if "points" in p else "step")
    if kind not in ("linear", "compound", "step", "points"):
        raise ValueError(f"path.kind = {kind}（linear, compound, step, points）")
    return Path_(
        kind,
        p.get("from"),
        None if p.get("start") is None else float(p["start"]),
        {int(y): float(v) for y, v in p.get("points", {}).items()},
    )


def _target(e: Mapping[str, Any], place: str) -> TargetDefinition:
    if unknown := set(e) - _KEYS:
        raise ValueError(f"没有这些项 / unknown keys: {', '.join(sorted(unknown))}")
    if e["comparator"] not in COMPARATORS:
        raise ValueError(f"comparator = {e['comparator']}（{', '.join(COMPARATORS)}）")
    a = e.get("assigned")
    issued = a.get("value") if a else None
    assigned = (
        None
        if a is None
        else Assigned(
            str(a.get("by", "")),
            str(a.get("by_en", "")),
            str(a.get("document", "")),
            str(a.get("date", "")),
            None if issued in ("", None) else float(issued),
            str(a.get("comparator", ">=")),
        )
    )
    if assigned is not None and COMPARATORS.get(assigned.comparator) not in ("least", "most"):
        raise ValueError(f"assigned.comparator = {assigned.comparator}")
    value = e.get("value")
    return TargetDefinition(
        id=str(e["id"]),
        ref=str(e["ref"]),
        name=str(e["name"]),
        name_en=str(e.get("name_en", "")),
        quantity=str(e["quantity"]),
        comparator=str(e["comparator"]),
        unit=str(e.get("unit", "")),
        value=None if value is None else float(value),
        value_max=None if e.get("value_max") is None else float(e["value_max"]),
        deadline=e.get("deadline"),
        where={str(k): str(v) for k, v in e.get("where", {}).items()},
        base_year=e.get("base_year"),
        recurrence=str(e.get("recurrence", "")),
        monotone=bool(e.get("monotone", False)),
        binding=e.get("binding"),
        tolerance=float(e.get("tolerance", ABOUT)),
        path=_path(e.get("path", {})),
        path_by={
            str(choice): {str(option): _path(p) for option, p in paths.items()}
            for choice, paths in e.get("path_by", {}).items()
        },
        choices=tuple(e.get("choices", ())),
        assigned=assigned,
        same_as=str(e.get("same_as", "")),
        note=str(e.get("note", "")),
        note_en=str(e.get("note_en", "")),
        place=place,
    )


def _check(t: TargetDefinition, model: Model, taken: set[str]) -> list[Finding]:
    found: list[Finding] = []

    def wrong(rule: str, zh: str, en: str, value: object = "", fix: tuple[str, str] = ("", "")) -> None:
        found.append(
            Finding(
                rule,
                "error",
                t.place,
                Text(f"目标 {t.id}：{zh}", f"target {t.id}: {en}"),
                str(value),
                fix=Text(*fix),
            )
        )

    if t.id in taken:
        wrong("target.id", "编号重复", "the id stands twice", t.id)
    program = model.compiled.programs.get(t.quantity)
    if program is None:
        wrong(
            "target.quantity",
            f"没有可用的量 {t.quantity}",
            f"there is no sound quantity {t.quantity}",
            t.quantity,
        )
        return found
    if "year" not in program.dims or set(program.dims) - {"year"} != set(t.where):
        wrong(
            "target.where",
            f"where 应恰好指定 {'、'.join(set(program.dims) - {'year'}) or '（空）'}",
            f"where must name exactly {', '.join(set(program.dims) - {'year'}) or 'nothing'}",
            dict(t.where),
        )
    for dim, member in t.where.items():
        if dim in model.members and member not in model.members[dim]:
            wrong("target.where", f"{dim} 没有成员 {member}", f"{dim} has no member {member}", member)
    if t.holds != "peak":
        try:
            factor_between(program.quantity.unit, t.unit or program.quantity.unit)
        except UnitError:
            wrong(
                "M2.unit",
                f"{program.quantity.unit} 不能换算为 {t.unit}",
                f"{program.quantity.unit} does not convert to {t.unit}",
                t.unit,
            )
    if t.holds in ("least", "most", "about", "between", "peak") and t.value is None:
        wrong("target.value", "没有写 value", "value is not stated")
    if t.holds == "between" and t.value_max is None:
        wrong("target.value", "区间目标没有写 value_max", "a range needs value_max")
    if t.holds == "assigned" and t.assigned is None:
        wrong(
            "target.assigned",
            "没有写 assigned",
            "assigned is not stated",
            fix=(
                '写 assigned = { by = "…" }，文件下达后补文号、日期和数值',
                'write assigned = { by = "…" }; add document, date and value once issued',
            ),
        )
    if t.deadline is None and t.holds not in ("not_increase", "peak"):
        wrong(
            "target.deadline",
            "没有写期限 deadline",
            "the deadline is not stated",
            fix=("写 deadline = 年份", "write deadline = YEAR"),
        )
    if t.deadline is not None and t.deadline not in model.definitions.years:
        wrong(
            "target.deadline", "期限不在模型年份内", "the deadline is not among the model years", t.deadline
        )
    for choice in (*t.choices, *t.path_by):
        if choice not in model.definitions.choices:
            wrong("target.choice", f"没有口径 {choice}", f"there is no choice {choice}", choice)
    return found
