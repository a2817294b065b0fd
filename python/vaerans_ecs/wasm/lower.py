"""A graph of ONNX's operators as one of the engine's."""

from __future__ import annotations

from typing import TYPE_CHECKING

from .graph import Graph, Node, Shapes
from .operations import LOWERINGS, Context

if TYPE_CHECKING:
    from collections.abc import Callable


def lower(graph: Graph, shapes: Shapes, outer: Context | None = None) -> Graph:
    """Every node by its lowering, or as it is; branches too."""
    context = Context(dict(graph.weights), shapes, outer)
    for node in graph.nodes:
        _lowering(node)(
            context,
            Node(
                node.op,
                node.inputs,
                node.outputs,
                node.attributes,
                _branches(node, shapes, context),
                node.name,
                node.tensors,
            ),
        )
    return context.graph(graph)


def _branches(node: Node, shapes: Shapes, context: Context) -> list[Graph]:
    return [lower(branch, shapes, context) for branch in node.graphs]


def _lowering(node: Node) -> Callable[[Context, Node], None]:
    return LOWERINGS.get(node.op, Context.keep)
