"""A case through the compiler and the engine."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

import numpy as np
import onnx
from nn.cases import Case
from onnx import numpy_helper

from vaerans_ecs import _core
from vaerans_ecs.errors import ModelError
from vaerans_ecs.wasm.emit import emit
from vaerans_ecs.wasm.exporter import ModelExporter
from vaerans_ecs.wasm.graph import Graph
from vaerans_ecs.wasm.lower import lower_model

#: Makes a graph of the engine's operators of a model.
Compiler = Callable[[onnx.ModelProto], Graph]
#: Elements of an input that may be fixed at export.
MAX_FIXED = 64


@dataclass
class Compiled:
    """A case as a home runs it: the two files, what goes in and what is to come out."""

    plan: bytes
    weights: bytes
    inputs: list[np.ndarray]
    outputs: list[np.ndarray]
    #: Names of inputs that are fixed at export.
    fixed: list[str]
    #: Operators of the engine that it has.
    operators: set[str]


def plain(model: onnx.ModelProto) -> Graph:
    """A model in the engine's operators, without the passes."""
    return lower_model(model)


def optimized(model: onnx.ModelProto) -> Graph:
    """A model as `export_to_wasm` compiles it."""
    return ModelExporter(model).optimize_for_wasm().graph


def compiled(case: Case, compiler: Compiler = plain) -> Compiled:
    """The case for the engine.

    What an operator has to know at export (an axis, a number of rounds) is a constant in models; some cases give it as
    an input. Where the engine refuses such a case, small inputs of whole numbers, and single numbers, become constants.
    """
    try:
        return _compiled(case, compiler(case.model), case.inputs, [])
    except ModelError:
        model, inputs, fixed = _with_constants(case)
        if not fixed:
            raise
        return _compiled(case, compiler(model), inputs, fixed)


def _compiled(case: Case, graph: Graph, inputs: list[np.ndarray], fixed: list[str]) -> Compiled:
    plan, weights = emit(graph)
    arrays = [list(map(np.asarray, values)) for values in (inputs, case.outputs)]
    return Compiled(plan, weights, *arrays, fixed, _operators(graph))


def _operators(graph: Graph) -> set[str]:
    within = (_operators(branch) for node in graph.nodes for branch in node.graphs)
    return {node.op for node in graph.nodes}.union(*within)


def _with_constants(case: Case) -> tuple[onnx.ModelProto, list[np.ndarray], list[str]]:
    model = onnx.ModelProto()
    model.CopyFrom(case.model)
    kept, inputs, fixed = [], [], []
    for port, array in zip(case.model.graph.input, case.inputs, strict=True):
        if _may_be_fixed(array):
            model.graph.initializer.append(numpy_helper.from_array(np.asarray(array), port.name))
            fixed.append(port.name)
        else:
            kept.append(port)
            inputs.append(array)
    del model.graph.input[:]
    model.graph.input.extend(kept)
    return model, inputs, fixed


def _may_be_fixed(value: object) -> bool:
    if not isinstance(value, (np.ndarray, np.generic)):
        return False
    return value.size <= (MAX_FIXED if value.dtype.kind in "iub" else 1)


#: Both keep the bound; strict mode has the same bits everywhere.
MODES = ("strict", "fast")


def run(case: Compiled, mode: str = "strict") -> list[np.ndarray]:
    """What the engine makes of a case here."""
    network = _core.Network(case.plan, np.frombuffer(case.weights, np.uint8), 1, mode)
    given = [(a.dtype.name, list(a.shape), _bytes(a)) for a in case.inputs]
    specs = network.prepare(given)
    made = [np.empty(shape, dtype) for dtype, shape in specs]
    network.run(given, [_bytes(a) for a in made])
    return made


def _bytes(array: np.ndarray) -> np.ndarray:
    return np.ascontiguousarray(array).reshape(-1).view(np.uint8)


def compare(got: list[np.ndarray], wanted: list[np.ndarray]) -> None:
    """Whole numbers and flags are equal; floats differ by 1e-4 of the greatest magnitude at most."""
    assert len(got) == len(wanted), f"{len(got)} outputs for {len(wanted)}"
    for i, (a, b) in enumerate(zip(got, wanted, strict=True)):
        assert (a.dtype, a.shape) == (b.dtype, b.shape), f"output {i}: {a.dtype}{a.shape} for {b.dtype}{b.shape}"
        if a.dtype != np.float32:
            np.testing.assert_array_equal(a, b, f"output {i}")
            continue
        finite = np.isfinite(b)
        np.testing.assert_array_equal(a[~finite], b[~finite], f"output {i}: what is not finite")
        bound = 1e-4 * np.abs(b[finite]).max(initial=0)
        worst = np.abs(a[finite].astype(np.float64) - b[finite]).max(initial=0)
        assert worst <= bound, f"output {i}: differs by {worst:.3g}; {bound:.3g} is allowed"


@dataclass
class Outcome:
    """What became of a case: why it does not pass, empty where it does."""

    why: str = ""
    #: Whether inputs were fixed at export.
    fixed: bool = False
    operators: set[str] = field(default_factory=set)


def outcome(case: Case, compiler: Compiler = plain) -> Outcome:
    """Compiles a case, runs it in both modes and compares."""
    try:
        found = compiled(case, compiler)
        for mode in MODES:
            compare(run(found, mode), found.outputs)
    except Exception as e:  # the outcome of a case is what it raises
        return Outcome(f"{type(e).__name__}: {e}")
    return Outcome("", bool(found.fixed), found.operators)
