"""Units: pint with the Chinese energy, money and carbon units, and texts as people write them.

Three kinds of quantity that must never be added are dimensions of their own: gases (tCO2, tCH4, tN2O,
tCO2e, tC), equal-value standard coal (tce_eq, 等价) beside calorific standard coal (tce, 当量, an energy), and gas at
standard state (Nm3 at 0 °C and 101.325 kPa, m3_20 at 20 °C) beside plain volume.
"""

from __future__ import annotations

import re
from functools import cache
from typing import Any

import pint

# 1 kgce = 7000 kcal(IT) × 4.1868 kJ = 29.3076 MJ (GB/T 2589-2020, 3.5).
# 1 Nm3 (0 °C) = 293.15/273.15 m3 (20 °C) at the same pressure.
_DEFINITIONS = """
kgce = 29.3076 * megajoule
gce = 0.001 * kgce
tce = 1000 * kgce
kgce_eq = [energy_equal]
gce_eq = 0.001 * kgce_eq
tce_eq = 1000 * kgce_eq
Nm3 = [standard_gas]
m3_20 = 273.15 / 293.15 * Nm3
gCO2 = [carbon_dioxide]
kgCO2 = 1000 * gCO2
tCO2 = 1000000 * gCO2
gCH4 = [methane]
kgCH4 = 1000 * gCH4
tCH4 = 1000000 * gCH4
gN2O = [nitrous_oxide]
kgN2O = 1000 * gN2O
tN2O = 1000000 * gN2O
gCO2e = [carbon_dioxide_equivalent]
kgCO2e = 1000 * gCO2e
tCO2e = 1000000 * gCO2e
gC = [carbon]
kgC = 1000 * gC
tC = 1000000 * gC
CNY = [money]
person = [person]
household = [household]
vehicle = [vehicle]
item = [item]
t = 1000 * kilogram
"""

# The written forms, longest first where one contains another. Scales 万 and 亿 are handled apart.
_WORDS = {
    "吨标准煤(等价)": "tce_eq",
    "吨标准煤": "tce",
    "千克标准煤": "kgce",
    "公斤标准煤": "kgce",
    "克标准煤": "gce",
    "吨二氧化碳当量": "tCO2e",
    "吨二氧化碳": "tCO2",
    "千克二氧化碳": "kgCO2",
    "吨碳": "tC",
    "千瓦时": "kWh",
    "兆瓦时": "MWh",
    "百万千焦": "GJ",
    "吉焦": "GJ",
    "兆焦": "MJ",
    "太焦": "TJ",
    "千焦": "kJ",
    "千瓦": "kW",
    "兆瓦": "MW",
    "度": "kWh",
    "标准立方米": "Nm3",
    "立方米": "m3_plain",
    "平方公里": "km2",
    "平方米": "m2",
    "公里": "km",
    "公顷": "hectare",
    "亩": "mu",
    "吨": "t",
    "千克": "kg",
    "公斤": "kg",
    "升": "L",
    "元": "CNY",
    "人": "person",
    "户": "household",
    "辆": "vehicle",
    "年": "a",
    "个": "item",
    "座": "item",
    "处": "item",
    "家": "item",
    "台": "item",
    "次": "item",
    "个百分点": "percentage_point",
}
_SCALES = {"万亿": 1e12, "亿": 1e8, "千万": 1e7, "百万": 1e6, "十万": 1e5, "万": 1e4}
_NORMAL = str.maketrans(
    {"·": "*", "×": "*", "／": "/", "（": "(", "）": ")", "㎡": "m", "％": "%", "₂": "2", "₄": "4"}
)

_word_pattern = re.compile("|".join(sorted(map(re.escape, _WORDS), key=len, reverse=True)))
_scale_pattern = re.compile("|".join(sorted(map(re.escape, _SCALES), key=len, reverse=True)))
_PLAIN_SCALE = re.compile(r"(?:10\^(?P<power>\d{1,2})\s*|(?P<count>1000?)(?=[A-Za-z㐀-鿿]))")
_ALLOWED = re.compile(r"[A-Za-z0-9_.^ %-]*")
_chinese = re.compile(r"[㐀-鿿]")


class UnitError(ValueError):
    """A text that is no unit, or two units of different dimension."""


@cache
def registry() -> Any:
    ureg: Any = pint.UnitRegistry(cache_folder=None, autoconvert_offset_to_baseunit=False)
    # pint knows t as metric_ton and person in no way; ours come last and win.
    for line in _DEFINITIONS.strip().splitlines():
        ureg.define(line)
    ureg.define("m2 = meter ** 2")
    ureg.define("km2 = 1e6 * m2")
    ureg.define("m3_plain = meter ** 3")
    ureg.define("mu = 2000 / 3 * m2")
    ureg.define("percentage_point = 0.01")
    ureg.define("degree_day = kelvin * day")
    return ureg


@cache
def parse_unit(text: str) -> Any:
    """The pint unit (a Quantity of magnitude = scale, 1 unit of ``text`` in pint's terms) for a written unit.

    ``"亿元"`` gives 1e8 CNY. Raises UnitError with the text when it cannot be read.
    """
    ureg = registry()
    written = text.strip()
    if written in ("", "1", "-", "无", "比例", "fraction"):
        return ureg.Quantity(1.0, "")
    s = written.translate(_NORMAL).replace("m²", "m2").replace("km²", "km2").replace("m³", "m3")
    s = re.sub(r"(?<![A-Za-z0-9_N])m3(?![0-9_])", "m3_plain", s)
    s = s.replace("℃*d", "degree_day").replace("C*d", "degree_day")
    parts = re.split(r"([*/()])", s)
    out: list[str] = []
    for part in parts:
        p = part.strip()
        if p in ("*", "/", "(", ")") or not p:
            out.append(p)
            continue
        scale = 1.0
        if plain := _PLAIN_SCALE.match(p):  # 10^4 Nm3, 100km
            scale = 10.0 ** int(plain["power"]) if plain["power"] else float(plain["count"])
            p = p[plain.end() :]
        m = _scale_pattern.match(p)
        if m and p != m.group():
            scale *= _SCALES[m.group()]
            p = p[m.end() :]
        elif m:
            scale, p = scale * _SCALES[m.group()], ""
        p = _word_pattern.sub(lambda w: _WORDS[w.group()], p)
        if p == "%":
            p = "percent"
        if _chinese.search(p) or not _ALLOWED.fullmatch(p):
            raise UnitError(text)
        out.append(f"({scale!r}*{p})" if scale != 1.0 and p else (p or repr(scale)))
    try:
        quantity = ureg.Quantity("".join(out))
    except Exception as error:  # pint raises many kinds for a text it cannot read
        raise UnitError(text) from error
    if not isinstance(quantity, ureg.Quantity):
        quantity = ureg.Quantity(float(quantity), "")
    return quantity


@cache
def factor_between(source: str, target: str) -> float:
    """How many ``target`` units one ``source`` unit is. Raises UnitError when their dimensions differ."""
    a, b = parse_unit(source), parse_unit(target)
    try:
        return float((a / b).to("").magnitude)
    except pint.DimensionalityError as error:
        raise UnitError(f"{source} → {target}") from error


class Measure:
    """A dimension with the size of its unit in base units: what the compiler computes with."""

    __slots__ = ("dimension", "size")

    def __init__(self, size: float, dimension: frozenset[tuple[str, float]]):
        self.size = size
        self.dimension = dimension

    def times(self, other: Measure) -> Measure:
        powers = dict(self.dimension)
        for name, power in other.dimension:
            powers[name] = powers.get(name, 0.0) + power
        return Measure(self.size * other.size, _clean(powers))

    def power(self, exponent: float) -> Measure:
        return Measure(self.size**exponent, _clean({n: p * exponent for n, p in self.dimension}))

    def inverse(self) -> Measure:
        return self.power(-1.0)

    @property
    def plain(self) -> bool:
        return not self.dimension

    def describe(self) -> str:
        """A unit of this dimension that people know, else the dimension spelled out."""
        if not self.dimension:
            return "1"
        for known in _KNOWN:
            if measure(known).dimension == self.dimension:
                return known
        return "·".join(f"{n}^{p:g}" if p != 1 else n for n, p in sorted(self.dimension))


#: Units that stand for their dimension in a message.
_KNOWN = (
    "tce",
    "tce_eq",
    "t",
    "Nm3",
    "tCO2",
    "tCH4",
    "tN2O",
    "tCO2e",
    "tC",
    "万元",
    "人",
    "户",
    "辆",
    "个",
    "m2",
    "m3",
    "km",
    "kW",
    "a",
    "tce/t",
    "tCO2/t",
    "tCO2/tce",
    "tCO2/万kWh",
    "tce/万元",
    "tCO2/万元",
    "tce/人",
    "tCO2/人",
    "tce/m2",
    "tCO2/m2",
    "tCO2/GJ",
)


def _clean(powers: dict[str, float]) -> frozenset[tuple[str, float]]:
    return frozenset((n, round(p, 9)) for n, p in powers.items() if abs(p) > 1e-9)


ONE = Measure(1.0, frozenset())


@cache
def measure(text: str) -> Measure:
    """Dimension and size of a written unit."""
    base = parse_unit(text).to_base_units()
    powers = {str(n).strip("[]"): float(p) for n, p in base.dimensionality.items()}
    return Measure(float(base.magnitude), _clean(powers))
