"""A graph as passes look at it: who makes a value, who reads it, what is known of it."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

import numpy as np

from .graph import Attribute, Graph, Node

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from .trial import Trials


class View:
    """One graph; values of those around it are known, but not made here."""

    def __init__(self, graph: Graph, trials: Trials, outer: View | None = None) -> None:
        self.graph, self.trials, self.outer = graph, trials, outer
        self.maker = {name: node for node in graph.nodes for name in node.outputs if name}
        self.uses: Counter[str] = Counter(graph.outputs)
        for node in graph.nodes:
            self.uses.update(read_by(node))

    def inside(self, branch: Graph) -> View:
        """A branch, with the trials at which it fits."""
        made = [name for node in branch.nodes for name in node.outputs if name]
        return View(branch, self.trials.at(made), self)

    def known(self, name: str) -> np.ndarray | None:
        """The array of a weight; None for what is made."""
        if name in self.graph.weights:
            return self.graph.weights[name]
        return self.outer.known(name) if self.outer else None

    def scalar(self, name: str) -> float | None:
        """The number that a weight of one element is."""
        known = self.known(name) if name else None
        return float(known.reshape(-1)[0]) if known is not None and known.size == 1 else None

    def made_by(self, name: str, *ops: str) -> Node | None:
        """The node that makes a value, if it is one of these operators."""
        node = self.maker.get(name)
        return node if node is not None and node.op in ops else None

    def only_for(self, name: str) -> bool:
        """Whether one node alone reads the value, and the caller does not."""
        return self.uses[name] == 1 and name not in self.graph.outputs

    def weight(self, array: np.ndarray, like: str) -> str:
        """A new weight."""
        name = fresh(self, like)
        self.graph.weights[name] = array
        return name

    def node(self, op: str, inputs: list[str], of: Node, to: str = "", **attributes: Attribute) -> Node:
        """A node in place of another, or on the way to it; its output is `to`, or that of `of`."""
        return Node(op, inputs, [to or of.outputs[0]], attributes, [], of.name)


def fresh(view: View, like: str) -> str:
    """A name that nothing has."""
    root = view
    while root.outer:
        root = root.outer
    taken = root.__dict__.setdefault("_taken", set(all_names(root.graph)))
    stem, i = like.partition("~")[0], len(taken)
    while f"{stem}~{i}" in taken:
        i += 1
    taken.add(f"{stem}~{i}")
    return f"{stem}~{i}"


def all_names(graph: Graph) -> Iterator[str]:
    """Every name of a graph and its branches."""
    yield from (port.name for port in graph.inputs)
    yield from graph.weights
    for node in graph.nodes:
        yield from node.outputs
        for branch in node.graphs:
            yield from all_names(branch)


def read_by(node: Node) -> list[str]:
    """What a node reads, its branches included."""
    names = [name for name in node.inputs if name]
    for branch in node.graphs:
        names += free_names(branch)
    return names


def free_names(graph: Graph) -> list[str]:
    """What a branch reads of the graph around it."""
    inside = set(graph.weights)
    for node in graph.nodes:
        inside |= set(node.outputs)
    names = [name for node in graph.nodes for name in read_by(node)] + graph.outputs
    return [name for name in names if name not in inside]


def rewrite(graph: Graph, trials: Trials, rule: Callable[[View, Node], list[Node] | None]) -> bool:
    """Asks the rule for every node, in order, branches too; whether anything changed.

    The rule gives the nodes that stand in its place, of which the last makes its outputs, or None to leave it.
    """
    return _rewrite(View(graph, trials), rule)


def _rewrite(view: View, rule: Callable[[View, Node], list[Node] | None]) -> bool:
    changed, nodes = False, []
    for node in view.graph.nodes:
        for branch in node.graphs:
            changed |= _rewrite(view.inside(branch), rule)
        new = rule(view, node)
        if new is None:
            nodes.append(node)
            continue
        changed = True
        nodes += new
        for made in new:
            view.maker |= {name: made for name in made.outputs if name}
            view.uses.update(read_by(made))
        view.uses.subtract(read_by(node))
    view.graph.nodes = nodes
    return changed
