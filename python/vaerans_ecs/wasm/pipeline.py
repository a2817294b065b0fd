"""Runs passes over a graph."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field

from ..errors import ParamError
from .graph import Graph
from .passes import PASSES, Pass, dead_code
from .trial import Trials, tried

#: Times that a pass runs over a graph.
MOST = 8
#: What runs again behind the change of layout, which uncovers more for them.
AGAIN = ("constants", "identities", "common", "norm")


@dataclass
class Step:
    """What a pass did: nodes before and after it, and how often it ran."""

    name: str
    before: int
    after: int
    times: int


@dataclass
class OptimizationPipeline:
    """The passes of the compiler over a graph of the engine's operators.

    Parameters
    ----------
    disable
        Names of passes that do not run; `names` has them all.
    sizes
        Sizes of symbols that are fixed while shapes are tried.
    """

    disable: Iterable[str] = ()
    sizes: Mapping[str, int] = field(default_factory=dict)
    #: Called with the name of each pass before it runs.
    told: Callable[[str], None] | None = None
    #: What was done, in order.
    steps: list[Step] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.disable = tuple(self.disable)
        check_names(self.disable)

    @staticmethod
    def names() -> list[str]:
        """Names of all passes, ONNX's in front."""
        return ["onnxslim", *(one.name for one in PASSES)]

    def passes(self) -> list[Pass]:
        """Those that run, in order."""
        found = []
        for one in PASSES:
            found.append(one)
            if one.name == "layout":
                found += [again for again in PASSES if again.name in AGAIN]
        return [one for one in found if one.name not in self.disable]

    def run(self, graph: Graph) -> Graph:
        """Changes `graph` in place and gives it back."""
        trials: Trials | None = None
        for one in self.passes():
            if self.told:
                self.told(one.name)
            before, times = count(graph), 0
            while times < (MOST if one.repeats else 1):
                trials = trials or tried(graph, self.sizes)
                changed = one.run(graph, trials)
                times += 1
                if not changed:
                    break
                if "dead-code" not in self.disable:
                    dead_code.run(graph, trials)
                trials = None
            self.steps.append(Step(one.name, before, count(graph), times))
        return graph


def count(graph: Graph) -> int:
    """Nodes of a graph and its branches."""
    return sum(1 + sum(count(branch) for branch in node.graphs) for node in graph.nodes)


def check_names(names: Iterable[str]) -> None:
    """Refuses names that are no pass's.

    Raises
    ------
    ParamError
        ``param.range``.
    """
    known = OptimizationPipeline.names()
    for name in names:
        if name not in known:
            raise ParamError("param.range", f"no pass is called {name!r}; there are {', '.join(known)}")
