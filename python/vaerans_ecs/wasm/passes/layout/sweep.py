"""Goes through the nodes of a graph and puts changes of layout off."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ...graph import Graph, Node
from ...view import View, read_by
from .rules import RULES, TOGETHER
from .state import State

if TYPE_CHECKING:
    from ...trial import Trials

#: Operators whose operands are all alike.
ANY = (*TOGETHER, "Concat")


def run(graph: Graph, trials: Trials) -> bool:
    """Puts Transposes off in the graph and, each by itself, in its branches."""
    if not trials.sizes:
        return False
    return _sweep(View(graph, trials))


def _sweep(view: View) -> bool:
    graph = view.graph
    changed = any([_sweep(view.inside(branch)) for node in graph.nodes for branch in node.graphs])
    before = [(node.op, tuple(node.inputs)) for node in graph.nodes]
    state = State(view)
    for node in graph.nodes:
        _one(state, node)
    for i, name in enumerate(graph.outputs):
        _give(state, i, name)
    graph.nodes = state.nodes
    return changed or [(node.op, tuple(node.inputs)) for node in graph.nodes] != before


def _one(state: State, node: Node) -> None:
    node.inputs = [state.name(name) for name in node.inputs]
    rule = RULES.get(node.op)
    # One operand decides, but where all are alike.
    deciding = node.inputs if node.op in ANY else node.inputs[:1]
    put_off = node.op == "Transpose" or any(name in state.put_off for name in deciding)
    if rule is not None and put_off and rule(state, node):
        return
    for name in dict.fromkeys(read_by(node)):
        made = state.here(name, node)
        if made != name:
            _rename(node, name, made)
    state.nodes.append(node)


def _rename(node: Node, old: str, new: str) -> None:
    from ..identities import replace

    replace(node, {old: new})


def _give(state: State, i: int, name: str) -> None:
    """What the graph gives is made under its name."""
    graph = state.view.graph
    of = Node("Identity", [name], [name], name=name)
    made = state.here(name, of)
    if made != name:
        state.add("Identity", [made], [name], of, {})
    graph.outputs[i] = name
