"""What a package folder defines: dimensions, quantities, choices, scenarios, sources. Read by loading.py."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from dafeng.findings import Finding
from dafeng.quantities import formula as fm

Kind = Literal["evidence", "factor", "driver", "formula"]
BUILT_IN = ("year", "month")


@dataclass(frozen=True)
class Member:
    id: str
    name: str
    name_en: str
    attributes: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Dimension:
    id: str
    name: str
    name_en: str
    members: Mapping[str, Member]

    def index(self) -> dict[str, int]:
        return {m: i for i, m in enumerate(self.members)}


@dataclass(frozen=True)
class Uncertainty:
    """Half-widths of the 95 % interval as shares of the value, by quality of the cell (IPCC 2006 vol. 1 ch. 3)."""

    relative: float = 0.0
    absolute: float = 0.0  # in the unit of the quantity, instead of relative: for rates and shares near zero
    estimated: float | None = None
    default: float | None = None
    independent: tuple[str, ...] = ()


@dataclass(frozen=True)
class EvidenceSpec:
    first: int | None = None
    last: int | None = None
    due_months: int = 1
    due_day: int = 10
    supplier: str = ""
    minimum: float | None = None
    maximum: float | None = None
    edition_order: tuple[str, ...] = ("preliminary", "final", "census")


@dataclass(frozen=True)
class FactorSpec:
    parameter: str
    set: str | None
    region: str
    dim: str | None
    items: Mapping[str, str]
    item: str | None
    years: Mapping[str, str]


@dataclass(frozen=True)
class DriverSpec:
    """A path by year: one for all cells (member ``""``) or one for each member of ``dim``."""

    points: Mapping[str, Mapping[int, float]]
    dim: str | None
    interpolation: Literal["linear", "compound", "step"]
    source: str = ""


@dataclass(frozen=True)
class Quantity:
    id: str
    name: str
    name_en: str
    unit: str
    dims: tuple[str, ...]
    kind: Kind
    place: str
    layer: str
    evidence: EvidenceSpec | None = None
    factor: FactorSpec | None = None
    driver: DriverSpec | None = None
    formulas: Mapping[str, str] = field(default_factory=dict)  # option id → text; "" without a choice
    nodes: Mapping[str, fm.Node] = field(default_factory=dict)
    choice: str = ""
    note: str = ""
    note_en: str = ""
    display_unit: str = ""
    digits: int = 4
    basis: str = ""
    tags: tuple[str, ...] = ()
    uncertainty: Uncertainty = Uncertainty()

    def title(self, language: str = "zh") -> str:
        return self.name_en if language == "en" and self.name_en else self.name


@dataclass(frozen=True)
class ChoiceOption:
    id: str
    name: str
    name_en: str
    source: str = ""
    date: str = ""
    note: str = ""
    note_en: str = ""


@dataclass(frozen=True)
class Choice:
    """A definition that the plan leaves open (口径), with its named and dated options."""

    id: str
    name: str
    name_en: str
    question: str
    question_en: str
    default: str
    options: Mapping[str, ChoiceOption]
    place: str


@dataclass(frozen=True)
class Scenario:
    id: str
    name: str
    name_en: str
    inherits: str
    drivers: Mapping[str, Mapping[str, Any]]
    place: str
    note: str = ""
    note_en: str = ""


@dataclass(frozen=True)
class Source:
    id: str
    kind: str
    title: str
    title_en: str = ""
    ref: str = ""
    date: str = ""
    confidence: str = "confirmed"
    note: str = ""


@dataclass
class Definitions:
    """All layers joined. ``years`` is the model's axis; ``history_until`` the last year of history."""

    packages: list[dict[str, Any]] = field(default_factory=list)
    first_year: int = 2015
    last_year: int = 2035
    history_until: int = 2025
    as_of: dt.date | None = None
    dimensions: dict[str, Dimension] = field(default_factory=dict)
    quantities: dict[str, Quantity] = field(default_factory=dict)
    choices: dict[str, Choice] = field(default_factory=dict)
    scenarios: dict[str, Scenario] = field(default_factory=dict)
    sources: dict[str, Source] = field(default_factory=dict)
    findings: list[Finding] = field(default_factory=list)

    @property
    def years(self) -> range:
        return range(self.first_year, self.last_year + 1)
