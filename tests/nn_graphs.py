"""Graphs of the engine's operators made by hand, run as they are and after a pass."""

from __future__ import annotations

import copy
from typing import Any

import numpy as np

from vaerans_ecs import nn
from vaerans_ecs.wasm.emit import emit
from vaerans_ecs.wasm.graph import Graph, Node, Port
from vaerans_ecs.wasm.passes import PASSES, dead_code
from vaerans_ecs.wasm.trial import try_sizes

#: Most that a pass may change, over the greatest value.
BOUND = 1e-5


class Made:
    """A graph under construction: each call adds a node and gives the name of what it makes."""

    def __init__(self, **inputs: list[int | str] | tuple[str, list[int | str]]) -> None:
        ports = [Port(n, *(d if isinstance(d, tuple) else ("float32", d))) for n, d in inputs.items()]
        self.graph = Graph([], ports, [], {})
        self.random = np.random.default_rng(1)

    def __call__(self, op: str, *inputs: Any, to: str = "", count: int = 1, **attributes: Any) -> Any:
        names = [one if isinstance(one, str) else self.weight(one) for one in inputs]
        made = [to or f"v{len(self.graph.nodes)}.{i}" for i in range(count)]
        self.graph.nodes.append(Node(op, names, made, attributes, [], f"node {len(self.graph.nodes)}"))
        return made[0] if count == 1 else made

    def weight(self, value: Any) -> str:
        """A weight of an array, or of random numbers of a shape."""
        array = np.asarray(value, None if isinstance(value, np.ndarray) else np.float32)
        name = f"w{len(self.graph.weights)}"
        self.graph.weights[name] = array
        return name

    def noise(self, *shape: int) -> np.ndarray:
        """Random numbers."""
        return self.random.normal(size=shape).astype(np.float32)

    def gives(self, *names: str) -> Graph:
        """The graph, with its outputs."""
        self.graph.outputs = list(names)
        return self.graph


def ints(*values: int) -> np.ndarray:
    """A vector of whole numbers, as operators take it."""
    return np.array(values, np.int64)


def through(name: str, graph: Graph) -> Graph:
    """The graph after one pass, and what nobody reads then taken out."""
    one = next(p for p in PASSES if p.name == name)
    after = copy.deepcopy(graph)
    for _ in range(8 if one.repeats else 1):
        trials = try_sizes(after)
        assert trials.sizes, trials.stopped
        if not one.run(after, trials):
            break
        dead_code.run(after, trials)
    return after


def run(graph: Graph, feeds: dict[str, np.ndarray]) -> dict[str, np.ndarray]:
    """What the engine makes of the graph."""
    plan, weights = emit(graph)
    return nn.Model(plan, weights, threads=1, mode="strict").forward(feeds)


def same(before: Graph, after: Graph, **feeds: np.ndarray) -> None:
    """Both give the same, names, types and shapes included."""
    want, have = run(before, feeds), run(after, feeds)
    assert list(want) == list(have)
    for name, array in want.items():
        assert (have[name].shape, have[name].dtype) == (array.shape, array.dtype), name
        if array.dtype == np.float32:
            most = max(float(np.abs(array).max(initial=0)), 1e-6)
            assert float(np.abs(have[name] - array).max(initial=0)) <= BOUND * most, name
        else:
            assert np.array_equal(have[name], array), name


def ops(graph: Graph) -> list[str]:
    """Operators in order."""
    return [node.op for node in graph.nodes]


def picture(*shape: int) -> np.ndarray:
    """Random numbers, the same at each call."""
    return np.random.default_rng(7).normal(size=shape).astype(np.float32)
