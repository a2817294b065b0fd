"""A model computed in 64 bits, for where ONNX Runtime itself is far from what is right."""

from __future__ import annotations

import numpy as np
import onnx
from onnx import TensorProto, numpy_helper
from onnx.reference import ReferenceEvaluator

FLOATS = (TensorProto.FLOAT, TensorProto.FLOAT16)


def in_doubles(blob: bytes, feed: dict[str, np.ndarray], names: list[str]) -> dict[str, np.ndarray]:
    """Outputs by onnx's reference evaluator with every float a double, as 32-bit floats."""
    model = onnx.load_from_string(blob)
    _widen(model.graph)
    given = {k: a.astype(np.float64) if a.dtype.kind == "f" else a for k, a in feed.items()}
    made = ReferenceEvaluator(model).run(names, given)
    return {k: a.astype(np.float32) if a.dtype.kind == "f" else a for k, a in zip(names, made, strict=True)}


def _widen(graph: onnx.GraphProto) -> None:
    for tensor in graph.initializer:
        _double(tensor)
    for value in [*graph.input, *graph.output, *graph.value_info]:
        if value.type.tensor_type.elem_type in FLOATS:
            value.type.tensor_type.elem_type = TensorProto.DOUBLE
    for node in graph.node:
        for attribute in node.attribute:
            if attribute.type == onnx.AttributeProto.GRAPH:
                _widen(attribute.g)
            elif attribute.type == onnx.AttributeProto.TENSOR:
                _double(attribute.t)
            elif (
                node.op_type in ("Cast", "RandomNormal") and attribute.name in ("to", "dtype") and attribute.i in FLOATS
            ):
                attribute.i = TensorProto.DOUBLE


def _double(tensor: onnx.TensorProto) -> None:
    if tensor.data_type in FLOATS:
        tensor.CopyFrom(numpy_helper.from_array(numpy_helper.to_array(tensor).astype(np.float64), tensor.name))
