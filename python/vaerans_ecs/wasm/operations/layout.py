"""Channels first, as ONNX has them, and last, as the engine has them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from ..graph import Node
    from .context import Context


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


def transposed_weight(context: Context, node: Node, name: str, groups: int) -> str:
    """[*kernel, in of a group, out]; the groups' outputs lie beside one another."""
    rank = context.rank(name)
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
