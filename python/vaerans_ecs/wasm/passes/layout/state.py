"""Which values are put off: their sources, and the order of their axes."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from ...graph import Attribute, Node
from ...view import View, fresh

if TYPE_CHECKING:
    from ...trial import Dims

Perm = tuple[int, ...]


def inverse(perm: Perm) -> Perm:
    """The order that undoes another."""
    return tuple(int(i) for i in np.argsort(perm))


def compose(first: Perm, then: Perm) -> Perm:
    """The order of `then` after `first`."""
    return tuple(first[i] for i in then)


class State:
    """A graph while its nodes are gone through in order."""

    def __init__(self, view: View) -> None:
        self.view = view
        self.nodes: list[Node] = []
        #: Values that are others with their axes in another order: source, and order.
        self.put_off: dict[str, tuple[str, Perm]] = {}
        #: Values that are others.
        self.same: dict[str, str] = {}
        self._turned: dict[tuple[str, Perm], str] = {}

    def name(self, name: str) -> str:
        """What stands for a value that is another."""
        while name in self.same:
            name = self.same[name]
        return name

    def dims(self, name: str) -> list[Dims] | None:
        """Extents of a value at each trial."""
        return self.view.trials.dims.get(name)

    def rank(self, name: str) -> int | None:
        """How many dimensions a value or weight has."""
        known = self.view.known(name)
        return self.view.trials.rank(name) if known is None else known.ndim

    def order(self, name: str) -> Perm | None:
        """The order of a value that is put off."""
        found = self.put_off.get(self.name(name))
        return found[1] if found else None

    def put(self, target: str, source: str, perm: Perm) -> None:
        """`target` is `source` with its axes in this order."""
        if perm == tuple(range(len(perm))):
            self.same[target] = source
        else:
            self.put_off[target] = (source, perm)

    def turn(self, target: str, x: str, perm: Perm) -> None:
        """`target` is the value `x`, itself put off or not, with its axes in this order."""
        x = self.name(x)
        source, first = self.put_off.get(x, (x, tuple(range(len(perm)))))
        self.put(target, source, compose(first, perm))

    def new(self, like: str, dims: list[Dims] | None) -> str:
        """A name for a value of these extents."""
        name = fresh(self.view, like)
        if dims is not None:
            self.view.trials.dims[name] = dims
            self.view.trials.dtypes[name] = self.view.trials.dtypes.get(like, "float32")
        return name

    def add(self, op: str, inputs: list[str], outputs: list[str], of: Node, attributes: dict[str, Attribute]) -> None:
        """A node."""
        self.nodes.append(Node(op, inputs, outputs, attributes, [], of.name))

    def here(self, name: str, of: Node) -> str:
        """The value itself, made if it was put off; who comes later may still read its source."""
        name = self.name(name)
        if name not in self.put_off:
            return name
        key = self.put_off[name]
        if key not in self._turned:
            self._transpose(*key, name, of)
            self._turned[key] = name
        return self._turned[key]

    def in_order(self, name: str, perm: Perm, of: Node) -> str:
        """A value that is `name` once its axes are put in the order `perm`."""
        name = self.name(name)
        known = self.view.known(name)
        if known is not None:
            return self._weight(name, known, perm)
        source, first = self.put_off.get(name) or (name, tuple(range(len(perm))))
        wanted = compose(first, inverse(perm))
        if wanted == tuple(range(len(perm))):
            return source
        if (source, wanted) not in self._turned:
            dims = self.dims(source)
            target = self.new(name, dims and [tuple(d[i] for i in wanted) for d in dims])
            self._transpose(source, wanted, target, of)
            self._turned[source, wanted] = target
        return self._turned[source, wanted]

    def _weight(self, name: str, known: np.ndarray, perm: Perm) -> str:
        key = (name, perm)
        if key not in self._turned:
            self._turned[key] = self.view.weight(np.ascontiguousarray(known.transpose(inverse(perm))), name)
        return self._turned[key]

    def source_dims(self, name: str, perm: Perm) -> list[Dims] | None:
        """Extents of what `name` is in the order `perm` of."""
        dims = self.dims(name)
        return dims and [tuple(d[i] for i in inverse(perm)) for d in dims]

    def _transpose(self, source: str, perm: Perm, target: str, of: Node) -> None:
        """One that moves nothing in memory is a reshape."""
        dims = self.dims(source)
        sure = dims is not None and self.view.trials.varied
        fixed = [c[0] if len(set(c)) == 1 else None for c in zip(*(dims or []), strict=True)] if sure else []
        left = [i for i in perm if not fixed or fixed[i] != 1]
        if not fixed or left != sorted(left):
            self.add("Transpose", [source], [target], of, {"perm": list(perm)})
            return
        shape = [-1 if fixed[i] is None else fixed[i] for i in perm]
        if shape.count(-1) <= 1 and 0 not in shape:
            self.add("Reshape", [source, self.view.weight(np.array(shape, np.int64), target)], [target], of, {})
            return
        gone = [i for i, extent in enumerate(fixed) if extent == 1]
        flat = self.new(source, dims and [tuple(e for i, e in enumerate(d) if i not in gone) for d in dims])
        self.add("Squeeze", [source], [flat], of, {"axes": gone})
        self.add("Unsqueeze", [flat], [target], of, {"axes": [k for k, i in enumerate(perm) if i in gone]})
