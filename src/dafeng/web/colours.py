"""Fixed colours: the same sector, carrier or member has the same colour on every page.

A member names its colour in dimensions.toml (`colour = "industry"`); a word of TOKENS, or #rrggbb. Others take the
palette in order. Hues are chosen to stay apart for colour-blind readers; print adds decal patterns.
"""

from __future__ import annotations

import re

from dafeng.quantities.definitions import Dimension

TOKENS = {
    # sectors and domains
    "industry": "#4a6a94",
    "construction": "#b39a5b",
    "transport": "#d9822b",
    "buildings": "#0b7a75",
    "commercial": "#0b7a75",
    "public": "#7cbdb5",
    "residential": "#94507a",
    "energy_supply": "#77803a",
    # carriers
    "coal": "#41484d",
    "oil": "#8d5b3c",
    "gasoline": "#b07a52",
    "diesel": "#8d5b3c",
    "fuel_oil": "#6b442e",
    "lpg": "#cba482",
    "feedstock": "#dccab5",
    "lng": "#8db4dc",
    "gas": "#4f83bd",
    "electricity": "#d9a21f",
    "heat": "#b5483a",
}
PALETTE = ("#0b5f66", "#d9822b", "#4f83bd", "#94507a", "#77803a", "#b39a5b", "#7cbdb5")
REST = "#b4bcc0"
INK = "#1d2529"
ACCENT = "#0b5f66"
_HEX = re.compile(r"^#[0-9a-fA-F]{6}$")


def colour_of(dimension: Dimension | None, member: str) -> str:
    if dimension is None or member not in dimension.members:
        return ACCENT
    own = str(dimension.members[member].attributes.get("colour", ""))
    if _HEX.match(own):
        return own
    if own in TOKENS:
        return TOKENS[own]
    position = list(dimension.members).index(member)
    return PALETTE[position % len(PALETTE)]
