"""Transposed convolutions as plain ones: the places that a pixel becomes are sets of channels, put in place afterwards.

A plain convolution reads no zeros between pixels, and has the faster kernels.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from ..view import View, fresh, rewrite

if TYPE_CHECKING:
    from ..graph import Attribute, Graph, Node
    from ..trial import Trials


def run(graph: Graph, trials: Trials) -> bool:
    """Takes ConvTranspose of strides above 1 apart, where its weights are known."""
    return rewrite(graph, trials, _rule)


def _rule(view: View, node: Node) -> list[Node] | None:
    weight = view.known(node.inputs[1]) if node.op == "ConvTranspose" else None
    bias = view.known(node.inputs[2]) if len(node.inputs) > 2 and node.inputs[2] else None
    has_more = len(node.inputs) > 3 and bool(node.inputs[3])
    if weight is None or has_more or (bias is None and len(node.inputs) > 2 and node.inputs[2]):
        return None
    n = weight.ndim - 2
    sizes = {
        key: list(node.attributes.get(key) or [other] * n) for key, other in (("strides", 1), ("output_padding", 0))
    }
    pads = list(node.attributes.get("pads") or [0] * (2 * n))
    strides = sizes["strides"]
    plain = node.attributes.get("auto_pad", "NOTSET") == "NOTSET" and not node.attributes.get("output_shape")
    ones = list(node.attributes.get("dilations") or [1] * n) == [1] * n and int(node.attributes.get("group", 1)) == 1
    # Rows that are made and thrown away are few where strides are small.
    if not (plain and ones and max(strides) > 1 and max(strides) <= max(weight.shape[:n])):
        return None
    return _apart(view, node, weight, bias, strides, pads, sizes["output_padding"])


def _apart(
    view: View, node: Node, weight: np.ndarray, bias: np.ndarray | None, strides: list[int], pads: list[int],
    more: list[int],
) -> list[Node]:  # fmt: skip
    n = weight.ndim - 2
    taps = [-(-k // s) for k, s in zip(weight.shape[:n], strides, strict=True)]
    columns = weight.shape[-1]
    inputs = [node.inputs[0], view.weight(phases(weight, strides, taps), node.inputs[1])]
    if bias is not None:
        inputs.append(view.weight(np.tile(bias, int(np.prod(strides))), node.inputs[2]))
    kept: dict[str, Attribute] = {k: v for k, v in node.attributes.items() if k in ("activation", "low", "high")}
    name = [fresh(view, node.outputs[0]) for _ in range(7)]
    nodes = [view.node("Conv", inputs, node, to=name[0], pads=[t - 1 for t in taps] * 2, **kept)]
    # [batch, *places, *phases, columns] with each place's phases behind it, then beside one another.
    split = view.weight(np.array([0] * (n + 1) + [*strides, columns], np.int64), name[0])
    nodes.append(view.node("Reshape", [name[0], split], node, to=name[1]))
    order = [0, *(axis for i in range(n) for axis in (1 + i, 1 + n + i)), 1 + 2 * n]
    nodes.append(view.node("Transpose", [name[1]], node, to=name[2], perm=order))
    nodes.append(view.node("Shape", [name[0]], node, to=name[3], start=1, end=1 + n))
    by = view.weight(np.array(strides, np.int64), name[3])
    nodes.append(view.node("Mul", [name[3], by], node, to=name[4]))
    ends = [view.weight(np.array([value], np.int64), name[4]) for value in (0, columns)]
    nodes.append(view.node("Concat", [ends[0], name[4], ends[1]], node, to=name[5], axis=0))
    # What padding takes away in front, and behind.
    spare = [s * t - k for s, t, k in zip(strides, taps, weight.shape[:n], strict=True)]
    behind = [p + c - m for p, c, m in zip(pads[n:], spare, more, strict=True)]
    whole = not any(pads[:n]) and not any(behind)
    nodes.append(view.node("Reshape", [name[2], name[5]], node, to="" if whole else name[6]))
    if not whole:
        nodes += _cut(view, node, name[6], pads[:n], behind)
    return nodes


def phases(weight: np.ndarray, strides: list[int], taps: list[int]) -> np.ndarray:
    """Weights [*kernel, in, out] of a transposed convolution as [*taps, in, *phases, out] flat behind `in`."""
    n = weight.ndim - 2
    wide = np.pad(weight, [(0, s * t - k) for s, t, k in zip(strides, taps, weight.shape, strict=False)] + [(0, 0)] * 2)
    split = [length for t, s in zip(taps, strides, strict=True) for length in (t, s)]
    wide = wide.reshape(*split, *weight.shape[-2:])
    order = [*range(0, 2 * n, 2), 2 * n, *range(1, 2 * n, 2), 2 * n + 1]
    turned = np.flip(wide.transpose(order), tuple(range(n)))
    return np.ascontiguousarray(turned.reshape(*taps, weight.shape[-2], -1))


def _cut(view: View, node: Node, name: str, before: list[int], behind: list[int]) -> list[Node]:
    """Takes places away at both ends; a negative number adds zeros of the convolution behind."""
    n = len(before)
    pads = np.array([0, *(-b for b in before), 0, 0, *(-b for b in behind), 0], np.int64)
    if min(behind) >= 0:
        starts, axes = (view.weight(np.array(v, np.int64), name) for v in (before, list(range(1, n + 1))))
        ends = view.weight(np.array([-b if b else np.iinfo(np.int64).max for b in behind], np.int64), name)
        return [view.node("Slice", [name, starts, ends, axes], node)]
    return [view.node("Pad", [name, view.weight(pads, name)], node)]
