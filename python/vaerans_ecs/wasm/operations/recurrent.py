"""LSTM, GRU and plain recurrent layers: each direction by itself, what the input adds to the gates in front of it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from ..graph import Attribute, Node
    from .context import Context, Lowering

#: Gates of each sort of layer.
GATES = {"LSTM": 4, "GRU": 3, "RNN": 1}


def layer(context: Context, node: Node) -> None:
    """X, W, R, B, lengths, first state, first cell, peepholes as one step a direction."""
    inputs = [*node.inputs, *[""] * (8 - len(node.inputs))]
    direction = node.attributes.get("direction", "forward")
    reverses = {"forward": [0], "reverse": [1], "bidirectional": [0, 1]}[str(direction)]
    batch_first = bool(node.attributes.get("layout", 0))
    x = context.add("Transpose", [inputs[0]], node, perm=[1, 0, 2]) if batch_first else inputs[0]
    made = [_direction(context, node, x, inputs, i, reverse, batch_first) for i, reverse in enumerate(reverses)]
    for place, axis in ((0, 1), (1, 0), (2, 0)):
        if place < len(node.outputs) and node.outputs[place]:
            _gather(context, node, [outputs[place] for outputs in made], place, axis, batch_first)


def _direction(
    context: Context, node: Node, x: str, inputs: list[str], i: int, reverse: int, batch_first: bool
) -> list[str]:
    gates = GATES[node.op]
    w, r = (_matrix(context, node, inputs[k], i) for k in (1, 2))
    product = context.add("MatMul", [x, w], node)
    before = bool(node.attributes.get("linear_before_reset", 0))
    bias = ""
    if inputs[3]:
        both = _row(context, node, inputs[3], i)
        width = _width(context, node, gates)
        wb, rb = (
            context.add(
                "Slice",
                [both, context.weight(np.array([k * width]), both), context.weight(np.array([(k + 1) * width]), both)],
                node,
            )
            for k in (0, 1)
        )
        product = context.add("Add", [product, wb], node)
        bias = rb
    state, cell = (_state(context, node, inputs[k], i, batch_first) if inputs[k] else "" for k in (5, 6))
    peepholes = _row(context, node, inputs[7], i) if inputs[7] else ""
    attributes: dict[str, Attribute] = {"reverse": reverse, "linear_before_reset": int(before)}
    attributes |= {k: v for k, v in node.attributes.items() if k in ("clip", "input_forget")}
    names = list(node.attributes.get("activations", []))
    each = {"LSTM": 3, "GRU": 2, "RNN": 1}[node.op]
    defaults = {"LSTM": ["Sigmoid", "Tanh", "Tanh"], "GRU": ["Sigmoid", "Tanh"], "RNN": ["Tanh"]}[node.op]
    chosen = names[each * i : each * (i + 1)] or defaults
    attributes |= dict(zip("fgh", chosen, strict=False))
    operands = [product, r, bias, state, cell, peepholes, inputs[4]]
    while not operands[-1]:
        operands.pop()
    first = context.add(node.op, operands, node, count=3 if node.op == "LSTM" else 2, **attributes)
    return context.outputs_of(first)


def _width(context: Context, node: Node, gates: int) -> int:
    return int(node.attributes["hidden_size"]) * gates


def _matrix(context: Context, node: Node, name: str, i: int) -> str:
    """[directions, out, in] as [in, out] of one direction."""
    known = context.known(name)
    if known is not None:
        return context.weight(np.ascontiguousarray(known[i].T), name)
    return context.add("Transpose", [_row(context, node, name, i)], node, perm=[1, 0])


def _row(context: Context, node: Node, name: str, i: int) -> str:
    known = context.known(name)
    if known is not None:
        return context.weight(np.ascontiguousarray(known[i]), name)
    return context.add("Gather", [name, context.weight(np.array(i), name)], node, axis=0)


def _state(context: Context, node: Node, name: str, i: int, batch_first: bool) -> str:
    index = context.weight(np.array(i), name)
    return context.add("Gather", [name, index], node, axis=1 if batch_first else 0)


def _gather(context: Context, node: Node, parts: list[str], place: int, axis: int, batch_first: bool) -> None:
    """Directions beside one another along a new axis."""
    axes = context.weight(np.array([axis]), node.outputs[place])
    wide = [context.add("Unsqueeze", [part, axes], node) for part in parts]
    target = node.outputs[place]
    if not batch_first:
        context.add("Concat", wide, node, to=target, axis=axis)
        return
    joined = context.add("Concat", wide, node, axis=axis)
    context.add("Transpose", [joined], node, to=target, perm=[2, 0, 1, 3] if place == 0 else [1, 0, 2])


LOWERINGS: dict[str, Lowering] = {"LSTM": layer, "GRU": layer, "RNN": layer}
