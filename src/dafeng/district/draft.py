"""Drafts the plan part of a district's folder from its plan document: facts as tables, targets still to be bound.

Nothing that is there already is overwritten. A person corrects the drafts; the program never reads ``targets.draft.toml``.
"""

from __future__ import annotations

import csv
import io
from pathlib import Path

from dafeng.findings import BlockingError, Finding, Text
from dafeng.plan import Duty, Plan, Target

LEVELS = {1: "chapter", 2: "action", 3: "measure", 4: "item"}


def draft_facts(plan: Plan) -> dict[str, str]:
    """The files of a draft by their name in the district's folder."""
    return {
        "plan/plan.toml": _plan(plan),
        "plan/clauses.csv": _csv(
            ["ref", "level", "number", "title", "title_en"],
            [[h.ref, LEVELS.get(h.level, "item"), h.number, h.title, ""] for h in plan.outline],
        ),
        "plan/duties.csv": _csv(
            ["ref", "order", "body", "role", "rule"], [row for d in plan.duties for row in _duty(d)]
        ),
        "plan/links.csv": _csv(["ref", "quantity"], []),
        "bodies.csv": _csv(
            ["id", "name", "name_en", "kind", "aliases", "note"],
            [[name, name, "", "", "", ""] for name in _bodies(plan)],
        ),
        "targets.draft.toml": _targets(plan),
    }


def write_facts(plan: Plan, folder: Path) -> list[str]:
    """Write the draft into a folder; returns the names written. Raises BlockingError, writing nothing, where one is there."""
    files = draft_facts(plan)
    there = [name for name in files if (folder / name).exists()]
    if there:
        raise BlockingError(
            [
                Finding(
                    "draft.exists",
                    "error",
                    str(folder / name),
                    Text("文件已存在，没有改动任何文件", "the file is there already; nothing was written"),
                    name,
                    fix=Text("换一个目录，或先移走该文件", "choose another folder, or move the file away"),
                )
                for name in there
            ]
        )
    for name, text in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    return list(files)


def _csv(head: list[str], rows: list[list[str]]) -> str:
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(head)
    writer.writerows(rows)
    return out.getvalue()


def _quoted(text: str) -> str:
    escaped = text.replace("\\", "\\\\").replace('"', '\\"').replace("\n", " ")
    return f'"{escaped}"'


def _plan(plan: Plan) -> str:
    lines = [
        f"title = {_quoted(plan.title or '')}",
        'title_en = ""',
        'document_number = ""',
        'date = ""',
        f"status = {_quoted(plan.status or '')}",
    ]
    return "\n".join(lines) + "\n"


def _bodies(plan: Plan) -> list[str]:
    """Every body that the plan names, once, in the order of the text."""
    names: dict[str, None] = {}
    for d in plan.duties:
        names.update(dict.fromkeys(d.bodies))
    return list(names)


def _duty(d: Duty) -> list[list[str]]:
    rows: list[list[str]] = []
    for order, body in enumerate(d.bodies, 1):
        if d.rule == "division_of_duties":
            role = "responsible"
        elif d.rule == "sole":
            role = "sole"
        elif d.rule == "unspecified":
            role = "named"
        else:
            role = "cooperating" if body in d.cooperating else "lead"
        rows.append([d.ref or "", str(order), body, role, d.rule])
    return rows


def _targets(plan: Plan) -> str:
    out = [
        "# 由方案读出的目标。逐项写明 quantity（对应哪个量）、核对单位和路径后，移入 targets.toml。",
        "# Targets read from the plan. State the quantity of each, check unit and path, then move them to targets.toml.",
        "",
    ]
    for n, t in enumerate(plan.targets, 1):
        out.extend(_target(n, t))
    return "\n".join(out)


def _target(n: int, t: Target) -> list[str]:
    lines = [
        "[[target]]",
        f'id = "target_{n}"',
        f"ref = {_quoted(t.ref or '')}",
        f"name = {_quoted(t.indicator)}",
        'name_en = ""',
        'quantity = ""',
    ]
    lines.append(f"comparator = {_quoted(t.comparator)}")
    if t.comparator == "meets_assigned":
        by = str(t.more.get("assigned_by") or "")
        lines.append(f'assigned = {{ by = {_quoted(by)}, document = "", date = "", value = "" }}')
    elif t.value is not None:
        lines.append(f"value = {t.value:g}")
    if t.value_max is not None:
        lines.append(f"value_max = {t.value_max:g}")
    lines.append(f"unit = {_quoted(t.unit or '')}")
    if t.deadline is not None:
        lines.append(f"deadline = {t.deadline}")
    if t.base_year is not None:
        lines.append(f"base_year = {t.base_year}")
    if recurrence := t.more.get("recurrence"):
        lines.append(f"recurrence = {_quoted(str(recurrence))}")
    return [*lines, ""]
