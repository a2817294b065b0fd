"""Layer, batch, instance, group and RMS normalisation."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

from .context import Refused
from .layout import first, last
from .statistics import training_batch

if TYPE_CHECKING:
    from ..graph import Node
    from .context import Context, Lowering


def layer(context: Context, node: Node) -> None:
    """Mean and 1 / deviation are worked out apart where they are wanted."""
    epsilon, axis = float(node.attributes.get("epsilon", 1e-5)), int(node.attributes.get("axis", -1))
    _scaled(context, node, "LayerNormalization", epsilon, axis)
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


def rms(context: Context, node: Node) -> None:
    """The engine computes in 32 bits, whatever `stash_type` says."""
    epsilon, axis = float(node.attributes.get("epsilon", 1e-5)), int(node.attributes.get("axis", -1))
    _scaled(context, node, "RMSNormalization", epsilon, axis)


def _scaled(context: Context, node: Node, op: str, epsilon: float, axis: int) -> None:
    """The node with the scale and bias that it takes; those that it does not take come after it, and broadcast."""
    x, *given = (name for name in node.inputs if name)
    span = _span(context, x, axis)
    given = _enlarged(context, given, span)
    inside = next((i for i in range(len(given), 0, -1) if _takes(context, given[:i], span)), 0)
    scales = given[:inside] or [context.weight(np.ones(1, np.float32), node.outputs[0])]
    after = list(zip(("Mul", "Add"), given, strict=False))[inside:]
    made = context.add(op, [x, *scales], node, to="" if after else node.outputs[0], epsilon=epsilon, axis=axis)
    for i, (then, other) in enumerate(after, 1):
        made = context.add(then, [made, other], node, to=node.outputs[0] if i == len(after) else "")


def _span(context: Context, x: str, axis: int) -> list[int]:
    """The extents that are normalised, 0 for what is open; as few as there may be where the rank is not known."""
    rank = context.rank_or(x, 0)
    return context.dims(x)[axis:] if rank else [0] * (-axis if axis < 0 else 1)


def _enlarged(context: Context, names: list[str], span: list[int]) -> list[str]:
    """A known scale and bias as large as the engine takes them, where that is all that keeps it from taking them."""
    arrays = [array for name in names if (array := context.known(name)) is not None]
    if len(arrays) < len(names) or _takes(context, names, span):
        return names
    try:
        made = np.broadcast_arrays(*arrays)
        if all(span) and not _is_tail(made[0].shape, span):
            made = np.broadcast_arrays(*arrays, np.empty(span, np.bool_))[: len(names)]
    except ValueError:
        shapes = " and ".join(str(list(array.shape)) for array in arrays)
        raise Refused(f"scale and bias of {shapes} do not broadcast to {span}") from None
    if not _is_tail(made[0].shape, span):
        return names
    return [context.weight(array, name) for array, name in zip(made, names, strict=True)]


def _takes(context: Context, names: list[str], span: list[int]) -> bool:
    """Whether the engine takes these: as many elements of each, and shaped like the last of the extents."""
    try:
        dims = [context.dims(name) for name in names]
    except Refused:
        return False
    return len({math.prod(one) for one in dims}) == 1 and all(_is_tail(one, span) for one in dims)


def _is_tail(dims: Sequence[int], span: list[int]) -> bool:
    """Whether an array's elements follow one another as those of the last extents do, over and over."""
    first = next((i for i, extent in enumerate(dims) if extent != 1), len(dims))
    pairs = list(zip(reversed(dims[first:]), reversed(span), strict=False))
    return len(pairs) == len(dims) - first and all(d > 0 and (d == e or (e == 0 and d > 1)) for d, e in pairs)


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
    "RMSNormalization": rms,
    "BatchNormalization": batch,
    "GroupNormalization": group,
    "InstanceNormalization": instance,
}
