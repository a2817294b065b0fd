"""Normalisations that exporters write as chains of means and powers."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from ..view import View, fresh, rewrite
from .elementwise import split

if TYPE_CHECKING:
    from ..graph import Graph, Node
    from ..trial import Trials


def run(graph: Graph, trials: Trials) -> bool:
    """Layer, RMS and group normalisation in one node each, their scales and biases inside."""
    return rewrite(graph, trials, _rule)


def _rule(view: View, node: Node) -> list[Node] | None:
    if node.op in ("Div", "Mul"):
        found = _normalized(view, node) or _scaled(view, node)
        return [found] if found else None
    if node.op == "Add":
        found = _shifted(view, node)
        return [found] if found else None
    return _group(view, node) if node.op == "Reshape" else None


def _normalized(view: View, node: Node) -> Node | None:
    """(x - mean) / sqrt(mean of squares + epsilon), or x in place of x - mean."""
    for x, root in _quotient(view, node):
        added = view.made_by(root.inputs[0], "Add")
        parts = split(view, added) if added else None
        mean = view.made_by(parts[0], "ReduceMean") if parts else None
        if parts is None or mean is None or not _is_square(view, mean.inputs[0], x):
            continue
        rank = view.trials.rank(x)
        axes = axes_of(view, mean, rank)
        if rank is None or axes != list(range(rank - len(axes or []), rank)) or not mean.attributes.get("keepdims", 1):
            continue
        source = _centred(view, x, axes)
        op = "LayerNormalization" if source else "RMSNormalization"
        shape = [d for d in (view.trials.fixed(x) or [])[axes[0] :] if d is not None]
        if len(shape) == len(axes):
            ones = view.weight(np.ones(shape, np.float32), node.outputs[0])
            return view.node(op, [source or x, ones], node, axis=-len(axes), epsilon=parts[1])
    return None


def _quotient(view: View, node: Node) -> list[tuple[str, Node]]:
    """What is divided, and the root that it is divided by."""
    a, b = node.inputs
    if node.op == "Div":
        root = view.made_by(b, "Sqrt")
        return [(a, root)] if root else []
    found = []
    for x, other in ((a, b), (b, a)):
        turned = view.made_by(other, "Reciprocal", "Div")
        if turned is None or (turned.op == "Div" and view.scalar(turned.inputs[0]) != 1):
            continue
        root = view.made_by(turned.inputs[-1], "Sqrt")
        if root:
            found.append((x, root))
    return found


def _is_square(view: View, name: str, x: str) -> bool:
    node = view.made_by(name, "Pow", "Mul")
    if node is None:
        return False
    power = node.op == "Pow" and view.scalar(node.inputs[1]) == 2 and node.inputs[0] == x
    return power or (node.op == "Mul" and node.inputs == [x, x])


def _centred(view: View, x: str, axes: list[int]) -> str | None:
    """What `x` is, less its mean."""
    sub = view.made_by(x, "Sub")
    mean = view.made_by(sub.inputs[1], "ReduceMean") if sub else None
    if sub is None or mean is None or mean.inputs[0] != sub.inputs[0]:
        return None
    return sub.inputs[0] if axes_of(view, mean, view.trials.rank(x)) == axes else None


def axes_of(view: View, node: Node, rank: int | None) -> list[int] | None:
    """The axes of a reduction, counted from 0; None where they are not known."""
    given = node.attributes.get("axes")
    if len(node.inputs) > 1 and node.inputs[1]:
        known = view.known(node.inputs[1])
        given = None if known is None else known.reshape(-1).tolist()
        if known is None:
            return None
    if rank is None:
        return None
    if not given:
        return [] if node.attributes.get("noop_with_empty_axes") else list(range(rank))
    return sorted(int(a) % rank for a in given)


def _affine(view: View, node: Node, *ops: str) -> tuple[Node, np.ndarray] | None:
    """A normalisation that this node alone reads, and the weight over its channels that is its other operand."""
    for x, other in (node.inputs, node.inputs[::-1]):
        norm, known = view.made_by(x, *ops), view.known(other)
        if norm is None or known is None or not view.only_for(x):
            continue
        scale = view.known(norm.inputs[1])
        if scale is None or norm.attributes.get("activation", "none") != "none":
            continue
        if _over_channels(known, scale) and known.ndim <= (view.trials.rank(x) or scale.ndim):
            return norm, np.broadcast_to(known.reshape(-1), (scale.size,)).reshape(scale.shape)
    return None


def _over_channels(known: np.ndarray, scale: np.ndarray) -> bool:
    """Whether it is one number, or a number for each of the scale: (8, 1) is one for each row, and no scale of 8."""
    same = known.size == scale.size and known.shape[max(known.ndim - scale.ndim, 0) :] == scale.shape
    return same or known.size == 1


def _scaled(view: View, node: Node) -> Node | None:
    found = _affine(view, node, "LayerNormalization", "RMSNormalization", "GroupNormalization")
    if node.op != "Mul" or found is None:
        return None
    norm, by = found
    scale = view.known(norm.inputs[1])
    inputs = [norm.inputs[0], view.weight(scale * by, norm.inputs[1])]
    if len(norm.inputs) > 2:
        bias = view.known(norm.inputs[2])
        if bias is None:
            return None
        inputs.append(view.weight(bias * by, norm.inputs[2]))
    return view.node(norm.op, inputs, node, **norm.attributes)


def _shifted(view: View, node: Node) -> Node | None:
    found = _affine(view, node, "LayerNormalization", "GroupNormalization")
    if found is None:
        return None
    norm, more = found
    bias = view.known(norm.inputs[2]) if len(norm.inputs) > 2 else np.zeros_like(more)
    if bias is None:
        return None
    inputs = [*norm.inputs[:2], view.weight(bias + more, node.outputs[0])]
    return view.node(norm.op, inputs, node, **norm.attributes)


def _group(view: View, node: Node) -> list[Node] | None:
    """Groups as rows of their own, between two reshapes."""
    back = view.made_by(node.inputs[0], "Transpose")
    norm = view.made_by(back.inputs[0], "GroupNormalization") if back else None
    turned = view.made_by(norm.inputs[0], "Transpose") if norm else None
    wide = view.made_by(turned.inputs[0], "Reshape") if turned else None
    if not (back and norm and turned and wide) or not view.trials.same(wide.inputs[0], node.outputs[0]):
        return None
    x, rows = wide.inputs[0], view.trials.fixed(wide.outputs[0])
    rank, dims = view.trials.rank(x), view.trials.fixed(x)
    groups = int(norm.attributes["num_groups"])
    if not rows or not dims or rank is None or rank < 3 or len(rows) != 3 or rows[1] != groups or not dims[1]:
        return None
    same_batch = all(a[0] == b[0] for a, b in zip(view.trials.dims[x], view.trials.dims[wide.outputs[0]], strict=True))
    each = [view.known(name) for name in norm.inputs[1:3]]
    if dims[1] % groups or not same_batch or any(one is None for one in each):
        return None
    weights = [view.weight(np.repeat(one, dims[1] // groups), norm.inputs[1]) for one in each if one is not None]
    last, made = fresh(view, node.outputs[0]), fresh(view, node.outputs[0])
    return [
        view.node("Transpose", [x], node, to=last, perm=[0, *range(2, rank), 1]),
        view.node("GroupNormalization", [last, *weights], node, to=made, **norm.attributes),
        view.node("Transpose", [made], node, perm=[0, rank - 1, *range(1, rank - 1)]),
    ]
