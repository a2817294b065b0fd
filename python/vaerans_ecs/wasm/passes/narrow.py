"""Pictures that are one pixel wide are convolved as sequences: a row of pixels is what kernels take at once."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from ..view import View, fresh, rewrite

if TYPE_CHECKING:
    from ..graph import Attribute, Graph, Node
    from ..trial import Trials


def run(graph: Graph, trials: Trials) -> bool:
    """Takes the axis of one pixel out around Conv, where the kernel is as narrow."""
    return rewrite(graph, trials, _rule)


def _rule(view: View, node: Node) -> list[Node] | None:
    weight = view.known(node.inputs[1]) if node.op == "Conv" else None
    dims = view.trials.fixed(node.inputs[0])
    has_more = len(node.inputs) > 3 and bool(node.inputs[3])
    if weight is None or weight.ndim != 4 or not dims or has_more or not view.trials.varied:
        return None
    if dims[2] != 1 or weight.shape[1] != 1 or weight.shape[0] == 1 or not _is_plain(node.attributes):
        return None
    attributes: dict[str, Attribute] = dict(node.attributes)
    for key, count in (("strides", 2), ("dilations", 2), ("pads", 4)):
        if attributes.get(key):
            attributes[key] = [attributes[key][i] for i in range(0, count, 2)]
    flat, made = (fresh(view, node.outputs[0]) for _ in range(2))
    inputs = [flat, view.weight(np.ascontiguousarray(weight[:, 0]), node.inputs[1]), *node.inputs[2:]]
    return [
        view.node("Squeeze", node.inputs[:1], node, to=flat, axes=[2]),
        view.node("Conv", inputs, node, to=made, **attributes),
        view.node("Unsqueeze", [made], node, axes=[2]),
    ]


def _is_plain(attributes: dict[str, Attribute]) -> bool:
    pads = attributes.get("pads") or [0] * 4
    across = pads[1] == pads[3] == 0 and attributes.get("upsample", 1) == 1
    return across and attributes.get("auto_pad", "NOTSET") in ("NOTSET", "VALID")
