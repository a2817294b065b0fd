"""Reshapes of values that are put off: axes are joined and split in groups, which may stand in another order."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from ..shapes import target_of
from .state import Perm, State, inverse

if TYPE_CHECKING:
    from ...graph import Graph, Node
    from ...trial import Dims

#: Axes before, and axes after.
Group = tuple[list[int], list[int]]
#: How many nodes are looked through for the change of layout that a reshape leads to.
AHEAD = 6


def groups_of(before: list[Dims], after: list[Dims]) -> list[Group] | None:
    """Axes whose product is the same on both sides at every trial; None where they do not come apart."""
    groups: list[Group] = []
    i = j = 0
    rank, new = len(before[0]), len(after[0])
    while i < rank or j < new:
        group: Group = ([], [])
        a, b = [1] * len(before), [1] * len(before)
        while not group[0] or a != b:
            smaller = all(x <= y for x, y in zip(a, b, strict=True))
            if i < rank and (smaller or j >= new):
                a = [x * d[i] for x, d in zip(a, before, strict=True)]
                group[0].append(i)
                i += 1
            elif j < new:
                b = [x * d[j] for x, d in zip(b, after, strict=True)]
                group[1].append(j)
                j += 1
            else:
                break
        if a != b or 0 in a:
            return None
        groups.append(group)
    return _with_ones(groups, before, after)


def _with_ones(groups: list[Group], before: list[Dims], after: list[Dims]) -> list[Group] | None:
    """Axes of one element that stand alone go to the group in front of them."""
    merged: list[Group] = []
    for olds, news in groups:
        if merged and (not olds or not news):
            merged[-1][0].extend(olds)
            merged[-1][1].extend(news)
        else:
            merged.append((olds, news))
    return merged if all(olds and news for olds, news in merged) else None


def reshape(state: State, node: Node) -> bool:
    """Reads the source where its groups lie together, in whatever order."""
    return _regroup(state, node, node.inputs[1])


def flatten(state: State, node: Node) -> bool:
    """A reshape of two axes."""
    dims = state.dims(node.outputs[0])
    if dims is None:
        return False
    return _regroup(state, node, "")


def _regroup(state: State, node: Node, shape: str) -> bool:
    x, out = node.inputs[0], node.outputs[0]
    if x not in state.put_off or shape in state.put_off or not state.view.trials.varied:
        return False
    perm = state.put_off[x][1]
    before, after = state.dims(x), state.dims(out)
    groups = groups_of(before, after) if before and after else None
    if groups is None or before is None or after is None:
        return False
    order = _chosen(state, node, groups, perm, before)
    if order is None:
        return False
    wanted = tuple(axis for k in order for axis in groups[k][0])
    new_axes = [axis for k in order for axis in groups[k][1]]
    read_dims = [tuple(d[a] for a in wanted) for d in before]
    target = _shape(state, node, shape, new_axes, read_dims, after)
    if target is None:
        return False
    # Axis i of what is read is axis wanted[i] of the value.
    read = state.in_order(x, inverse(wanted), node)
    made = state.new(out, [tuple(d[a] for a in new_axes) for d in after])
    state.add("Reshape", [read, target], [made], node, {})
    state.put(out, made, inverse(tuple(new_axes)))
    return True


def _chosen(state: State, node: Node, groups: list[Group], perm: Perm, before: list[Dims]) -> list[int] | None:
    """The order of groups in which the source lies already, or the one that a later change of layout wants."""
    large = [[a for a in olds if any(d[a] != 1 for d in before)] or olds for olds, _ in groups]
    natural = sorted(range(len(groups)), key=lambda k: perm[large[k][0]])
    places = [perm[a] for k in natural for a in groups[k][0] if any(d[a] != 1 for d in before)]
    if places == sorted(places):
        return natural
    for later in _later(state.view.graph, node.outputs[0], AHEAD):
        order = _order_for(groups, later)
        if order is not None:
            return order
    return None


def _order_for(groups: list[Group], later: Perm) -> list[int] | None:
    """The order of groups whose new axes then stand as `later` puts them."""
    owner = {axis: k for k, (_, news) in enumerate(groups) for axis in news}
    if sorted(later) != sorted(owner):
        return None
    order = list(dict.fromkeys(owner[axis] for axis in later))
    return order if tuple(axis for k in order for axis in groups[k][1]) == later else None


def _later(graph: Graph, name: str, depth: int) -> list[Perm]:
    """Orders that Transposes behind element-by-element nodes want."""
    from .rules import ALONE, TOGETHER

    found: list[Perm] = []
    for node in graph.nodes if depth else []:
        if name not in node.inputs:
            continue
        if node.op == "Transpose" and "perm" in node.attributes:
            found.append(tuple(int(i) for i in node.attributes["perm"]))
        elif node.op in ALONE or node.op in TOGETHER:
            found += _later(graph, node.outputs[0], depth - 1)
    return found


def _shape(state: State, node: Node, shape: str, axes: list[int], read: list[Dims], after: list[Dims]) -> str | None:
    """The vector of the new extents in the order `axes`."""
    target = target_of(read, after, axes)
    if target is not None:
        return state.view.weight(target, node.outputs[0])
    known = state.view.known(shape) if shape else None
    if known is not None and 0 not in known:
        return state.view.weight(np.ascontiguousarray(known.reshape(-1)[axes]), shape)
    if known is not None or not shape:
        return None
    from .moves import picked

    return picked(state, shape, axes, node)
