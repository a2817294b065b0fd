"""Layer, batch, instance, group and RMS normalisation."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from .layout import first, last
from .statistics import training_batch

if TYPE_CHECKING:
    from ..graph import Node
    from .context import Context, Lowering


def layer(context: Context, node: Node) -> None:
    """Mean and 1 / deviation are worked out apart where they are wanted."""
    epsilon, axis = float(node.attributes.get("epsilon", 1e-5)), int(node.attributes.get("axis", -1))
    inputs = _scale_and_bias(context, node)
    context.add("LayerNormalization", inputs, node, to=node.outputs[0], epsilon=epsilon, axis=axis)
    wanted = [*node.outputs[1:], "", ""]
    if not (wanted[0] or wanted[1]):
        return
    rank = context.rank(node.inputs[0])
    axes = list(range(axis % rank, rank))
    mean = context.add("ReduceMean", node.inputs[:1], node, to=wanted[0], axes=axes, keepdims=1)
    if wanted[1]:
        centred = context.add("Sub", [node.inputs[0], mean], node)
        squares = context.add("Mul", [centred, centred], node)
        variance = context.add("ReduceMean", [squares], node, axes=axes, keepdims=1)
        more = context.add("Add", [variance, context.weight(np.float32(epsilon), variance)], node)
        context.add("Reciprocal", [context.add("Sqrt", [more], node)], node, to=wanted[1])


def _scale_and_bias(context: Context, node: Node) -> list[str]:
    """The inputs, with a known scale and bias of different sizes as large as the larger one."""
    known = [context.known(name) for name in node.inputs[1:] if name]
    if len(known) < 2 or any(array is None for array in known):
        return node.inputs
    both = np.broadcast_arrays(*(np.asarray(array) for array in known))
    return [node.inputs[0], *(context.weight(array, name) for array, name in zip(both, node.inputs[1:], strict=True))]


def batch(context: Context, node: Node) -> None:
    """(x - mean) / sqrt(variance + epsilon) * scale + bias, by channel; what is known is worked out now."""
    if node.attributes.get("training_mode", 0):
        training_batch(context, node)
        return
    x, scale, bias, mean, variance = node.inputs
    epsilon = np.float32(node.attributes.get("epsilon", 1e-5))
    shape = context.weight(np.array([-1, *[1] * (context.rank(x) - 2)], np.int64), x)
    arrays = [context.known(name) for name in node.inputs[1:]]
    if all(a is not None for a in arrays):
        s, b, m, v = (np.asarray(a, np.float64) for a in arrays)
        factor = s / np.sqrt(v + epsilon)
        parts = [context.weight(a.astype(np.float32), scale) for a in (factor, b - m * factor)]
    else:
        more = context.add("Add", [variance, context.weight(epsilon, variance)], node)
        factor_ = context.add("Div", [scale, context.add("Sqrt", [more], node)], node)
        parts = [factor_, context.add("Sub", [bias, context.add("Mul", [mean, factor_], node)], node)]
    factor_, offset = (context.add("Reshape", [part, shape], node) for part in parts)
    context.add("Add", [context.add("Mul", [x, factor_], node), offset], node, to=node.outputs[0])


def group(context: Context, node: Node) -> None:
    """Group normalisation of channels first; scale and bias by channel."""
    rank = context.rank(node.inputs[0])
    x = last(context, node.inputs[0], rank, node)
    attributes = {k: v for k, v in node.attributes.items() if k in ("num_groups", "epsilon")}
    first(context, context.add("GroupNormalization", [x, *node.inputs[1:]], node, **attributes), rank, node)


def instance(context: Context, node: Node) -> None:
    """A group a channel."""
    known = context.known(node.inputs[1])
    channels = context.shapes.dims[node.inputs[0]][1] if known is None else len(known)
    rank = context.rank(node.inputs[0])
    x = last(context, node.inputs[0], rank, node)
    epsilon = float(node.attributes.get("epsilon", 1e-5))
    first(
        context,
        context.add("GroupNormalization", [x, *node.inputs[1:]], node, num_groups=channels, epsilon=epsilon),
        rank,
        node,
    )


LOWERINGS: dict[str, Lowering] = {
    "LayerNormalization": layer,
    "BatchNormalization": batch,
    "GroupNormalization": group,
    "InstanceNormalization": instance,
}
