"""Recomputes a published inventory that nobody here made, and prints the difference line by line.

python benchmarks/prove_ceads.py [folder of the CEADs workbooks] > docs/proofs/ceads.md
"""

from __future__ import annotations

import csv
import sys
import tempfile
from decimal import Decimal
from pathlib import Path
from typing import Any

from dafeng.inventory.account_output import account_table
from dafeng.inventory.ceads import (
    CONSTRUCTION,
    FUELS,
    SPLIT_FUELS,
    Inventory,
    Step,
    find_steps,
    quantities,
    read_inventories,
    recalled_factor,
)

FOLDER = Path(__file__).resolve().parents[2] / "shared" / "data" / "ceads_provinces"
PROVINCE, YEAR = "Shandong", 2015
SHORT = {
    "Construction": "建筑业",
    "Transportation, Storage, Post and Telecommunication Services": "交通仓储邮政",
    "Wholesale, Retail Trade and Catering Services": "批发零售餐饮",
    "Others": "其他服务业",
    "Urban": "城镇生活",
    "Rural": "农村生活",
}
SETS = ("PGI-2025", "ENT", "IPCC-2006")


def workbook(folder: Path, year: int) -> Path:
    return folder / f"Emission_Inventories_for_30_Provinces_{year}.xlsx"


def factor_id(fuel: str, construction: bool) -> str:
    return f"CEADS-{FUELS[fuel][0]}" + ("-construction" if construction else "")


def activity(path: Path, rows: list[tuple[str, str, int]], year: int, *, own: bool) -> None:
    """The recovered quantities as a table for ``dafeng account``; with ``own`` each row names its factor."""
    with path.open("w", encoding="utf-8", newline="") as stream:
        writer = csv.writer(stream)
        head = ["id", "year", "region", "sector", "energy", "quantity", "unit"]
        writer.writerow([*head, "factor_id"] if own else head)
        for sector, fuel, hundredths in rows:
            code, unit = FUELS[fuel]
            quantity = Decimal(hundredths).scaleb(-2)
            cells = [f"{sector}/{fuel}", year, "370000", SHORT[sector], code, quantity, unit]
            writer.writerow([*cells, factor_id(fuel, sector == CONSTRUCTION)] if own else cells)


def factor_file(path: Path, steps: dict[tuple[str, bool], Step], year: int) -> None:
    """The factors found in the workbook as a factor file."""
    with path.open("w", encoding="utf-8", newline="") as stream:
        writer = csv.writer(stream)
        writer.writerow(["factor_id", "energy", "value", "unit", "gas", "region", "year", "source"])
        for (fuel, construction), step in steps.items():
            code, unit = FUELS[fuel]
            name, value = factor_id(fuel, construction), Decimal(repr(step.factor)) * 10**6
            writer.writerow([name, code, value, f"tCO2/{unit}", "CO2", "370000", year, "CEADs workbook"])


def recompute(folder: Path, year: int = YEAR, province: str = PROVINCE) -> dict[str, Any]:
    """Everything that the report shows: inventories, steps, quantities, and the accounts by set."""
    inventories = read_inventories(workbook(folder, year))
    steps = find_steps(inventories)
    proven = {key: s for key, s in steps.items() if s.proven}
    rows = quantities(inventories[province], proven)
    with tempfile.TemporaryDirectory() as name:
        table, factors = Path(name) / "activity.csv", Path(name) / "factors.csv"
        activity(table, rows, year, own=True)
        factor_file(factors, proven, year)
        own = account_table(table, factor_file=factors)
        activity(table, rows, year, own=False)
        sets = {s: account_table(table, factors=s) for s in SETS}
    return {"inventories": inventories, "steps": steps, "rows": rows, "own": own, "sets": sets}


def line(*cells: object) -> str:
    return "| " + " | ".join(str(c) for c in cells) + " |"


def percent(ours: float, theirs: float) -> str:
    return f"{(ours / theirs - 1) * 100:+.3f} %" if theirs else ""


def main() -> None:
    folder = Path(sys.argv[1]) if len(sys.argv) > 1 else FOLDER
    r = recompute(folder)
    inventories: dict[str, Inventory] = r["inventories"]
    steps: dict[tuple[str, bool], Step] = r["steps"]
    mine = inventories[PROVINCE]
    print(HEAD.format(province=PROVINCE, year=YEAR))

    columns = [*FUELS, "Process", "Scope 1 Total"]
    gap = max(abs(i.column_gap(c)) for i in inventories.values() for c in columns)
    rows_gap = sorted(
        ((abs(i.row_gap(s)), i.province, s) for i in inventories.values() for s in i.emissions), reverse=True
    )
    print("## 1 The sheets add up\n")
    print(
        f"- {len(inventories)} sheets; the sum of the sectors differs from the total row by at most {gap:.1e} Mt in any column."
    )
    print(
        f"- Fuels and process differ from the scope 1 column by at most {rows_gap[0][0]:.1e} Mt in any sector."
    )
    print(f"- {PROVINCE}: {mine.totals['Scope 1 Total']:.2f} Mt in {len(mine.emissions)} sectors.\n")

    print("## 2 The factors, found in the workbook\n")
    print(
        "“Cells” are the positive cells of the six sectors outside industry in all provinces; “whole” those that are whole"
    )
    print(
        "multiples of one step. A recalled factor is the default of Shan et al. 2018, Table 3, from memory.\n"
    )
    print(
        line(
            "fuel",
            "tCO2 per t or 10³ m³",
            "recalled",
            "difference",
            "cells",
            "whole",
            "largest residue",
            "proven",
        )
    )
    print(line(*["---"] * 8))
    for fuel, construction in [(f, False) for f in FUELS] + [(f, True) for f in SPLIT_FUELS]:
        step = steps.get((fuel, construction))
        label = f"{fuel}, construction" if construction else fuel
        scale = 10 if FUELS[fuel][1] == "亿m3" else 100
        if step is None:
            print(line(label, "", f"{recalled_factor(fuel) * scale:.4f}", "", "", "no step", "", "no"))
            continue
        shown = [
            f"{step.factor * scale:.6f}",
            f"{recalled_factor(fuel) * scale:.4f}",
            percent(step.factor, recalled_factor(fuel)),
        ]
        print(
            line(label, *shown, step.cells, step.whole, f"{step.worst:.0e}", "yes" if step.proven else "no")
        )

    print(f"\n## 3 {PROVINCE} {YEAR}, line by line\n")
    print(
        "Quantity recovered (10^4 t; natural and coke-oven gas 10^8 m3), the published emission, and `dafeng account` of the"
    )
    print("quantity: with the factor of part 2, and with the default sets of this program. All in t CO2.\n")
    print(
        line(
            "sector",
            "fuel",
            "quantity",
            "published",
            "recomputed − published",
            *(f"{s} − published" for s in SETS),
        )
    )
    print(line(*["---"] * (5 + len(SETS))))
    own = {row["id"]: row for row in r["own"]["rows"]}
    by_set = {s: {row["id"]: row for row in table["rows"]} for s, table in r["sets"].items()}
    totals: dict[str, list[float]] = {s: [0.0, 0.0] for s in SETS}
    worst = 0.0
    published_sum = 0.0
    for sector, fuel, hundredths in r["rows"]:
        key = f"{sector}/{fuel}"
        published = mine.emissions[sector][fuel] * 1e6
        again = float(own[key]["emissions"]["CO2"])
        worst = max(worst, abs(again - published))
        published_sum += published
        cells = []
        for s in SETS:
            emission = by_set[s][key]["emissions"].get("CO2")
            if emission is None:
                cells.append("no factor")
                continue
            totals[s][0] += float(emission)
            totals[s][1] += published
            cells.append(percent(float(emission), published))
        print(
            line(
                SHORT[sector],
                fuel,
                f"{hundredths / 100:.2f}",
                f"{published:,.0f}",
                f"{again - published:+.4f}",
                *cells,
            )
        )
    sums = [percent(*totals[s]) for s in SETS]
    print(line("**sum**", "", "", f"{published_sum:,.0f}", f"≤ {worst:.4f} each", *sums))
    share = published_sum / (mine.totals["Scope 1 Total"] * 1e6) * 100
    print(
        f"\nThese lines are {share:.1f} % of the province's emissions; sums of a set leave out lines without a factor.\n"
    )
    print(TAIL)


HEAD = """# A published inventory recomputed

CEADs publishes China's provincial CO2 inventories by sector and fuel in Mt CO2 (ceads.net; Shan et al. 2018 and 2020, Scientific Data;
Guan et al. 2021, Earth's Future), without the fuel quantities. This page recomputes {province} {year} and shows the difference line by
line. It is printed by `python benchmarks/prove_ceads.py`, which reads the workbooks beside the repository.

The method: balances of energy are printed to 0.01 of 10^4 t (10^8 m3). In the six sectors that are taken straight from
the balance each emission must therefore be a whole number of steps of 0.01 × factor, and one step must fit all provinces. No quantity
and no factor is put in; the recalled defaults only say roughly how large a step is (within a fifth).
"""

TAIL = """## What this proves, and what it does not

- That one factor a fuel lies behind all thirty provinces, to the last digit of a double, is proven by the cells: each has one chance in
  25 of lying within 0.02 of a whole number by accident, and they lie within 1e-10.
- With it the quantities are recovered to the 100 t (10^6 m3) of the printed balance, and `dafeng account` gives the
  published emission again. This closes a circle: it tests reading, units (10^4 t, 10^8 m3), multiplication and sums, not the factor.
- The columns of the default sets are no circle: their factors come from other documents. They agree with CEADs to a few parts in a
  thousand for oil products and natural gas, and differ where the sets differ: carbon of coke-oven gas, oxidation of coal.
- Raw coal and briquettes have two steps: in construction 0.899 / 0.8 of that in the other sectors. The series lets coal burn less
  completely outside industry; the default sets have one oxidation rate, and differ there by a fifth.
- Not proven: washed coal, other coking products, crude oil, refinery gas and other petroleum products (too few cells outside
  industry), the sectors of industry (scaled to the balance), process emissions, and whether the balance itself is right. No
  printed energy balance of the province was at hand to compare the recovered quantities with.
"""


if __name__ == "__main__":
    main()
