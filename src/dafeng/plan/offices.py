"""What a quantity is for, told by what stands around it.

value      比重达到20%        the predicate's number
count      建成5个零碳园区     the noun follows its number
share      80%以上的社区建成…  a part of what follows
adverbial  机关100%建成…       a part of what precedes, with a verb behind
selection  1万吨以上的企业     picks out objects; no target
"""

from __future__ import annotations

import re
from typing import Literal

from dafeng.plan import nouns
from dafeng.plan.clauses import Clause, Context
from dafeng.plan.lexer import Token
from dafeng.plan.predicate import BOUNDING, read_chain
from dafeng.plan.script import HIDDEN
from dafeng.plan.units import DURATIONS
from dafeng.plan.words import ACHIEVE

Office = Literal["value", "count", "share", "adverbial", "selection"]

# Nouns that close a predicate behind its number: 达到83%节能要求, 完成5%的下降目标.
VALUE_TAIL = re.compile(
    rf"的?{HIDDEN}*(?:(?:(?!达到|实现|符合|执行|建成|满足|完成|制定)[^，。；、\d]){{0,8}}?"
    r"(?:目标|要求|水平|标准|任务|指标|范围|区间|规模|控制线)(?:任务|要求|值)?)?(?=$|[，。；、：！])"
)
GOES_ON = re.compile(r"以及|以便|从而|其中|之后|[和与及并且而时后、，；]")
_BEARING = re.compile(
    "(?:具备|拥有|具有|配备|配置|形成|保持|提供|建成|建有|达到|实现)(?:不低于|不少于|至少|约|超过)?$"
)
AT_RATE = re.compile("的(?:比例|标准|要求)(?=[一-龥]{2})")
_ADVERBIAL = re.compile(
    r"(?:要|应|须)?(?:建成|建立|达标|由|停止|不再|禁止|取消|达到|实现|采用|使用|执行|安装|完成|更换|配备|覆盖|落实|接入|纳入|开展|实施|建有|"
    r"建设|为|替换|投入|通过|具备|设置|淘汰|配置|实行|更新|参与|得到|回收|进行|收集|利用|无害化|资源化|电动化|清洁化|签订|按照|符合|应用|采购|选用|购买|处置|处理|到位)"
)
_PURPOSE = re.compile("(?:专项)?(?:用于|用来|用以|支持|支撑|保障|推动|促进|助力)")
_PER_PIECE = re.compile("每(?:新增|推广|替代|建成|改造|节约|使用|利用|回收|减少|增加|生产|消纳|投入)\\d")


def office(
    clause: Clause, index: int, floor: int, chain: list[Token], phrase: str, context: Context
) -> Office:
    """The office of the quantity ``clause.tokens[index]``; ``phrase``: the name before its chain."""
    token = clause.tokens[index]
    quantity = token.quantity
    assert quantity is not None
    rest = clause.rest(token)
    if rest and clause.masked[clause.end - 1] == "的" and not phrase.startswith("占"):
        return "selection"  # 能耗超过1万吨且能效低于基准水平的，…
    if not rest or rest[0] in "、" or VALUE_TAIL.match(rest):
        return "selection" if rest == "的" else "value"
    if GOES_ON.match(rest):
        return "value"
    telling = read_chain(chain)
    if rest[0] in "级型类档" or re.match("[^，。；]{0,6}全覆盖", rest):
        return "selection"
    if quantity.ratio and telling.sign and AT_RATE.match(rest):
        return "adverbial"
    if rest[0] == "的" and _BEARING.search(clause.masked, max(floor, token.start - 8), token.start):
        noun = re.match("的[^，。；、]+$", rest)
        if noun and nouns.measured(noun.group()):
            return "count"  # 具备5%以上的响应能力: the noun is measured
    if rest[0] == "的":
        return "share" if quantity.part and not phrase and not telling.direction else "selection"
    verb_behind = _ADVERBIAL.match(rest) or (phrase and _ADVERBIAL.search(rest[:12]))
    if quantity.ratio and quantity.unit and not telling.direction and verb_behind:
        return "adverbial"
    if quantity.unit == "%" and quantity.value == 100 and phrase and not telling.direction:
        return "adverbial"  # 公务用车100%采购新能源汽车
    if phrase and telling.sign and _PURPOSE.match(rest):
        return "value"  # 安排资金不少于1亿元支持节能降碳
    if quantity.counts and chain and chain[-1].text == "突破":
        return "count"
    listed = floor >= token.start - 1 and clause.masked[token.start - 1] in "、和及与"
    if listed and quantity.counts and context.mode and context.mode.verb:
        return "count"  # 建成10个园区、30个社区
    last = next((t for t in reversed(chain) if t.kind in ("add", "reach", "floor")), None)
    if last is None:
        return "share" if quantity.part and quantity.unit and not phrase else "selection"
    if quantity.ratio and quantity.unit and phrase and last.kind == "reach":
        return "value"  # 出力达到30%额定负荷以下
    if last.text not in ACHIEVE and (last.kind == "reach" or (token.post and not quantity.counts)):
        return "selection"
    return "count"


def reports(clause: Clause, token: Token, floor: int) -> bool:
    """Whether the clause speaks of what has been, or of what one piece brings (每推广1万辆可减排…)."""
    before = [t for t in clause.tokens if floor <= t.start <= token.start]
    told = next((t.start for t in before if t.kind in BOUNDING), token.start)
    return any(t.kind == "past" and t.start <= told for t in before) or bool(
        _PER_PIECE.search(clause.masked, clause.start, clause.end)
    )


def unmeasured(clause: Clause, token: Token, floor: int, chain: list[Token], context: Context) -> bool:
    """Whether the number measures nothing here: a term (3个月内), a bare figure, 一个 as an article."""
    quantity = token.quantity
    assert quantity is not None
    mode = read_chain(chain)
    if quantity.unit in DURATIONS:
        term = clause.masked[token.end : token.end + 1] in tuple("内前后起")
        term = term or (bool(chain) and chain[-1].text == "为" and not context.dated)  # 公示期为30日
        if not mode.tells or mode.verb or term or (quantity.unit in ("日", "月") and not mode.sign):
            return True
    if (quantity.unit or "").startswith("元") and not (context.dated or context.yearly):
        return True  # a price or a fee
    if quantity.unit is None and not quantity.chinese and not (mode.sign or mode.direction):
        return "分别" not in clause.masked[floor : token.start]
    if (
        quantity.chinese
        and quantity.value == 1
        and quantity.counts
        and (quantity.unit or "")[0] not in "万亿"
    ):
        return not (mode.verb and (context.dated or context.yearly))
    return False
