"""How one kind of row is computed: units, route to the factor, standard coal.

All rows with the same year, region, energy, unit, factor id and state are computed alike, so the
way is found once and kept as a ``Recipe`` of exact multipliers: tonnes of each gas, and tonnes of standard
coal, for one written unit.
"""

from __future__ import annotations

import datetime
import re
from dataclasses import dataclass, field
from fractions import Fraction
from typing import NamedTuple

from dafeng.factors import Factor, FactorLibrary, Unit, Vocabulary, parse_unit, ratio
from dafeng.factors.units import AMBIGUOUS_UNITS, MJ_PER_KGCE, clean_unit
from dafeng.findings import Finding, Text
from dafeng.inventory.account_supply import (
    Asked,
    Candidate,
    Property,
    Source,
    Supply,
    conflicting_factors,
)
from dafeng.tabular import to_half_width

#: what a finding on an unknown unit names; all there are: dafeng.factors.units
UNDERSTOOD = "如 t、万吨、万m3、Nm3、L、kWh、GJ、tce；lb、short ton、ft3、US gal、imp gal、bbl、MMBtu、therm"

COAL_SET = "GB/T2589-2020"
EQUAL_SETS = ("CEC-supply-rate", "NDRC-coal-power-rate")

STATES = {
    "": "observed", "observed": "observed", "实测": "observed", "观测": "observed",
    "estimated": "estimated", "估算": "estimated", "估计": "estimated",
    "default": "default", "缺省": "default",
    "confirmed_zero": "confirmed_zero", "确认为零": "confirmed_zero", "零": "confirmed_zero",
    "missing": "missing", "缺失": "missing", "缺": "missing",
    "no": "NO", "ne": "NE", "ie": "IE", "c": "C",
}  # fmt: skip
#: states whose rows carry no figure of their own
NOT_COUNTED = ("missing", "NO", "NE", "IE", "C")
#: of these, the ones that leave a total incomplete (NO is zero, IE is counted elsewhere)
LEAVE_A_GAP = ("missing", "NE", "C")


class Key(NamedTuple):
    """What the rows of a recipe have in common, as written and trimmed."""

    year: str
    region: str
    sector: str
    energy: str
    unit: str
    factor_id: str
    state: str


@dataclass
class Recipe:
    """Exact multipliers for one written unit of the quantity.

    gases: gas → tonnes. coal, equal: tonnes of standard coal, 当量 and 等价; None where they cannot be
    told. state: of the result. counted: False where rows of this kind have no figure. gap: the energy is known
    and the emission is not, because its factor is missing or in conflict. errors are told for each row, notes
    once; neither has a place yet.
    """

    key: Key
    state: str
    year: int | None = None
    gases: dict[str, Fraction] = field(default_factory=dict)
    coal: Fraction | None = None
    equal: Fraction | None = None
    counted: bool = True
    gap: bool = False
    factors: tuple[str, ...] = ()
    marks: tuple[str, ...] = ()
    errors: list[Finding] = field(default_factory=list)
    notes: list[Finding] = field(default_factory=list)
    group: tuple[str, str, str, str] = ("", "", "", "")
    used: list[Candidate] = field(default_factory=list)
    narrow: bool | None = None

    def mark(self, name: str) -> None:
        if name not in self.marks:
            self.marks = (*self.marks, name)


class Kitchen:
    """Makes recipes from a source of factors and the standard-coal coefficients of GB/T 2589-2020."""

    def __init__(
        self,
        source: Source,
        library: FactorLibrary,
        vocabulary: Vocabulary,
        today: datetime.date,
        foreign: bool,
    ):
        self.source, self.library, self.vocabulary = source, library, vocabulary
        self.today = today
        self.foreign = foreign

    def recipe(self, key: Key) -> Recipe:
        recipe = Recipe(key, STATES.get(to_half_width(key.state).casefold(), "missing"))
        if to_half_width(key.state).casefold() not in STATES:
            recipe.errors.append(
                _found("account.state", key.state, f"状态“{key.state}”无法识别", f"The state “{key.state}” is not known",
                       "observed, estimated, default, confirmed_zero, missing, NO, NE, IE, C")
            )  # fmt: skip
        recipe.year = self._year(key.year, recipe)
        recipe.group = (str(recipe.year) if recipe.year else key.year, key.region, key.sector, key.energy)
        code = self._energy(key, recipe)
        unit = self._unit(key, recipe)
        if recipe.errors or recipe.year is None:
            recipe.counted, recipe.state = False, "missing"
            return recipe
        if recipe.state in NOT_COUNTED:
            recipe.counted = False
            return recipe
        regions = self.vocabulary.region_codes(key.region) if key.region else []
        asked = Asked(
            key.energy, code, key.region, regions[0] if len(regions) == 1 else "", recipe.year, key.factor_id
        )
        supply = self.source.supply(asked)
        recipe.notes += supply.notes
        if recipe.state == "confirmed_zero":
            recipe.gases = {c.gas: Fraction(0) for c in supply.candidates} or {"CO2": Fraction(0)}
        elif supply.problems:
            recipe.errors += supply.problems
        else:
            self._emit(recipe, supply, asked, unit)
        if supply.state and recipe.state == "observed":
            recipe.state = supply.state
        self._standard_coal(recipe, code, unit, supply)
        if recipe.errors:
            recipe.gap, recipe.state, recipe.gases, recipe.factors = True, "missing", {}, ()
            recipe.counted = recipe.coal is not None
        return recipe

    # the parts of a key

    def _year(self, text: str, recipe: Recipe) -> int | None:
        cleaned = to_half_width(text).removesuffix("年").removesuffix(".0").strip()
        if not re.fullmatch(r"[0-9]{4}", cleaned) or int(cleaned) < 1900:
            recipe.errors.append(
                _found("account.year", text, f"年份“{text}”无法识别" if text else "没有写年份",
                       f"The year “{text}” is not known" if text else "There is no year", "四位年份 / a four-digit year")
            )  # fmt: skip
            return None
        year = int(cleaned)
        if year > self.today.year:
            recipe.errors.append(
                _found(
                    "account.future_year",
                    text,
                    f"{year} 年还没有到，不是已发生的用能",
                    f"{year} has not come yet; it is no activity",
                    f"≤ {self.today.year}",
                )
            )
        return year

    def _energy(self, key: Key, recipe: Recipe) -> str:
        """Code of the energy, or "" where only the factor file knows the name."""
        if not key.energy:
            recipe.errors.append(_found("account.energy", "", "没有写能源品种", "The energy is not named"))
            return ""
        codes = self.vocabulary.energy_codes(key.energy)
        if len(codes) == 1:
            return codes[0]
        if self.foreign:
            return ""
        if codes:
            names = "、".join(self.vocabulary.energies[c].name_zh for c in codes)
            names_en = ", ".join(self.vocabulary.energies[c].name_en for c in codes)
            recipe.errors.append(
                _found("account.energy_ambiguous", key.energy, f"“{key.energy}”可以指：{names}",
                       f"“{key.energy}” may mean {names_en}", names)
            )  # fmt: skip
        elif not key.factor_id:
            recipe.errors.append(
                _found("account.energy_unknown", key.energy, f"能源品种“{key.energy}”无法识别",
                       f"The energy “{key.energy}” is not known", "如 原煤、柴油、天然气、电力、热力")
            )  # fmt: skip
        return ""

    def _unit(self, key: Key, recipe: Recipe) -> Unit | None:
        unit = parse_unit(key.unit) if key.unit else None
        if unit is None and recipe.state not in (*NOT_COUNTED, "confirmed_zero"):
            also = AMBIGUOUS_UNITS.get(clean_unit(key.unit).casefold())
            if also:
                recipe.errors.append(
                    _found(
                        "account.unit_ambiguous",
                        key.unit,
                        f"单位“{key.unit}”有歧义",
                        f"The unit “{key.unit}” is ambiguous",
                        also,
                    )
                )
            elif not key.unit:
                recipe.errors.append(_found("account.unit", "", "没有写单位", "There is no unit"))
            elif not self.foreign:
                recipe.errors.append(_unknown_unit(key.unit))
        return unit

    # emissions

    def _emit(self, recipe: Recipe, supply: Supply, asked: Asked, unit: Unit | None) -> None:
        kinds: dict[tuple[str, str], list[Candidate]] = {}
        for candidate in supply.candidates:
            kinds.setdefault((candidate.gas, candidate.part), []).append(candidate)
        for (gas, part), candidates in kinds.items():
            routed = [(c, r) for c in candidates if (r := self._direct(c, unit, recipe.key.unit)) is not None]
            if not routed:
                converted = [(c, way) for c in candidates if (way := _converted(c, unit, supply)) is not None]
                routed = [(c, m) for c, (m, _) in converted]
                for _, (_, properties) in converted[:1]:
                    recipe.notes += [_by_density(asked.energy, p) for p in properties if p in supply.density]
                    if any(p.recalled for p in properties):
                        recipe.mark("recalled")
            if not routed:
                clash = self._clash(recipe.key, candidates[0], unit)
                if clash.rule not in [f.rule for f in recipe.errors]:
                    recipe.errors.append(clash)
                continue
            if len(routed) > 1 and not supply.ordered:
                label = f"{gas}（{part}）" if part else gas
                recipe.errors.append(conflicting_factors(asked, [c.id or c.place for c, _ in routed], label))
                continue
            candidate, multiplier = routed[0]
            recipe.gases[gas] = (
                recipe.gases.get(gas, Fraction(0)) + candidate.value * candidate.rate.tonnes * multiplier
            )
            recipe.used.append(candidate)
            if candidate.recalled:
                recipe.mark("recalled")
                recipe.notes.append(
                    _found(
                        "account.recalled",
                        candidate.id,
                        f"因子 {candidate.id} 凭记忆录入，待核对原文",
                        f"The factor {candidate.id} is from memory and to be checked against the original",
                        severity="note",
                    )
                )
            self._volume_note(recipe, unit, candidate)
        recipe.factors = tuple(dict.fromkeys(c.id for c in recipe.used if c.id))

    def _direct(self, candidate: Candidate, unit: Unit | None, written: str) -> Fraction | None:
        per = candidate.rate.per
        if per is not None and unit is not None:
            return ratio(unit, per)
        if per is None and clean_unit(written).casefold() == candidate.rate.per_text:
            return Fraction(1)
        return None

    def _clash(self, key: Key, candidate: Candidate, unit: Unit | None) -> Finding:
        per = candidate.rate.per
        denominator = per.text if per is not None else candidate.rate.per_text
        if unit is None:
            return _unknown_unit(key.unit)
        also = AMBIGUOUS_UNITS.get(candidate.rate.per_text)
        if per is None and also:
            return _found(
                "account.unit_ambiguous",
                denominator,
                f"因子 {candidate.id} 的分母“{denominator}”有歧义",
                f"The denominator “{denominator}” of the factor {candidate.id} is ambiguous",
                also,
            )
        if per is not None and {unit.dim, per.dim} <= {"mass", "volume", "energy"} and unit.dim != per.dim:
            need_zh, need_en = "热值（或密度）", "heating value"
            if "energy" not in (unit.dim, per.dim):
                need_zh, need_en = "密度", "density"
            return _found(
                "account.heating_value" if need_en == "heating value" else "account.density",
                key.unit,
                f"{key.energy} 的因子按 {denominator} 计，用量按“{key.unit}”计，同一套因子中没有可用的{need_zh}",
                f"The factor of {key.energy} is per {denominator}, the quantity in “{key.unit}”; the same set holds no {need_en} to convert with",
                f"{denominator}",
            )
        return _found(
            "account.unit_clash",
            key.unit,
            f"单位“{key.unit}”与因子 {candidate.id} 的分母 {denominator} 不能换算",
            f"The unit “{key.unit}” cannot be converted to the {denominator} of the factor {candidate.id}",
            denominator,
        )

    def _volume_note(self, recipe: Recipe, unit: Unit | None, candidate: Candidate) -> None:
        per = candidate.rate.per
        if unit and per and unit.dim == per.dim == "volume" and not unit.state and per.state:
            recipe.notes.append(
                Finding(
                    "TP-39.gas_volume",
                    "note",
                    "",
                    Text(
                        f"“{recipe.key.unit}”没有写明参比温度，按因子的 Nm3（0 ℃）计；若为 20 ℃，排放低约 7%",
                        f"“{recipe.key.unit}” states no reference temperature and is taken as the factor's Nm3 (0 °C); at 20 °C emissions are some 7 % lower",
                    ),
                    value=recipe.key.unit,
                    fix=Text("写 Nm3 或 m3(20℃)", "Write Nm3 or m3(20℃)."),
                )
            )

    # standard coal

    def _standard_coal(self, recipe: Recipe, code: str, unit: Unit | None, supply: Supply) -> None:
        if recipe.state == "confirmed_zero":
            recipe.coal = recipe.equal = Fraction(0)
            return
        if unit is None:
            return
        recipe.coal = self._coal(recipe, code, unit, supply)
        recipe.equal = recipe.coal
        if code == "electricity":
            recipe.equal = self._equal(recipe, unit)

    def _coal(self, recipe: Recipe, code: str, unit: Unit, supply: Supply) -> Fraction | None:
        """Tonnes of standard coal for one unit, at calorific value."""
        if unit.coal:
            return unit.size / MJ_PER_KGCE / 1000
        coefficient = self._coefficient(code)
        if coefficient is not None:
            head, _, tail = coefficient.unit.partition("/")
            kgce, per = parse_unit(head), parse_unit(tail)
            if kgce is not None and per is not None and (per.dim == unit.dim):
                per_unit = ratio(unit, per)
                if per_unit is None:
                    return None
                if coefficient.recalled:
                    recipe.mark("recalled:tce_calorific")
                    recipe.notes.append(_recalled(coefficient))
                return Fraction(coefficient.value) * kgce.size / MJ_PER_KGCE / 1000 * per_unit
        if unit.dim == "energy":
            return None if unit.heat == "HHV" else unit.size / MJ_PER_KGCE / 1000
        if coefficient is not None and unit.dim == "volume" and len(supply.density) == 1:
            kilogram = parse_unit("kg")
            head, _, tail = coefficient.unit.partition("/")
            if head == "kgce" and tail == "kg" and kilogram is not None:
                density = supply.density[0]
                recipe.notes.append(_by_density(recipe.key.energy, density))
                return Fraction(coefficient.value) / 1000 * unit.size * density.value / kilogram.size
        heat = _to_energy(unit, supply.heating, supply.density)
        if heat is not None:
            recipe.notes.append(
                _found(
                    "account.coal_by_heating_value",
                    recipe.key.energy,
                    f"{recipe.key.energy} 在 {COAL_SET} 中没有可用的折标系数，按因子集的热值折算",
                    f"{COAL_SET} has no usable coefficient for {recipe.key.energy}; its set's heating value is used",
                    severity="note",
                )
            )
            return heat[0] / MJ_PER_KGCE / 1000
        recipe.notes.append(
            _found("account.no_coal_coefficient", recipe.key.energy,
                   f"{recipe.key.energy}（{recipe.key.unit}）没有折标准煤系数，折标煤留空",
                   f"{recipe.key.energy} ({recipe.key.unit}) has no coal coefficient; its standard coal is left blank",
                   severity="warning")
        )  # fmt: skip
        return None

    def _coefficient(self, code: str) -> Factor | None:
        item = code
        stand_in = self.vocabulary.stand_in(COAL_SET, "standard_coal_coefficient", code) if code else None
        if stand_in:
            item = stand_in.uses
        found = self.library.find("standard_coal_coefficient", item, set=COAL_SET)
        return found if isinstance(found, Factor) else None

    def _equal(self, recipe: Recipe, unit: Unit) -> Fraction | None:
        if unit.dim != "energy" or unit.coal:
            return None
        for name in EQUAL_SETS:
            found = self.library.find("supply_standard_coal_rate", "electricity", set=name, year=recipe.year)
            if isinstance(found, Factor):
                if found.recalled:
                    recipe.mark("recalled:tce_equal")
                    recipe.notes.append(_recalled(found))
                if name != EQUAL_SETS[0]:
                    recipe.notes.append(
                        _found("account.equal_series", found.id, f"{recipe.year} 年电力等价值取自另一序列（{found.item_zh}）",
                               f"The equal value of {recipe.year} is of another series ({found.item_en})", severity="note")
                    )  # fmt: skip
                return unit.size / Fraction(36, 10) * Fraction(found.value) / 1000
        recipe.notes.append(
            _found("account.no_equal_value", str(recipe.year), f"{recipe.year} 年没有电力等价值，等价折标煤留空",
                   f"There is no equal value of electricity for {recipe.year}; it is left blank", severity="warning")
        )  # fmt: skip
        return None


def _to_energy(
    unit: Unit, heating: list[Property], density: list[Property]
) -> tuple[Fraction, list[Property]] | None:
    """Megajoules of one unit, by one heating value of the same set (and one density where needed)."""
    options: list[tuple[Fraction, list[Property]]] = []
    for h in heating:
        if h.per is not None and h.per.dim == unit.dim:
            step = ratio(unit, h.per)
            if step is not None:
                options.append((step * h.per.size * h.value, [h]))
    if not options:
        for h in heating:
            for d in density:
                if h.per is None:
                    continue
                if unit.dim == "volume" and h.per.dim == "mass":
                    options.append((unit.size * d.value * h.value, [h, d]))
                if unit.dim == "mass" and h.per.dim == "volume" and d.value:
                    options.append((unit.size / d.value * h.value, [h, d]))
    return options[0] if len(options) == 1 else None


def _converted(
    candidate: Candidate, unit: Unit | None, supply: Supply
) -> tuple[Fraction, list[Property]] | None:
    """How many of the factor's units one written unit is, by heating value or density of the same set."""
    per = candidate.rate.per
    if per is None or unit is None or unit.dim == per.dim:
        return None
    if per.heat == "HHV" or unit.heat == "HHV":
        return None  # heating values in factor tables are net
    if per.dim == "energy":
        energy = _to_energy(unit, supply.heating, supply.density)
        return None if energy is None else (energy[0] / per.size, energy[1])
    if unit.dim == "energy":
        energy = _to_energy(per, supply.heating, supply.density)
        return None if energy is None or not energy[0] else (unit.size / energy[0], energy[1])
    if {unit.dim, per.dim} == {"mass", "volume"} and len(supply.density) == 1 and supply.density[0].value:
        d = supply.density[0]
        if unit.dim == "volume":
            return unit.size * d.value / per.size, [d]
        return unit.size / d.value / per.size, [d]
    return None


def _by_density(energy: str, density: Property) -> Finding:
    value = f"{float(density.value):.4g} t/m3"
    return _found(
        "TP-50.density",
        density.id,
        f"{energy} 的体积按密度 {value}（{density.id}）换算",
        f"The volume of {energy} is converted at {value} ({density.id})",
        severity="note",
    )


def _recalled(f: Factor) -> Finding:
    return Finding(
        "account.recalled",
        "note",
        "",
        Text(
            f"{f.id}（{f.item_zh} {f.value} {f.unit}）凭记忆录入，待核对原文",
            f"{f.id} ({f.item_en}, {f.value} {f.unit}) is from memory and to be checked",
        ),
        value=f.id,
    )


def _unknown_unit(text: str) -> Finding:
    return _found(
        "account.unit",
        text,
        f"单位“{text}”无法识别",
        f"The unit “{text}” is not known",
        UNDERSTOOD,
    )


def _found(rule: str, value: str, zh: str, en: str, expected: str = "", severity: str = "error") -> Finding:
    fix = Text("改正该行", "Correct the row.") if severity == "error" else Text("", "")
    return Finding(rule, severity, "", Text(zh, en), value=value, expected=Text(expected, expected), fix=fix)  # type: ignore[arg-type]
