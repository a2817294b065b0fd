"""Operators that place elements by index."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from .data import type_name
from .terms import Term, put, step, value, where

if TYPE_CHECKING:
    from ..graph import Node
    from .context import Context, Lowering

ZERO, ONE = np.array(0, np.int64), np.array(1, np.int64)


def whole(name: str) -> Term:
    """A value as int64."""
    return step("Cast", value(name), type="int64")


def scalar(term: Term) -> Term:
    """The one element of a term, without dimensions."""
    return step("Reshape", term, np.zeros(0, np.int64))


def extent(name: str, axis: int) -> Term:
    """How long an axis is."""
    return step("Gather", step("Shape", value(name)), np.array(axis, np.int64))


def up_to(n: Term) -> Term:
    """0, 1, 2 ..."""
    return step("Range", ZERO, n, ONE)


def lifted(term: Term, axis: int, rank: int) -> Term:
    """A list along one axis of `rank`."""
    return step("Reshape", term, np.array([-1] + [1] * (rank - 1 - axis), np.int64))


def one_hot(context: Context, node: Node) -> None:
    """The second of two values where an index is, counted from the end if it is negative."""
    indices, depth, values = node.inputs
    rank = context.rank(indices) + 1
    axis = context.axis(node, -1, rank)
    n = scalar(whole(depth))
    index = whole(indices)
    index = where(step("Less", index, ZERO), index + n, index)
    hits = step("Equal", step("Unsqueeze", index, axes=[axis]), lifted(up_to(n), axis, rank))
    off, on = (step("Gather", value(values), np.array(i, np.int64), axis=0) for i in range(2))
    put(context, node, where(hits, on, off), to=node.outputs[0])


def eye_like(context: Context, node: Node) -> None:
    """1 along a diagonal."""
    x, k = node.inputs[0], int(node.attributes.get("k", 0))
    dtype = type_name(node.attributes["dtype"]) if "dtype" in node.attributes else context.dtype(x)
    rows, columns = (up_to(extent(x, axis)) for axis in range(2))
    row = step("Unsqueeze", rows + np.array(k, np.int64), axes=[1])
    hits = step("Equal", row, step("Unsqueeze", columns, axes=[0]))
    put(context, node, step("Cast", hits, type=dtype), to=node.outputs[0])


def reverse_sequence(context: Context, node: Node) -> None:
    """The first elements of each sequence the other way round; batch and time are the first two axes."""
    x, lengths = node.inputs
    rank = context.rank(x)
    swapped = context.axis(node, 1, rank, "batch_axis") == 1
    order = [1, 0, *range(2, rank)]
    source = step("Transpose", value(x), perm=order) if swapped else value(x)
    time = step("Unsqueeze", up_to(extent(x, 0 if swapped else 1)), axes=[0])
    length = step("Unsqueeze", whole(lengths), axes=[1])
    index = where(step("Less", time, length), length - ONE - time, time)
    turned = step("GatherND", source, step("Unsqueeze", index, axes=[2]), batch_dims=1)
    put(context, node, step("Transpose", turned, perm=order) if swapped else turned, to=node.outputs[0])


def scatter(context: Context, node: Node) -> None:
    """ONNX's old name of ScatterElements."""
    context.add("ScatterElements", node.inputs, node, to=node.outputs[0], **node.attributes)


def compress(context: Context, node: Node) -> None:
    """Slices for which a condition holds; it has to be known before the network runs."""
    x, condition = node.inputs
    index = step("Reshape", step("NonZero", value(condition)), np.array([-1], np.int64))
    source, axis = value(x), 0
    if "axis" in node.attributes:
        axis = context.axis(node, 0, context.rank(x))
    else:
        source = step("Reshape", source, np.array([-1], np.int64))
    put(context, node, step("Gather", source, index, axis=axis), to=node.outputs[0])


def tensor_scatter(context: Context, node: Node) -> None:
    """A cache with new elements along an axis, for each of the batch from a place of its own on."""
    past, update, places = [*node.inputs, ""][:3]
    rank = context.rank(past)
    axis = context.axis(node, -2, rank)
    time = lifted(up_to(extent(past, axis)), axis, rank)
    new = extent(update, axis)
    begin = step("Reshape", whole(places), np.array([-1] + [1] * (rank - 1), np.int64)) if places else Term(array=ZERO)
    index = time - begin
    if node.attributes.get("mode", "linear") == "circular":
        index = step("Mod", index, extent(past, axis))
    hits = step("And", step("GreaterOrEqual", index, ZERO), step("Less", index, new))
    inside = step("Max", step("Min", index, new - ONE), ZERO)
    wide = step("Expand", inside, step("Shape", value(past)))
    found = step("GatherElements", value(update), wide, axis=axis)
    put(context, node, where(hits, found, value(past)), to=node.outputs[0])


LOWERINGS: dict[str, Lowering] = {
    "OneHot": one_hot,
    "EyeLike": eye_like,
    "ReverseSequence": reverse_sequence,
    "Scatter": scatter,
    "Compress": compress,
    "TensorScatter": tensor_scatter,
}
