"""Small drawings made on the server, so that they stand in print and without JavaScript: numbers only, no text."""

from __future__ import annotations

from collections.abc import Sequence


def _n(value: float) -> str:
    return f"{value:.1f}".rstrip("0").rstrip(".")


def sparkline(values: Sequence[float | None], until: int, width: int = 132, height: int = 30) -> str:
    """History solid, what follows dashed; gaps are gaps. `until` counts the points of history."""
    known = [v for v in values if v is not None]
    if len(known) < 2:
        return ""
    low, high = min(known), max(known)
    span = (high - low) or 1.0
    step = (width - 6) / max(1, len(values) - 1)

    def point(i: int, v: float) -> str:
        return f"{_n(3 + i * step)},{_n(height - 4 - (v - low) / span * (height - 8))}"

    def runs(first: int, last: int) -> list[str]:
        found: list[str] = []
        run: list[str] = []
        for i in range(first, last):
            v = values[i]
            if v is None:
                if len(run) > 1:
                    found.append(" ".join(run))
                run = []
            else:
                run.append(point(i, v))
        if len(run) > 1:
            found.append(" ".join(run))
        return found

    until = max(0, min(until, len(values)))
    lines = [f'<polyline class="past" points="{p}"/>' for p in runs(0, until)]
    lines += [f'<polyline class="ahead" points="{p}"/>' for p in runs(max(0, until - 1), len(values))]
    dot = ""
    for i in range(until - 1, -1, -1):
        now = values[i]
        if now is not None:
            x, y = point(i, now).split(",")
            dot = f'<circle cx="{x}" cy="{y}" r="2.5"/>'
            break
    return (
        f'<svg class="spark" viewBox="0 0 {width} {height}" width="{width}" height="{height}" '
        f'aria-hidden="true" focusable="false">{"".join(lines)}{dot}</svg>'
    )


def bullet(
    value: float | None,
    path: float | None,
    goal: float | None,
    verdict: str,
    width: int = 120,
    height: int = 16,
) -> str:
    """Value as a bar from zero, this year's path as a thin line, the final requirement as a thick one."""
    known = [v for v in (value, path, goal) if v is not None]
    if value is None or goal is None or min(known) < 0 or max(known) <= 0:
        return ""
    top = max(known) * 1.06
    x = [None if v is None else v / top * width for v in (value, path, goal)]
    parts = [f'<rect class="ground" x="0" y="4" width="{width}" height="8"/>']
    parts.append(f'<rect class="bar {verdict}" x="0" y="4" width="{_n(x[0] or 0)}" height="8"/>')
    if x[1] is not None:
        parts.append(f'<rect class="path" x="{_n(max(0.0, x[1] - 0.5))}" y="1" width="1.5" height="14"/>')
    parts.append(f'<rect class="goal" x="{_n(max(0.0, (x[2] or 0) - 1.5))}" y="0" width="3" height="16"/>')
    return (
        f'<svg class="bullet" viewBox="0 0 {width} {height}" width="{width}" height="{height}" '
        f'aria-hidden="true" focusable="false">{"".join(parts)}</svg>'
    )
