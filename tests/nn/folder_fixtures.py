"""Exported folders with what their page should show, for the tests of the browser package.

``python tests/nn/folder_fixtures.py OUT`` writes to OUT/NAME a folder with the engine in it, as users export it, to
OUT/NAME.json what its page gives: outputs by the engine run natively, in strict mode, on the page's own inputs; and
OUT/one.wasm, a network in one file.
"""

from __future__ import annotations

import json
import shutil
import sys
from pathlib import Path
from typing import Any

import numpy as np
from web_fixtures import conv, mlp, rare, tensor, types

from vaerans_ecs import nn
from vaerans_ecs.wasm import export_to_wasm

SCRIPT = "my_model"


def wide() -> nn.Sequential:
    """A network that is nearly all weights: 6 MB of them."""
    return nn.Sequential(nn.Linear(64, 1200), nn.ReLU(), nn.Linear(1200, 1200), nn.ReLU(), nn.Linear(1200, 5))


CONV = conv()
RARE = rare()
SIZES = {"h": 12, "w": 20}
#: Names of folders, what is exported to each, and how.
FOLDERS: dict[str, tuple[Any, dict[str, Any]]] = {
    "mlp": (mlp(), {}),
    "conv": (CONV, {"sizes": SIZES}),
    "types": (types(), {}),
    "rare": (RARE, {}),
    "wide": (wide(), {}),
    "plain": (CONV, {"sizes": SIZES, "simd": False, "threads": False}),
    "single": (CONV, {"sizes": SIZES, "threads": False}),
    "plainrare": (RARE, {"simd": False}),
}


def noise(port: dict[str, Any], shape: list[int]) -> np.ndarray:
    """What the page makes for an input."""
    if port["dtype"] != "float32":
        return np.zeros(shape, port["dtype"])
    state, made = 1, []
    for _ in range(int(np.prod(shape))):
        state = state * 48271 % 2147483647
        made.append(state / 2147483647)
    return np.array(made, np.float64).astype(np.float32).reshape(shape)


def inputs(graph: dict[str, Any]) -> dict[str, np.ndarray]:
    """What the page gives the network."""
    sizes = graph["sizes"]
    return {p["name"]: noise(p, [sizes.get(d, d) for d in p["shape"]]) for p in graph["inputs"]}


def main(out: Path) -> None:
    """Writes every folder."""
    for name, (model, options) in FOLDERS.items():
        shutil.rmtree(out / name, ignore_errors=True)
        export_to_wasm(model, out / name, SCRIPT, **options)
        given = inputs(json.loads((out / name / "graph.json").read_text()))
        outputs = nn.load(out / name, threads=1, mode="strict").forward(given)
        told = {
            kind: {k: tensor(a) for k, a in arrays.items()}
            for kind, arrays in (("inputs", given), ("outputs", outputs))
        }
        (out / f"{name}.json").write_text(json.dumps(told))
    export_to_wasm(CONV, out / "one.wasm")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
