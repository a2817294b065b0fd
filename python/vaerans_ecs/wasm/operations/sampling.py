"""Pictures looked at from anywhere, columns of windows put back, pictures of other sizes."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from .context import Refused
from .layout import first, last
from .terms import put, step, value

if TYPE_CHECKING:
    from ..graph import Node
    from .context import Context, Lowering

#: Names of the modes before opset 20.
OLD_MODES = {"bilinear": "linear", "bicubic": "cubic"}


def grid_sample(context: Context, node: Node) -> None:
    """Between two changes of layout."""
    rank = context.rank(node.inputs[0])
    mode = str(node.attributes.get("mode", "linear"))
    attributes = {k: v for k, v in node.attributes.items() if k != "mode"} | {"mode": OLD_MODES.get(mode, mode)}
    x = last(context, node.inputs[0], rank, node)
    first(context, context.add("GridSample", [x, node.inputs[1]], node, **attributes), rank, node)


def upsample(context: Context, node: Node) -> None:
    """ONNX's old name of Resize."""
    scales = node.inputs[1] if len(node.inputs) > 1 else ""
    if not scales:
        scales = context.weight(np.array(node.attributes["scales"], np.float32), node.outputs[0])
    mode = str(node.attributes.get("mode", "nearest"))
    context.add(
        "Resize",
        [node.inputs[0], "", scales],
        node,
        to=node.outputs[0],
        mode="linear" if mode in ("bilinear", "linear") else mode,
        coordinate_transformation_mode="asymmetric",
        nearest_mode="floor",
    )


def col2im(context: Context, node: Node) -> None:
    """Windows put back and added up: a transposed convolution whose weights are 1 at the place of each element."""
    x, a = node.inputs[0], node.attributes
    image, block = (context.known(name) for name in node.inputs[1:3])
    if image is None or block is None:
        raise Refused("sizes that are not known at export")
    kernel, count = [int(v) for v in block], len(block)
    strides, dilations = a.get("strides", [1] * count), a.get("dilations", [1] * count)
    pads = a.get("pads", [0] * 2 * count)
    spans = [dilations[i] * (kernel[i] - 1) + 1 for i in range(count)]
    rooms = [int(image[i]) + pads[i] + pads[count + i] - spans[i] for i in range(count)]
    counts = [room // stride + 1 for room, stride in zip(rooms, strides, strict=True)]
    taps = int(np.prod(kernel))
    channels = context.fixed(x)[1] // taps
    wide = context.add("Reshape", [x, context.numbers([0, channels * taps, *counts], x)], node)
    context.shapes.dims[wide] = [0, channels * taps, *counts]
    ones = np.tile(np.eye(taps, dtype=np.float32).reshape(taps, 1, *kernel), (channels, 1, *[1] * count))
    put_back = {
        "group": channels,
        "strides": strides,
        "dilations": dilations,
        "pads": pads,
        "output_padding": [room % stride for room, stride in zip(rooms, strides, strict=True)],
    }
    context.onnx("ConvTranspose", [wide, context.weight(ones, x)], node, to=node.outputs[0], **put_back)


def deform_conv(context: Context, node: Node) -> None:
    """A convolution whose taps look where offsets say: for each a sampled picture and a 1x1 convolution."""
    x, w, offset, bias, mask = [*node.inputs, "", ""][:5]
    a, dims = node.attributes, context.fixed(x)
    if len(dims) != 4:
        raise Refused(f"{len(dims)} dimensions")
    out, kernel = context.fixed(offset)[2:], context.fixed(w)[2:]
    groups, taps = int(a.get("offset_group", 1)), int(np.prod(kernel))
    strides, dilations = a.get("strides", [1, 1]), a.get("dilations", [1, 1])
    pads = a.get("pads", [0] * 4)
    parts = step("Reshape", value(offset), np.array([0, groups, taps, 2, *out], np.int64))
    masks = step("Reshape", value(mask), np.array([0, groups, taps, 1, *out], np.int64)) if mask else None
    pictures = step("Reshape", value(x), np.array([0, groups, dims[1] // groups, *dims[2:]], np.int64))
    total = ""
    for tap, (i, j) in enumerate(np.ndindex(*kernel)):
        seen = []
        for g in range(groups):
            at = step("Gather", step("Gather", parts, _index(g), axis=1), _index(tap), axis=1)
            grid = _grid(out, strides, (i * dilations[0] - pads[0], j * dilations[1] - pads[1]))
            # GridSample counts from -1 to 1 over whole elements, the last axis first.
            scale = np.array([2 / dims[3], 2 / dims[2]], np.float32)
            moved = step("Gather", step("Transpose", at, perm=[0, 2, 3, 1]), np.array([1, 0], np.int64), axis=3)
            places = (moved + grid + 0.5) * scale - 1.0
            picture = step("Transpose", step("Gather", pictures, _index(g), axis=1), perm=[0, 2, 3, 1])
            sampled = step("Transpose", step("GridSample", picture, places), perm=[0, 3, 1, 2])
            if masks is not None:
                sampled = sampled * step("Gather", step("Gather", masks, _index(g), axis=1), _index(tap), axis=1)
            seen.append(sampled)
        joined = put(context, node, step("Concat", *seen, axis=1))
        context.shapes.dims[joined] = [dims[0], dims[1], *out]
        part = context.onnx("Conv", [joined, _tap(context, node, w, i, j)], node, group=int(a.get("group", 1)))
        total = context.add("Add", [total, part], node) if total else part
    shift = step("Reshape", value(bias), np.array([-1, 1, 1], np.int64)) if bias else 0.0
    put(context, node, value(total) + shift, to=node.outputs[0])


def _index(i: int) -> np.ndarray:
    return np.array(i, np.int64)


def _grid(out: list[int], strides: list[int], begin: tuple[int, int]) -> np.ndarray:
    """[1, rows, columns, 2]: where a tap looks without an offset, columns first."""
    rows, columns = (np.arange(out[k]) * strides[k] + begin[k] for k in range(2))
    grid = np.stack(np.meshgrid(columns, rows, indexing="xy"), -1)
    return grid[None].astype(np.float32)


def _tap(context: Context, node: Node, w: str, i: int, j: int) -> str:
    """The weights of one tap, as those of a 1x1 convolution."""
    known = context.known(w)
    if known is not None:
        return context.weight(np.ascontiguousarray(known[:, :, i : i + 1, j : j + 1]), w)
    cuts = [context.numbers(v, w) for v in ([i, j], [i + 1, j + 1], [2, 3])]
    made = context.add("Slice", [w, *cuts], node)
    context.shapes.dims[made] = [*context.dims(w)[:2], 1, 1]
    return made


LOWERINGS: dict[str, Lowering] = {
    "GridSample": grid_sample,
    "Upsample": upsample,
    "Col2Im": col2im,
    "DeformConv": deform_conv,
}
