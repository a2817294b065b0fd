"""Large weights are taken out of an ONNX model while tools that copy all of it look at its graph."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import onnx

#: Elements of a weight that is taken out; nobody reads a shape or a number in one of these.
LARGE = 1 << 14


def lift(model: onnx.ModelProto) -> list[onnx.TensorProto]:
    """Takes large weights out, in place: they become inputs of the graph."""
    from onnx import helper

    graph = model.graph
    lifted = [t for t in graph.initializer if math.prod(t.dims) > LARGE]
    names = {t.name for t in lifted}
    given = {v.name for v in graph.input}
    left = [t for t in graph.initializer if t.name not in names]
    del graph.initializer[:]
    graph.initializer.extend(left)
    graph.input.extend(
        helper.make_tensor_value_info(t.name, t.data_type, list(t.dims)) for t in lifted if t.name not in given
    )
    return lifted


def restore(model: onnx.ModelProto, lifted: list[onnx.TensorProto]) -> None:
    """Puts those that the graph still reads back, in place."""
    names = {t.name for t in lifted}
    inputs = [v for v in model.graph.input if v.name not in names]
    del model.graph.input[:]
    model.graph.input.extend(inputs)
    model.graph.initializer.extend(lifted)
