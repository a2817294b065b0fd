"""Discrete Fourier transforms as products with matrices of cosines and sines."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from .context import Refused

if TYPE_CHECKING:
    from ..graph import Node
    from .context import Context, Lowering


def constant(context: Context, name: str, default: int | None = None) -> int:
    """A whole number that an input gives, which has to be known at export."""
    if not name:
        if default is None:
            raise Refused("a length is missing")
        return default
    known = context.known(name)
    if known is None:
        raise Refused(f"{name!r} has to be known at export")
    return int(known.reshape(-1)[0])


def matrix(rows: int, n: int, parts: int, columns: int, *, inverse: bool = False, real: bool = False) -> np.ndarray:
    """[rows, parts, columns, 2 or 1]: what each element and part (real, imaginary) adds to each frequency and part.

    Rows behind the length `n` add nothing. With `inverse` and `real` rows are the first half of a symmetric spectrum.
    """
    angle = 2 * np.pi / n * (np.outer(np.arange(rows), np.arange(columns)) % n)
    c, s = np.cos(angle), np.sin(angle) * (1 if inverse else -1)
    full = np.stack([np.stack([c, s], -1), np.stack([-s, c], -1)], 1)[:, :parts]
    full[n:] = 0
    if inverse:
        full /= n
    if inverse and real:
        # All but the first and, of an even length, the last one stand for their mirror too.
        twice = np.ones(rows)
        twice[1 : (n + 1) // 2] = 2
        return (full * twice[:, None, None, None])[..., :1]
    return full


def dft(context: Context, node: Node) -> None:
    """[..., length, ..., 1 or 2] along an axis."""
    x, length, axis_input = [*node.inputs, "", ""][:3]
    rank = context.rank(x)
    default = constant(context, axis_input, -2) if axis_input or "axis" not in node.attributes else 0
    axis = context.axis(node, default, rank)
    dims = context.fixed(x)
    inverse, half = bool(node.attributes.get("inverse", 0)), bool(node.attributes.get("onesided", 0))
    mirrored = inverse and half
    n = constant(context, length, 2 * (dims[axis] - 1) if mirrored else dims[axis])
    columns = n // 2 + 1 if half and not inverse else n
    w = matrix(dims[axis], n, dims[-1], columns, inverse=inverse, real=mirrored).astype(np.float32)
    behind = [i for i in range(rank - 1) if i != axis]
    order = [*behind, axis, rank - 1]
    moved = context.add("Transpose", [x], node, perm=order)
    lead = [dims[i] for i in behind]
    flat = context.add("Reshape", [moved, context.numbers([*lead, dims[axis] * dims[-1]], x)], node)
    context.shapes.dims[flat] = [*lead, dims[axis] * dims[-1]]
    product = context.onnx("MatMul", [flat, context.weight(w.reshape(dims[axis] * dims[-1], -1), x)], node)
    wide = context.add("Reshape", [product, context.numbers([*lead, columns, w.shape[-1]], x)], node)
    context.add("Transpose", [wide], node, to=node.outputs[0], perm=list(np.argsort(order)))


def stft(context: Context, node: Node) -> None:
    """Of windows of a signal [batch, length, 1 or 2]: a convolution with the products of window and matrix."""
    x, hop, window, length = [*node.inputs, "", ""][:4]
    shape = context.known(window) if window else None
    n = constant(context, length, context.fixed(window)[0] if window else None)
    parts = context.dims(x)[-1] or 1
    columns = n // 2 + 1 if node.attributes.get("onesided", 1) else n
    w = matrix(n, n, parts, columns)
    if shape is not None:
        w = w * shape[:, None, None, None]
    w = np.ascontiguousarray(w.transpose(2, 3, 1, 0).reshape(2 * columns, parts, n), np.float32)
    kernel = context.weight(w, x)
    if window and shape is None:
        kernel = context.add("Mul", [kernel, window], node)
        context.shapes.dims[kernel] = list(w.shape)
    signal = context.add("Transpose", [x], node, perm=[0, 2, 1])
    context.shapes.dims[signal] = [0, parts, 0]
    frames = context.onnx("Conv", [signal, kernel], node, dims=[0] * 3, strides=[constant(context, hop)])
    wide = context.add("Reshape", [frames, context.numbers([0, columns, 2, -1], x)], node)
    context.add("Transpose", [wide], node, to=node.outputs[0], perm=[0, 3, 1, 2])


LOWERINGS: dict[str, Lowering] = {"DFT": dft, "STFT": stft}
