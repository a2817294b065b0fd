"""A network as the compiler sees it: nodes in order, values by name, weights as arrays."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import numpy as np

#: What an attribute holds: a number, a word, or numbers.
Attribute = Any


@dataclass
class Node:
    """An operator of the engine at work; an input of ``""`` is left out."""

    op: str
    inputs: list[str]
    outputs: list[str]
    attributes: dict[str, Attribute] = field(default_factory=dict)
    graphs: list[Graph] = field(default_factory=list)
    name: str = ""
    #: Attributes that are arrays.
    tensors: dict[str, np.ndarray] = field(default_factory=dict)


@dataclass
class Port:
    """What the caller gives: NumPy's name of its type, extents as numbers or symbols."""

    name: str
    dtype: str
    dims: list[int | str]


@dataclass
class Graph:
    """A network, or a branch of an ``If``, which sees the values of the graph around it."""

    nodes: list[Node]
    inputs: list[Port]
    outputs: list[str]
    weights: dict[str, np.ndarray]
    #: Weights that are packed when they are loaded: "panels" with groups of columns, or "winograd".
    forms: dict[str, tuple[str, int]] = field(default_factory=dict)


@dataclass
class Shapes:
    """What shape inference found: extents (0 for what is open) and NumPy's names of types, by value."""

    dims: dict[str, list[int]]
    dtypes: dict[str, str]
