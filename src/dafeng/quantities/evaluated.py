"""A graph evaluated: all that is known after a plain run, which explanations and draws read."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from dafeng.quantities import ops
from dafeng.quantities.definitions import Definitions, DriverSpec
from dafeng.quantities.evidence import Series
from dafeng.quantities.leaves import Leaf
from dafeng.quantities.program import Compiled
from dafeng.quantities.values import Values


@dataclass(frozen=True)
class Evaluated:
    """Values and flags of every quantity (``context``) with what they rest on.

    members: ids by dimension. choices: the option in force of each definition choice. leaves: arrays of drivers
    and factors. evidence: filings by quantity. driver_of: path of a driver in a scenario.
    """

    definitions: Definitions
    members: Mapping[str, Sequence[str]]
    as_of: dt.date
    compiled: Compiled
    choices: Mapping[str, str]
    scenario: str
    context: ops.Context
    leaves: Mapping[str, Leaf]
    evidence: Mapping[str, Series]
    driver_of: Callable[[str, str], DriverSpec]

    def __contains__(self, name: str) -> bool:
        return name in self.compiled.programs

    def __getitem__(self, name: str) -> Values:
        program = self.compiled.programs[name]
        return Values(program, self.context.values[name], self.context.flags[name], self.members)


def evaluate(compiled: Compiled, context: ops.Context, names: Iterable[str] | None = None) -> None:
    """Compute formulas in running order into the context; ``names`` limits it to those."""
    wanted = None if names is None else set(names)
    for name, program in compiled.programs.items():
        if program.op is None or (wanted is not None and name not in wanted):
            continue
        v, f = program.op.run(context)
        assert f is not None
        if v.shape != program.shape:
            v = np.broadcast_to(v, program.shape)
        if f.shape != program.shape:
            f = np.broadcast_to(f, program.shape)
        f = ops.unmeasured(v, f)
        assert f is not None
        context.values[name], context.flags[name] = v, f
