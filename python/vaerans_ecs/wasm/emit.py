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
#: Elements of a value that shapes may depend on.
KNOWN = 1 << 12
#: Where weights stand: type, extents, storage, axis of its scales, form, groups of columns, first byte.
Places = dict[str, tuple[str, list[int], str, int, str, int, int]]


def emit(graph: Graph) -> tuple[bytes, bytes]:
    """Plan and weights of a graph whose nodes are the engine's operators.

    Raises
    ------
    ModelError
        ``model.operator``, ``model.plan``: a node that the engine cannot run.
    """
    weights, places = _weights(graph)
    return _plan(graph, weights, places), weights


def skeleton(graph: Graph) -> tuple[bytes, bytes]:
    """As `emit`, but no weight of more than `KNOWN` elements has its own: for shapes, which do not depend on those.

    Raises
    ------
    ModelError
        As `emit`.
    """
    large = [w for part in graphs(graph) for w in part.weights.values() if w.size > KNOWN]
    weights, places = _weights(graph, bytes(max((w.nbytes for w in large), default=0)))
    return _plan(graph, weights, places), weights


def _plan(graph: Graph, weights: bytes, places: Places) -> bytes:
    ids = {name: i for i, name in enumerate(values(graph))}
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
    return bytes(plan)


def graphs(graph: Graph) -> Iterator[Graph]:
    """The graph and its branches, whatever their depth."""
    yield graph
    for node in graph.nodes:
        for branch in node.graphs:
            yield from graphs(branch)


def values(graph: Graph) -> dict[str, None]:
    """Names of all values, each once."""
    names: dict[str, None] = {}
    for part in graphs(graph):
        names |= dict.fromkeys(port.name for port in part.inputs)
        names |= dict.fromkeys(part.weights)
        for node in part.nodes:
            names |= dict.fromkeys(name for name in node.outputs if name)
    return names


def _weights(graph: Graph, shared: bytes | None = None) -> tuple[bytes, Places]:
    """The file of weights, and where each stands; large ones at the start of `shared`, where that is given."""
    file = bytearray(shared or b"")
    places: Places = {}
    for part in graphs(graph):
        for name, array in part.weights.items():
            form, groups = part.forms.get(name, ("plain", 0))
            if shared is not None and array.size > KNOWN:
                places[name] = (array.dtype.name, list(array.shape), "plain", 0, form, groups, 0)
                continue
            storage, axis, data = _stored(array, *part.storages.get(name, ("plain", 0)))
            file += bytes(-len(file) % ALIGN)
            places[name] = (array.dtype.name, list(array.shape), storage, axis, form, groups, len(file))
            file += data
    return bytes(file), places


def _stored(array: np.ndarray, storage: str, axis: int) -> tuple[str, int, bytes]:
    """Bytes of a weight: as they are, as 16-bit floats, or as scales along an axis with 8-bit numbers behind them."""
    if storage == "half":
        return storage, 0, array.astype(np.float16).tobytes()
    if storage == "int8":
        scales, numbers = int8(array, axis)
        return storage, axis, scales.tobytes() + numbers.tobytes()
    return "plain", 0, np.ascontiguousarray(array).tobytes()


def int8(array: np.ndarray, axis: int) -> tuple[np.ndarray, np.ndarray]:
    """Scales along `axis` (float32), and the array in steps of them (-127 to 127)."""
    others = tuple(i for i in range(array.ndim) if i != axis)
    most = np.abs(array).max(axis=others, initial=0)
    scales = np.where(most > 0, most / 127, 1).astype(np.float32)
    spread = scales.reshape([-1 if i == axis else 1 for i in range(array.ndim)])
    return scales, np.clip(np.rint(array / spread), -127, 127).astype(np.int8)


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
