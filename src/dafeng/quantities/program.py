"""A quantity made ready to run, and the whole of them in running order."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

from dafeng.findings import Finding
from dafeng.quantities import ops
from dafeng.quantities.definitions import Definitions, Quantity


@dataclass(frozen=True)
class Program:
    """A quantity ready to run. ``op`` is None for a leaf (evidence, factor, driver)."""

    quantity: Quantity
    dims: tuple[str, ...]
    shape: tuple[int, ...]
    needs: tuple[str, ...]
    op: ops.Op | None = None


@dataclass
class Compiled:
    programs: dict[str, Program] = field(default_factory=dict)  # in running order
    findings: list[Finding] = field(default_factory=list)
    dependents: dict[str, list[str]] = field(default_factory=dict)

    def reached_by(self, names: set[str]) -> set[str]:
        """``names`` and everything computed from them."""
        reached = set(names)
        stack = list(names)
        while stack:
            for user in self.dependents.get(stack.pop(), ()):
                if user not in reached:
                    reached.add(user)
                    stack.append(user)
        return reached

    def needed_by(self, names: set[str]) -> set[str]:
        """``names`` and everything that they are computed from."""
        needed = set(names)
        stack = list(names)
        while stack:
            for name in self.programs[stack.pop()].needs:
                if name not in needed:
                    needed.add(name)
                    stack.append(name)
        return needed


def canonical(d: Definitions) -> Callable[[set[str]], tuple[str, ...]]:
    """Puts a set of dimensions into the one order that all arrays have: year, month, then as declared."""
    rank = {"year": -2, "month": -1}
    for i, name in enumerate(n for n in d.dimensions if n not in rank):
        rank[name] = i
    return lambda dims: tuple(sorted(dims, key=lambda x: rank.get(x, len(rank))))
