"""Values listed behind a predicate, and how 分别 spreads them over members and dates."""

from __future__ import annotations

from dataclasses import dataclass, replace

from dafeng.plan import nouns
from dafeng.plan.clauses import Context
from dafeng.plan.lexer import Token
from dafeng.plan.numbers import Quantity
from dafeng.plan.offices import GOES_ON, VALUE_TAIL
from dafeng.plan.periods import Deadline
from dafeng.plan.predicate import CHAIN, Mode, read_chain
from dafeng.plan.script import HIDDEN


@dataclass(frozen=True)
class Value:
    """A quantity with the words behind it (以上, 左右) and the mode it is told in."""

    quantity: Quantity
    post: str
    mode: Mode


@dataclass(frozen=True)
class Cell:
    """One target of a spread."""

    name: str
    deadline: Deadline | None
    value: Value


def gather(
    masked: str, end: int, first: Token, behind: list[Token], mode: Mode, apart: bool
) -> tuple[list[Value], int]:
    """The first quantity and those listed behind it, and where the list ends.

    ``behind``: the tokens of the sentence after the first; ``apart``: whether 分别 stands before it.
    """
    assert first.quantity is not None
    values = [Value(first.quantity, first.post, mode)]
    edge, position = first.end, 0
    while position < len(behind):
        joint = behind[position]
        at = edge
        while at < end and masked[at] == HIDDEN:
            at += 1
        if joint.start != at or joint.kind not in ("point", "conjunction"):
            break
        if joint.text not in ("、", "和", "与", "及", "以及") and not (apart and joint.text == "，"):
            break
        step, own, last = position + 1, [], joint.end
        while apart and step < len(behind) and behind[step].kind in CHAIN and behind[step].start == last:
            own.append(behind[step])
            last = behind[step].end
            step += 1
        if step >= len(behind) or behind[step].start != last or any(t.period for t in own):
            break
        item = behind[step]
        rest = masked[item.end : min(end, item.end + 12)].lstrip(HIDDEN)
        if item.quantity is None or not (
            not rest or rest[0] in "，。；、：！" or GOES_ON.match(rest) or VALUE_TAIL.match(rest)
        ):
            break
        told = read_chain(own)
        values.append(Value(item.quantity, item.post, told if told.tells else mode))
        edge, position = item.end, step + 1
    return _completed(values), edge


def _completed(values: list[Value]) -> list[Value]:
    """分别达到20%、25%左右, 提高5和8个百分点: what stands behind the last holds for all that have nothing of their own."""
    post, unit = values[-1].post, values[-1].quantity.unit
    if post and not any(v.post for v in values[:-1]):
        values = [replace(v, post=post) for v in values]
    bare = values[0].quantity.unit
    if unit and bare != unit and (bare is None or (bare in ("万", "亿", "万亿") and unit.startswith(bare))):
        short = (None, bare)
        values = [
            replace(
                v, quantity=replace(v.quantity, unit=unit if v.quantity.unit in short else v.quantity.unit)
            )
            for v in values
        ]
    return values


def spread(phrase: str, values: list[Value], apart: bool, inherited: bool, context: Context) -> list[Cell]:
    """Targets of a phrase with its values: by member, by date, or by both (member by member).

    ``inherited``: the phrase was taken over, so that the members are the names told before it.
    """
    deadlines = context.dates()
    only = deadlines[0]
    if len(deadlines) == 1 and only and context.start and len(values) == only.year - context.start + 1 > 1:
        # 2023至2025年…分别为a、b和c: one value a year.
        deadlines = [Deadline(context.start + n) for n in range(len(values))]
    names = _names(phrase, len(values), len(deadlines), inherited, context) if apart else [phrase]
    if len(values) == 1:
        return [Cell(n, d, values[0]) for d in deadlines for n in names]
    if len(deadlines) == len(values) and 1 < len(names) == len(values):
        # 2025年、2030年，A、B电动化率分别达到80%、100%: dates named before the things are what is set apart.
        return [Cell(phrase, d, v) for d, v in zip(deadlines, values, strict=True)]
    if len(names) == len(values):
        return [Cell(n, d, v) for d in deadlines for n, v in zip(names, values, strict=True)]
    if len(names) == 1 and len(deadlines) == len(values):
        return [Cell(phrase, d, v) for d, v in zip(deadlines, values, strict=True)]
    if len(names) * len(deadlines) == len(values):
        grid = [(n, d) for n in names for d in deadlines]
        return [Cell(n, d, v) for (n, d), v in zip(grid, values, strict=True)]
    return [Cell(phrase, deadlines[-1], v) for v in values]


def _names(phrase: str, values: int, dates: int, inherited: bool, context: Context) -> list[str]:
    if values == 1:
        return nouns.members(phrase)
    if inherited and len(context.names) >= values:
        return context.names[-values:]
    names = nouns.members(phrase, values)
    if len(names) == 1 and dates > 1 and dates != values and values % dates == 0:
        names = nouns.members(phrase, values // dates)
    return names
