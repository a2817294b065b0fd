"""Sums of products by index: products of matrices between changes of layout."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from .context import Refused
from .terms import Term, put, step, value

if TYPE_CHECKING:
    from ..graph import Node
    from .context import Context, Lowering


@dataclass
class Factor:
    """A term and the index of each of its axes."""

    term: Term
    labels: list[str]

    def order(self, labels: list[str]) -> Term:
        """With its axes in another order."""
        if labels == self.labels:
            return self.term
        return step("Transpose", self.term, perm=[self.labels.index(label) for label in labels])

    def summed(self, kept: set[str]) -> Factor:
        """Without the axes that nobody asks for."""
        gone = [i for i, label in enumerate(self.labels) if label not in kept]
        if not gone:
            return self
        return Factor(
            step("ReduceSum", self.term, axes=gone, keepdims=0), [label for label in self.labels if label in kept]
        )


def parse(equation: str, ranks: list[int]) -> tuple[list[list[str]], list[str]]:
    """Indices of each operand and of the result; an ellipsis becomes indices of its own, counted from the last."""
    left, arrow, right = equation.replace(" ", "").partition("->")
    words = left.split(",")
    if len(words) != len(ranks):
        raise Refused(f"{len(words)} operands in {equation!r}, {len(ranks)} given")
    wide = max(
        (rank - len(w.replace("...", "")) for w, rank in zip(words, ranks, strict=True) if "..." in w), default=0
    )
    operands = []
    for word, rank in zip(words, ranks, strict=True):
        labels = _labels(word, rank - len(word.replace("...", "")))
        if len(labels) != rank:
            raise Refused(f"{word!r} of {equation!r} for {rank} dimensions")
        operands.append(labels)
    if arrow:
        return operands, _labels(right, wide)
    every = [label for labels in operands for label in labels]
    free = sorted(label for label in set(every) if label.isalpha() and every.count(label) == 1)
    return operands, _labels("...", wide) + free


def _labels(word: str, count: int) -> list[str]:
    """Letters as they are; `count` numbers for an ellipsis."""
    head, dots, tail = word.partition("...")
    return [*head, *(str(i) for i in range(count - 1, -1, -1) if dots), *tail]


def diagonal(context: Context, name: str, labels: list[str]) -> Factor:
    """A value whose indices are all different: of equal ones just the diagonal."""
    factor = Factor(value(name), list(labels))
    for label in dict.fromkeys(labels):
        while factor.labels.count(label) > 1:
            i = factor.labels.index(label)
            j = factor.labels.index(label, i + 1)
            n = context.fixed(name)[labels.index(label)]
            shape = [n if axis in (i, j) else 1 for axis in range(len(factor.labels))]
            eye = np.eye(n, dtype=context.dtype(name)).reshape(shape)
            term = step("ReduceSum", factor.term * eye, axes=[j], keepdims=0)
            factor = Factor(term, [v for k, v in enumerate(factor.labels) if k != j])
    return factor


def _pieces(shape: Term, begin: int, end: int) -> Term:
    return step("Slice", shape, *(np.array([v], np.int64) for v in (begin, end)))


def _grouped(term: Term, batch: int, first: int, second: int) -> Term:
    """Axes of each of two groups joined into one behind those of the batch."""
    shape = step("Shape", term)
    middle = step("ReduceProd", _pieces(shape, batch, batch + first), axes=[0], keepdims=1)
    last = step("ReduceProd", _pieces(shape, batch + first, batch + first + second), axes=[0], keepdims=1)
    return step("Reshape", term, step("Concat", _pieces(shape, 0, batch), middle, last, axis=0))


def product(a: Factor, b: Factor, kept: set[str]) -> Factor:
    """Both as stacks of matrices; sums over what both have and nobody asks for."""
    both = [label for label in a.labels if label in b.labels]
    batch = [label for label in both if label in kept]
    inner = [label for label in both if label not in kept]
    rows = [label for label in a.labels if label not in both]
    columns = [label for label in b.labels if label not in both]
    labels = batch + rows + columns
    if not inner:
        # Nothing is summed over: a product of elements.
        wide_a = step("Unsqueeze", a.order(batch + rows), axes=[len(batch + rows) + i for i in range(len(columns))])
        wide_b = step("Unsqueeze", b.order(batch + columns), axes=[len(batch) + i for i in range(len(rows))])
        return Factor(wide_a * wide_b, labels)
    left, right = a.order(batch + rows + inner), b.order(batch + inner + columns)
    if len(rows) == len(inner) == len(columns) == 1:
        return Factor(step("MatMul", left, right), labels)
    n = len(batch)
    result = step("MatMul", _grouped(left, n, len(rows), len(inner)), _grouped(right, n, len(inner), len(columns)))
    shape = step(
        "Concat",
        _pieces(step("Shape", result), 0, n),
        _pieces(step("Shape", left), n, n + len(rows)),
        _pieces(step("Shape", right), n + len(inner), n + len(inner) + len(columns)),
        axis=0,
    )
    return Factor(step("Reshape", result, shape), labels)


def einsum(context: Context, node: Node) -> None:
    """From left to right, one product after the other."""
    if context.dtype(node.inputs[0]) != "float32":
        raise Refused(f"elements of {context.dtype(node.inputs[0])}")
    ranks = [context.rank(name) for name in node.inputs]
    operands, wanted = parse(node.attributes["equation"], ranks)
    factors = [diagonal(context, name, labels) for name, labels in zip(node.inputs, operands, strict=True)]
    so_far = factors[0].summed({*wanted, *(label for f in factors[1:] for label in f.labels)})
    for i, factor in enumerate(factors[1:], 1):
        later = {*wanted, *(label for f in factors[i + 1 :] for label in f.labels)}
        so_far, other = so_far.summed(later | {*factor.labels}), factor.summed(later | {*so_far.labels})
        so_far = product(so_far, other, later)
    result = so_far.order(wanted)
    put(context, node, result if result.op else step("Identity", result), to=node.outputs[0])


LOWERINGS: dict[str, Lowering] = {"Einsum": einsum}
