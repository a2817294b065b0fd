"""Where a lowering puts what it makes."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from ..graph import Attribute, Graph, Node, Shapes

#: Puts an ONNX node into the context as nodes of the engine.
Lowering = Callable[["Context", Node], None]


class Refused(Exception):
    """A node that the engine cannot run; the text says why."""


class Context:
    """The graph that is made, and the values that are known."""

    def __init__(
        self,
        weights: dict[str, np.ndarray],
        shapes: Shapes,
        lowering: Callable[[Context, Node], None],
        outer: Context | None = None,
    ) -> None:
        self.weights = weights
        self._lowering = lowering
        self.shapes = shapes
        self.nodes: list[Node] = []
        self.outer = outer
        self._count = 0

    def known(self, name: str) -> np.ndarray | None:
        """The array of a weight; None for what is made when the network runs."""
        if name in self.weights:
            return self.weights[name]
        return self.outer.known(name) if self.outer else None

    def dims(self, name: str) -> list[int]:
        """The extents of a value, 0 for what is open."""
        known = self.known(name)
        if known is not None:
            return list(known.shape)
        if name not in self.shapes.dims:
            raise Refused(f"nothing is known of the shape of {name!r}")
        return self.shapes.dims[name]

    def fixed(self, name: str) -> list[int]:
        """The extents of a value that has to have none open."""
        dims = self.dims(name)
        if name in self.shapes.open:
            raise Refused(f"the extents of {name!r} have to be known")
        return dims

    def rank(self, name: str) -> int:
        """How many dimensions a value has."""
        return len(self.dims(name))

    def rank_or(self, name: str, default: int) -> int:
        """How many dimensions a value has, where that is known."""
        return self.rank(name) if self.known(name) is not None or name in self.shapes.dims else default

    def axis(self, node: Node, default: int, rank: int, name: str = "axis") -> int:
        """An axis that an attribute names, counted from the front."""
        return int(node.attributes.get(name, default)) % max(rank, 1)

    def dtype(self, name: str) -> str:
        """NumPy's name of the type of a value."""
        known = self.known(name)
        if known is not None:
            return known.dtype.name
        if name not in self.shapes.dtypes:
            raise Refused(f"nothing is known of the type of {name!r}")
        return self.shapes.dtypes[name]

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

    def onnx(
        self,
        op: str,
        inputs: list[str],
        of: Node,
        *,
        dims: list[int] | None = None,
        to: str = "",
        **attributes: Attribute,
    ) -> str:
        """A node of ONNX, which is lowered in its turn; `dims` are the extents of what it makes."""
        output = to or self._fresh(of.outputs[0])
        if dims is not None:
            self.shapes.dims.setdefault(output, dims)
        self.lower(Node(op, inputs, [output], attributes, [], of.name))
        return output

    def lower(self, node: Node) -> None:
        """Puts a node of ONNX in by its lowering."""
        self._lowering(self, node)

    def numbers(self, values: int | list[int] | np.ndarray, like: str) -> str:
        """Whole numbers as a new weight."""
        return self.weight(np.asarray(values, np.int64), like)

    def fresh(self, like: str) -> str:
        """The name of a new value, named after another."""
        return self._fresh(like)

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
