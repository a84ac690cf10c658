"""What a target asks for in each year on the way to its deadline."""

from __future__ import annotations

import itertools

from dafeng.targets.definitions import TargetDefinition


def required_path(t: TargetDefinition, start: float | None, value: float | None) -> list[tuple[int, float]]:
    """(year, required value) from the first year of the path to the deadline; in the unit of the target.

    start: value in the first year where the target does not state one. value: the required value (an assigned
    target's is known only once issued). Empty where there is nothing to hold a value against.

    linear: equal steps. compound: for a fall D since the first year, 1 − (1 − D)^((t−t0)/(T−t0)), so that every
    year falls by the same rate (mission: −12.3 % over five years asks for 2.59, 5.11, 7.57, 9.97, 12.3 %).
    step: nothing before the deadline. points: as written, straight between.
    """
    if t.deadline is None or value is None:
        return []
    p = t.path
    last = t.deadline
    if p.kind == "points":
        known = sorted({**p.points, last: value}.items())
        out: list[tuple[int, float]] = []
        for (y0, v0), (y1, v1) in itertools.pairwise(known):
            out.extend((y, v0 + (v1 - v0) * (y - y0) / (y1 - y0)) for y in range(y0, y1))
        return [*out, known[-1]]
    first = p.first if p.first is not None else t.base_year
    if p.kind == "step" or first is None or first >= last:
        return [(last, value)]
    begin = p.start if p.start is not None else start
    if begin is None:
        return [(last, value)]
    years = range(first, last + 1)
    if p.kind == "compound":
        scale = 100.0 if t.unit in ("%", "％") else 1.0
        whole, origin = value / scale, begin / scale
        keep, keep0 = 1.0 - whole, 1.0 - origin
        if keep > 0 and keep0 > 0:
            return [
                (y, scale * (1.0 - keep0 * (keep / keep0) ** ((y - first) / (last - first)))) for y in years
            ]
    return [(y, begin + (value - begin) * (y - first) / (last - first)) for y in years]
