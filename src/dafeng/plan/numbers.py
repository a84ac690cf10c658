"""Numbers and quantities of policy prose: 12.3%, 2万千瓦, 十五座, 三分之一, 五成, 20%—25%.

The unit is kept as written, scale included (2万千瓦 is 2 in 万千瓦). 百分之二十 reads 20 in %; 五成 is 5 in 成;
三分之一 has no unit. Patterns here work on the regular form of a text.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from dafeng.plan.units import COUNTERS, NAMED_UNIT, RATIOS, UNIT

_DIGITS = {
    "〇": 0,
    "零": 0,
    "一": 1,
    "二": 2,
    "两": 2,
    "三": 3,
    "四": 4,
    "五": 5,
    "六": 6,
    "七": 7,
    "八": 8,
    "九": 9,
}
_PLACES = {"十": 10, "百": 100, "千": 1000}
_MYRIADS = {"万": 10_000, "亿": 100_000_000}
CHINESE_NUMERAL = "[〇零一二两三四五六七八九十百千万亿]"


def chinese_number(numeral: str) -> float | None:
    """Value of a numeral in characters (三百二十, 二〇二五, 十五点五); None where it is none."""
    if "点" in numeral:
        whole, _, rest = numeral.partition("点")
        base = chinese_number(whole)
        if base is None or not rest or any(c not in _DIGITS for c in rest):
            return None
        return float(f"{int(base)}.{''.join(str(_DIGITS[c]) for c in rest)}")
    if not numeral:
        return None
    if all(c in _DIGITS for c in numeral):
        return float(int("".join(str(_DIGITS[c]) for c in numeral[:15])))
    total = section = digit = 0
    for char in numeral:
        if char in _DIGITS:
            digit = _DIGITS[char]
        elif char in _PLACES:
            section += (digit or 1) * _PLACES[char]
            digit = 0
        elif char in _MYRIADS:
            total = (total + section + digit) * _MYRIADS[char] or _MYRIADS[char]
            section = digit = 0
        else:
            return None
    return float(total + section + digit)


_ARABIC = r"(?<![A-Za-z0-9.])\d{1,12}(?:\.\d{1,6})?"
_DASH = r"(?:-{1,2}|~{1,2}|至|到)"
_CHINESE = rf"(?<![第之〇零一二两三四五六七八九十百千万亿]){CHINESE_NUMERAL}{{1,12}}(?:点[〇零一二三四五六七八九]{{1,4}})?"

_PATTERNS = [
    # 百分之二十, 千分之三, 三分之一, 百分之20至25
    (
        "per",
        rf"(?P<per>百|千)分之(?P<per_v>\d{{1,4}}(?:\.\d{{1,4}})?|[〇零一二两三四五六七八九十百]{{1,5}}(?:点[〇零一二三四五六七八九]{{1,4}})?)"
        rf"(?:{_DASH}(?:[百千]分之)?(?P<per_m>\d{{1,4}}(?:\.\d{{1,4}})?|[〇零一二两三四五六七八九十百]{{1,5}}))?",
    ),
    ("half", "一半|半数"),
    ("fraction", r"(?P<fr_d>[二三四五六七八九十]{1,2})分之(?P<fr_n>[一二两三四五六七八九]{1,2})"),
    (
        "tenths",
        rf"(?P<ten>[一二两三四五六七八九])(?:{_DASH}(?P<ten_m>[二三四五六七八九]))?成(?P<half>半|[一二三四五六七八九])?(?=以|左|的|及|多|，|。|；|、|$|\n|[^效品本果为立长员就交功都])",
    ),
    (
        "range",
        rf"(?P<r_lo>{_ARABIC})(?P<r_u1>{UNIT})?{_DASH}(?P<r_hi>\d{{1,12}}(?:\.\d{{1,6}})?)(?P<r_u2>{UNIT})?(?![年月]?\d)",
    ),
    ("arabic", rf"(?P<a_v>{_ARABIC})(?P<a_more>余|多)?(?P<a_u>{UNIT})?"),
    ("chinese", rf"(?P<c_v>{_CHINESE})(?P<c_more>余|多)?(?P<c_u>{NAMED_UNIT})"),
]
QUANTITY = "|".join(f"(?P<q_{name}>{pattern})" for name, pattern in _PATTERNS)


_FLOW = re.compile("(?:/|每)(?:日|天|年|小时|月|d|a|h)$")  # a capacity is an amount: 50万立方米/日


@dataclass(frozen=True)
class Quantity:
    """A number with its written unit; ``maximum`` closes a range; ``more`` marks 余/多."""

    value: float
    unit: str | None
    maximum: float | None = None
    more: bool = False
    chinese: bool = False

    @property
    def ratio(self) -> bool:
        unit = self.unit or ""
        rate = any(mark in unit for mark in ("/", "每", "℃")) and not _FLOW.search(unit)
        return self.unit in RATIOS or rate

    @property
    def part(self) -> bool:
        """Whether it is a part of a whole (80%, 五成, 三分之一); a rate (35蒸吨/小时) is a ratio but no part."""
        return self.unit in ("%", "‰", "成", "", None)

    @property
    def counts(self) -> bool:
        """Whether the unit counts things (万辆 does, 万千瓦 does not)."""
        return bool(self.unit) and (self.unit or "").lstrip("百千万亿") in COUNTERS


def tidy(value: float) -> float:
    """The value as an int where it is whole, so that JSON shows 15 and not 15.0."""
    return int(value) if float(value).is_integer() else value


def _plain(text: str) -> float | None:
    return float(text) if text[0].isdigit() else chinese_number(text)


def read_quantity(match: re.Match[str]) -> Quantity | None:
    """The quantity behind a match of ``QUANTITY``; None where the words are no number after all."""
    group = match.groupdict()
    if group["q_per"]:
        low = _plain(group["per_v"])
        high = _plain(group["per_m"]) if group["per_m"] else None
        unit = "%" if group["per"] == "百" else "‰"
        return None if low is None else Quantity(low, unit, high, chinese=True)
    if group["q_half"]:
        return Quantity(0.5, None, chinese=True)
    if group["q_fraction"]:
        over, under = chinese_number(group["fr_n"]), chinese_number(group["fr_d"])
        return Quantity(over / under, None, chinese=True) if over and under else None
    if group["q_tenths"]:
        tenths = chinese_number(group["ten"]) or 0
        top = chinese_number(group["ten_m"]) if group["ten_m"] else None
        half = group["half"]
        part = 0.5 if half == "半" else (chinese_number(half) or 0) / 10 if half else 0
        return Quantity(tenths + part, "成", top, chinese=True)
    if group["q_range"]:
        low, high = float(group["r_lo"]), float(group["r_hi"])
        first, second = group["r_u1"], group["r_u2"]
        scaled = first in ("万", "亿", "百万", "千万") and second is not None and second.startswith(first)
        if first and first != second and not scaled:
            return None
        if high <= low or (not second and high > 1900):
            return None
        return Quantity(low, second, high)
    if group["q_arabic"]:
        return Quantity(float(group["a_v"]), group["a_u"], more=bool(group["a_more"]))
    numeral, unit = group["c_v"], group["c_u"]
    if numeral[0] in "百千万亿" and len(numeral) == 1:
        return None
    # 三万千瓦: the scale before the unit belongs to the unit, as in 3万千瓦.
    trailing = re.search(r"[万亿]{1,2}$", numeral)
    if trailing and trailing.start():
        unit = numeral[trailing.start() :] + unit
        numeral = numeral[: trailing.start()]
    value = chinese_number(numeral)
    return None if value is None else Quantity(value, unit, more=bool(group["c_more"]), chinese=True)
