"""``dafeng account``: energy and emissions of a table of activity rows."""

from __future__ import annotations

import argparse
import json
import sys
import unicodedata
from typing import Any

from dafeng.findings import BlockingError, Finding, blocking
from dafeng.inventory.account import Account
from dafeng.inventory.account_exact import QUANTUM
from dafeng.inventory.account_output import write_json
from dafeng.inventory.account_totals import MEMO, verdict

EMPTY: dict[str, Any] = {"rows": [], "groups": [], "total": {}, "gwp": None}


def add_parser(subparsers: Any) -> None:
    """Adds the command ``account``."""
    parser: argparse.ArgumentParser = subparsers.add_parser(
        "account",
        help="一张活动数据表的能耗与排放 / energy and emissions of a table",
        description="Columns: id, year, region, sector, energy, quantity, unit[, factor_id][, state]. Results in tonnes.",
    )
    parser.add_argument("file", metavar="FILE.csv")
    source = parser.add_mutually_exclusive_group()
    source.add_argument(
        "--factors", metavar="SET", help="燃料因子集，缺省 PGI-2025 / fuel set, default PGI-2025"
    )
    source.add_argument(
        "--factor-file", metavar="FILE.csv", help="只用这个文件里的因子 / take all factors from this file"
    )
    parser.add_argument("--gwp", metavar="SET", help="合并气体所用的 GWP：AR4、AR5、AR6 … / GWP set")
    parser.add_argument("--json", action="store_true")
    parser.set_defaults(handler=run)


def run(args: argparse.Namespace) -> int:
    """Exit status: 0 done, 1 findings that block, 2 an unknown set."""
    try:
        account = Account(args.file, factors=args.factors, factor_file=args.factor_file, gwp=args.gwp)
        if args.json:
            write_json(account, sys.stdout.write)
        else:
            for _ in account.rows():
                pass
            print(summary(account))
    except BlockingError as error:
        if args.json:
            found = [f.as_dict() for f in error.findings]
            print(json.dumps({**EMPTY, "gwp": args.gwp, "findings": found}, ensure_ascii=False))
        _print(error.findings)
        return 2 if any(f.rule == "account.unknown_set" for f in error.findings) else 1
    found_all = account.findings.close()
    _print(found_all)
    return 1 if account.findings.errors or blocking(found_all) else 0


def _print(findings: list[Finding]) -> None:
    for finding in findings[:50]:
        print(finding.line(), file=sys.stderr)
    if len(findings) > 50:
        print(f"……另有 {len(findings) - 50} 条", file=sys.stderr)


def summary(account: Account) -> str:
    """The account as a table for a terminal, in Chinese."""
    t = account.totals
    gases = [g for g in t.all.gases if g not in MEMO]
    head = [
        "年份",
        "地区",
        "部门",
        "能源",
        *(f"{g} (t)" for g in gases),
        "折标煤当量 (tce)",
        "等价 (tce)",
        "缺",
    ]
    lines = []
    for key, sums in sorted(t.groups.items()):
        gaps = t.group_gaps.get(key, 0)
        cells = [*key, *(_short(sums.gases.get(g)) for g in gases), _short(sums.coal), _short(sums.equal)]
        lines.append([*cells, str(gaps) if gaps else ""])
    lines = lines[:200]
    total = [
        "合计",
        "",
        "",
        "",
        *(_short(t.all.gases[g]) for g in gases),
        _short(t.all.coal),
        _short(t.all.equal),
    ]
    lines.append([*total, str(t.gaps) if t.gaps else ""])
    widths = [max(_width(row[i]) for row in [head, *lines]) for i in range(len(head))]
    text = [_row(head, widths), "─" * (sum(widths) + 2 * len(widths))]
    text += [_row(line, widths) for line in lines[:-1]]
    text += ["─" * (sum(widths) + 2 * len(widths)), _row(lines[-1], widths)]
    if len(t.groups) > 200:
        text.append(f"只列出前 200 组，共 {len(t.groups)} 组")
    for gas in MEMO:
        if gas in t.all.gases:
            text.append(f"备忘：生物成因二氧化碳 {_short(t.all.gases[gas])} t，不计入合计")
    if account.gwp and not t.without_co2e:
        text.append(f"二氧化碳当量（{account.gwp}）：{_short(t.all.co2e)} t")
    about = "，".join(str(v) for v in account.source.about().values())
    text.append(f"因子：{about}；折标：GB/T 2589-2020")
    said = "完整" if verdict(t) == "complete" else f"不完整：{t.gaps} 行没有数" if t.rows else "没有数据行"
    text.append(f"共 {t.rows} 行，计入 {t.counted} 行，{said}")
    return "\n".join(text)


def _short(value: int | None) -> str:
    return "" if value is None else f"{value / QUANTUM:,.4f}"


def _width(text: str) -> int:
    return sum(2 if unicodedata.east_asian_width(c) in "WF" else 1 for c in text)


def _row(cells: list[str], widths: list[int]) -> str:
    padded = []
    for i, (cell, width) in enumerate(zip(cells, widths, strict=True)):
        blank = " " * (width - _width(cell))
        padded.append(cell + blank if i < 4 else blank + cell)
    return "  ".join(padded).rstrip()
