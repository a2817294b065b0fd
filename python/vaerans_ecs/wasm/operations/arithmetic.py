"""Operators of any number of operands, and those that others say."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from .context import Refused

if TYPE_CHECKING:
    from ..graph import Node
    from .context import Context, Lowering


def chain(op: str) -> Lowering:
    """Of any number of operands: two, and the result with the next."""

    def lower(context: Context, node: Node) -> None:
        """Of any number of operands: one after the other."""
        so_far, *others = node.inputs
        if not others:
            context.add("Identity", [so_far], node, to=node.outputs[0])
        for i, other in enumerate(others):
            last = i == len(others) - 1
            so_far = context.add(op, [so_far, other], node, to=node.outputs[0] if last else "")

    return lower


def mean(context: Context, node: Node) -> None:
    """The sum divided by the number of operands."""
    total = node.inputs[0]
    for other in node.inputs[1:]:
        total = context.add("Add", [total, other], node)
    share = context.weight(np.float32(1 / len(node.inputs)), node.outputs[0])
    context.add("Mul", [total, share], node, to=node.outputs[0])


def dropout(context: Context, node: Node) -> None:
    """Dropout hands its first input on; a mask, where one is wanted, holds everywhere."""
    ratio, training = (context.known(name) if name else None for name in [*node.inputs, "", ""][1:3])
    may_train = len(node.inputs) > 2 and node.inputs[2] and (training is None or bool(training.any()))
    drops = len(node.inputs) < 2 or not node.inputs[1] or ratio is None or float(ratio.reshape(-1)[0]) != 0
    if may_train and drops:
        raise Refused("it may drop elements at random: export the model for inference")
    context.add("Identity", node.inputs[:1], node, to=node.outputs[0])
    if len(node.outputs) > 1 and node.outputs[1]:
        shape = context.add("Shape", node.inputs[:1], node)
        true = context.weight(np.array([True]), node.outputs[1])
        context.add("Expand", [true, shape], node, to=node.outputs[1])


def power(context: Context, node: Node) -> None:
    """Of the base's type; where base or exponent alone is a float, the exponent as the base is, if that is exact."""
    base, exponent = node.inputs
    if (kind := _kind(context, base)) != _kind(context, exponent) and kind:
        exponent = _as_float(context, node, exponent) if kind == "float" else _as_whole(context, exponent)
    context.add("Pow", [base, exponent], node, to=node.outputs[0])


def _kind(context: Context, name: str) -> str:
    """``"float"`` or ``"whole"``; empty where the type is not known."""
    try:
        return "float" if context.dtype(name) == "float32" else "whole"
    except Refused:
        return ""


def _as_float(context: Context, node: Node, exponent: str) -> str:
    """The engine would convert each number to the same float when it runs, one by one."""
    known = context.known(exponent)
    if known is not None:
        return context.weight(known.astype(np.float32), exponent)
    return context.add("Cast", [exponent], node, type="float32")


def _as_whole(context: Context, exponent: str) -> str:
    """Powers of whole numbers by floats are rounded to 24 bits; those by whole numbers are not."""
    known = context.known(exponent)
    if known is None or not np.all((known == np.floor(known)) & (known >= 0) & (known < 1 << 31)):
        return exponent
    return context.weight(known.astype(np.int64), exponent)


LOWERINGS: dict[str, Lowering] = {
    "Sum": chain("Add"),
    "Max": chain("Max"),
    "Min": chain("Min"),
    "Mean": mean,
    "Pow": power,
    "Dropout": dropout,
}
