"""A district opened: packages, factors, graph, evidence, targets, plan and bodies in one object.

The command line and the site read this and nothing below it. See docs/design/district.md.
"""

from __future__ import annotations

from dafeng.district.facts import Body, Clause, Passage, PlanFacts, Street
from dafeng.district.layers import district_folder, find_layers, standards_folder
from dafeng.district.opened import Change, District, Headline, evaluate

__all__ = [
    "Body",
    "Change",
    "Clause",
    "District",
    "Headline",
    "Passage",
    "PlanFacts",
    "Street",
    "district_folder",
    "evaluate",
    "find_layers",
    "standards_folder",
]
