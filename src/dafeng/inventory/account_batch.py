"""One batch of rows: which recipe each follows, its results, its JSON."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from dafeng.findings import Finding, Text
from dafeng.inventory.account_exact import (
    NARROW,
    WIDE,
    Width,
    as_decimal,
    column_text,
    near_tie,
    products,
    quanta,
    rounded_decimal,
    to_column,
)
from dafeng.inventory.account_recipe import Key, Recipe
from dafeng.inventory.account_totals import MEMO
from dafeng.tabular import parse_decimal


@dataclass
class Results:
    """Columns of one batch. ``which`` indexes ``recipes``, the ones that this batch follows.

    gases, coal, equal, co2e: Arrow columns of results in t, null where there is none; co2e is None without a GWP set.
    counted: rows with a figure. emitting: rows whose emission is known as well.
    """

    ids: Any
    which: np.ndarray
    recipes: list[Recipe]
    gases: dict[str, Any]
    coal: Any
    equal: Any
    co2e: Any
    counted: np.ndarray
    emitting: np.ndarray


def follow(columns: list[Any], recipe_of: Callable[[Key], int]) -> np.ndarray:
    """Index of the recipe of each row, asking once for each different key of the batch."""
    encoded = [column.dictionary_encode() for column in columns]
    words: list[list[str]] = [e.dictionary.to_pylist() for e in encoded]
    sizes = [max(len(w), 1) for w in words]
    if float(np.prod(np.array(sizes, float))) >= 2**62:
        rows = zip(*(column.to_pylist() for column in columns), strict=True)
        return np.array([recipe_of(Key(*(cell.strip() for cell in row))) for row in rows], np.int64)
    code = np.zeros(len(columns[0]), np.int64)
    for e, size in zip(encoded, sizes, strict=True):
        code = code * size + e.indices.to_numpy(zero_copy_only=False)
    unique, inverse = np.unique(code, return_inverse=True)
    translated = np.empty(len(unique), np.int64)
    for i, packed in enumerate(unique.tolist()):
        cells: list[str] = []
        for values, size in zip(reversed(words), reversed(sizes), strict=True):
            packed, index = divmod(packed, size)
            cells.append(values[index].strip())
        translated[i] = recipe_of(Key(*reversed(cells)))
    return translated[inverse]


def compute(
    ids: Any,
    quantity: Any,
    which: np.ndarray,
    recipes: list[Recipe],
    keep: np.ndarray,
    tell: Callable[[Finding, int], None],
) -> Results:
    """Results of a batch without CO2e. keep: False for rows not to be counted; tell(finding, position) takes faults of quantities."""
    counted = np.array([r.counted for r in recipes], bool)[which] & keep
    zero = np.array([r.state == "confirmed_zero" for r in recipes], bool)[which]
    width, plain = choose_width(quantity, recipes)
    fast = plain & counted & ~zero
    odd = odd_rows(np.flatnonzero(~fast), quantity, which, recipes, counted, tell)
    for position, value in odd.items():
        if value is None:
            counted[position] = False
    decimals = pc.cast(pc.if_else(pa.array(fast), quantity, None), width.quantity)

    def column(multipliers: list[Fraction | None]) -> Any:
        return result_column(multipliers, which, decimals, width, odd)

    names = sorted({g for r in recipes for g in r.gases})
    gap = np.array([r.gap for r in recipes], bool)[which]
    return Results(
        ids,
        which,
        recipes,
        {gas: column([r.gases.get(gas) for r in recipes]) for gas in names},
        column([r.coal if r.counted else None for r in recipes]),
        column([r.equal if r.counted else None for r in recipes]),
        None,
        counted,
        counted & ~gap,
    )


def choose_width(quantity: Any, recipes: list[Recipe]) -> tuple[Width, np.ndarray]:
    """Decimal width that the batch needs, and which quantities are plain numbers of it."""
    wide = pc.match_substring_regex(quantity, WIDE.pattern)
    if all(fits(r) for r in recipes):
        narrow = pc.match_substring_regex(quantity, NARROW.pattern)
        if pc.sum(narrow).as_py() == pc.sum(wide).as_py():
            return NARROW, narrow.to_numpy(zero_copy_only=False)
    return WIDE, wide.to_numpy(zero_copy_only=False)


def fits(recipe: Recipe) -> bool:
    """Whether all multipliers of a recipe are decimals of the narrow width; found once and kept."""
    if recipe.narrow is None:
        multipliers = (*recipe.gases.values(), recipe.coal, recipe.equal)
        recipe.narrow = all(m is None or as_decimal(m, NARROW) is not None for m in multipliers)
    return recipe.narrow


def odd_rows(
    positions: np.ndarray,
    quantity: Any,
    which: np.ndarray,
    recipes: list[Recipe],
    counted: np.ndarray,
    tell: Callable[[Finding, int], None],
) -> dict[int, Fraction | None]:
    """Quantities that are not plain numbers: the exact value, or None where there is none to count."""
    values: dict[int, Fraction | None] = {}
    if not len(positions):
        return values
    texts = quantity.take(pa.array(positions)).to_pylist()
    for position, text in zip(positions.tolist(), texts, strict=True):
        value, finding = read_quantity(recipes[which[position]], text)
        if finding is not None:
            tell(finding, position)
        values[position] = value if counted[position] else None
    return values


def result_column(
    multipliers: list[Fraction | None],
    which: np.ndarray,
    decimals: Any,
    width: Width,
    odd: dict[int, Fraction | None],
) -> Any:
    """One column of results: plain rows by Arrow, the others by fractions.

    A multiplier without a finite decimal (a division by 29.3076) is taken to thirty places; rows that this leaves close to
    the edge between two results are done again by fractions, so that every result is the exact one.
    """
    table: list[Any] = []
    inexact: list[int] = []
    for i, m in enumerate(multipliers):
        exact = None if m is None else as_decimal(m, width)
        if m is not None and exact is None:
            exact = rounded_decimal(m, width)
            inexact.append(i)
        table.append(exact)
    column, unrounded = products(decimals, pa.array(table, width.multiplier).take(pa.array(which)), width)
    fixed: dict[int, int | None] = {}
    for position, value in odd.items():
        m = multipliers[which[position]]
        fixed[position] = None if value is None or m is None else quanta(value * m)
    if inexact:
        doubtful = np.flatnonzero(np.isin(which, inexact) & near_tie(unrounded, column, decimals))
        for position, number in zip(
            doubtful.tolist(), decimals.take(pa.array(doubtful)).to_pylist(), strict=True
        ):
            m = multipliers[which[position]]
            if number is not None and m is not None:
                fixed[position] = quanta(Fraction(number) * m)
    if fixed:
        positions = sorted(fixed)
        mask = np.zeros(len(which), bool)
        mask[positions] = True
        column = pc.replace_with_mask(column, pa.array(mask), to_column([fixed[p] for p in positions], width))
    return column


def co2e_column(results: Results, gwp_of: Callable[[str], Fraction | None]) -> Any:
    """Column of CO2e: null in rows with a gas that has no GWP in the set."""
    size = len(results.which)
    total: Any = pa.array(np.zeros(size, np.int64)).cast(pa.decimal256(20, 0)).cast(WIDE.result)
    known = results.emitting.copy()
    for gas, column in results.gases.items():
        if gas in MEMO:
            continue
        factor = gwp_of(gas)
        if factor is None:
            known &= ~pc.is_valid(column).to_numpy(zero_copy_only=False)
            continue
        part = pc.cast(column, pa.decimal256(50, 12))
        if factor != 1:
            scale = pa.scalar(as_decimal(factor, WIDE), WIDE.multiplier).cast(pa.decimal256(20, 6))
            part = pc.round(pc.multiply(part, scale), 12, "half_to_even")
        total = pc.cast(pc.add(total, pc.fill_null(pc.cast(part, WIDE.result), 0)), WIDE.result)
    return pc.if_else(pa.array(known), total, pa.scalar(None, WIDE.result))


def rows_json(results: Results) -> Any:
    """Arrow column of JSON texts, one a row."""
    size = len(results.which)

    def join(*parts: Any) -> Any:
        return pc.binary_join_element_wise(*parts, "")

    def number(column: Any) -> Any:
        return pc.fill_null(column_text(column), "null")

    def listed(names: list[str]) -> Any:
        # null_handling="skip" of Arrow's join drops rows that are null throughout, so nulls become ""
        pieces = [pc.fill_null(join(f",{json.dumps(g)}:", column_text(results.gases[g])), "") for g in names]
        if not pieces:
            return pa.array([""] * size, pa.string())
        return pc.ascii_ltrim(join(*pieces), characters=",")

    tails = []
    for r in results.recipes:
        tail = f',"factors":{json.dumps(list(r.factors), ensure_ascii=False)}'
        tails.append(tail + (f',"marks":{json.dumps(list(r.marks))}' if r.marks else ""))
    index = pa.array(results.which)
    kept = np.array([not r.counted for r in results.recipes], bool)[results.which] | results.counted
    state = pc.if_else(pa.array(kept), pa.array([r.state for r in results.recipes]).take(index), "missing")
    tail = pc.if_else(pa.array(results.counted), pa.array(tails).take(index), ',"factors":[]')
    memo = [g for g in results.gases if g in MEMO]
    co2e = pa.array(["null"] * size) if results.co2e is None else number(results.co2e)
    parts = [
        '{"id":', json_strings(results.ids),
        ',"tce_calorific":', number(results.coal),
        ',"tce_equal":', number(results.equal),
        ',"emissions":{', listed([g for g in results.gases if g not in MEMO]),
        '},"co2e":', co2e,
        ',"state":"', state, '"', tail,
        *((',"memo":{', listed(memo), "}") if memo else ()),
    ]  # fmt: skip
    return join(*parts, "}")


def json_strings(column: Any) -> Any:
    """JSON strings of a text column; plain texts without going through Python."""
    if pc.any(pc.match_substring_regex(column, r'["\\\x00-\x1f]')).as_py():
        return pa.array([json.dumps(t, ensure_ascii=False) for t in column.to_pylist()], pa.string())
    return pc.binary_join_element_wise('"', column, '"', "")


def read_quantity(recipe: Recipe, text: str) -> tuple[Fraction | None, Finding | None]:
    """Exact quantity of a row that is not a plain number, or the finding that says why there is none."""
    number = parse_decimal(text)

    def fault(rule: str, zh: str, en: str, severity: Any = "error") -> tuple[None, Finding]:
        fix = Text("改正该单元格", "Correct the cell.")
        return None, Finding(rule, severity, "", Text(zh, en), value=text[:60], fix=fix)

    if number.kind == "bad":
        return fault("account.quantity", number.problem.zh, number.problem.en)
    if recipe.state == "confirmed_zero":
        if number.value:
            return fault(
                "account.state_conflict",
                f"状态是“确认为零”，用量却是 {text}",
                f"The state is confirmed_zero but the quantity is {text}",
            )
        return Fraction(0), None
    if not recipe.counted:
        if number.value and recipe.state in ("NO", "missing") and not recipe.errors:
            return fault(
                "account.state_conflict",
                f"状态是 {recipe.state}，用量却是 {text}",
                f"The state is {recipe.state} but the quantity is {text}",
            )
        return None, None
    if number.value is None:
        found = Finding(
            "account.quantity_missing",
            "warning",
            "",
            Text("用量为空，按缺失处理，不按零", "The quantity is blank; it is missing, not zero"),
            value=text,
            fix=Text(
                "补上用量；确为零时填 0 并把状态写为 confirmed_zero",
                "Fill it in; where it is zero, write 0 and the state confirmed_zero.",
            ),
        )
        return None, found
    if number.percent:
        return fault("account.quantity", f"用量“{text}”带百分号", f"The quantity “{text}” has a percent sign")
    if number.value < 0:
        return fault("account.negative", f"用量为负：{text}", f"The quantity is negative: {text}")
    if abs(number.value) >= 10**18:
        return fault("account.quantity", f"用量过大：{text}", f"The quantity is too large: {text}")
    note = None
    if number.suffix:
        note = Finding(
            "account.suffix",
            "note",
            "",
            Text(f"“{text}”按 {number.value} 计", f"“{text}” is read as {number.value}"),
            value=text,
        )
    return Fraction(number.value), note
