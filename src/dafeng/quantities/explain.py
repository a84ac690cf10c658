"""Lineage: how a number came about, and which cells it lacks. Both walk the inputs that operations report."""

from __future__ import annotations

import difflib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from dafeng.findings import BlockingError, Finding, Text
from dafeng.quantities import formula as fm
from dafeng.quantities.compile import formula_node, formula_text
from dafeng.quantities.evaluated import Evaluated
from dafeng.quantities.evidence import EvidenceSpec, Key, due_date, label
from dafeng.quantities.program import Program
from dafeng.quantities.states import ABSENT
from dafeng.quantities.values import Cell


@dataclass
class Explanation:
    """One number opened: its formula in words, its inputs (each opened in turn), factor row and filing where it is a leaf."""

    quantity: str
    name: str
    name_en: str
    kind: str
    coords: dict[str, str]
    label: str
    label_en: str
    cell: Cell
    formula: str = ""
    formula_zh: str = ""
    formula_en: str = ""
    choice: str = ""
    inputs: list[Explanation] = field(default_factory=list)
    truncated: bool = False
    factor: dict[str, Any] | None = None
    filing: dict[str, Any] | None = None
    revisions: list[dict[str, Any]] = field(default_factory=list)
    driver: dict[str, Any] | None = None
    note: str = ""
    note_en: str = ""

    def as_dict(self, language: str = "zh") -> dict[str, Any]:
        en = language == "en"
        return {
            "quantity": self.quantity,
            "name": (self.name_en or self.name) if en else self.name,
            "year": int(self.coords["year"]) if "year" in self.coords else None,
            "where": {k: v for k, v in self.coords.items() if k != "year"},
            "label": self.label_en if en else self.label,
            "kind": self.kind,
            "value": self.cell.value,
            "unit": self.cell.unit,
            "state": self.cell.state,
            "marks": list(self.cell.marks),
            "formula": (self.formula_en if en else self.formula_zh) or None,
            "expression": self.formula or None,
            **({"choice": self.choice} if self.choice else {}),
            "inputs": [i.as_dict(language) for i in self.inputs],
            **({"truncated": True} if self.truncated else {}),
            "factor": self.factor,
            "filing": self.filing,
            **({"revisions": self.revisions} if len(self.revisions) > 1 else {}),
            **({"driver": self.driver} if self.driver else {}),
            "note": self.note_en if en else self.note,
        }


@dataclass(frozen=True)
class MissingCell:
    """A leaf cell that a number lacks, with who should have filed it and by when."""

    quantity: str
    name: str
    name_en: str
    coords: tuple[tuple[str, str], ...]
    state: str
    label: str
    label_en: str
    supplier: str = ""
    due: str = ""

    def as_dict(self, language: str = "zh") -> dict[str, Any]:
        return {
            "quantity": self.quantity,
            "name": self.name_en if language == "en" and self.name_en else self.name,
            "where": dict(self.coords),
            "label": self.label_en if language == "en" else self.label,
            "state": self.state,
            "supplier": self.supplier,
            "due": self.due,
        }


def resolve(run: Evaluated, name: str, coords: Mapping[str, Any]) -> tuple[Program, Key]:
    """Program and index for a quantity and coordinates as a user writes them. Raises BlockingError with the way out."""
    if name not in run.compiled.programs:
        titles = {
            t: q for q, p in run.compiled.programs.items() for t in (p.quantity.name, p.quantity.name_en)
        }
        if name in titles:
            name = titles[name]
        else:
            close = difflib.get_close_matches(name, [*run.compiled.programs, *titles], 5, 0.6)
            near = list(dict.fromkeys(titles.get(c, c) for c in close))
            raise BlockingError(
                [
                    Finding(
                        "quantity.unknown",
                        "error",
                        name,
                        Text(f"没有名为 {name} 的量", f"there is no quantity {name}"),
                        name,
                        fix=Text(
                            f"是否指：{'、'.join(near)}" if near else "用 dafeng check 查看定义",
                            f"did you mean: {', '.join(near)}" if near else "see dafeng check",
                        ),
                    )
                ]
            )
    program = run.compiled.programs[name]
    for dim in coords:
        if dim not in program.dims and dim != "year":
            known = "、".join(program.dims)
            raise BlockingError(
                [
                    Finding(
                        "quantity.dimension",
                        "error",
                        f"{name}.{dim}",
                        Text(
                            f"{program.quantity.name} 没有维度 {dim}",
                            f"{program.quantity.title('en')} has no dimension {dim}",
                        ),
                        dim,
                        fix=Text(f"可用：{known}", f"known: {known.replace('、', ', ')}"),
                    )
                ]
            )
    key: list[int] = []
    for dim in program.dims:
        members = run.members[dim]
        given = coords.get(dim)
        written = None if given is None else str(given)
        if written is not None and written not in members:
            written = next(
                (
                    m.id
                    for m in run.definitions.dimensions[dim].members.values()
                    if written in (m.name, m.name_en)
                ),
                written,
            )
        if written is None or written not in members:
            shown = "、".join(members) if len(members) < 25 else f"{members[0]}–{members[-1]}"
            raise BlockingError(
                [
                    Finding(
                        "quantity.member",
                        "error",
                        f"{name}.{dim}",
                        Text(
                            f"{program.quantity.name}：请写明{run.definitions.dimensions[dim].name}"
                            if written is None
                            else f"{program.quantity.name}：{run.definitions.dimensions[dim].name}没有“{written}”",
                            f"{program.quantity.title('en')}: state {dim}"
                            if written is None
                            else f"{program.quantity.title('en')}: {dim} has no member “{written}”",
                        ),
                        written or "",
                        expected=Text(shown, shown.replace("、", ", ")),
                        fix=Text(f"可用：{shown}", f"known: {shown.replace('、', ', ')}"),
                    )
                ]
            )
        key.append(members.index(written))
    return program, tuple(key)


def explain(run: Evaluated, name: str, coords: Mapping[str, Any], depth: int | None = None) -> Explanation:
    """Open a number down to its filings, factors and drivers; ``depth`` limits the levels (None: all of them)."""
    program, key = resolve(run, name, coords)
    return _Explainer(run).open(program, key, depth)


class _Explainer:
    """Opens cells of one run; what is said of a quantity is put into words once."""

    def __init__(self, run: Evaluated):
        self.run = run
        self.d = run.definitions
        self.seen: dict[tuple[str, Key], Explanation] = {}
        self.formulas: dict[str, tuple[str, str, str]] = {}

    def open(self, program: Program, key: Key, depth: int | None) -> Explanation:
        q, run, d = program.quantity, self.run, self.d
        if depth is None and (q.id, key) in self.seen:
            return self.seen[q.id, key]  # the same cell used twice is opened once and shown in both places
        value, flags = float(run.context.values[q.id][key]), int(run.context.flags[q.id][key])
        e = Explanation(
            quantity=q.id,
            name=q.name,
            name_en=q.name_en,
            kind=q.kind,
            coords={dim: run.members[dim][i] for dim, i in zip(program.dims, key, strict=True)},
            label=label(d, program.dims, key),
            label_en=label(d, program.dims, key, "en"),
            cell=Cell.of(value, flags, q.unit),
            note=q.note,
            note_en=q.note_en,
        )
        self.seen[q.id, key] = e
        if program.op is not None:
            e.formula, e.formula_zh, e.formula_en = self.formula(program)
            if q.choice:
                e.choice = f"{q.choice}={run.choices.get(q.choice, '')}"
            if depth == 0:
                e.truncated = True
                return e
            below = None if depth is None else depth - 1
            e.inputs = [self.open(child, at, below) for child, at in inputs_of(run, program, key)]
        elif q.kind == "evidence":
            self.add_filings(e, key)
        elif q.kind == "factor":
            if (found := run.leaves[q.id].factors.get(key)) is not None:
                e.factor = {**found[0].as_dict(), "rule": found[1].zh, "rule_en": found[1].en}
        else:
            self.add_driver(e)
        return e

    def formula(self, program: Program) -> tuple[str, str, str]:
        """The formula as written, in Chinese and in English words."""
        q = program.quantity
        if q.id not in self.formulas:
            node = formula_node(q, self.run.choices)
            assert node is not None
            texts = (
                formula_text(q, self.run.choices),
                words(self.run, node, "zh"),
                words(self.run, node, "en"),
            )
            self.formulas[q.id] = texts
        return self.formulas[q.id]

    def add_filings(self, e: Explanation, key: Key) -> None:
        series = self.run.evidence[e.quantity]
        counted = series.counted(key, self.run.as_of)
        e.filing = None if counted is None else self.filing(counted.as_dict())
        e.revisions = [self.filing(f.as_dict()) for f in series.filings.get(key, ())]

    def filing(self, filing: dict[str, Any]) -> dict[str, Any]:
        source = self.d.sources.get(filing["source"])
        if source is None:
            return filing
        return {
            **filing,
            "source_title": source.title,
            "source_title_en": source.title_en,
            "source_kind": source.kind,
            "source_ref": source.ref,
            "confidence": source.confidence,
        }

    def add_driver(self, e: Explanation) -> None:
        spec = self.run.driver_of(e.quantity, self.run.scenario)
        source = self.d.sources.get(spec.source)
        e.driver = {
            "interpolation": spec.interpolation,
            "points": {m: {str(y): v for y, v in p.items()} for m, p in spec.points.items()},
            "source": source.title if source else spec.source,
            "scenario": self.run.scenario,
        }


def inputs_of(run: Evaluated, program: Program, key: Sequence[int]) -> list[tuple[Program, Key]]:
    """The cells that one formula cell reads, each once, in the order of the formula."""
    if program.op is None:
        return []
    at = dict(zip(program.dims, (int(k) for k in key), strict=True))
    found: dict[tuple[str, Key], None] = {}
    for name, coords in program.op.inputs(at, run.context):
        child = run.compiled.programs[name]
        found[name, tuple(coords[dim] for dim in child.dims)] = None
    return [(run.compiled.programs[name], k) for name, k in found]


def words(run: Evaluated, node: fm.Node, language: str) -> str:
    d = run.definitions

    def member(dim: str, m: str) -> str:
        found = d.dimensions[dim].members.get(m) if dim in d.dimensions else None
        return (found.name_en if language == "en" else found.name) if found else m

    def dimension(dim: str) -> str:
        found = d.dimensions.get(dim)
        return (found.name_en if language == "en" else found.name) if found else dim

    return fm.in_words(
        node,
        lambda n: d.quantities[n].title(language) if n in d.quantities else n,
        member,
        dimension,
        language,
    )


def missing(run: Evaluated, name: str, coords: Mapping[str, Any]) -> list[MissingCell]:
    """The leaf cells that are absent under a number; empty when it is complete."""
    program, key = resolve(run, name, coords)
    out: dict[tuple[str, Key], MissingCell] = {}
    seen: set[tuple[str, Key]] = set()
    stack = [(program, key)]
    while stack:
        p, k = stack.pop()
        q = p.quantity
        if (q.id, k) in seen or not int(run.context.flags[q.id][k]) & ABSENT:
            continue
        seen.add((q.id, k))
        inputs = [c for c in inputs_of(run, p, k) if int(run.context.flags[c[0].quantity.id][c[1]]) & ABSENT]
        if inputs:
            stack.extend(reversed(inputs))
        else:
            out[q.id, k] = _missing_cell(run, p, k)
    return list(out.values())


def _missing_cell(run: Evaluated, p: Program, k: Key) -> MissingCell:
    d, q = run.definitions, p.quantity
    coords = {dim: run.members[dim][i] for dim, i in zip(p.dims, k, strict=True)}
    due = ""
    if q.evidence is not None and "year" in coords:
        due = due_date(
            q.evidence, int(coords["year"]), int(coords["month"]) if "month" in coords else None
        ).isoformat()
    cell = Cell.of(float(run.context.values[q.id][k]), int(run.context.flags[q.id][k]), q.unit)
    spec = q.evidence or EvidenceSpec()
    return MissingCell(
        q.id,
        q.name,
        q.name_en,
        tuple(coords.items()),
        cell.state,
        f"{q.name} {label(d, p.dims, k)}".strip(),
        f"{q.title('en')} {label(d, p.dims, k, 'en')}".strip(),
        spec.supplier,
        due,
    )
