"""The facts of a district's plan, its bodies and streets, and the text of the plan where the district has the document.

Facts are tables in ``plan/``, ``bodies.csv`` and ``streets.csv``. The document itself, ``plan/document.docx`` (.md, .txt), is
read with dafeng.plan: its text is shown beside the facts, and what the two say is compared.
"""

from __future__ import annotations

import csv
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any

from dafeng.findings import Finding, Text
from dafeng.plan import Plan, read_plan
from dafeng.quantities.units import UnitError, factor_between
from dafeng.targets import TargetDefinition
from dafeng.toml_file import read_toml

DOCUMENT_SUFFIXES = (".docx", ".md", ".txt")


@dataclass(frozen=True)
class Passage:
    """A stretch of the plan's text; ``target`` where it states one."""

    text: str
    target: bool = False


@dataclass(frozen=True)
class Clause:
    """A place in the plan: chapter, action, measure or section, with what hangs on it."""

    ref: str
    level: str
    number: str
    title: str
    title_en: str
    parent: str
    targets: tuple[str, ...] = ()
    bodies: tuple[tuple[str, str], ...] = ()  # (body id, role) in the order of the plan
    quantities: tuple[str, ...] = ()
    text: tuple[Passage, ...] = ()  # the official text, where the district keeps the document


@dataclass(frozen=True)
class PlanFacts:
    title: str = ""
    title_en: str = ""
    document_number: str = ""
    date: str = ""
    status: str = ""
    clauses: Mapping[str, Clause] = field(default_factory=dict)
    has_document: bool = False

    def children(self, ref: str) -> list[Clause]:
        return [c for c in self.clauses.values() if c.parent == ref]


@dataclass(frozen=True)
class Body:
    id: str
    name: str
    name_en: str = ""
    kind: str = ""
    aliases: tuple[str, ...] = ()
    note: str = ""


@dataclass(frozen=True)
class Street:
    code: str
    name: str
    name_en: str = ""
    note: str = ""


class FactsFolder:
    """Reads the facts from a district's folder. Unknown columns are passed over; a missing table is an empty one."""

    def __init__(self, folder: Path):
        self.folder = folder

    def table(self, name: str) -> list[dict[str, str]]:
        path = self.folder / name
        if not path.is_file():
            return []
        with path.open(encoding="utf-8-sig", newline="") as stream:
            return [{k: (v or "").strip() for k, v in row.items() if k} for row in csv.DictReader(stream)]

    def bodies(self) -> dict[str, Body]:
        return {
            r["id"]: Body(
                r["id"],
                r.get("name", r["id"]),
                r.get("name_en", ""),
                r.get("kind", ""),
                tuple(a for a in r.get("aliases", "").split(";") if a),
                r.get("note", ""),
            )
            for r in self.table("bodies.csv")
        }

    def streets(self) -> dict[str, Street]:
        return {
            r["code"]: Street(r["code"], r.get("name", ""), r.get("name_en", ""), r.get("note", ""))
            for r in self.table("streets.csv")
        }

    @cached_property
    def document(self) -> Plan | None:
        """The plan as read, where the district keeps the document."""
        for suffix in DOCUMENT_SUFFIXES:
            path = self.folder / "plan" / f"document{suffix}"
            if path.is_file():
                return read_plan(path)
        return None

    def plan(self, targets: Sequence[TargetDefinition], document: Plan | None) -> PlanFacts:
        file = self.folder / "plan" / "plan.toml"
        facts: Mapping[str, Any] = read_toml(file, "plan/plan.toml") if file.is_file() else {}
        duties: dict[str, list[tuple[int, str, str]]] = {}
        for row in self.table("plan/duties.csv"):
            duties.setdefault(row["ref"], []).append(
                (int(row.get("order") or 0), row["body"], row.get("role", ""))
            )
        links: dict[str, list[str]] = {}
        for row in self.table("plan/links.csv"):
            links.setdefault(row["ref"], []).append(row["quantity"])
        texts = clause_texts(document) if document else {}
        clauses: dict[str, Clause] = {}
        for row in self.table("plan/clauses.csv"):
            ref = row["ref"]
            clauses[ref] = Clause(
                ref,
                row.get("level", ""),
                row.get("number", ""),
                row.get("title", ""),
                row.get("title_en", ""),
                ref.rsplit("-", 1)[0] if "-" in ref else "",
                tuple(t.id for t in targets if t.ref == ref),
                tuple((b, r) for _, b, r in sorted(duties.get(ref, []))),
                tuple(links.get(ref, ())),
                texts.get(ref, ()),
            )
        named = {k: str(facts.get(k, "")) for k in ("title", "title_en", "document_number", "date", "status")}
        return PlanFacts(**named, clauses=clauses, has_document=document is not None)


def clause_texts(plan: Plan) -> dict[str, tuple[Passage, ...]]:
    """The text under each heading up to the next one, in passages: those that state a target are marked with it."""
    out: dict[str, tuple[Passage, ...]] = {}
    starts = sorted(plan.outline, key=lambda h: h.span[0])
    for i, h in enumerate(starts):
        begin = h.body_start or h.span[1]
        end = starts[i + 1].span[0] if i + 1 < len(starts) else len(plan.text)
        passages: list[Passage] = []
        at = begin
        for t in sorted(
            (t for t in plan.targets if begin <= t.span[0] and t.span[1] <= end), key=lambda t: t.span
        ):
            start, stop = max(t.span[0], at), t.span[1]
            if start > at:
                passages.append(Passage(plan.text[at:start]))
            if stop > start:
                passages.append(Passage(plan.text[start:stop], True))
            at = max(at, stop)
        passages.append(Passage(plan.text[at:end].rstrip()))
        if not passages[0].target:  # what is left of the heading's own full stop
            passages[0] = Passage(passages[0].text.lstrip("。 \u3000\n"))
        out[h.ref] = tuple(p for p in passages if p.text.strip())
    return out


def plan_findings(
    facts: PlanFacts,
    targets: Sequence[TargetDefinition],
    bodies: Mapping[str, Body],
    quantities: Any,
    document: Plan | None,
) -> list[Finding]:
    """Where facts, definitions and document do not agree. ``quantities``: anything that answers ``id in quantities``."""
    out: list[Finding] = []
    for t in targets:
        if facts.clauses and t.ref not in facts.clauses:
            zh, en = f"目标 {t.id}：方案中没有 {t.ref}", f"target {t.id}: the plan has no clause {t.ref}"
            out.append(
                Finding("plan.ref", "error", t.place, Text(zh, en), t.ref, fix=Text("改正 ref", "mend ref"))
            )
    for c in facts.clauses.values():
        for body in sorted({b for b, _ in c.bodies} - set(bodies)):
            place = f"plan/duties.csv · {c.ref}"
            message = Text(f"bodies.csv 中没有 {body}", f"bodies.csv has no {body}")
            out.append(
                Finding("plan.body", "error", place, message, body, fix=Text("补登单位", "add the body"))
            )
        for q in c.quantities:
            if q not in quantities:
                place = f"plan/links.csv · {c.ref}"
                message = Text(f"没有量 {q}", f"there is no quantity {q}")
                out.append(
                    Finding("plan.quantity", "error", place, message, q, fix=Text("改正编号", "mend the id"))
                )
    if document is not None:
        out.extend(document.findings)
        out.extend(_unbound(facts, targets, document))
    return out


def _unbound(facts: PlanFacts, targets: Sequence[TargetDefinition], document: Plan) -> list[Finding]:
    """Targets that the document states and targets.toml does not bind, and clauses that it has and the facts do not."""
    out: list[Finding] = []
    for h in document.outline:
        if facts.clauses and h.ref not in facts.clauses and h.level <= 3:
            message = Text(
                f"原文有 {h.ref}（{h.title}），clauses.csv 没有",
                f"the document has {h.ref} ({h.title}); clauses.csv has not",
            )
            out.append(
                Finding(
                    "plan.clause",
                    "warning",
                    f"plan/document · {h.ref}",
                    message,
                    h.ref,
                    fix=Text("补登条款", "add the clause"),
                )
            )
    left = list(targets)
    for t in document.targets:
        match = next((x for x in left if x.ref == t.ref and _same(x, t)), None)
        if match is not None:
            left.remove(match)
            continue
        value = "" if t.value is None else f"{t.value:g} {t.unit or ''}".strip()
        message = Text(
            f"原文 {t.ref} 的目标“{t.indicator}”（{t.comparator} {value}）没有登记",
            f"the target “{t.indicator}” of {t.ref} ({t.comparator} {value}) is not bound",
        )
        out.append(
            Finding(
                "plan.unbound",
                "warning",
                f"plan/document · {t.ref}",
                message,
                value,
                fix=Text("在 targets.toml 中登记", "bind it in targets.toml"),
            )
        )
    return out


def _same(bound: TargetDefinition, read: Any) -> bool:
    if (bound.holds in ("peak", "assigned")) != (read.comparator in ("peak_before", "meets_assigned")):
        return False
    if bound.holds == "assigned":
        return bound.deadline == read.deadline
    if bound.value is None or read.value is None:
        return bound.value is None and read.value is None
    try:
        written = float(read.value) * factor_between(read.unit or "1", bound.unit or "1")
    except UnitError:
        written = float(read.value)
    return abs(written - bound.value) <= 1e-9 * max(1.0, abs(bound.value))
