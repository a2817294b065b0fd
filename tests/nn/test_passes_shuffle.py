"""Blocks of channels that become blocks of a picture are put in place by one permutation."""

from __future__ import annotations

import numpy as np
import onnx
import pytest
from nn_graphs import ops, picture
from nn_models import agrees, model, noise
from onnx import TensorProto, helper, numpy_helper

from vaerans_ecs.wasm.exporter import ModelExporter

#: Operators that only work out extents, or leave the numbers where they are.
EXTENTS = {"Shape", "Gather", "Slice", "Mul", "Concat", "Squeeze", "Unsqueeze"}


def network(
    mode: str, channels: int, size: int, *, convolved: bool = True, numbers: bool = False, used: bool = False
) -> onnx.ModelProto:
    """Channels of a convolution, or of the input, to a picture, between channels that are last."""
    made = channels * size * size
    arrays = {"w": noise(made, 6, 3, 3) * 0.3, "b": noise(made), "two": np.array(2, np.float32)}
    conv = helper.make_node("Conv", ["first", "w", "b"], ["wide"], pads=[1, 1, 1, 1])
    wide, outputs = "wide" if convolved else "first", ["y"]
    nodes = [helper.make_node("Transpose", ["x"], ["first"], perm=[0, 3, 1, 2]), *([conv] if convolved else [])]
    nodes.append(helper.make_node("DepthToSpace", [wide], ["large"], blocksize=size, mode=mode))
    if numbers:
        nodes.append(helper.make_node("Mul", ["two", "large"], ["more"]))
        nodes.append(helper.make_node("Add", ["more", "two"], ["moved"]))
    nodes.append(helper.make_node("Transpose", ["moved" if numbers else "large"], ["y"], perm=[0, 2, 3, 1]))
    if used:
        nodes.append(helper.make_node("Relu", ["wide"], ["z"]))
        outputs.append("z")
    x = (TensorProto.FLOAT, ["n", "h", "w", 6 if convolved else made])
    return model(nodes, {"x": x}, outputs, [numpy_helper.from_array(a, n) for n, a in arrays.items()])


def exported(of: onnx.ModelProto, channels: int) -> list[str]:
    """The operators that are left, but for extents; the network gives what ONNX Runtime gives."""
    exporter = ModelExporter(of, disable=["onnxslim"]).optimize_for_wasm()
    agrees(exporter.compile(mode="strict"), of, x=picture(2, 5, 3, channels))
    return [op for op in ops(exporter.graph) if op not in EXTENTS]


@pytest.mark.parametrize("mode", ["CRD", "DCR"])
@pytest.mark.parametrize(("channels", "size"), [(3, 2), (1, 4), (5, 3)])
@pytest.mark.parametrize("convolved", [True, False])
@pytest.mark.parametrize("numbers", [True, False])
def test_one_permutation_is_left(mode: str, channels: int, size: int, convolved: bool, numbers: bool) -> None:
    of = network(mode, channels, size, convolved=convolved, numbers=numbers)
    around = ["Conv"] * convolved, ["Elementwise"] * numbers
    left = exported(of, 6 if convolved else channels * size * size)
    assert left == [*around[0], "Reshape", "Transpose", "Reshape", *around[1]]


def test_channels_that_somebody_else_reads_stay_in_their_order() -> None:
    left = exported(network("CRD", 3, 2, used=True), 6)
    assert left == ["Conv", "Reshape", "Transpose", "Reshape", "Relu", "Transpose"]
