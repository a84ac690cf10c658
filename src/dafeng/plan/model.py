"""What a plan says, as values. ``as_dict`` gives the JSON of the interface; spans are [start, end) in the text as read."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, Literal

from dafeng.findings import Finding

Span = tuple[int, int]
Status = Literal["draft", "issued"]


@dataclass(frozen=True)
class Heading:
    """A numbered heading. ``level`` 1 chapter, 2 action or section, 3 measure, 4 item below it.

    ``number`` is the regular form (三, （二）, 2, （1）), ``raw_number`` what stands in the text.
    """

    level: int
    number: str
    raw_number: str
    title: str
    inline_body: bool
    span: Span
    ref: str = ""
    line: int = 0
    parent: str | None = None
    body_start: int = 0

    def as_dict(self) -> dict[str, Any]:
        return {
            "ref": self.ref,
            "level": self.level,
            "number": self.number,
            "raw_number": self.raw_number,
            "title": self.title,
            "line": self.line,
            "span": list(self.span),
            "parent": self.parent,
            "inline_body": self.inline_body,
        }

    def as_line(self) -> dict[str, Any]:
        """The heading of one line handed in alone."""
        return {
            "level": self.level,
            "number": self.number,
            "title": self.title,
            "inline_body": self.inline_body,
        }


@dataclass(frozen=True)
class Target:
    """One thing to be reached. See the conventions in docs/design/plan-reader.md.

    ``kind``: level, change, count, share, peak, assigned or rule. ``more`` carries what only some targets
    have: recurrence, increment, assigned_by, deadline_inclusive, deadline_month, members, scope, base, start, relative_to,
    deadline_about, fraction.
    """

    quote: str
    span: Span
    indicator: str
    comparator: str
    value: float | None
    unit: str | None
    kind: str
    value_max: float | None = None
    base_year: int | None = None
    deadline: int | None = None
    qualifier: str | None = None
    ref: str | None = None
    more: dict[str, Any] = field(default_factory=dict)

    def as_dict(self) -> dict[str, Any]:
        return {
            "ref": self.ref,
            "quote": self.quote,
            "span": list(self.span),
            "indicator": self.indicator,
            "comparator": self.comparator,
            "value": self.value,
            "value_max": self.value_max,
            "unit": self.unit,
            "base_year": self.base_year,
            "deadline": self.deadline,
            "qualifier": self.qualifier,
            "kind": self.kind,
            **self.more,
        }


@dataclass(frozen=True)
class Executor:
    """Who carries a measure out. ``origin`` is the ref of the blanket rule where it is not said in the clause."""

    name: str
    role: str
    explicit: bool
    origin: str | None = None

    def as_dict(self) -> dict[str, Any]:
        return {"name": self.name, "role": self.role, "explicit": self.explicit, "from": self.origin}


@dataclass(frozen=True)
class DefaultRule:
    """A blanket statement that holds for later clauses: who carries out, or that the first named leads."""

    text: str
    names: tuple[str, ...] = ()
    first_named_leads: bool = False
    scope: Literal["later", "all"] = "later"

    def as_dict(self) -> dict[str, Any]:
        return {
            "text": self.text,
            "names": list(self.names),
            "first_named_leads": self.first_named_leads,
            "applies_to": self.scope,
        }


@dataclass(frozen=True)
class Duty:
    """Who answers for a measure, as one clause says it."""

    raw: str
    span: Span
    bodies: tuple[str, ...]
    lead: str | None
    lead_basis: str
    cooperating: tuple[str, ...]
    rule: str
    verb: str | None
    open_ended: bool
    executors: tuple[Executor, ...] = ()
    default_rule: DefaultRule | None = None
    leads: tuple[str, ...] = ()
    ref: str | None = None

    def as_dict(self) -> dict[str, Any]:
        return {
            "ref": self.ref,
            "raw": self.raw,
            "span": list(self.span),
            "bodies": list(self.bodies),
            "lead": self.lead,
            "leads": list(self.leads),
            "lead_basis": self.lead_basis,
            "cooperating": list(self.cooperating),
            "rule": self.rule,
            "verb": self.verb,
            "open_ended": self.open_ended,
            "executors": [e.as_dict() for e in self.executors],
            "default_rule": self.default_rule.as_dict() if self.default_rule else None,
        }


@dataclass(frozen=True)
class Commitment:
    """An order without date and number: something forbidden, or something to be done throughout."""

    quote: str
    span: Span
    kind: Literal["prohibition", "requirement"]
    ref: str | None = None

    def as_dict(self) -> dict[str, Any]:
        return {"ref": self.ref, "quote": self.quote, "span": list(self.span), "kind": self.kind}


@dataclass(frozen=True)
class Entity:
    """A thing the plan names."""

    name: str
    kind: Literal["facility", "system", "programme", "mechanism"]
    span: Span
    ref: str | None = None

    def as_dict(self) -> dict[str, Any]:
        return {"ref": self.ref, "name": self.name, "kind": self.kind, "span": list(self.span)}


@dataclass(frozen=True)
class Plan:
    """A plan document as read."""

    text: str = field(repr=False)
    title: str | None
    status: Status | None
    sha256: str
    outline: tuple[Heading, ...] = ()
    targets: tuple[Target, ...] = ()
    duties: tuple[Duty, ...] = ()
    commitments: tuple[Commitment, ...] = ()
    entities: tuple[Entity, ...] = ()
    findings: tuple[Finding, ...] = ()

    def as_dict(self, language: str = "zh") -> dict[str, Any]:
        return {
            "title": self.title,
            "status": self.status,
            "sha256": self.sha256,
            "characters": len(self.text),
            "outline": [h.as_dict() for h in self.outline],
            "targets": [t.as_dict() for t in self.targets],
            "duties": [d.as_dict() for d in self.duties],
            "commitments": [c.as_dict() for c in self.commitments],
            "entities": [e.as_dict() for e in self.entities],
            "findings": [f.as_dict(language) for f in self.findings],
        }
