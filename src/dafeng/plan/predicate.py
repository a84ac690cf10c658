"""What a chain of predicate words before a quantity says about it: comparator, direction, kind."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace

from dafeng.plan.lexer import Token
from dafeng.plan.words import INCREMENT

CHAIN = {
    "reach", "limit", "floor", "ceiling", "above", "about", "reduce", "increase", "add", "qualifier", "adverb", "past", "period", "allof",
}  # fmt: skip
# Words whose value follows; between them and it stands at most the whole it is a part of.
BOUNDING = {"reach", "limit", "floor", "ceiling", "above"}
_TELLING = {"reach", "limit", "floor", "ceiling", "above", "about", "reduce", "increase", "add", "allof"}
_ORDER = ("above", "ceiling", "floor", "limit", "reach", "allof", "add")
SIGN = {
    "above": ">",
    "ceiling": "<=",
    "floor": ">=",
    "limit": "<=",
    "reach": ">=",
    "allof": ">=",
    "add": "==",
}


@dataclass(frozen=True)
class Mode:
    """How a quantity is to be taken. ``sign``: >= <= > ==, or empty where no word says it."""

    sign: str = ""
    direction: str = ""  # reduce, increase or empty
    about: bool = False
    verb: str = ""  # the verb that makes things: 新增, 建成 …
    direction_word: str = ""

    @property
    def tells(self) -> bool:
        return bool(self.sign or self.direction or self.about)

    @property
    def increment(self) -> bool:
        return self.verb in INCREMENT


def read_chain(chain: Iterable[Token]) -> Mode:
    mode = Mode()
    kinds: dict[str, str] = {}
    tokens = list(chain)
    for token, after in zip(tokens, [*tokens, None][1:], strict=True):
        kind = token.kind
        if (
            after is not None
            and after.kind == "period"
            and after.text[0] in "到至"
            and tokens[-1].text == "的"
        ):
            # 提高到2025年的1万吨: the level is meant, not the change.
            kind = {"increase": "reach", "reduce": "limit"}.get(kind, kind)
        if kind in _TELLING:
            kinds[kind] = token.text
    for direction in ("reduce", "increase"):
        if direction in kinds:
            mode = replace(mode, direction=direction, direction_word=kinds[direction])
    for kind in _ORDER:
        if kind in kinds:
            mode = replace(mode, sign=SIGN[kind])
            break
    return replace(mode, about="about" in kinds, verb=kinds.get("add", ""))


def comparator(mode: Mode, post: str, ranged: bool, more: bool = False) -> str:
    """The comparator of the interface for a mode and the words behind the quantity."""
    about = mode.about or "左右" in post or "上下" in post
    if mode.direction:
        if about:
            return f"{mode.direction}_by~="
        return "reduce_by_range" if ranged and mode.direction == "reduce" else f"{mode.direction}_by>="
    if about:
        return "~="
    if ranged:
        return "range"
    sign = mode.sign
    if "以上" in post:
        return ">" if sign == ">" else ">="
    if any(word in post for word in ("以下", "以内", "之内", "范围内")):
        return "<="
    if more:
        return ">"
    return sign or "=="
