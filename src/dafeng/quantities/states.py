"""States of evidence (rule M1): what is known about a cell, as bits that travel through every operation.

A cell is a float64 value (NaN where there is no number) and a set of bits. Every operation joins the bits
of its operands with OR, so a result still shows each kind of evidence that went into it.
"""

from __future__ import annotations

from enum import IntFlag

import numpy as np


class Flag(IntFlag):
    """One bit for each thing that can be true of a cell."""

    OBSERVED = 1 << 0
    ESTIMATED = 1 << 1
    DEFAULT = 1 << 2
    CONFIRMED_ZERO = 1 << 3
    NOT_OCCURRING = 1 << 4
    INCLUDED_ELSEWHERE = 1 << 5

    # Absent: the number is not there, or parts of it are not.
    MISSING = 1 << 6
    NOT_ESTIMATED = 1 << 7
    CONFIDENTIAL = 1 << 8
    PENDING = 1 << 9  # not due yet
    OUTSIDE = 1 << 10  # a year that the definition does not speak for
    UNDEFINED = 1 << 11  # the arithmetic gives no number, e.g. a division by zero

    # Marks: true beside the state.
    RECALLED = 1 << 12  # rests on a factor from memory, to be checked against the original
    DEMONSTRATION = 1 << 13
    PROVISIONAL = 1 << 14  # a preliminary figure that will be revised

    NOWCAST = 1 << 15
    PROJECTED = 1 << 16


DTYPE = np.uint32
ABSENT = int(
    Flag.MISSING | Flag.NOT_ESTIMATED | Flag.CONFIDENTIAL | Flag.PENDING | Flag.OUTSIDE | Flag.UNDEFINED
)
#: Evidence that a number was measured, estimated or projected; zeros by state have none of these.
MEASURED = int(Flag.OBSERVED | Flag.ESTIMATED | Flag.DEFAULT | Flag.NOWCAST | Flag.PROJECTED)
TRUE_ZERO = int(Flag.CONFIRMED_ZERO | Flag.NOT_OCCURRING | Flag.INCLUDED_ELSEWHERE)

#: What a filing may say in its column “state”, in the three spellings that users write.
FILED_STATES: dict[str, Flag] = {
    "": Flag.OBSERVED,
    "observed": Flag.OBSERVED,
    "实测": Flag.OBSERVED,
    "实报": Flag.OBSERVED,
    "estimated": Flag.ESTIMATED,
    "估算": Flag.ESTIMATED,
    "default": Flag.DEFAULT,
    "缺省": Flag.DEFAULT,
    "confirmed_zero": Flag.CONFIRMED_ZERO,
    "确认为零": Flag.CONFIRMED_ZERO,
    "missing": Flag.MISSING,
    "缺": Flag.MISSING,
    "no": Flag.NOT_OCCURRING,
    "不发生": Flag.NOT_OCCURRING,
    "ne": Flag.NOT_ESTIMATED,
    "未估算": Flag.NOT_ESTIMATED,
    "ie": Flag.INCLUDED_ELSEWHERE,
    "列入他处": Flag.INCLUDED_ELSEWHERE,
    "c": Flag.CONFIDENTIAL,
    "保密": Flag.CONFIDENTIAL,
}

# Of a cell without a number the first that applies is its state, of one with a number likewise.
_WITHOUT_NUMBER = (
    (Flag.MISSING, "missing"),
    (Flag.NOT_ESTIMATED, "NE"),
    (Flag.CONFIDENTIAL, "C"),
    (Flag.PENDING, "pending"),
    (Flag.UNDEFINED, "undefined"),
    (Flag.OUTSIDE, "outside"),
)
_WITH_NUMBER = (
    (Flag.PROJECTED, "projected"),
    (Flag.NOWCAST, "nowcast"),
    (Flag.DEFAULT, "default"),
    (Flag.ESTIMATED, "estimated"),
    (Flag.OBSERVED, "observed"),
    (Flag.CONFIRMED_ZERO, "confirmed_zero"),
    (Flag.NOT_OCCURRING, "NO"),
    (Flag.INCLUDED_ELSEWHERE, "IE"),
)
_MARKS = (
    (Flag.RECALLED, "recalled"),
    (Flag.DEMONSTRATION, "demonstration"),
    (Flag.PROVISIONAL, "provisional"),
)

STATES = tuple(dict.fromkeys([s for _, s in _WITHOUT_NUMBER] + ["incomplete"] + [s for _, s in _WITH_NUMBER]))

#: Words for users: state or mark → (Chinese, English).
WORDS: dict[str, tuple[str, str]] = {
    "missing": ("缺", "missing"),
    "NE": ("未估算", "not estimated (NE)"),
    "C": ("保密", "confidential (C)"),
    "pending": ("未到期", "not due yet"),
    "undefined": ("无法计算", "undefined"),
    "outside": ("不在口径年份内", "outside the defined years"),
    "incomplete": ("不完整", "incomplete"),
    "projected": ("预测", "projected"),
    "nowcast": ("即时估计", "nowcast"),
    "default": ("缺省值", "default"),
    "estimated": ("估算", "estimated"),
    "observed": ("实报", "observed"),
    "confirmed_zero": ("确认为零", "confirmed zero"),
    "NO": ("不发生", "not occurring (NO)"),
    "IE": ("列入他处", "included elsewhere (IE)"),
    "recalled": ("因子待核", "factor recalled, to be checked"),
    "demonstration": ("演示数据", "demonstration data"),
    "provisional": ("初步数", "provisional"),
}


# Plain integers: joining an enum member with & costs ten times as much, and explanations ask for every cell.
_PLAIN_WITHOUT = tuple((int(bit), word) for bit, word in _WITHOUT_NUMBER)
_PLAIN_WITH = tuple((int(bit), word) for bit, word in _WITH_NUMBER)
_PLAIN_MARKS = tuple((int(bit), word) for bit, word in _MARKS)


def state_of(value: float, flags: int) -> str:
    """The one word for a cell: why there is no number, or how good the number is."""
    if value != value:  # NaN
        for bit, word in _PLAIN_WITHOUT:
            if flags & bit:
                return word
        return "missing"
    if flags & ABSENT:
        return "incomplete"
    for bit, word in _PLAIN_WITH:
        if flags & bit:
            return word
    return "observed"


def marks_of(flags: int) -> list[str]:
    return [word for bit, word in _PLAIN_MARKS if flags & bit]


def is_incomplete(value: float, flags: int) -> bool:
    """True where a number stands although parts of it are absent."""
    return value == value and bool(flags & ABSENT)
