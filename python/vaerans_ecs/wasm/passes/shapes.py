"""Extents that are worked out at each size, and need not be: a reshape says what stays, and what is left."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from ..view import View, rewrite

if TYPE_CHECKING:
    from ..graph import Graph, Node
    from ..trial import Dims, Trials


def run(graph: Graph, trials: Trials) -> bool:
    """Numbers in place of computed shapes of Reshape, and of computed sizes of Resize by whole numbers."""
    return rewrite(graph, trials, _rule)


def _rule(view: View, node: Node) -> list[Node] | None:
    if not view.trials.varied:
        return None
    if node.op == "Reshape" and view.known(node.inputs[1]) is None:
        return _reshape(view, node)
    return _resize(view, node) if node.op == "Resize" else None


def target_of(read: list[Dims], made: list[Dims], axes: list[int] | None = None) -> np.ndarray | None:
    """The vector that a Reshape takes for these extents (of `made` in the order `axes`) at every trial; or None.

    Numbers where they are always the same, 0 for what stays at its place, -1 for one more.
    """
    columns = list(zip(*made, strict=True))
    columns = columns if axes is None else [columns[a] for a in axes]
    before = list(zip(*read, strict=True))
    numbers = []
    for k, column in enumerate(columns):
        kept = k < len(before) and before[k] == column
        numbers.append(column[0] if len(set(column)) == 1 else 0 if kept else -1)
    # An extent of 0 would be taken for one that stays.
    fits = numbers.count(-1) <= 1 and all(all(column) for column in columns)
    return np.array(numbers, np.int64) if fits else None


def _reshape(view: View, node: Node) -> list[Node] | None:
    read, made = (view.trials.dims.get(name) for name in (node.inputs[0], node.outputs[0]))
    target = target_of(read, made) if read and made else None
    if target is None:
        return None
    return [view.node("Reshape", [node.inputs[0], view.weight(target, node.outputs[0])], node)]


def _resize(view: View, node: Node) -> list[Node] | None:
    sizes = node.inputs[3] if len(node.inputs) > 3 else ""
    if not sizes or view.known(sizes) is not None or node.attributes.get("axes"):
        return None
    read, made = (view.trials.dims.get(name) for name in (node.inputs[0], node.outputs[0]))
    policy = node.attributes.get("keep_aspect_ratio_policy", "stretch")
    if not read or not made or policy != "stretch" or not all(all(d) for d in read):
        return None
    factors = [new // old for old, new in zip(read[0], made[0], strict=True)]
    grown = all(
        tuple(f * d for f, d in zip(factors, old, strict=True)) == new for old, new in zip(read, made, strict=True)
    )
    if not grown or 0 in factors:
        return None
    scales = view.weight(np.array(factors, np.float32), node.outputs[0])
    return [view.node("Resize", [node.inputs[0], node.inputs[1], scales], node, **node.attributes)]
