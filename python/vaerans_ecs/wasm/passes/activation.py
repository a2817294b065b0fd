"""Residuals and activations behind a product or a normalisation, in the step that makes it."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from ..engine import has
from ..view import View, rewrite
from .elementwise import limits_of
from .scale import PRODUCTS

if TYPE_CHECKING:
    from ..graph import Attribute, Graph, Node
    from ..trial import Trials

#: Operators that may end in an activation.
ACTIVE = (*PRODUCTS, "GroupNormalization", "LayerNormalization", "RMSNormalization", "Add")


def run(graph: Graph, trials: Trials) -> bool:
    """Takes them in, where one node alone reads the sum."""
    return rewrite(graph, trials, _rule)


def _rule(view: View, node: Node) -> list[Node] | None:
    if node.op == "Add":
        found = _residual(view, node)
        return [found] if found else None
    activation = _activation(view, node)
    before = view.made_by(node.inputs[0], *ACTIVE) if activation and node.inputs else None
    if activation is None or before is None or not _takes_activation(view, before, node.inputs[0]):
        return None
    return [view.node(before.op, before.inputs, node, **(before.attributes | activation))]


def _takes_activation(view: View, node: Node, name: str) -> bool:
    free = node.attributes.get("activation", "none") == "none" and not node.attributes.get("residual_last", 0)
    floats = view.trials.dtypes.get(name) == "float32"
    return free and floats and view.only_for(name) and has(node.op, "activation")


def _activation(view: View, node: Node) -> dict[str, Attribute] | None:
    """What an element-by-element node is as an attribute."""
    match node.op:
        case "Relu":
            return {"activation": "clip", "low": 0.0, "high": math.inf}
        case "Clip":
            low, high = limits_of(view, node)
            return None if low is None or high is None else {"activation": "clip", "low": low, "high": high}
        case "LeakyRelu":
            return {"activation": "leaky", "low": float(node.attributes.get("alpha", 0.01))}
        case "Swish" if node.attributes.get("alpha", 1.0) == 1.0:
            return {"activation": "silu"}
        case "Gelu" if node.attributes.get("approximate", "none") == "none":
            return {"activation": "gelu"}
        case "Sigmoid" | "Tanh":
            return {"activation": node.op.lower()}
        case "HardSwish":
            return {"activation": "hard_swish"}
    return None


def _residual(view: View, node: Node) -> Node | None:
    """A sum with something of the same shape; of two products, into the later one."""
    sides = [(i, j) for i, j in ((0, 1), (1, 0)) if _may_add(view, node.inputs[i])]
    if node.inputs[0] == node.inputs[1] or not sides or not view.trials.same(*node.inputs):
        return None
    made = list(view.maker)
    i, j = max(sides, key=lambda side: made.index(node.inputs[side[0]]))
    product = view.maker[node.inputs[i]]
    inputs = [*product.inputs, *[""] * (3 - len(product.inputs)), node.inputs[j]]
    last = product.attributes.get("activation", "none") != "none"
    return view.node(product.op, inputs, node, **(product.attributes | ({"residual_last": 1} if last else {})))


def _may_add(view: View, name: str) -> bool:
    node = view.made_by(name, *PRODUCTS)
    return (
        node is not None
        and len(node.inputs) <= 3
        and view.only_for(name)
        and has(node.op, "residual_last")
        and view.trials.dtypes.get(name) == "float32"
    )
