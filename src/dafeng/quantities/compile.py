"""From definitions to programs: names, dimensions and units of every formula are settled before anything runs.

``compile_all`` returns one program for each quantity that is sound, in an order in which each comes after
what it needs; what is not sound becomes findings with file and line.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import NoReturn

from dafeng.findings import Finding, Text
from dafeng.quantities import formula as fm
from dafeng.quantities import ops
from dafeng.quantities.definitions import Definitions, Quantity
from dafeng.quantities.units import ONE, Measure, UnitError, measure


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


class _Bad(Exception):
    def __init__(self, rule: str, zh: str, en: str, fix: tuple[str, str] = ("", "")):
        self.rule, self.zh, self.en, self.fix = rule, zh, en, fix
        super().__init__(en)


def canonical(d: Definitions) -> Callable[[set[str]], tuple[str, ...]]:
    """Puts a set of dimensions into the one order that all arrays have: year, month, then as declared."""
    rank = {"year": -2, "month": -1}
    for i, name in enumerate(n for n in d.dimensions if n not in rank):
        rank[name] = i
    return lambda dims: tuple(sorted(dims, key=lambda x: rank.get(x, len(rank))))


@dataclass(frozen=True)
class _Typed:
    op: ops.Op
    measure: Measure
    subset: tuple[tuple[str, tuple[str, ...]], ...] = ()


class _Typer:
    """Turns one syntax tree into operations; raises _Bad with the reason where it is not sound."""

    def __init__(self, d: Definitions, programs: Mapping[str, Program], months_due: int):
        self.d, self.programs, self.months_due = d, programs, months_due
        self.order = canonical(d)

    def bad(self, rule: str, zh: str, en: str, fix: tuple[str, str] = ("", "")) -> NoReturn:
        raise _Bad(rule, zh, en, fix)

    def union(self, *parts: _Typed) -> tuple[str, ...]:
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
    def subset_of(*parts: _Typed) -> tuple[tuple[str, tuple[str, ...]], ...]:
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

    def plain(self, t: _Typed, what: str) -> ops.Op:
        factor = self.convert(t.measure, ONE, what)
        return t.op if factor == 1.0 else ops.ScaleOp(t.op, factor)

    def require(self, t: _Typed, dim: str, what: str) -> None:
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

    def type(self, node: fm.Node) -> _Typed:
        match node:
            case fm.Number(value, unit, _):
                try:
                    return _Typed(ops.NumberOp(value), measure(unit))
                except UnitError:
                    self.bad("formula.unit", f"读不懂单位“{unit}”", f"“{unit}” is not a unit")
            case fm.Ref(name, _):
                return self.reference(name)
            case fm.Negate(operand):
                t = self.type(operand)
                return _Typed(ops.NegateOp(t.op), t.measure, t.subset)
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
                return _Typed(
                    ops.WhereOp(comparison, (a.op, b.op, x.op, y.op), self.union(a, b, x, y), converts),
                    x.measure,
                    self.subset_of(a, b, x, y),
                )
        raise AssertionError(node)

    def reference(self, name: str) -> _Typed:
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
        return _Typed(ops.RefOp(name, program.dims), measure(program.quantity.unit))

    def binary(self, node: fm.Binary) -> _Typed:
        if node.op == "^":
            base = self.type(node.left)
            assert isinstance(node.right, fm.Number)
            return _Typed(
                ops.PowerOp(base.op, node.right.value), base.measure.power(node.right.value), base.subset
            )
        a, b = self.type(node.left), self.type(node.right)
        union, subset = self.union(a, b), self.subset_of(a, b)
        if node.op in "+-":
            convert = self.convert(b.measure, a.measure, "相加减" if node.op == "+" else "相减")
            cls = ops.AddOp if node.op == "+" else ops.SubtractOp
            return _Typed(cls(a.op, b.op, union, convert), a.measure, subset)
        if node.op == "*":
            return _Typed(ops.MultiplyOp(a.op, b.op, union), a.measure.times(b.measure), subset)
        return _Typed(ops.DivideOp(a.op, b.op, union), a.measure.times(b.measure.inverse()), subset)

    def pick(self, node: fm.Pick) -> _Typed:
        t = self.type(node.operand)
        self.require(t, node.dim, f"[{node.dim}: …]")
        if node.dim in dict(t.subset):
            self.bad("formula.dims", f"{node.dim} 已选过成员", f"members of {node.dim} were picked before")
        indices = [self.member(node.dim, m) for m in node.members]
        if len(indices) == 1:
            return _Typed(ops.PickOp(t.op, node.dim, indices[0]), t.measure, t.subset)
        return _Typed(ops.KeepOp(t.op, node.dim, indices), t.measure, (*t.subset, (node.dim, node.members)))

    def size(self, t: _Typed, dim: str) -> int:
        kept = dict(t.subset).get(dim)
        return len(kept) if kept is not None else len(self.d.dimensions[dim].members)

    def reduce(self, node: fm.Reduce) -> _Typed:
        t = self.type(node.operand)
        for dim in node.dims:
            self.require(t, dim, f"{node.how}(… over {dim})")
        how = "sum" if node.how == "share" else node.how
        r = ops.ReduceOp(how, t.op, node.dims, tuple(self.size(t, dim) for dim in node.dims))
        rest = tuple(s for s in t.subset if s[0] not in node.dims)
        if node.how == "share":
            return _Typed(ops.DivideOp(t.op, r, t.op.dims), ONE, t.subset)
        return _Typed(r, t.measure, rest)

    def regroup(self, node: fm.Regroup) -> _Typed:
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
        return _Typed(ops.RegroupOp(t.op, node.dim, node.target, groups, dims), t.measure, t.subset)

    def spread(self, t: _Typed, dims: tuple[str, ...]) -> _Typed:
        for dim in dims:
            if dim not in self.d.dimensions:
                self.bad("formula.dims", f"没有维度 {dim}", f"there is no dimension {dim}")
        union = self.order(set(t.op.dims) | set(dims))
        shape = tuple(self.size(t, dim) for dim in union)
        return _Typed(ops.SpreadOp(t.op, union, shape), t.measure, t.subset)

    def time(self, node: fm.Time) -> _Typed:
        t = self.type(node.operand)
        if node.how == "ytd":
            self.require(t, "month", "ytd")
            return _Typed(ops.YearToDateOp(t.op, self.months_due), t.measure, t.subset)
        self.require(t, "year", node.how)
        if node.how == "at":
            return _Typed(ops.PickOp(t.op, "year", self.year(node.year)), t.measure, t.subset)
        if node.how in ("prev", "growth"):
            back = max(node.year, 1)
            if back >= len(self.d.years):
                self.bad("formula.year", "回看的年数过多", "it looks too many years back")
            before = ops.PrevOp(t.op, back)
            if node.how == "prev":
                return _Typed(before, t.measure, t.subset)
            ratio = ops.DivideOp(t.op, before, t.op.dims)
            return _Typed(ops.SubtractOp(ratio, ops.NumberOp(1.0), t.op.dims), ONE, t.subset)
        if node.how == "cumulative":
            return _Typed(ops.RunningOp("cumulative", t.op, self.year(node.year)), t.measure, t.subset)
        if node.how == "compound":
            return _Typed(
                ops.RunningOp("compound", self.plain(t, "compound"), self.year(node.year)), ONE, t.subset
            )
        last = self.d.history_until - self.d.first_year
        return _Typed(ops.FillOp(node.how, t.op, len(self.d.years), last), t.measure, t.subset)

    def call(self, node: fm.Call) -> _Typed:
        args = [self.type(a) for a in node.args]
        first = args[0]
        if node.name == "complete":
            return _Typed(ops.CompleteOp(first.op), first.measure, first.subset)
        if node.name == "abs":
            return _Typed(ops.FunctionOp("abs", first.op), first.measure, first.subset)
        if node.name == "sqrt":
            return _Typed(ops.PowerOp(first.op, 0.5), first.measure.power(0.5), first.subset)
        if node.name in ("exp", "ln"):
            return _Typed(ops.FunctionOp(node.name, self.plain(first, node.name)), ONE, first.subset)
        converts = tuple(self.convert(a.measure, first.measure, node.name) for a in args)
        if node.name == "coalesce":
            return _Typed(
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
            return _Typed(op, first.measure, self.subset_of(*args))
        result = first
        for a, convert in zip(args[1:], converts[1:], strict=True):
            op = ops.ExtremeOp(result.op, a.op, self.union(result, a), convert, node.name == "max")
            result = _Typed(op, first.measure, self.subset_of(result, a))
        return result


Cache = dict[tuple[str, str], "Program"]


def compile_all(
    d: Definitions, choices: Mapping[str, str], months_due: int = 12, cache: Cache | None = None
) -> Compiled:
    """Programs for all sound quantities under the chosen options. ``months_due``: how many months ytd() adds.

    A program rests only on the declared dimensions and units of what it names, so one made for other options
    serves again; ``cache`` keeps them by quantity and option.
    """
    out = Compiled()
    cache = {} if cache is None else cache
    order = canonical(d)
    for name in _running_order(d, choices, out):
        q = d.quantities[name]
        key = (name, choices.get(q.choice, "") if q.choice else "")
        program = cache.get(key)
        if program is None or any(need not in out.programs for need in program.needs):
            program = _compile_one(d, q, choices, out, months_due, order)
        if program is not None:
            out.programs[name] = cache[key] = program
    for program in out.programs.values():
        for need in program.needs:
            out.dependents.setdefault(need, []).append(program.quantity.id)
    return out


def _node_of(q: Quantity, choices: Mapping[str, str]) -> fm.Node | None:
    if q.kind != "formula":
        return None
    return q.nodes.get(choices.get(q.choice, "") if q.choice else "")


def formula_text(q: Quantity, choices: Mapping[str, str]) -> str:
    return q.formulas.get(choices.get(q.choice, "") if q.choice else "", "")


def formula_node(q: Quantity, choices: Mapping[str, str]) -> fm.Node | None:
    return _node_of(q, choices)


def _running_order(d: Definitions, choices: Mapping[str, str], out: Compiled) -> list[str]:
    """Depth first; every quantity that lies on a cycle is left out with one finding for the cycle."""
    done: dict[str, bool] = {}
    order: list[str] = []
    for root in d.quantities:
        if root in done:
            continue
        path: list[str] = []
        stack: list[tuple[str, bool]] = [(root, False)]
        while stack:
            name, leaving = stack.pop()
            if leaving:
                path.pop()
                done[name] = True
                order.append(name)
                continue
            if name in done:
                if not done[name] and name in path:
                    cycle = [*path[path.index(name) :], name]
                    q = d.quantities[name]
                    out.findings.append(
                        Finding(
                            "formula.cycle",
                            "error",
                            q.place,
                            Text(
                                f"公式循环引用：{' → '.join(cycle)}",
                                f"formulas refer to each other in a circle: {' → '.join(cycle)}",
                            ),
                            fix=Text(
                                "请断开其中一处引用，或用 prev() 引用上年值的另一个量",
                                "break one of the references",
                            ),
                            data={"cycle": cycle},
                        )
                    )
                continue
            done[name] = False
            path.append(name)
            stack.append((name, True))
            node = _node_of(d.quantities[name], choices)
            if node is not None:
                for need in dict.fromkeys(r.name for r in fm.references(node)):
                    if need in d.quantities and (need not in done or need in path):
                        stack.append((need, False))
    cyclic = {n for f in out.findings if f.rule == "formula.cycle" for n in f.data["cycle"]}
    return [n for n in order if n not in cyclic]


def _compile_one(
    d: Definitions,
    q: Quantity,
    choices: Mapping[str, str],
    out: Compiled,
    months_due: int,
    order: Callable[[set[str]], tuple[str, ...]],
) -> Program | None:
    def report(bad: _Bad, where: str) -> None:
        out.findings.append(
            Finding(
                bad.rule,
                "error",
                where,
                Text(f"{q.id}：{bad.zh}", f"{q.id}: {bad.en}"),
                formula_text(q, choices) or q.unit,
                fix=Text(*bad.fix),
            )
        )

    try:
        declared = measure(q.unit)
    except UnitError:
        report(
            _Bad(
                "definition.unit",
                f"读不懂单位“{q.unit}”",
                f"“{q.unit}” is not a unit",
                ("单位写法见 docs/vocabulary.md", "see docs/vocabulary.md for units"),
            ),
            q.place,
        )
        return None
    unknown = [x for x in q.dims if x not in d.dimensions]
    if unknown or len(set(q.dims)) != len(q.dims):
        report(
            _Bad(
                "definition.dims",
                f"没有维度 {'、'.join(unknown) or '（重复）'}",
                f"unknown or repeated dimensions {', '.join(unknown)}",
            ),
            q.place,
        )
        return None
    dims = order(set(q.dims))
    shape = tuple(len(d.dimensions[x].members) for x in dims)
    if q.kind != "formula":
        return Program(q, dims, shape, ())
    if q.choice:
        missing = set(d.choices[q.choice].options) - set(q.nodes) if q.choice in d.choices else {q.choice}
        if missing:
            report(
                _Bad(
                    "definition.choice",
                    f"口径 {q.choice} 没有定义，或缺少选项 {'、'.join(sorted(missing))} 的公式",
                    f"choice {q.choice} is unknown, or has no formula for {', '.join(sorted(missing))}",
                ),
                q.place,
            )
            return None
    node = _node_of(q, choices)
    if node is None:
        report(
            _Bad("definition.choice", "没有可用的公式", "there is no formula for the chosen option"), q.place
        )
        return None
    try:
        typer = _Typer(d, out.programs, months_due)
        typed = typer.type(node)
        if typed.subset:
            typer.bad(
                "formula.dims",
                "选取多个成员只能写在 sum 或 mean 之内",
                "several members may be picked only inside sum or mean",
            )
        if set(typed.op.dims) != set(dims):
            extra, lacking = set(typed.op.dims) - set(dims), set(dims) - set(typed.op.dims)
            typer.bad(
                "formula.dims",
                f"公式的维度是（{'、'.join(typed.op.dims)}），定义写的是（{'、'.join(dims)}）",
                f"the formula has dimensions ({', '.join(typed.op.dims)}), the definition says ({', '.join(dims)})",
                (
                    f"用 sum(… over {', '.join(sorted(extra))}) 合计"
                    if extra
                    else f"用 spread(… over {', '.join(sorted(lacking))}) 展开",
                    f"sum over {', '.join(sorted(extra))}"
                    if extra
                    else f"spread over {', '.join(sorted(lacking))}",
                ),
            )
        factor = typer.convert(typed.measure, declared, "结果单位")
        op = typed.op if factor == 1.0 else ops.ScaleOp(typed.op, factor)
    except _Bad as bad:
        report(bad, q.place)
        return None
    needs = tuple(dict.fromkeys(r.name for r in fm.references(node)))
    return Program(q, dims, shape, needs, op)
