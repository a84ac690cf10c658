"""The verb of a predicate where it stands before its noun, not before its number.

新增充电站10个, 提高覆盖率5个百分点, 既有建筑节能改造100万平方米, 响应能力达到最大用电负荷的5%.
"""

from __future__ import annotations

from dataclasses import replace

from dafeng.plan import nouns
from dafeng.plan.clauses import Clause
from dafeng.plan.lexer import Token
from dafeng.plan.numbers import Quantity
from dafeng.plan.predicate import BOUNDING, SIGN, Mode
from dafeng.plan.words import ACHIEVE, INCREMENT, LIGHT

_JOINED = tuple("并的后及和、且")  # behind a verb: it qualifies a noun (建成并投运的…) and governs nothing
_REACHING = {"实现", "达到", "完成", "形成"}
_SILENT = ("period", "quantity", "about", "qualifier", "adverb", "conjunction", "point")


def part_of_whole(clause: Clause, floor: int, end: int, phrase: str, mode: Mode) -> tuple[str, Mode, str]:
    """Name, mode and whole of 响应能力达到最大用电负荷的5%, where the number is a part of the whole."""
    if (mode.tells and mode.sign) or clause.text[end : end + 1] != "的":
        return phrase, mode, ""
    verb = next((t for t in clause.inside(floor + 1, end - 1) if t.kind in BOUNDING), None)
    if verb is None:
        return phrase, mode, ""
    told = replace(mode, sign=SIGN[verb.kind])
    if verb.text.startswith("占"):
        return phrase, told, ""
    name, _ = nouns.clean(clause.phrase(floor, verb.start))
    return (name or phrase), told, clause.text[verb.end : end]


def verb_in_phrase(
    clause: Clause,
    floor: int,
    end: int,
    phrase: str,
    mode: Mode,
    quantity: Quantity,
    chain: list[Token],
    based: bool,
) -> tuple[str, Mode]:
    """The name without its governing verb, and the mode with it.

    ``clause.text[floor:end]`` is the raw phrase, ``chain`` the predicate words behind it, ``based`` whether a base year holds.
    """
    makers = [t for t in chain if t.kind == "add"]
    if makers and not mode.direction:
        return _maker_in_chain(clause, makers, phrase, mode, chain)
    inside = clause.inside(floor, end)
    if not quantity.ratio and mode.sign in ("", ">=", "<=", ">") and not mode.direction:
        made = _maker_in_phrase(clause, inside, end, phrase, mode, quantity, chain)
        if made is not None:
            return made
    first = next((t for t in inside if t.kind not in _SILENT), None)
    if first is not None and phrase.startswith(first.text) and not mode.direction:
        name, _ = nouns.clean(phrase[len(first.text) :])
        if first.kind in ("reduce", "increase") and not mode.sign and name:
            return name, replace(mode, direction=first.kind, direction_word=first.text)
        if first.kind == "limit" and name:
            return name, replace(mode, sign="<=")
        governs = clause.masked[first.end : first.end + 1] not in _JOINED
        governs = governs and (not quantity.ratio or first.text in _REACHING)
        if first.kind in ("reach", "add") and first.text in LIGHT and name and governs:
            return name, replace(mode, sign=mode.sign or ">=")
    elif not mode.tells or mode.direction:
        lead = next((t for t in inside if t.kind == "reach"), None)
        if lead is not None and lead.text in ("实现", "达到", "保持") and lead.end < end:
            mode = mode if mode.direction else replace(mode, sign=">=")
            head, _, tail = phrase.partition(lead.text)
            if lead.text == "实现" and head and tail:
                phrase = tail if head.endswith("后") else head + tail  # 输变电工程实现投资40亿元
    if mode.direction_word == "提升" and not quantity.ratio and not based:
        # 森林质量精准提升20万亩: what is improved is counted, it does not grow.
        return phrase + "提升", replace(mode, direction="", sign=mode.sign or "==")
    if mode.direction == "increase" and mode.sign == "<=":
        # 年均增长不超过2%: the growth itself is what is bounded.
        return phrase + mode.direction_word, replace(mode, direction="")
    return phrase, mode


def _maker_in_chain(
    clause: Clause, makers: list[Token], phrase: str, mode: Mode, chain: list[Token]
) -> tuple[str, Mode]:
    """新增造林5万亩: the last making verb is the noun. 既有建筑节能改造100万平方米: it is the noun's end. 充电站新增10个: neither."""
    if phrase:
        ends_noun = chain[-1].kind == "add" and mode.verb not in LIGHT
        return (phrase + mode.verb if ends_noun else phrase), mode
    first = makers[0]
    told = replace(mode, verb=first.text)
    if first.text not in LIGHT:
        return clause.text[first.start : makers[-1].end], told
    return (clause.text[first.end : makers[-1].end] if len(makers) > 1 else ""), told


def _maker_in_phrase(
    clause: Clause,
    inside: list[Token],
    end: int,
    phrase: str,
    mode: Mode,
    quantity: Quantity,
    chain: list[Token],
) -> tuple[str, Mode] | None:
    """The verb that opens the phrase governs it; else the one nearest to the noun (…改造形成节能量)."""
    makers = [t for t in inside if t.kind == "add"]
    verb = next((t for t in makers if phrase.startswith(t.text)), makers[-1] if makers else None)
    if verb is None or clause.masked[verb.end : verb.end + 1] in _JOINED:
        return None
    counted = quantity.counts and chain[-1:] and chain[-1].kind in ("floor", "ceiling", "above")
    if mode.sign and mode.sign != "==" and verb.text not in ACHIEVE and not (counted and verb.text in LIGHT):
        return None  # 建设海绵城市面积达到45平方公里: 达到 is the verb
    name, _ = nouns.clean(clause.text[verb.end : end])
    if not name:
        return None
    ahead, _ = nouns.clean(
        clause.phrase(max(clause.start, end - 40), verb.start) if verb in makers[:1] else ""
    )
    if verb.text in INCREMENT and ahead and phrase.startswith(ahead + verb.text):
        name = ahead + name  # 可再生能源新增装机140万千瓦
    return (name if verb.text in LIGHT else verb.text + name), replace(
        mode, sign=mode.sign or "==", verb=verb.text
    )
