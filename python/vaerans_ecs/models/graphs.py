"""The networks of a model as the codec's engine takes them: pictures (1, H, W, 3) in 0 to 1, latents as users see them.

What `model.json` says of ranges, order of channels and scaling becomes part of the network, so that a reader needs no
more than its plan.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from ..errors import ModelError
from .spec import ModelSpec

if TYPE_CHECKING:
    import onnx

__all__ = ["decoder", "encoder"]

_PICTURE, _LATENT = "vaerans.picture", "vaerans.latent"


def encoder(model: onnx.ModelProto, spec: ModelSpec) -> onnx.ModelProto:
    """The encoder, from a picture to the mean of its latent; `model` is changed.

    Raises
    ------
    ModelError
        ``model.shape`` where the network has other inputs or outputs than `spec` says.
    """
    edit = _Edit(model, spec)
    low, high = spec.input_range
    planes = edit.op("Transpose", _PICTURE, perm=[0, 3, 1, 2])
    edit.feed(edit.ordered(edit.scaled(planes, high - low, low)), _PICTURE, ["height", "width", 3])
    z = edit.named_output(spec.encoder_mean)
    first = spec.mean_channels[0] if spec.mean_channels else 0
    z = edit.channels(z, first, first + spec.latent_channels)
    z = edit.op("Sub", z, edit.scalar(spec.shift)) if spec.shift else z
    z = edit.op("Mul", z, edit.scalar(spec.scaling)) if spec.scaling != 1 else z
    return edit.give(z, _LATENT)


def decoder(model: onnx.ModelProto, spec: ModelSpec) -> onnx.ModelProto:
    """The decoder, from a latent to its picture; `model` is changed. Raises as `encoder`."""
    edit = _Edit(model, spec)
    z = edit.op("Div", _LATENT, edit.scalar(spec.scaling)) if spec.scaling != 1 else _LATENT
    z = edit.op("Add", z, edit.scalar(spec.shift)) if spec.shift else z
    edit.feed(z, _LATENT, [spec.latent_channels, "height", "width"])
    low, high = spec.output_range
    picture = edit.ordered(edit.named_output(""))
    picture = edit.op("Sub", picture, edit.scalar(low)) if low else picture
    picture = edit.op("Mul", picture, edit.scalar(1 / (high - low))) if high - low != 1 else picture
    return edit.give(edit.op("Transpose", picture, perm=[0, 2, 3, 1]), _PICTURE)


class _Edit:
    """Nodes put in front of a network and behind it."""

    def __init__(self, model: onnx.ModelProto, spec: ModelSpec) -> None:
        weights = {w.name for w in model.graph.initializer}
        inputs = [i for i in model.graph.input if i.name not in weights]
        if len(inputs) != 1 or len(inputs[0].type.tensor_type.shape.dim) != 4:
            names = [i.name for i in inputs]
            raise ModelError("model.shape", f"{spec.name}: expected a network with one input (N,C,H,W), got {names}")
        self.model, self.spec, self.input = model, spec, inputs[0]
        self.front: list[Any] = []
        self.back: list[Any] = []
        self.nodes = self.front

    def scalar(self, value: float) -> str:
        return self._weight(np.asarray(value, np.float32))

    def _weight(self, array: np.ndarray) -> str:
        from onnx import numpy_helper

        name = f"vaerans.w{len(self.model.graph.initializer)}"
        self.model.graph.initializer.append(numpy_helper.from_array(array, name))
        return name

    def op(self, kind: str, *inputs: str, **attributes: Any) -> str:
        from onnx import helper

        name = f"vaerans.v{len(self.front) + len(self.back)}"
        self.nodes.append(helper.make_node(kind, list(inputs), [name], **attributes))
        return name

    def scaled(self, x: str, gain: float, offset: float) -> str:
        x = self.op("Mul", x, self.scalar(gain)) if gain != 1 else x
        return self.op("Add", x, self.scalar(offset)) if offset else x

    def ordered(self, x: str) -> str:
        """Red first, whatever the network's order."""
        if self.spec.channel_order == "RGB":
            return x
        return self.op("Gather", x, self._weight(np.array([2, 1, 0], np.int64)), axis=1)

    def channels(self, x: str, first: int, end: int) -> str:
        if self.spec.mean_channels is None and first == 0 and self._stated(x) == end:
            return x
        ends = (self._weight(np.array([n], np.int64)) for n in (first, end, 1))
        return self.op("Slice", x, *ends)

    def _stated(self, name: str) -> int | None:
        """Channels that an output says it has."""
        for port in self.model.graph.output:
            if port.name == name and len(port.type.tensor_type.shape.dim) == 4:
                return port.type.tensor_type.shape.dim[1].dim_value or None
        return None

    def feed(self, x: str, name: str, dims: list[int | str]) -> None:
        """The network reads `x`, which is made of a new input `name`."""
        from onnx import TensorProto, helper

        # Fixed sides of the network stay.
        height, width = (d.dim_value for d in list(self.input.type.tensor_type.shape.dim)[2:])
        fixed = {"height": height or "height", "width": width or "width"}
        sides = [fixed[d] if isinstance(d, str) else d for d in dims]
        self.front.append(helper.make_node("Identity", [x], [self.input.name]))
        value = helper.make_tensor_value_info(name, TensorProto.FLOAT, [1, *sides])
        kept = [i for i in self.model.graph.input if i.name != self.input.name]
        del self.model.graph.input[:]
        self.model.graph.input.extend([value, *kept])
        self.nodes = self.back

    def named_output(self, wanted: str) -> str:
        names = [o.name for o in self.model.graph.output]
        if wanted in names:
            return wanted
        if wanted or (len(names) > 1 and self.input.type.tensor_type.shape.dim[1].dim_value == 3):
            text = f"field 'encoder_mean' says {wanted!r}, the outputs are {names}: name the one that is the mean"
            raise ModelError("model.shape", f"{self.spec.name}: {text}")
        return str(names[0])

    def give(self, x: str, name: str) -> onnx.ModelProto:
        from onnx import TensorProto, helper

        graph = self.model.graph
        self.back.append(helper.make_node("Identity", [x], [name]))
        nodes = [*self.front, *graph.node, *self.back]
        del graph.node[:], graph.output[:]
        graph.node.extend(nodes)
        graph.output.append(helper.make_tensor_value_info(name, TensorProto.FLOAT, [1, None, None, None]))
        # Shapes that were stated for other batches would stand in the way.
        del graph.value_info[:]
        return self.model
