"""Matrices taken apart (domain `vaerans`)."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from .terms import Term, put, step, value, where

if TYPE_CHECKING:
    from ..graph import Node
    from .context import Context, Lowering


def pinv(context: Context, node: Node) -> None:
    """The pseudoinverse: V 1/S U^T, of singular values above a share of the greatest: PyTorch's, max(m, n) eps."""
    x = node.inputs[0]
    u = context.add("SVD", [x], node, count=3)
    _, s, v = context.outputs_of(u)
    rank = context.rank(x)
    turned = [*range(rank - 2), rank - 1, rank - 2]
    values = step("Unsqueeze", value(s), axes=[rank - 1])
    if "rcond" in node.attributes:
        share = Term(array=np.array(node.attributes["rcond"], np.float32))
    else:
        sides = step("Slice", step("Shape", value(x)), np.array([-2]), np.array([2**31]))
        longest = step("ReduceMax", sides, axes=[0], keepdims=0)
        share = step("Cast", longest, type="float32") * float(np.finfo(np.float32).eps)
    least = step("ReduceMax", values, axes=[rank - 2], keepdims=1) * share
    inverse = where(step("Greater", values, least), step("Reciprocal", values), 0.0)
    left = inverse * step("Transpose", value(u), perm=turned)
    put(context, node, step("MatMul", step("Transpose", value(v), perm=turned), left), to=node.outputs[0])


LOWERINGS: dict[str, Lowering] = {"Pinv": pinv}
