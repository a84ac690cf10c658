"""Words of one sentence, in order. What is not a word of the grammar is the gap between two tokens."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace

from dafeng.plan.numbers import QUANTITY, Quantity, read_quantity
from dafeng.plan.periods import PERIOD, Period, read_period
from dafeng.plan.script import HIDDEN
from dafeng.plan.units import BELOW
from dafeng.plan.words import KIND, WORDS_LONGEST_FIRST

_WORD = "|".join(re.escape(word) for word in WORDS_LONGEST_FIRST)
# A verb with one more syllable is a noun: 回收率, 减排量, 处理厂, 生产线.
_MAKING = "|".join(re.escape(w) for w in WORDS_LONGEST_FIRST if KIND[w] in ("add", "reduce", "increase"))
_NOUN_END = (
    "(?:率(?!先)|量(?!子|化)|额(?!度)|力(?!争|度|求|量)|型|线(?!路|上|下|缆)|厂(?!房|区|家)|器(?!材|械)|者)"
)
# A word before a period or number where it is the longer reading (十五五 is no numeral, 年均浓度 no recurrence).
_TOKEN = re.compile(
    f"(?P<shielded>(?:{_MAKING}){_NOUN_END}|第[一二三四五六七八九十百0-9]+|[一二三四五六七八九十]+(?:大|是|化|体|氧|甲|次能源|手|级|类|网|流|站式|揽子|道)(?!气)|一次性|一(?:批|系列|定|般|律|种)|PM2\\.5|PM10)"
    f"|(?P<per_unit>每(?:{BELOW})(?=约?\\d))|(?P<period>{PERIOD})|(?P<applicable>[应宜能可需](?P<what>[一-龥]{{1,2}})[尽即](?P=what))"
    f"|(?P<quantity>{QUANTITY})|(?P<word>{_WORD})|(?P<conjunction>以及|并且|和|与|及|或)|(?P<point>[，；、：])"
)
_LATIN = re.compile("[A-Za-z]")
_AFTER = re.compile(
    rf"{HIDDEN}{{0,8}}(?P<post>(?:[（(]?含[）)]?)?(?:及其?)?以上|(?:及其?)?以内|之内|范围内|(?:及其?)?以下|左右|上下|之间|水平以上)+"
)


# A unit nobody listed: one character between a bare number and the end of its clause (1.5万根).
_SCALES = (None, "百", "千", "万", "亿", "万亿", "百万", "千万")
_STRANGE_UNIT = re.compile(
    "[^\\W\\d_A-Za-z以左右上下之及和与或的内前后级型类号强期款是为至到等余多来约近超大小高低零一二三四五六七八九十百千万亿中间层]"
    "(?=以上|左右|以内|以下|及以上|[，。；、]|$)"
)


@dataclass(frozen=True, slots=True)
class Token:
    """``kind``: a kind of words.KIND, or period, quantity, applicable, conjunction, point, shield."""

    kind: str
    start: int
    end: int
    text: str
    period: Period | None = None
    quantity: Quantity | None = None
    post: str = ""


def tokens(text: str, start: int, end: int) -> Iterator[Token]:
    """Tokens of ``text[start:end]``; a quantity takes 以上, 左右 … behind it into ``post``."""
    position = start
    while match := _TOKEN.search(text, position, end):
        begin, position = match.span()
        kind = match.lastgroup or ""
        group = match.groupdict()
        if group["period"] is not None:
            period = read_period(match)
            if period is None:
                position = begin + 1
                continue
            yield Token("period", begin, position, match.group(), period=period)
        elif group["quantity"] is not None:
            quantity = read_quantity(match)
            if quantity is None:
                digits = re.compile(r"[\d.]+|.").match(text, begin)
                position = digits.end() if digits else begin + 1
                continue
            around = text[begin - 1 : begin] + text[position : position + 1]
            if "∶" in around or (quantity.unit is None and _LATIN.match(text, position)):
                continue
            strange = _STRANGE_UNIT.match(text, position, end) if quantity.unit in _SCALES else None
            if strange and not quantity.chinese:
                quantity = replace(quantity, unit=(quantity.unit or "") + strange.group())
                position = strange.end()
            post = ""
            tail = _AFTER.match(text, position, end)
            if tail:
                post, position = tail["post"], tail.end()
            yield Token("quantity", begin, position, text[begin:position], quantity=quantity, post=post)
        elif group["per_unit"] is not None:
            yield Token("adverb", begin, position, match.group())
        elif group["shielded"] is not None:
            yield Token("shield", begin, position, match.group())
        elif group["applicable"] is not None:
            yield Token("applicable", begin, position, match.group())
        elif group["word"] is not None:
            yield Token(KIND[match.group()], begin, position, match.group())
        else:
            yield Token("point" if group["point"] else kind, begin, position, match.group())
