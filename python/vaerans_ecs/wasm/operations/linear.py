"""Products of matrices."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from ..graph import Node
    from .context import Context, Lowering


def gemm(context: Context, node: Node) -> None:
    """alpha A B + beta C, of transposed A and B too; what is known is worked out now."""
    a, b, *rest = node.inputs
    alpha, beta = (np.float32(node.attributes.get(name, 1.0)) for name in ("alpha", "beta"))
    if node.attributes.get("transA"):
        a = context.add("Transpose", [a], node, perm=[1, 0])
    known = context.known(b)
    if known is not None:
        known = known.T if node.attributes.get("transB") else known
        b = context.weight(np.ascontiguousarray(known * alpha if alpha != 1 else known), b)
    elif node.attributes.get("transB"):
        b = context.add("Transpose", [b], node, perm=[1, 0])
    has_bias = bool(rest and rest[0])
    scales = alpha != 1 and known is None
    product = context.add("MatMul", [a, b], node, to="" if has_bias or scales else node.outputs[0])
    if scales:
        factor = context.weight(alpha, b)
        product = context.add("Mul", [product, factor], node, to="" if has_bias else node.outputs[0])
    if has_bias:
        bias = rest[0]
        if beta != 1:
            bias = context.add("Mul", [bias, context.weight(beta, bias)], node)
        context.add("Add", [product, bias], node, to=node.outputs[0])


def matmul(context: Context, node: Node) -> None:
    """A vector is a matrix of one row or column, which goes again."""
    a, b = node.inputs
    gone = []
    # Where nothing is known of a rank the engine sees to it that there are matrices.
    if context.rank_or(a, 2) == 1:
        a, gone = context.add("Unsqueeze", [a], node, axes=[0]), [-2]
    if context.rank_or(b, 2) == 1:
        b, gone = context.add("Unsqueeze", [b], node, axes=[1]), [*gone, -1]
    if not gone:
        context.keep(node)
        return
    context.add("Squeeze", [context.add("MatMul", [a, b], node)], node, to=node.outputs[0], axes=gone)


LOWERINGS: dict[str, Lowering] = {"Gemm": gemm, "MatMul": matmul}
