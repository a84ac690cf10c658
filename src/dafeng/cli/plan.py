"""``dafeng plan``: reads a plan document, or passages one a line."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

from dafeng.cli.output import print_findings, print_json, table
from dafeng.findings import blocking

COMPARATORS = {
    ">=": "≥",
    "<=": "≤",
    ">": "＞",
    "~=": "约",
    "==": "＝",
    "range": "介于",
    "reduce_by>=": "下降 ≥",
    "reduce_by~=": "下降约",
    "reduce_by_range": "下降",
    "increase_by>=": "提高 ≥",
    "increase_by~=": "提高约",
    "multiply>=": "达基数 ≥",
    "peak_before": "达峰",
    "meets_assigned": "完成下达",
    "not_increase": "只减不增",
    "prohibit": "禁止",
    "all_applicable": "应做尽做",
}
RULES = {
    "division_of_duties": "按职责分工",
    "sole": "独自负责",
    "unspecified": "未明分工",
    "lead_cooperate": "牵头配合",
    "lead_division": "牵头、其余分工",
    "lead_only": "牵头",
    "joint_lead": "共同牵头",
}


def add_parser(subparsers: Any) -> None:
    """Adds ``plan`` with ``read``, ``targets``, ``duties``, ``headings`` and ``facts``."""
    plan = subparsers.add_parser("plan", help="读方案 / read a plan document")
    actions = plan.add_subparsers(dest="action", required=True, metavar="ACTION")
    for name, handler, text in (
        ("read", read, "读整个方案：提纲、目标、责任单位 / read a whole plan"),
        ("targets", targets, "一行一段，读出目标 / targets of passages, one a line"),
        ("duties", duties, "一行一段，读出责任单位 / duties of passages, one a line"),
        ("headings", headings, "一行一条，读出标题 / headings, one a line"),
    ):
        action = actions.add_parser(name, help=text, description=text)
        action.add_argument("file", metavar="FILE", help=".docx, .txt, .md" if name == "read" else ".txt")
        action.add_argument("--json", action="store_true", help="输出 JSON / print JSON")
        action.set_defaults(handler=handler)
    text = (
        "由方案起草区县目录的 plan/、bodies.csv 和待登记的目标 / draft the plan part of a district's folder"
    )
    action = actions.add_parser("facts", help=text, description=text)
    action.add_argument("file", metavar="FILE", help=".docx, .txt, .md")
    action.add_argument(
        "--to", required=True, metavar="FOLDER", help="区县目录；已有的文件不改动 / the district's folder"
    )
    action.set_defaults(handler=facts)


def read(args: argparse.Namespace) -> int:
    from dafeng.plan import read_plan

    plan = read_plan(Path(args.file))
    failed = bool(blocking(plan.findings))
    if args.json:
        print_json(plan.as_dict())
    elif plan.text:
        print(_listing(plan))
    # Notes are part of the listing's subject; on a terminal only what needs a hand is said.
    print_findings(f for f in plan.findings if f.severity != "note" or not args.json)
    return 1 if failed else 0


def facts(args: argparse.Namespace) -> int:
    from dafeng.district.draft import write_facts
    from dafeng.plan import read_plan

    plan = read_plan(Path(args.file))
    print_findings(f for f in plan.findings if f.severity != "note")
    if blocking(plan.findings):
        return 1
    for name in write_facts(plan, Path(args.to)):
        print(name)
    print(
        f"{len(plan.outline)} 个条款，{len(plan.duties)} 条责任分工，{len(plan.targets)} 项目标待登记 / to be bound",
        file=sys.stderr,
    )
    return 0


def targets(args: argparse.Namespace) -> int:
    from dafeng.plan import find_targets

    return _passages(args, lambda line: [t.as_dict() for t in find_targets(line)], _target_line)


def duties(args: argparse.Namespace) -> int:
    from dafeng.plan import find_duties

    return _passages(args, lambda line: [d.as_dict() for d in find_duties(line)], _duty_line)


def headings(args: argparse.Namespace) -> int:
    from dafeng.plan import find_heading

    def one(line: str) -> list[dict[str, Any]]:
        heading = find_heading(line)
        return [heading.as_line()] if heading else []

    return _passages(args, one, lambda h: f"{h['level']}级 {h['number']} {h['title']}")


def _passages(
    args: argparse.Namespace,
    find: Callable[[str], list[dict[str, Any]]],
    show: Callable[[dict[str, Any]], str],
) -> int:
    """One list of results a line, so that line numbers hold. A file that cannot be read raises BlockingError."""
    from dafeng.plan.files import load

    text = load(Path(args.file)).text
    lines = text.split("\n")
    if lines and not lines[-1]:
        lines.pop()
    results = [find(line) for line in lines]
    if args.json:
        print_json(results)
        return 0
    for number, found in enumerate(results, 1):
        for item in found:
            print(f"{number:>4}  {show(item)}")
    print(f"{len(lines)} 行，{sum(map(len, results))} 条", file=sys.stderr)
    return 0


def _number(value: float | None) -> str:
    return "" if value is None else f"{value:g}" if abs(value) < 1e6 else f"{value:,.0f}"


def _amount(target: dict[str, Any]) -> str:
    value, unit = target["value"], target["unit"] or ""
    if value is None:
        return COMPARATORS[target["comparator"]]
    if target["comparator"] == "peak_before":
        return f"{value:g}年{'' if target.get('deadline_inclusive', True) else '前'}达峰"
    upper = f"—{_number(target['value_max'])}" if target["value_max"] is not None else ""
    return f"{COMPARATORS[target['comparator']]} {_number(value)}{upper} {unit}".rstrip()


def _target_line(target: dict[str, Any]) -> str:
    parts = [target["indicator"], _amount(target)]
    if target["base_year"]:
        parts.append(f"比{target['base_year']}年")
    parts.append(f"期限 {target['deadline'] or '未写'}")
    parts += [
        t
        for t in (
            target["qualifier"],
            "每年" if target.get("recurrence") else "",
            "新增" if target.get("increment") else "",
        )
        if t
    ]
    return "  ".join(parts)


def _duty_line(duty: dict[str, Any]) -> str:
    lead = duty["lead"] or "未明"
    others = "、".join(duty["cooperating"])
    carried = "、".join(e["name"] for e in duty["executors"])
    parts = [RULES[duty["rule"]], f"牵头 {lead}" if duty["rule"] != "sole" else lead]
    if others:
        parts.append(f"其余 {others}")
    if not duty["lead"]:
        parts.append("、".join(duty["bodies"]))
    if carried:
        parts.append(f"落实 {carried}")
    return "  ".join(parts)


def _listing(plan: Any) -> str:
    data = plan.as_dict()
    status = {"draft": "征求意见稿", "issued": "已印发"}.get(data["status"], "未标明")
    out = [
        data["title"] or "（无标题）",
        f"状态 {status}  {data['characters']} 字  sha256 {data['sha256'][:12]}",
        "",
    ]
    out.append(f"提纲 {len(data['outline'])} 条")
    out += [f"{'  ' * h['level']}{h['ref']}  {h['title']}" for h in data["outline"]]
    if data["targets"]:
        rows = [
            [t["ref"] or "—", t["indicator"], _amount(t), str(t["base_year"] or ""), str(t["deadline"] or "")]
            for t in data["targets"]
        ]
        out += ["", f"目标 {len(rows)} 项", table(["条目", "指标", "要求", "基年", "期限"], rows)]
    if data["duties"]:
        out += ["", f"责任 {len(data['duties'])} 条"]
        out += [f"{d['ref'] or '—'}  {_duty_line(d)}" for d in data["duties"]]
    if data["commitments"]:
        out += ["", f"禁止和要求 {len(data['commitments'])} 条"]
        out += [
            f"{c['ref'] or '—'}  {'禁止' if c['kind'] == 'prohibition' else '要求'}  {c['quote']}"
            for c in data["commitments"]
        ]
    return "\n".join(out)
