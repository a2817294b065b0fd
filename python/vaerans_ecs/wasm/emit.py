"""A graph to the two files of a compiled network."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING

import numpy as np

from .. import _core

if TYPE_CHECKING:
    from collections.abc import Iterator

    from .graph import Graph, Node

#: Bytes to which every weight is aligned in its file.
ALIGN = 64


def emit(graph: Graph) -> tuple[bytes, bytes]:
    """Plan and weights of a graph whose nodes are the engine's operators.

    Raises
    ------
    ModelError
        ``model.operator``, ``model.plan``: a node that the engine cannot run.
    """
    ids = {name: i for i, name in enumerate(_values(graph))}
    weights, places = _weights(graph)
    symbols: list[str] = []
    inputs = [
        (port.name, ids[port.name], port.dtype, [_extent(d, symbols) for d in port.dims]) for port in graph.inputs
    ]
    plan = _core.nn_write_plan(
        symbols,
        [places.get(name) for name in ids],
        inputs,
        [(name, ids[name]) for name in graph.outputs],
        [_step(node, ids) for node in graph.nodes],
        [],
        weights,
        list(hashlib.sha256(weights).digest()),
    )
    return bytes(plan), weights


def _graphs(graph: Graph) -> Iterator[Graph]:
    """The graph and its branches, whatever their depth."""
    yield graph
    for node in graph.nodes:
        for branch in node.graphs:
            yield from _graphs(branch)


def _values(graph: Graph) -> dict[str, None]:
    """Names of all values, each once."""
    names: dict[str, None] = {}
    for part in _graphs(graph):
        names |= dict.fromkeys(port.name for port in part.inputs)
        names |= dict.fromkeys(part.weights)
        for node in part.nodes:
            names |= dict.fromkeys(name for name in node.outputs if name)
    return names


def _weights(graph: Graph) -> tuple[bytes, dict[str, tuple[str, list[int], str, int, str, int, int]]]:
    """The file of weights, and where each stands."""
    file = bytearray()
    places = {}
    for part in _graphs(graph):
        for name, array in part.weights.items():
            file += bytes(-len(file) % ALIGN)
            form, groups = part.forms.get(name, ("plain", 0))
            places[name] = (array.dtype.name, list(array.shape), "plain", 0, form, groups, len(file))
            file += np.ascontiguousarray(array).tobytes()
    return bytes(file), places


def _extent(extent: int | str, symbols: list[str]) -> tuple[bool, int]:
    if isinstance(extent, int):
        return False, extent
    if extent not in symbols:
        symbols.append(extent)
    return True, symbols.index(extent)


def _step(node: Node, ids: dict[str, int]) -> tuple[object, ...]:
    branches = [([_step(n, ids) for n in g.nodes], [ids[name] for name in g.outputs]) for g in node.graphs]
    return (
        node.op,
        [ids[name] if name else None for name in node.inputs],
        [ids[name] if name else None for name in node.outputs],
        node.attributes,
        branches,
        node.name,
    )
