"""``export`` and ``inspect``: networks compiled, and what is in them."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

import numpy as np
import typer

from .. import _files, nn
from ..errors import VaeransError
from .outcome import FAILED, UsageProblem, describe
from .output import complain, say, say_json, table


def parse_sizes(given: list[str]) -> dict[str, int]:
    """``height=64`` and the like. Raises `UsageProblem`.

    >>> parse_sizes(["height=64", "width=96"])
    {'height': 64, 'width': 96}
    """
    sizes = {}
    for text in given:
        name, _, number = text.rpartition("=")
        if not name or not number.isdigit() or int(number) < 1:
            raise UsageProblem(f"--size {text}: expected NAME=NUMBER, as height=64")
        sizes[name] = int(number)
    return sizes


def export(model: str, out: str, sizes: list[str], force: bool, quiet: bool, as_json: bool, **options: Any) -> None:
    """Compiles an ONNX file; a bar while it does, and what it comes to."""
    from ..eval.progress import Progress
    from ..wasm.exporter import STEPS, ModelExporter

    _check_target(out, force)
    if not os.path.isfile(model):
        raise UsageProblem(f"{model}: there is no such file")
    chosen = parse_sizes(sizes)
    try:
        with Progress(STEPS, False if quiet else None) as bar:
            exporter = ModelExporter(model, sizes=chosen, disable=options["disable"], told=bar.step)
            if options["optimize"]:
                exporter.optimize_for_wasm()
            if options["quantize"]:
                exporter.quantize_weights(options["quantize"])
            kept = {key: options[key] for key in ("model_name", "simd", "threads", "runtime")}
            exporter.compile_to_wasm(out, **kept)
    except VaeransError as error:
        complain("vaerans: {}: {}".format(*describe(error)))
        raise typer.Exit(FAILED) from None
    analysis = exporter.analyze_graph()
    if as_json:
        say_json({"path": out, "files": _sizes_of(out), **_without_steps(analysis.as_dict())})
    elif not quiet:
        table(("file", "bytes"), [(name, str(size)) for name, size in _sizes_of(out).items()])
        _say(str(analysis))


def _say(text: str) -> None:
    for line in text.splitlines():
        say(line)


def _check_target(out: str, force: bool) -> None:
    target = Path(out)
    if target.suffix == ".wasm":
        if target.is_dir():
            raise UsageProblem(f"{out} is a folder; choose another name")
        if target.exists() and not force:
            raise UsageProblem(f"{out} is there already; --force overwrites it")
    elif target.is_file():
        raise UsageProblem(f"{out} is a file; choose a folder")
    elif target.is_dir() and any(target.iterdir()) and not force:
        raise UsageProblem(f"{out} is there already, and not empty; --force writes into it")


def _sizes_of(out: str) -> dict[str, int]:
    path = Path(out)
    if not path.is_dir():
        return {path.name: path.stat().st_size}
    return {
        file.relative_to(path).as_posix(): file.stat().st_size for file in sorted(path.rglob("*")) if file.is_file()
    }


def _without_steps(told: dict[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in told.items() if key != "steps"}


def inspect(
    source: str, page: str | None, run: bool, sizes: list[str], threads: int | None, repeats: int, as_json: bool,
    force: bool, optimize: bool,
) -> None:  # fmt: skip
    """The plan of a model or of a compiled network: steps with their memory, and their times."""
    if page is not None and os.path.lexists(page) and not force:
        raise UsageProblem(f"{page} is there already; --force overwrites it")
    if not os.path.exists(source):
        raise UsageProblem(f"{source}: there is no such file or folder")
    try:
        found = _Compiled(source, optimize) if _is_compiled(source) else _Model(source, parse_sizes(sizes), optimize)
        rows = found.steps(parse_sizes(sizes))
        times = found.times(threads, repeats) if run else []
    except VaeransError as error:
        complain("vaerans: {}: {}".format(*describe(error)))
        raise typer.Exit(FAILED) from None
    for row, seconds in zip(rows, times or [None] * len(rows), strict=True):
        row["seconds"] = seconds
    if page is not None:
        _files.write_atomic(page, found.drawn(rows).encode(), overwrite=force)
    if as_json:
        say_json({"source": source, **found.about(), "steps": rows})
        return
    _print(rows, bool(times))
    _say(found.text())
    if times:
        say(f"{1000 * sum(seconds or 0 for seconds in times):.3f} ms, the fastest of {repeats} of each step")


def _is_compiled(source: str) -> bool:
    return os.path.isdir(source) or source.endswith(".wasm")


def _print(rows: list[dict[str, Any]], timed: bool) -> None:
    columns = ["step", "makes", "multiply-adds", "bytes", "scratch"] + (["ms"] if timed else [])
    lines = []
    for row in rows:
        makes = ", ".join("x".join(map(str, dims)) for dims in row["outputs"])
        line = [f"{row['op']} {row['name']}".strip(), makes, str(row["macs"])]
        line += [str(row["output_bytes"]), str(row["scratch"])]
        seconds = row["seconds"]
        lines.append(line + ([] if not timed else ["-" if seconds is None else f"{1000 * seconds:.3f}"]))
    table(columns, lines)


class _Model:
    """A model that is compiled for the look at it."""

    def __init__(self, source: str, sizes: dict[str, int], optimize: bool) -> None:
        from ..wasm.exporter import ModelExporter

        self.source = source
        self.exporter = ModelExporter(source, sizes=sizes)
        if optimize:
            self.exporter.optimize_for_wasm()
        self.analysis = self.exporter.analyze_graph()

    def steps(self, sizes: dict[str, int]) -> list[dict[str, Any]]:
        """A row for each step."""
        rows: list[dict[str, Any]] = self.analysis.as_dict()["steps"]
        return rows

    def times(self, threads: int | None, repeats: int) -> list[float | None]:
        """What each step takes on noise."""
        from ..wasm.emit import emit

        model = nn.Model(*emit(self.exporter.graph), threads=threads)
        return [seconds for _, _, seconds in model.time(_noise(model, self.analysis.sizes), repeats)]

    def about(self) -> dict[str, Any]:
        """All but the steps."""
        return _without_steps(self.analysis.as_dict())

    def text(self) -> str:
        """The same for people."""
        return str(self.analysis)

    def drawn(self, rows: list[dict[str, Any]]) -> str:
        """The graph as a page."""
        from ..wasm.draw import page
        from ..wasm.trial import tried

        graph = self.exporter.graph
        dims = tried(graph, self.analysis.sizes).dims
        nodes = [
            {"op": n.op, "name": n.name, "inputs": n.inputs, "outputs": n.outputs, "attributes": n.attributes,
             "shape": list(dims[n.outputs[0]][0]) if n.outputs and n.outputs[0] in dims else None}
            for n in graph.nodes
        ]  # fmt: skip
        return page(self.source, self.text(), nodes, [p.name for p in graph.inputs], graph.outputs)


class _Compiled:
    """A folder, or a ``.wasm`` file."""

    def __init__(self, source: str, optimize: bool) -> None:
        self.source = source
        self.model = nn.load(source)
        graph = Path(source) / "graph.json"
        self.graph: dict[str, Any] = json.loads(_files.read_bytes(graph)) if graph.is_file() else {}
        self.sizes: dict[str, int] = {}

    def steps(self, sizes: dict[str, int]) -> list[dict[str, Any]]:
        """A row for each step."""
        from ..wasm.analyze import macs

        symbols = [d for port in self.model.inputs for d in port.shape if isinstance(d, str)]
        told = {**self.graph.get("sizes", {}), **sizes}
        self.sizes = {name: int(told.get(name, 1)) for name in symbols}
        rows = []
        for step in self.model.steps(_noise(self.model, self.sizes)):
            inputs = [None if one is None else list(one) for one in step.inputs]
            outputs = [list(one) for one in step.outputs]
            row = {"op": step.op, "name": step.name, "inputs": inputs, "outputs": outputs}
            rows.append(
                row
                | {"macs": macs(step.op, inputs, outputs), "output_bytes": step.output_bytes, "scratch": step.scratch}
            )
        return rows

    def times(self, threads: int | None, repeats: int) -> list[float | None]:
        """What each step takes on noise."""
        model = nn.load(self.source, threads=threads)
        return [seconds for _, _, seconds in model.time(_noise(model, self.sizes), repeats)]

    def about(self) -> dict[str, Any]:
        """All but the steps."""
        memory = self.model.memory
        ports = [{"name": p.name, "dtype": p.dtype, "shape": list(p.shape)} for p in self.model.inputs]
        told = {"inputs": ports, "outputs": self.model.outputs, "sizes": self.sizes}
        return told | {"weight_bytes": memory.weights, "peak_bytes": memory.activations}

    def text(self) -> str:
        """The same for people."""
        memory = self.model.memory
        return f"{self.model}\nat {self.sizes}: {memory.weights} bytes of weights, {memory.activations} of activations"

    def drawn(self, rows: list[dict[str, Any]]) -> str:
        """The graph as a page; steps one below another where the folder does not say what reads what."""
        from ..wasm.draw import page

        nodes = self.graph.get("nodes")
        if not nodes:
            names = [f"step {i}" for i in range(len(rows) + 1)]
            nodes = [
                {
                    "op": row["op"],
                    "name": row["name"],
                    "inputs": [names[i]],
                    "outputs": [names[i + 1]],
                    "shape": row["outputs"][0],
                }
                for i, row in enumerate(rows)
            ]
        ports = [port.name for port in self.model.inputs]
        return page(self.source, self.text(), nodes, ports, self.model.outputs)


def _noise(model: nn.Model, sizes: dict[str, int]) -> dict[str, np.ndarray]:
    """Inputs of the right shapes: numbers between 0 and 1, whole ones 0."""
    random = np.random.default_rng(0)
    made = {}
    for port in model.inputs:
        shape = [d if isinstance(d, int) else sizes[d] for d in port.shape]
        made[port.name] = random.random(shape, np.float32) if port.dtype == "float32" else np.zeros(shape, port.dtype)
    return made
