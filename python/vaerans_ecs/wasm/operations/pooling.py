"""Windows over neighbours, and global ones."""

from __future__ import annotations

from typing import TYPE_CHECKING

from .convolution import first, last

if TYPE_CHECKING:
    from ..graph import Node
    from .context import Context, Lowering


def pool(context: Context, node: Node) -> None:
    """Between two changes of layout."""
    rank = context.rank(node.inputs[0])
    x = last(context, node.inputs[0], rank, node)
    known = ("kernel_shape", "strides", "pads", "dilations", "ceil_mode", "count_include_pad", "auto_pad")
    attributes = {k: v for k, v in node.attributes.items() if k in known}
    first(context, context.add(node.op, [x], node, **attributes), rank, node)


def everywhere(op: str) -> Lowering:
    """A reduction of all places."""

    def lower(context: Context, node: Node) -> None:
        axes = list(range(2, context.rank(node.inputs[0])))
        context.add(op, node.inputs, node, to=node.outputs[0], axes=axes, keepdims=1)

    return lower


LOWERINGS: dict[str, Lowering] = {
    "MaxPool": pool,
    "AveragePool": pool,
    "GlobalAveragePool": everywhere("ReduceMean"),
    "GlobalMaxPool": everywhere("ReduceMax"),
}
