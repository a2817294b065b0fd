"""How weights are packed when they are loaded: as the kernels want the factors of products."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import numpy as np

    from .graph import Graph, Node

#: Operators whose second input may be packed.
FACTORS = ("Conv", "ConvTranspose", "MatMul", "LSTM", "GRU", "RNN")
#: Fewest channels, read and written, from which Winograd's F(4x4, 3x3) is faster than a product.
WINOGRAD_CHANNELS = 12


def choose_forms(graph: Graph, winograd: bool = True) -> None:
    """Says for every weight that only products read, the same way each, how it is packed; branches too."""
    wanted: dict[str, set[tuple[str, int]]] = defaultdict(set)
    _uses(graph, wanted, winograd, {})
    _put(graph, wanted)


def _put(graph: Graph, wanted: dict[str, set[tuple[str, int]]]) -> None:
    results = set(graph.outputs)
    for name in graph.weights:
        forms = wanted[name]
        if len(forms) == 1 and name not in results:
            graph.forms[name] = next(iter(forms))
    for node in graph.nodes:
        for branch in node.graphs:
            _put(branch, wanted)


def _uses(graph: Graph, wanted: dict[str, set[tuple[str, int]]], winograd: bool, outer: dict[str, np.ndarray]) -> None:
    weights = outer | graph.weights
    for node in graph.nodes:
        for i, name in enumerate(node.inputs):
            if name in weights:
                wanted[name].add(_form(node, i, weights[name], winograd))
        for branch in node.graphs:
            _uses(branch, wanted, winograd, weights)
            for name in branch.outputs:
                wanted[name].add(("plain", 0))


def _form(node: Node, i: int, weight: np.ndarray, winograd: bool) -> tuple[str, int]:
    if i != 1 or node.op not in FACTORS or weight.dtype != "float32" or weight.ndim < 2:
        return "plain", 0
    if node.op == "MatMul" and weight.ndim > 2:
        return "plain", 0
    groups = int(node.attributes.get("group", 1)) if node.op.startswith("Conv") else 1
    each, channels = weight.shape[-2:]
    if groups > 1 and each == 1 and groups == channels:
        return "plain", 0  # each channel by itself
    if winograd and node.op == "Conv" and groups == 1 and _is_three_wide(node, weight):
        return "winograd", 1
    return "panels", groups


def _is_three_wide(node: Node, weight: np.ndarray) -> bool:
    ones = [1, 1]
    steps = node.attributes.get("strides", ones) == ones and node.attributes.get("dilations", ones) == ones
    return weight.shape[:2] == (3, 3) and steps and min(weight.shape[2:]) >= WINOGRAD_CHANNELS
