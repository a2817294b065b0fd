"""A graph of ONNX's operators as one of the engine's."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ..errors import ModelError
from .from_onnx import graph_of, shapes_of
from .graph import Graph, Node, Shapes
from .operations import LOWERINGS, Context, Refused
from .operations.functions import expand
from .support import problems

if TYPE_CHECKING:
    import onnx


def lower_model(model: onnx.ModelProto) -> Graph:
    """The graph of a model, of the engine's operators alone.

    Raises
    ------
    ModelError
        ``model.operator``: nodes that the engine cannot run, all of them.
    """
    model = expand(model)
    return lower(graph_of(model), shapes_of(model))


def lower(graph: Graph, shapes: Shapes) -> Graph:
    """Every node by its lowering, or as it is; branches too.

    Raises
    ------
    ModelError
        ``model.operator``: nodes that the engine cannot run, all of them.
    """
    lowered, refused = lower_noting(graph, shapes)
    if refused:
        raise ModelError("model.operator", refusal(refused))
    return lowered


def lower_noting(graph: Graph, shapes: Shapes) -> tuple[Graph, list[str]]:
    """As `lower`, and a line for each node that the engine cannot run; such nodes are left as they are, or out."""
    refused: list[str] = []
    lowered = _lower(graph, shapes, refused)
    return lowered, list(dict.fromkeys(refused + problems(lowered)))


def refusal(lines: list[str]) -> str:
    """All that the engine cannot run, in one text."""
    return "the engine cannot run this model:" + "".join(f"\n  {line}" for line in lines)


def _lower(graph: Graph, shapes: Shapes, refused: list[str], outer: Context | None = None) -> Graph:
    def one(context: Context, node: Node) -> None:
        if node.op == "If":
            branches = [_lower(branch, shapes, refused, context) for branch in node.graphs]
            node = Node(node.op, node.inputs, node.outputs, node.attributes, branches, node.name, node.tensors)
        try:
            LOWERINGS.get(node.op, Context.keep)(context, node)
        except Refused as e:
            refused.append(f"{node.label}: {e}")

    context = Context(dict(graph.weights), shapes, one, outer)
    for node in graph.nodes:
        one(context, node)
    return context.graph(graph)
