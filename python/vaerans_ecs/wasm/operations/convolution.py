"""Convolutions and what else looks at neighbours: ONNX has channels first, the engine last."""

from __future__ import annotations

from typing import TYPE_CHECKING

from . import volumes
from .layout import first, last, transposed_weight, weight_last

if TYPE_CHECKING:
    from ..graph import Node
    from .context import Context, Lowering

#: Most dimensions of a picture without batch and channels that the engine's operators know.
MAX_SPATIAL = 2


def conv(context: Context, node: Node) -> None:
    """A convolution between two changes of layout, which a later pass takes out in pairs."""
    rank = context.rank(node.inputs[1])
    if rank - 2 > MAX_SPATIAL:
        volumes.conv(context, node)
        return
    x = last(context, node.inputs[0], rank, node)
    w = weight_last(context, node.inputs[1], rank, node)
    attributes = {k: v for k, v in node.attributes.items() if k != "kernel_shape"}
    y = context.add("Conv", [x, w, *node.inputs[2:]], node, **attributes)
    first(context, y, rank, node)


def conv_transpose(context: Context, node: Node) -> None:
    """As a convolution; weights are [in, out of a group, *kernel]."""
    rank = context.rank(node.inputs[1])
    if rank - 2 > MAX_SPATIAL:
        volumes.conv_transpose(context, node)
        return
    groups = int(node.attributes.get("group", 1))
    x = last(context, node.inputs[0], rank, node)
    w = transposed_weight(context, node, node.inputs[1], groups)
    attributes = {k: v for k, v in node.attributes.items() if k != "kernel_shape"}
    y = context.add("ConvTranspose", [x, w, *node.inputs[2:]], node, **attributes)
    first(context, y, rank, node)


LOWERINGS: dict[str, Lowering] = {"Conv": conv, "ConvTranspose": conv_transpose}
