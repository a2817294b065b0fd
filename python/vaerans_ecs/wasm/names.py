"""Names of an ONNX model, each for one value: branches may use those of other branches again."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import onnx


def rename(model: onnx.ModelProto) -> None:
    """Gives what branches make names of its own, in place."""
    taken = set(_made(model.graph))
    taken |= {v.name for v in model.graph.input}
    _branches(model.graph, {}, taken)


def _made(graph: onnx.GraphProto) -> list[str]:
    names = [t.name for t in graph.initializer]
    for node in graph.node:
        names += node.output
    return names


def _branches(graph: onnx.GraphProto, known: dict[str, str], taken: set[str]) -> None:
    for node in graph.node:
        for attribute in node.attribute:
            if attribute.HasField("g"):
                _branch(attribute.g, known, taken)


def _branch(graph: onnx.GraphProto, known: dict[str, str], taken: set[str]) -> None:
    new = dict(known)
    for name in _made(graph):
        if name:
            new[name] = _fresh(name, taken)
    for tensor in graph.initializer:
        tensor.name = new[tensor.name]
    for node in graph.node:
        for names in (node.input, node.output):
            for i, name in enumerate(names):
                names[i] = new.get(name, name)
    for value in [*graph.output, *graph.value_info]:
        value.name = new.get(value.name, value.name)
    _branches(graph, new, taken)


def _fresh(name: str, taken: set[str]) -> str:
    fresh, i = name, 0
    while fresh in taken:
        i += 1
        fresh = f"{name}.{i}"
    taken.add(fresh)
    return fresh
