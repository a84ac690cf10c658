"""What can be wrong with a filed figure: one entry a rule, with its severity, sentence and remedy.

A new rule is an entry here and a line in filing.py that reports it. Sentences are templates; the fields in
braces are filled where the rule is reported, once in Chinese and once in English.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from dafeng.findings import EMPTY, Finding, Severity, Text


@dataclass(frozen=True)
class Rule:
    severity: Severity
    message: Text
    fix: Text = EMPTY


RULES: Mapping[str, Rule] = {
    "evidence.head": Rule(
        "error",
        Text("没有找到含“指标”和“数值”（或各月、各年）的表头，未读入", "no header row with a quantity and a value (or months, or years) was found; not read"),
        Text("表头应有：指标、年份、数值、单位", "the header needs: quantity, year, value, unit"),
    ),
    "evidence.unnamed": Rule("note", Text("这一行没有写指标，未读入", "this row names no quantity and was not read")),
    "evidence.quantity": Rule("error", Text("没有名为“{value}”的指标", "there is no quantity “{value}”"), Text("写指标编号或全名", "write the id or the full name")),
    "evidence.ambiguous": Rule("error", Text("“{value}”可指 {ids}", "“{value}” may be {ids}"), Text("写指标编号", "write the id")),
    "evidence.computed": Rule("error", Text("{name} 由公式计算或定义有误，不能填报", "{name} is computed or not soundly defined and cannot be filed"), Text("填报它所依据的量", "file what it is computed from")),
    "evidence.member": Rule("error", Text("{dim}“{value}”不在口径内", "{dim} “{value}” is not a member"), Text("可用：{known}", "known: {known}")),
    "evidence.state": Rule(
        "error",
        Text("没有“{value}”这种状态", "there is no state “{value}”"),
        Text("可用：observed、estimated、default、confirmed_zero、missing、NO、NE、IE、C", "known: observed, estimated, default, confirmed_zero, missing, NO, NE, IE, C"),
    ),
    "evidence.state_value": Rule("error", Text("{name}：状态“{state}”与数值 {value} 矛盾", "{name}: state “{state}” contradicts the value {value}"), Text("改正状态或数值", "mend the state or the value")),
    "evidence.number": Rule(
        "error",
        Text("{name}：{problem}", "{name}: {problem}"),
        Text("填数字；没有数据请留空，不发生请填 NO", "write a number; leave blank when there is none, NO when it does not occur"),
    ),
    "evidence.star": Rule("error", Text("“*”只能与 NO、IE、NE、C 或确认为零同用", "“*” goes only with NO, IE, NE, C or a confirmed zero"), Text("逐行填写", "write the rows one by one")),
    "evidence.range": Rule(
        "error",
        Text("{name}：{value} 超出允许范围（{range}）", "{name}: {value} is outside the bounds ({range})"),
        Text("核对数值和单位（万、亿、百分号）", "check the figure and its unit (万, 亿, per cent)"),
    ),
    "evidence.date": Rule("error", Text("“{value}”不是日期", "“{value}” is not a date"), Text("写成 2026-03-31", "write it as 2026-03-31")),
    "evidence.filed_later": Rule(
        "warning",
        Text("{name}：填报日期 {value} 晚于今天，到那天才计入", "{name}: the filing date {value} lies ahead; it counts from that day"),
        Text("核对填报日期", "check the filing date"),
    ),
    "evidence.future": Rule("error", Text("{name}：{when}还没有到", "{name}: {when} is in the future"), Text("核对年份和月份", "check year and month")),
    "evidence.source": Rule("warning", Text("来源“{value}”不在 sources.csv 中", "source “{value}” is not in sources.csv"), Text("在 sources.csv 中登记来源", "register the source in sources.csv")),
    "M2.unit": Rule("error", Text("{name}：单位“{value}”不能换算为 {unit}", "{name}: “{value}” does not convert to {unit}"), Text("应为 {unit} 或可换算的单位", "{unit} or a unit that converts to it")),
    "M2.scale": Rule(
        "warning",
        Text("{name} {cell}：与上年相差约 10 的 {power} 次方，是否单位写错（万、千）", "{name} {cell}: about 10^{power} times the year before; is the unit right?"),
        Text("核对单位；确实如此请在备注中说明", "check the unit; if it is right, say so in the note"),
    ),
    "M11.duplicate": Rule("note", Text("{name} {cell}：与已有的一行相同，只计一次", "{name} {cell}: the same as an earlier row; counted once")),
    "M11.collision": Rule(
        "error",
        Text("{name} {cell}：同一天填了两个不同的数（{other}）", "{name} {cell}: two different figures filed on one day ({other})"),
        Text("删去其中一行，或写明版本、填报日期", "remove one of the rows, or state edition and date"),
    ),
}  # fmt: skip


def broken(rule: str, place: str, value: object = "", **fields: Text | str) -> Finding:
    """The finding of a rule at a place. Fields given as Text are filled in their language."""
    r = RULES[rule]

    def fill(text: Text) -> Text:
        zh = {k: v.zh if isinstance(v, Text) else v for k, v in fields.items()} | {"value": str(value)}
        en = {k: v.en if isinstance(v, Text) else v for k, v in fields.items()} | {"value": str(value)}
        return Text(text.zh.format(**zh), text.en.format(**en))

    return Finding(rule, r.severity, place, fill(r.message), str(value), fix=fill(r.fix))
