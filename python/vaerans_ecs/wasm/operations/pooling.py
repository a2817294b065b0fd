"""Windows over neighbours, and global ones."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from .layout import first, last
from .terms import Term, put, step, value
from .unpooling import max_indices

if TYPE_CHECKING:
    from ..graph import Node
    from .context import Context, Lowering

#: Attributes of windows that the engine's operators have.
KNOWN = ("kernel_shape", "strides", "pads", "dilations", "ceil_mode", "count_include_pad", "auto_pad")


def pool(context: Context, node: Node) -> None:
    """Between two changes of layout; bytes as floats, which hold them."""
    x, target = node.inputs[0], node.outputs[0]
    rank, dtype = context.rank(x), context.dtype(x)
    floats = x if dtype == "float32" else context.add("Cast", [x], node, type="float32")
    attributes = {k: v for k, v in node.attributes.items() if k in KNOWN}
    made = context.add(node.op, [last(context, floats, rank, node)], node, **attributes)
    if dtype == "float32":
        first(context, made, rank, node)
    else:
        turned = context.add("Transpose", [made], node, perm=[0, rank - 1, *range(1, rank - 1)])
        context.add("Cast", [turned], node, to=target, type=dtype)
    if len(node.outputs) > 1 and node.outputs[1]:
        max_indices(context, node, node.outputs[1])


def lp_pool(context: Context, node: Node) -> None:
    """The root of the sum of powers: the mean of a window times its size."""
    x, p = value(node.inputs[0]), int(node.attributes.get("p", 2))
    magnitude = step("Abs", x)
    powers = {1: magnitude, 2: x * x}.get(p, step("Pow", magnitude, float(p)))
    raised = put(context, node, powers)
    context.shapes.dims[raised] = context.dims(node.inputs[0])
    context.shapes.dtypes[raised] = "float32"
    attributes = {k: v for k, v in node.attributes.items() if k in KNOWN}
    mean = context.onnx("AveragePool", [raised], node, **attributes | {"count_include_pad": 1})
    total = value(mean) * float(np.prod(node.attributes["kernel_shape"]))
    put(context, node, _root(total, p), to=node.outputs[0])


def everywhere(op: str) -> Lowering:
    """A reduction of all places."""

    def lower(context: Context, node: Node) -> None:
        """A reduction of all places."""
        axes = list(range(2, context.rank(node.inputs[0])))
        context.add(op, node.inputs, node, to=node.outputs[0], axes=axes, keepdims=1)

    return lower


def global_lp(context: Context, node: Node) -> None:
    """The root of the sum of powers of all places."""
    x, p = value(node.inputs[0]), int(node.attributes.get("p", 2))
    axes = list(range(2, context.rank(node.inputs[0])))
    total = step("ReduceSum", step("Pow", step("Abs", x), float(p)), axes=axes, keepdims=1)
    put(context, node, _root(total, p), to=node.outputs[0])


def _root(total: Term, p: int) -> Term:
    if p == 1:
        return total * 1.0
    return step("Sqrt", total) if p == 2 else step("Pow", total, 1 / p)


LOWERINGS: dict[str, Lowering] = {
    "MaxPool": pool,
    "AveragePool": pool,
    "LpPool": lp_pool,
    "GlobalAveragePool": everywhere("ReduceMean"),
    "GlobalMaxPool": everywhere("ReduceMax"),
    "GlobalLpPool": global_lp,
}
