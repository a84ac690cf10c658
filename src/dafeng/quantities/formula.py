"""The formula language: text → syntax tree, and the tree in words.

A formula can name quantities, pick members, add over dimensions and look along the years; it can do nothing
else. There is no way from a formula to Python: the text is tokenised here and becomes the node types below.
The grammar is in docs/design/quantities.md.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Literal


class FormulaError(ValueError):
    """A formula that cannot be read: ``position`` counts characters from 0, ``zh`` and ``en`` say what is wrong."""

    def __init__(self, position: int, zh: str, en: str):
        self.position, self.zh, self.en = position, zh, en
        super().__init__(f"{position}: {en}")


@dataclass(frozen=True)
class Number:
    value: float
    unit: str = ""
    text: str = ""


@dataclass(frozen=True)
class Ref:
    name: str
    position: int


@dataclass(frozen=True)
class Negate:
    operand: Node


@dataclass(frozen=True)
class Binary:
    op: Literal["+", "-", "*", "/", "^"]
    left: Node
    right: Node


@dataclass(frozen=True)
class Pick:
    """``operand[dim: member]``; several members keep the dimension."""

    operand: Node
    dim: str
    members: tuple[str, ...]
    position: int


@dataclass(frozen=True)
class Reduce:
    """``sum|mean|max|min|share(operand over dims)``."""

    how: Literal["sum", "mean", "max", "min", "share"]
    operand: Node
    dims: tuple[str, ...]
    position: int


@dataclass(frozen=True)
class Regroup:
    operand: Node
    dim: str
    target: str
    position: int


@dataclass(frozen=True)
class Spread:
    operand: Node
    dims: tuple[str, ...]
    position: int


@dataclass(frozen=True)
class Time:
    """Functions along the years. ``year`` is the argument of ``from`` or the number of years back."""

    how: Literal["at", "prev", "growth", "cumulative", "compound", "interpolate", "hold", "ytd"]
    operand: Node
    year: int
    position: int


@dataclass(frozen=True)
class Call:
    """Functions cell by cell: coalesce, complete, join, min, max, abs, exp, ln, sqrt."""

    name: str
    args: tuple[Node, ...]
    position: int


@dataclass(frozen=True)
class Where:
    comparison: Literal["<", "<=", ">", ">=", "=="]
    left: Node
    right: Node
    then: Node
    otherwise: Node
    position: int


Node = Number | Ref | Negate | Binary | Pick | Reduce | Regroup | Spread | Time | Call | Where

REDUCERS = ("sum", "mean", "max", "min", "share")
ONE_ARGUMENT = ("abs", "exp", "ln", "sqrt", "complete")
ARGUMENT_FUNCTIONS = (*ONE_ARGUMENT, "coalesce", "min", "max", "join")
TIME_FUNCTIONS = ("at", "prev", "growth", "cumulative", "compound", "interpolate", "hold", "ytd")

_token = re.compile(
    r"\s*(?:(?P<number>\d+(?:\.\d+)?(?:[eE][+-]?\d+)?)|(?P<name>[A-Za-z_][A-Za-z0-9_]*)"
    r"|(?P<unit>\{[^{}]*\})|(?P<op>->|<=|>=|==|[-+*/^()\[\],:|<>]))"
)
_DEPTH = 60


@dataclass(frozen=True)
class _Token:
    kind: str
    text: str
    position: int


def _tokens(text: str) -> list[_Token]:
    out: list[_Token] = []
    at = 0
    while at < len(text):
        m = _token.match(text, at)
        if not m:
            if not text[at:].strip():
                break
            where = at + len(text[at:]) - len(text[at:].lstrip())
            raise FormulaError(
                where, f"公式里不能有“{text[where]}”", f"“{text[where]}” cannot stand in a formula"
            )
        kind = m.lastgroup or ""
        out.append(_Token(kind, m.group(kind), m.start(kind)))
        at = m.end()
    out.append(_Token("end", "", len(text)))
    return out


class _Parser:
    def __init__(self, text: str):
        self.tokens = _tokens(text)
        self.i = 0
        self.depth = 0

    @property
    def now(self) -> _Token:
        return self.tokens[self.i]

    def take(self) -> _Token:
        token = self.tokens[self.i]
        self.i += 1
        return token

    def accept(self, text: str) -> bool:
        if self.now.text == text and self.now.kind in ("op", "name"):
            self.i += 1
            return True
        return False

    def expect(self, text: str) -> None:
        if not self.accept(text):
            found = self.now.text or "结尾"
            raise FormulaError(
                self.now.position,
                f"这里应为“{text}”，却是“{found}”",
                f"expected “{text}”, found “{self.now.text or 'the end'}”",
            )

    def name(self) -> str:
        if self.now.kind != "name":
            raise FormulaError(self.now.position, "这里应为名称", "a name is expected here")
        return self.take().text

    def integer(self) -> int:
        if self.now.kind != "number" or not self.now.text.isdigit():
            raise FormulaError(
                self.now.position, "这里应为整数年份", "a whole number (a year) is expected here"
            )
        return int(self.take().text)

    def expression(self) -> Node:
        self.depth += 1
        if self.depth > _DEPTH:
            raise FormulaError(self.now.position, "公式嵌套过深", "the formula is nested too deeply")
        left = self.term()
        while self.now.text in ("+", "-") and self.now.kind == "op":
            op: Literal["+", "-"] = "+" if self.take().text == "+" else "-"
            right = self.term()
            # a + (−b) is a − b: a missing b must not turn the total into a mere “incomplete”.
            if op == "+" and isinstance(right, Negate):
                left = Binary("-", left, right.operand)
            else:
                left = Binary(op, left, right)
        self.depth -= 1
        return left

    def term(self) -> Node:
        left = self.unary()
        while self.now.text in ("*", "/") and self.now.kind == "op":
            op: Literal["*", "/"] = "*" if self.take().text == "*" else "/"
            left = Binary(op, left, self.unary())
        return left

    def unary(self) -> Node:
        negative = False
        while self.accept("-"):
            negative = not negative
        node = self.power()
        return Negate(node) if negative else node

    def power(self) -> Node:
        base = self.postfix()
        if self.accept("^"):
            sign = -1.0 if self.accept("-") else 1.0
            if self.now.kind != "number":
                raise FormulaError(self.now.position, "指数必须是数字", "an exponent must be a number")
            text = self.take().text
            return Binary("^", base, Number(sign * float(text), "", text))
        return base

    def postfix(self) -> Node:
        node = self.atom()
        while self.now.text == "[":
            position = self.take().position
            dim = self.name()
            self.expect(":")
            if dim == "year":
                node = Time("at", node, self.integer(), position)
            else:
                members = [self.member()]
                while self.accept("|"):
                    members.append(self.member())
                node = Pick(node, dim, tuple(members), position)
            self.expect("]")
        return node

    def member(self) -> str:
        if self.now.kind in ("name", "number"):
            return self.take().text
        raise FormulaError(self.now.position, "这里应为成员编号", "a member id is expected here")

    def atom(self) -> Node:
        token = self.now
        if token.kind == "number":
            self.take()
            unit = self.take().text[1:-1].strip() if self.now.kind == "unit" else ""
            return Number(float(token.text), unit, token.text)
        if token.text == "(":
            self.take()
            node = self.expression()
            self.expect(")")
            return node
        if token.kind == "name":
            self.take()
            if self.now.text == "(":
                return self.call(token)
            return Ref(token.text, token.position)
        raise FormulaError(
            token.position,
            "公式在这里不完整" if token.kind == "end" else f"这里不能是“{token.text}”",
            "the formula ends too early" if token.kind == "end" else f"“{token.text}” cannot stand here",
        )

    def call(self, token: _Token) -> Node:
        name, position = token.text, token.position
        self.expect("(")
        if name == "where":
            left = self.expression()
            comparison = self.take().text
            if comparison not in ("<", "<=", ">", ">=", "=="):
                raise FormulaError(position, "where 的第一项应为比较式", "where needs a comparison first")
            right = self.expression()
            self.expect(",")
            then = self.expression()
            self.expect(",")
            otherwise = self.expression()
            self.expect(")")
            return Where(comparison, left, right, then, otherwise, position)  # type: ignore[arg-type]
        operand = self.expression()
        node: Node
        if name in TIME_FUNCTIONS:
            year = 1 if name == "prev" else 0
            if name in ("cumulative", "compound"):
                self.expect("from")
                year = self.integer()
            elif name == "at":
                self.expect(",")
                year = self.integer()
            elif name == "prev" and self.accept(","):
                year = self.integer()
            node = Time(name, operand, year, position)  # type: ignore[arg-type]
        elif name in REDUCERS and self.now.text == "over":
            self.take()
            node = Reduce(name, operand, self.names(), position)  # type: ignore[arg-type]
        elif name == "spread":
            self.expect("over")
            node = Spread(operand, self.names(), position)
        elif name == "regroup":
            self.expect(",")
            dim = self.name()
            self.expect("->")
            node = Regroup(operand, dim, self.name(), position)
        elif name in ARGUMENT_FUNCTIONS:
            args = [operand]
            while self.accept(","):
                args.append(self.expression())
            if name in ONE_ARGUMENT and len(args) != 1:
                raise FormulaError(position, f"{name} 只有一个参数", f"{name} takes one argument")
            if name not in ONE_ARGUMENT and len(args) < 2:
                raise FormulaError(
                    position,
                    f"{name} 至少有两个参数，或写 over",
                    f"{name} takes two arguments or more, or “over”",
                )
            if name == "join" and len(args) != 2:
                raise FormulaError(
                    position, "join 有两个参数：历史、预测", "join takes two arguments: history, projection"
                )
            node = Call(name, tuple(args), position)
        else:
            known = ", ".join(
                sorted({*REDUCERS, *ARGUMENT_FUNCTIONS, *TIME_FUNCTIONS, "spread", "regroup", "where"})
            )
            raise FormulaError(
                position, f"没有函数 {name}；可用：{known}", f"there is no function {name}; known: {known}"
            )
        self.expect(")")
        return node

    def names(self) -> tuple[str, ...]:
        found = [self.name()]
        while self.accept(","):
            found.append(self.name())
        return tuple(found)


def parse(text: str) -> Node:
    """The syntax tree of a formula. Raises FormulaError with the place in the text."""
    if len(text) > 20_000:
        raise FormulaError(0, "公式过长", "the formula is too long")
    parser = _Parser(text)
    node = parser.expression()
    if parser.now.kind != "end":
        raise FormulaError(
            parser.now.position, f"这里多出“{parser.now.text}”", f"“{parser.now.text}” is too much here"
        )
    return node


def children(node: Node) -> tuple[Node, ...]:
    match node:
        case Binary(_, left, right):
            return (left, right)
        case Where(_, left, right, then, otherwise, _):
            return (left, right, then, otherwise)
        case Call(_, args, _):
            return args
        case Number() | Ref():
            return ()
        case Negate(operand) | Pick(operand=operand) | Reduce(operand=operand) | Regroup(operand=operand):
            return (operand,)
        case Spread(operand=operand) | Time(operand=operand):
            return (operand,)


def references(node: Node) -> Iterator[Ref]:
    """Every quantity that the formula names, from left to right, repeats included."""
    if isinstance(node, Ref):
        yield node
    for child in children(node):
        yield from references(child)


_STRENGTH = {"+": 1, "-": 1, "*": 2, "/": 2, "^": 4}
_SIGN = {"+": " + ", "-": " − ", "*": " × ", "/": " ÷ ", "^": "^"}
_REDUCE_ZH = {"sum": "合计", "mean": "平均", "max": "最大", "min": "最小", "share": "占比"}
_TIME_ZH = {
    "growth": "比上年增长率",
    "interpolate": "线性插补",
    "hold": "沿用最近值",
    "ytd": "年初至今合计",
}
_CALL_ZH = {
    "coalesce": "依次取用",
    "complete": "完整时取",
    "min": "较小者",
    "max": "较大者",
    "abs": "绝对值",
    "exp": "exp",
    "ln": "ln",
    "sqrt": "平方根",
}


def in_words(
    node: Node,
    name: Callable[[str], str],
    member: Callable[[str, str], str],
    dim: Callable[[str], str],
    language: str = "zh",
) -> str:
    """The formula with the names that people use. ``name``, ``member`` and ``dim`` turn ids into words."""
    zh = language != "en"

    def show(n: Node, strength: int) -> str:
        match n:
            case Number(value, unit, text):
                return f"{text or f'{value:g}'}{(' ' + unit) if unit else ''}"
            case Ref(ref, _):
                return name(ref)
            case Negate(operand):
                return f"−{show(operand, 3)}"
            case Binary(op, left, right):
                own = _STRENGTH[op]
                text = f"{show(left, own)}{_SIGN[op]}{show(right, own + (op in '-/'))}"
                return f"({text})" if own < strength else text
            case Pick(operand, d, members, _):
                joined = ("、" if zh else ", ").join(member(d, m) for m in members)
                return f"{show(operand, 5)}〔{joined}〕" if zh else f"{show(operand, 5)} [{joined}]"
            case Reduce(how, operand, dims, _):
                over = ("、" if zh else ", ").join(dim(d) for d in dims)
                if zh:
                    verb = "在" if how == "share" else "按"
                    return (
                        f"{show(operand, 0)} {verb}{over}{_REDUCE_ZH[how]}"
                        if strength == 0
                        else f"({show(operand, 0)} {verb}{over}{_REDUCE_ZH[how]})"
                    )
                return (
                    f"{how} of {show(operand, 5)} over {over}"
                    if strength == 0
                    else f"({how} of {show(operand, 5)} over {over})"
                )
            case Regroup(operand, d, target, _):
                return (
                    f"{show(operand, 5)} 由{dim(d)}归并为{dim(target)}"
                    if zh
                    else f"{show(operand, 5)} regrouped from {dim(d)} to {dim(target)}"
                )
            case Spread(operand, _, _):
                return show(operand, strength)
            case Time(how, operand, year, _):
                inner = show(operand, 5)
                if how == "at":
                    return f"{year}年{inner}" if zh else f"{inner} in {year}"
                if how == "prev":
                    when = "上年" if year == 1 else f"{year}年前"
                    return f"{when}{inner}" if zh else f"{inner} {year} year(s) before"
                if how == "cumulative":
                    return f"{year}年起累计{inner}" if zh else f"{inner} accumulated from {year}"
                if how == "compound":
                    return f"{year}年起按{inner}连乘" if zh else f"compounded {inner} from {year}"
                return f"{inner}（{_TIME_ZH[how]}）" if zh else f"{how}({inner})"
            case Call("join", (history, projection), _):
                a, b = show(history, 0), show(projection, 0)
                return f"历史年份取 {a}，其后取 {b}" if zh else f"{a} in years of history, {b} after"
            case Call(f, args, _):
                joined = ("；" if zh else ", ").join(show(a, 0) for a in args)
                return f"{_CALL_ZH[f]}（{joined}）" if zh else f"{f}({joined})"
            case Where(op, left, right, then, otherwise, _):
                if zh:
                    return f"若 {show(left, 0)} {op} {show(right, 0)} 则 {show(then, 0)}，否则 {show(otherwise, 0)}"
                return (
                    f"if {show(left, 0)} {op} {show(right, 0)} then {show(then, 0)} else {show(otherwise, 0)}"
                )

    return show(node, 0)
