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

    @property
    def label(self) -> str:
        """Operator and node for people."""
        made = next((name for name in self.outputs if name), "")
        return f"{self.op} (node {self.name!r})" if self.name else f"{self.op} (the node that makes {made!r})"


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
    #: Weights that are stored in fewer bits: "half", or "int8" with the axis of its scales.
    storages: dict[str, tuple[str, int]] = field(default_factory=dict)
    #: Sizes of symbols that are known to fit, if any are.
    example: dict[str, int] = field(default_factory=dict)


@dataclass
class Shapes:
    """What shape inference found: extents (0 for what is open) and NumPy's names of types, by value."""

    dims: dict[str, list[int]]
    dtypes: dict[str, str]
    #: Values of which an extent is open.
    open: set[str] = field(default_factory=set)

    def note_like(self, name: str, other: str) -> None:
        """What is known of one value holds of a new one too."""
        if other in self.dims:
            self.dims[name] = self.dims[other]
        if other in self.dtypes:
            self.dtypes[name] = self.dtypes[other]
        if other in self.open:
            self.open.add(name)

    def note_slice(self, name: str, other: str, axis: int) -> None:
        """A value is a slice of another along an axis, which is gone."""
        self.note_like(name, other)
        if name in self.dims:
            self.dims[name] = [extent for i, extent in enumerate(self.dims[name]) if i != axis]
