"""What of a graph the engine cannot run."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, Any

from .. import _core
from .from_onnx import DTYPES

if TYPE_CHECKING:
    from .graph import Graph, Node


@cache
def operators() -> dict[str, dict[str, Any]]:
    """The engine's operators by name."""
    return {row["name"]: row for row in _core.nn_operators()}


def problems(graph: Graph) -> list[str]:
    """A line for each node that the engine cannot run, and for each value of a type that it lacks."""
    lines = []
    used = {name for node in graph.nodes for name in node.inputs} | set(graph.outputs)
    for name, array in graph.weights.items():
        if array.dtype.name not in DTYPES and name in used:
            lines.append(f"value {name!r}: elements of {array.dtype.name}; the engine has {', '.join(DTYPES)}")
    for port in graph.inputs:
        if port.dtype not in DTYPES:
            lines.append(f"input {port.name!r}: elements of {port.dtype}; the engine has {', '.join(DTYPES)}")
    for node in graph.nodes:
        lines += [f"{node.label}: {why}" for why in _reasons(node)]
        for branch in node.graphs:
            lines += problems(branch)
    return lines


def _reasons(node: Node) -> list[str]:
    row = operators().get(node.op)
    if row is None:
        return ["the engine has no such operator"]
    declared = {name: words for name, kind, words in row["attributes"]}
    reasons = [f"attribute {name} is not known" for name in node.attributes if name not in declared]
    for name, value in node.attributes.items():
        if declared.get(name) and value not in declared[name]:
            reasons.append(f"{name} of {value!r}; the engine has {', '.join(declared[name])}")
    for what, has, (least, most) in (
        ("inputs", len(node.inputs), row["inputs"]),
        ("outputs", len(node.outputs), row["outputs"]),
    ):
        if not least <= has <= most:
            reasons.append(f"{has} {what}; it takes {least} to {most}")
    return reasons
