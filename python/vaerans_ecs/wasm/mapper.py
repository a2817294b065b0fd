"""Which operators of a model the engine has, and as what."""

from __future__ import annotations

from typing import TYPE_CHECKING

from .lower import lower_noting
from .operations import LOWERINGS, Context
from .support import operators

if TYPE_CHECKING:
    from .graph import Graph, Shapes
    from .operations import Lowering


class OperationMapper:
    """ONNX's operators as those of the engine."""

    def supported(self) -> list[str]:
        """Names of all operators of ONNX (and ours) that can be compiled."""
        return sorted({*operators(), *LOWERINGS, "Constant"})

    def maps(self, op: str) -> bool:
        """Whether an operator can be compiled; some only for certain attributes and inputs."""
        return op in LOWERINGS or op in operators()

    def lowering(self, op: str) -> Lowering:
        """What puts a node of the operator into a context as nodes of the engine.

        Raises
        ------
        KeyError
            The engine has no such operator.
        """
        if not self.maps(op):
            raise KeyError(op)
        return LOWERINGS.get(op, Context.keep)

    def map(self, graph: Graph, shapes: Shapes) -> tuple[Graph, list[str]]:
        """The graph of the engine's operators, and a line for each node that cannot be compiled."""
        return lower_noting(graph, shapes)
