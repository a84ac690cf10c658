"""The graph taken apart into cells: what each cell is in terms of what is drawn.

Run-time draws repeat the same few operations on thousands of cells of which most need no work of their own:
they are constant, or a constant times something that another cell already holds. ``Flattener`` walks the
operations once, over the plain run, and keeps for every cell

    value in a draw = scale × node + shift            (node −1: a constant, NaN where the cell is absent)

where a *node* is something that must be computed in every draw: a drawn factor, a sum, a product … Equal
nodes are one node. Scaling, units, adding constants, picking, spreading and time shifts cost nothing then;
a year's twelve months that vary together are one number times one factor. What is absent, which branch a
coalesce took, which years an interpolation rests on: all of it is known from the plain run (``Context.memo``),
as it is when ops run on whole arrays of draws, and is settled here.

A node can fail to be a number in some draws only. A sum leaves absent parts out (rule M1), so a sum over such
*doubtful* nodes has to look at every draw. Doubtful are logarithms and roots, quotients whose divisor may be exactly
zero (it comes from min, max or where), nodes that have no number in the plain run though their operands vary,
and what is computed from one of these. Should any other node turn out not to be a number (an overflow, say),
the kernel reports it and the graph is taken apart again with ``careful``: then all of them are doubtful.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from dafeng.quantities import ops
from dafeng.quantities.cells import Arithmetic, Cells
from dafeng.quantities.draws import Sampler
from dafeng.quantities.nodes import ABS, COMPARISONS, EXP, LOG, POWER, Array
from dafeng.quantities.ops.years import shift_slices

if TYPE_CHECKING:
    from dafeng.quantities.compile import Program


class NotFlat(Exception):
    """The graph cannot be taken apart; ``reason`` (Chinese, English) says what stands in the way."""

    def __init__(self, zh: str, en: str):
        self.reason = (zh, en)
        super().__init__(en)


class Flattener(Arithmetic):
    """Takes the programs of one run apart, quantity by quantity. ``done`` holds what was taken apart so far."""

    def __init__(self, context: ops.Context, sampler: Sampler, careful: bool = False):
        super().__init__(careful)
        self.context, self.sampler = context, sampler
        self.done: dict[str, Cells] = {}

    def quantity(self, program: Program, varying: bool) -> None:
        """Add a quantity; what it needs must be there already. Raises NotFlat."""
        name = program.quantity.id
        values = self.context.values[name]
        if np.isinf(values).any():
            raise NotFlat(f"{name} 的值为无穷大", f"a value of {name} is infinite")
        if not varying:
            self.done[name] = Cells(values)
        elif program.op is None:
            self.done[name] = self._leaf(program, values)
        else:
            cells = self.of(program.op)
            if cells.shape != program.shape:
                cells = cells.each(lambda v: np.broadcast_to(v, program.shape))
            self.done[name] = cells

    def _leaf(self, program: Program, values: Array) -> Cells:
        spread, rows = self.sampler.spread[program.quantity.id], self.sampler.rows(program)
        if (part := self.sampler.varying_part.get(program.quantity.id)) is not None:
            there = np.isfinite(values)
            node = np.full(values.shape, -1, np.int64)
            if there.any():
                node[there] = self.nodes.factors(rows[there], spread[there])
            return Cells(np.where(there, values - part, values), np.where(there, part, 0.0), node)
        varies = (spread != 0.0) & (values != 0.0) & np.isfinite(values)
        if not varies.any():
            return Cells(values)
        node = np.full(values.shape, -1, np.int64)
        node[varies] = self.nodes.factors(rows[varies], spread[varies])
        return Cells(np.where(varies, 0.0, values), np.where(varies, values, 0.0), node)

    def of(self, op: ops.Op) -> Cells:
        handler = _HANDLERS.get(type(op))
        if handler is None:
            word = type(op).__name__
            raise NotFlat(f"运算 {word} 没有逐格形式", f"the operation {word} has no form by cells")
        return handler(self, op)


def _slice(c: Cells, index: int, axis: int = 0) -> Cells:
    return c.each(lambda v: v.take(index, axis=axis))


def _taken(c: Cells, members: Sequence[int], axis: int) -> Cells:
    return c.each(lambda v: v.take(members, axis=axis))


def _stack(parts: Sequence[Cells], axis: int) -> Cells:
    wholes = [p.whole() for p in parts]
    scale, shift, node = (np.stack([w[i] for w in wholes], axis=axis) for i in range(3))
    return Cells.of(scale, shift, node)


def _expanded(c: Cells, e: tuple[Any, ...] | None) -> Cells:
    return c if e is None else c.each(lambda v: v[e])


def _operands(f: Flattener, op: ops.PairOp) -> tuple[Cells, Cells]:
    a, b = _expanded(f.of(op.parts[0]), op._el), _expanded(f.of(op.parts[1]), op._er)
    return a, b if op.convert == 1.0 else f.scaled(b, op.convert)


def _converted(f: Flattener, op: ops.CoalesceOp | ops.WhereOp) -> list[Cells]:
    out: list[Cells] = []
    for part, convert, e in zip(op.parts, op.converts, op._e, strict=True):
        c = f.of(part)
        out.append(_expanded(c if convert == 1.0 else f.scaled(c, convert), e))
    return out


# One for each operation; each says on cells what the operation's ``run`` says on arrays of draws. ---------------


def _subtract(f: Flattener, op: ops.SubtractOp) -> Cells:
    a, b = _operands(f, op)
    return f.add(a, f.scaled(b, -1.0), skip=False)


def _multiply(f: Flattener, op: ops.MultiplyOp) -> Cells:
    return f.multiply(*_operands(f, op), f.context.memo.get(op))


def _power(f: Flattener, op: ops.PowerOp) -> Cells:
    c, e = f.of(op.parts[0]), op.exponent
    if c.node is not None and e == 2.0:
        return f.multiply(c, c)
    return f.function(c, POWER, lambda v: v**e, e)


def _function(f: Flattener, op: ops.FunctionOp) -> Cells:
    kinds: Mapping[Any, int] = {np.abs: ABS, np.exp: EXP, np.log: LOG}
    kind = kinds.get(op.function, POWER)
    return f.function(f.of(op.parts[0]), kind, op.function, 0.5 if kind == POWER else 0.0)


def _reduce(f: Flattener, op: ops.ReduceOp) -> Cells:
    c = f.of(op.parts[0])
    if op.how == "sum":
        return f.total(c, op._axes)
    if op.how == "mean":
        count = int(np.prod([c.shape[x] for x in op._axes]))
        return f.scaled(f.total(c, op._axes, skip=False), 1.0 / count)
    rest = [i for i in range(c.shift.ndim) if i - c.shift.ndim not in op._axes]
    over = [x % c.shift.ndim for x in op._axes]
    shape = tuple(c.shape[i] for i in rest)
    flat = c.each(lambda v: v.transpose(*over, *rest).reshape(-1, *shape))
    out = _slice(flat, 0)
    for i in range(1, len(flat.shift)):
        out = f.extreme(out, _slice(flat, i), op.how == "max")
    return out


def _regroup(f: Flattener, op: ops.RegroupOp) -> Cells:
    c = f.of(op.parts[0])
    source, target = op.parts[0].axis(op.dim), op.axis(op.target)
    empty = np.zeros(np.delete(np.array(c.shape), source % c.shift.ndim))
    columns = [f.total(_taken(c, group, source), (source,)) if group else Cells(empty) for group in op.groups]
    return _stack(columns, target)


def _spread(f: Flattener, op: ops.SpreadOp) -> Cells:
    return _expanded(f.of(op.parts[0]), op._e).each(lambda v: np.broadcast_to(v, op.shape))


def _prev(f: Flattener, op: ops.PrevOp) -> Cells:
    c, axis = f.of(op.parts[0]), op.axis("year")
    to, frm = shift_slices(c.shift.ndim, axis, op.back)
    out = [np.full(c.shape, np.nan), np.zeros(c.shape), np.full(c.shape, -1, np.int64)]
    scale, shift, node = c.whole()
    for target, values in zip(out, (shift, scale, node), strict=True):
        target[to] = values[frm]
    return Cells.of(out[1], out[0], out[2])


def _running(f: Flattener, op: ops.RunningOp) -> Cells:
    c, axis, s = f.of(op.parts[0]), op.axis("year"), op.start
    by_year = [_slice(c, i, axis) for i in range(c.shape[axis])]
    out: list[Cells] = [Cells(np.full(by_year[0].shape, float(op.how == "compound")))] * len(by_year)
    if op.how == "cumulative":
        for t in range(s, len(by_year)):
            out[t] = by_year[t] if t == s else f.add(out[t - 1], by_year[t])
        return _stack(out, axis)
    one = Cells(np.asarray(1.0))
    growth = [f.add(one, rate, skip=False) for rate in by_year]
    for t in range(s + 1, len(by_year)):
        out[t] = f.multiply(out[t - 1], growth[t])
    back = out[s]
    for t in range(s - 1, -1, -1):
        back = f.multiply(back, growth[t + 1])
        out[t] = f.divide(one, back)
    return _stack(out, axis)


def _fill(f: Flattener, op: ops.FillOp) -> Cells:
    axis = op.axis("year")
    c = f.of(op.parts[0]).each(lambda v: np.moveaxis(v, axis, -1))
    low, high, weight = f.context.memo[op]
    below = c.each(lambda v: np.take_along_axis(v, np.maximum(low, 0), axis=-1))
    between = weight != 0.0
    if between.any():
        above = c.each(lambda v: np.take_along_axis(v, np.maximum(high, 0), axis=-1))
        # Cells that are not between two known years get a mixture that is not used.
        w = np.where(between, weight, 0.5)
        mixed = f.add(f.scaled(below, 1.0 - w), f.scaled(above, w), skip=False)
        below = f.choose(between, (below, mixed))
    return f.choose(low >= 0, (c, below)).each(lambda v: np.moveaxis(v, -1, axis))


def _year_to_date(f: Flattener, op: ops.YearToDateOp) -> Cells:
    return f.total(_taken(f.of(op.parts[0]), range(op.months), op._axis), (op._axis,))


def _complete(f: Flattener, op: ops.CompleteOp) -> Cells:
    return f.choose(np.where(f.context.memo[op], -1, 0), (f.of(op.parts[0]),))


def _where(f: Flattener, op: ops.WhereOp) -> Cells:
    return f.select(COMPARISONS[op.compare], op.compare, *_converted(f, op))


def _total(f: Flattener, op: ops.Op, cells: Cells) -> Cells:
    """Totals of known zeros with parts absent are absent, as the plain run found."""
    gone = f.context.memo.get(op)
    return cells if gone is None else f.choose(np.where(gone, -1, 0), (cells,))


_HANDLERS: dict[type[ops.Op], Callable[[Flattener, Any], Cells]] = {
    ops.RefOp: lambda f, op: f.done[op.name],
    ops.NumberOp: lambda f, op: Cells(np.asarray(op.value)),
    ops.ScaleOp: lambda f, op: f.scaled(f.of(op.parts[0]), op.factor),
    ops.NegateOp: lambda f, op: f.scaled(f.of(op.parts[0]), -1.0),
    ops.AddOp: lambda f, op: _total(f, op, f.add(*_operands(f, op))),
    ops.SubtractOp: _subtract,
    ops.MultiplyOp: _multiply,
    ops.DivideOp: lambda f, op: f.divide(*_operands(f, op)),
    ops.PowerOp: _power,
    ops.FunctionOp: _function,
    ops.ExtremeOp: lambda f, op: f.extreme(*_operands(f, op), op.function is np.maximum),
    ops.PickOp: lambda f, op: f.of(op.parts[0]).each(lambda v: v[op._key]),
    ops.KeepOp: lambda f, op: _taken(f.of(op.parts[0]), op.indices, op.axis(op.dim)),
    ops.ReduceOp: lambda f, op: _total(f, op, _reduce(f, op)),
    ops.RegroupOp: lambda f, op: _total(f, op, _regroup(f, op)),
    ops.SpreadOp: _spread,
    ops.PrevOp: _prev,
    ops.RunningOp: _running,
    ops.FillOp: _fill,
    ops.YearToDateOp: lambda f, op: _total(f, op, _year_to_date(f, op)),
    ops.CoalesceOp: lambda f, op: f.choose(f.context.memo[op], _converted(f, op)),
    ops.CompleteOp: _complete,
    ops.WhereOp: _where,
    ops.JoinOp: lambda f, op: f.choose(np.where(op._past, 0, 1), _operands(f, op)),
}
