"""Units of activity quantities and of factors, converted exactly.

Sizes are fractions of a base unit: tonnes for mass, cubic metres for volume, megajoules for energy,
kilometres for distance. Definitions: 1 kgce = 7000 kcal × 4.1868 kJ = 29.3076 MJ (GB/T 2589-2020); 1 BTU =
1055.05585262 J; 1 lb = 0.45359237 kg; 1 US gal = 3.785411784 L; 1 bbl = 42 US gal.
Names are matched as a whole. Chinese scales (万, 亿, 百万 …) and ``10^4`` may stand before any unit.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from fractions import Fraction
from functools import lru_cache

from dafeng.tabular import to_half_width

F = Fraction


@dataclass(frozen=True, slots=True)
class Unit:
    """dim: mass, volume, energy, distance or a name of its own. size: in the base unit.

    state: ``0C`` or ``20C`` for gas volumes at a stated reference, "" where none is stated. heat: ``HHV``
    or ``LHV`` where the text says which heating value an energy is counted at. coal: the unit is
    standard coal (an energy by definition).
    """

    dim: str
    size: Fraction
    text: str
    state: str = ""
    heat: str = ""
    coal: bool = False


@dataclass(frozen=True, slots=True)
class Rate:
    """A factor's unit: tonnes of ``gas`` for one ``per``. gas is "" where the unit does not name it.

    carbon: the numerator is mass of carbon, to be multiplied by 44/12. per is None where the denominator
    is no known unit; ``per_text`` then is its name.
    """

    tonnes: Fraction
    gas: str
    carbon: bool
    per: Unit | None
    per_text: str


#: volume of 1 m3 at 0 °C when measured at 20 °C, same pressure
GAS_20C_PER_0C = F(29315, 27315)
MJ_PER_KGCE = F(293076, 10000)

#: dimension, size in the base unit, names
_UNITS = """
mass 1e-9: mg
mass 1e-6: g, 克, gram, grams
mass 0.001: kg, 千克, 公斤, kilogram, kilograms
mass 0.0005: 斤
mass 1: t, 吨, 公吨, tonne, tonnes, metric ton, metric tons
mass 1000: kt, Gg
mass 1e6: Mt, Tg
mass 0.00045359237: lb, lbs, pound, pounds
mass 0.90718474: short ton, short tons
mass 1.0160469088: long ton, long tons
volume 1: m3, 立方米, 立方, 方, m^3, cubic metre, cubic metres, cubic meter, cubic meters, kl
volume 0.001: l, 升, 公升, litre, litres, liter, liters
volume 1e-6: ml, 毫升
volume 0.028316846592: ft3, cubic feet
volume 0.003785411784: us gal, us gallon, us gallons
volume 0.00454609: imp gal, uk gallon, uk gallons
volume 0.158987294928: bbl, barrel, barrels
volume@0C 1: Nm3, Nm^3, 标准立方米, 标立方米, 标方, 标立方, m3(0℃), m3(0°C), 立方米(0℃)
volume@20C 1: m3(20℃), m3(20°C), m3_20, 立方米(20℃)
energy 1e-6: J, 焦, 焦耳
energy 0.001: kJ, 千焦
energy 1: MJ, 兆焦
energy 1000: GJ, 吉焦, 百万千焦
energy 1e6: TJ, 太焦
energy 1e9: PJ
energy 1e12: EJ
energy 0.0036: Wh
energy 3.6: kWh, 千瓦时, 千瓦小时, 度
energy 3600: MWh, 兆瓦时
energy 3.6e6: GWh, 吉瓦时
energy 3.6e9: TWh
energy 4.1868e-6: cal
energy 0.0041868: kcal, 千卡, 大卡
energy 4.1868: Mcal
energy 4186.8: Gcal, 百万大卡
energy 0.00105505585262: btu
energy 1055.05585262: mmbtu
energy 105.505585262: therm, therms
energy 41868: toe
energy 41868e3: ktoe
energy 41868e6: Mtoe
coal 0.001: gce, 克标准煤
coal 1: kgce, 千克标准煤, 公斤标准煤, 千克标煤, 公斤标煤
coal 1000: tce, 吨标准煤, 吨标煤
coal 1e6: ktce
coal 1e9: Mtce
distance 1: km, 公里, 千米
distance 0.001: m, 米
distance 1.609344: mile, miles
"""

_SCALES = {
    **{"万亿": 10**12, "千亿": 10**11, "百亿": 10**10, "十亿": 10**9, "千万": 10**7, "百万": 10**6},
    **{"十万": 10**5, "亿": 10**8, "万": 10**4, "千": 10**3, "百": 100},
    **{"million": 10**6, "thousand": 10**3, "billion": 10**9},
}

#: Names that are left out because they mean different things to different people.
AMBIGUOUS_UNITS = {
    "ton": "t、short ton",
    "tons": "t、short ton",
    "gal": "US gal、imp gal",
    "gallon": "US gal、imp gal",
}


def _table() -> dict[str, Unit]:
    table: dict[str, Unit] = {}
    for line in _UNITS.strip().splitlines():
        head, names = line.split(": ")
        kind, size = head.split(" ")
        dim, _, state = kind.partition("@")
        for name in names.split(", "):
            if dim == "coal":
                table[name] = Unit("energy", F(size) * MJ_PER_KGCE, name, coal=True)
            else:
                table[name] = Unit(dim, F(size), name, state=state)
    return table


UNITS = _table()
_FOLDED: dict[str, list[str]] = {}
for _name in UNITS:
    _FOLDED.setdefault(_name.casefold(), []).append(_name)

_SUPER = str.maketrans("³²₂₃₄₆⁴⁸·×", "3223464" + "8**")
_HHV = "gross cv|gross|hhv|gcv|高位热值|高位"
_LHV = "net cv|net|lhv|ncv|低位热值|低位"
_HEAT = re.compile(rf"\s*[(\[]?\s*(?:({_HHV})|({_LHV}))\s*[)\]]?$", re.IGNORECASE)
_POWER = re.compile(r"^10\s*(?:\^|\*\*)\s*([1-9][0-9]?)\s*\*?\s*(.+)$")
_POWER_PLAIN = re.compile(r"^10([48])\s*(?=m3|nm3|kwh|t$)(.+)$", re.IGNORECASE)


def clean_unit(text: str) -> str:
    """Half-width, superscripts and subscripts as digits, one blank between words."""
    return re.sub(r"\s+", " ", to_half_width(text).replace("㎥", "m3").translate(_SUPER)).strip()


@lru_cache(maxsize=4096)
def parse_unit(text: str) -> Unit | None:
    """The unit of a quantity, or None where it is no known unit (or an ambiguous one)."""
    cleaned = clean_unit(text)
    heat = ""
    match = _HEAT.search(cleaned)
    if match and match.start() > 0:
        cleaned, heat = cleaned[: match.start()].strip(), "HHV" if match[1] else "LHV"
    unit = _scaled(cleaned)
    if unit is None or (heat and unit.dim != "energy"):
        return None
    return Unit(unit.dim, unit.size, text.strip(), unit.state, heat, unit.coal)


def _scaled(text: str) -> Unit | None:
    unit = _named(text)
    if unit is not None:
        return unit
    match = _POWER.match(text) or _POWER_PLAIN.match(text)
    if match:
        inner = _named(match[2].strip())
        return _times(inner, 10 ** int(match[1]))
    for scale in sorted(_SCALES, key=len, reverse=True):
        if text.casefold().startswith(scale):
            inner = _named(text[len(scale) :].strip())
            if inner is not None:
                return _times(inner, _SCALES[scale])
    return None


def _times(unit: Unit | None, factor: int) -> Unit | None:
    return (
        None
        if unit is None
        else Unit(unit.dim, unit.size * factor, unit.text, unit.state, unit.heat, unit.coal)
    )


def _named(text: str) -> Unit | None:
    if text in UNITS:
        return UNITS[text]
    spellings = _FOLDED.get(text.casefold(), [])
    if len(spellings) == 1:
        # a prefix that means something else in the other case (M, m) is only taken as it is written
        name = spellings[0]
        if (
            name in ("Mt", "Gg", "Tg", "MJ", "GJ", "TJ", "PJ", "EJ", "Mcal", "Gcal", "Mtce")
            and text[0] != name[0]
        ):
            return None
        if name in ("Wh", "kWh", "MWh", "GWh", "TWh") and text[0].islower() and name[0] in "MGT":
            return None
        if len(name) == 1 and name in "gtm" and text != name:
            return None
        return UNITS[name]
    return None


_GASES = """
CO2: co2, carbon dioxide, 二氧化碳
CH4: ch4, methane, 甲烷
N2O: n2o, nitrous oxide, 氧化亚氮, 一氧化二氮
CO2e: co2e, co2eq, co2-eq, co2-e, co2 e, co2 eq, co2 equivalent, co2equivalent, co2当量, 二氧化碳当量
SF6: sf6, 六氟化硫
NF3: nf3, 三氟化氮
CO2_biogenic: co2_biogenic, co2-biogenic, co2 biogenic, co2(biogenic), co2 (biogenic), biogenic co2,\
 co2_bio, co2b, 生物源co2, 生物成因co2, 生物质co2, 生物源二氧化碳
"""
GASES = {
    name.strip(): gas
    for gas, names in (line.split(": ") for line in _GASES.replace("\\\n", "").strip().splitlines())
    for name in names.split(", ")
}
_CARBON = ("c", "碳", "carbon")
_REFRIGERANT = re.compile(r"^(hfc|pfc|cfc|hcfc|hfe)[- ]?(\d.*)$", re.I)
_MASS = {name: unit.size for name, unit in UNITS.items() if unit.dim == "mass"}
_NUMERATOR_MASS = sorted((n for n in _MASS if " " not in n), key=len, reverse=True)


def parse_gas(text: str) -> str:
    """Canonical name of a gas; the text itself where it is none of the known ones."""
    cleaned = clean_unit(text)
    known = GASES.get(cleaned.casefold())
    if known:
        return known
    match = _REFRIGERANT.match(cleaned)
    return f"{match[1].upper()}-{match[2]}" if match else cleaned


@lru_cache(maxsize=4096)
def parse_rate(text: str) -> Rate | None:
    """A factor's unit such as kgCO2/kWh, tCO2/t, kg CH4/TJ, gCO2e per kWh; None where it is none."""
    cleaned = clean_unit(text)
    head, slash, tail = cleaned.partition("/")
    if not slash:
        parts = re.split(r"\s+per\s+|每", cleaned, maxsplit=1)
        if len(parts) != 2:
            return None
        head, tail = parts
    numerator = _numerator(head.strip())
    if numerator is None or not tail.strip():
        return None
    tonnes, gas, carbon = numerator
    return Rate(tonnes, gas, carbon, parse_unit(tail), clean_unit(tail).casefold())


def _numerator(text: str) -> tuple[Fraction, str, bool] | None:
    for scale, factor in (("万", 10**4), ("亿", 10**8), ("", 1)):
        if scale and not text.startswith(scale):
            continue
        body = text[len(scale) :]
        for name in _NUMERATOR_MASS:
            if not (body.startswith(name) or (len(name) > 2 and body.casefold().startswith(name))):
                continue
            rest = body[len(name) :].strip(" -_")
            if not rest:
                return _MASS[name] * factor, "", False
            if rest.casefold() in _CARBON:
                return _MASS[name] * factor, "C", True
            gas = parse_gas(rest)
            if gas in GASES.values() or _REFRIGERANT.match(gas):
                return _MASS[name] * factor, gas, False
    return None


def ratio(frm: Unit, to: Unit) -> Fraction | None:
    """How many ``to`` one ``frm`` is; None where the two cannot be converted.

    Gas volumes at stated references convert by temperature (1 m3 at 0 °C = 293.15/273.15 m3 at 20 °C); where
    one of them states none, the other's reference is taken. HHV and LHV do not convert (trap TP-40).
    """
    if frm.dim != to.dim or (frm.heat and to.heat and frm.heat != to.heat):
        return None
    plain = frm.size / to.size
    if frm.dim == "volume" and frm.state and to.state and frm.state != to.state:
        return plain * (GAS_20C_PER_0C if frm.state == "0C" else 1 / GAS_20C_PER_0C)
    return plain
