"""Account of a plain table of activity rows: energy and emissions, row by row and in total.

Input columns: ``id, year, region, sector, energy, quantity, unit[, factor_id][, state]``. The table is read in batches and
the results are handed out as they come, so millions of rows need little memory; what grows is only the groups and
eight bytes an id. Results are whole numbers of 10^-12 t: rows sum to the total exactly (rule M3).

Rules kept: M1 missing is not zero; M4 one factor or a finding; M5 gas by gas until a GWP set is named, and CO2 never counts
another gas or biogenic carbon; M7 当量 and 等价 are two columns; M10 findings with their cell; M11 the same id twice is shown and
counted once. Data flow: docs/design/account.md.
"""

from __future__ import annotations

import datetime
from collections.abc import Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from fractions import Fraction
from pathlib import Path
from typing import Any, TypeVar

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from dafeng.factors import Factor, FactorLibrary, Vocabulary, shipped_vocabulary
from dafeng.findings import BlockingError, Finding, Text
from dafeng.inventory.account_batch import Results, co2e_column, compute, follow, rows_json
from dafeng.inventory.account_exact import to_quanta
from dafeng.inventory.account_file import FactorFile
from dafeng.inventory.account_ids import SeenIds
from dafeng.inventory.account_recipe import LEAVE_A_GAP, Key, Kitchen, Recipe
from dafeng.inventory.account_sets import ShippedSets
from dafeng.inventory.account_supply import Source
from dafeng.inventory.account_totals import MAX_LISTED, SHOWN_PER_FAULT, Findings, Sums, Totals, no_rows
from dafeng.tabular import Batch, CsvStream, match_headers, open_stream

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

Item = TypeVar("Item")
_END: Any = object()


def ahead(items: Iterable[Item]) -> Iterator[Item]:
    """The same items, each made in another thread while the one before is used."""
    iterator = iter(items)
    with ThreadPoolExecutor(1) as pool:
        following = pool.submit(next, iterator, _END)
        while (item := following.result()) is not _END:
            following = pool.submit(next, iterator, _END)
            yield item


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
        block: int = 2 * 1024**2,
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
        self._bases: dict[Key, Recipe] = {}
        self._gwp: dict[str, Fraction | None] = {}
        self._seen = SeenIds(self._first_rows)
        self._done_before = 0

    def rows(self) -> Iterator[Any]:
        """Arrow arrays of JSON texts, one text a row, batch by batch; afterwards ``totals`` is complete.

        Reading, arithmetic and writing of consecutive batches overlap in three threads.
        """
        with ThreadPoolExecutor(1) as pool:
            waiting = None
            for batch in ahead(self.stream.batches()):
                made = pool.submit(rows_json, self._batch(batch))
                if waiting is not None:
                    yield waiting.result()
                waiting = made
            if waiting is not None:
                yield waiting.result()
        if not self.totals.rows:
            self.findings.add(no_rows(), self.stream.place(1, None))
        self.findings.items[:0] = self.stream.findings
        self.findings.errors += sum(f.severity == "error" for f in self.stream.findings)

    def _text(self, batch: Batch, name: str) -> Any:
        column = self.columns.get(name)
        if column is None:
            return pa.array([""] * len(batch), pa.string())
        return batch.columns[column]

    def _place(self, number: int, name: str) -> str:
        return self.stream.place(number, self.columns.get(name))

    def _batch(self, batch: Batch) -> Results:
        numbers = batch.numbers.to_numpy()
        everywhere = follow([self._text(batch, name) for name in Key._fields], self._recipe)
        used, which = np.unique(everywhere, return_inverse=True)
        recipes = [self._recipes[i] for i in used.tolist()]
        ids = pc.utf8_trim_whitespace(self._text(batch, "id"))
        id_list: list[str] = ids.to_pylist()
        self._tell(recipes, which, numbers)
        keep = self._ids(id_list, numbers)
        quantity = pc.utf8_trim_whitespace(self._text(batch, "quantity"))

        def tell(finding: Finding, position: int) -> None:
            self.findings.add(finding, self._place(int(numbers[position]), "quantity"))

        results = compute(ids, quantity, which, recipes, keep, tell)
        if self.gwp is not None:
            results.co2e = co2e_column(results, self._gwp_of)
        self._sum(results, id_list)
        return results

    def _recipe(self, key: Key) -> int:
        index = self._index.get(key)
        if index is None:
            index = self._index[key] = len(self._recipes)
            plain = key._replace(sector="")  # the sector names a group and changes no result
            base = self._bases.get(plain)
            if base is None:
                base = self._bases[plain] = self._kitchen.recipe(plain)
            year, region, _, energy = base.group
            recipe = replace(base, key=key, group=(year, region, key.sector, energy), notes=base.notes)
            base.notes = []  # told once
            self._recipes.append(recipe)
            self.totals.groups.setdefault(recipe.group, Sums())
            for candidate in recipe.used:
                self.totals.factors.setdefault(candidate.id or candidate.place, candidate.shown)
        return index

    # findings

    def _tell(self, recipes: list[Recipe], which: np.ndarray, numbers: np.ndarray) -> None:
        """Findings of the recipes: errors for each row, notes once."""
        for i, recipe in enumerate(recipes):
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

    def _ids(self, ids: list[str], numbers: np.ndarray) -> np.ndarray:
        """False for rows whose id stood before: they are shown and not counted again."""
        keep = np.ones(len(ids), bool)
        for position, first in self._seen.repeated(ids, numbers.tolist()).items():
            keep[position] = False
            self.findings.add(_repeated(ids[position], first), self._place(int(numbers[position]), "id"))
        if "" in ids:
            for position, identifier in enumerate(ids):
                if not identifier:
                    self.findings.add(_NO_ID, self._place(int(numbers[position]), "id"))
        if len(numbers):
            self._done_before = int(numbers[-1])
        return keep

    def _first_rows(self, wanted: set[str]) -> dict[str, int]:
        """Row numbers at which ids first stand, among the rows already done (a second reading)."""
        first: dict[str, int] = {}
        column = self.columns["id"]
        lookup = pa.array(sorted(wanted), pa.string())
        for batch in open_stream(self.path).batches():
            ids = pc.utf8_trim_whitespace(batch.columns[column])
            mask = pc.is_in(ids, lookup)
            found = zip(ids.filter(mask).to_pylist(), batch.numbers.filter(mask).to_pylist(), strict=True)
            for identifier, number in found:
                if number > self._done_before:
                    return first
                first.setdefault(identifier, number)
        return first

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

    # sums

    def _sum(self, results: Results, ids: list[str]) -> None:
        t = self.totals
        data = {
            "which": pa.array(results.which),
            **results.gases,
            "·coal": results.coal,
            "·equal": results.equal,
        }
        if results.co2e is not None:
            data["·co2e"] = results.co2e
        names = [n for n in data if n != "which"]
        summed = pa.table(data).group_by("which").aggregate([(n, "sum") for n in names]).to_pydict()
        for row, i in enumerate(summed["which"]):
            for sums in (t.all, t.groups[results.recipes[i].group]):
                for name in names:
                    value = summed[f"{name}_sum"][row]
                    if value is not None:
                        sums.add(name, to_quanta(value))
        t.rows += len(ids)
        t.counted += int(results.emitting.sum())
        t.without_coal += _without(results.coal, results.counted)
        t.without_equal += _without(results.equal, results.counted)
        if results.co2e is not None:
            t.without_co2e += _without(results.co2e, results.emitting)
        for position in np.flatnonzero(~results.emitting).tolist():
            recipe = results.recipes[results.which[position]]
            if recipe.counted or recipe.gap or recipe.state in LEAVE_A_GAP:
                t.gaps += 1
                t.group_gaps[recipe.group] = t.group_gaps.get(recipe.group, 0) + 1
                if len(t.gap_ids) < MAX_LISTED:
                    t.gap_ids.append(ids[position])


def _without(column: Any, rows: np.ndarray) -> int:
    return int((rows & pc.is_null(column).to_numpy(zero_copy_only=False)).sum())


_NO_ID = Finding(
    "account.id", "error", "", Text("没有编号", "The row has no id"), fix=Text("补上编号", "Give it an id.")
)


def _repeated(identifier: str, first: int) -> Finding:
    return Finding(
        "account.duplicate_id",
        "error",
        "",
        Text(
            f"编号“{identifier}”与第{first}行重复，本行不再计入",
            f"The id “{identifier}” stands in row {first} already; this row is not counted again",
        ),
        value=identifier,
        expected=Text("每行一个编号", "one id a row"),
        fix=Text("删去重复行，或改编号", "Delete the repeated row or give it an id of its own."),
    )


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
