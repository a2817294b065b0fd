"""Small models for tests: one node, or a few, around arrays."""

from __future__ import annotations

from typing import Any

import numpy as np
import onnx
from nn.cases import Case
from nn.engine import compiled, run
from onnx import helper, numpy_helper

OPSET = 21


def model(
    nodes: list[onnx.NodeProto],
    inputs: dict[str, np.ndarray],
    outputs: list[str],
    weights: dict[str, np.ndarray] | None = None,
    opset: int = OPSET,
) -> onnx.ModelProto:
    """A model of these nodes; types and shapes of outputs are left to inference."""

    def port(name: str, array: np.ndarray) -> onnx.ValueInfoProto:
        return helper.make_tensor_value_info(name, helper.np_dtype_to_tensor_dtype(array.dtype), array.shape)

    graph = helper.make_graph(
        nodes,
        "test",
        [port(name, array) for name, array in inputs.items()],
        [helper.make_empty_tensor_value_info(name) for name in outputs],
        [numpy_helper.from_array(array, name) for name, array in (weights or {}).items()],
    )
    opsets = [helper.make_opsetid(*pair) for pair in (("", opset), ("vaerans", 1), ("com.example", 1))]
    return helper.make_model(graph, opset_imports=opsets, ir_version=10)


def node(op: str, inputs: list[str], outputs: list[str], domain: str = "", **attributes: Any) -> onnx.NodeProto:
    return helper.make_node(op, inputs, outputs, f"{op.lower()}_node", domain=domain, **attributes)


def engine(of: onnx.ModelProto, inputs: dict[str, np.ndarray]) -> list[np.ndarray]:
    """What the engine makes of a model."""
    return run(compiled(Case("test", of, list(inputs.values()), [])))


def one(
    op: str,
    *arrays: np.ndarray,
    outputs: int = 1,
    domain: str = "",
    weights: tuple[int, ...] = (),
    opset: int = OPSET,
    **attributes: Any,
) -> list[np.ndarray]:
    """What the engine makes of one node; arrays at the places `weights` are weights of the model."""
    names = [f"x{i}" for i in range(len(arrays))]
    results = [f"y{i}" for i in range(outputs)]
    given = {name: a for i, (name, a) in enumerate(zip(names, arrays, strict=True)) if i not in weights}
    fixed = {names[i]: arrays[i] for i in weights}
    return engine(model([node(op, names, results, domain, **attributes)], given, results, fixed, opset), given)
