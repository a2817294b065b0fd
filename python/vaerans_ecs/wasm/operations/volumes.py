"""Convolutions over volumes: those of pictures, one for each plane of the weights, added up."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from .context import Refused
from .layout import first, last, transposed_weight, weight_last
from .terms import Term, put, step, value

if TYPE_CHECKING:
    from ..graph import Attribute, Node
    from .context import Context

#: Behind every end.
FAR = 2**31 - 1


def _depth(node: Node, name: str, default: list[int]) -> tuple[int, list[int]]:
    """An attribute of three axes: that of the depth, and those of pictures."""
    values = list(node.attributes.get(name, default))
    return values[0], values[1:]


def _pads(node: Node) -> tuple[tuple[int, int], list[int]]:
    if node.attributes.get("auto_pad", "NOTSET") not in ("NOTSET", "VALID"):
        raise Refused("a volume that is padded by its size")
    pads = list(node.attributes.get("pads", [0] * 6))
    return (pads[0], pads[3]), [*pads[1:3], *pads[4:6]]


def _plane(context: Context, node: Node, name: str, k: int) -> str:
    """The weights of one plane [out, in, depth, height, width]."""
    known = context.known(name)
    if known is not None:
        return context.weight(np.ascontiguousarray(known[:, :, k]), name)
    made = context.add("Gather", [name, context.numbers(k, name)], node, axis=2)
    dims = context.dims(name)
    context.shapes.dims[made] = [*dims[:2], *dims[3:]]
    return made


def _part(shape: Term, begin: int, end: int) -> Term:
    return step("Slice", shape, np.array([begin]), np.array([end]))


def _pictures(x: Term) -> Term:
    """Planes [batch, depth, ...] as pictures of a larger batch."""
    return step("Reshape", x, step("Concat", np.array([-1]), _part(step("Shape", x), 2, FAR), axis=0))


def _planes(y: Term, like: Term) -> Term:
    """Pictures as planes again: batch and depth are those of `like`."""
    shape = step("Concat", _part(step("Shape", like), 0, 2), _part(step("Shape", y), 1, FAR), axis=0)
    return step("Reshape", y, shape)


def _padded(x: Term, before: int, after: int, axis: int = 1) -> Term:
    if before == after == 0:
        return x
    return step("Pad", x, np.array([before, after]), np.zeros((), np.float32), np.array([axis]), mode="constant")


def conv(context: Context, node: Node) -> None:
    """A volume [batch, channels, depth, height, width]."""
    (before, after), pads = _pads(node)
    (stride, strides), (dilation, dilations) = (_depth(node, n, [1] * 3) for n in ("strides", "dilations"))
    depth = context.fixed(node.inputs[1])[2]
    flat: dict[str, Attribute] = {"strides": strides, "dilations": dilations, "pads": pads}
    flat["group"] = int(node.attributes.get("group", 1))
    x = _padded(value(last(context, node.inputs[0], 5, node)), before, after)
    total: Term | None = None
    for k in range(depth):
        end = FAR if k == depth - 1 else -(depth - 1 - k) * dilation
        cut = [np.array([v]) for v in (k * dilation, end, 1, stride)]
        planes = value(put(context, node, step("Slice", x, *cut)))
        w = value(weight_last(context, _plane(context, node, node.inputs[1], k), 4, node))
        bias = [value(name) for name in node.inputs[2:]] if k == 0 else []
        y = _planes(step("Conv", _pictures(planes), w, *bias, **flat), planes)
        total = y if total is None else total + y
    assert total is not None
    first(context, put(context, node, total), 5, node)


def conv_transpose(context: Context, node: Node) -> None:
    """Each plane of the input spreads over as many of the output as the weights are deep."""
    if "output_shape" in node.attributes:
        raise Refused("a volume of a given size")
    (before, after), pads = _pads(node)
    (stride, strides), (dilation, dilations) = (_depth(node, n, [1] * 3) for n in ("strides", "dilations"))
    more, output_padding = _depth(node, "output_padding", [0] * 3)
    depth, groups = context.fixed(node.inputs[1])[2], int(node.attributes.get("group", 1))
    flat: dict[str, Attribute] = {"strides": strides, "dilations": dilations, "pads": pads, "group": groups}
    flat["output_padding"] = output_padding
    planes = value(last(context, node.inputs[0], 5, node))
    pictures = _pictures(planes)
    total: Term | None = None
    for k in range(depth):
        w = value(transposed_weight(context, node, _plane(context, node, node.inputs[1], k), groups))
        y = _planes(step("ConvTranspose", pictures, w, **flat), planes)
        y = _padded(_spread(y, stride), k * dilation, (depth - 1 - k) * dilation + more)
        total = y if total is None else total + y
    assert total is not None
    end = FAR if stride - 1 + after == 0 else -(stride - 1 + after)
    cropped = step("Slice", total, np.array([before]), np.array([end]), np.array([1]))
    if len(node.inputs) > 2 and node.inputs[2]:
        cropped = cropped + value(node.inputs[2])
    first(context, put(context, node, cropped), 5, node)


def _spread(y: Term, stride: int) -> Term:
    """Planes `stride` apart, 0 between and behind."""
    if stride == 1:
        return y
    shape = step("Shape", y)
    wide = _padded(step("Unsqueeze", y, axes=[2]), 0, stride - 1, axis=2)
    return step("Reshape", wide, step("Concat", _part(shape, 0, 1), np.array([-1]), _part(shape, 2, FAR), axis=0))
