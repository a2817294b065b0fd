"""Operators that move elements."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from ..from_onnx import DTYPES
from .context import Refused

if TYPE_CHECKING:
    from ..graph import Node
    from .context import Context, Lowering

#: Most operands that one step takes.
MAX_OPERANDS = 60


def concat(context: Context, node: Node) -> None:
    """Of more operands than a step takes: in parts."""
    parts = list(node.inputs)
    while len(parts) > MAX_OPERANDS:
        head = context.add("Concat", parts[:MAX_OPERANDS], node, **node.attributes)
        parts = [head, *parts[MAX_OPERANDS:]]
    context.add("Concat", parts, node, to=node.outputs[0], **node.attributes)


def slice_(context: Context, node: Node) -> None:
    """Before opset 10 starts, ends and axes were attributes."""
    if len(node.inputs) > 1:
        context.keep(node)
        return
    inputs = [node.inputs[0]]
    for name in ("starts", "ends", "axes"):
        if name in node.attributes:
            inputs.append(context.weight(np.array(node.attributes[name], np.int64), node.outputs[0]))
    context.add("Slice", inputs, node, to=node.outputs[0])


def type_name(number: int) -> str:
    """NumPy's name of a type of the engine, for ONNX's number."""
    from onnx import helper

    name = np.dtype(helper.tensor_dtype_to_np_dtype(number)).name
    if name not in DTYPES:
        raise Refused(f"elements of {name}; the engine has {', '.join(DTYPES)}")
    return name


def cast(context: Context, node: Node) -> None:
    """As another type, for which ONNX has numbers."""
    context.add("Cast", node.inputs, node, to=node.outputs[0], type=type_name(node.attributes["to"]))


def bit_cast(context: Context, node: Node) -> None:
    """The same bits as another type."""
    context.add("BitCast", node.inputs, node, to=node.outputs[0], type=type_name(node.attributes["to"]))


def has_element(context: Context, node: Node) -> None:
    """A tensor is there, or was left out."""
    there = context.weight(np.array(bool(node.inputs and node.inputs[0])), node.outputs[0])
    context.add("Identity", [there], node, to=node.outputs[0])


def get_element(context: Context, node: Node) -> None:
    """A tensor is its own element."""
    context.add("Identity", node.inputs, node, to=node.outputs[0])


def constant_of_shape(context: Context, node: Node) -> None:
    """The value is an attribute; 0 without one."""
    value = context.weight(node.tensors.get("value", np.zeros(1, np.float32)).reshape(()), node.outputs[0])
    context.add("ConstantOfShape", [node.inputs[0], value], node, to=node.outputs[0])


def cast_like(context: Context, node: Node) -> None:
    """As the type of another value."""
    context.add("Cast", node.inputs[:1], node, to=node.outputs[0], type=context.dtype(node.inputs[1]))


def depth_to_space(context: Context, node: Node) -> None:
    """Blocks of channels become blocks of a picture."""
    size = int(node.attributes["blocksize"])
    columns_first = node.attributes.get("mode", "DCR") == "CRD"
    split = [0, -1, size, size] if columns_first else [0, size, size, -1]
    _blocks(context, node, size, split, [0, 1, 4, 2, 5, 3] if columns_first else [0, 3, 4, 1, 5, 2])


def _blocks(context: Context, node: Node, size: int, split: list[int], order: list[int]) -> None:
    x = node.inputs[0]
    shape = context.add("Shape", [x], node)
    sides = context.add("Slice", [shape, *(context.weight(np.array([v]), shape) for v in (2, 4))], node)
    head = context.weight(np.array(split), shape)
    wide = context.add("Reshape", [x, context.add("Concat", [head, sides], node, axis=0)], node)
    turned = context.add("Transpose", [wide], node, perm=order)
    larger = context.add("Mul", [sides, context.weight(np.array(size), sides)], node)
    ends = context.add("Concat", [context.weight(np.array([0, -1]), shape), larger], node, axis=0)
    context.add("Reshape", [turned, ends], node, to=node.outputs[0])


def space_to_depth(context: Context, node: Node) -> None:
    """Blocks of a picture become blocks of channels."""
    size = int(node.attributes["blocksize"])
    x = node.inputs[0]
    shape = context.add("Shape", [x], node)
    block, rest = (context.weight(np.array([v]), shape) for v in (size, -1))
    extents = [context.add("Gather", [shape, context.weight(np.array([i]), shape)], node) for i in range(4)]
    sides = [context.add("Div", [extent, block], node) for extent in extents[2:]]
    split = context.add("Concat", [*extents[:2], sides[0], block, sides[1], block], node, axis=0)
    order = [0, 1, 3, 5, 2, 4] if node.attributes.get("mode", "DCR") == "CRD" else [0, 3, 5, 1, 2, 4]
    turned = context.add("Transpose", [context.add("Reshape", [x, split], node)], node, perm=order)
    ends = context.add("Concat", [extents[0], rest, *sides], node, axis=0)
    context.add("Reshape", [turned, ends], node, to=node.outputs[0])


LOWERINGS: dict[str, Lowering] = {
    "CastLike": cast_like,
    "DepthToSpace": depth_to_space,
    "SpaceToDepth": space_to_depth,
    "ConstantOfShape": constant_of_shape,
    "Concat": concat,
    "Slice": slice_,
    "Cast": cast,
    "BitCast": bit_cast,
    "OptionalHasElement": has_element,
    "OptionalGetElement": get_element,
}
