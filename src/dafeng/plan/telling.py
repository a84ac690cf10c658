"""What one cell of a spread says: comparator, kind, and what only some targets carry."""

from __future__ import annotations

from typing import Any

from dafeng.plan import nouns
from dafeng.plan.clauses import Context
from dafeng.plan.numbers import tidy
from dafeng.plan.predicate import comparator
from dafeng.plan.rules import Found
from dafeng.plan.values import Cell


def told(cell: Cell, phrase: str, scope: str | None, context: Context) -> tuple[Found, float | None]:
    """The target of a cell before its date and place are known, and the upper end of its range."""
    quantity, mode = cell.value.quantity, cell.value.mode
    sign = comparator(mode, cell.value.post, quantity.maximum is not None, quantity.more)
    kind = "level"
    if mode.direction:
        kind = "change"
    elif quantity.unit == "倍" and context.base_year is not None:
        sign, kind = "multiply>=", "change"
    elif quantity.ratio and quantity.unit:
        kind = "share"
    elif quantity.counts:
        kind = "count"
    more: dict[str, Any] = {}
    if quantity.unit == "成" or (quantity.unit is None and quantity.value < 1 and quantity.chinese):
        more["fraction"] = quantity.value / 10 if quantity.unit else quantity.value
    if mode.increment or (cell.name.startswith("新增") and not quantity.ratio):
        more["increment"] = True
    if context.yearly:
        more["recurrence"] = "yearly"
    if cell.name == phrase and "、" in phrase and len(parts := nouns.members(phrase)) > 1:
        more["members"] = parts
    top = None if quantity.maximum is None else tidy(quantity.maximum)
    found = Found(cell.name, sign, tidy(quantity.value), quantity.unit or None, kind, scope=scope, more=more)
    return found, top
