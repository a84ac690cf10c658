"""``evaluate``, ``explain``, ``series`` and ``check``: a district read from the command line."""

from __future__ import annotations

import argparse
import csv
import datetime as dt
import sys
from typing import Any

from dafeng.cli.output import figure, print_findings, print_json, table
from dafeng.findings import BlockingError, Finding, Text, blocking

MARKS = {"met": "●", "on_track": "●", "behind": "▲", "missed": "■", "cannot_tell": "◇"}


def add_parser(subparsers: Any) -> None:
    def command(name: str, help_text: str, handler: Any) -> argparse.ArgumentParser:
        p: argparse.ArgumentParser = subparsers.add_parser(name, help=help_text, description=help_text)
        p.add_argument(
            "district",
            metavar="DISTRICT",
            help="区县目录或数据目录 / folder of a district or a data folder in use",
        )
        p.add_argument(
            "--as-of",
            type=_date,
            metavar="DATE",
            help="以这一天为“今天” / take this day as today (2026-11-24)",
        )
        p.add_argument(
            "--choice",
            action="append",
            default=[],
            metavar="ID=OPTION",
            help="改用的口径，可重复 / a definition choice, repeatable",
        )
        p.add_argument("--scenario", metavar="S", help="情景 / scenario")
        p.add_argument("--lang", choices=("zh", "en"), default="zh", help="文字 / language of texts")
        p.set_defaults(handler=handler)
        return p

    p = command(
        "evaluate", "各项目标的结论和主要数字 / every target with its verdict, headline figures", _evaluate
    )
    p.add_argument("--year", type=int, metavar="Y", help="报告年份 / reporting year")
    p.add_argument("--json", action="store_true")

    p = command("explain", "一个数字的来历 / where a number comes from", _explain)
    p.add_argument("quantity", metavar="QUANTITY")
    p.add_argument("--year", type=int, metavar="Y")
    p.add_argument(
        "--where",
        action="append",
        default=[],
        metavar="DIM=MEMBER",
        help="其他维度，可重复 / other dimensions, repeatable",
    )
    p.add_argument(
        "--depth", type=int, metavar="N", help="展开层数，缺省全部 / levels to open, all by default"
    )
    p.add_argument("--json", action="store_true")

    p = command("series", "一个量的全部数值 / all values of a quantity", _series)
    p.add_argument("quantity", metavar="QUANTITY")
    form = p.add_mutually_exclusive_group()
    form.add_argument("--json", action="store_true")
    form.add_argument("--csv", action="store_true")

    p = command("check", "检查定义和数据 / check definitions and data", _check)
    p.add_argument("--json", action="store_true")


def _date(text: str) -> dt.date:
    try:
        return dt.date.fromisoformat(text)
    except ValueError:
        raise argparse.ArgumentTypeError(f"“{text}”不是日期，写成 2026-11-24 / not a date") from None


def _pairs(items: list[str], option: str) -> dict[str, str]:
    out: dict[str, str] = {}
    for item in items:
        key, sign, value = item.partition("=")
        if not sign or not key or not value:
            raise BlockingError(
                [
                    Finding(
                        "usage.pair",
                        "error",
                        option,
                        Text(f"{option} 应写成 名称=值", f"{option} takes NAME=VALUE"),
                        item,
                        fix=Text("例如 sector=industry", "e.g. sector=industry"),
                    )
                ]
            )
        out[key] = value
    return out


def _open(args: argparse.Namespace) -> Any:
    from dafeng.district import District

    return District.open(args.district, args.as_of, _pairs(args.choice, "--choice"), args.scenario)


def _year(district: Any, year: int | None) -> int:
    if year is None:
        return int(district.year)
    years = district.model.definitions.years
    if year not in years:
        raise BlockingError(
            [
                Finding(
                    "quantity.year",
                    "error",
                    str(year),
                    Text(
                        f"{year} 不在模型年份 {years[0]}–{years[-1]} 内",
                        f"{year} is not among the model years {years[0]}–{years[-1]}",
                    ),
                    str(year),
                    fix=Text("换一个年份", "choose another year"),
                )
            ]
        )
    return year


def _evaluate(args: argparse.Namespace) -> int:
    from dafeng.district import evaluate
    from dafeng.targets import VERDICTS

    district = _open(args)
    year = _year(district, args.year)
    if args.json:
        print_json(evaluate(district, year, args.lang))
    else:
        en = args.lang == "en"
        title = district.name_en if en else district.name
        print(
            f"{title}  {year}{'' if en else '年'}  {'as of' if en else '截至'} {district.as_of}"
            + (("  [demonstration data]" if en else "  〔含演示数据〕") if district.demonstration else "")
        )
        print()
        rows = [
            [
                h.name_en if en else h.name,
                figure(h.cell.value),
                h.unit,
                h.cell.state if en else _word(h.cell.state),
                _change(h, en),
            ]
            for h in district.headline(year)
        ]
        if rows:
            print(
                table(
                    ["Figure", "Value", "Unit", "State", "Change"]
                    if en
                    else ["主要数字", "数值", "单位", "状态", "比上年"],
                    rows,
                    right=(1, 4),
                )
            )
            print()
        rows = []
        for v in district.verdicts(year):
            rows.append(
                [
                    f"{MARKS[v.verdict]} {VERDICTS[v.verdict].in_language(args.lang)}",
                    v.target.ref,
                    v.target.title(args.lang),
                    figure(v.value),
                    _required(v, en),
                    v.target.unit or district.run[v.target.quantity].unit,
                    str(v.target.deadline or ""),
                ]
            )
        print(
            table(
                ["Verdict", "Ref", "Target", "Value", "Required", "Unit", "By"]
                if en
                else ["结论", "出处", "目标", "数值", "要求", "单位", "期限"],
                rows,
                right=(3, 4),
            )
        )
        for v in district.verdicts(year):
            if v.verdict == "cannot_tell":
                print(
                    f"◇ {v.target.title(args.lang)}: {'; '.join(r.in_language(args.lang) for r in v.reasons)}"
                )
    print_findings(blocking(district.findings))
    return 1 if blocking(district.findings) else 0


def _required(v: Any, en: bool) -> str:
    if v.required is None:
        return "—"
    if v.target.holds == "peak":
        return f"before {v.required:.0f}" if en else f"{v.required:.0f}年前"
    return figure(v.required)


def _change(h: Any, en: bool) -> str:
    if h.points is not None:
        return f"{h.points:+.2f} {'pp' if en else '个百分点'}"
    return "" if h.change is None else f"{h.change:+.1%}"


def _word(state: str) -> str:
    from dafeng.quantities.states import WORDS

    return WORDS[state][0]


def _explain(args: argparse.Namespace) -> int:
    district = _open(args)
    coords: dict[str, Any] = _pairs(args.where, "--where")
    if args.depth is not None and args.depth < 0:
        raise BlockingError(
            [
                Finding(
                    "usage.depth",
                    "error",
                    "--depth",
                    Text("层数不能为负", "the depth cannot be negative"),
                    str(args.depth),
                    fix=Text("写 0 或正整数", "write 0 or more"),
                )
            ]
        )
    program = district.run.compiled.programs.get(args.quantity)
    if program is None or "year" in program.dims:
        coords.setdefault("year", _year(district, args.year))
    tree = district.run.explain(args.quantity, depth=args.depth, **coords)
    if args.json:
        print_json(tree.as_dict(args.lang))
    else:
        _print_tree(tree, args.lang, "", set())
    return 0


def _print_tree(e: Any, language: str, indent: str, seen: set[int]) -> None:
    name = e.name_en if language == "en" and e.name_en else e.name
    at = e.label_en if language == "en" else e.label
    state = e.cell.state if language == "en" else _word(e.cell.state)
    print(f"{indent}{name} {at} = {figure(e.cell.value, 6)} {e.cell.unit}〔{state}〕")
    if id(e) in seen and e.inputs:
        print(f"{indent}  ↑ {'opened above' if language == 'en' else '上文已展开'}")
        return
    seen.add(id(e))
    if e.formula:
        print(f"{indent}  = {e.formula_en if language == 'en' else e.formula_zh}")
    if e.factor:
        print(
            f"{indent}  {e.factor.get('id', '')} {e.factor.get('value', '')} {e.factor.get('unit', '')} · {e.factor.get('source_title', '')}"
        )
    if e.filing:
        print(
            f"{indent}  {e.filing['written']} {e.filing['unit']} · {e.filing.get('source_title', e.filing['source'])} · {e.filing['place']}"
        )
    for child in e.inputs:
        _print_tree(child, language, indent + "    ", seen)


def _series(args: argparse.Namespace) -> int:
    from dafeng.quantities.explain import resolve

    district = _open(args)
    if args.quantity not in district.run:
        resolve(district.run, args.quantity, {})  # says what is near
    values = district.run[args.quantity]
    q = values.quantity
    rows = [
        ({**coords, **({"year": int(coords["year"])} if "year" in coords else {})}, cell)
        for coords, cell in values.rows()
    ]
    if args.csv:
        writer = csv.writer(sys.stdout, lineterminator="\n")
        writer.writerow([*values.dims, "value", "unit", "state", "marks"])
        for coords, cell in rows:
            writer.writerow(
                [
                    *coords.values(),
                    "" if cell.value is None else repr(cell.value),
                    cell.unit,
                    cell.state,
                    " ".join(cell.marks),
                ]
            )
        return 0
    document = {
        "quantity": q.id,
        "name": q.title(args.lang),
        "unit": q.unit,
        "dims": list(values.dims),
        "values": [
            {**coords, "value": cell.value, "state": cell.state, "marks": list(cell.marks)}
            for coords, cell in rows
        ],
    }
    if args.json:
        print_json(document)
    else:
        print(f"{q.title(args.lang)}（{q.unit}）")
        print(
            table(
                [*values.dims, "value", "state"],
                [
                    [
                        *(str(c) for c in coords.values()),
                        figure(cell.value),
                        _word(cell.state) if args.lang == "zh" else cell.state,
                    ]
                    for coords, cell in rows
                ],
                right=(len(values.dims),),
            )
        )
    return 0


def _check(args: argparse.Namespace) -> int:
    district = _open(args)
    findings = district.findings
    bad = blocking(findings)
    counts = {s: sum(f.severity == s for f in findings) for s in ("error", "warning", "note")}
    if args.json:
        print_json(
            {
                "district": district.id,
                "quantities": len(district.run.compiled.programs),
                "targets": len(district.targets),
                "counts": counts,
                "findings": [f.as_dict(args.lang) for f in findings],
            }
        )
    else:
        for f in findings:
            print(f.line(args.lang))
        print(
            f"{district.name}：{len(district.run.compiled.programs)} 个量，{len(district.targets)} 项目标；错误 {counts['error']}，警告 {counts['warning']}，提示 {counts['note']}"
        )
    return 1 if bad else 0
