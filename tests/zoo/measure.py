"""One model of the zoo: exported, run natively and in Node, held against ONNX Runtime."""

from __future__ import annotations

import json
import shutil
import subprocess
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import onnxruntime as ort
from nn.web_fixtures import tensor
from zoo.entry import Entry, Feed
from zoo.exact import in_doubles

from vaerans_ecs import nn
from vaerans_ecs.wasm import export_to_wasm

ROOT = Path(__file__).resolve().parents[2]
#: Most that an output may differ, over its greatest value.
BOUND = 1e-4
#: Homes of the engine, in the order of the table.
HOMES = ("strict", "fast", "wasm")


@dataclass
class Result:
    """How far each home is from what is right at worst, and milliseconds of the first input."""

    errors: dict[str, float] = field(default_factory=dict)
    times: dict[str, float] = field(default_factory=dict)
    #: How far ONNX Runtime is from an evaluation in 64 bits, where it was asked for.
    theirs: float | None = None
    #: Memory in Node over what export said; it says nothing where no sizes fit inputs of zeros.
    memory: float | None = None

    @property
    def is_right(self) -> bool:
        """Whether every home is within the bound, and memory within 5 %."""
        return all(self.errors[home] <= BOUND for home in HOMES) and (
            self.memory is None or 0.95 <= self.memory <= 1.05
        )


def distance(got: np.ndarray, expected: np.ndarray) -> float:
    """max|a - b| / max|b|; infinite for another shape or type, or where whole numbers differ."""
    if got.shape != expected.shape or got.dtype != expected.dtype:
        return float("inf")
    if expected.dtype.kind != "f":
        return 0.0 if np.array_equal(got, expected) else float("inf")
    worst = np.abs(got.astype(np.float64) - expected).max(initial=0)
    most = np.abs(expected).max(initial=0)
    return float(worst / (most or 1)) if np.isfinite(worst) else float("inf")


def best(work: Callable[[], object], repeats: int = 3) -> float:
    """Milliseconds of the fastest run."""
    times = []
    for _ in range(repeats):
        start = time.perf_counter()
        work()
        times.append(time.perf_counter() - start)
    return min(times) * 1000


def measure(entry: Entry, folder: Path) -> Result:
    """Compiles into `folder` and runs it everywhere."""
    blob = entry.model()
    feeds = entry.feeds(blob)
    result = Result()
    options = ort.SessionOptions()
    options.intra_op_num_threads = 1
    options.log_severity_level = 3
    session = ort.InferenceSession(blob, options, providers=["CPUExecutionProvider"])
    names = [output.name for output in session.get_outputs()]
    expected = [dict(zip(names, session.run(None, feed), strict=True)) for feed in feeds]
    shutil.rmtree(folder, ignore_errors=True)
    export_to_wasm(blob, folder, runtime="npm", sizes=sizes_of(blob, folder, feeds[0]))
    models = {mode: nn.load(folder, threads=1, mode=mode) for mode in ("strict", "fast")}
    made = {mode: [model.forward(feed) for feed in feeds] for mode, model in models.items()}
    if entry.is_rough and worst(made["strict"], expected) > BOUND:
        exact = [in_doubles(blob, feed, names) for feed in feeds]
        result.theirs = worst(expected, exact)
        expected = exact
    result.errors = {mode: worst(outputs, expected) for mode, outputs in made.items()}
    result.times["ort"] = best(lambda: session.run(None, feeds[0]))
    result.times["fast"] = best(lambda: models["fast"].forward(feeds[0]))
    _in_node(folder, feeds, expected, result)
    return result


def sizes_of(blob: bytes, folder: Path, feed: Feed) -> dict[str, int]:
    """What the first input makes of the symbols, by their names in the compiled network."""
    export_to_wasm(blob, folder, runtime="npm")
    found = {}
    for port in nn.load(folder).inputs:
        found |= {d: n for d, n in zip(port.shape, feed[port.name].shape, strict=True) if isinstance(d, str)}
    return found


def worst(made: list[dict[str, np.ndarray]], expected: list[dict[str, np.ndarray]]) -> float:
    """Over all inputs and outputs."""
    pairs = zip(made, expected, strict=True)
    return max(distance(got[name], want[name]) for got, want in pairs for name in want)


def _in_node(folder: Path, feeds: list[Feed], expected: list[dict[str, np.ndarray]], result: Result) -> None:
    cases = [
        {"inputs": {k: tensor(a) for k, a in feed.items()}, "outputs": {k: tensor(a) for k, a in outputs.items()}}
        for feed, outputs in zip(feeds, expected, strict=True)
    ]
    (folder / "cases.json").write_text(json.dumps(cases))
    command = ["node", ROOT / "web/test/nn/zoo.mjs", folder]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode:
        raise RuntimeError(f"in Node: {done.stderr.strip()[-600:]}")
    told = json.loads(done.stdout)
    result.errors["wasm"], result.times["wasm"] = told["far"], told["ms"]
    forecast = json.loads((folder / "graph.json").read_text())["memory"]
    result.memory = told["wasmBytes"] / forecast["wasmBytes"] if forecast else None
