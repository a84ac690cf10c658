"""The heading of one line: its numbering, level and title.

Levels follow the numbering of official documents: 一、 chapter, （一） action, 1. measure, （1） item. Other forms
map onto them: 第一章, 第一部分 → chapter; 第一节 → action; markdown marks before a number are dropped. What (1)
means depends on what stands around it; alone it is read as an action written irregularly, and
``outline`` decides in context.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from dafeng.plan.model import Heading
from dafeng.plan.numbers import chinese_number
from dafeng.plan.script import BOOKMARK, Script, regularise
from dafeng.plan.units import UNIT

_CN = "[一二三四五六七八九十百]{1,4}"
_NUMBERINGS: list[tuple[str, int, re.Pattern[str]]] = [
    ("chapter", 1, re.compile(rf"^(?P<n>{_CN})(?:、|\.(?!\d)|，(?=[一-龥]{{2,12}}$))")),
    ("part", 1, re.compile(rf"^第(?P<n>{_CN}|\d{{1,2}})(?:章|部分|篇|编)[、：.]?")),
    ("section", 2, re.compile(rf"^第(?P<n>{_CN}|\d{{1,2}})节[、：.]?")),
    ("action", 2, re.compile(rf"^（(?P<n>{_CN})）[、.]?")),
    ("half", 2, re.compile(rf"^(?P<n>{_CN})）[、.]?")),
    ("said", 2, re.compile(r"^(?P<n>[一二三四五六七八九十])是(?!否|指|的|由)")),
    ("arabic", 2, re.compile(r"^（(?P<n>\d{1,2})）[、.]?")),
    ("decimal", 3, re.compile(r"^(?P<n>\d{1,2}(?:\.\d{1,2}){1,3})[.、]?(?=[一-龥“])")),
    ("measure", 3, re.compile(r"^(?P<n>\d{1,3})(?:\.(?!\d)|\.(?=20\d\d年)|、|，(?=[一-龥]{2}))")),
    ("item", 4, re.compile(r"^(?P<n>\d{1,2})）[、.]?")),
    ("circled", 4, re.compile("^(?P<n>[①②③④⑤⑥⑦⑧⑨⑩⑪⑫⑬⑭⑮])[、.]?")),
    ("named", 3, re.compile(rf"^(?:任务|措施|行动|工程|项目)(?P<n>{_CN}|\d{{1,2}})[：:、.]")),
]
_MARKDOWN = re.compile(r"^(#{1,6})")
_TITLE_END = re.compile("[。！？：；]")
_STYLE_DEPTH = {"chapter": 1, "part": 1, "section": 2, "action": 2}
# 二级能效, 三北工程, 1月, 2个 … : a number that belongs to the words behind it.
_NO_NUMBERING = re.compile("^(?:级|类|期|线|次|年|月|日|个|是(?:否|指)|、[一二三四五六七八九十]+[级类期线])")
_UNIT = re.compile(UNIT)
LONGEST_TITLE = 60


@dataclass(frozen=True)
class Numbering:
    """``form``: a name of ``_NUMBERINGS``; ``value`` its number; ``depth`` levels of a decimal (1.2.3 → 3)."""

    form: str
    level: int
    value: int
    raw: str
    end: int
    parts: tuple[int, ...] = ()


def read_numbering(text: str) -> Numbering | None:
    """The numbering at the start of a regular line."""
    for form, level, pattern in _NUMBERINGS:
        match = pattern.match(text)
        if not match:
            continue
        rest = text[match.end() :]
        if form == "decimal" and _UNIT.match(rest):
            return None  # 1.5万千瓦…
        if form == "decimal" and "0" in match["n"].split("."):
            return None  # 2.0版智慧平台
        if _NO_NUMBERING.match(rest) or (form == "chapter" and re.match(rf"{_CN}(?:级|类|期|线|等)", rest)):
            return None
        numeral = match["n"]
        if form == "decimal":
            parts = tuple(int(p) for p in numeral.split("."))
            return Numbering(form, min(len(parts), 4), parts[-1], match.group(), match.end(), parts)
        if form == "circled":
            value = ord(numeral) - ord("①") + 1
        else:
            value = int(numeral) if numeral.isdigit() else int(chinese_number(numeral) or 0)
        if value == 0:
            return None
        return Numbering(form, level, value, match.group(), match.end())
    return None


def canonical(level: int, value: int) -> str:
    """The regular form of a number at a level: 三, （二）, 2, （1）."""
    if level == 1:
        return chinese_numeral(value)
    if level == 2:
        return f"（{chinese_numeral(value)}）"
    return str(value) if level == 3 else f"（{value}）"


def chinese_numeral(value: int) -> str:
    digits = "零一二三四五六七八九"
    if value < 10:
        return digits[value]
    hundreds, rest = divmod(value, 100)
    tens, ones = divmod(rest, 10)
    out = digits[hundreds] + "百" if hundreds else ""
    if tens or hundreds:
        out += ("" if tens == 1 and not hundreds else digits[tens]) + ("十" if tens else "")
    return out + (digits[ones] if ones else "")


def title_of(script: Script, start: int) -> tuple[str, int, bool]:
    """Title from ``start`` in the regular line, its end, and whether body text follows on the line."""
    text = script.text
    end = len(text)
    stop = _TITLE_END.search(text, start)
    if stop and stop.end() < len(text):
        return text[start : stop.start()], stop.start(), True
    if stop and stop.start() == len(text) - 1:
        end = stop.start()
    return text[start:end], end, False


def find_heading(line: str) -> Heading | None:
    """The heading a line opens with, read without its surroundings; None where the line is none."""
    script = regularise(line.rstrip("\n"))
    hashes = _MARKDOWN.match(script.text)
    offset = hashes.end() if hashes else 0
    inner = Script(script.text[offset:].strip("*"), script.where[offset:])
    if script.text[offset : offset + 2] == "**":
        inner = Script(script.text[offset + 2 :].rstrip("*"), script.where[offset + 2 :])
    numbering = read_numbering(inner.text)
    if is_contents_line(line):
        return None
    if numbering is None:
        if not hashes or not inner.text:
            return None
        level = min(max(len(hashes.group()) - 1, 1), 4)
        title, end, body = title_of(inner, 0)
        return Heading(level, "", hashes.group(), title, body, inner.span(0, max(end, 1)))
    title, end, body = title_of(inner, numbering.end)
    if not title or (numbering.form == "said" and re.search("二是|三是", inner.text)):
        return None
    if numbering.form in ("measure", "item", "circled") and not re.match("[一-龥“《A-Za-z0-9（]", title):
        return None
    start, stop = inner.span(0, end)
    raw = BOOKMARK.sub("", line[start : inner.span(0, numbering.end)[1]])
    level = numbering.level
    return Heading(level, canonical(level, numbering.value), raw, title, body, (start, stop))


_CONTENTS = re.compile(r"(?:[.…·‥．]{3,}|[\t\u2003]| {3,}|-{3,})[\s.…·]*[-–— ]?\d{1,3}[-–— ]?\s*$")
_PAGE = re.compile(
    r"^\s*(?:[-–—－]{1,2}\s*\d{1,3}\s*[-–—－]{1,2}|第\s*\d{1,3}\s*页(?:\s*共\s*\d{1,3}\s*页)?|\d{1,3}|\d{1,3}\s*/\s*\d{1,3})\s*$"
)


def is_contents_line(line: str) -> bool:
    """A line of a table of contents: title, dots or a tab, page number."""
    return len(line) < 120 and bool(_CONTENTS.search(line))


def is_page_number(line: str) -> bool:
    return bool(_PAGE.match(line))
