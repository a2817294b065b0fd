"""Blocks of channels that become blocks of a picture, in one step where channels are last.

An exporter says it where channels are first; turned around, that is three permutations of the whole picture. One of
them is enough, and where a convolution in front makes the channels, they are made in the order in which that one copies
whole rows of a block.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from ..view import View, fresh, rewrite

if TYPE_CHECKING:
    from ..graph import Graph, Node
    from ..trial import Trials

#: Orders of [batch, ..., rows, columns] where the block's axes are behind the channels, and in front of them.
BEHIND, IN_FRONT = [0, 1, 4, 2, 5, 3], [0, 3, 4, 1, 5, 2]


def run(graph: Graph, trials: Trials) -> bool:
    """Takes DepthToSpace between channels that are last."""
    return rewrite(graph, trials, _rule)


@dataclass
class Shuffle:
    """What was found: the input, a block's side, where its axes are, what each number goes through."""

    source: str
    size: int
    is_behind: bool
    each: list[Node]


def _rule(view: View, node: Node) -> list[Node] | None:
    found = _found(view, node)
    if found is None:
        return None
    size, channels = found.size, view.trials.dims[node.outputs[0]][0][3]
    nodes: list[Node] = []
    source, is_behind = found.source, found.is_behind
    if is_behind and (turned := _in_front(view, found, channels)) is not None:
        nodes, source, is_behind = [turned], turned.outputs[0], False
    name = [fresh(view, node.outputs[0]) for _ in range(6)]
    split = [0, 0, 0, channels, size, size] if is_behind else [0, 0, 0, size, size, channels]
    order = [0, 1, 4, 2, 5, 3] if is_behind else [0, 1, 3, 2, 4, 5]
    nodes.append(view.node("Reshape", [source, view.weight(np.array(split, np.int64), source)], node, to=name[0]))
    nodes.append(view.node("Transpose", [name[0]], node, to=name[1], perm=order))
    nodes.append(view.node("Shape", [source], node, to=name[2], start=1, end=3))
    nodes.append(view.node("Mul", [name[2], view.weight(np.array(size, np.int64), name[2])], node, to=name[3]))
    ends = [view.weight(np.array([value], np.int64), name[3]) for value in (0, channels)]
    nodes.append(view.node("Concat", [ends[0], name[3], ends[1]], node, to=name[4], axis=0))
    last = [*(fresh(view, node.outputs[0]) for _ in found.each), ""]
    nodes.append(view.node("Reshape", [name[1], name[4]], node, to=last[0]))
    for i, one in enumerate(found.each):
        inputs = [other if view.known(other) is not None else last[i] for other in one.inputs]
        nodes.append(view.node(one.op, inputs, node, to=last[i + 1], **one.attributes))
    return nodes


def _found(view: View, node: Node) -> Shuffle | None:
    """The chain that ends with this node: turned, split, permuted, joined, something with each number, turned back."""
    if node.op != "Transpose" or node.attributes.get("perm") != [0, 2, 3, 1]:
        return None
    each, above = _numbers(view, node.inputs[0])
    join = view.made_by(above, "Reshape")
    turn = view.made_by(join.inputs[0], "Transpose") if join and view.only_for(join.outputs[0]) else None
    split = view.made_by(turn.inputs[0], "Reshape") if turn and view.only_for(turn.outputs[0]) else None
    first = view.made_by(split.inputs[0], "Transpose") if split and view.only_for(split.outputs[0]) else None
    if join is None or turn is None or split is None or first is None or first.attributes.get("perm") != [0, 3, 1, 2]:
        return None
    order = turn.attributes.get("perm")
    if order not in (BEHIND, IN_FRONT):
        return None
    size = _size(view, first.inputs[0], split.outputs[0], join.outputs[0], order == BEHIND)
    return Shuffle(first.inputs[0], size, order == BEHIND, each) if size else None


def _numbers(view: View, name: str) -> tuple[list[Node], str]:
    """Nodes that do the same with each number, in order, up to this value, and what they begin with."""
    each: list[Node] = []
    while (node := view.made_by(name, "Elementwise", "Add", "Sub", "Mul", "Div")) is not None and view.only_for(name):
        made = [other for other in node.inputs if view.known(other) is None]
        if len(made) != 1 or not all(view.scalar(other) is not None for other in node.inputs if other != made[0]):
            break
        each.insert(0, node)
        name = made[0]
    return each, name


def _size(view: View, source: str, split: str, joined: str, is_behind: bool) -> int:
    """The side of a block; 0 where the extents are those of something else, at any size."""
    dims = view.trials.dims
    rows = list(zip(dims.get(source, ()), dims.get(split, ()), dims.get(joined, ()), strict=False))
    if not rows or any(len(a) != 4 or len(b) != 6 or len(c) != 4 for a, b, c in rows):
        return 0
    size = int(rows[0][1][2])

    def fits(a: tuple[int, ...], b: tuple[int, ...], c: tuple[int, ...]) -> bool:
        n, h, w, channels = a
        made = channels // (size * size)
        block = (n, made, size, size, h, w) if is_behind else (n, size, size, made, h, w)
        return tuple(b) == block and tuple(c) == (n, made, size * h, size * w)

    return size if size > 1 and all(fits(*row) for row in rows) else 0


def _in_front(view: View, found: Shuffle, channels: int) -> Node | None:
    """The convolution in front, whose channels stand as the block's rows, columns and channels."""
    conv = view.made_by(found.source, "Conv")
    if conv is None or int(conv.attributes.get("group", 1)) != 1 or len([name for name in conv.inputs if name]) > 3:
        return None
    arrays = [view.known(name) for name in conv.inputs[1:] if name]
    # Who else reads the channels reads them first: with the node that turns them there are two at the most.
    readers = [other for other in view.graph.nodes if found.source in other.inputs and other.op != "Shape"]
    if len(readers) != 1 or found.source in view.graph.outputs or any(array is None for array in arrays):
        return None
    block = found.size**2
    order = np.arange(channels * block).reshape(channels, block).T.reshape(-1)
    inputs = [conv.inputs[0]]
    for name, array in zip((n for n in conv.inputs[1:] if n), arrays, strict=True):
        assert array is not None
        inputs.append(view.weight(np.ascontiguousarray(array[..., order]), name))
    return view.node("Conv", inputs, conv, to=fresh(view, found.source), **conv.attributes)
