"""Operators that take a number for each axis: slices, paddings, sizes."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from .state import Perm, State, inverse

if TYPE_CHECKING:
    from collections.abc import Callable

    from ...graph import Node


def without(perm: Perm, axes: list[int]) -> Perm:
    """The order of what is left without these axes."""
    left = [source for axis, source in enumerate(perm) if axis not in axes]
    return tuple(sorted(left).index(source) for source in left)


def picked(state: State, name: str, order: list[int], of: Node) -> str:
    """The elements of a vector in this order."""
    known = state.view.known(name)
    if known is not None:
        return state.view.weight(np.ascontiguousarray(known.reshape(-1)[order]), name)
    made = state.new(name, [(len(order),)] * len(state.view.trials.sizes))
    places = state.view.weight(np.array(order, np.int64), name)
    state.add("Gather", [state.here(name, of), places], [made], of, {"axis": 0})
    return made


def _length(state: State, name: str) -> int | None:
    known = state.view.known(name)
    if known is not None:
        return known.size
    dims = state.dims(name)
    return dims[0][0] if dims and all(d == dims[0] and len(d) == 1 for d in dims) else None


def _finish(state: State, node: Node, source: str, perm: Perm, inputs: list[str]) -> bool:
    made = state.new(node.outputs[0], state.source_dims(node.outputs[0], perm))
    state.add(node.op, [source, *inputs], [made], node, node.attributes)
    state.put(node.outputs[0], made, perm)
    return True


def slice_(state: State, node: Node) -> bool:
    """x, starts, ends, axes, steps."""
    source, perm = state.put_off[node.inputs[0]]
    _, starts, ends, *more = node.inputs
    axes_name, steps = [*more, "", ""][:2]
    n = _length(state, starts)
    axes = state.view.known(axes_name) if axes_name else np.arange(n or 0)
    if axes is None or n is None or any(name in state.put_off for name in node.inputs[1:]):
        return False
    renumbered = np.array([perm[int(a) % len(perm)] for a in axes.reshape(-1)], np.int64)
    return _finish(state, node, source, perm, [starts, ends, state.view.weight(renumbered, starts), steps])


def pad(state: State, node: Node) -> bool:
    """x, paddings in front and behind, value, axes."""
    source, perm = state.put_off[node.inputs[0]]
    _, pads, *more = node.inputs
    value, axes_name = [*more, "", ""][:2]
    if any(name in state.put_off for name in node.inputs[1:]):
        return False
    if axes_name:
        axes = state.view.known(axes_name)
        if axes is None:
            return False
        renumbered = np.array([perm[int(a) % len(perm)] for a in axes.reshape(-1)], np.int64)
        return _finish(state, node, source, perm, [pads, value, state.view.weight(renumbered, pads)])
    if _length(state, pads) != 2 * len(perm):
        return False
    back = list(inverse(perm))
    order = back + [len(perm) + axis for axis in back]
    inputs = [picked(state, pads, order, node)]
    return _finish(state, node, source, perm, inputs + ([value] if value else []))


def resize(state: State, node: Node) -> bool:
    """x, region (unused), scales, sizes."""
    source, perm = state.put_off[node.inputs[0]]
    _, _, scales, sizes = [*node.inputs, "", "", ""][:4]
    if node.attributes.get("coordinate_transformation_mode") == "tf_crop_and_resize":
        return False
    axes = node.attributes.get("axes")
    if axes:
        node.attributes = node.attributes | {"axes": [perm[int(a) % len(perm)] for a in axes]}
        return _finish(state, node, source, perm, ["", scales, sizes])
    given = []
    for name in (scales, sizes):
        n = _length(state, name) if name else 0
        if n not in (0, len(perm)):
            return False
        given.append(picked(state, name, list(inverse(perm)), node) if n else "")
    return _finish(state, node, source, perm, ["", *given])


def sized(state: State, node: Node) -> bool:
    """x, and a number for each axis (Expand, Tile)."""
    source, perm = state.put_off[node.inputs[0]]
    n = _length(state, node.inputs[1])
    if n != len(perm) or state.rank(node.outputs[0]) != n or node.inputs[1] in state.put_off:
        return False
    return _finish(state, node, source, perm, [picked(state, node.inputs[1], list(inverse(perm)), node)])


def gather(state: State, node: Node) -> bool:
    """One index, or a row of them, along an axis."""
    source, perm = state.put_off.get(node.inputs[0], ("", ()))
    rank = state.rank(node.inputs[1])
    if not source or node.inputs[1] in state.put_off or rank not in (0, 1):
        return False
    axis = int(node.attributes.get("axis", 0)) % len(perm)
    order = perm if rank else without(perm, [axis])
    made = state.new(node.outputs[0], state.source_dims(node.outputs[0], order))
    state.add("Gather", [source, node.inputs[1]], [made], node, {"axis": perm[axis]})
    state.put(node.outputs[0], made, order)
    return True


def shape(state: State, node: Node) -> bool:
    """The extents of the source, in this order."""
    source, perm = state.put_off[node.inputs[0]]
    start, end = node.attributes.get("start", 0), node.attributes.get("end", len(perm))
    made = state.new(node.outputs[0], [(len(perm),)] * len(state.view.trials.sizes))
    state.add("Shape", [source], [made], node, {})
    order = state.view.weight(np.array(perm[start:end], np.int64), node.outputs[0])
    state.add("Gather", [made, order], node.outputs, node, {"axis": 0})
    return True


def size(state: State, node: Node) -> bool:
    """The same in every order."""
    state.add("Size", [state.put_off[node.inputs[0]][0]], node.outputs, node, {})
    return True


RULES: dict[str, Callable[[State, Node], bool]] = {
    "Slice": slice_,
    "Pad": pad,
    "Resize": resize,
    "Expand": sized,
    "Tile": sized,
    "Gather": gather,
    "Shape": shape,
    "Size": size,
}
