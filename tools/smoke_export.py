"""Exports a network by an installed vaerans_ecs, engine and all: run it from an environment of its own."""

import tempfile
from pathlib import Path

import numpy as np

from vaerans_ecs import nn
from vaerans_ecs.wasm import export_to_wasm

model = nn.Sequential(nn.Linear(10, 20), nn.ReLU(), nn.Linear(20, 5))
x = np.linspace(-1, 1, 10, dtype=np.float32).reshape(1, 10)
with tempfile.TemporaryDirectory() as folder:
    out = Path(export_to_wasm(model, Path(folder) / "out", "my_model"))
    files = sorted(path.relative_to(out).as_posix() for path in out.rglob("*") if path.is_file())
    assert {"index.html", "my_model.js", "nn.js", "wasm/engine-base.wasm", "wasm/engine-simd.wasm"} <= set(files), files
    one = export_to_wasm(model, Path(folder) / "one.wasm")
    given = [nn.load(source).forward(x)["output"] for source in (out, one)]
    assert np.array_equal(*given) and np.allclose(given[0], model.forward(x))
print(f"exported networks work: {len(files)} files")
