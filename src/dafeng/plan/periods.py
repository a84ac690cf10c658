"""Dates of policy prose: deadlines, spans of years, five-year plans, base years, starts, yearly recurrence.

Patterns work on the regular form of a text. ``PERIOD`` matches a date with the words that say what it is for;
``read_period`` says which office it has:

deadline  到2025年, 2030年前, “十四五”末, 2026-2030年, 到2025年、2030年 (two deadlines)
base      比2020年, 较上年, 在2020年基础上, 2020年的(1.5倍), 与2015年相比
start     2025年起, 自2026年开始
past      “十四五”以来, 截至2022年底
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field, replace
from typing import Literal

from dafeng.plan.numbers import chinese_number

_Q = "[“”\"'‘’]?"
_FIVE = "十[一二三四五六七八]五"
FIVE_YEAR_ENDS = {f"十{n}五": 2010 + 5 * i for i, n in enumerate("一二三四五六七八")}
_YEAR = r"(?<!\d)(?:(?:19|20)\d{2}|[一二][九〇零][〇零一二三四五六七八九]{2})"
_MONTH = r"(?:\d{1,2}月(?:份)?(?:\d{1,2}[日号])?)"
_TAIL = "(?:年底以前|年底之前|年底前|年末前|底以前|底之前|底前|末前|年底|年末|期末|底|末|初|期间|时期|中期|规划期|阶段|度)"
_DATE = rf"(?:{_YEAR}年?|{_Q}{_FIVE}{_Q}(?:规划)?(?:期间|时期|期末|末期|末|时|规划期|收官)?)"
_SEP = "(?:、|和|与|及|以及|，到|、到|和到|，至)"
_JOIN = "(?:-{1,2}|~|至|到)"

PERIOD = "|".join(
    f"(?P<p_{name}>{pattern})"
    for name, pattern in [
        # 比2020年, 较“十三五”末, 与2015年相比, 比上年
        (
            "base",
            rf"(?:比|较之?|相比于?|相较于?|对比|与|同|和|对标)(?P<base_y>{_YEAR}年?|{_Q}{_FIVE}{_Q}|上一?年度?|去年|前[一三五]年|[上前]年同期|峰值|基期|基准年|历史平均|五年前)"
            rf"(?:{_TAIL}|同期)*(?:的)?(?:水平|实际值|基数|平均水平|均值)?(?P<base_c>相比(?:较)?|相较|比较)?(?:的?[\d.]+[^\d，。；、]{1, 8}?(?=提高|提升|增加|增长|下降|降低|降至|减少|上升|升至|扩大))?",
        ),
        (
            "upon",
            rf"(?:在|以)(?P<upon_y>{_YEAR}年?|{_Q}{_FIVE}{_Q}|上年|去年|现有|现状|目前|当前)(?:{_TAIL})*(?:的)?(?:水平|基数|实绩|产量|实际)?"
            rf"(?:的?基础上?|为基数|为基准年?|为基期|为基年|水平上|上)(?:再)?",
        ),
        (
            "of",
            rf"(?:是|为|到|相当于)?(?P<of_y>{_YEAR})年(?:{_TAIL})*(?:水平)?的(?=(?:\d+(?:\.\d+)?|[一二两三四五六七八九十]+)(?:倍|%|成))",
        ),
        ("from", rf"(?:由|从)(?P<from_y>{_YEAR})年(?:{_TAIL})*的?(?=约?\d)"),
        (
            "plans",
            rf"(?:到|至)?(?P<plans>{_Q}{_FIVE}{_Q}[、和](?:{_Q}{_FIVE}{_Q}[、和])?{_Q}{_FIVE}{_Q})(?:末|期末|期间|时期)",
        ),
        ("bare", rf"(?:(?<=的)|(?<=成)|(?<=达))(?P<bare_y>[“\"]{_FIVE}[”\"])(?=[一-龥])"),
        ("years", r"[一二三四五六七八九十两\d]{1,2}年来|近(?:几|[一二三四五六七八九十两\d]{1,2})年"),
        (
            "listed",
            rf"(?:到|至|于|在|分别到)?(?P<listed>{_YEAR}年?(?:底|末)?前?(?:{_SEP}{_YEAR}年?(?:底|末)?前?)*{_SEP}{_YEAR}年(?:底|末)?前?)(?!(?:{_TAIL})*以来)",
        ),
        (
            "span",
            rf"(?:到|在|自|从)?(?P<span_a>{_YEAR})年?{_JOIN}(?P<span_b>{_YEAR})年(?:度)?(?:期间|间|底|末)?(?:每年)?",
        ),
        (
            "five",
            rf"(?P<five_pre>到|至|截至|截止|在)?(?P<five_y>{_Q}{_FIVE}{_Q})(?:规划)?(?P<five_post>以来|前[两三四]年|初期|中期|期间|时期|期末|末期|时期末|规划期末|规划期|期内|末|时)(?P<five_before>以?前|之前)?",
        ),
        (
            "year",
            rf"(?P<pre>到|至|截至|截止到?|于|在|自|从|预计到)?(?P<year>{_YEAR})年(?P<month>{_MONTH}|[一二三四]季度|上半年|下半年)?"
            rf"(?P<tail>{_TAIL})?(?P<post>以前|之前|前后|前|左右|起始?|开始|以来|以后|之后|后|内)?",
        ),
        ("quarter", r"(?P<later>到?(?:本世纪中叶|本世纪中叶前))"),
        (
            "yearly",
            r"(?P<yearly>每年度?|逐年(?!提|增|下|降|减|扩|加)|每一年|年均(?!浓度|增速|增长率|增长速度|值|气温|降|温|PM|径|可|有效)|平均每年|年度(?=新增|完成))",
        ),
    ]
)

Office = Literal["deadline", "base", "start", "past", "yearly"]


@dataclass(frozen=True)
class Deadline:
    year: int
    inclusive: bool = True
    month: int | None = None
    about: bool = False


@dataclass(frozen=True)
class Period:
    office: Office
    deadlines: tuple[Deadline, ...] = ()
    base_year: int | None = None
    base: str = ""
    start: int | None = None
    plain: bool = False  # a bare year or five-year period, without 到/前/末: past or future by its year
    yearly: bool = False
    extra: dict[str, str] = field(default_factory=dict, compare=False)


def _year(text: str) -> int | None:
    digits = re.search(r"\d{4}", text)
    if digits:
        return int(digits.group())
    five = re.search(_FIVE, text)
    if five:
        return FIVE_YEAR_ENDS[five.group()]
    numeral = re.search(r"[一二][九〇零][〇零一二三四五六七八九]{2}", text)
    value = chinese_number(numeral.group()) if numeral else None
    return None if value is None else int(value)


def read_period(match: re.Match[str]) -> Period | None:
    """What a match of ``PERIOD`` says; None where the words turn out to be no date."""
    group = match.groupdict()
    if group["p_base"]:
        # 和/与/同 open a comparison only where 相比 closes it.
        if match.group()[0] in "与同和" and not group["base_c"]:
            return None
        return Period("base", base_year=_year(group["base_y"]), base=group["base_y"])
    if group["p_upon"]:
        return Period("base", base_year=_year(group["upon_y"]), base=group["upon_y"])
    if group["p_of"]:
        return Period("base", base_year=_year(group["of_y"]), base=group["of_y"])
    if group["p_from"]:
        # 由2020年的6000吨提高到…: where it starts from, no deadline.
        return Period("base", base_year=_year(group["from_y"]), base=group["from_y"])
    if group["p_plans"]:
        ends = [FIVE_YEAR_ENDS[name] for name in re.findall(_FIVE, group["plans"])]
        return Period("deadline", tuple(Deadline(end) for end in ends))
    if group["p_bare"]:
        return Period("deadline", (Deadline(_year(group["bare_y"]) or 0),))
    if group["p_years"]:
        return Period("past")
    if group["p_listed"]:
        parts = re.findall(rf"({_YEAR})年?((?:底|末)?)(前?)", group["listed"])
        return Period(
            "deadline",
            tuple(Deadline(y, not (before and not end)) for text, end, before in parts if (y := _year(text))),
        )
    if group["p_span"]:
        first, last = _year(group["span_a"]), _year(group["span_b"])
        if first is None or last is None:
            return None
        yearly = match.group().endswith("每年")
        since = {"since": "从"} if match.group()[0] in "从自" else {}
        plain = match.group()[0] in "12从自"
        return Period("deadline", (Deadline(last),), start=first, plain=plain, yearly=yearly, extra=since)
    if group["p_five"]:
        end = _year(group["five_y"]) or 0
        post, pre = group["five_post"], group["five_pre"]
        if post == "以来":
            return Period("past")
        year = end - {"前两年": 3, "前三年": 2, "前四年": 1, "中期": 2, "初期": 4}.get(post, 0)
        early = post.startswith("前")
        plain = not pre and (early or post in ("期间", "时期", "期内", "时"))
        inclusive = not group["five_before"] or "末" in post
        since = {"since": post} if early else {}
        return Period("deadline", (Deadline(year, inclusive),), start=end - 4, plain=plain, extra=since)
    if group["p_year"]:
        return _read_year(group)
    if group["p_quarter"]:
        return Period("deadline", (Deadline(2050),))
    return Period("yearly", yearly=True)


def _read_year(group: dict[str, str | None]) -> Period | None:
    year = _year(group["year"] or "")
    if year is None:
        return None
    pre, tail, post = group["pre"] or "", group["tail"] or "", group["post"] or ""
    number = re.match(r"\d{1,2}", group["month"] or "")
    month = int(number.group()) if number else None
    before = "前" in tail or post in ("前", "以前", "之前")
    if post in ("以来", "以后", "之后", "后"):
        return Period("past") if post == "以来" else Period("start", start=year)
    if post in ("起", "起始", "开始"):
        return Period("start", start=year)
    if pre in ("自", "从"):
        return Period("start", start=year)
    deadline = Deadline(
        year,
        inclusive=not before or bool(month) or any(c in tail for c in "底末"),
        month=month,
        about=post in ("左右", "前后"),
    )
    plain = not before and pre in ("", "在", "于", "截至", "截止", "截止到") and not deadline.about
    extra = {"since": pre} if pre.startswith("截") else {}
    return Period("deadline", (deadline,), plain=plain, extra=extra)


def upto(period: Period) -> Period:
    """The period read as a plain deadline, whatever its year."""
    return replace(period, plain=False)
