"""Timing for the benchmarks: things to compare take turns, so that a busy moment of the machine strikes all of them."""

from __future__ import annotations

import gc
import statistics
import time
import unicodedata
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any


def interleaved(
    functions: Mapping[str, Callable[[], Any]], repeats: int = 9, seconds: float = 4.0
) -> dict[str, float]:
    """Median CPU milliseconds of each; ``repeats`` rounds, or as many (three at least) as fit into ``seconds``."""
    taken: dict[str, list[float]] = {name: [] for name in functions}
    begun = time.perf_counter()
    gc.collect()
    gc.disable()
    try:
        for turn in range(repeats):
            for name, f in functions.items():
                start = time.process_time()
                f()
                taken[name].append((time.process_time() - start) * 1e3)
            if turn >= 2 and time.perf_counter() - begun > seconds:
                break
    finally:
        gc.enable()
    return {name: statistics.median(times) for name, times in taken.items()}


@dataclass
class Row:
    """A line of the report: a time or a ratio of two times of the same run, and the bar it is held to."""

    what: str
    ms: float | None = None
    ratio: float | None = None
    bar: str = ""
    met: bool | None = None


def at_most(what: str, ms: float, limit: float) -> Row:
    return Row(what, ms, None, f"≤ {limit:g} ms", ms <= limit)


def times(what: str, ms: float, other: float, most: float | None = None, least: float | None = None) -> Row:
    """``ms`` over ``other`` held to ``most``, or ``other`` over ``ms`` (how much quicker) held to ``least``."""
    if least is not None:
        return Row(what, ms, other / ms, f"≥ {least:g} ×", other / ms >= least)
    ratio = ms / other
    return Row(what, ms, ratio, f"≤ {most:g} ×" if most else "", ratio <= most if most else None)


def _width(text: str) -> int:
    return sum(2 if unicodedata.east_asian_width(c) in "WF" else 1 for c in text)


def report(title: str, rows: list[Row]) -> None:
    print(f"\n{title}")
    wide = max(_width(r.what) for r in rows)
    print(f"  {'':{wide}}  {'ms':>10}  {'ratio':>8}  {'bar':>9}  met")
    for r in rows:
        ms = "" if r.ms is None else f"{r.ms:.3f}" if r.ms < 10 else f"{r.ms:.1f}"
        ratio = "" if r.ratio is None else f"{r.ratio:.2f}"
        met = "" if r.met is None else "yes" if r.met else "NO"
        print(f"  {r.what}{' ' * (wide - _width(r.what))}  {ms:>10}  {ratio:>8}  {r.bar:>9}  {met}")
