"""The operations of the graph on whole arrays.

Each operation computes values (float64, NaN = no number) and flags (uint32 bits, see states.py) for all its
cells at once. In a draw run the value arrays carry one more axis in front, the draws; flags do not, since
evidence is the same in every draw, and are not computed again: what an operation needs of them (which branch
was taken where) it remembers from the plain run in ``Context.memo``.

``inputs`` answers for one cell which cells of which quantities it was made of; explanations and the lists of
missing cells rest on it alone.
"""

from __future__ import annotations

from dafeng.quantities.ops.arithmetic import (
    AddOp,
    DivideOp,
    ExtremeOp,
    FunctionOp,
    MultiplyOp,
    NegateOp,
    NumberOp,
    PowerOp,
    RefOp,
    ScaleOp,
    SubtractOp,
)
from dafeng.quantities.ops.base import Array, Cell, Context, Coords, Flags, Op, Pair, PairOp, unmeasured
from dafeng.quantities.ops.cases import CoalesceOp, CompleteOp, WhereOp
from dafeng.quantities.ops.members import KeepOp, PickOp, ReduceOp, RegroupOp, SpreadOp
from dafeng.quantities.ops.years import FillOp, JoinOp, PrevOp, RunningOp, YearToDateOp

__all__ = [
    "AddOp",
    "Array",
    "Cell",
    "CoalesceOp",
    "CompleteOp",
    "Context",
    "Coords",
    "DivideOp",
    "ExtremeOp",
    "FillOp",
    "Flags",
    "FunctionOp",
    "JoinOp",
    "KeepOp",
    "MultiplyOp",
    "NegateOp",
    "NumberOp",
    "Op",
    "Pair",
    "PairOp",
    "PickOp",
    "PowerOp",
    "PrevOp",
    "ReduceOp",
    "RefOp",
    "RegroupOp",
    "RunningOp",
    "ScaleOp",
    "SpreadOp",
    "SubtractOp",
    "WhereOp",
    "YearToDateOp",
    "unmeasured",
]
