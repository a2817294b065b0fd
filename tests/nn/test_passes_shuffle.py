"""Blocks of channels that become blocks of a picture are put in place by one permutation."""

from __future__ import annotations

from typing import Any

import numpy as np
import onnx
import pytest
from onnx import helper, numpy_helper

from vaerans_ecs.models.session import onnxruntime
from vaerans_ecs.wasm.exporter import ModelExporter

TURNS = 1


def model(
    mode: str, channels: int, size: int, *, convolved: bool = True, numbers: bool = False, used: bool = False
) -> Any:
    """Channels of a convolution, or of the input, to a picture, between channels that are last."""
    rng = np.random.default_rng(5)
    made = channels * size * size
    weight = rng.normal(size=(made, 6, 3, 3)).astype(np.float32) * 0.3
    arrays = {"w": weight, "b": rng.normal(size=made).astype(np.float32), "two": np.array(2, np.float32)}
    inputs = 6 if convolved else made
    nodes = [helper.make_node("Transpose", ["x"], ["first"], perm=[0, 3, 1, 2])]
    if convolved:
        nodes.append(helper.make_node("Conv", ["first", "w", "b"], ["wide"], pads=[1, 1, 1, 1]))
    wide = "wide" if convolved else "first"
    nodes.append(helper.make_node("DepthToSpace", [wide], ["large"], blocksize=size, mode=mode))
    last = "large"
    if numbers:
        nodes += [
            helper.make_node("Mul", ["two", "large"], ["more"]),
            helper.make_node("Add", ["more", "two"], ["moved"]),
        ]
        last = "moved"
    nodes.append(helper.make_node("Transpose", [last], ["y"], perm=[0, 2, 3, 1]))
    outputs = [helper.make_empty_tensor_value_info("y")]
    if used:
        nodes.append(helper.make_node("Relu", ["wide"], ["z"]))
        outputs.append(helper.make_empty_tensor_value_info("z"))
    x = helper.make_tensor_value_info("x", onnx.TensorProto.FLOAT, ["n", "h", "w", inputs])
    graph = helper.make_graph(
        nodes, "shuffle", [x], outputs, [numpy_helper.from_array(a, n) for n, a in arrays.items()]
    )
    return helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=10)


@pytest.mark.parametrize("mode", ["CRD", "DCR"])
@pytest.mark.parametrize(("channels", "size"), [(3, 2), (1, 4), (5, 3)])
@pytest.mark.parametrize("convolved", [True, False])
@pytest.mark.parametrize("numbers", [True, False])
def test_one_permutation_is_left(mode: str, channels: int, size: int, convolved: bool, numbers: bool) -> None:
    of = model(mode, channels, size, convolved=convolved, numbers=numbers)
    exporter = ModelExporter(of, disable=["onnxslim"]).optimize_for_wasm()
    turns = [node for node in exporter.graph.nodes if node.op == "Transpose"]
    # Without a convolution nothing asks for channels that are last: the exporter's own changes stay.
    assert len(turns) == TURNS or not convolved
    _same(of, exporter, 6 if convolved else channels * size * size)


def test_channels_that_somebody_else_reads_stay_in_their_order() -> None:
    of = model("CRD", 3, 2, used=True)
    _same(of, ModelExporter(of, disable=["onnxslim"]).optimize_for_wasm(), 6)


def _same(of: Any, exporter: ModelExporter, channels: int) -> None:
    x = np.random.default_rng(7).normal(size=(2, 5, 3, channels)).astype(np.float32)
    session = onnxruntime().InferenceSession(of.SerializeToString(), providers=["CPUExecutionProvider"])
    names = [port.name for port in session.get_outputs()]
    made = exporter.compile(mode="strict").forward({"x": x})
    for name, want in zip(names, session.run(names, {"x": x}), strict=True):
        np.testing.assert_allclose(made[name], want, atol=1e-4, rtol=1e-4)
