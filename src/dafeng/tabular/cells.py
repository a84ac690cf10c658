"""What a single cell says: a number, nothing, or something that is no number.

Numbers are exact decimals. A float from a workbook is read to fifteen significant digits, which is
what spreadsheet programs store and show, so 0.1 + 0.2 arrives as 0.3.
"""

from __future__ import annotations

import datetime
import math
import re
from decimal import Decimal
from typing import Any, Literal, NamedTuple

from dafeng.findings import EMPTY, Finding, Text

Kind = Literal["number", "absent", "bad"]

#: Marks that stand for "no figure". "…" is left out: yearbooks print it for "less than the unit".
ABSENT = frozenset({"", "-", "--", "—", "——", "–", "/", "\\", "无", "暂无", "n/a", "na", "null", "none"})

_FULL_WIDTH = {code: code - 0xFEE0 for code in range(0xFF01, 0xFF5F)}
_FULL_WIDTH.update({0x3000: 0x20, 0x00A0: 0x20, 0x2212: 0x2D, 0xFE63: 0x2D})
_ZERO_WIDTH = {ord(c): None for c in "\u200b\u200c\u200d\ufeff\u2060"}
_SUFFIX = {"万": Decimal(10_000), "亿": Decimal(100_000_000), "万亿": Decimal(10**12), "千": Decimal(1000)}

_PLAIN = re.compile(r"[+-]?(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:[eE][+-]?[0-9]{1,3})?", re.ASCII)
_GROUPED = re.compile(r"[+-]?[0-9]{1,3}(?:,[0-9]{3})+(?:\.[0-9]+)?", re.ASCII)
_SPACED = re.compile(r"[+-]?[0-9]{1,3}(?:[ '][0-9]{3})+(?:\.[0-9]+)?", re.ASCII)

MAX_DIGITS = 40
MAX_EXPONENT = 40


class Number(NamedTuple):
    """A cell read as a number.

    kind: ``number``, ``absent`` (blank, or a mark for none) or ``bad``.
    value: the number with 万/亿 multiplied in (``3.2万`` is 32000); None unless kind is ``number``.
    raw: the cell as it stands, as text.
    percent: a percent sign stood behind the number; ``value`` is as written (``12.5%`` is 12.5).
    suffix: the 万 or 亿 that was written, or "".
    problem: why the cell is no number.
    """

    kind: Kind
    value: Decimal | None
    raw: str
    percent: bool = False
    suffix: str = ""
    problem: Text = EMPTY

    @property
    def fraction(self) -> Decimal | None:
        """The value with a written percent sign applied: ``12.5%`` is 0.125."""
        return self.value / 100 if self.percent and self.value is not None else self.value


def to_half_width(text: str) -> str:
    """Full-width ASCII and ideographic blanks to half-width; zero-width marks dropped; ends trimmed.

    Not Unicode compatibility folding: that would turn 10² into 102.
    """
    return text.translate(_FULL_WIDTH).translate(_ZERO_WIDTH).strip()


def is_absent(cell: Any) -> bool:
    """True for a blank cell and for marks such as “—”, “/”, “无”, “-”."""
    if cell is None:
        return True
    return isinstance(cell, str) and to_half_width(cell).casefold() in ABSENT


def parse_decimal(cell: Any) -> Number:
    """Reads a cell (text, int, float, Decimal, None) as an exact number. Never raises."""
    if cell is None:
        return Number("absent", None, "")
    if isinstance(cell, bool):
        return _bad(str(cell).upper(), "是逻辑值，不是数", "is a truth value, not a number")
    if isinstance(cell, int):
        return _bounded(Decimal(cell), str(cell)[:80])
    if isinstance(cell, float):
        if not math.isfinite(cell):
            return _bad(str(cell), "不是有限的数", "is not a finite number")
        return _bounded(Decimal(format(cell, ".15g")), format(cell, ".15g"))
    if isinstance(cell, Decimal):
        if not cell.is_finite():
            return _bad(str(cell), "不是有限的数", "is not a finite number")
        return _bounded(cell, str(cell)[:80])
    if isinstance(cell, datetime.date | datetime.time | datetime.timedelta):
        return _bad(str(cell), "是日期或时间，不是数", "is a date or time, not a number")
    return _parse_text(str(cell))


def _parse_text(raw: str) -> Number:
    text = to_half_width(raw)
    if text.casefold() in ABSENT:
        return Number("absent", None, raw)
    if len(text) > MAX_DIGITS + 20:
        return _bad(raw[:60] + "…", "太长，不像一个数", "is too long for a number")
    percent = text.endswith("%")
    if percent:
        text = text[:-1].rstrip()
    suffix = ""
    for name in ("万亿", "亿", "万", "千"):
        if text.endswith(name):
            suffix, text = name, text[: -len(name)].rstrip()
            break
    if percent and suffix:
        return _bad(raw, "百分号与“万/亿”不能并用", "has both a percent sign and 万/亿")
    if _PLAIN.fullmatch(text):
        digits = text
    elif _GROUPED.fullmatch(text):
        digits = text.replace(",", "")
    elif _SPACED.fullmatch(text):
        digits = text.replace(" ", "").replace("'", "")
    else:
        lowered = text.casefold().lstrip("+-")
        if lowered in ("nan", "inf", "infinity", "∞"):
            return _bad(raw, "不是有限的数", "is not a finite number")
        if text.startswith("=") or text.startswith("#"):
            return _bad(raw, "是公式或错误值，不是数", "is a formula or an error value, not a number")
        return _bad(raw, "不是数", "is not a number")
    number = _bounded(Decimal(digits), raw)
    if number.value is None:
        return number
    value = number.value * _SUFFIX[suffix] if suffix else number.value
    return number._replace(value=value, percent=percent, suffix=suffix)


def _bounded(value: Decimal, raw: str) -> Number:
    _, digits, exponent = value.as_tuple()
    if len(digits) > MAX_DIGITS or not isinstance(exponent, int) or exponent < -MAX_EXPONENT:
        return _bad(raw[:60], f"位数超过 {MAX_DIGITS} 位", f"has more than {MAX_DIGITS} digits")
    if value and value.adjusted() > MAX_EXPONENT:
        return _bad(raw[:60], "数值过大", "is too large")
    return Number("number", value, raw)


def _bad(raw: str, zh: str, en: str) -> Number:
    return Number("bad", None, raw, problem=Text(f"“{raw}”{zh}", f"“{raw}” {en}"))


def bad_number(number: Number, place: str, rule: str = "tabular.number") -> Finding:
    """The finding for a cell that ``parse_decimal`` could not read."""
    return Finding(
        rule,
        "error",
        place,
        number.problem,
        value=number.raw,
        expected=Text(
            "一个数，例如 1234.5；没有数据时留空", "a number such as 1234.5; leave blank where there is none"
        ),
        fix=Text("改正该单元格", "Correct the cell."),
    )
