"""Recomputes every row that follows from others (trap TP-29).

A formula is arithmetic over numbers and over parameters of the same set, item and region
(``ccw*fcf*ce*44/12``); ``gwp100@HFC-32`` takes the parameter of another item. It is evaluated exactly, and
the printed value must equal it to the digits printed.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Callable
from decimal import Decimal
from fractions import Fraction

from dafeng.factors.model import Factor
from dafeng.findings import Finding, Text

_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]*@[A-Za-z0-9_\-]+")

Resolve = Callable[[str], Fraction | None]


class FormulaError(ValueError):
    """The formula is no arithmetic, or a part of it has no value."""


def evaluate(formula: str, resolve: Resolve) -> Fraction:
    """Exact value of an arithmetic formula. resolve gives the value of a name, or None."""
    names: dict[str, str] = {}

    def mask(match: re.Match[str]) -> str:
        key = f"_at{len(names)}"
        names[key] = match[0]
        return key

    text = _NAME.sub(mask, formula)
    try:
        tree = ast.parse(text, mode="eval").body
    except SyntaxError:
        raise FormulaError(formula) from None
    return _value(tree, text, names, resolve)


def _value(node: ast.expr, text: str, names: dict[str, str], resolve: Resolve) -> Fraction:
    if isinstance(node, ast.Constant) and type(node.value) in (int, float):
        return Fraction(Decimal(ast.get_source_segment(text, node) or "0"))
    if isinstance(node, ast.Name):
        found = resolve(names.get(node.id, node.id))
        if found is None:
            raise FormulaError(names.get(node.id, node.id))
        return found
    if isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.USub):
        return -_value(node.operand, text, names, resolve)
    if isinstance(node, ast.BinOp):
        left, right = _value(node.left, text, names, resolve), _value(node.right, text, names, resolve)
        if isinstance(node.op, ast.Add):
            return left + right
        if isinstance(node.op, ast.Sub):
            return left - right
        if isinstance(node.op, ast.Mult):
            return left * right
        if isinstance(node.op, ast.Div) and right:
            return left / right
    raise FormulaError(text)


def last_digit(value: Decimal) -> Fraction:
    """One unit in the last printed place: 0.0001 for 2.9251. Trailing zeros of a whole number are digits."""
    exponent = value.as_tuple().exponent
    return Fraction(10) ** int(exponent) if isinstance(exponent, int) else Fraction(1)


def recompute(factors: list[Factor]) -> list[Finding]:
    """Findings for computed rows that differ from their formula by more than half their last digit."""
    by_parts: dict[tuple[str, str, str, str], list[Factor]] = {}
    for f in factors:
        by_parts.setdefault((f.set, f.parameter, f.item, f.region), []).append(f)

    findings: list[Finding] = []
    for f in factors:
        if f.derivation != "computed":
            continue

        def resolve(name: str, f: Factor = f) -> Fraction | None:
            parameter, _, item = name.partition("@")
            rows = by_parts.get((f.set, parameter, item or f.item, f.region), [])
            rows = [r for r in rows if r.valid_from == f.valid_from] or rows
            return Fraction(rows[0].value) if len(rows) == 1 else None

        try:
            exact = evaluate(f.formula, resolve)
        except FormulaError as error:
            findings.append(
                Finding(
                    "factors.formula",
                    "error",
                    f.place,
                    Text(
                        f"{f.id} 的算式无法计算：{error}",
                        f"The formula of {f.id} cannot be computed: {error}",
                    ),
                    value=f.formula,
                    fix=Text("补充算式所引的行，或改正算式", "Add the rows it names or correct it."),
                )
            )
            continue
        off = abs(Fraction(f.value) - exact)
        if off > last_digit(f.value) / 2:
            shown = f"{float(exact):.7g}"
            severe = bool(exact) and off / abs(exact) > Fraction(1, 200)
            findings.append(
                Finding(
                    "TP-29.recompute",
                    "error" if severe else "warning",
                    f.place,
                    Text(
                        f"{f.id} 印作 {f.value}，按 {f.formula} 应为 {shown}",
                        f"{f.id} is printed as {f.value}; {f.formula} gives {shown}",
                    ),
                    value=str(f.value),
                    expected=Text(shown, shown),
                    fix=Text("核对原文", "Check the original document."),
                )
            )
    return findings
