"""Shapes of all values, tried at several sizes: the engine's own shape rules say what is the same at each of them."""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np

from .. import _core
from ..errors import LimitError, ModelError, ParamError
from .emit import skeleton, values

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from .graph import Graph

#: How many sizes are looked at.
TRIALS = 3
#: Sizes of a batch and of what else is open, symbol after symbol, in the order in which they are tried.
CANDIDATES = [
    (2, (64, 96, 32)),
    (1, (64, 64, 64)),
    (3, (96, 64, 128)),
    (1, (96, 160, 128)),
    (1, (32, 32, 32)),
    (2, (128, 128, 128)),
    (1, (16, 16, 16)),
    (2, (7, 7, 7)),
    (1, (48, 320, 48)),
    (1, (256, 256, 256)),
    (1, (512, 512, 512)),
    (1, (576, 576, 576)),
    (2, (512, 512, 512)),
    (2, (256, 256, 256)),
    (1, (1, 1, 1)),
    (1, (16000, 16000, 16000)),
]
#: Elements of an input from which on sizes are not tried.
MOST = 1 << 24

Dims = tuple[int, ...]


@dataclass
class Trials:
    """Types of values, and their extents at each trial; values that were not reached at all of them are left out."""

    sizes: list[dict[str, int]]
    dims: dict[str, list[Dims]] = field(default_factory=dict)
    dtypes: dict[str, str] = field(default_factory=dict)
    #: Why no size fits, if none does.
    stopped: str = ""
    #: Extents of every value by trial.
    found: dict[str, dict[int, Dims]] = field(default_factory=dict)
    #: Symbols that are given, or of which no other size fits.
    stuck: frozenset[str] = frozenset()

    def rank(self, name: str) -> int | None:
        """How many dimensions a value has."""
        found = self.dims.get(name)
        return len(found[0]) if found else None

    def fixed(self, name: str) -> list[int | None] | None:
        """The extents that are the same at every size; None for the others."""
        found = self.dims.get(name)
        if not found:
            return None
        return [column[0] if len(set(column)) == 1 else None for column in zip(*found, strict=True)]

    def same(self, a: str, b: str) -> bool:
        """Whether both have the same extents at every size."""
        return a in self.dims and self.dims[a] == self.dims.get(b)

    @property
    def varied(self) -> bool:
        """Whether what is the same at every trial can be taken to be so always: all that can vary did."""
        free = [name for name in (self.sizes[0] if self.sizes else []) if name not in self.stuck]
        return bool(self.sizes) and all(len({chosen[name] for chosen in self.sizes}) > 1 for name in free)

    def at(self, names: Iterable[str]) -> Trials:
        """The trials at which all these values are known: those at which a branch fits."""
        places = set(range(len(self.sizes)))
        for name in names:
            places &= set(self.found.get(name, {}))
        if len(places) == len(self.sizes):
            return self
        kept = sorted(places)
        trials = _of([self.sizes[i] for i in kept], kept, self.found, self.dtypes)
        trials.stuck = self.stuck
        return trials


def _of(
    sizes: list[dict[str, int]], kept: list[int], found: dict[str, dict[int, Dims]], dtypes: dict[str, str]
) -> Trials:
    dims = {name: [by[i] for i in kept] for name, by in found.items() if all(i in by for i in kept)} if kept else {}
    here = {name: {k: by[i] for k, i in enumerate(kept) if i in by} for name, by in found.items()}
    return Trials(sizes, dims, dict(dtypes), "", here)


def try_sizes(graph: Graph, sizes: Mapping[str, int] | None = None) -> Trials:
    """Works shapes out at up to `TRIALS` sizes; `sizes` of symbols are not varied.

    A graph that the engine cannot write raises what `emit` does; sizes that do not fit are passed over.
    """
    plan, weights = skeleton(graph)
    network = _core.Network(plan, weights, 1, "strict")
    search = _Search(graph, network)
    for chosen in assignments(graph, sizes or {}):
        search.look(chosen)
        if len(search.fit) == TRIALS or not chosen:
            break
    stuck = search.vary(symbols(graph))
    trials = _of(search.fit, list(range(len(search.fit))), search.found, search.dtypes)
    trials.stuck = stuck
    trials.stopped = "" if search.fit else search.why
    return trials


class _Search:
    """Sizes that fit, and what was found at each."""

    def __init__(self, graph: Graph, network: _core.Network) -> None:
        self.graph, self.network, self.names = graph, network, list(values(graph))
        self.fit: list[dict[str, int]] = []
        self.found: dict[str, dict[int, Dims]] = {}
        self.dtypes: dict[str, str] = {}
        self.why, self._reached = "", -1

    def look(self, chosen: dict[str, int]) -> bool:
        """Whether these sizes fit; what does not is passed over."""
        if chosen in self.fit or not _moderate(self.graph, chosen):
            return False
        specs, stopped = self.network.shapes(blanks(self.graph, chosen))
        if stopped:
            reached = sum(one is not None for one in specs)
            if reached > self._reached:
                self._reached, self.why = reached, f"{stopped}; sizes {chosen}"
            return False
        for name, one in zip(self.names, specs, strict=True):
            if one is not None:
                self.dtypes[name] = one[0]
                self.found.setdefault(name, {})[len(self.fit)] = tuple(one[1])
        self.fit.append(chosen)
        return True

    def vary(self, names: list[str]) -> frozenset[str]:
        """A symbol that was the same at each trial gets one at which it is another; gives those that cannot.

        A size beside the first comes last: behind a stride both may be one.
        """
        stuck = set()
        for name in names if self.fit else []:
            if len({chosen[name] for chosen in self.fit}) > 1:
                continue
            size = self.fit[0][name]
            others = [other for other in (2 * size, 3 * size, size // 2, size + 1) if other]
            if not any(self.look({**self.fit[0], name: other}) for other in others):
                stuck.add(name)
        return frozenset(stuck)


def settle(graph: Graph, example: Mapping[str, int]) -> None:
    """Symbols that fit at their example alone become that number: exporters leave more open than a network can take."""
    graph.example = {name: example[name] for name in symbols(graph) if name in example}
    if set(graph.example) != set(symbols(graph)) or not graph.example:
        return
    search = _Search(graph, _core.Network(*skeleton(graph), 1))
    if not search.look(dict(graph.example)):
        return
    stuck = search.vary(symbols(graph))
    fixed = {name: size for name, size in graph.example.items() if name in stuck}
    for port in graph.inputs:
        port.dims = [fixed.get(d, d) if isinstance(d, str) else d for d in port.dims]
    graph.example = {name: size for name, size in graph.example.items() if name not in fixed}


def symbols(graph: Graph) -> list[str]:
    """The extents that a caller chooses, in the order in which the inputs name them."""
    return list(dict.fromkeys(d for port in graph.inputs for d in port.dims if isinstance(d, str)))


def assignments(graph: Graph, sizes: Mapping[str, int]) -> Iterator[dict[str, int]]:
    """Sizes of every symbol, in the order in which they are worth a trial."""
    names = symbols(graph)
    if set(graph.example) >= set(names):
        yield {name: sizes.get(name, graph.example[name]) for name in names}
    unknown = sorted(set(sizes) - set(names))
    if unknown:
        raise ParamError("param.unknown", f"sizes: no symbol is called {unknown[0]!r}; there are {names or 'none'}")
    batch = {port.dims[0] for port in graph.inputs if port.dims}
    for first, others in CANDIDATES:
        rest = [name for name in names if name not in batch]
        chosen = {name: first for name in names if name in batch}
        chosen |= {name: others[i % len(others)] for i, name in enumerate(rest)}
        yield {name: sizes.get(name, chosen[name]) for name in names}
    for other in (8, 24, 40, 100, 224, 320, 640):
        yield {name: sizes.get(name, other) for name in names}


def _moderate(graph: Graph, chosen: dict[str, int]) -> bool:
    return all(math.prod(extents(port.dims, chosen)) <= MOST for port in graph.inputs)


def extents(dims: list[int | str], chosen: Mapping[str, int]) -> list[int]:
    """Numbers in place of symbols."""
    return [d if isinstance(d, int) else chosen[d] for d in dims]


def blanks(graph: Graph, chosen: Mapping[str, int]) -> list[tuple[str, list[int], np.ndarray]]:
    """Inputs of zeros, as the engine takes them."""
    made = []
    for port in graph.inputs:
        dims = extents(port.dims, chosen)
        made.append((port.dtype, dims, np.zeros(math.prod(dims) * np.dtype(port.dtype).itemsize, np.uint8)))
    return made


def tried(graph: Graph, sizes: Mapping[str, int] | None = None) -> Trials:
    """As `try_sizes`; nothing is known of a graph that the engine cannot write."""
    try:
        return try_sizes(graph, sizes)
    except (ModelError, LimitError, KeyError) as error:
        return Trials([], stopped=str(error))
