"""How far a convolutional network sees: what it reads of its input for a part of its output."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from ..errors import ModelError

__all__ = ["reach"]

Span = tuple[int, int]
#: Operators that read of every input what they write.
LOCAL = {
    "Abs", "Add", "Cast", "Clip", "Div", "Elu", "Erf", "Exp", "Gelu", "HardSigmoid", "HardSwish", "Identity",
    "LeakyRelu", "Max", "Min", "Mul", "Neg", "PRelu", "Pow", "Reciprocal", "Relu", "Sigmoid", "Softplus", "Sqrt",
    "Sub", "Tanh",
}  # fmt: skip


def reach(model: Any, downscale: int, *, encodes: bool) -> int:
    """Samples of the latent around a block of it, on every side, that what is made of the block may need.

    Parameters
    ----------
    model
        An ONNX model of one input and one output, (1, C, H, W).
    downscale
        Pixels to a sample along an axis.
    encodes
        Whether it makes the latent of a picture; else a picture of the latent.

    Raises
    ------
    ModelError
        ``model.operator``: of this one it is not known.
    """
    low, high = _read(model.graph, (0, 0 if encodes else downscale - 1))
    each = downscale if encodes else 1
    return max(-(low // each), high // each, 0)


def _read(graph: Any, written: Span) -> Span:
    """Rows, or columns, of the input that a span of the output's depends on."""
    weights = {w.name: list(w.dims) for w in graph.initializer}
    (source,) = (i.name for i in graph.input if i.name not in weights)
    spans = {graph.output[0].name: written}
    for node in reversed(graph.node):
        parts = [spans[name] for name in node.output if name in spans]
        if not parts:
            continue
        read = _of(node, weights)(min(low for low, _ in parts), max(high for _, high in parts))
        for name in node.input:
            low, high = spans.get(name, read)
            spans[name] = min(low, read[0]), max(high, read[1])
    return spans[source]


def _of(node: Any, weights: dict[str, list[int]]) -> Callable[[int, int], Span]:
    """What a node reads of its input for a span of its output."""
    given: dict[str, Any] = {a.name: a.i if a.type == a.INT else list(a.ints) for a in node.attribute}
    if node.op_type in LOCAL:
        return lambda low, high: (low, high)
    if node.op_type == "DepthToSpace":
        return lambda low, high: (low // given["blocksize"], high // given["blocksize"])
    if node.op_type == "SpaceToDepth":
        return lambda low, high: (low * given["blocksize"], (high + 1) * given["blocksize"] - 1)
    kernel = given.get("kernel_shape") or weights.get(node.input[1] if len(node.input) > 1 else "", [])[2:]
    if node.op_type == "Conv" and kernel and "auto_pad" not in given:
        return lambda low, high: _convolved(kernel, given, low, high)
    name = f"{node.op_type} {node.name}".strip()
    raise ModelError("model.operator", f"{name}: how far a codec's network sees through this operator is not known")


def _convolved(kernel: list[int], given: dict[str, Any], low: int, high: int) -> Span:
    """Along the axis that reads more."""
    axes = len(kernel)
    strides, dilations = given.get("strides", [1] * axes), given.get("dilations", [1] * axes)
    pads = given.get("pads", [0] * axes)
    ends = [
        (low * strides[i] - pads[i], high * strides[i] - pads[i] + (kernel[i] - 1) * dilations[i]) for i in range(axes)
    ]
    return min(low for low, _ in ends), max(high for _, high in ends)
