"""From definitions to programs.

``compile_all`` returns one program for each quantity that is sound, in an order in which each comes after
what it needs; what is not sound becomes findings with file and line.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

from dafeng.findings import Finding, Text
from dafeng.quantities import formula as fm
from dafeng.quantities import ops
from dafeng.quantities.definitions import Definitions, Quantity
from dafeng.quantities.program import Compiled, Program, canonical
from dafeng.quantities.typer import Typer, Unsound
from dafeng.quantities.units import UnitError, measure

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
    def report(bad: Unsound, where: str) -> None:
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
            Unsound(
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
            Unsound(
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
                Unsound(
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
            Unsound("definition.choice", "没有可用的公式", "there is no formula for the chosen option"),
            q.place,
        )
        return None
    try:
        typer = Typer(d, out.programs, months_due)
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
    except Unsound as bad:
        report(bad, q.place)
        return None
    needs = tuple(dict.fromkeys(r.name for r in fm.references(node)))
    return Program(q, dims, shape, needs, op)
