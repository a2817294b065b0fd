"""Small ONNX models, and models run by ONNX Runtime beside the compiled network."""

from __future__ import annotations

from typing import Any

import numpy as np
import onnx
import onnxruntime as ort
from onnx import TensorProto, helper, numpy_helper

from vaerans_ecs import nn

#: Most that a compiled network may differ from ONNX Runtime, over the greatest value.
BOUND = 1e-4
#: The shortest WebAssembly module there is.
EMPTY = b"\0asm\x01\0\0\0"


def conv_net(opset: int = 17) -> onnx.ModelProto:
    """Convolution, batch norm, activation, twice, with a residual; batch, height and width are open."""
    random = np.random.default_rng(3)

    def weight(name: str, *shape: int) -> onnx.TensorProto:
        array = random.normal(size=shape).astype(np.float32) / 4
        return numpy_helper.from_array(np.abs(array) + 0.5 if name.startswith("v") else array, name)

    nodes = [
        helper.make_node("Conv", ["x", "w0", "b0"], ["c0"], "first", pads=[1, 1, 1, 1]),
        helper.make_node("BatchNormalization", ["c0", "s", "b1", "m", "v"], ["n"], "norm"),
        helper.make_node("Relu", ["n"], ["r"], "act"),
        helper.make_node("Conv", ["r", "w1", "b2"], ["c1"], "second", pads=[1, 1, 1, 1]),
        helper.make_node("Add", ["c1", "r"], ["a"], "skip"),
        helper.make_node("Sigmoid", ["a"], ["g"], "gate"),
        helper.make_node("Mul", ["a", "g"], ["y"], "silu"),
    ]
    weights = [weight("w0", 16, 3, 3, 3), weight("w1", 16, 16, 3, 3)]
    weights += [weight(name, 16) for name in ("b0", "b1", "b2", "s", "m", "v")]
    dims = ["n", 3, "h", "w"]
    return model(nodes, {"x": (TensorProto.FLOAT, dims)}, ["y"], weights, opset)


def model(
    nodes: list[onnx.NodeProto],
    inputs: dict[str, tuple[int, list[int | str]]],
    outputs: list[str],
    weights: list[onnx.TensorProto] | None = None,
    opset: int = 17,
) -> onnx.ModelProto:
    """A model of these nodes."""
    ports = [helper.make_tensor_value_info(name, dtype, dims) for name, (dtype, dims) in inputs.items()]
    results = [onnx.ValueInfoProto(name=name) for name in outputs]
    graph = helper.make_graph(nodes, "made", ports, results, weights or [])
    made = helper.make_model(graph, opset_imports=[helper.make_opsetid("", opset)], ir_version=8)
    return onnx.shape_inference.infer_shapes(made)


def reference(source: Any, feeds: dict[str, np.ndarray], plain: bool = False) -> dict[str, np.ndarray]:
    """What ONNX Runtime makes of it; `plain` without its own passes."""
    blob = source.SerializeToString() if isinstance(source, onnx.ModelProto) else str(source)
    options = ort.SessionOptions()
    options.log_severity_level = 3
    if plain:
        options.graph_optimization_level = ort.GraphOptimizationLevel.ORT_DISABLE_ALL
    session = ort.InferenceSession(blob, options, providers=["CPUExecutionProvider"])
    names = [output.name for output in session.get_outputs()]
    return dict(zip(names, session.run(names, feeds), strict=True))


def agrees(compiled: nn.Model, source: Any, **feeds: np.ndarray) -> None:
    """The compiled network gives what ONNX Runtime gives, within the bound; whole numbers are equal."""
    want, have = reference(source, feeds), compiled.forward(feeds)
    assert list(have) == list(want)
    for name, array in want.items():
        assert (have[name].shape, have[name].dtype) == (array.shape, array.dtype), name
        if array.dtype.kind == "f":
            most = float(np.abs(array).max(initial=0))
            assert float(np.abs(have[name] - array).max(initial=0)) <= BOUND * most, name
        else:
            assert np.array_equal(have[name], array), name


def noise(*shape: int) -> np.ndarray:
    """Random numbers, the same at each call."""
    return np.random.default_rng(5).normal(size=shape).astype(np.float32)
