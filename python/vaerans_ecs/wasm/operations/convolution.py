"""Convolutions and what else looks at neighbours: ONNX has channels first, the engine last."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from ..graph import Node
    from .context import Context, Lowering

#: Most dimensions of a picture without batch and channels that the engine's operators know.
MAX_SPATIAL = 2


def last(context: Context, name: str, rank: int, node: Node) -> str:
    """A value of channels first, with channels last."""
    return context.add("Transpose", [name], node, perm=[0, *range(2, rank), 1])


def first(context: Context, name: str, rank: int, node: Node) -> None:
    """A value of channels last becomes the node's output."""
    context.add("Transpose", [name], node, to=node.outputs[0], perm=[0, rank - 1, *range(1, rank - 1)])


def weight_last(context: Context, name: str, rank: int, node: Node) -> str:
    """Weights [out, in, *kernel] as [*kernel, in, out]."""
    order = [*range(2, rank), 1, 0]
    known = context.known(name)
    if known is None:
        return context.add("Transpose", [name], node, perm=order)
    return context.weight(np.ascontiguousarray(known.transpose(order)), name)


def conv(context: Context, node: Node) -> None:
    """A convolution between two changes of layout, which a later pass takes out in pairs."""
    rank = context.rank(node.inputs[1])
    x = last(context, node.inputs[0], rank, node)
    w = weight_last(context, node.inputs[1], rank, node)
    attributes = {k: v for k, v in node.attributes.items() if k != "kernel_shape"}
    y = context.add("Conv", [x, w, *node.inputs[2:]], node, **attributes)
    first(context, y, rank, node)


def conv_transpose(context: Context, node: Node) -> None:
    """As a convolution; weights are [in, out of a group, *kernel]."""
    rank = context.rank(node.inputs[1])
    groups = int(node.attributes.get("group", 1))
    x = last(context, node.inputs[0], rank, node)
    w = _transposed_weight(context, node, rank, groups)
    attributes = {k: v for k, v in node.attributes.items() if k != "kernel_shape"}
    y = context.add("ConvTranspose", [x, w, *node.inputs[2:]], node, **attributes)
    first(context, y, rank, node)


def _transposed_weight(context: Context, node: Node, rank: int, groups: int) -> str:
    """[*kernel, in of a group, out]; the groups' outputs lie beside one another."""
    name = node.inputs[1]
    order = [*range(3, rank + 1), 1, 0, 2]
    known = context.known(name)
    dims = list(known.shape) if known is not None else context.shapes.dims[name]
    split = [groups, dims[0] // groups, *dims[1:]]
    joined = [*dims[2:], dims[0] // groups, groups * dims[1]]
    if known is not None:
        return context.weight(np.ascontiguousarray(known.reshape(split).transpose(order)).reshape(joined), name)
    before, after = (context.weight(np.array(d, np.int64), name) for d in (split, joined))
    wide = context.add("Transpose", [context.add("Reshape", [name, before], node)], node, perm=order)
    return context.add("Reshape", [wide, after], node)


LOWERINGS: dict[str, Lowering] = {"Conv": conv, "ConvTranspose": conv_transpose}
