"""The calculation graph. See docs/design/quantities.md for the data flow, the formats and the formula language."""

from __future__ import annotations

from dafeng.quantities.definitions import Choice, Definitions, Quantity, Scenario, Source
from dafeng.quantities.explain import Explanation, MissingCell
from dafeng.quantities.model import Model
from dafeng.quantities.run import Run
from dafeng.quantities.values import Cell, Values

__all__ = [
    "Cell",
    "Choice",
    "Definitions",
    "Explanation",
    "MissingCell",
    "Model",
    "Quantity",
    "Run",
    "Scenario",
    "Source",
    "Values",
]
