"""What nobody reads is not worked out and not stored."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ..view import read_by

if TYPE_CHECKING:
    from ..graph import Graph, Node
    from ..trial import Trials


def run(graph: Graph, trials: Trials) -> bool:
    """Takes out nodes, outputs of nodes and weights that lead to no output."""
    return _sweep(graph)


def _sweep(graph: Graph) -> bool:
    changed = any([_sweep(branch) for node in graph.nodes for branch in node.graphs])
    wanted, kept = set(graph.outputs), []
    for node in reversed(graph.nodes):
        if not wanted.intersection(node.outputs):
            changed = True
            continue
        changed |= _drop_outputs(node, wanted)
        wanted.update(read_by(node))
        kept.append(node)
    graph.nodes = kept[::-1]
    unread = [name for name in graph.weights if name not in wanted]
    for name in unread:
        del graph.weights[name]
        graph.forms.pop(name, None)
        graph.storages.pop(name, None)
    return changed or bool(unread)


def _drop_outputs(node: Node, wanted: set[str]) -> bool:
    """An `If` gives what its branches give."""
    if node.graphs:
        return False
    left = [name if name in wanted else "" for name in node.outputs]
    while left and not left[-1] and node.op != "Split":
        left.pop()
    changed = left != node.outputs
    node.outputs = left
    return changed
