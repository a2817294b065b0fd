"""Nodes that hand on what they are given."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from ..view import View

if TYPE_CHECKING:
    from ..graph import Graph, Node
    from ..trial import Trials


def run(graph: Graph, trials: Trials) -> bool:
    """Takes them out; one between what is not ours and an output stays."""
    return _sweep(View(graph, trials))


def _sweep(view: View) -> bool:
    graph = view.graph
    changed = any([_sweep(view.inside(branch)) for node in graph.nodes for branch in node.graphs])
    new: dict[str, str] = {}
    for node in list(graph.nodes):
        replace(node, new)
        if not hands_on(view, node):
            continue
        source, target = node.inputs[0], node.outputs[0]
        if target not in graph.outputs:
            new[target] = source
        elif source in view.maker and source not in graph.outputs:
            maker = view.maker[source]
            maker.outputs = [target if name == source else name for name in maker.outputs]
            view.maker[target] = maker
            new[source] = target
            _replace_all(graph, {source: target})
        else:
            if node.op != "Identity":
                changed, node.op, node.inputs, node.attributes = True, "Identity", [source], {}
            continue
        graph.nodes.remove(node)
        changed = True
    _replace_all(graph, new)
    return changed


def replace(node: Node, new: dict[str, str]) -> None:
    """Other names for what a node reads, its branches too."""
    if not new:
        return
    node.inputs = [_last(name, new) for name in node.inputs]
    for branch in node.graphs:
        _replace_all(branch, new)
        branch.outputs = [_last(name, new) for name in branch.outputs]


def _replace_all(graph: Graph, new: dict[str, str]) -> None:
    for node in graph.nodes:
        replace(node, new)


def _last(name: str, new: dict[str, str]) -> str:
    while name in new:
        name = new[name]
    return name


def hands_on(view: View, node: Node) -> bool:
    """Whether the output is the first input, whatever that holds."""
    trials = view.trials
    varied = trials.varied
    match node.op:
        case "Identity":
            return True
        case "Transpose":
            perm = node.attributes.get("perm")
            return perm is not None and list(perm) == sorted(perm)
        case "Cast":
            return trials.dtypes.get(node.inputs[0]) == node.attributes.get("type")
        case "Reshape" | "Flatten" | "Expand" | "Tile" | "Squeeze" | "Unsqueeze":
            return varied and trials.same(node.inputs[0], node.outputs[0])
        case "Slice":
            steps = view.known(node.inputs[4]) if len(node.inputs) > 4 and node.inputs[4] else np.ones(1)
            forward = steps is not None and bool((steps == 1).all())
            return forward and varied and trials.same(node.inputs[0], node.outputs[0])
        case "Concat":
            return len(node.inputs) == 1
        case "Mul" | "Div" | "Add" | "Sub":
            neutral = 1 if node.op in ("Mul", "Div") else 0
            return view.scalar(node.inputs[1]) == neutral and trials.same(node.inputs[0], node.outputs[0])
    return False
