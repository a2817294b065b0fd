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


LOWERINGS: dict[str, Lowering] = {
    "Sum": chain("Add"),
    "Max": chain("Max"),
    "Min": chain("Min"),
    "Mean": mean,
    "Dropout": dropout,
}
