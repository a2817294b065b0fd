"""What no input changes is worked out now, by the engine itself."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np

from ... import _core
from ...errors import VaeransError
from ..emit import emit
from ..graph import Graph, Node
from ..view import View

if TYPE_CHECKING:
    from ..trial import Trials

#: Elements that a result may have, or twice as many as it was made of.
SMALL = 1 << 12


def run(graph: Graph, trials: Trials) -> bool:
    """Weights in place of the nodes that make them; of an `If` whose condition is known, its branch."""
    return _sweep(View(graph, trials))


def _sweep(view: View) -> bool:
    graph = view.graph
    changed = any([_sweep(view.inside(branch)) for node in graph.nodes for branch in node.graphs])
    made: set[str] = set()
    nodes = [node for node in graph.nodes if _folds(view, node, made)]
    if nodes and _fold(view, nodes, made):
        changed = True
    return _take_branches(view) or changed


def _folds(view: View, node: Node, made: set[str]) -> bool:
    if node.graphs or not node.inputs:
        return False
    if not all(name in made or view.known(name) is not None for name in node.inputs if name):
        return False
    if not all(name in view.trials.dims for name in node.outputs if name):
        return False
    size = sum(_size(view, name) for name in node.inputs if name)
    if sum(_size(view, name) for name in node.outputs if name) > max(SMALL, 2 * size):
        return False
    made.update(name for name in node.outputs if name)
    return True


def _size(view: View, name: str) -> int:
    known = view.known(name)
    return known.size if known is not None else math.prod(view.trials.dims[name][0])


def _fold(view: View, nodes: list[Node], made: set[str]) -> bool:
    graph = view.graph
    inside = {id(node) for node in nodes}
    rest = [node for node in graph.nodes if id(node) not in inside]
    names = sorted(made)
    weights = {}
    for node in nodes:
        for name in node.inputs:
            if name and name not in made:
                array = view.known(name)
                assert array is not None
                weights[name] = array
    arrays = evaluate(Graph(nodes, [], names, weights))
    if arrays is None:
        return False
    graph.weights |= arrays
    graph.nodes = rest
    return True


def evaluate(graph: Graph) -> dict[str, np.ndarray] | None:
    """The outputs of a graph without inputs; None where the engine cannot run it now."""
    try:
        plan, weights = emit(graph)
        network = _core.Network(plan, weights, 1, "strict")
        specs = network.prepare([])
        made = [np.empty(shape, dtype) for dtype, shape in specs]
        network.run([], [array.reshape(-1).view(np.uint8) for array in made])
    except VaeransError:
        return None
    return dict(zip(graph.outputs, made, strict=True))


def _take_branches(view: View) -> bool:
    graph, nodes, changed = view.graph, [], False
    for node in graph.nodes:
        condition = view.known(node.inputs[0]) if node.op == "If" else None
        if condition is None:
            nodes.append(node)
            continue
        branch = node.graphs[0 if bool(condition.reshape(-1)[0]) else 1]
        nodes += branch.nodes
        nodes += [
            Node("Identity", [source], [target], {}, [], node.name)
            for source, target in zip(branch.outputs, node.outputs, strict=True)
            if target
        ]
        graph.weights |= branch.weights
        changed = True
    graph.nodes = nodes
    return changed
