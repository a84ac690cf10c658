"""A clause and its parts, and what a sentence carries from clause to clause."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from dafeng.plan.lexer import Token
from dafeng.plan.periods import Deadline
from dafeng.plan.predicate import CHAIN, Mode
from dafeng.plan.script import HIDDEN

LONGEST_NAME = 150  # characters before a predicate that can belong to its indicator
# 由60%提高到80%: where it starts from is not part of the name; nor is 在现行标准基础上.
_STARTED = re.compile("(?:由|从)(?:\\d{4}年(?:底|末)?)?的?约?[\\d.]+(?:-[\\d.]+)?[^\\d，由从的]{0,14}$")
_UPON = re.compile("在[^，。；、在]{2,14}基础上$")


@dataclass(frozen=True)
class Clause:
    """``text`` and ``masked`` are those of the whole paragraph; the clause is ``[start:end)`` of them."""

    text: str
    masked: str
    start: int
    end: int
    tokens: list[Token]

    def chain(self, index: int, floor: int) -> list[Token]:
        """The unbroken run of predicate words before a token, not reaching below ``floor``."""
        chain: list[Token] = []
        edge = self.tokens[index].start
        for token in reversed(self.tokens[:index]):
            if token.kind not in CHAIN or token.end != edge or token.start < floor:
                break
            if token.kind == "allof" and not token.text.endswith(("执行", "达到")):
                break
            chain.append(token)
            edge = token.start
        return chain[::-1]

    def phrase(self, floor: int, end: int) -> str:
        """Text from ``floor`` to ``end`` without the dates and hedges inside it."""
        begin = max(floor, end - LONGEST_NAME)
        pieces, position = [], begin
        for token in self.tokens:
            if token.start < begin or token.end > end:
                continue
            if token.kind in ("period", "qualifier", "past") and token.text[0] not in "由从":
                pieces.append(self.text[position : token.start])
                position = token.end
        pieces.append(self.text[position:end])
        return _UPON.sub("", _STARTED.sub("", "".join(pieces)))

    def rest(self, token: Token) -> str:
        """What follows a token in the clause, asides at its head left out."""
        return self.masked[token.end : self.end].lstrip(HIDDEN)

    def inside(self, floor: int, end: int) -> list[Token]:
        return [t for t in self.tokens if t.start >= floor and t.end <= end]

    def said(self) -> str:
        """The clause without dates and hedges: what it says where it has no predicate."""
        return self.phrase(max(self.start, self.end - LONGEST_NAME), self.end)


def split_clauses(text: str, masked: str, start: int, end: int, tokens: list[Token]) -> list[Clause]:
    """Clauses of a sentence, parted at commas, semicolons and colons; 、 parts no clause."""
    out: list[Clause] = []
    inside: list[Token] = []
    for token in tokens:
        if token.kind == "point" and token.text != "、":
            out.append(Clause(text, masked, start, token.start, inside))
            start, inside = token.end, []
        else:
            inside.append(token)
    out.append(Clause(text, masked, start, end, inside))
    return out


@dataclass
class Context:
    """What holds beyond a clause: date, base year, hedge, and what was spoken of last.

    ``past``: the text reports what has been. ``opened_by_period``: the date opens its sentence, so that the sentences
    after it may stand under it too. ``mode``, ``unit``, ``hedge``: how the last quantity was told.
    """

    deadlines: tuple[Deadline, ...] = ()
    start: int | None = None
    base_year: int | None = None
    base: str = ""
    yearly: bool = False
    past: bool = False
    qualifier: str | None = None
    opened_by_period: bool = False
    subject: str = ""
    scope: str | None = None
    mode: Mode | None = None
    hedge: str | None = None
    unit: str | None = None
    names: list[str] = field(default_factory=list)

    @property
    def dated(self) -> bool:
        return bool(self.deadlines)

    def dates(self) -> list[Deadline | None]:
        return list(self.deadlines) or [None]

    def heir(self, own_period: bool) -> Context:
        """What the next sentence of the paragraph starts with."""
        if own_period:
            return Context()
        if self.opened_by_period and not self.past:
            return Context(
                deadlines=self.deadlines, start=self.start, opened_by_period=True, qualifier=self.qualifier
            )
        return Context(past=self.past)
