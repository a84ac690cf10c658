"""The short notation in which the cases of this folder write what is expected."""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import Any

from dafeng.plan import Duty, Heading, Target

HERE = Path(__file__).parent
ROOT = HERE.parents[1]
LIXIA = ROOT.parent / "shared" / "plan" / "lixia-carbon-peak-plan-draft.txt"


def cases(name: str, table: str) -> list[dict[str, Any]]:
    with (HERE / name).open("rb") as file:
        return list(tomllib.load(file)[table])


def target_note(target: Target) -> str:
    """indicator | comparator value unit | deadline | the rest"""
    value = (
        ""
        if target.value is None
        else f"{round(target.value, 4):g}"
        if abs(target.value) < 1e5
        else str(target.value)
    )
    rest = []
    if target.value_max is not None:
        rest.append(f"max={target.value_max:g}")
    if target.base_year:
        rest.append(f"base={target.base_year}")
    if target.qualifier:
        rest.append(f"qualifier={target.qualifier}")
    if target.more.get("recurrence"):
        rest.append("yearly")
    if target.more.get("increment"):
        rest.append("increment")
    if target.more.get("assigned_by"):
        rest.append(f"by={target.more['assigned_by']}")
    if target.more.get("deadline_inclusive") is False:
        rest.append("exclusive")
    said = f"{target.indicator} | {target.comparator} {value} {target.unit or '-'} | {target.deadline or '-'} | {' '.join(rest)}"
    return said.rstrip(" |")


def duty_note(duty: Duty) -> str:
    """rule | lead | basis | bodies | the rest"""
    rest = []
    if duty.executors:
        rest.append("executors=" + "、".join(e.name for e in duty.executors))
    if duty.open_ended:
        rest.append("open")
    parts = [
        duty.rule,
        duty.lead or "-",
        duty.lead_basis,
        "、".join(duty.bodies),
        *([" ".join(rest)] if rest else []),
    ]
    return " | ".join(parts)


def heading_note(heading: Heading | None) -> str:
    """level | number | title | body"""
    if heading is None:
        return ""
    return " | ".join(
        [str(heading.level), heading.number or "-", heading.title, *(["body"] if heading.inline_body else [])]
    )
