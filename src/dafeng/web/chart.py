"""What a chart is, as data: assets/js/charts.js turns it into a drawing. The rows are those of the table."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

from dafeng.web.table import Table

Shape = Literal["lines", "stack", "bars", "sankey", "groups"]


@dataclass(frozen=True)
class Line:
    """One series over the x axis; `ahead` tells history, nowcast and projection apart."""

    name: str
    values: Sequence[float | None]
    colour: str
    states: Sequence[str] = ()
    ahead: Sequence[str] = ()  # "projected", "nowcast" or "" for history
    role: Literal["value", "path", "rest"] = "value"


@dataclass(frozen=True)
class Band:
    name: str  # says its probability
    low: Sequence[float | None]
    high: Sequence[float | None]


@dataclass(frozen=True)
class Goal:
    """The target: a thin dark line or marker at its year."""

    year: str
    value: float
    label: str


@dataclass
class Chart:
    shape: Shape
    unit: str
    x: Sequence[str] = ()
    lines: Sequence[Line] = ()
    band: Band | None = None
    goal: Goal | None = None
    now: str = ""  # the x of the reporting year
    nodes: Sequence[dict[str, Any]] = ()
    links: Sequence[dict[str, Any]] = ()
    from_zero: bool = True
    words: dict[str, str] = field(default_factory=dict)

    def as_dict(self, title: str, subtitle: str, language: str) -> dict[str, Any]:
        return {
            "shape": self.shape,
            "title": title,
            "subtitle": subtitle,
            "unit": self.unit,
            "x": list(self.x),
            "lines": [
                {
                    "name": s.name,
                    "values": list(s.values),
                    "colour": s.colour,
                    "states": list(s.states),
                    "ahead": list(s.ahead),
                    "role": s.role,
                }
                for s in self.lines
            ],
            "band": None
            if self.band is None
            else {"name": self.band.name, "low": list(self.band.low), "high": list(self.band.high)},
            "goal": None
            if self.goal is None
            else {"year": self.goal.year, "value": self.goal.value, "label": self.goal.label},
            "now": self.now,
            "nodes": list(self.nodes),
            "links": list(self.links),
            "fromZero": self.from_zero,
            "language": language,
            "words": self.words,
        }


@dataclass(frozen=True)
class SourceLine:
    """Where the figures of a drawing come from."""

    text: str
    href: str = ""
    kind: str = ""


@dataclass
class Figure:
    """A chart with its table, its downloads and its sources: four tabs. Without a chart: a table with three."""

    id: str
    title: str
    subtitle: str
    table: Table
    chart: Chart | None = None
    sources: Sequence[SourceLine] = ()
    note: str = ""
    height: int = 320
    wide: bool = False
    quantity: str = ""  # the quantity behind it, whose page shows everything

    def data(self, language: str) -> dict[str, Any]:
        assert self.chart is not None
        return self.chart.as_dict(self.title, self.subtitle, language)
