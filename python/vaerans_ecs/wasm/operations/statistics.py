"""Normalisation by what the data themselves say: batches in training, neighbours, norms."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from .terms import Term, put, step, value, where

if TYPE_CHECKING:
    from ..graph import Node
    from .context import Context, Lowering


def training_batch(context: Context, node: Node) -> None:
    """Mean and variance of the batch; running ones move toward them."""
    x, scale, bias, mean, variance = (value(name) for name in node.inputs)
    rank = context.rank(node.inputs[0])
    axes = [axis for axis in range(rank) if axis != 1]
    shape = np.array([-1] + [1] * (rank - 2), np.int64)
    own_mean = step("ReduceMean", x, axes=axes, keepdims=1)
    centred = x - own_mean
    own_variance = step("ReduceMean", centred * centred, axes=axes, keepdims=1)
    deviation = step("Sqrt", own_variance + float(node.attributes.get("epsilon", 1e-5)))
    y = centred / deviation * step("Reshape", scale, shape) + step("Reshape", bias, shape)
    put(context, node, y, to=node.outputs[0])
    momentum = float(node.attributes.get("momentum", 0.9))
    flat = np.array([-1], np.int64)
    for name, old, new in zip(node.outputs[1:], (mean, variance), (own_mean, own_variance), strict=False):
        if name:
            put(context, node, old * momentum + step("Reshape", new, flat) * (1 - momentum), to=name)


def lp_norm(context: Context, node: Node) -> None:
    """Divided by the norm along an axis; what has none stays 0."""
    x, p = value(node.inputs[0]), int(node.attributes.get("p", 2))
    axis = context.axis(node, -1, context.rank(node.inputs[0]))
    norm = step("ReduceL1" if p == 1 else "ReduceL2", x, axes=[axis], keepdims=1)
    put(context, node, x / where(step("Equal", norm, 0.0), 1.0, norm), to=node.outputs[0])


def neighbours(context: Context, node: Node) -> None:
    """LRN: divided by a power of the sum of squares of channels nearby."""
    name, a = node.inputs[0], node.attributes
    x, size, channels = value(name), int(a["size"]), context.dims(name)[1]
    lanes = np.array([0, channels, -1, 1], np.int64)
    squares = step("Reshape", x * x, lanes)
    # Windows along the first axis of a picture: channels there, all places behind.
    pads = [(size - 1) // 2, 0, size // 2, 0]
    mean = step("AveragePool", squares, kernel_shape=[size, 1], pads=pads, count_include_pad=1)
    mean = step("Reshape", mean, step("Shape", x))
    base: Term = mean * float(a.get("alpha", 1e-4)) + float(a.get("bias", 1.0))
    put(context, node, x / step("Pow", base, float(a.get("beta", 0.75))), to=node.outputs[0])


LOWERINGS: dict[str, Lowering] = {"LpNormalization": lp_norm, "LRN": neighbours}
