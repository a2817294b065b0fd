"""What each operator makes of an operand that is put off. A rule gives False to have its operands made."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np

from ..norm import axes_of
from . import moves
from .reshape import flatten, reshape
from .state import Perm, State, inverse

if TYPE_CHECKING:
    from collections.abc import Callable

    from ...graph import Node


def transpose(state: State, node: Node) -> bool:
    """Is put off itself."""
    rank = state.rank(node.inputs[0])
    perm = node.attributes.get("perm")
    if perm is None:
        if rank is None:
            return False
        perm = range(rank)[::-1]
    state.turn(node.outputs[0], node.inputs[0], tuple(int(i) for i in perm))
    return True


def alone(state: State, node: Node) -> bool:
    """One operand, element by element."""
    source, perm = state.put_off[node.inputs[0]]
    made = state.new(node.outputs[0], state.source_dims(node.outputs[0], perm))
    state.add(node.op, [source, *node.inputs[1:]], [made], node, node.attributes)
    state.put(node.outputs[0], made, perm)
    return True


def together(state: State, node: Node) -> bool:
    """Operands of which one is repeated along axes that it lacks."""
    rank = state.rank(node.outputs[0])
    orders = [perm for name in node.inputs if (perm := state.order(name)) is not None and len(perm) == rank]
    if not orders or rank is None:
        return False
    perm = max(orders, key=orders.count)
    ranks = [state.rank(name) for name in node.inputs]
    if any(r is None for r in ranks) or _made_for_less(state, node, rank):
        return False
    inputs = [_operand(state, node, name, r or 0, perm) for name, r in zip(node.inputs, ranks, strict=True)]
    made = state.new(node.outputs[0], state.source_dims(node.outputs[0], perm))
    state.add(node.op, inputs, [made], node, node.attributes)
    state.put(node.outputs[0], made, perm)
    return True


def _made_for_less(state: State, node: Node, rank: int) -> bool:
    """Whether to make what is put off costs less than to turn the others: it is smaller, or many read it."""
    cost_put_off = cost_others = 0.0
    for name in node.inputs:
        dims = state.dims(name)
        if state.view.known(name) is not None or not dims or len(dims[0]) != rank:
            continue
        size = math.prod(dims[0])
        if state.order(name) is None:
            cost_others += size
        else:
            cost_put_off += size / max(1, state.view.uses[name] - 1)
    return cost_others > cost_put_off


def _operand(state: State, node: Node, name: str, rank: int, perm: Perm) -> str:
    known = state.view.known(name)
    if known is not None:
        if known.size == 1:
            return state.view.weight(known.reshape(()), name) if known.ndim else name
        wide = known.reshape([1] * (len(perm) - rank) + list(known.shape)).transpose(inverse(perm))
        lead = next(i for i, extent in enumerate(wide.shape) if extent != 1)
        return state.view.weight(np.ascontiguousarray(wide.reshape(wide.shape[lead:])), name)
    if rank == len(perm):
        return state.in_order(name, perm, node)
    plain = state.here(name, node)
    if rank == 0 or (rank == 1 and all(d == (1,) for d in state.dims(name) or [(0,)])):
        return plain
    lead = len(perm) - rank
    dims = state.dims(name)
    wide_name = state.new(name, dims and [(1,) * lead + d for d in dims])
    state.add("Unsqueeze", [plain], [wide_name], node, {"axes": list(range(lead))})
    return state.in_order(wide_name, perm, node)


def along(state: State, node: Node) -> bool:
    """One operand and an axis; as many outputs as there are, each of its rank."""
    source, perm = state.put_off[node.inputs[0]]
    if any(name in state.put_off for name in node.inputs[1:]):
        return False
    axis = perm[int(node.attributes.get("axis", -1)) % len(perm)]
    made = [state.new(name, state.source_dims(name, perm)) if name else "" for name in node.outputs]
    state.add(node.op, [source, *node.inputs[1:]], made, node, node.attributes | {"axis": axis})
    for target, one in zip(node.outputs, made, strict=True):
        if target:
            state.put(target, one, perm)
    return True


def split(state: State, node: Node) -> bool:
    """As `along`; its axis is the first where none is given."""
    node.attributes.setdefault("axis", 0)
    return along(state, node)


def extreme(state: State, node: Node) -> bool:
    """Arg-max and the like: as a reduction, with an axis that is the first where none is given."""
    axis = int(node.attributes.get("axis", 0))
    return _reduced(state, node, [axis % len(state.put_off[node.inputs[0]][1])], "axis")


def concat(state: State, node: Node) -> bool:
    """All operands in the order of the most."""
    orders = [perm for name in node.inputs if (perm := state.order(name)) is not None]
    perm = max(orders, key=orders.count)
    inputs = [state.in_order(name, perm, node) for name in node.inputs]
    made = state.new(node.outputs[0], state.source_dims(node.outputs[0], perm))
    axis = perm[int(node.attributes.get("axis", 0)) % len(perm)]
    state.add("Concat", inputs, [made], node, node.attributes | {"axis": axis})
    state.put(node.outputs[0], made, perm)
    return True


def reduce(state: State, node: Node) -> bool:
    """Other numbers for the axes."""
    perm = state.order(node.inputs[0])
    axes = axes_of(state.view, node, len(perm) if perm else None)
    if perm is None or axes is None or not axes:
        return False
    return _reduced(state, node, axes, "axes")


def _reduced(state: State, node: Node, axes: list[int], attribute: str) -> bool:
    source, perm = state.put_off[node.inputs[0]]
    keeps = bool(node.attributes.get("keepdims", 1))
    gone = sorted(perm[a] for a in axes)
    order = perm if keeps else moves.without(perm, axes)
    made = state.new(node.outputs[0], state.source_dims(node.outputs[0], order))
    attributes = {k: v for k, v in node.attributes.items() if k != attribute}
    attributes[attribute] = gone[0] if attribute == "axis" else gone
    state.add(node.op, [source], [made], node, attributes)
    state.put(node.outputs[0], made, order)
    return True


def squeeze(state: State, node: Node) -> bool:
    """Axes of one element go; without being told which, all those."""
    perm = state.order(node.inputs[0])
    axes = axes_of(state.view, node, len(perm) if perm else None)
    told = "axes" in node.attributes or len(node.inputs) > 1
    if perm is None or axes is None or not told:
        return False
    source = state.put_off[node.inputs[0]][0]
    order = moves.without(perm, axes)
    made = state.new(node.outputs[0], state.source_dims(node.outputs[0], order))
    state.add("Squeeze", [source], [made], node, {"axes": sorted(perm[a] for a in axes)})
    state.put(node.outputs[0], made, order)
    return True


def unsqueeze(state: State, node: Node) -> bool:
    """New axes come last."""
    source, perm = state.put_off[node.inputs[0]]
    rank = state.rank(node.outputs[0])
    axes = axes_of(state.view, node, rank)
    if axes is None or rank is None or len(perm) + len(axes) != rank:
        return False
    old, new = iter(perm), iter(range(len(perm), rank))
    order = tuple(next(new) if i in axes else next(old) for i in range(rank))
    made = state.new(node.outputs[0], state.source_dims(node.outputs[0], order))
    state.add("Unsqueeze", [source], [made], node, {"axes": list(range(len(perm), rank))})
    state.put(node.outputs[0], made, order)
    return True


#: One operand, or others that are numbers.
ALONE = (
    *("Identity", "Cast", "Abs", "Neg", "Exp", "Log", "Sqrt", "Reciprocal", "Floor", "Ceil", "Round", "Sign", "Erf"),
    *("Tanh", "Sigmoid", "Relu", "LeakyRelu", "Elu", "Selu", "Celu", "ThresholdedRelu", "Gelu", "Swish", "HardSigmoid"),
    *("HardSwish", "Softplus", "Softsign", "Mish", "Shrink", "Not", "IsNaN", "IsInf", "Clip", "Sin", "Cos"),
    *("Atan", "BitwiseNot", "BitCast"),
)
#: Operands that are broadcast.
TOGETHER = (
    *("Add", "Sub", "Mul", "Div", "Pow", "Min", "Max", "Mod", "Equal", "Less", "LessOrEqual", "Greater"),
    *("GreaterOrEqual", "And", "Or", "Xor", "Where", "PRelu", "QuantizeLinear", "DequantizeLinear"),
    *("BitwiseAnd", "BitwiseOr", "BitwiseXor", "BitShift"),
)
REDUCTIONS = ("Sum", "Mean", "Max", "Min", "Prod", "L1", "L2", "SumSquare", "LogSum", "LogSumExp")

RULES: dict[str, Callable[[State, Node], bool]] = {
    "Transpose": transpose,
    **dict.fromkeys(ALONE, alone),
    **dict.fromkeys(TOGETHER, together),
    **{f"Reduce{name}": reduce for name in REDUCTIONS},
    **dict.fromkeys(("Softmax", "LogSoftmax", "Hardmax", "TopK"), along),
    **dict.fromkeys(("ArgMax", "ArgMin"), extreme),
    "Split": split,
    "Concat": concat,
    "Squeeze": squeeze,
    "Unsqueeze": unsqueeze,
    "Reshape": reshape,
    "Flatten": flatten,
    **moves.RULES,
}
