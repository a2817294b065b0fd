"""Formulas over values: written as in mathematics, put into a graph step by step."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from ..graph import Attribute, Node
    from .context import Context

#: What a formula may be written with: parts, numbers (as float32) and arrays.
Operand = "Term | float | np.ndarray"


@dataclass(eq=False)
class Term:
    """A value (`op` is empty, `name` is its), an array, or what an operator makes of other terms."""

    op: str = ""
    parts: tuple[Term, ...] = ()
    attributes: dict[str, Attribute] = field(default_factory=dict)
    name: str = ""
    array: np.ndarray | None = None

    def __add__(self, other: Term | float | np.ndarray) -> Term:
        return step("Add", self, other)

    def __sub__(self, other: Term | float | np.ndarray) -> Term:
        return step("Sub", self, other)

    def __mul__(self, other: Term | float | np.ndarray) -> Term:
        return step("Mul", self, other)

    def __truediv__(self, other: Term | float | np.ndarray) -> Term:
        return step("Div", self, other)


def value(name: str) -> Term:
    """A value of the graph."""
    return Term(name=name)


def step(op: str, *parts: Term | float | np.ndarray, **attributes: Attribute) -> Term:
    """What an operator of the engine makes of these."""
    return Term(op, tuple(map(_term, parts)), attributes)


def where(condition: Term, yes: Term | float | np.ndarray, no: Term | float | np.ndarray) -> Term:
    """The one or the other."""
    return step("Where", condition, yes, no)


def _term(part: Term | float | np.ndarray) -> Term:
    if isinstance(part, Term):
        return part
    return Term(array=part if isinstance(part, np.ndarray) else np.asarray(part, np.float32))


def put(context: Context, node: Node, term: Term, to: str = "") -> str:
    """Puts a formula into the graph, each part once; the name of its value, which is `to` if that is given."""
    made: dict[int, str] = {}

    def name_of(part: Term) -> str:
        if part.name:
            return part.name
        if id(part) not in made:
            made[id(part)] = write(part, "")
        return made[id(part)]

    def write(part: Term, to: str) -> str:
        if part.array is not None:
            return context.weight(part.array, node.outputs[0])
        return context.add(part.op, [name_of(p) for p in part.parts], node, to=to, **part.attributes)

    return write(term, to) if term.op else name_of(term)
