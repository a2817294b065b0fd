"""Where a lowering puts what it makes."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from ..graph import Attribute, Graph, Node, Shapes

#: Puts an ONNX node into the context as nodes of the engine.
Lowering = Callable[["Context", Node], None]


class Context:
    """The graph that is made, and the values that are known."""

    def __init__(self, weights: dict[str, np.ndarray], shapes: Shapes, outer: Context | None = None) -> None:
        self.weights = weights
        self.shapes = shapes
        self.nodes: list[Node] = []
        self.outer = outer
        self._count = 0

    def known(self, name: str) -> np.ndarray | None:
        """The array of a weight; None for what is made when the network runs."""
        if name in self.weights:
            return self.weights[name]
        return self.outer.known(name) if self.outer else None

    def rank(self, name: str) -> int:
        """How many dimensions a value has."""
        known = self.known(name)
        return len(self.shapes.dims[name]) if known is None else known.ndim

    def dtype(self, name: str) -> str:
        """NumPy's name of the type of a value."""
        known = self.known(name)
        return self.shapes.dtypes[name] if known is None else known.dtype.name

    def weight(self, array: np.ndarray | np.generic, like: str) -> str:
        """A new weight, named after another value."""
        name = self._fresh(like)
        self.weights[name] = np.asarray(array)
        return name

    def add(
        self, op: str, inputs: list[str], of: Node, *, to: str = "", count: int = 1, **attributes: Attribute
    ) -> str:
        """A node of the engine; its first output is `to`, or a new value, whose name is given back."""
        outputs = [to or self._fresh(of.outputs[0])]
        outputs += [self._fresh(outputs[0]) for _ in range(count - 1)]
        self.nodes.append(Node(op, inputs, outputs, attributes, [], of.name))
        return outputs[0]

    def outputs_of(self, first: str) -> list[str]:
        """All outputs of the node that makes `first`."""
        return next(node.outputs for node in reversed(self.nodes) if node.outputs[0] == first)

    def keep(self, node: Node, **changes: Attribute) -> None:
        """The node as it is, but for these attributes."""
        self.nodes.append(
            Node(node.op, node.inputs, node.outputs, node.attributes | changes, node.graphs, node.name, node.tensors)
        )

    def graph(self, source: Graph) -> Graph:
        """What was made in place of `source`."""
        return Graph(self.nodes, source.inputs, source.outputs, self.weights)

    def _fresh(self, like: str) -> str:
        self._root()._count += 1
        return f"{like}~{self._root()._count}"

    def _root(self) -> Context:
        return self.outer._root() if self.outer else self
