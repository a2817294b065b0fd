"""Places of maxima, and values put back at them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from .context import Refused

if TYPE_CHECKING:
    from ..graph import Node
    from .context import Context, Lowering


def _axis_places(n: int, kernel: int, stride: int, dilation: int, pads: tuple[int, int], ceil: bool) -> np.ndarray:
    """[windows, kernel]: elements of an axis that each window sees, -1 outside."""
    span = dilation * (kernel - 1) + 1
    room = n + sum(pads) - span
    count = (-(-room // stride) if ceil else room // stride) + 1
    if ceil and (count - 1) * stride >= n + pads[0]:
        count -= 1
    places = np.arange(count)[:, None] * stride - pads[0] + np.arange(kernel) * dilation
    return np.where((places >= 0) & (places < n), places, -1)


def windows(context: Context, node: Node) -> np.ndarray:
    """[windows, elements of one]: places in a picture as one row, -1 outside."""
    dims = context.fixed(node.inputs[0])[2:]
    a = node.attributes
    if a.get("auto_pad", "NOTSET") not in ("NOTSET", "VALID"):
        raise Refused("indices of windows that pad by themselves")
    count = len(dims)
    pads = a.get("pads", [0] * 2 * count)
    strides, dilations = a.get("strides", [1] * count), a.get("dilations", [1] * count)
    all_places = np.zeros((1, 1), np.int64)
    for i, n in enumerate(dims):
        own = _axis_places(
            n, a["kernel_shape"][i], strides[i], dilations[i], (pads[i], pads[count + i]), bool(a.get("ceil_mode", 0))
        )
        wide, next_ = all_places[:, None, :, None], own[None, :, None, :]
        joined = np.where((wide < 0) | (next_ < 0), -1, wide * n + next_)
        all_places = joined.reshape(-1, joined.shape[2] * joined.shape[3])
    return all_places


def max_indices(context: Context, node: Node, target: str) -> None:
    """Where in the whole tensor the greatest of each window stands."""
    dims = context.fixed(node.inputs[0])
    size = int(np.prod(dims[2:]))
    places = windows(context, node)
    flat = context.add("Reshape", [node.inputs[0], context.numbers([0, 0, -1], target)], node)
    # One element more, which is none of the greatest, stands for all outside.
    more = context.numbers([0, 0, 0, 0, 0, 1], target)
    padded = context.add("Pad", [flat, more, context.weight(np.float32(-np.inf), target)], node, mode="constant")
    seen = context.add("Gather", [padded, context.numbers(np.where(places < 0, size, places), target)], node, axis=2)
    best = context.add("ArgMax", [seen], node, axis=3, keepdims=0)
    begins = context.numbers(np.arange(len(places)) * places.shape[1], target)
    table = _stored(places, dims[2:], bool(node.attributes.get("storage_order", 0)))
    found = context.add(
        "Gather",
        [context.numbers(table.reshape(-1), target), context.add("Add", [best, begins], node)],
        node,
        axis=0,
    )
    planes = np.arange(dims[0] * dims[1]).reshape(dims[0], dims[1], 1) * size
    whole = context.add("Add", [found, context.numbers(planes, target)], node)
    shape = context.add("Shape", [node.outputs[0]], node)
    context.add("Reshape", [whole, shape], node, to=target)


def _stored(places: np.ndarray, dims: list[int], columns_first: bool) -> np.ndarray:
    if not columns_first:
        return places
    index = np.unravel_index(np.maximum(places, 0), dims)
    return np.asarray(np.ravel_multi_index(index[::-1], dims[::-1]))


def max_unpool(context: Context, node: Node) -> None:
    """Values at the places that MaxPool gave, 0 elsewhere; then as much more at the ends as is wanted."""
    x, index, wanted = [*node.inputs, ""][:3]
    dims, a = context.fixed(x), node.attributes
    count = len(dims) - 2
    strides, pads = a.get("strides", [1] * count), a.get("pads", [0] * 2 * count)
    spatial = [(dims[2 + i] - 1) * strides[i] + a["kernel_shape"][i] - pads[i] - pads[count + i] for i in range(count)]
    shape = [*dims[:2], *spatial]
    row = context.numbers([-1], x)
    empty = context.weight(np.zeros(int(np.prod(shape)), context.dtype(x)), x)
    parts = [context.add("Reshape", [name, row], node) for name in (index, x)]
    full = context.add("ScatterElements", [empty, *parts], node, axis=0)
    last = "" if wanted else node.outputs[0]
    made = context.add("Reshape", [full, context.numbers(shape, x)], node, to=last)
    if wanted:
        more = context.add("Sub", [wanted, context.numbers(shape, x)], node)
        ends = context.add("Concat", [context.numbers([0] * len(shape), x), more], node, axis=0)
        context.add("Pad", [made, ends], node, to=node.outputs[0], mode="constant")


LOWERINGS: dict[str, Lowering] = {"MaxUnpool": max_unpool}
