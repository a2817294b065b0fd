"""Numbers that are written out as rows of a single 1, and multiplied by a table, are looked up in it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from ..view import View, fresh, rewrite

if TYPE_CHECKING:
    from ..graph import Graph, Node
    from ..trial import Trials


def run(graph: Graph, trials: Trials) -> bool:
    """Makes MatMul(Cast(Equal(x, 0 ... n - 1)), table) a Gather."""
    return rewrite(graph, trials, _rule)


def _rule(view: View, node: Node) -> list[Node] | None:
    if node.op != "MatMul" or len(node.inputs) != 2:
        return None
    table = view.known(node.inputs[1])
    rows = view.made_by(node.inputs[0], "Cast")
    x = None if rows is None else _numbers(view, rows)
    if x is None or table is None or table.ndim != 2 or not np.isfinite(table).all():
        return None
    dtype, n = view.trials.dtypes[x], len(table)
    # A number that is none of them gives a row of zeros: there is one in front of the table, and one behind it.
    zeros = np.zeros((1, table.shape[1]), table.dtype)
    padded = view.weight(np.concatenate([zeros, table, zeros]), node.inputs[1])
    least, most, one = (view.weight(np.array(v, dtype), x) for v in (-1, n, 1))
    steps, made = [], x
    for op, more, attributes in (
        ("Squeeze", [], {"axes": [-1]}),
        ("Clip", [least, most], {}),
        ("Add", [one], {}),
    ):
        to = fresh(view, x)
        steps.append(view.node(op, [made, *more], node, to=to, **attributes))
        made = to
    return [*steps, view.node("Gather", [padded, made], node, axis=0)]


def _numbers(view: View, rows: Node) -> str | None:
    """What is compared with each of 0 ... n - 1, along a last axis of its own."""
    equal = view.made_by(rows.inputs[0], "Equal")
    if equal is None or rows.attributes.get("type") != "float32":
        return None
    for x, other in (equal.inputs, equal.inputs[::-1]):
        numbers, dims = view.known(other), view.trials.dims.get(x)
        if numbers is None or not dims or view.trials.dtypes.get(x) not in ("int32", "int64"):
            continue
        n = numbers.size
        counts = numbers.shape[-1:] == (n,) and numbers.ndim <= len(dims[0]) and (numbers.ravel() == np.arange(n)).all()
        if counts and all(len(d) > 0 and d[-1] == 1 for d in dims):
            return x
    return None
