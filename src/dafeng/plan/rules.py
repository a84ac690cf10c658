"""Targets that carry no number: full coverage, all of a kind, doubling, no growth, bans, peaks, assigned tasks."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Any

from dafeng.plan import nouns
from dafeng.plan.clauses import Clause
from dafeng.plan.lexer import Token
from dafeng.plan.script import HIDDEN

KINDS = {"allof", "cover", "double", "capped", "banned", "zero", "peak", "applicable", "converted"}

_AUTHORITY = "国家和省级|国家和省|国家、省|省级和市级|省、市|省市|市委市政府|省委省政府|省政府|市政府|县政府|区政府|国务院|国家|中央|上级|省级|市级|区级|县级|自治区|兵团|州|省|市|区|县|部里|部"
_ASSIGNED = re.compile(
    rf"(?P<by>{_AUTHORITY})(?:人民政府|有关部门|主管部门|委|里|厅|局)?(?:(?:对|给|向)我?[省市区县州旗])?(?:分解|统一|最终|所|年度)?(?P<verb>下达|分解|分配|核定|核准|确定|规定|明确|分派|要求)(?:的|给)?"
    r"(?:我?[省市区县州旗](?=的)的?|我[省市区县州旗]的?)?(?P<name>[^，。；、（）]{0,40})"
)
_TASK = re.compile(
    r"(?:的)?(?:年度|各项|有关|相关|阶段性)?(?:约束性|控制性|预期性)?(?:控制)?(?:目标任务|目标要求|目标值|目标|任务|指标|要求)(?:以内|之内|范围内|任务|要求)?$"
)
_NEGATION = re.compile(r"^(?:严格禁止|全面禁止|一律禁止|一律不得|一律不准|全面停止|禁止|严禁|不再|不得|停止)")
_BASIS = re.compile(r"^(?:为|围绕|对标|锚定|按照|根据|落实|对照|聚焦|服务|助力|支撑|以|遵循|坚持|贯彻|本着)")
_PEAK_ENDS = re.compile(
    rf"(?:水平|值)?{HIDDEN}*(?:的?(?:总体|总|战略|战略)?目标(?:任务)?)?(?:$|[，。；：！]|、(?=\d|力争|努力)|并|后|且|和(?=\d)|(?=、20))"
)
# 2030年前碳达峰、2060年前碳中和是党中央作出的决策: spoken about, not ordered.
_PEAK_SAID = re.compile("、20\\d\\d年前(?:实现)?碳中和(?!的?(?:目标|愿景|$|[，。；]))")
_EMPTY_OBJECT = re.compile(r"^(?:各项|本|既定|年度|上述|预定|相关|有关)?[^，]{0,8}(?:任务|目标|工作)$")
_FACTOR = {"翻一番": 2, "翻番": 2, "翻1番": 2, "翻了一番": 2, "倍增": 2, "翻两番": 4, "翻2番": 4, "翻三番": 8}


@dataclass(frozen=True)
class Found:
    """A target before its date, quote and place are known; ``end``: where it stops in the regular text."""

    indicator: str
    comparator: str
    value: float | None
    unit: str | None
    kind: str
    end: int = 0
    scope: str | None = None
    more: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class View:
    """A rule word in its clause: the chain before it, the name before the chain, its scope.

    ``dated_before``: the clause before is a bare date (2030年前，…).
    """

    clause: Clause
    token: Token
    chain: list[Token]
    phrase: str
    scope: str | None
    dated_before: bool = False

    @property
    def tokens(self) -> list[Token]:
        return self.clause.tokens

    @property
    def said(self) -> str:
        """The clause up to the rule word."""
        return self.clause.text[self.clause.start : self.token.start]

    @property
    def rest(self) -> str:
        return self.clause.text[self.token.end : self.clause.end]

    @property
    def about(self) -> bool:
        before = [t for t in self.tokens if t.start < self.token.start]
        return any(
            t.kind == "about" and t.text.startswith("基本") for t in before
        ) or self.token.text.startswith("基本")


def read(view: View, past: bool, dated: bool, bare: bool, subject: str = "") -> Found | None:
    """The target a rule word makes, or None where it makes none here.

    An order without a date is a target only where its sentence was handed in alone (``bare``). ``subject`` is what
    the sentence spoke of before.
    """
    if past or any(t.kind == "past" for t in view.tokens if t.start < view.token.start):
        return None
    if view.token.kind == "cover":
        return _cover(view)
    if view.token.kind == "converted":
        return _converted(view)
    if view.token.kind == "double":
        return _double(view)
    if view.token.kind == "capped":
        return Found(view.phrase, "not_increase", None, None, "rule", _object_end(view), view.scope)
    if view.token.kind == "peak":
        return _peak(view, subject)
    if view.token.kind == "zero":
        return _zero(view) if dated or bare or view.chain else None
    if not dated and not bare:
        return None
    if view.token.kind == "applicable":
        return _applicable(view, subject)
    return (_all if view.token.kind == "allof" else _banned)(view)


def _object_end(view: View) -> int:
    tail = re.match("的?(?:目标|要求)", view.rest)
    return view.token.end + (tail.end() if tail else 0)


def _cover(view: View) -> Found | None:
    if re.match("率|的(?!目标|要求)|式|面|型", view.rest):
        return None
    made = [t.text for t in view.chain if t.kind == "add"]
    # 循环化改造实现全覆盖: the verb ends the noun.
    phrase = view.phrase + (made[0] if view.phrase and made and view.chain[0].text == made[0] else "")
    after = view.rest if not phrase and not re.match("[、和与及]|$", view.rest) else ""
    if after and not re.match("的?目标", after):
        phrase = nouns.clean(after)[0]
    return Found(phrase, "~=" if view.about else "==", 100, "%", "share", _object_end(view), view.scope)


def _converted(view: View) -> Found | None:
    """公共领域车辆基本实现电动化: all of them, or nearly; without 全面, 全部 or 基本 it is a direction, no target."""
    throughout = view.about or any(t.text.startswith(("全面", "全部")) for t in view.chain)
    if (
        not throughout
        or not re.match("的?目标|$", view.rest)
        or not any(t.text.endswith("实现") for t in view.chain)
    ):
        return None
    return Found(
        view.phrase + view.token.text,
        "~=" if view.about else "==",
        100,
        "%",
        "share",
        _object_end(view),
        view.scope,
    )


def _double(view: View) -> Found | None:
    if re.match("计划|行动|工程|目标计划", view.rest):
        return None
    post = re.match("以上|左右", view.rest)
    end = view.token.end + (post.end() if post else 0)
    return Found(view.phrase, "multiply>=", _FACTOR[view.token.text], None, "change", end, view.scope)


def _zero(view: View) -> Found | None:
    if re.match("的(?!目标)|项目|试点|汽车|车", view.rest):
        return None
    phrase = re.sub("(?:基本|全面)?实现", "", view.phrase)
    name = phrase.rstrip('“"') + ("" if "清零" in view.token.text else view.token.text[1:])
    return Found(name, "~=" if view.about else "==", 0, None, "level", _object_end(view), view.scope)


def _peak(view: View, subject: str) -> Found | None:
    ends = _PEAK_ENDS.match(view.clause.masked, view.token.end, view.clause.end)
    said = view.said
    here = any(
        t.kind == "period" and t.period and t.period.deadlines
        for t in view.tokens
        if t.start < view.token.start
    )
    here = here or view.dated_before
    told = any(t.kind in ("reach", "qualifier") for t in view.chain) or (
        bool(view.phrase) and view.token.text.startswith("达到")
    )
    if (
        ends is None
        or _PEAK_SAID.match(view.rest)
        or _BASIS.match(said)
        or not (here or told or said.endswith("进入"))
    ):
        return None
    word = (
        "碳排放"
        if "碳排放" in view.token.text
        else "碳达峰"
        if "碳" in view.token.text or view.token.text == "达峰"
        else "碳排放"
    )
    phrase = re.sub("(?:进入|出现|尽早|早日)+$", "", view.phrase)
    if not phrase:
        # 力争2028年左右达峰 takes up the subject before it; 碳达峰 stands for itself.
        phrase = "" if view.token.text != "碳达峰" and subject else word
    elif view.token.text == "碳达峰" or not re.search("排放|消费|消耗|能耗|碳|用量|总量", phrase):
        phrase += word
    tail = re.match("(?:水平|值)?的?(?:总体|总|战略)?(?:目标(?:任务)?)?", view.rest)
    return Found(
        phrase, "peak_before", None, "年", "peak", view.token.end + (tail.end() if tail else 0), view.scope
    )


def _all(view: View) -> Found | None:
    """新建建筑全部安装光伏, 全面执行绿色建筑标准, 基本淘汰…锅炉."""
    later = [t for t in view.tokens if t.start > view.token.start]
    numbered = later and later[0].kind == "quantity" and later[0].start == view.token.end
    if numbered and view.token.text.endswith(("执行", "达到")):
        return None  # 全面执行83%节能标准: the number is the target
    if any(t.kind == "quantity" and t.end == view.clause.end for t in later):
        return None
    if view.chain and view.chain[-1].kind in ("floor", "ceiling", "above"):
        return None  # 不低于全部贷款平均增速: a comparison, no order
    word = view.token.text
    if re.match("清零", view.rest):
        return None  # 全部清零 is read as 清零
    verb = re.sub("^(?:全部|全数|悉数|全面|基本)", "", word)
    rest = view.rest.strip(HIDDEN)
    if word in ("全部", "全数", "悉数") and re.match("的?(?:目标|工作|任务|过程|内容)", rest):
        return None
    making = next((t.text for t in view.chain if t.kind == "add"), "")
    subject = view.phrase
    if not rest and not subject and not verb:
        return None
    if (_EMPTY_OBJECT.match(rest) and not subject) or (rest and not nouns.clean(rest)[0]):
        return None
    name = (subject + making + verb + rest).removeprefix("的")
    name = re.sub("实现(?=[^，]{2,5}化$)", "", name)  # as 全面实现电动化
    if len(name) < 3 or (verb == "完成" and not rest and re.search("任务|目标|工作", subject)):
        return None
    return Found(
        name if subject or rest else "",
        "~=" if view.about else "==",
        100,
        "%",
        "share",
        view.clause.end,
        view.scope,
    )


def _banned(view: View) -> Found | None:
    what = _NEGATION.sub("", view.token.text) + view.rest
    if view.token.text == "不得以" or (not nouns.clean(view.rest)[0] and not view.phrase):
        return None
    return Found(
        what.strip(HIDDEN) or view.phrase,
        "prohibit",
        None,
        None,
        "rule",
        view.clause.end,
        view.phrase or view.scope,
    )


def _applicable(view: View, subject: str) -> Found | None:
    said = view.said
    if _BASIS.match(said) or re.match("[^，。；]{0,12}(?:原则|思路|要求(?!$))", view.rest):
        return None
    name = re.sub("(?:做到|实现|达到)+$|(?<=.)实现(?=.)", "", view.phrase) or nouns.clean(view.rest)[0]
    # 光伏覆盖率达到50%；…实现应装尽装: the things are meant, not their share.
    name = name or re.sub("(?:覆盖率|安装率|安装比例|比例)$", "", subject)
    return Found(name, "all_applicable", None, None, "rule", view.token.end, view.scope)


def assigned(clause: Clause) -> Found | None:
    """完成市下达单位地区生产总值二氧化碳排放目标任务, 能耗强度达到省下达要求."""
    text, masked, start, end, tokens = clause.text, clause.masked, clause.start, clause.end, clause.tokens
    said = masked[start:end]
    verb = re.search("完成|达到|实现|控制在|符合|满足|不超过|不突破|落实", said)
    match = _ASSIGNED.search(masked, start, end)
    if verb is None or match is None or match.start() < start + verb.start() or _BASIS.match(said):
        return None
    if match["verb"] in ("要求", "明确") and not match["name"].startswith(("目标", "的")) and match["name"]:
        return None
    raw = text[match.start("name") : match.end("name")]
    task = _TASK.search(raw)
    if task is None and match["verb"] != "下达" and match["verb"] != "要求":
        return None
    if task is None and raw.strip("的") and not re.search("(?:量|率|度|排放|消耗|能耗)$", raw):
        return None
    pieces = raw[: task.start()] if task else raw.strip("的")
    for token in tokens:
        if token.kind == "period" and match.start("name") <= token.start < match.end("name"):
            pieces = pieces.replace(token.text, "")
    name, _ = nouns.clean(pieces)
    pieces_before, position = [], start
    for token in tokens:
        if token.kind in ("period", "qualifier") and token.end <= start + verb.start():
            pieces_before.append(text[position : token.start])
            position = token.end
    before = "".join([*pieces_before, text[position : start + verb.start()]])
    subject, scope = nouns.clean(re.sub("(?:超额|如期|圆满|按期|全面|顺利|足额)+$", "", before))
    subject = re.sub("(?:目标任务|目标|任务|指标)$", "", subject)
    if subject and (not nouns.nounlike(name) or verb.group() in ("达到", "符合", "满足")):
        name = subject
    return Found(
        name, "meets_assigned", None, None, "assigned", match.end(), scope, more={"assigned_by": match["by"]}
    )
