"""Activations that exporters write as chains of small nodes."""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np

from ..view import View, rewrite

if TYPE_CHECKING:
    from collections.abc import Callable

    from ..graph import Graph, Node
    from ..trial import Trials

#: How far a number may be from the one that a formula has: exporters round to 32 bits or to some digits.
CLOSE = 1e-4
#: Factors that a product is followed into.
DEPTH = 4


def run(graph: Graph, trials: Trials) -> bool:
    """One node in place of the chain; what else reads a part of it still finds that."""
    return rewrite(graph, trials, _rule)


def _rule(view: View, node: Node) -> list[Node] | None:
    found = next((new for rule in _RULES if (new := rule(view, node))), None)
    return [found] if found else None


def close(a: float | None, b: float) -> bool:
    """Whether a number is that of a formula."""
    return a is not None and math.isclose(a, b, rel_tol=CLOSE)


def split(view: View, node: Node) -> tuple[str, float] | None:
    """What is not a number, and the number, of an operator of two operands; None where that is not so."""
    a, b = node.inputs
    for name, number in ((a, view.scalar(b)), (b, view.scalar(a))):
        if number is not None and (view.trials.rank(name) or 0) >= _rank(view, b if name == a else a):
            return name, number
    return None


def _rank(view: View, name: str) -> int:
    known = view.known(name)
    return 0 if known is None else known.ndim


@dataclass
class Factors:
    """A product: a number, and what is not one."""

    by: float = 1.0
    names: list[str] = field(default_factory=list)


def factors(view: View, name: str, depth: int = DEPTH) -> Factors:
    """What a value is the product of."""
    node = view.made_by(name, "Mul", "Div")
    number = view.scalar(name)
    if number is not None:
        return Factors(number)
    if node is None or depth == 0:
        return Factors(1.0, [name])
    if node.op == "Div":
        divisor = view.scalar(node.inputs[1])
        if not divisor:
            return Factors(1.0, [name])
        inner = factors(view, node.inputs[0], depth - 1)
        return Factors(inner.by / divisor, inner.names)
    left, right = (factors(view, one, depth - 1) for one in node.inputs)
    return Factors(left.by * right.by, left.names + right.names)


def _product(view: View, node: Node) -> Node | None:
    """x times something of x: SiLU, GELU, hard swish, Mish."""
    if node.op not in ("Mul", "Div"):
        return None
    found = factors(view, node.outputs[0])
    if len(found.names) != 2:
        return None
    for x, gate in (found.names, found.names[::-1]):
        for rule in _GATES:
            new = rule(view, node, x, gate, found.by)
            if new and view.trials.same(x, node.outputs[0]):
                return new
    return None


def _swish(view: View, node: Node, x: str, gate: str, number: float) -> Node | None:
    sigmoid = view.made_by(gate, "Sigmoid")
    if sigmoid is None or not close(number, 1):
        return None
    inner = factors(view, sigmoid.inputs[0])
    if sigmoid.inputs[0] == x:
        return view.node("Swish", [x], node)
    return view.node("Swish", [x], node, alpha=float(np.float32(inner.by))) if inner.names == [x] else None


def _hard_swish(view: View, node: Node, x: str, gate: str, number: float) -> Node | None:
    hard = view.made_by(gate, "HardSigmoid")
    if hard is not None:
        alpha, beta = hard.attributes.get("alpha", 0.2), hard.attributes.get("beta", 0.5)
        fits = hard.inputs[0] == x and close(alpha, 1 / 6) and close(beta, 0.5) and close(number, 1)
        return view.node("HardSwish", [x], node) if fits else None
    ramp = _ramp(view, gate)
    fits = ramp is not None and ramp[0] == x and close(ramp[1], 3) and close(ramp[2], 6) and close(number, 1 / 6)
    return view.node("HardSwish", [x], node) if fits else None


def _gelu(view: View, node: Node, x: str, gate: str, number: float) -> Node | None:
    added = view.made_by(gate, "Add")
    parts = split(view, added) if added else None
    if parts is None or not close(parts[1], 1) or not close(number, 0.5):
        return None
    erf, tanh = view.made_by(parts[0], "Erf"), view.made_by(parts[0], "Tanh")
    if erf:
        inner = factors(view, erf.inputs[0])
        fits = inner.names == [x] and close(inner.by, math.sqrt(0.5))
        return view.node("Gelu", [x], node) if fits else None
    if tanh and _is_tanh_gelu(view, tanh.inputs[0], x):
        return view.node("Gelu", [x], node, approximate="tanh")
    return None


def _is_tanh_gelu(view: View, name: str, x: str) -> bool:
    """sqrt(2 / pi) (x + 0.044715 x^3), or x sqrt(2 / pi) (1 + 0.044715 x^2)."""
    outer = factors(view, name)
    if not close(outer.by, math.sqrt(2 / math.pi)):
        return False
    others = [one for one in outer.names if one != x]
    added = view.made_by(others[0], "Add") if len(others) == 1 else None
    if added is None:
        return False
    if len(outer.names) == 1:
        return any(a == x and _is_power(view, b, x, 3) for a, b in (added.inputs, added.inputs[::-1]))
    parts = split(view, added)
    return parts is not None and close(parts[1], 1) and _is_power(view, parts[0], x, 2)


def _is_power(view: View, name: str, x: str, exponent: int) -> bool:
    inner = factors(view, name)
    power = view.made_by(inner.names[0], "Pow") if len(inner.names) == 1 else None
    to_power = power is not None and power.inputs[0] == x and view.scalar(power.inputs[1]) == exponent
    return close(inner.by, 0.044715) and (to_power or inner.names == [x] * exponent)


def _mish(view: View, node: Node, x: str, gate: str, number: float) -> Node | None:
    tanh = view.made_by(gate, "Tanh")
    soft = view.made_by(tanh.inputs[0], "Softplus") if tanh else None
    fits = soft is not None and soft.inputs[0] == x and close(number, 1)
    return view.node("Mish", [x], node) if fits else None


_GATES: tuple[Callable[[View, Node, str, str, float], Node | None], ...] = (_swish, _hard_swish, _gelu, _mish)


def _ramp(view: View, name: str) -> tuple[str, float, float] | None:
    """(x, a, b) of a value that is x + a between 0 and b."""
    clip = view.made_by(name, "Clip")
    low, high = limits_of(view, clip) if clip else (None, None)
    added = view.made_by(clip.inputs[0], "Add") if clip and low == 0 and high and math.isfinite(high) else None
    parts = split(view, added) if added else None
    return (*parts, high) if parts and high else None


def _hard_sigmoid(view: View, node: Node) -> Node | None:
    if node.op not in ("Mul", "Div"):
        return None
    found = factors(view, node.outputs[0], 1)
    ramp = _ramp(view, found.names[0]) if len(found.names) == 1 else None
    if ramp is None or not close(found.by * ramp[2], 1):
        return None
    return view.node("HardSigmoid", [ramp[0]], node, alpha=1 / ramp[2], beta=ramp[1] / ramp[2])


def _divided(view: View, node: Node) -> Node | None:
    """x / (1 + exp(-x))."""
    added = view.made_by(node.inputs[1], "Add") if node.op == "Div" else None
    parts = split(view, added) if added else None
    exp = view.made_by(parts[0], "Exp") if parts and close(parts[1], 1) else None
    inner = view.made_by(exp.inputs[0], "Neg") if exp else None
    fits = inner is not None and inner.inputs[0] == node.inputs[0]
    return view.node("Swish", node.inputs[:1], node) if fits else None


def limits_of(view: View, clip: Node) -> tuple[float | None, float | None]:
    """Least and greatest of a Clip, infinite where it has none; None for what is made."""
    found: list[float | None] = []
    for i, (name, other) in enumerate((("min", -math.inf), ("max", math.inf)), start=1):
        given = clip.inputs[i] if i < len(clip.inputs) else ""
        found.append(view.scalar(given) if given else float(clip.attributes.get(name, other)))
    return found[0], found[1]


def _power(view: View, node: Node) -> Node | None:
    """Powers that are a product, a root or a quotient."""
    exponent = view.scalar(node.inputs[1]) if node.op == "Pow" else None
    if exponent is None or not view.trials.same(node.inputs[0], node.outputs[0]):
        return None
    if view.trials.dtypes.get(node.inputs[0]) != "float32":
        return None
    x = node.inputs[0]
    match exponent:
        case 2.0:
            return view.node("Mul", [x, x], node)
        case 0.5:
            return view.node("Sqrt", [x], node)
        case -1.0:
            return view.node("Reciprocal", [x], node)
    return None


def _limits(view: View, node: Node) -> Node | None:
    """min(max(x, a), b), in any order, and two clips."""
    if node.op not in ("Min", "Max") or view.trials.dtypes.get(node.outputs[0]) != "float32":
        return None
    parts = split(view, node)
    inner = view.made_by(parts[0], "Min" if node.op == "Max" else "Max", "Relu") if parts else None
    if parts is None or inner is None or (inner.op == "Relu" and node.op == "Max"):
        return None
    other = (inner.inputs[0], 0.0) if inner.op == "Relu" else split(view, inner)
    if other is None:
        return None
    low, high = (other[1], parts[1]) if node.op == "Min" else (parts[1], other[1])
    return view.node("Clip", [other[0]], node, min=low, max=high) if low <= high else None


_RULES = (_power, _limits, _product, _hard_sigmoid, _divided)
