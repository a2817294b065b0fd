"""What a network is made of and what it costs."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from typing import Any

from .. import _core
from ..errors import VaeransError
from .emit import graphs, skeleton
from .graph import Graph
from .lower import refusal
from .mapper import OperationMapper
from .memory import in_a_page
from .source import Source, read
from .trial import blanks, symbols, tried


@dataclass(frozen=True)
class Cost:
    """A step at certain sizes: what it reads and makes, multiply-adds, bytes of its result and scratch."""

    op: str
    name: str
    inputs: list[list[int] | None]
    outputs: list[list[int]]
    macs: int
    output_bytes: int
    scratch: int


@dataclass
class Analysis:
    """A network: what goes in and out, its operators, its weights; and at `sizes` its steps and memory."""

    inputs: list[dict[str, Any]]
    outputs: list[str]
    operators: dict[str, int]
    parameters: int
    weight_bytes: int
    symbols: list[str]
    sizes: dict[str, int] = field(default_factory=dict)
    macs: int = 0
    #: Bytes of activations and scratch, all of them at their places in one block.
    peak_bytes: int = 0
    #: Bytes in a page, by the names of ``getMemoryStats()``: `vaerans_ecs.wasm.memory.in_a_page`.
    memory: dict[str, int] = field(default_factory=dict)
    steps: list[Cost] = field(default_factory=list)
    unsupported: list[str] = field(default_factory=list)
    #: Why there are no sizes, steps and memory, if there are none.
    stopped: str = ""

    def as_dict(self) -> dict[str, Any]:
        """All of it as plain values."""
        return asdict(self)

    def __str__(self) -> str:
        ports = ", ".join(f"{p['name']} {p['dtype']}{p['shape']}" for p in self.inputs)
        ops = ", ".join(f"{n} {op}" for op, n in sorted(self.operators.items(), key=lambda row: (-row[1], row[0])))
        lines = [f"takes {ports}", f"gives {', '.join(self.outputs)}", f"{sum(self.operators.values())} nodes: {ops}"]
        lines.append(f"{self.parameters} parameters, {self.weight_bytes} bytes")
        if self.steps:
            at = ", ".join(f"{k} = {v}" for k, v in self.sizes.items()) or "these extents"
            lines.append(f"at {at}: {self.macs} multiply-adds, {self.peak_bytes} bytes of activations")
            lines += [f"in a page, one thread: {_told(self.memory)}"] if self.memory else []
        if self.stopped:
            lines.append(f"shapes are not known: {self.stopped}")
        lines += [refusal(self.unsupported)] if self.unsupported else []
        return "\n".join(lines)


def _told(memory: Mapping[str, int]) -> str:
    names = {"stack": "stack", "parameters": "weights", "activations": "activations", "scratch": "inputs and outputs"}
    parts = ", ".join(f"{memory[key]} {name}" for key, name in names.items())
    return f"{memory['wasmBytes']} bytes of memory ({parts})"


class GraphAnalyzer:
    """Looks at a network without changing it.

    Parameters
    ----------
    model
        As for `vaerans_ecs.wasm.ModelExporter`.
    sizes
        Sizes of symbols at which costs are worked out; sizes that fit are found where none are given.
    """

    def __init__(self, model: Any, *, sizes: Mapping[str, int] | None = None, example: Any = None) -> None:
        self._source: Source = read(model, disable=("onnxslim",), example=example)
        self._sizes = dict(sizes or {})

    def analyze(self) -> Analysis:
        """What there is to say, with every node that cannot be compiled."""
        graph, missing = OperationMapper().map(self._source.graph, self._source.shapes)
        operators = Counter(node.op for part in graphs(self._source.graph) for node in part.nodes)
        analysis = describe(self._source.graph if missing else graph, dict(operators), self._sizes)
        analysis.unsupported = missing
        return analysis


def describe(graph: Graph, operators: dict[str, int] | None = None, sizes: Mapping[str, int] | None = None) -> Analysis:
    """Of a graph of the engine's operators."""
    parts = list(graphs(graph))
    read = {name for part in parts for node in part.nodes for name in node.inputs} | set(graph.outputs)
    weights = [array for part in parts for name, array in part.weights.items() if name in read]
    counted = operators or dict(Counter(node.op for part in parts for node in part.nodes))
    analysis = Analysis(
        inputs=[{"name": p.name, "dtype": p.dtype, "shape": list(p.dims)} for p in graph.inputs],
        outputs=list(graph.outputs),
        operators=counted,
        parameters=sum(w.size for w in weights if w.dtype.kind == "f"),
        weight_bytes=sum(w.nbytes for w in weights),
        symbols=symbols(graph),
    )
    _measure(graph, analysis, sizes or {})
    return analysis


def _measure(graph: Graph, analysis: Analysis, sizes: Mapping[str, int]) -> None:
    trials = tried(graph, sizes)
    if not trials.sizes:
        analysis.stopped = trials.stopped
        return
    chosen = trials.sizes[0]
    try:
        plan, weights = skeleton(graph)
        steps, peak = _core.Network(plan, weights, 1).steps(blanks(graph, chosen))
    except VaeransError as error:
        analysis.stopped = str(error)
        return
    analysis.sizes, analysis.peak_bytes, analysis.memory = chosen, peak, in_a_page(graph, chosen)
    analysis.steps = [_cost(*step) for step in steps]
    analysis.macs = sum(step.macs for step in analysis.steps)


def _cost(op: str, name: str, read: list[Any], made: list[Any], at: int | None, scratch: int) -> Cost:
    inputs = [None if one is None else list(one[1]) for one in read]
    outputs = [list(dims) for _, dims in made]
    size = sum(math.prod(dims) * _width(dtype) for dtype, dims in made)
    return Cost(op, name, inputs, outputs, macs(op, inputs, outputs), size, scratch)


def _width(dtype: str) -> int:
    return {"float32": 4, "int32": 4, "int64": 8}.get(dtype, 1)


def macs(op: str, inputs: list[list[int] | None], outputs: list[list[int]]) -> int:
    """Multiply-adds of a step: those of its products."""
    if not outputs or len(inputs) < 2 or inputs[0] is None or inputs[1] is None:
        return 0
    made = math.prod(outputs[0])
    if op == "Conv":
        return made * math.prod(inputs[1][:-1])
    if op == "ConvTranspose":
        return math.prod(inputs[0]) * math.prod(inputs[1][:-2]) * inputs[1][-1]
    if op == "MatMul":
        return made * inputs[0][-1]
    if op in ("LSTM", "GRU", "RNN"):
        return math.prod(inputs[0][:2]) * math.prod(inputs[1][-2:])
    return 0
