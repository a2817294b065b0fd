"""How far a codec's network sees: held against what changes when a sample far away does."""

from __future__ import annotations

import numpy as np
import pytest

from vaerans_ecs.errors import ModelError

pytest.importorskip("onnx", reason="the tests make tiny ONNX models")
ort = pytest.importorskip("onnxruntime", reason="ONNX Runtime is what the reach is held against")

from onnx import TensorProto, helper, numpy_helper  # noqa: E402

from vaerans_ecs.models.reach import reach  # noqa: E402


class Builder:
    """Nodes of a network of one channel whose weights are all 1, one behind another."""

    def __init__(self) -> None:
        self.nodes, self.weights, self.last = [], [], "x"

    def node(self, op: str, *more: str, **attributes) -> Builder:
        made = f"v{len(self.nodes)}"
        self.nodes.append(helper.make_node(op, [self.last, *more], [made], **attributes))
        self.last = made
        return self

    def conv(self, kernel: int, channels: tuple[int, int] = (1, 1), **attributes) -> Builder:
        name = f"w{len(self.nodes)}"
        weight = np.ones((channels[1], channels[0], kernel, kernel), np.float32)
        self.weights.append(numpy_helper.from_array(weight, name))
        return self.node("Conv", name, **attributes)

    def model(self):
        ends = [
            helper.make_tensor_value_info("x", TensorProto.FLOAT, [1, 1, "h", "w"]),
            helper.make_tensor_value_info(self.last, TensorProto.FLOAT, [1, None, None, None]),
        ]
        graph = helper.make_graph(self.nodes, "net", ends[:1], ends[1:], self.weights)
        return helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=8)


def up(b: Builder, kernel: int) -> Builder:
    """Twice the rows and columns, and a convolution there."""
    b.conv(1, (1, 4)).node("DepthToSpace", blocksize=2)
    return b.conv(kernel, pads=[kernel // 2] * 4)


def encoders() -> dict[str, Builder]:
    pads = [1] * 4
    return {
        "strides": Builder().conv(6, strides=[2, 2], pads=[2] * 4).conv(3, strides=[2, 2], pads=pads),
        "squares": Builder().conv(4, strides=[4, 4]),
        "wide": Builder().conv(3, strides=[2, 2], pads=pads).conv(3, strides=[2, 2], pads=pads).conv(5, pads=[2] * 4),
        "dilated": Builder().conv(3, dilations=[3, 3], pads=[3] * 4).conv(4, strides=[4, 4]),
        "space": Builder().node("SpaceToDepth", blocksize=4).conv(3, (16, 1), pads=pads).node("Relu"),
    }


def decoders() -> dict[str, Builder]:
    first = Builder().conv(3, pads=[1] * 4)
    return {"plain": up(up(Builder(), 1), 1), "up": up(up(first, 3), 3), "far": up(up(Builder(), 7), 9)}


def changed(model, side: int, at: int) -> tuple[int, int]:
    """First and last row of the output that depend on a row of the input."""
    session = ort.InferenceSession(model.SerializeToString())
    x = np.ones((1, 1, side, side), np.float32)
    before = session.run(None, {"x": x})[0]
    x[0, 0, at] = 2
    rows = np.flatnonzero((session.run(None, {"x": x})[0] != before).any(axis=(0, 1, 3)))
    return int(rows[0]), int(rows[-1])


@pytest.mark.parametrize("name", encoders())
def test_of_an_encoder(name):
    model, scale, middle = encoders()[name].model(), 4, 16
    # Samples of which a picture's row changes those of `middle`: as far as the rows of its own pixels see, and no less.
    seen = [r // scale for r in range(2 * middle * scale) if within(changed(model, 2 * middle * scale, r), middle)]
    assert reach(model, scale, encodes=True) == max(middle - seen[0], seen[-1] - middle)


@pytest.mark.parametrize("name", decoders())
def test_of_a_decoder(name):
    model, scale, middle = decoders()[name].model(), 4, 16
    rows = [changed(model, 2 * middle, sample) for sample in range(2 * middle)]
    own = range(middle * scale, (middle + 1) * scale)
    seen = [sample for sample, span in enumerate(rows) if any(within(span, row) for row in own)]
    assert reach(model, scale, encodes=False) == max(middle - seen[0], seen[-1] - middle)


def within(span: tuple[int, int], row: int) -> bool:
    return span[0] <= row <= span[1]


def test_an_operator_that_sees_everything_is_refused():
    with pytest.raises(ModelError, match="GlobalAveragePool") as error:
        reach(Builder().node("GlobalAveragePool").model(), 4, encodes=True)
    assert error.value.code == "model.operator"
