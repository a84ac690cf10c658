"""Writes an account: one JSON document, rows as they are computed."""

from __future__ import annotations

import json
from collections.abc import Callable
from decimal import Decimal
from pathlib import Path
from typing import Any

from dafeng.inventory.account import Account
from dafeng.inventory.account_exact import joined, number_text
from dafeng.inventory.account_recipe import COAL_SET, EQUAL_SETS
from dafeng.inventory.account_totals import verdict


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
    gases = t.all.emissions()
    total = _numbers(gases)[1:-1]
    if "CO2" not in gases:  # nothing known of it is null; a complete table without any is zero (M1)
        nothing = "0" if verdict(t) == "complete" else "null"
        total = f'"CO2":{nothing}' + (f",{total}" if total else "")
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


def _or_null(value: int | None) -> str:
    return "null" if value is None else number_text(value)


def _numbers(values: dict[str, int]) -> str:
    return "{" + ",".join(f"{json.dumps(g)}:{number_text(v)}" for g, v in values.items()) + "}"


def write_json(account: Account, write: Callable[[str], object]) -> None:
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
    pieces: list[str] = []
    write_json(Account(path, **options), pieces.append)
    result: dict[str, Any] = json.loads("".join(pieces), parse_float=Decimal)
    return result
