"""Operators of old versions of ONNX as those of the newest."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from .graph import Node

if TYPE_CHECKING:
    from collections.abc import Callable

    from .graph import Graph, Shapes


def renew(graph: Graph, shapes: Shapes, opset: int) -> None:
    """Renews the nodes of the graph and its branches, which are of version `opset`, in place."""
    nodes: list[Node] = []
    for node in graph.nodes:
        for branch in node.graphs:
            renew(branch, shapes, opset)
        renewal = _RENEWALS.get(node.op)
        nodes += renewal[1](graph, shapes, node) if renewal and opset < renewal[0] else [node]
    graph.nodes = nodes


def _constant(graph: Graph, node: Node, what: str, array: np.ndarray) -> str:
    name = f"{node.outputs[0]}@{what}"
    graph.weights[name] = array
    return name


def _softmax(graph: Graph, shapes: Shapes, node: Node) -> list[Node]:
    """Over all axes from `axis` on, not over one."""
    dims = shapes.dims.get(node.inputs[0])
    axis = int(node.attributes.get("axis", 1))
    node.attributes["axis"] = axis
    if dims is None or axis % max(len(dims), 1) == len(dims) - 1:
        return [node]
    flat, made, shape = (f"{node.outputs[0]}@{what}" for what in ("flat", "made", "shape"))
    shapes.dims |= {flat: [0, 0], made: [0, 0], shape: [len(dims)]}
    dtype = shapes.dtypes.get(node.inputs[0], "float32")
    shapes.dtypes |= {flat: dtype, made: dtype, shape: "int64"}
    return [
        Node("Flatten", node.inputs[:1], [flat], {"axis": axis}, name=node.name),
        Node(node.op, [flat], [made], {"axis": 1}, name=node.name),
        Node("Shape", node.inputs[:1], [shape], name=node.name),
        Node("Reshape", [made, shape], node.outputs, name=node.name),
    ]


def _resize(graph: Graph, shapes: Shapes, node: Node) -> list[Node]:
    """Of scales alone, counted from the corner."""
    x, *scales = node.inputs
    if not scales:
        scales = [_constant(graph, node, "scales", np.array(node.attributes["scales"], np.float32))]
    attributes = {"mode": node.attributes.get("mode", "nearest")}
    attributes |= {"coordinate_transformation_mode": "asymmetric", "nearest_mode": "floor"}
    return [Node("Resize", [x, "", *scales], node.outputs, attributes, name=node.name)]


def _pad(graph: Graph, shapes: Shapes, node: Node) -> list[Node]:
    """Paddings and value were attributes."""
    pads = _constant(graph, node, "pads", np.array(node.attributes["pads"], np.int64))
    value = _constant(graph, node, "value", np.array(node.attributes.get("value", 0.0), np.float32))
    mode = {"mode": node.attributes.get("mode", "constant")}
    return [Node("Pad", [node.inputs[0], pads, value], node.outputs, mode, name=node.name)]


def _top_k(graph: Graph, shapes: Shapes, node: Node) -> list[Node]:
    """The count was an attribute."""
    if len(node.inputs) > 1:
        return [node]
    k = _constant(graph, node, "k", np.array([node.attributes.pop("k")], np.int64))
    return [Node("TopK", [node.inputs[0], k], node.outputs, node.attributes, name=node.name)]


def _group_norm(graph: Graph, shapes: Shapes, node: Node) -> list[Node]:
    """Scale and bias were by group."""
    inputs = [node.inputs[0]]
    channels = shapes.dims[node.inputs[0]][1]
    for name in node.inputs[1:]:
        if name in graph.weights and channels:
            each = np.repeat(graph.weights[name], channels // int(node.attributes["num_groups"]))
            name = _constant(graph, node, name, each)
        inputs.append(name)
    return [Node(node.op, inputs, node.outputs, node.attributes, name=node.name)]


#: By name: the version from which on an operator is as it is now, and what renews those of before.
_RENEWALS: dict[str, tuple[int, Callable[[Graph, Shapes, Node], list[Node]]]] = {
    "Softmax": (13, _softmax),
    "LogSoftmax": (13, _softmax),
    "Hardmax": (13, _softmax),
    "Resize": (11, _resize),
    "Upsample": (99, _resize),
    "Pad": (11, _pad),
    "TopK": (10, _top_k),
    "GroupNormalization": (21, _group_norm),
}
