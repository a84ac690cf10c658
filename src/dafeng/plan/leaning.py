"""Names that lean on what the sentence spoke of before: 其中，城区; 占能源消费总量; 夏季…，冬季; 年利用量."""

from __future__ import annotations

import re

from dafeng.plan import nouns
from dafeng.plan.clauses import Context
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
