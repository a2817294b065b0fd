"""Depthwise convolutions on several threads: rows are shared out, and where there is one row, its windows."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import onnxruntime as ort
import pytest
from nn_models import noise
from onnx import TensorProto, helper, numpy_helper

from vaerans_ecs import nn
from vaerans_ecs.wasm import ModelExporter


@pytest.mark.parametrize("threads", [1, 2, 5, 16])
@pytest.mark.parametrize(
    ("shape", "kernel", "pads"),
    [
        ((2, 24, 1, 301), (1, 7), (0, 3, 0, 3)),
        ((1, 9, 37, 23), (5, 3), (2, 1, 2, 1)),
        ((2, 8, 203), (9,), (4, 4)),
        ((1, 6, 1, 1), (3, 3), (1, 1, 1, 1)),
    ],
)
def test_parts_make_the_whole(
    tmp_path: Path, shape: tuple[int, ...], kernel: tuple[int, ...], pads: tuple[int, ...], threads: int
) -> None:
    channels = shape[1]
    weights = [numpy_helper.from_array(noise(channels, 1, *kernel), "w")]
    node = helper.make_node("Conv", ["x", "w"], ["y"], group=channels, pads=list(pads))
    ports = [helper.make_tensor_value_info(name, TensorProto.FLOAT, dims) for name, dims in (("x", shape), ("y", None))]
    graph = helper.make_graph([node], "depthwise", ports[:1], ports[1:], weights)
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=8).SerializeToString()
    x = noise(*shape)
    (want,) = ort.InferenceSession(model).run(None, {"x": x})
    folder = ModelExporter(model).optimize_for_wasm().compile_to_wasm(tmp_path, runtime="npm")
    got = nn.load(folder, threads=threads, mode="strict").forward(x)["y"]
    assert np.abs(got - want).max() <= 1e-4 * np.abs(want).max()
    assert got.tobytes() == nn.load(folder, threads=1, mode="strict").forward(x)["y"].tobytes()
