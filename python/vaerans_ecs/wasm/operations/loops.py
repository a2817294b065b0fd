"""Loops whose number of rounds is known: round after round."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from ..graph import Graph, Node
from .context import Refused

if TYPE_CHECKING:
    from .context import Context, Lowering

#: Most nodes that an unrolled loop becomes.
MAX_NODES = 4096


def _inside(context: Context, graph: Graph, names: dict[str, str], like: str) -> list[str]:
    """The nodes of a body with new names for all that it makes; what it gives."""
    names = dict(names)
    for name, array in graph.weights.items():
        names[name] = context.weight(array, like)
    for node in graph.nodes:
        renamed = _renamed(context, node, names, like)
        context.lower(renamed)
    return [names.get(name, name) for name in graph.outputs]


def _renamed(context: Context, node: Node, names: dict[str, str], like: str) -> Node:
    inputs = [names.get(name, name) for name in node.inputs]
    graphs = [_branch(context, graph, names, like) for graph in node.graphs]
    outputs = [_new(context, name, names, like) for name in node.outputs]
    return Node(node.op, inputs, outputs, node.attributes, graphs, node.name, node.tensors)


def _new(context: Context, name: str, names: dict[str, str], like: str) -> str:
    if not name:
        return ""
    names[name] = context.fresh(like)
    context.shapes.note_like(names[name], name)
    return names[name]


def _branch(context: Context, graph: Graph, names: dict[str, str], like: str) -> Graph:
    """A graph within a body, with the names of this round."""
    own = dict(names)
    weights = {_new(context, name, own, like): array for name, array in graph.weights.items()}
    nodes = [_renamed(context, node, own, like) for node in graph.nodes]
    return Graph(nodes, graph.inputs, [own.get(name, name) for name in graph.outputs], weights)


def scan(context: Context, node: Node) -> None:
    """A body for each slice of some inputs along an axis; states go from round to round."""
    (body,), a = node.graphs, node.attributes
    if "directions" in a or len(body.inputs) != len(node.inputs):
        raise Refused("a Scan of opset 8")
    scans = int(a["num_scan_inputs"])
    states, sources = list(node.inputs[:-scans]), node.inputs[-scans:]
    axes = [int(v) % context.rank(s) for v, s in zip(a.get("scan_input_axes", [0] * scans), sources, strict=True)]
    rounds = context.fixed(sources[0])[axes[0]]
    if rounds == 0 or rounds * len(body.nodes) > MAX_NODES:
        raise Refused(f"{rounds} rounds of {len(body.nodes)} nodes")
    backward = a.get("scan_input_directions", [0] * scans)
    made: list[list[str]] = []
    for t in range(rounds):
        names = dict(zip((port.name for port in body.inputs), states, strict=False))
        for k, source in enumerate(sources):
            at = context.numbers(rounds - 1 - t if backward[k] else t, source)
            port = body.inputs[len(states) + k]
            names[port.name] = context.add("Gather", [source, at], node, axis=axes[k])
            context.shapes.note_slice(names[port.name], source, axes[k])
        results = _inside(context, body, names, node.outputs[0] or node.outputs[-1])
        states, rest = _carried(context, states, results), results[len(states) :]
        made.append(rest)
    _finish(context, node, states, made)


def _carried(context: Context, states: list[str], results: list[str]) -> list[str]:
    """States of the next round; they are of the types of those of the last."""
    for old, new in zip(states, results, strict=False):
        context.shapes.dtypes.setdefault(new, context.dtype(old))
        context.shapes.dims.setdefault(new, context.dims(old))
    return results[: len(states)]


def _finish(context: Context, node: Node, states: list[str], made: list[list[str]]) -> None:
    """The last states, and what every round gave beside one another."""
    for name, state in zip(node.outputs, states, strict=False):
        if name:
            context.add("Identity", [state], node, to=name)
    a, count = node.attributes, len(node.outputs) - len(states)
    backward = a.get("scan_output_directions", [0] * count)
    for k, name in enumerate(node.outputs[len(states) :]):
        if not name:
            continue
        axis = int(a.get("scan_output_axes", [0] * count)[k])
        axis = axis if axis >= 0 else axis % context.rank(name)
        parts = [context.add("Unsqueeze", [results[k]], node, axes=[axis]) for results in made]
        context.onnx("Concat", parts[::-1] if backward[k] else parts, node, to=name, axis=axis)


def loop(context: Context, node: Node) -> None:
    """A known number of rounds whose condition always holds."""
    (body,) = node.graphs
    trips = context.known(node.inputs[0]) if node.inputs[0] else None
    condition = context.known(node.inputs[1]) if len(node.inputs) > 1 and node.inputs[1] else None
    holds = len(node.inputs) < 2 or not node.inputs[1] or (condition is not None and bool(condition.all()))
    if trips is None or not holds or not _goes_on(body):
        raise Refused("a loop whose number of rounds is not known at export")
    rounds = int(trips.reshape(-1)[0])
    if rounds < 1 or rounds * len(body.nodes) > MAX_NODES:
        raise Refused(f"{rounds} rounds of {len(body.nodes)} nodes")
    states, made = list(node.inputs[2:]), []
    for t in range(rounds):
        names = dict(zip((port.name for port in body.inputs[2:]), states, strict=True))
        names[body.inputs[0].name] = context.numbers(t, node.outputs[0])
        names[body.inputs[1].name] = context.weight(_true(), node.outputs[0])
        results = _inside(context, body, names, node.outputs[0])[1:]
        states, rest = _carried(context, states, results), results[len(states) :]
        made.append(rest)
    _finish(context, node, states, made)


def _true() -> np.ndarray:
    return np.array(True)


def _goes_on(body: Graph) -> bool:
    """Whether the condition that a body gives is the one that it got, or true."""
    name = body.outputs[0]
    for node in reversed(body.nodes):
        if name in node.outputs and node.op == "Identity":
            name = node.inputs[0]
    if name in body.weights:
        return bool(body.weights[name].all())
    return name == body.inputs[1].name


LOWERINGS: dict[str, Lowering] = {"Scan": scan, "Loop": loop}
