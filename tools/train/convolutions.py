"""ONNX graphs of convolutions, to be changed: weights in 16 bits behind a Cast, biases beside them."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import onnx
from onnx import numpy_helper


class Convolutions:
    """A copy of a graph of convolutions, to be changed."""

    def __init__(self, model: onnx.ModelProto) -> None:
        self.model = onnx.ModelProto()
        self.model.CopyFrom(model)
        self.graph = self.model.graph
        self.made = {name: node for node in self.graph.node for name in node.output}
        self.weights = {w.name: w for w in self.graph.initializer}

    def readers(self, name: str) -> list[onnx.NodeProto]:
        """Nodes that read a value."""
        return [node for node in self.graph.node if name in node.input]

    def weight(self, name: str) -> onnx.TensorProto:
        """Where a weight is stored, behind the cast that widens it."""
        return self.weights[self.made[name].input[0] if name in self.made else name]

    def array(self, name: str) -> np.ndarray:
        """A weight."""
        return numpy_helper.to_array(self.weight(name))

    def put(self, name: str, array: np.ndarray) -> None:
        """Stores a weight anew."""
        stored = self.weight(name)
        stored.CopyFrom(numpy_helper.from_array(np.ascontiguousarray(array), stored.name))

    def add_to_bias(self, node: onnx.NodeProto, more: np.ndarray) -> None:
        """Adds to a convolution's bias, which then has 32 bits."""
        name = f"{node.output[0]}.bias"
        bias = self.array(node.input[2]).astype(np.float32) + more.astype(np.float32)
        if name in self.weights:
            self.put(name, bias)
            return
        self.graph.initializer.append(numpy_helper.from_array(bias, name))
        self.weights[name] = self.graph.initializer[-1]
        node.input[2] = name

    def replace(self, value: str, by: str) -> None:
        """Has what reads a value read another one."""
        for node in self.readers(value):
            node.input[:] = [by if name == value else name for name in node.input]

    def swept(self) -> onnx.ModelProto:
        """The model without nodes and weights that nothing reads."""
        graph = self.graph
        while True:
            read = {name for node in graph.node for name in node.input} | {value.name for value in graph.output}
            unread = [node for node in graph.node if not set(node.output) & read]
            if not unread:
                break
            for node in unread:
                graph.node.remove(node)
        for weight in [w for w in graph.initializer if w.name not in read]:
            graph.initializer.remove(weight)
        onnx.checker.check_model(self.model)
        return self.model

    def hidden(self) -> Iterator[tuple[onnx.NodeProto, onnx.NodeProto, onnx.NodeProto]]:
        """Each ReLU between two convolutions, with these."""
        for node in self.graph.node:
            if node.op_type != "Relu":
                continue
            before, after = self.made.get(node.input[0]), self.readers(node.output[0])
            if before is not None and self.is_plain(before) and len(after) == 1 and self.is_plain(after[0]):
                yield node, before, after[0]

    def is_plain(self, node: onnx.NodeProto) -> bool:
        """Whether it is a convolution with a bias, of all channels at once."""
        return (
            node.op_type == "Conv"
            and len(node.input) == 3
            and not any(a.name == "group" and a.i > 1 for a in node.attribute)
        )

    @staticmethod
    def keeps_pixels(node: onnx.NodeProto) -> bool:
        """Whether a convolution of single pixels gives as many as it reads: no stride, no padding."""
        given = {a.name: list(a.ints) for a in node.attribute}
        return not any(given.get("pads", [])) and all(stride == 1 for stride in given.get("strides", []))
