"""A passage in regular form, with the way back to the text as read.

Plans come out of Word with spaces around numbers, full-width digits, half-width brackets and bookmark
marks. The grammar reads one form only; ``where`` says for each of its characters which character of
the passage it stands for, so that a span found in the regular form is a span of the original.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass

BOOKMARK = re.compile(r"\[bookmark:[^\]\n]{0,120}\]", re.IGNORECASE)
HIDDEN = "\ue000"  # stands for a masked character; never part of a word

_FIXED = {
    "(": "（",
    ")": "）",
    "（": "（",
    "）": "）",
    "[": "[",
    ",": "，",
    "，": "，",
    ";": "；",
    "；": "；",
    ":": "：",
    "：": "：",
    "?": "？",
    "？": "？",
    "!": "！",
    "！": "！",
    "～": "~",
    "〜": "~",
    "∼": "~",
    "·": "·",
    "•": "·",
    "・": "·",
    "∙": "·",
    "⋅": "·",
    "″": "”",
    "〝": "“",
    "〞": "”",
    "「": "“",
    "」": "”",
    "『": "“",
    "』": "”",
    "㎡": "m2",
    "㎥": "m3",
    "％": "%",
    "﹪": "%",
    "℃": "℃",
    "○": "〇",
    "≧": "≥",
    "≦": "≤",
    "．": ".",
    "µ": "μ",
    "…": "…",
}
_FIXED.update(dict.fromkeys("—–－−‐‑―─﹣-", "-"))
_DROPPED = set("\ufeff\u200b\u200c\u200d\u2060\u00ad\u200e\u200f")


def _regular(char: str) -> str:
    if char.isspace() and char != "\n":
        return ""
    if char in _DROPPED or (unicodedata.category(char) == "Cc" and char != "\n"):
        return ""
    fixed = _FIXED.get(char)
    if fixed is not None:
        return fixed
    if "！" <= char <= "～" or char in "²³":
        return unicodedata.normalize("NFKC", char)
    return char


_CACHE: dict[str, str] = {}


@dataclass(frozen=True)
class Script:
    """``text``: regular form. ``where[i]``: index in the passage of the character behind ``text[i]``."""

    text: str
    where: list[int]

    def span(self, start: int, end: int) -> tuple[int, int]:
        """Span in the passage of ``text[start:end]`` (which must not be empty)."""
        return self.where[start], self.where[end - 1] + 1


def regularise(passage: str, offset: int = 0) -> Script:
    """Regular form of a passage; ``offset`` is added to every position that leads back."""
    skip = [m.span() for m in BOOKMARK.finditer(passage)] if "[" in passage else []
    out: list[str] = []
    where: list[int] = []
    position = 0
    for start, end in [*skip, (len(passage), len(passage))]:
        for index in range(position, start):
            char = passage[index]
            form = _CACHE.get(char)
            if form is None:
                form = _regular(char)
                if len(_CACHE) < 60_000:
                    _CACHE[char] = form
            if not form:
                continue
            if form == "，" and char != "，" and _thousands(passage, index):
                continue
            if (
                form == "："
                and passage[index - 1 : index].isdigit()
                and passage[index + 1 : index + 2].isdigit()
            ):
                form = "∶"
            out.append(form)
            where.extend([offset + index] * len(form))
        position = end
    return Script("".join(out), where)


def _thousands(passage: str, index: int) -> bool:
    """Whether the comma at ``index`` groups digits (1,200) rather than parting clauses."""
    if index == 0 or not passage[index - 1].isdigit():
        return False
    group = passage[index + 1 : index + 4]
    after = passage[index + 4 : index + 5]
    return len(group) == 3 and group.isdigit() and not after.isdigit() and after != "年"


_QUOTED = re.compile(r"[“\"]([^“”\"\n]{1,40})[”\"]")
_QUOTED_KEPT = re.compile(r"^十[一二三四五六七八]五|尽|不增|全覆盖")
_NUMERIC = re.compile(r"[0-9一二三四五六七八九十百千万]")


def mask(text: str) -> str:
    """The regular text with titles, document numbers, asides and quoted catchwords hidden; same length."""
    chars = list(text)
    for opening, closing, keep in (("《", "》", ""), ("〔", "〕", ""), ("（", "）", "/每")):
        if opening not in text:
            continue
        stack: list[int] = []
        for index, char in enumerate(text):
            if char == "\n":
                stack.clear()
            elif char == opening:
                stack.append(index)
            elif char == closing and stack:
                first = stack.pop()
                if not stack and (first == 0 or text[first - 1] not in (keep or " ")):
                    chars[first : index + 1] = HIDDEN * (index + 1 - first)
    for match in _QUOTED.finditer(text):
        inner = match.group(1)
        if _NUMERIC.search(inner) and not _QUOTED_KEPT.search(inner):
            chars[match.start() : match.end()] = HIDDEN * (match.end() - match.start())
    return "".join(chars)
