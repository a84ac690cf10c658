"""Figures as people read them: four significant digits, one scale a table, units written properly."""

from __future__ import annotations

import math
import re
from collections.abc import Iterable

MINUS = "−"
THIN = "\u202f"  # narrow no-break space

_SUBSCRIPTS = str.maketrans("0123456789", "₀₁₂₃₄₅₆₇₈₉")
_GASES = re.compile(r"(CO2e|CO2|CH4|N2O|SF6|NF3)")
_POWERS = re.compile(r"(?<=[a-z])([23])(?![0-9_])")
#: Units that count things: their whole numbers are never rounded.
_COUNTS = ("个", "座", "处", "家", "台", "次", "人", "户", "辆", "item", "person", "household", "vehicle")
_ENGLISH_UNITS = (
    ("百万千焦", "GJ"),
    ("吨标准煤", "tce"),
    ("个百分点", "percentage points"),
    ("平方公里", "km2"),
    ("平方米", "m2"),
    ("立方米", "m3"),
    ("千瓦时", "kWh"),
    ("公里", "km"),
    ("公顷", "ha"),
    ("千瓦", "kW"),
    ("个", "no."),
    ("座", "no."),
    ("处", "no."),
    ("家", "no."),
    ("台", "no."),
    ("次", "times"),
    ("人", "persons"),
    ("户", "households"),
    ("辆", "vehicles"),
    ("元", "CNY"),
    ("吨", "t"),
    ("年", "a"),
)
_WORDS = {"CNY": "元", "person": "人", "household": "户", "vehicle": "辆", "item": "个"}


def unit_text(unit: str, language: str = "zh") -> str:
    """tCO2 → tCO₂, kWh/(m2*a) → kWh/(m²·a), tce_eq → tce（等价）; in English 万 becomes 10⁴."""
    if unit in ("", "1", "-"):
        return ""
    text = unit
    if language == "en":
        text = text.replace("tce_eq", "tce (equal value)")
        for zh, en in _ENGLISH_UNITS:
            text = text.replace(zh, en)
        text = text.replace("万亿", "10¹²" + THIN).replace("亿", "10⁸" + THIN).replace("万", "10⁴" + THIN)
    else:
        text = text.replace("tce_eq", "tce（等价）")
        text = re.sub(r"\b(CNY|person|household|vehicle|item)\b", lambda m: _WORDS[m.group()], text)
    text = text.replace("m3_20", "m3（20 °C）" if language == "zh" else "m3 (20 °C)")
    text = _GASES.sub(lambda m: m.group().translate(_SUBSCRIPTS), text)
    text = text.replace("Nm3", "Nm³")
    text = _POWERS.sub(lambda m: "²" if m.group() == "2" else "³", text)
    return text.replace("*", "·")


def gas_text(text: str) -> str:
    """CO2 → CO₂ in a name."""
    return _GASES.sub(lambda m: m.group().translate(_SUBSCRIPTS), text)


def significant(value: float, digits: int = 4, unit: str = "") -> str:
    """The figure in so many significant digits, with thousands separated and a true minus sign."""
    if not math.isfinite(value):
        return "∞" if value > 0 else MINUS + "∞" if value < 0 else "?"
    if value == 0:
        return "0"
    magnitude = abs(value)
    if unit in _COUNTS and magnitude == int(magnitude) and magnitude < 1e7:
        text = f"{int(magnitude):,}"
    elif magnitude >= 1e15 or magnitude < 1e-6:
        mantissa, _, exponent = f"{magnitude:.{digits - 1}e}".partition("e")
        raised = str(int(exponent)).translate(str.maketrans("-0123456789", "⁻⁰¹²³⁴⁵⁶⁷⁸⁹"))
        text = f"{mantissa}×10{raised}"
    else:
        decimals = max(0, digits - 1 - math.floor(math.log10(magnitude)))
        rounded = round(magnitude, digits - 1 - math.floor(math.log10(magnitude)))
        # Rounding may have carried into one digit more: 9.9996 → 10.00, not 10.000.
        if rounded and math.floor(math.log10(rounded)) > math.floor(math.log10(magnitude)):
            decimals = max(0, decimals - 1)
        text = f"{rounded:,.{decimals}f}"
    return MINUS + text if value < 0 else text


def full(value: float) -> str:
    """The figure with every digit that it has (up to 15)."""
    if not math.isfinite(value):
        return "∞" if value > 0 else MINUS + "∞" if value < 0 else "?"
    text = f"{value:,.12f}".rstrip("0").rstrip(".") if 1e-4 <= abs(value) < 1e12 else f"{value:.15g}"
    if 1e-4 <= abs(value) < 1e12:
        # Do not pretend more digits than a double has.
        text = f"{float(f'{value:.15g}'):,.12f}".rstrip("0").rstrip(".")
    return text.replace("-", MINUS, 1) if value < 0 else text


def signed(value: float, digits: int = 3) -> str:
    text = significant(value, digits)
    return text if value <= 0 else "+" + text


def percent_change(new: float, old: float) -> float | None:
    """The relative change in percent, where the old figure allows one."""
    if old == 0 or not (math.isfinite(new) and math.isfinite(old)):
        return None
    return (new / old - 1.0) * 100.0


def scale_for(values: Iterable[float | None], unit: str) -> tuple[float, str]:
    """(divisor, unit) for a table: 万 or 亿 where the figures are long and the unit has no scale of its own."""
    if not unit or unit in ("1", "-", "%") or "/" in unit or any(s in unit for s in "万亿千百"):
        return 1.0, unit
    known = [abs(v) for v in values if v is not None and math.isfinite(v)]
    top = max(known, default=0.0)
    if top >= 1e9:
        return 1e8, "亿" + unit
    if top >= 1e5:
        return 1e4, "万" + unit
    return 1.0, unit
