"""Account of a plain table of activity rows: energy and emissions, row by row and in total.

Input columns: ``id, year, region, sector, energy, quantity, unit[, factor_id][, state]``. The table is read in batches and
the results are handed out as they come, so millions of rows need little memory; what grows is only the groups and
eight bytes an id. Results are whole numbers of 10^-12 t: rows sum to the total exactly (rule M3).

Rules kept: M1 missing is not zero; M4 one factor or a finding; M5 gas by gas until a GWP set is named, and CO2 never counts
another gas or biogenic carbon; M7 当量 and 等价 are two columns; M10 findings with their cell; M11 the same id twice is shown and
counted once.
"""

from __future__ import annotations

import datetime
import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from fractions import Fraction
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from dafeng.factors import Factor, FactorLibrary, Vocabulary, shipped_vocabulary
from dafeng.findings import BlockingError, Finding, Text
from dafeng.inventory.account_exact import (
    NARROW,
    WIDE,
    Width,
    as_decimal,
    column_text,
    joined,
    number_text,
    products,
    quanta,
    to_column,
    to_quanta,
)
from dafeng.inventory.account_factors import FactorFile, ShippedSets, Source
from dafeng.inventory.account_ids import SeenIds
from dafeng.inventory.account_recipe import COAL_SET, EQUAL_SETS, LEAVE_A_GAP, Key, Kitchen, Recipe
from dafeng.tabular import Batch, CsvStream, match_headers, open_stream, parse_decimal

ALIASES: dict[str, tuple[str, ...]] = {
    "id": ("编号", "序号", "row_id"),
    "year": ("年份", "年度", "年"),
    "region": ("地区", "区域", "行政区"),
    "sector": ("部门", "行业", "领域"),
    "energy": ("能源", "能源品种", "品种", "fuel"),
    "quantity": ("用量", "消费量", "数量", "activity"),
    "unit": ("单位", "计量单位"),
    "factor_id": ("因子编号", "因子"),
    "state": ("状态", "数据状态"),
}
REQUIRED = ("id", "year", "region", "sector", "energy", "quantity", "unit")
MEMO = ("CO2_biogenic",)
SHOWN_PER_FAULT = 20
MAX_FINDINGS = 1000
MAX_LISTED = 1000
MAX_KINDS = 20_000


@dataclass
class Sums:
    """Whole numbers of 10^-12 t, by gas. Standard coal and CO2e are None until a row gives one (M1)."""

    gases: dict[str, int] = field(default_factory=dict)
    co2e: int | None = None
    coal: int | None = None
    equal: int | None = None

    def emissions(self) -> dict[str, int]:
        return {g: v for g, v in self.gases.items() if g not in MEMO}

    def memo(self) -> dict[str, int]:
        return {g: v for g, v in self.gases.items() if g in MEMO}


@dataclass
class Totals:
    """What is known after the last row."""

    all: Sums = field(default_factory=Sums)
    groups: dict[tuple[str, str, str, str], Sums] = field(default_factory=dict)
    group_gaps: dict[tuple[str, str, str, str], int] = field(default_factory=dict)
    rows: int = 0
    counted: int = 0
    gaps: int = 0
    gap_ids: list[str] = field(default_factory=list)
    without_coal: int = 0
    without_equal: int = 0
    without_co2e: int = 0
    factors: dict[str, dict[str, Any]] = field(default_factory=dict)


class Findings:
    """Collects findings within bounds: like ones past the twentieth are counted, not listed."""

    def __init__(self, first: Iterable[Finding] = ()):
        self.items: list[Finding] = list(first)
        self.errors = sum(f.severity == "error" for f in self.items)
        self._counts: dict[tuple[str, str], list[int]] = {}
        self._firsts: dict[tuple[str, str], Finding] = {}
        self._closed = False

    def add(self, finding: Finding, place: str, *, once: bool = False, rows: int = 1) -> None:
        """Adds a finding of some rows; with ``once`` only the first of its kind is kept at all."""
        key = (finding.rule, finding.value)
        if key not in self._counts and len(self._counts) >= MAX_KINDS:
            key = (finding.rule, "…")
        count = self._counts.setdefault(key, [0, 0])
        count[0] += rows
        self._firsts.setdefault(key, finding)
        if finding.severity == "error":
            self.errors += rows
        if count[1] >= (1 if once else SHOWN_PER_FAULT) or len(self.items) >= MAX_FINDINGS:
            if once:
                count[1] = count[0]
            return
        count[1] += 1
        self.items.append(replace(finding, place=place))

    def close(self) -> list[Finding]:
        """The findings, with one line for each kind of which not all were listed."""
        if not self._closed:
            self._closed = True
            for key, (count, shown) in self._counts.items():
                first = self._firsts[key]
                if count > shown and first.severity != "note":
                    zh = f"同样的问题共 {count} 行，另有 {count - shown} 行未逐行列出：{first.message.zh}"
                    en = f"{count} rows have this fault, {count - shown} of them not listed: {first.message.en}"
                    self.items.append(replace(first, message=Text(zh, en), place="—"))
                if len(self.items) >= 2 * MAX_FINDINGS:
                    break
        return self.items


class Account:
    """The account of one table.

    factors: name of a shipped fuel set. factor_file: a file of factors, which then is the only source. gwp: name of a
    GWP set; without it there is no CO2e. today: bounds the years (default: the current day). Raises
    BlockingError when the table or the factor file cannot be read, or a set is not known.
    """

    def __init__(
        self,
        path: Path | str,
        *,
        factors: str | None = None,
        factor_file: Path | str | None = None,
        gwp: str | None = None,
        today: datetime.date | None = None,
        library: FactorLibrary | None = None,
        vocabulary: Vocabulary | None = None,
        block: int = 4 * 1024**2,
    ):
        self.library = library or FactorLibrary.load()
        self.vocabulary = vocabulary or shipped_vocabulary()
        self.gwp = gwp
        self.today = today or datetime.date.today()
        check_sets(self.library, factors, gwp)
        self.source: Source
        first: list[Finding] = []
        if factor_file is not None:
            self.source = file_source = FactorFile(factor_file, self.vocabulary)
            first += file_source.findings
        else:
            self.source = ShippedSets(self.library, self.vocabulary, factors or "PGI-2025")
        self.stream: CsvStream = open_stream(path, block=block)
        self.path = Path(path)
        self.columns, found = match_headers(
            self.stream.headers, ALIASES, required=REQUIRED, place=self.stream.file
        )
        first += found
        self.findings = Findings(first)
        if any(f.severity == "error" for f in found):
            raise BlockingError([*self.stream.findings, *first])
        self.totals = Totals()
        self._kitchen = Kitchen(
            self.source, self.library, self.vocabulary, self.today, factor_file is not None
        )
        self._recipes: list[Recipe] = []
        self._index: dict[Key, int] = {}
        self._gwp: dict[str, Fraction | None] = {}
        self._seen = SeenIds(self._first_rows)
        self._done_before = 0

    # reading

    def rows(self) -> Iterator[Any]:
        """Arrow arrays of JSON texts, one text a row, batch by batch; afterwards ``totals`` is complete."""
        for batch in self.stream.batches():
            yield self._batch(batch)
        self.findings.items[:0] = self.stream.findings
        self.findings.errors += sum(f.severity == "error" for f in self.stream.findings)

    def _first_rows(self, wanted: set[str]) -> dict[str, int]:
        """Row numbers at which ids first stand, among the rows already done (a second reading)."""
        first: dict[str, int] = {}
        again = open_stream(self.path)
        column = self.columns["id"]
        lookup = pa.array(sorted(wanted), pa.string())
        for batch in again.batches():
            ids = pc.utf8_trim_whitespace(batch.columns[column])
            mask = pc.is_in(ids, lookup)
            for identifier, number in zip(
                ids.filter(mask).to_pylist(), batch.numbers.filter(mask).to_pylist(), strict=True
            ):
                if number > self._done_before:
                    return first
                first.setdefault(identifier, number)
        return first

    def _text(self, batch: Batch, name: str) -> Any:
        column = self.columns.get(name)
        if column is None:
            return pa.array([""] * len(batch), pa.string())
        return batch.columns[column]

    def _place(self, number: int, name: str) -> str:
        return self.stream.place(number, self.columns.get(name))

    def _batch(self, batch: Batch) -> Any:
        size = len(batch)
        which = self._which(batch)
        used = np.unique(which)
        recipes = self._recipes
        ids = pc.utf8_trim_whitespace(self._text(batch, "id"))
        id_list: list[str] = ids.to_pylist()
        quantity = pc.utf8_trim_whitespace(self._text(batch, "quantity"))
        numbers = batch.numbers.to_numpy()

        counted = np.array([r.counted for r in recipes], bool)[which]
        self._tell(used, which, numbers)
        counted &= self._ids(id_list, numbers, counted)
        zero = np.array([r.state == "confirmed_zero" for r in recipes], bool)[which]
        width, plain = self._width(quantity, used)
        fast = plain & counted & ~zero
        slow = np.flatnonzero(~fast)
        values = self._odd_rows(slow, quantity, which, counted, numbers)
        state_lost = np.zeros(size, bool)
        for position, value in values.items():
            if value is None:
                state_lost[position] = True
        counted &= ~state_lost
        gap = np.array([r.gap for r in recipes], bool)[which]

        gases = sorted({g for i in used for g in recipes[i].gases})
        columns: dict[str, Any] = {}
        decimals = pc.cast(pc.if_else(pa.array(fast), quantity, None), width.quantity)
        for gas in gases:
            columns[gas] = self._column(
                [r.gases.get(gas) for r in recipes], which, decimals, width, values, used
            )
        coal = self._column(
            [r.coal if r.counted else None for r in recipes], which, decimals, width, values, used
        )
        equal = self._column(
            [r.equal if r.counted else None for r in recipes], which, decimals, width, values, used
        )
        co2e = self._co2e(columns, counted & ~gap, size)
        self._sum(which, columns, coal, equal, co2e, counted, gap, id_list)
        return self._json(ids, which, columns, gases, coal, equal, co2e, counted)

    def _which(self, batch: Batch) -> np.ndarray:
        """Index of the recipe of each row; makes the recipes that are new."""
        encoded = [self._text(batch, name).dictionary_encode() for name in Key._fields]
        words: list[list[str]] = [e.dictionary.to_pylist() for e in encoded]
        sizes = [max(len(w), 1) for w in words]
        if float(np.prod(np.array(sizes, float))) < 2**62:
            code = np.zeros(len(batch), np.int64)
            for e, size in zip(encoded, sizes, strict=True):
                code = code * size + e.indices.to_numpy(zero_copy_only=False)
            unique, inverse = np.unique(code, return_inverse=True)
            translated = np.empty(len(unique), np.int64)
            for i, packed in enumerate(unique.tolist()):
                cells: list[str] = []
                for values, size in zip(reversed(words), reversed(sizes), strict=True):
                    packed, index = divmod(packed, size)
                    cells.append(values[index].strip())
                translated[i] = self._recipe(Key(*reversed(cells)))
            return translated[inverse]
        columns = [self._text(batch, name).to_pylist() for name in Key._fields]
        return np.array([self._recipe(Key(*(c.strip() for c in row))) for row in zip(*columns, strict=True)])

    def _recipe(self, key: Key) -> int:
        index = self._index.get(key)
        if index is None:
            index = self._index[key] = len(self._recipes)
            recipe = self._kitchen.recipe(key)
            self._recipes.append(recipe)
            self.totals.groups.setdefault(recipe.group, Sums())
            for candidate in recipe.used:
                self.totals.factors.setdefault(candidate.id or candidate.place, candidate.shown)
        return index

    def _tell(self, used: np.ndarray, which: np.ndarray, numbers: np.ndarray) -> None:
        """Findings of the recipes: errors for each row, notes once."""
        for i in used.tolist():
            recipe = self._recipes[i]
            if not recipe.errors and not recipe.notes:
                continue
            rows = numbers[which == i]
            for finding in recipe.errors:
                listed = rows[:SHOWN_PER_FAULT].tolist()
                for number in listed:
                    self.findings.add(finding, self._place(number, _column_of(finding)))
                if len(rows) > len(listed):
                    where = self._place(int(rows[len(listed)]), _column_of(finding))
                    self.findings.add(finding, where, rows=len(rows) - len(listed))
            for finding in recipe.notes:
                self.findings.add(finding, self._place(int(rows[0]), _column_of(finding)), once=True)
            recipe.notes = []

    def _ids(self, ids: list[str], numbers: np.ndarray, counted: np.ndarray) -> np.ndarray:
        """False for rows whose id stood before: they are shown and not counted again."""
        keep = np.ones(len(ids), bool)
        for position, first in self._seen.repeated(ids, numbers.tolist()).items():
            keep[position] = False
            number = int(numbers[position])
            self.findings.add(
                Finding(
                    "account.duplicate_id",
                    "error",
                    "",
                    Text(
                        f"编号“{ids[position]}”与第{first}行重复，本行不再计入",
                        f"The id “{ids[position]}” stands in row {first} already; this row is not counted again",
                    ),
                    value=ids[position],
                    expected=Text("每行一个编号", "one id a row"),
                    fix=Text("删去重复行，或改编号", "Delete the repeated row or give it an id of its own."),
                ),
                self._place(number, "id"),
            )
        if "" in ids:
            for position, identifier in enumerate(ids):
                if not identifier:
                    finding = Finding(
                        "account.id",
                        "error",
                        "",
                        Text("没有编号", "The row has no id"),
                        fix=Text("补上编号", "Give it an id."),
                    )
                    self.findings.add(finding, self._place(int(numbers[position]), "id"))
        if len(numbers):
            self._done_before = int(numbers[-1])
        return keep

    def _width(self, quantity: Any, used: np.ndarray) -> tuple[Width, np.ndarray]:
        """Decimal width that the batch needs, and which quantities are plain numbers of it."""
        values = [
            m
            for i in used
            for m in (*self._recipes[i].gases.values(), self._recipes[i].coal, self._recipes[i].equal)
        ]
        narrow = all(m is None or as_decimal(m, NARROW) is not None for m in values)
        if narrow:
            plain = pc.match_substring_regex(quantity, NARROW.pattern)
            if pc.all(pc.or_(plain, pc.invert(pc.match_substring_regex(quantity, WIDE.pattern)))).as_py():
                return NARROW, plain.to_numpy(zero_copy_only=False)
        plain_rows = pc.match_substring_regex(quantity, WIDE.pattern).to_numpy(zero_copy_only=False)
        return WIDE, plain_rows

    def _odd_rows(
        self, slow: np.ndarray, quantity: Any, which: np.ndarray, counted: np.ndarray, numbers: np.ndarray
    ) -> dict[int, Fraction | None]:
        """Quantities that are not plain numbers: their exact value, or None where there is none to count."""
        values: dict[int, Fraction | None] = {}
        if not len(slow):
            return values
        texts = quantity.take(pa.array(slow)).to_pylist()
        for position, text in zip(slow.tolist(), texts, strict=True):
            recipe = self._recipes[which[position]]
            value, finding = _quantity(recipe, text)
            if finding is not None:
                self.findings.add(finding, self._place(int(numbers[position]), "quantity"))
            values[position] = value if counted[position] else None
        return values

    def _column(
        self,
        multipliers: list[Fraction | None],
        which: np.ndarray,
        decimals: Any,
        width: Width,
        values: dict[int, Fraction | None],
        used: np.ndarray,
    ) -> Any:
        """One column of results, fast rows by Arrow, the others by fractions."""
        table: list[Any] = [None] * len(multipliers)
        exact_only: set[int] = set()
        for i in used.tolist():
            m = multipliers[i]
            if m is None:
                continue
            table[i] = as_decimal(m, width)
            if table[i] is None:
                exact_only.add(i)
        column = products(decimals, pa.array(table, width.multiplier).take(pa.array(which)), width)
        fixed: dict[int, int | None] = {}
        for position, value in values.items():
            m = multipliers[which[position]]
            fixed[position] = None if value is None or m is None else quanta(value * m)
        if exact_only:
            rows = np.flatnonzero(np.isin(which, list(exact_only)))
            numbers = decimals.take(pa.array(rows)).to_pylist()
            for position, number in zip(rows.tolist(), numbers, strict=True):
                m = multipliers[which[position]]
                if number is not None and m is not None:
                    fixed[position] = quanta(Fraction(number) * m)
        if fixed:
            positions = sorted(fixed)
            mask = np.zeros(len(which), bool)
            mask[positions] = True
            column = pc.replace_with_mask(
                column, pa.array(mask), to_column([fixed[p] for p in positions], width)
            )
        return column

    # CO2e

    def _gwp_of(self, gas: str) -> Fraction | None:
        """GWP of a gas in the named set; 1 for CO2, and for CO2e, whose own set is not known (a warning)."""
        if gas not in self._gwp:
            if gas in ("CO2", "CO2e"):
                self._gwp[gas] = Fraction(1)
            else:
                found = self.library.gwp(self.gwp or "", gas)
                self._gwp[gas] = Fraction(found.value) if isinstance(found, Factor) else None
                if not isinstance(found, Factor):
                    self.findings.add(
                        Finding(
                            "account.no_gwp",
                            "warning",
                            "",
                            Text(
                                f"{self.gwp} 中没有 {gas} 的 GWP，含该气体的 CO2e 留空",
                                f"{self.gwp} holds no GWP of {gas}; CO2e with it is left blank",
                            ),
                            value=gas,
                        ),
                        self.stream.file,
                        once=True,
                    )
            if gas == "CO2e":
                self.findings.add(
                    Finding(
                        "account.co2e_factor",
                        "warning",
                        "",
                        Text(
                            f"有因子本身就是 CO2e，其 GWP 未必是 {self.gwp}，按原值并入",
                            f"Some factors are in CO2e already; their GWP may not be {self.gwp}; they are added as they are",
                        ),
                        value="CO2e",
                    ),
                    self.stream.file,
                    once=True,
                )
        return self._gwp[gas]

    def _co2e(self, columns: dict[str, Any], counted: np.ndarray, size: int) -> Any:
        """Column of CO2e, null without a GWP set and in rows with a gas that has none."""
        if self.gwp is None:
            return None
        total: Any = pa.array(np.zeros(size, np.int64)).cast(pa.decimal256(20, 0)).cast(WIDE.result)
        known = counted.copy()
        for gas, column in columns.items():
            if gas in MEMO:
                continue
            factor = self._gwp_of(gas)
            present = pc.is_valid(column).to_numpy(zero_copy_only=False)
            if factor is None:
                known &= ~present
                continue
            part = pc.cast(column, pa.decimal256(50, 12))
            if factor != 1:
                scale = pa.scalar(as_decimal(factor, WIDE), WIDE.multiplier).cast(pa.decimal256(20, 6))
                part = pc.round(pc.multiply(part, scale), 12, "half_to_even")
            total = pc.cast(pc.add(total, pc.fill_null(pc.cast(part, WIDE.result), 0)), WIDE.result)
        return pc.if_else(pa.array(known), total, pa.scalar(None, WIDE.result))

    # sums

    def _sum(
        self,
        which: np.ndarray,
        columns: dict[str, Any],
        coal: Any,
        equal: Any,
        co2e: Any,
        counted: np.ndarray,
        gap: np.ndarray,
        ids: list[str],
    ) -> None:
        t = self.totals
        t.rows += len(which)
        emitting = counted & ~gap
        t.counted += int(emitting.sum())
        data = {"which": pa.array(which), **columns, "·coal": coal, "·equal": equal}
        if co2e is not None:
            data["·co2e"] = co2e
        names = [n for n in data if n != "which"]
        summed = pa.table(data).group_by("which").aggregate([(n, "sum") for n in names]).to_pydict()
        for row, i in enumerate(summed["which"]):
            for sums in (t.all, t.groups[self._recipes[i].group]):
                for name in names:
                    value = summed[f"{name}_sum"][row]
                    if value is None:
                        continue
                    part = to_quanta(value)
                    if name == "·coal":
                        sums.coal = (sums.coal or 0) + part
                    elif name == "·equal":
                        sums.equal = (sums.equal or 0) + part
                    elif name == "·co2e":
                        sums.co2e = (sums.co2e or 0) + part
                    else:
                        sums.gases[name] = sums.gases.get(name, 0) + part
        t.without_coal += int((counted & pc.is_null(coal).to_numpy(zero_copy_only=False)).sum())
        t.without_equal += int((counted & pc.is_null(equal).to_numpy(zero_copy_only=False)).sum())
        if co2e is not None:
            t.without_co2e += int((emitting & pc.is_null(co2e).to_numpy(zero_copy_only=False)).sum())
        for position in np.flatnonzero(~emitting).tolist():
            recipe = self._recipes[which[position]]
            if recipe.counted or recipe.gap or recipe.state in LEAVE_A_GAP:
                t.gaps += 1
                t.group_gaps[recipe.group] = t.group_gaps.get(recipe.group, 0) + 1
                if len(t.gap_ids) < MAX_LISTED:
                    t.gap_ids.append(ids[position])

    # JSON of the rows

    def _json(
        self,
        ids: Any,
        which: np.ndarray,
        columns: dict[str, Any],
        gases: list[str],
        coal: Any,
        equal: Any,
        co2e: Any,
        counted: np.ndarray,
    ) -> Any:
        def join(*parts: Any) -> Any:
            return pc.binary_join_element_wise(*parts, "")

        def number(column: Any) -> Any:
            return pc.fill_null(column_text(column), "null")

        def listed(names: list[str]) -> Any:
            # null_handling="skip" of Arrow's join drops rows that are null throughout, so nulls become ""
            pieces = [pc.fill_null(join(f",{json.dumps(g)}:", column_text(columns[g])), "") for g in names]
            if not pieces:
                return pa.array([""] * len(which), pa.string())
            return pc.ascii_ltrim(join(*pieces), characters=",")

        emissions = listed([g for g in gases if g not in MEMO])
        memo_names = [g for g in gases if g in MEMO]
        states, tails = [], []
        for r in self._recipes:
            states.append(r.state)
            tail = f',"factors":{json.dumps(list(r.factors), ensure_ascii=False)}'
            if r.marks:
                tail += f',"marks":{json.dumps(list(r.marks))}'
            tails.append(tail)
        index = pa.array(which)
        kept = np.array([not r.counted for r in self._recipes], bool)[which] | counted
        state = pc.if_else(pa.array(kept), pa.array(states).take(index), "missing")
        tail = pc.if_else(pa.array(counted), pa.array(tails).take(index), ',"factors":[]')
        parts = [
            '{"id":', _json_strings(ids),
            ',"tce_calorific":', number(coal),
            ',"tce_equal":', number(equal),
            ',"emissions":{', emissions,
            '},"co2e":', pa.array(["null"] * len(which)) if co2e is None else number(co2e),
            ',"state":"', state, '"', tail,
        ]  # fmt: skip
        if memo_names:
            parts += [',"memo":{', listed(memo_names), "}"]
        return join(*parts, "}")


def _column_of(finding: Finding) -> str:
    """Column of the input that a finding is about."""
    rule = finding.rule
    if rule in ("account.year", "account.future_year", "account.no_equal_value", "account.equal_series"):
        return "year"
    if "unit" in rule or rule in ("account.heating_value", "account.density", "TP-39.gas_volume"):
        return "unit"
    if rule in ("account.state",):
        return "state"
    if rule == "account.region":
        return "region"
    if rule.startswith("account.factor"):
        return "factor_id"
    return "energy"


def _quantity(recipe: Recipe, text: str) -> tuple[Fraction | None, Finding | None]:
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


def _json_strings(column: Any) -> Any:
    """JSON strings of a text column; plain texts without going through Python."""
    if pc.any(pc.match_substring_regex(column, r'["\\\x00-\x1f]')).as_py():
        return pa.array([json.dumps(t, ensure_ascii=False) for t in column.to_pylist()], pa.string())
    return pc.binary_join_element_wise('"', column, '"', "")


def check_sets(library: FactorLibrary, factors: str | None, gwp: str | None) -> None:
    """Raises BlockingError naming the known sets where one is not known."""
    if gwp is not None and gwp not in library.gwp_sets():
        shown = "、".join(library.gwp_sets())
        raise BlockingError([_unknown_set("--gwp", gwp, shown)])
    fuel_sets = sorted(
        {
            f.set
            for f in library.factors
            if f.parameter in ("co2_factor", "co2_factor_per_heat", "carbon_content_per_heat")
        }
    )
    for part in (factors or "PGI-2025").split("+"):
        if part not in library.sets:
            raise BlockingError([_unknown_set("--factors", part, "、".join(fuel_sets))])


def _unknown_set(option: str, value: str, shown: str) -> Finding:
    return Finding(
        "account.unknown_set",
        "error",
        option,
        Text(f"没有名为“{value}”的因子集；有：{shown}", f"There is no set “{value}”; there are: {shown}"),
        value=value,
        expected=Text(shown, shown),
    )


# Output


def closing_json(account: Account) -> str:
    """Everything after the rows, as JSON text without the opening brace."""
    t = account.totals
    groups = []
    for (year, region, sector, energy), sums in sorted(t.groups.items()):
        head = {
            "year": int(year) if year.isdigit() else year,
            "region": region,
            "sector": sector,
            "energy": energy,
        }
        text = json.dumps(head, ensure_ascii=False)[:-1]
        text += f',"emissions":{_numbers(sums.emissions())}'
        if sums.memo():
            text += f',"memo":{_numbers(sums.memo())}'
        text += f',"co2e":{_or_null(sums.co2e)}'
        text += f',"tce_calorific":{_or_null(sums.coal)},"tce_equal":{_or_null(sums.equal)}'
        text += f',"missing":{t.group_gaps.get((year, region, sector, energy), 0)}}}'
        groups.append(text)
    total = _numbers({"CO2": 0, **t.all.emissions()})[1:-1]
    co2e = _or_null(None if t.without_co2e else t.all.co2e)
    total_text = (
        f'{{{total},"co2e":{co2e},"tce_calorific":{_or_null(t.all.coal)},"tce_equal":{_or_null(t.all.equal)}'
        f',"memo":{_numbers(t.all.memo())},"verdict":"{verdict(t)}"}}'
    )
    rest = {
        "gwp": account.gwp,
        "sources": {
            **account.source.about(),
            "standard_coal": COAL_SET,
            "equal_value": "、".join(EQUAL_SETS),
        },
        "counts": {
            "rows": t.rows,
            "counted": t.counted,
            "missing": t.gaps,
            "without_tce_calorific": t.without_coal,
            "without_tce_equal": t.without_equal,
            "without_co2e": t.without_co2e,
        },
        "missing": t.gap_ids,
        "factors": list(t.factors.values()),
        "findings": [f.as_dict() for f in account.findings.close()],
    }
    return f'"groups":[{",".join(groups)}],"total":{total_text},{json.dumps(rest, ensure_ascii=False)[1:]}'


def verdict(totals: Totals) -> str:
    """``complete``, or ``incomplete`` where a row has no figure (rule M1)."""
    return "incomplete" if totals.gaps else "complete"


def _or_null(value: int | None) -> str:
    return "null" if value is None else number_text(value)


def _numbers(values: dict[str, int]) -> str:
    return "{" + ",".join(f"{json.dumps(g)}:{number_text(v)}" for g, v in values.items()) + "}"


def write_json(account: Account, write: Any) -> None:
    """Writes the whole document through ``write(text)``, rows as they are computed."""
    write('{"rows":[')
    held = ""
    for rows in account.rows():
        write(held)
        text = joined(rows, ",\n")
        write(text[:-2])
        held = ",\n"
    write("],\n")
    write(closing_json(account))
    write("\n")


def account_table(path: Path | str, **options: Any) -> dict[str, Any]:
    """The whole account as Python objects, numbers as Decimal. For small tables and for notebooks."""
    from decimal import Decimal

    pieces: list[str] = []
    write_json(Account(path, **options), pieces.append)
    result: dict[str, Any] = json.loads("".join(pieces), parse_float=Decimal)
    return result
