"""A picture that is made larger by repeating its pixels, and then convolved, need not be made."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ..engine import has
from ..view import View, rewrite

if TYPE_CHECKING:
    from ..graph import Graph, Node
    from ..trial import Trials


def run(graph: Graph, trials: Trials) -> bool:
    """Takes Resize by a whole number, of the nearest pixel, into the convolutions that read it."""
    return rewrite(graph, trials, _rule) if has("Conv", "upsample") else False


def _rule(view: View, node: Node) -> list[Node] | None:
    resize = view.made_by(node.inputs[0], "Resize") if node.op == "Conv" else None
    if (
        resize is None
        or node.attributes.get("upsample", 1) != 1
        or node.attributes.get("auto_pad", "NOTSET") != "NOTSET"
    ):
        return None
    factor = factor_of(view, resize)
    users = [other for other in view.graph.nodes if resize.outputs[0] in other.inputs]
    if factor is None or any(other.op != "Conv" for other in users) or resize.outputs[0] in view.graph.outputs:
        return None
    return [view.node("Conv", [resize.inputs[0], *node.inputs[1:]], node, **(node.attributes | {"upsample": factor}))]


def factor_of(view: View, node: Node) -> int | None:
    """By how much both sides of a picture grow, if each pixel is repeated; None for anything else."""
    before, after = view.trials.dims.get(node.inputs[0]), view.trials.dims.get(node.outputs[0])
    if not before or not after or len(before[0]) != 4 or not _repeats(node.attributes):
        return None
    factor = after[0][1] // max(before[0][1], 1)
    grown = all(a == (b[0], factor * b[1], factor * b[2], b[3]) for a, b in zip(after, before, strict=True))
    if not grown or factor < 2 or (not _any_factor(node.attributes) and factor != 2):
        return None
    scales = view.known(node.inputs[2]) if len(node.inputs) > 2 and node.inputs[2] else None
    if len(node.inputs) > 2 and node.inputs[2]:
        return (
            factor
            if scales is not None and scales.reshape(-1).tolist() in ([1, factor, factor, 1], [factor] * 2)
            else None
        )
    return factor if view.trials.varied else None


def _repeats(attributes: dict[str, object]) -> bool:
    return attributes.get("mode", "nearest") == "nearest" and (_any_factor(attributes) or _twice(attributes))


def _ways(attributes: dict[str, object]) -> tuple[object, object]:
    way = attributes.get("coordinate_transformation_mode", "half_pixel")
    return way, attributes.get("nearest_mode", "round_prefer_floor")


def _any_factor(attributes: dict[str, object]) -> bool:
    return _ways(attributes) in (
        ("asymmetric", "floor"),
        ("half_pixel", "round_prefer_floor"),
        ("half_pixel", "round_prefer_ceil"),
        ("pytorch_half_pixel", "round_prefer_floor"),
        ("pytorch_half_pixel", "round_prefer_ceil"),
    )


def _twice(attributes: dict[str, object]) -> bool:
    return _ways(attributes) == ("asymmetric", "round_prefer_floor")
