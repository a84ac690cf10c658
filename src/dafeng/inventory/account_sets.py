"""Factor sets shipped with the program as a source of the account."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from typing import Any

from dafeng.factors import Conflict, Factor, FactorLibrary, Missing, Rate, Vocabulary, parse_rate
from dafeng.findings import Finding, Text
from dafeng.inventory.account_supply import (
    CARBON_TO_DIOXIDE,
    Asked,
    Candidate,
    Supply,
    energy_differs,
    missing_factor,
    property_of,
    region_needed,
    unknown_factor_id,
    year_differs,
)


class ShippedSets:
    """Factor sets shipped with the program: one for fuels, and the published one for bought electricity.

    fuel: the fuel set (``A+B`` for a union). electricity: the average factor of the province, published for
    the year. A district, city or county is supplied by its province's grid: the published provincial value
    is that of its purchases, which is a rule of the announcement and not a widening.
    """

    def __init__(
        self,
        library: FactorLibrary,
        vocabulary: Vocabulary,
        fuel: str = "PGI-2025",
        electricity: str = "MEE-NBS",
        heat: str = "HEAT-default",
    ):
        self.library, self.vocabulary = library, vocabulary
        self.fuel, self.electricity, self.heat = fuel, electricity, heat

    def about(self) -> dict[str, Any]:
        return {"fuel": self.fuel, "electricity": self.electricity, "heat": self.heat}

    def supply(self, asked: Asked) -> Supply:
        if asked.factor_id:
            return self._by_id(asked)
        if asked.energy_code == "electricity":
            return self._electricity(asked)
        if asked.energy_code == "heat":
            return self._heat(asked)
        return self._fuel(asked)

    def _by_id(self, asked: Asked) -> Supply:
        f = self.library.by_id.get(asked.factor_id)
        rate = parse_rate(f.unit) if f else None
        if f is None or rate is None or not f.gas:
            return Supply(problems=[unknown_factor_id(asked.factor_id)])
        supply = Supply([_candidate(f, rate)])
        self._properties(supply, f.item, asked.year, f.set)
        if asked.energy_code and f.item != asked.energy_code:
            supply.problems.append(energy_differs(asked.factor_id, asked.energy, f.item))
        if f.valid_from and not (f.valid_from.year <= asked.year <= (f.valid_to or f.valid_from).year):
            supply.notes.append(year_differs(asked.factor_id, asked.year, str(f.valid_from.year)))
        return supply

    def _electricity(self, asked: Asked) -> Supply:
        code = asked.region_code
        region = self.vocabulary.province(code) or code if code else ""
        if not region:
            return Supply(problems=[region_needed(asked.region)])
        found = self.library.find(
            "ef_elec_average", "electricity", set=self.electricity, region=region, year=asked.year
        )
        supply = self._supply([found])
        if isinstance(found, Missing):
            grid = self.vocabulary.regions[region].grid if region in self.vocabulary.regions else ""
            near = [f for f in found.alternatives if f.region == region]
            near = near or [f for f in found.alternatives if f.region in ("CN", grid)]
            supply.problems = [missing_factor(asked, [_brief(f) for f in near], self.electricity)]
        return supply

    def _heat(self, asked: Asked) -> Supply:
        found = self.library.find(
            "co2_factor_heat",
            "heat",
            set=self.heat,
            region=asked.region_code or "CN",
            year=asked.year,
            region_fallback=["CN"],
        )
        supply = self._supply([found])
        if supply.candidates:
            supply.state = "default"
            supply.notes.append(
                Finding(
                    "TP-25.default_heat",
                    "warning",
                    "",
                    Text(
                        "外购热力用缺省因子 0.11 tCO2/GJ，相当于燃煤供热",
                        "Bought heat takes the default of 0.11 tCO2/GJ, which is heat from coal",
                    ),
                    value=asked.energy,
                    fix=Text(
                        "有供热方的因子时用 --factor-file 给出",
                        "Give the supplier's factor in a --factor-file.",
                    ),
                )
            )
        return supply

    def _fuel(self, asked: Asked) -> Supply:
        item = asked.energy_code
        supply = self._fuel_item(item, asked)
        if supply.candidates:
            return supply
        for part in self.fuel.split("+"):
            stand_in = self.vocabulary.stand_in(part, "co2_factor", item)
            if stand_in:
                other = self._fuel_item(stand_in.uses, asked)
                other.state = stand_in.mark
                used = self.vocabulary.energies[stand_in.uses]
                other.notes.append(
                    Finding(
                        "account.stand_in",
                        "warning",
                        "",
                        Text(
                            f"{part}：“{asked.energy}”按“{used.name_zh}”计。{stand_in.reason_zh}",
                            f"{part}: {asked.energy} is taken as {used.name_en}. {stand_in.reason_en}",
                        ),
                        value=asked.energy,
                    )
                )
                return other
        return supply

    def _fuel_item(self, item: str, asked: Asked) -> Supply:
        year = asked.year
        find = self.library.find
        found = [
            find(p, item, set=self.fuel, region=r, year=year)
            for p in ("co2_factor", "co2_factor_per_heat", "co2_per_litre", "co2_per_m3")
            for r in ("CN", "world")
        ]
        supply = self._supply([f for f in found if not isinstance(f, Missing)])
        supply.ordered = True
        self._properties(supply, item, year, self.fuel)
        if not supply.candidates and not supply.problems:
            carbon = find("carbon_content_per_heat", item, set=self.fuel, year=year)
            oxidation = find("oxidation_rate", item, set=self.fuel, year=year)
            if isinstance(carbon, Factor) and isinstance(oxidation, Factor):
                rate = parse_rate("tCO2/TJ")
                assert rate is not None
                value = Fraction(carbon.value) * Fraction(oxidation.value) * CARBON_TO_DIOXIDE
                recalled = carbon.recalled or oxidation.recalled
                identifier = f"{carbon.id}×{oxidation.id}×44/12"
                supply.candidates.append(
                    Candidate(identifier, "CO2", value, rate, recalled=recalled, shown=carbon.as_dict())
                )
            else:
                near = [f for m in found if isinstance(m, Missing) for f in m.alternatives]
                near = [
                    f for f in emission_factors(self.library, item) if f.set not in self.fuel.split("+")
                ] or near
                supply.problems.append(missing_factor(asked, [_brief(f) for f in near], self.fuel))
        return supply

    def _supply(self, found: Sequence[Factor | Missing | Conflict]) -> Supply:
        supply = Supply()
        for f in found:
            if isinstance(f, Factor):
                rate = parse_rate(f.unit)
                if rate is not None:
                    supply.candidates.append(_candidate(f, rate))
            else:
                supply.problems.append(f.finding(""))
        return supply

    def _properties(self, supply: Supply, item: str, year: int, sets: str) -> None:
        for parameter, kept in (("net_calorific_value", supply.heating), ("density", supply.density)):
            for region in ("CN", "world"):
                f = self.library.find(parameter, item, set=sets, region=region, year=year)
                if isinstance(f, Factor):
                    made = property_of(f.id, f.unit, Fraction(f.value), f.recalled)
                    if made is not None:
                        kept.append(made)


def emission_factors(library: FactorLibrary, item: str) -> list[Factor]:
    """CO2 factors of an item in any set: what could be named instead."""
    parameters = ("co2_factor", "co2_factor_per_heat")
    return [f for f in library.factors if f.item == item and f.parameter in parameters]


def _brief(f: Factor) -> str:
    when = str(f.data_year or f.edition)
    return f"{f.id}（{f.set}，{f.region_name or f.region}，{when}，{f.value} {f.unit}）"


def _candidate(f: Factor, rate: Rate) -> Candidate:
    return Candidate(f.id, f.gas, Fraction(f.value), rate, "", f.recalled, f.place, f.as_dict())
