"""Floats of other widths: the engine computes in 32 bits."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Iterator

    import onnx

    from .graph import Shapes


def widen(model: onnx.ModelProto) -> bool:
    """Makes every float of the model one of 32 bits, in place; whether there were others."""
    others = _others()
    found = False
    for graph in _graphs(model.graph):
        for tensor in _tensors(graph):
            if tensor.data_type in others:
                _widen(tensor)
                found = True
        for value in [*graph.input, *graph.output, *graph.value_info]:
            if value.type.tensor_type.elem_type in others:
                value.type.tensor_type.elem_type = 1
                found = True
        for node in graph.node:
            for attribute in node.attribute:
                if attribute.name in ("to", "dtype", "output_dtype") and attribute.i in others:
                    attribute.i = 1
                    found = True
    return found


def rename_types(shapes: Shapes) -> None:
    """Says the same of what was found of the types of values, in place."""
    for name, dtype in shapes.dtypes.items():
        if dtype in ("float16", "float64", "bfloat16"):
            shapes.dtypes[name] = "float32"


def _others() -> tuple[int, ...]:
    from onnx import TensorProto

    return (TensorProto.FLOAT16, TensorProto.DOUBLE, TensorProto.BFLOAT16)


def _graphs(graph: onnx.GraphProto) -> Iterator[onnx.GraphProto]:
    yield graph
    for node in graph.node:
        for attribute in node.attribute:
            if attribute.HasField("g"):
                yield from _graphs(attribute.g)


def _tensors(graph: onnx.GraphProto) -> Iterator[onnx.TensorProto]:
    yield from graph.initializer
    for node in graph.node:
        for attribute in node.attribute:
            if attribute.HasField("t"):
                yield attribute.t


def _widen(tensor: onnx.TensorProto) -> None:
    from onnx import numpy_helper

    array = np.asarray(numpy_helper.to_array(tensor)).astype(np.float32)
    tensor.CopyFrom(numpy_helper.from_array(array, tensor.name))
