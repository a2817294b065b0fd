"""Depthwise convolutions on several threads: rows are shared out, and where there is one row, its windows."""

from __future__ import annotations

from pathlib import Path

import pytest
from nn_graphs import ops
from nn_models import agrees, model, noise
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
    node = helper.make_node("Conv", ["x", "w"], ["y"], group=channels, pads=list(pads))
    weights = [numpy_helper.from_array(noise(channels, 1, *kernel), "w")]
    made = model([node], {"x": (TensorProto.FLOAT, list(shape))}, ["y"], weights)
    x = noise(*shape)
    exporter = ModelExporter(made).optimize_for_wasm()
    (conv,) = (one for one in exporter.graph.nodes if one.op == "Conv")
    assert len(ops(exporter.graph)) == 3 and conv.attributes["group"] == channels, "it stays one convolution"
    folder = exporter.compile_to_wasm(tmp_path, runtime="npm")
    compiled, alone = (nn.load(folder, threads=count, mode="strict") for count in (threads, 1))
    agrees(compiled, made, x=x)
    assert compiled.forward(x)["y"].tobytes() == alone.forward(x)["y"].tobytes()
