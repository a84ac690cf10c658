"""Names that lean on what the sentence spoke of before: 其中，城区; 占能源消费总量; 夏季…，冬季; 年利用量."""

from __future__ import annotations

import re
from dataclasses import replace

from dafeng.plan import nouns
from dafeng.plan.clauses import Context
from dafeng.plan.lexer import Token
from dafeng.plan.numbers import Quantity
from dafeng.plan.predicate import Mode

# A clause that names the whole of which the next gives a part: 新增车辆中, but not 推进过程中.
AMONG = re.compile("(?<![程作设动其发划区])(?:当?中|里面)$")
_SEASON = re.compile("(?:夏季|冬季|春季|秋季|采暖季|非采暖季)$")


def completed(phrase: str, quantity: Quantity, mode: Mode, context: Context, within: bool) -> str:
    """The phrase with what it takes over from the names before it; ``within``: 其中 stands before it."""
    before = context.subject
    if not before or phrase == before:
        return phrase
    if len(phrase) > 3 and before.endswith(phrase) and nouns.nounlike(phrase):
        return before  # 大宗固废年利用量达到40亿吨；到2030年，年利用量达到…
    if phrase.startswith("占"):
        return before + phrase
    season = _SEASON.search(before)
    if season and _SEASON.fullmatch(phrase):
        return before[: season.start()] + phrase
    earlier = context.names[-1] if context.names else before
    if not (quantity.counts or mode.verb or nouns.nounlike(phrase)) and nouns.nounlike(earlier):
        phrase = nouns.completed_by(phrase, earlier)
    if phrase[-2:] in before:
        return phrase  # 湿地公园总数…，其中国家级湿地公园…
    alike = nouns.nounlike(before) or (quantity.counts and quantity.unit == context.unit)
    return phrase + before if within and alike and not nouns.nounlike(phrase) else phrase


def taken_over(mode: Mode, token: Token, phrase: str, context: Context, listed: bool) -> Mode:
    """The mode with what a member of a list takes over from the one before: 新增充电站10个，充电桩300个.

    ``listed``: the member stands in the clause of the one before.
    """
    before, quantity = context.mode, token.quantity
    if before is None or quantity is None:
        return mode
    if not mode.tells:
        if before.direction and context.unit != quantity.unit:
            return mode
        # A word of its own (以上) outweighs the comparator taken over; what is measured otherwise is not made.
        alike = quantity.counts or (context.unit == quantity.unit and not nouns.nounlike(phrase))
        verb = before.verb if alike or listed else ""
        return replace(before, about=False, sign="" if token.post else before.sign, verb=verb)
    if before.increment and listed and context.unit == quantity.unit:
        return replace(mode, verb=mode.verb or before.verb)
    return mode


def orders(mode: Mode, post: str, dated: bool, hedged: bool, listed: bool) -> bool:
    """Whether words or a date make a quantity an order; a bare description (面积101平方公里) is none.

    ``listed``: it stands in a list behind another target, or speaks of all of them.
    """
    if mode.sign or mode.direction or hedged:
        return dated or hedged or mode.sign != "==" or bool(mode.verb)
    if mode.about or "左右" in post:
        return dated
    return dated or bool(post) or listed
