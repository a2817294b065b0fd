"""Whole numbers with a scale and a zero, and products of such."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from .context import Refused
from .data import type_name

if TYPE_CHECKING:
    from collections.abc import Callable

    from ..graph import Node
    from .context import Context, Lowering

#: Sums of whole numbers below this are exact as float32.
EXACT = 1 << 24
#: The greatest magnitude of a byte less its zero.
BYTE = 255


def along(context: Context, node: Node, name: str, x: str) -> str:
    """Scale or zero as NumPy broadcasts it: of all, along an axis, or of blocks along an axis."""
    if not name:
        return ""
    rank, own = context.rank(x), context.rank(name)
    axis = context.axis(node, 1, rank)
    block = int(node.attributes.get("block_size", 0))
    if own == 0 or context.dims(name) == [1]:
        return name
    if block:
        places = np.arange(context.fixed(x)[axis]) // block
        return context.add("Gather", [name, context.numbers(places, name)], node, axis=axis)
    return _reshaped(context, node, name, [-1] + [1] * (rank - 1 - axis))


def _reshaped(context: Context, node: Node, name: str, shape: list[int]) -> str:
    known = context.known(name)
    if known is not None:
        return context.weight(known.reshape(shape), name)
    return context.add("Reshape", [name, context.numbers(shape, name)], node)


def quantize(context: Context, node: Node) -> None:
    """To whole numbers of the type of the zero, or of an attribute; along an axis or in blocks too."""
    x, scale, zero = [*node.inputs, ""][:3]
    given = node.attributes.get("output_dtype", 0)
    name = context.dtype(zero) if zero else type_name(given) if given else "uint8"
    if name not in ("uint8", "int8"):
        raise Refused(f"whole numbers of {name}")
    if context.dtype(x) != "float32":
        x = context.add("Cast", [x], node, type="float32")
    inputs = [x, *(along(context, node, part, node.inputs[0]) for part in (scale, zero))]
    context.add("QuantizeLinear", inputs if zero else inputs[:2], node, to=node.outputs[0], type=name)


def dequantize(context: Context, node: Node) -> None:
    """Back to floats, along an axis or in blocks too."""
    x, scale, zero = [*node.inputs, ""][:3]
    inputs = [x, *(along(context, node, part, x) for part in (scale, zero))]
    context.add("DequantizeLinear", inputs if zero else inputs[:2], node, to=node.outputs[0])


def _centred(context: Context, node: Node, name: str, zero: str) -> tuple[str, int]:
    """A value less its zero, as floats, and the greatest magnitude that it has."""
    known, known_zero = context.known(name), context.known(zero) if zero else np.array(0)
    if known is not None and known_zero is not None:
        array = known.astype(np.float32) - known_zero.astype(np.float32)
        return context.weight(array, name), int(np.abs(array).max(initial=1))
    centred = context.add("Cast", [name], node, type="float32")
    context.shapes.dims[centred] = context.dims(name)
    if zero:
        low = context.add("Cast", [zero], node, type="float32")
        dims = context.dims(name)
        centred = context.add("Sub", [centred, low], node)
        context.shapes.dims[centred] = dims
    return centred, BYTE


def _row_zero(context: Context, node: Node, zero: str) -> str:
    """A zero for each row of a matrix: as a column."""
    if not zero or context.rank(zero) != 1 or context.dims(zero) == [1]:
        return zero
    column = _reshaped(context, node, zero, [-1, 1])
    context.shapes.dims.setdefault(column, [0, 1])
    return column


def _sum_of_parts(
    context: Context, node: Node, length: int, most: int, part: Callable[[int, int], str], to: str = ""
) -> str:
    """A sum over `length` products of at most `most` each, in parts that floats hold exactly, as int32."""
    size = EXACT // max(most, 1)
    if length <= 0 or size == 0:
        raise Refused("the number of products of a sum has to be known")
    begins = range(0, length, size)
    total = ""
    for begin in begins:
        is_last = begin == begins[-1]
        own = to if is_last and not total else ""
        product = context.add("Cast", [part(begin, min(begin + size, length))], node, to=own, type="int32")
        total = context.add("Add", [total, product], node, to=to if is_last else "") if total else product
    return total


def _part(context: Context, node: Node, name: str, axis: int, begin: int, end: int, length: int) -> str:
    if end - begin == length:
        return name
    known = context.known(name)
    if known is not None:
        return context.weight(np.ascontiguousarray(known.take(range(begin, end), axis)), name)
    rest = [context.numbers([v], name) for v in (begin, end, axis)]
    made = context.add("Slice", [name, *rest], node)
    context.shapes.dims[made] = context.dims(name)
    return made


def _matrix_product(context: Context, node: Node, inputs: list[str], to: str = "") -> str:
    """A, B and their zeros as a product of int32."""
    a, b, a_zero, b_zero = inputs
    (a, _), (b, most) = _centred(context, node, a, _row_zero(context, node, a_zero)), _centred(context, node, b, b_zero)
    rank_a, rank_b = context.rank(inputs[0]), context.rank(inputs[1])
    axis_b = max(rank_b - 2, 0)
    length = context.dims(inputs[1])[axis_b] or context.dims(inputs[0])[-1]

    def part(begin: int, end: int) -> str:
        pair = [
            _part(context, node, a, rank_a - 1, begin, end, length),
            _part(context, node, b, axis_b, begin, end, length),
        ]
        return context.onnx("MatMul", pair, node)

    return _sum_of_parts(context, node, length, BYTE * most, part, to)


def matmul_integer(context: Context, node: Node) -> None:
    """(A - its zero) (B - its zero)."""
    _matrix_product(context, node, [*node.inputs, "", ""][:4], node.outputs[0])


def qlinear_matmul(context: Context, node: Node) -> None:
    """(A - its zero) (B - its zero) times their scales, to whole numbers again."""
    a, a_scale, a_zero, b, b_scale, b_zero, y_scale, y_zero = node.inputs
    product = _matrix_product(context, node, [a, b, a_zero, b_zero])
    rows = _row_zero(context, node, a_scale)
    _scaled(context, node, product, [rows, b_scale, y_scale], y_zero)


def _scaled(context: Context, node: Node, product: str, scales: list[str], zero: str) -> None:
    """A sum of int32 times its scales, as whole numbers."""
    factor = context.add("Div", [context.add("Mul", scales[:2], node), scales[2]], node)
    y = context.add("Mul", [context.add("Cast", [product], node, type="float32"), factor], node)
    one = context.weight(np.float32(1), y)
    context.add("QuantizeLinear", [y, one, zero], node, to=node.outputs[0], type=context.dtype(zero))


def _convolution(context: Context, node: Node, inputs: list[str], to: str = "") -> str:
    """X, W and their zeros as a convolution of int32; what pads X is 0 after its zero was taken away."""
    x_, w_, x_zero, w_zero = inputs
    rank = context.rank(w_)
    if w_zero and context.dims(w_zero) not in ([], [1]):
        w_zero = _reshaped(context, node, w_zero, [-1] + [1] * (rank - 1))
    (x, _), (w, most) = _centred(context, node, x_, x_zero), _centred(context, node, w_, w_zero)
    channels, taps = context.fixed(w_)[1], int(np.prod(context.fixed(w_)[2:]))
    groups = int(node.attributes.get("group", 1))
    if groups > 1 and channels * taps * BYTE * most > EXACT:
        raise Refused("sums in groups that floats do not hold exactly")

    def part(begin: int, end: int) -> str:
        pair = [_part(context, node, name, 1, begin, end, channels) for name in (x, w)]
        return context.onnx("Conv", pair, node, dims=[0] * rank, **node.attributes)

    return _sum_of_parts(context, node, channels, BYTE * most * taps, part, to)


def conv_integer(context: Context, node: Node) -> None:
    """The convolution of X less its zero with W less its zero."""
    _convolution(context, node, [*node.inputs, "", ""][:4], node.outputs[0])


def qlinear_conv(context: Context, node: Node) -> None:
    """ConvInteger with bias and scales, to whole numbers again."""
    x, x_scale, x_zero, w, w_scale, w_zero, y_scale, y_zero, *bias = node.inputs
    y = _convolution(context, node, [x, w, x_zero, w_zero])
    channels_first = [-1] + [1] * (context.rank(w) - 2)
    if bias and bias[0]:
        y = context.add("Add", [y, _reshaped(context, node, bias[0], channels_first)], node)
    scale = w_scale if context.dims(w_scale) in ([], [1]) else _reshaped(context, node, w_scale, channels_first)
    _scaled(context, node, y, [x_scale, scale, y_scale], y_zero)


LOWERINGS: dict[str, Lowering] = {
    "QuantizeLinear": quantize,
    "DequantizeLinear": dequantize,
    "MatMulInteger": matmul_integer,
    "ConvInteger": conv_integer,
    "QLinearMatMul": qlinear_matmul,
    "QLinearConv": qlinear_conv,
}
