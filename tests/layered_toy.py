"""A codec in layers for tests: of each square of 16 pixels the mean, and by how much its left half is brighter."""

from __future__ import annotations

from typing import Any

import numpy as np

from vaerans_ecs.models.layered import LayeredCodec, Networks, Tables, pack

SIDE, COLOURS = 16, 3
#: What a latent is of the mean of its pixels.
GAIN = 50.0


def _model(nodes: list[Any], weight: np.ndarray, channels: int) -> Any:
    from onnx import TensorProto, helper, numpy_helper

    x = helper.make_tensor_value_info("x", TensorProto.FLOAT, [1, channels, "h", "w"])
    y = helper.make_tensor_value_info("y", TensorProto.FLOAT, [1, None, None, None])
    weights = [numpy_helper.from_array(weight.astype(np.float32), "w")]
    graph = helper.make_graph(nodes, "toy", [x], [y], weights)
    return helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=8)


def _pattern(layer: int) -> np.ndarray:
    """What a number of a layer means for the pixels of its square."""
    return np.where(np.arange(SIDE) < SIDE // 2, 1.0, -1.0 if layer else 1.0) * np.ones((SIDE, 1))


def analysis(layer: int = 0, gain: float = GAIN) -> Any:
    """Pictures to the numbers of a layer."""
    from onnx import helper

    weight = np.zeros((COLOURS, COLOURS, SIDE, SIDE))
    for c in range(COLOURS):
        weight[c, c] = gain / SIDE**2 * _pattern(layer)
    return _model([helper.make_node("Conv", ["x", "w"], ["y"], strides=[SIDE, SIDE])], weight, COLOURS)


def synthesis(layer: int) -> Any:
    """The way back."""
    from onnx import helper

    weight = np.zeros((COLOURS, SIDE**2, COLOURS, 1, 1))
    for c in range(COLOURS):
        weight[c, :, c, 0, 0] = _pattern(layer).ravel() / GAIN
    weight = weight.reshape(-1, COLOURS, 1, 1)
    nodes = [
        helper.make_node("Conv", ["x", "w"], ["z"]),
        helper.make_node("DepthToSpace", ["z"], ["y"], blocksize=SIDE, mode="CRD"),
    ]
    return _model(nodes, weight, COLOURS)


def tables() -> Tables:
    """Each number is expected to be like the one above it; 57 qualities, an anchor twice as fine as the one before."""
    channels, anchors = 2 * COLOURS, 8
    gains = [64 << level for level in range(anchors) for _ in range(channels)]
    row = [1 << 12] * len(gains)
    frequencies = [1 << max(0, 10 - abs(i - 15)) for i in range(31)]
    frequencies.append((1 << 15) - sum(frequencies))
    return Tables(
        layers=[COLOURS, channels],
        between=8,
        anchors=[gains, row, row, [6000] * len(gains)],
        mean=[[(0, -1, 0, 4000)]] * channels,
        scale=[[(0, -1, 0, 9000)]] * channels,
        energy=[[0] * 9] * channels,
        edge=[1 << 12] * channels,
        energy_gain=[0] * channels,
        frequencies=frequencies * 60 * 4 * 2,
        scales=[4096 / gain for gain in gains],
    )


def codec(name: str = "toy", encoder: Any = None) -> LayeredCodec:
    """The codec; with another encoder if one is given."""
    networks = Networks(encoder or analysis(), synthesis(0), analysis(1), synthesis(1))
    return pack(networks, tables(), name=name)
