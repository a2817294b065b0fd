"""Numbers by channel behind a product go into its weights and bias: batch normalisation above all."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from ..engine import takes
from ..view import View, rewrite

if TYPE_CHECKING:
    from ..graph import Graph, Node
    from ..trial import Trials

#: Operators that end in a bias.
PRODUCTS = ("Conv", "ConvTranspose", "MatMul")


def run(graph: Graph, trials: Trials) -> bool:
    """Takes Mul, Div, Add and Sub by known numbers into the convolution or product in front of them."""
    return rewrite(graph, trials, _rule)


def _rule(view: View, node: Node) -> list[Node] | None:
    if node.op not in ("Mul", "Div", "Add", "Sub"):
        return None
    sides = [(0, 1)] if node.op in ("Div", "Sub") else [(0, 1), (1, 0)]
    for i, j in sides:
        product = view.made_by(node.inputs[i], *PRODUCTS)
        if product and view.only_for(node.inputs[i]) and is_plain(product):
            new = _taken(view, node, product, node.inputs[j])
            if new:
                return [new]
    return None


def is_plain(product: Node) -> bool:
    """Whether nothing comes behind sum and bias."""
    has_residual = len(product.inputs) > 3 and bool(product.inputs[3])
    return not has_residual and product.attributes.get("activation", "none") == "none"


def columns_of(view: View, product: Node) -> int | None:
    """How many columns a product has."""
    dims = view.trials.fixed(product.outputs[0])
    return dims[-1] if dims else None


def _taken(view: View, node: Node, product: Node, other: str) -> Node | None:
    columns = columns_of(view, product)
    known = view.known(other)
    bias_name = product.inputs[2] if len(product.inputs) > 2 else ""
    if columns is None or (node.op in ("Add", "Sub") and not takes(product.op, 3)):
        return None
    if known is None or known.size not in (1, columns) or (known.size > 1 and known.shape[-1] != columns):
        return _made_bias(view, node, product, other, columns, bias_name)
    if known.ndim > (view.trials.rank(product.outputs[0]) or 0) or known.dtype != "float32":
        return None
    by = np.broadcast_to(known.reshape(-1), (columns,))
    bias = view.known(bias_name) if bias_name else np.zeros(columns, np.float32)
    if bias is None:
        return None
    if node.op in ("Add", "Sub"):
        shifted = bias + by if node.op == "Add" else bias - by
        inputs = [*product.inputs[:2], view.weight(shifted.astype(np.float32), other)]
        return view.node(product.op, inputs, node, **product.attributes)
    weight = view.known(product.inputs[1])
    if weight is None or (product.op == "MatMul" and weight.ndim != 2):
        return None
    factor = np.asarray(by if node.op == "Mul" else 1 / by.astype(np.float64), np.float64)
    inputs = [product.inputs[0], view.weight((weight * factor).astype(np.float32), product.inputs[1])]
    if bias_name:
        inputs.append(view.weight((bias * factor).astype(np.float32), bias_name))
    return view.node(product.op, inputs, node, **product.attributes)


def _made_bias(view: View, node: Node, product: Node, other: str, columns: int, bias_name: str) -> Node | None:
    """A row that is made when the network runs is a bias as it is."""
    if node.op != "Add" or bias_name or view.trials.fixed(other) != [columns]:
        return None
    return view.node(product.op, [*product.inputs[:2], other], node, **product.attributes)
