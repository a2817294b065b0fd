"""Our engine against ONNX Runtime on this processor, one thread each."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass

import numpy as np
import onnxruntime as ort
from models import Feeds, Model

from vaerans_ecs import _core
from vaerans_ecs.wasm import ModelExporter

#: Most that outputs may differ, over the greatest value: what differs more is not worth timing.
BOUND = 1e-4
Run = Callable[[], object]


@dataclass
class Row:
    """Milliseconds of a call, the least of all rounds."""

    name: str
    kind: str
    fast: float
    strict: float
    peer: float

    @property
    def ratio(self) -> float:
        """How many times as fast as the peer."""
        return self.peer / self.fast


def session(blob: bytes) -> ort.InferenceSession:
    """ONNX Runtime with all its passes on one thread."""
    options = ort.SessionOptions()
    options.intra_op_num_threads = options.inter_op_num_threads = 1
    options.log_severity_level = 3
    return ort.InferenceSession(blob, options, providers=["CPUExecutionProvider"])


def runs(model: Model) -> dict[str, Run]:
    """What takes turns."""
    exporter = ModelExporter(model.blob).optimize_for_wasm()
    peer, feeds = session(model.blob), model.feeds
    names = [output.name for output in peer.get_outputs()]
    want = dict(zip(names, peer.run(names, feeds), strict=True))
    found: dict[str, Run] = {"peer": lambda: peer.run(names, feeds)}
    for mode in ("fast", "strict"):
        ours = exporter.compile(threads=1, mode=mode)
        agrees(model.name, ours.forward(feeds), want)
        found[mode] = lambda ours=ours: ours.forward(feeds)
    return found


def agrees(name: str, have: Feeds, want: Feeds) -> None:
    """Stops where the outputs are not those of the peer."""
    for key, array in want.items():
        most, error = (float(np.abs(a).max(initial=0)) for a in (array, have[key] - array))
        if not error <= BOUND * most:
            raise SystemExit(f"{name}: output {key} differs by {error:.3g} of {most:.3g}")


def seconds(run: Run, calls: int) -> float:
    """Of one call, over so many."""
    start = time.perf_counter()
    for _ in range(calls):
        run()
    return (time.perf_counter() - start) / calls


def measure(models: Iterator[Model], budget: float) -> Iterator[Row]:
    """Takes turns for about `budget` seconds a model, at least five rounds."""
    for model in models:
        taking = runs(model)
        once = {key: min(seconds(run, 1) for _ in range(3)) for key, run in taking.items()}
        calls = max(1, int(2e-3 / max(once.values())))
        rounds = max(5, int(budget / (calls * sum(once.values()))))
        best = dict.fromkeys(taking, float("inf"))
        for _ in range(min(rounds, 300)):
            for key, run in taking.items():
                best[key] = min(best[key], seconds(run, calls))
        yield Row(model.name, model.kind, *(best[key] * 1e3 for key in ("fast", "strict", "peer")))


def isa() -> str:
    """The instruction set that ours runs on."""
    return f"instruction set {_core.build_info()['isa']}"
