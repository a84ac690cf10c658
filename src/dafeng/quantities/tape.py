"""A straight list of instructions on registers, and the one compiled routine that runs any of them.

Nothing here knows a model. ``schedule`` turns nodes (see flatten.py) into a *tape*: nodes that no output needs
are left out, sums inside sums and products inside sums are joined into one instruction of many terms, the
order is that of a walk from the outputs so that a value is used soon after it is made, and registers are given
back after the last use. ``play`` runs the tape over blocks of draws: a register holds one value for each draw
of the block, so that the registers in use stay in the cache and every instruction is a loop over contiguous
numbers. Both are compiled by Numba once, for all tapes, and kept on disk where that is possible.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple

import numba
import numpy as np
from numpy.typing import NDArray

from dafeng.quantities import nodes

# The kinds of nodes.py once more: what Numba has on the disk is renewed when this file changes, not when that one does.
NORMAL, LOGNORMAL, LINEAR, PRODUCT, QUOTIENT, RECIPROCAL, POWER = 0, 1, 2, 3, 4, 5, 6
EXP, LOG, ABS, LEAST, GREATEST, SELECT, GUARDED = 7, 8, 9, 10, 11, 12, 13
if any(globals()[kind.upper()] != i for i, kind in enumerate(nodes.KINDS)):
    raise ImportError("the kinds of nodes differ between nodes.py and tape.py")
STORE = 20
_LARGEST = np.finfo(np.float64).max


def compiled(**options: Any) -> Callable[[Callable[..., Any]], Any]:
    """numba.njit, kept on disk where a place for it can be written, else compiled anew in each process."""

    def wrap(f: Callable[..., Any]) -> Any:
        try:
            return numba.njit(cache=True, nogil=True, error_model="numpy", **options)(f)
        except RuntimeError:  # no place to write: an installation that cannot be changed, no home folder
            return numba.njit(nogil=True, error_model="numpy", **options)(f)

    return wrap


class Tape(NamedTuple):
    """A program for ``play``; ``registers`` is how many it needs at a time.

    Instruction ``i`` puts into register ``out[i]`` what ``code[i]`` (a kind of node, or STORE) makes of the registers
    ``operand[first[i]:]``: ``single[i]`` of them, then ``pairs[i]`` pairs. Only LINEAR has pairs; it adds up coefficient ×
    operand and, for the pairs, coefficient × operand × operand, the coefficient standing beside the first of the
    two. ``x`` is as in nodes.py, and so is ``y`` for GUARDED; elsewhere ``y`` is 1 where a result that is no number would
    come as a surprise. STORE puts x × register ``first`` + y into the row ``out`` of the result.
    """

    code: NDArray[np.int32]
    out: NDArray[np.int32]
    first: NDArray[np.int32]
    single: NDArray[np.int32]
    pairs: NDArray[np.int32]
    x: NDArray[np.float64]
    y: NDArray[np.float64]
    operand: NDArray[np.int32]
    coefficient: NDArray[np.float64]
    registers: int


@compiled()
def schedule(kind, first, count, x, y, doubt, operand, coefficient, stores, rows, scale, shift):  # type: ignore[no-untyped-def]
    """Nodes, and what to store (row of the result = scale × node + shift) → the arrays of a Tape."""
    start, single, pairs, constant, operand, coefficient = _join(
        kind, first, count, x, operand, coefficient, stores
    )
    order = _order(start, single, pairs, operand, stores)
    node = (kind, start, single, pairs, constant, y, doubt)
    return _assign(order, node, operand, coefficient, stores, rows, scale, shift)


@compiled()
def _join(kind, first, count, x, operand, coefficient, stores):  # type: ignore[no-untyped-def]
    """Sums of sums and sums of products become one sum, where nothing else needs the inner one.

    Returns for each node that is left where its operands start, how many single ones and pairs of them there are,
    and its constant; and the new list of operands with their coefficients.
    """
    n = len(kind)
    uses = np.zeros(n, np.int32)
    for node in stores:
        uses[node] += 2  # what is stored has to stand in a register: it is never joined into another
    size = 1
    for i in range(n - 1, -1, -1):
        if uses[i] > 0:
            for t in range(first[i], first[i] + count[i]):
                uses[operand[t]] += 1
            size += 2 * count[i]
    joined = np.zeros(n, np.bool_)
    for i in range(n):
        if uses[i] > 0 and kind[i] == LINEAR:
            for t in range(first[i], first[i] + count[i]):
                j = operand[t]
                joined[j] = uses[j] == 1 and kind[j] in (LINEAR, PRODUCT)

    new_operand, new_coefficient = np.empty(size, np.int32), np.empty(size)
    start, single, pairs = np.zeros(n, np.int32), np.zeros(n, np.int32), np.zeros(n, np.int32)
    constant = x.copy()
    stack, weight = np.empty(size, np.int32), np.empty(size)
    product, product_weight = np.empty(size, np.int32), np.empty(size)
    at = 0
    for i in range(n):
        start[i] = first[i]  # the row of normals, for a drawn factor
        if uses[i] == 0 or joined[i] or count[i] == 0:
            continue
        start[i] = at
        if kind[i] != LINEAR:
            single[i] = count[i]
            for t in range(first[i], first[i] + count[i]):
                new_operand[at], new_coefficient[at] = operand[t], coefficient[t]
                at += 1
            continue
        constant[i] = 0.0
        stack[0], weight[0] = i, 1.0
        depth, products = 1, 0
        while depth > 0:
            depth -= 1
            node, w = stack[depth], weight[depth]
            constant[i] += w * x[node]
            for t in range(first[node], first[node] + count[node]):
                j, c = operand[t], w * coefficient[t]
                if not joined[j]:
                    new_operand[at], new_coefficient[at] = j, c
                    at += 1
                elif kind[j] == LINEAR:
                    stack[depth], weight[depth] = j, c
                    depth += 1
                else:
                    product[products], product_weight[products] = j, c
                    products += 1
        single[i], pairs[i] = at - start[i], products
        for k in range(products):
            j = product[k]
            for t in range(2):
                new_operand[at], new_coefficient[at] = operand[first[j] + t], product_weight[k]
                at += 1
    return start, single, pairs, constant, new_operand[:at], new_coefficient[:at]


@compiled()
def _order(start, single, pairs, operand, stores):  # type: ignore[no-untyped-def]
    """Nodes in the order of a walk from the outputs, operands first."""
    n = len(start)
    order, at = np.empty(n, np.int32), 0
    state = np.zeros(n, np.int8)  # 1: its operands are being placed, 2: placed
    stack = np.empty(n + len(operand) + 1, np.int32)
    for root in stores:
        stack[0], depth = root, 1
        while depth > 0:
            i = stack[depth - 1]
            if state[i] == 0:
                state[i] = 1
                for t in range(start[i] + single[i] + 2 * pairs[i] - 1, start[i] - 1, -1):
                    if state[operand[t]] == 0:
                        stack[depth] = operand[t]
                        depth += 1
                continue
            depth -= 1
            if state[i] == 1:
                state[i] = 2
                order[at] = i
                at += 1
    return order[:at]


@compiled()
def _give_back(node, at, last, register, free, idle):  # type: ignore[no-untyped-def]
    """Free the register of a node whose last use is the instruction ``at``, once; how many are free then."""
    if last[node] != at:
        return idle
    last[node] = -1
    free[idle] = register[node]
    return idle + 1


@compiled()
def _assign(order, node, operand, coefficient, stores, rows, scale, shift):  # type: ignore[no-untyped-def]
    """Registers for the nodes in order, and the instructions; a register is free again after its last use."""
    kind, start, single, pairs, constant, y, doubt = node
    n, many = len(kind), len(stores)
    last = np.full(n, -1, np.int32)
    for at, i in enumerate(order):
        last[i] = at
        for t in range(start[i], start[i] + single[i] + 2 * pairs[i]):
            last[operand[t]] = at
    # The rows that are stored from a node, as lists linked through `following`.
    head, following = np.full(n, -1, np.int32), np.full(many, -1, np.int32)
    for k in range(many - 1, -1, -1):
        following[k] = head[stores[k]]
        head[stores[k]] = k

    size = len(order) + many
    code, out, begin = np.empty(size, np.int32), np.empty(size, np.int32), np.empty(size, np.int32)
    singles, paired = np.zeros(size, np.int32), np.zeros(size, np.int32)
    xs, ys = np.empty(size), np.empty(size)
    placed = np.empty(len(operand), np.int32)
    register, free = np.empty(n, np.int32), np.empty(n, np.int32)
    idle, registers, e = 0, 0, 0
    for at, i in enumerate(order):
        if idle > 0:
            idle -= 1
            register[i] = free[idle]
        else:
            register[i] = registers
            registers += 1
        code[e], out[e], begin[e] = kind[i], register[i], start[i]
        singles[e], paired[e], xs[e], ys[e] = single[i], pairs[i], constant[i], y[i]
        if kind[i] != GUARDED and not doubt[i]:
            ys[e] = 1.0  # a result that is no number comes as a surprise
        for t in range(start[i], start[i] + single[i] + 2 * pairs[i]):
            j = operand[t]
            placed[t] = register[j]
            idle = _give_back(j, at, last, register, free, idle)
        e += 1
        k = head[i]
        while k >= 0:
            code[e], out[e], begin[e], xs[e], ys[e] = STORE, rows[k], register[i], scale[k], shift[k]
            e += 1
            k = following[k]
        idle = _give_back(i, at, last, register, free, idle)
    return code, out, begin, singles, paired, xs, ys, placed, coefficient, registers


# Loops over a block. A multiply-add may be done in one rounding where the machine has it ("contract"): a sum is
# then at least as exact. A drawn factor may not: it is to equal Sampler.draw to the last bit.


@compiled(fastmath={"contract"})
def _terms(o, w, a, c, start, count, constant):  # type: ignore[no-untyped-def]
    m = len(o)
    t = start
    left = count % 4
    if left == 0:
        for i in range(m):
            o[i] = constant
    elif left == 1:
        u = w[a[t]][:m]
        cu = c[t]
        for i in range(m):
            o[i] = constant + cu * u[i]
    elif left == 2:
        u, v = w[a[t]][:m], w[a[t + 1]][:m]
        cu, cv = c[t], c[t + 1]
        for i in range(m):
            o[i] = constant + cu * u[i] + cv * v[i]
    else:
        u, v, s = w[a[t]][:m], w[a[t + 1]][:m], w[a[t + 2]][:m]
        cu, cv, cs = c[t], c[t + 1], c[t + 2]
        for i in range(m):
            o[i] = constant + cu * u[i] + cv * v[i] + cs * s[i]
    for t in range(start + left, start + count, 4):
        u, v, s, z = w[a[t]][:m], w[a[t + 1]][:m], w[a[t + 2]][:m], w[a[t + 3]][:m]
        cu, cv, cs, cz = c[t], c[t + 1], c[t + 2], c[t + 3]
        for i in range(m):
            o[i] += (cu * u[i] + cv * v[i]) + (cs * s[i] + cz * z[i])


@compiled(fastmath={"contract"})
def _products(o, w, a, c, start, pairs):  # type: ignore[no-untyped-def]
    m = len(o)
    odd = pairs % 2
    if odd:
        u, v = w[a[start]][:m], w[a[start + 1]][:m]
        cu = c[start]
        for i in range(m):
            o[i] += cu * u[i] * v[i]
    for t in range(start + 2 * odd, start + 2 * pairs, 4):
        u, v, s, z = w[a[t]][:m], w[a[t + 1]][:m], w[a[t + 2]][:m], w[a[t + 3]][:m]
        cu, cs = c[t], c[t + 2]
        for i in range(m):
            o[i] += cu * u[i] * v[i] + cs * s[i] * z[i]


@compiled(fastmath={"contract"})
def _store(o, u, scale, shift):  # type: ignore[no-untyped-def]
    for i in range(len(o)):
        o[i] = scale * u[i] + shift


@compiled()
def _only_numbers(o):  # type: ignore[no-untyped-def]
    """Replace what is no finite number by NaN; how many there were."""
    bad = 0
    for i in range(len(o)):
        fine = abs(o[i]) <= _LARGEST
        bad += 0 if fine else 1
        o[i] = o[i] if fine else np.nan
    return bad


@compiled()
def _guarded(o, w, a, start, count, constant, there):  # type: ignore[no-untyped-def]
    for i in range(len(o)):
        total, any_part = constant, there
        for t in range(start, start + count):
            value = w[a[t], i]
            if value == value:
                total += value
                any_part = True
        o[i] = total if any_part else np.nan


@compiled()
def _select(o, w, a, start, comparison):  # type: ignore[no-untyped-def]
    m = len(o)
    u, v, then, otherwise = w[a[start]][:m], w[a[start + 1]][:m], w[a[start + 2]][:m], w[a[start + 3]][:m]
    for i in range(m):
        if u[i] != u[i] or v[i] != v[i]:
            o[i] = np.nan
        elif (
            (comparison == 0 and u[i] < v[i])
            or (comparison == 1 and u[i] <= v[i])
            or (comparison == 2 and u[i] > v[i])
            or (comparison == 3 and u[i] >= v[i])
            or (comparison == 4 and u[i] == v[i])
        ):
            o[i] = then[i]
        else:
            o[i] = otherwise[i]


@compiled()
def play(  # type: ignore[no-untyped-def]
    code, out, first, single, pairs, x, y, operand, coefficient, normals, lognormals, result, begin, end, w
):
    """Run a tape for the draws ``begin`` to ``end`` into ``result`` (rows × draws).

    ``normals``, ``lognormals`` are (rows × draws); ``w`` is the room to work in, registers × draws of a block.
    Returns how many results were unexpectedly no number; where that is not 0 the draws are void (flatten.py: *doubtful*).
    """
    surprises = 0
    block = w.shape[1]
    for at in range(begin, end, block):
        m = min(block, end - at)
        for e in range(len(code)):
            k, f = code[e], first[e]
            if k == STORE:
                _store(result[out[e]][at : at + m], w[f][:m], x[e], y[e])
                continue
            o = w[out[e]][:m]
            if k == LINEAR:
                _terms(o, w, operand, coefficient, f, single[e], x[e])
                if pairs[e] > 0:
                    _products(o, w, operand, coefficient, f + single[e], pairs[e])
            elif k == PRODUCT:
                u, v = w[operand[f]][:m], w[operand[f + 1]][:m]
                for i in range(m):
                    o[i] = u[i] * v[i]
            elif k == NORMAL:
                u, share = normals[f][at : at + m], x[e]
                for i in range(m):
                    o[i] = 1.0 + share * u[i]
            elif k == LOGNORMAL:
                u = lognormals[f][at : at + m]
                for i in range(m):
                    o[i] = u[i]
            elif k == GUARDED:
                _guarded(o, w, operand, f, single[e], x[e], y[e] != 0.0)
            elif k == SELECT:
                _select(o, w, operand, f, int(x[e]))
            elif k in (LEAST, GREATEST):
                u, v = w[operand[f]][:m], w[operand[f + 1]][:m]
                sign = 1.0 if k == GREATEST else -1.0
                for i in range(m):  # NaN on either side gives NaN
                    o[i] = u[i] if sign * u[i] >= sign * v[i] or u[i] != u[i] else v[i]
            elif k == ABS:
                u = w[operand[f]][:m]
                for i in range(m):
                    o[i] = abs(u[i])
            else:
                u = w[operand[f]][:m]
                if k == QUOTIENT:
                    v = w[operand[f + 1]][:m]
                    for i in range(m):
                        o[i] = u[i] / v[i]
                elif k == RECIPROCAL:
                    for i in range(m):
                        o[i] = 1.0 / u[i]
                elif k == POWER and x[e] == 0.5:
                    for i in range(m):
                        o[i] = np.sqrt(u[i])
                elif k == POWER:
                    for i in range(m):
                        o[i] = u[i] ** x[e]
                elif k == EXP:
                    for i in range(m):
                        o[i] = np.exp(u[i])
                elif k == LOG:
                    for i in range(m):
                        o[i] = np.log(u[i])
                gone = _only_numbers(o)
                if y[e] != 0.0:
                    surprises += gone
    return surprises
