"""Building ONNX graphs of the few operators that the networks have; weights in 16 bits behind a Cast."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper
from torch import Tensor, nn

from .autoencoder import Bottleneck, Residual

OPSET, IR_VERSION = 17, 8
Shape = Sequence[int | str]


class Graph:
    """A graph that grows by one operator at a time; values are known by their names."""

    def __init__(self) -> None:
        self.nodes: list[onnx.NodeProto] = []
        self.weights: list[onnx.TensorProto] = []
        self.count = 0

    def _name(self) -> str:
        self.count += 1
        return f"t{self.count}"

    def op(self, kind: str, *inputs: str, **attributes) -> str:
        """An operator with one output; returns the name of that."""
        name = self._name()
        self.nodes.append(helper.make_node(kind, inputs, [name], **attributes))
        return name

    def number(self, value: float) -> str:
        """A constant."""
        name = self._name()
        self.weights.append(numpy_helper.from_array(np.array(value, np.float32), name))
        return name

    def weight(self, tensor: Tensor) -> str:
        """A weight, stored in 16 bits, used in 32."""
        name = self._name()
        array = tensor.detach().cpu().numpy().astype(np.float16)
        self.weights.append(numpy_helper.from_array(array, name))
        return self.op("Cast", name, to=TensorProto.FLOAT)

    def conv(self, x: str, weight: Tensor, bias: Tensor | None = None, stride: int = 1, pad: int = 0) -> str:
        """A convolution."""
        inputs = [x, self.weight(weight)] + ([] if bias is None else [self.weight(bias)])
        kernel = [weight.shape[-1]] * 2
        return self.op("Conv", *inputs, kernel_shape=kernel, strides=[stride] * 2, pads=[pad] * 4)

    def shuffle(self, x: str, size: int) -> str:
        """Channels to pixels, as PyTorch's pixel shuffle orders them."""
        return self.op("DepthToSpace", x, blocksize=size, mode="CRD")

    def module(self, x: str, layer: nn.Module) -> str:
        """A layer or block of the networks."""
        if isinstance(layer, nn.Conv2d):
            return self.conv(x, layer.weight, layer.bias, layer.stride[0], layer.padding[0])
        if isinstance(layer, nn.PixelShuffle):
            return self.shuffle(x, layer.upscale_factor)
        if isinstance(layer, nn.Sequential):
            for inner in layer:
                x = self.module(x, inner)
            return x
        if isinstance(layer, Residual | Bottleneck):
            parts = [layer.first, layer.second] + ([layer.third] if isinstance(layer, Bottleneck) else [])
            y = x
            for i, part in enumerate(parts):
                y = self.module(self.op("Relu", y) if i else y, part)
            return self.op("Add", x, y)
        raise TypeError(f"no way to write a {type(layer).__name__}")

    def save(self, path: Path, name: str, inputs: dict[str, Shape], result: str, output: tuple[str, Shape]) -> None:
        """Write a model with one output, checked."""
        self.nodes.append(helper.make_node("Identity", [result], [output[0]]))
        values = [helper.make_tensor_value_info(n, TensorProto.FLOAT, s) for n, s in [*inputs.items(), output]]
        graph = helper.make_graph(self.nodes, name, values[:-1], values[-1:], self.weights)
        opset = [helper.make_opsetid("", OPSET)]
        model = helper.make_model(graph, opset_imports=opset, ir_version=IR_VERSION, producer_name="tools/train")
        onnx.checker.check_model(model)
        onnx.save(model, path)
