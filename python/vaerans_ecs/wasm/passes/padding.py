"""Zeros around a tensor that a convolution reads are its own padding."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from ..view import View, rewrite

if TYPE_CHECKING:
    from ..graph import Graph, Node
    from ..trial import Trials


def run(graph: Graph, trials: Trials) -> bool:
    """Takes Pad out in front of Conv."""
    return rewrite(graph, trials, _rule)


def _rule(view: View, node: Node) -> list[Node] | None:
    pad = view.made_by(node.inputs[0], "Pad") if node.op == "Conv" else None
    if pad is None or node.attributes.get("auto_pad", "NOTSET") not in ("NOTSET", "VALID"):
        return None
    rank = view.trials.rank(pad.outputs[0])
    more = spatial_zeros(view, pad, rank)
    if more is None or rank is None or node.attributes.get("upsample", 1) != 1:
        return None
    own = node.attributes.get("pads") or [0] * (2 * (rank - 2))
    pads = [int(a) + int(b) for a, b in zip(own, more, strict=True)]
    attributes = {k: v for k, v in node.attributes.items() if k != "auto_pad"} | {"pads": pads}
    return [view.node("Conv", [pad.inputs[0], *node.inputs[1:]], node, **attributes)]


def spatial_zeros(view: View, pad: Node, rank: int | None) -> list[int] | None:
    """Zeros in front of and behind each axis but batch and channels; None where a Pad does anything else."""
    known = view.known(pad.inputs[1])
    value = pad.inputs[2] if len(pad.inputs) > 2 and pad.inputs[2] else ""
    if known is None or rank is None or pad.attributes.get("mode", "constant") != "constant":
        return None
    if value and view.scalar(value) != 0:
        return None
    axes = list(range(rank))
    if len(pad.inputs) > 3 and pad.inputs[3]:
        given = view.known(pad.inputs[3])
        if given is None:
            return None
        axes = [int(a) % rank for a in given.reshape(-1)]
    both = np.zeros((2, rank), np.int64)
    both[:, axes] = known.reshape(2, -1)
    if (both < 0).any() or both[:, [0, rank - 1]].any():
        return None
    return [int(n) for n in both[:, 1:-1].reshape(-1)]
