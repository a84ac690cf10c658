"""Types formulas: names, dimensions and units of every part are settled before anything runs.

A syntax tree becomes operations; unit conversions are put in where operands differ. What is not sound is
said with its rule, in words, with a way out.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import NoReturn

from dafeng.quantities import formula as fm
from dafeng.quantities import ops
from dafeng.quantities.definitions import Definitions
from dafeng.quantities.program import Program, canonical
from dafeng.quantities.units import ONE, Measure, UnitError, measure


class Unsound(Exception):
    def __init__(self, rule: str, zh: str, en: str, fix: tuple[str, str] = ("", "")):
        self.rule, self.zh, self.en, self.fix = rule, zh, en, fix
        super().__init__(en)


@dataclass(frozen=True)
class Typed:
    op: ops.Op
    measure: Measure
    subset: tuple[tuple[str, tuple[str, ...]], ...] = ()


class Typer:
    """Turns one syntax tree into operations; raises Unsound with the reason where it is not sound."""

    def __init__(self, d: Definitions, programs: Mapping[str, Program], months_due: int):
        self.d, self.programs, self.months_due = d, programs, months_due
        self.order = canonical(d)

    def bad(self, rule: str, zh: str, en: str, fix: tuple[str, str] = ("", "")) -> NoReturn:
        raise Unsound(rule, zh, en, fix)

    def union(self, *parts: Typed) -> tuple[str, ...]:
        subsets = {s for p in parts for s in p.subset}
        for dim in {s[0] for s in subsets}:
            if len({s for s in subsets if s[0] == dim}) > 1 or any(
                dim in p.op.dims and dim not in dict(p.subset) for p in parts
            ):
                self.bad(
                    "formula.dims",
                    f"{dim} 的成员范围不一致",
                    f"the members kept of {dim} differ between the operands",
                )
        return self.order({dim for p in parts for dim in p.op.dims})

    @staticmethod
    def subset_of(*parts: Typed) -> tuple[tuple[str, tuple[str, ...]], ...]:
        return tuple(sorted({s for p in parts for s in p.subset}))

    def convert(self, source: Measure, target: Measure, what: str) -> float:
        if source.dimension != target.dimension:
            self.bad(
                "formula.unit",
                f"{what}：量纲不同（{source.describe()} 与 {target.describe()}）",
                f"{what}: dimensions differ ({source.describe()} and {target.describe()})",
                (
                    "请检查单位，或乘以有单位的系数，如 0.1229 {tce/万kWh}",
                    "check the units, or multiply by a coefficient that has a unit, e.g. 0.1229 {tce/万kWh}",
                ),
            )
        factor = source.size / target.size
        return 1.0 if abs(factor - 1.0) < 1e-12 else factor

    def plain(self, t: Typed, what: str) -> ops.Op:
        factor = self.convert(t.measure, ONE, what)
        return t.op if factor == 1.0 else ops.ScaleOp(t.op, factor)

    def require(self, t: Typed, dim: str, what: str) -> None:
        if dim not in t.op.dims:
            self.bad(
                "formula.dims",
                f"{what}：没有维度 {dim}（现有 {'、'.join(t.op.dims) or '无'}）",
                f"{what}: there is no dimension {dim} (it has {', '.join(t.op.dims) or 'none'})",
            )

    def member(self, dim: str, member: str) -> int:
        if dim not in self.d.dimensions:
            self.bad("formula.dims", f"没有维度 {dim}", f"there is no dimension {dim}")
        index = self.d.dimensions[dim].index()
        if member not in index:
            self.bad(
                "formula.member",
                f"维度 {dim} 没有成员 {member}；有：{'、'.join(index)}",
                f"dimension {dim} has no member {member}; it has {', '.join(index)}",
            )
        return index[member]

    def year(self, year: int) -> int:
        if year not in self.d.years:
            self.bad(
                "formula.year",
                f"{year} 不在模型年份 {self.d.first_year}–{self.d.last_year} 内",
                f"{year} is not among the model years {self.d.first_year}–{self.d.last_year}",
            )
        return year - self.d.first_year

    def type(self, node: fm.Node) -> Typed:
        match node:
            case fm.Number(value, unit, _):
                try:
                    return Typed(ops.NumberOp(value), measure(unit))
                except UnitError:
                    self.bad("formula.unit", f"读不懂单位“{unit}”", f"“{unit}” is not a unit")
            case fm.Ref(name, _):
                return self.reference(name)
            case fm.Negate(operand):
                t = self.type(operand)
                return Typed(ops.NegateOp(t.op), t.measure, t.subset)
            case fm.Binary():
                return self.binary(node)
            case fm.Pick():
                return self.pick(node)
            case fm.Reduce():
                return self.reduce(node)
            case fm.Regroup():
                return self.regroup(node)
            case fm.Spread(operand, dims, _):
                return self.spread(self.type(operand), dims)
            case fm.Time():
                return self.time(node)
            case fm.Call():
                return self.call(node)
            case fm.Where(comparison, left, right, then, otherwise, _):
                a, b, x, y = (self.type(n) for n in (left, right, then, otherwise))
                converts = (
                    1.0,
                    self.convert(b.measure, a.measure, "where"),
                    1.0,
                    self.convert(y.measure, x.measure, "where"),
                )
                return Typed(
                    ops.WhereOp(comparison, (a.op, b.op, x.op, y.op), self.union(a, b, x, y), converts),
                    x.measure,
                    self.subset_of(a, b, x, y),
                )
        raise AssertionError(node)

    def reference(self, name: str) -> Typed:
        program = self.programs.get(name)
        if program is None:
            if name in self.d.quantities:
                self.bad(
                    "formula.depends", f"所依赖的 {name} 的定义有误", f"{name}, which it needs, is not sound"
                )
            near = [q for q in self.d.quantities if q.startswith(name[:4]) or name in q][:4]
            self.bad(
                "formula.name",
                f"没有名为 {name} 的量",
                f"there is no quantity {name}",
                (f"是否指：{'、'.join(near)}", f"did you mean {', '.join(near)}") if near else ("", ""),
            )
        return Typed(ops.RefOp(name, program.dims), measure(program.quantity.unit))

    def binary(self, node: fm.Binary) -> Typed:
        if node.op == "^":
            base = self.type(node.left)
            assert isinstance(node.right, fm.Number)
            return Typed(
                ops.PowerOp(base.op, node.right.value), base.measure.power(node.right.value), base.subset
            )
        a, b = self.type(node.left), self.type(node.right)
        union, subset = self.union(a, b), self.subset_of(a, b)
        if node.op in "+-":
            convert = self.convert(b.measure, a.measure, "相加减" if node.op == "+" else "相减")
            cls = ops.AddOp if node.op == "+" else ops.SubtractOp
            return Typed(cls(a.op, b.op, union, convert), a.measure, subset)
        if node.op == "*":
            return Typed(ops.MultiplyOp(a.op, b.op, union), a.measure.times(b.measure), subset)
        return Typed(ops.DivideOp(a.op, b.op, union), a.measure.times(b.measure.inverse()), subset)

    def pick(self, node: fm.Pick) -> Typed:
        t = self.type(node.operand)
        self.require(t, node.dim, f"[{node.dim}: …]")
        if node.dim in dict(t.subset):
            self.bad("formula.dims", f"{node.dim} 已选过成员", f"members of {node.dim} were picked before")
        indices = [self.member(node.dim, m) for m in node.members]
        if len(indices) == 1:
            return Typed(ops.PickOp(t.op, node.dim, indices[0]), t.measure, t.subset)
        return Typed(ops.KeepOp(t.op, node.dim, indices), t.measure, (*t.subset, (node.dim, node.members)))

    def size(self, t: Typed, dim: str) -> int:
        kept = dict(t.subset).get(dim)
        return len(kept) if kept is not None else len(self.d.dimensions[dim].members)

    def reduce(self, node: fm.Reduce) -> Typed:
        t = self.type(node.operand)
        for dim in node.dims:
            self.require(t, dim, f"{node.how}(… over {dim})")
        how = "sum" if node.how == "share" else node.how
        r = ops.ReduceOp(how, t.op, node.dims, tuple(self.size(t, dim) for dim in node.dims))
        rest = tuple(s for s in t.subset if s[0] not in node.dims)
        if node.how == "share":
            return Typed(ops.DivideOp(t.op, r, t.op.dims), ONE, t.subset)
        return Typed(r, t.measure, rest)

    def regroup(self, node: fm.Regroup) -> Typed:
        t = self.type(node.operand)
        self.require(t, node.dim, "regroup")
        if node.dim in dict(t.subset):
            self.bad("formula.dims", "归并前不能只选部分成员", "a regrouped dimension must be whole")
        if node.target not in self.d.dimensions:
            self.bad("formula.dims", f"没有维度 {node.target}", f"there is no dimension {node.target}")
        if node.target in t.op.dims:
            self.bad(
                "formula.dims", f"已有维度 {node.target}", f"the dimension {node.target} is there already"
            )
        index = self.d.dimensions[node.target].index()
        groups: list[list[int]] = [[] for _ in index]
        for i, m in enumerate(self.d.dimensions[node.dim].members.values()):
            group = str(m.attributes.get(node.target, ""))
            if group not in index:
                self.bad(
                    "formula.member",
                    f"{node.dim} 的成员 {m.id} 没有写明属于哪个 {node.target}",
                    f"member {m.id} of {node.dim} does not say which {node.target} it belongs to",
                    (
                        f'在 dimensions.toml 的该成员下写 {node.target} = "…"',
                        f'write {node.target} = "…" for that member in dimensions.toml',
                    ),
                )
            groups[index[group]].append(i)
        dims = self.order((set(t.op.dims) - {node.dim}) | {node.target})
        # The operation stacks the new axis; the others keep their order, which canonical order also keeps.
        return Typed(ops.RegroupOp(t.op, node.dim, node.target, groups, dims), t.measure, t.subset)

    def spread(self, t: Typed, dims: tuple[str, ...]) -> Typed:
        for dim in dims:
            if dim not in self.d.dimensions:
                self.bad("formula.dims", f"没有维度 {dim}", f"there is no dimension {dim}")
        union = self.order(set(t.op.dims) | set(dims))
        shape = tuple(self.size(t, dim) for dim in union)
        return Typed(ops.SpreadOp(t.op, union, shape), t.measure, t.subset)

    def time(self, node: fm.Time) -> Typed:
        t = self.type(node.operand)
        if node.how == "ytd":
            self.require(t, "month", "ytd")
            return Typed(ops.YearToDateOp(t.op, self.months_due), t.measure, t.subset)
        self.require(t, "year", node.how)
        if node.how == "at":
            return Typed(ops.PickOp(t.op, "year", self.year(node.year)), t.measure, t.subset)
        if node.how in ("prev", "growth"):
            back = max(node.year, 1)
            if back >= len(self.d.years):
                self.bad("formula.year", "回看的年数过多", "it looks too many years back")
            before = ops.PrevOp(t.op, back)
            if node.how == "prev":
                return Typed(before, t.measure, t.subset)
            ratio = ops.DivideOp(t.op, before, t.op.dims)
            return Typed(ops.SubtractOp(ratio, ops.NumberOp(1.0), t.op.dims), ONE, t.subset)
        if node.how == "cumulative":
            return Typed(ops.RunningOp("cumulative", t.op, self.year(node.year)), t.measure, t.subset)
        if node.how == "compound":
            return Typed(
                ops.RunningOp("compound", self.plain(t, "compound"), self.year(node.year)), ONE, t.subset
            )
        last = self.d.history_until - self.d.first_year
        return Typed(ops.FillOp(node.how, t.op, len(self.d.years), last), t.measure, t.subset)

    def call(self, node: fm.Call) -> Typed:
        args = [self.type(a) for a in node.args]
        first = args[0]
        if node.name == "complete":
            return Typed(ops.CompleteOp(first.op), first.measure, first.subset)
        if node.name == "abs":
            return Typed(ops.FunctionOp("abs", first.op), first.measure, first.subset)
        if node.name == "sqrt":
            return Typed(ops.PowerOp(first.op, 0.5), first.measure.power(0.5), first.subset)
        if node.name in ("exp", "ln"):
            return Typed(ops.FunctionOp(node.name, self.plain(first, node.name)), ONE, first.subset)
        converts = tuple(self.convert(a.measure, first.measure, node.name) for a in args)
        if node.name == "coalesce":
            return Typed(
                ops.CoalesceOp(tuple(a.op for a in args), self.union(*args), converts),
                first.measure,
                self.subset_of(*args),
            )
        if node.name == "join":
            union = self.union(*args)
            if "year" not in union:
                self.bad("formula.dims", "join 的两项都没有年份", "neither operand of join has years")
            history = self.d.history_until - self.d.first_year + 1
            op: ops.Op = ops.JoinOp(args[0].op, args[1].op, union, converts[1], history, len(self.d.years))
            return Typed(op, first.measure, self.subset_of(*args))
        result = first
        for a, convert in zip(args[1:], converts[1:], strict=True):
            op = ops.ExtremeOp(result.op, a.op, self.union(result, a), convert, node.name == "max")
            result = Typed(op, first.measure, self.subset_of(result, a))
        return result
