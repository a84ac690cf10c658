"""Emission and energy factors: sets, editions, look-up by rule M4, recomputation on load."""

from __future__ import annotations

from dafeng.factors.library import STANDARDS, FactorLibrary, shipped_folders
from dafeng.factors.loading import Definition
from dafeng.factors.model import Conflict, Factor, Missing, Query, YearFactor
from dafeng.factors.units import Rate, Unit, parse_gas, parse_rate, parse_unit, ratio
from dafeng.factors.vocabulary import Energy, Region, StandIn, Vocabulary, shipped_vocabulary

__all__ = [
    "STANDARDS",
    "Conflict",
    "Definition",
    "Energy",
    "Factor",
    "FactorLibrary",
    "Missing",
    "Query",
    "Rate",
    "Region",
    "StandIn",
    "Unit",
    "Vocabulary",
    "YearFactor",
    "parse_gas",
    "parse_rate",
    "parse_unit",
    "ratio",
    "shipped_folders",
    "shipped_vocabulary",
]
