"""From a model to a compiled network."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import Any

from .. import _arguments as arguments
from .. import nn
from ..errors import ModelError
from . import engine_files, folder
from .analyze import Analysis, describe
from .emit import emit, graphs
from .graph import Graph
from .lower import refusal
from .mapper import OperationMapper
from .module import PLAN_SECTION, WEIGHTS_SECTION, with_sections
from .pipeline import OptimizationPipeline, Step, check_names
from .quantize import store_weights
from .source import read
from .trial import settle

#: How many steps of work `told` hears of at most: the passes, and what stands around them.
STEPS = 18


class ModelExporter:
    """A network on its way to be compiled.

    Parameters
    ----------
    model
        Path, bytes or ``ModelProto`` of an ONNX model; a ``torch.nn.Module`` (with ``example``, what it takes, if that
        cannot be guessed); or a `vaerans_ecs.nn.Sequential`.
    sizes
        Sizes of symbols at which shapes are tried and costs told; others are found.
    disable
        Names of passes that do not run: `OptimizationPipeline.names`.
    told
        Called with the name of each piece of work before it is done.

    Raises
    ------
    ModelError
        ``model.operator``: names every node that cannot be compiled. ``model.invalid``, ``model.missing_file``.
    ParamError
        ``param.type`` for other things than models, ``param.range`` for names that are no pass's.
    """

    def __init__(
        self,
        model: Any,
        *,
        sizes: Mapping[str, int] | None = None,
        disable: Iterable[str] = (),
        example: Any = None,
        told: Callable[[str], None] | None = None,
    ) -> None:
        self._disable, self._sizes, self._told = tuple(disable), dict(sizes or {}), told
        check_names(self._disable)
        source = read(model, disable=self._disable, example=example, told=told)
        graph, missing = OperationMapper().map(source.graph, source.shapes)
        if missing:
            raise ModelError("model.operator", refusal(missing))
        settle(graph, source.sizes)
        self._graph = graph
        #: What each pass did.
        self.steps: list[Step] = []

    @property
    def graph(self) -> Graph:
        """The graph as it is now, of the engine's operators."""
        return self._graph

    def analyze_graph(self) -> Analysis:
        """Operators, shapes, multiply-adds, parameters and memory of the graph as it is now."""
        return describe(self._graph, sizes=self._sizes)

    def optimize_for_wasm(self) -> ModelExporter:
        """Runs the passes."""
        pipeline = OptimizationPipeline(self._disable, self._sizes, self._told)
        self._graph = pipeline.run(self._graph)
        self.steps += pipeline.steps
        return self

    def quantize_weights(self, mode: str) -> ModelExporter:
        """Stores weights in fewer bits, ``int8-weights`` or ``fp16-weights``: computed with in 32 bits all the same."""
        store_weights(self._graph, mode)
        return self

    def compile(self, threads: int | None = None, mode: str = "fast") -> nn.Model:
        """The network, to be run here; `threads` and `mode` as for `vaerans_ecs.nn.Model`."""
        return nn.Model(*emit(self._graph), threads, mode)

    def compile_to_wasm(
        self,
        path: str | os.PathLike[str],
        *,
        model_name: str = "model",
        simd: bool = True,
        threads: bool = True,
        runtime: str = "bundled",
    ) -> str:
        """Writes the network, to a folder or into one ``.wasm`` file.

        Parameters
        ----------
        path
            A name ending in ``.wasm``: the engine with plan and weights in custom sections. Any other: a folder with
            ``plan.bin``, ``weights.bin``, ``graph.json``, ``<model_name>.js``, ``index.html`` and the engine's files.
        model_name
            What the script is called.
        simd, threads
            Which variants of the engine the folder holds beside the plain one.
        runtime
            ``"bundled"`` copies the engine's files; ``"npm"`` imports them from the package ``vaerans``.

        Returns
        -------
        str
            The path.

        Raises
        ------
        UnavailableError
            ``unavailable.feature``: this installation has no engine for the web; ``runtime="npm"`` needs none.
        FileError
            ``unavailable.file``, ``unavailable.disk_full``.
        """
        target = Path(arguments.path("path", path))
        plan, weights = self._emitted()
        if target.suffix == ".wasm":
            module = with_sections(_engine(simd), {PLAN_SECTION: plan, WEIGHTS_SECTION: weights})
            folder.write(target, module)
        else:
            kept = folder.Variants(simd, threads, runtime)
            folder.write_folder(target, model_name, plan, weights, self._described(), kept)
        return str(target)

    def _emitted(self) -> tuple[bytes, bytes]:
        if self._told:
            self._told("write")
        return emit(self._graph)

    def _described(self) -> dict[str, Any]:
        analysis = self.analyze_graph().as_dict()
        nodes = [
            {"op": n.op, "name": n.name, "inputs": n.inputs, "outputs": n.outputs, "attributes": n.attributes}
            for part in graphs(self._graph)
            for n in part.nodes
        ]
        passes = [vars(step) for step in self.steps]
        return {"format": "vaerans network", "version": 0, **analysis, "nodes": nodes, "passes": passes}


def _engine(simd: bool) -> bytes:
    return engine_files.engine(simd)


def export_to_wasm(
    model: Any,
    output_dir: str | os.PathLike[str],
    model_name: str = "model",
    optimize: bool = True,
    quantize: bool | str = False,
    simd: bool = True,
    threads: bool = True,
    runtime: str = "bundled",
    *,
    sizes: Mapping[str, int] | None = None,
    example: Any = None,
    disable: Iterable[str] = (),
    told: Callable[[str], None] | None = None,
) -> str:
    """Compiles a model for browsers, Node, Rust and Python.

    Parameters
    ----------
    model, sizes, example, disable, told
        As for `ModelExporter`.
    output_dir, model_name, simd, threads, runtime
        As for `ModelExporter.compile_to_wasm`.
    optimize
        Whether the passes run.
    quantize
        True stores weights as 8-bit numbers (a quarter of the bytes); or ``"int8-weights"``, ``"fp16-weights"``.

    Returns
    -------
    str
        The path of the folder, or of the ``.wasm`` file.
    """
    exporter = ModelExporter(model, sizes=sizes, example=example, disable=disable, told=told)
    if optimize:
        exporter.optimize_for_wasm()
    if quantize:
        exporter.quantize_weights(quantize if isinstance(quantize, str) else "int8-weights")
    return exporter.compile_to_wasm(output_dir, model_name=model_name, simd=simd, threads=threads, runtime=runtime)
