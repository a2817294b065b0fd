"""What is worked out twice alike is worked out once, and equal weights are stored once."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING

import numpy as np

from .identities import replace

if TYPE_CHECKING:
    from ..graph import Graph, Node
    from ..trial import Trials

Key = tuple[object, ...]


def run(graph: Graph, trials: Trials) -> bool:
    """Later nodes and weights that equal an earlier one give way to it; those of branches to those around them, too."""
    return _sweep(graph, {}, {})


def _sweep(graph: Graph, weights: dict[Key, str], nodes: dict[Key, list[str]]) -> bool:
    new: dict[str, str] = {}
    for name, array in list(graph.weights.items()):
        first = weights.setdefault(_weight_key(array), name)
        if first != name and name not in graph.outputs:
            new[name] = first
            del graph.weights[name]
    left, changed = [], bool(new)
    for node in graph.nodes:
        replace(node, new)
        for branch in node.graphs:
            changed |= _sweep(branch, dict(weights), dict(nodes))
        first_outputs = nodes.setdefault(_node_key(node), node.outputs) if not node.graphs else node.outputs
        same = first_outputs is not node.outputs and _covers(first_outputs, node.outputs)
        if same and not set(node.outputs) & set(graph.outputs):
            new |= {b: a for a, b in zip(first_outputs, node.outputs, strict=False) if b}
            changed = True
        else:
            left.append(node)
    graph.nodes = left
    return changed


def _covers(first: list[str], other: list[str]) -> bool:
    return all(i < len(first) and first[i] for i, name in enumerate(other) if name)


def _weight_key(array: np.ndarray) -> Key:
    digest = hashlib.blake2b(np.ascontiguousarray(array).tobytes(), digest_size=16).digest()
    return array.dtype.str, array.shape, digest


def _node_key(node: Node) -> Key:
    return node.op, tuple(node.inputs), repr(sorted(node.attributes.items()))
