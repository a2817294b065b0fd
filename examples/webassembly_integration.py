"""A network from Python to a web page: built, exported, run here; then served to any browser.

    python examples/webassembly_integration.py [FOLDER]

writes FOLDER (webassembly_model without it). ``python -m http.server`` in it, and its index.html runs the network.
"""

from __future__ import annotations

import sys
from pathlib import Path

import numpy as np

from vaerans_ecs import nn
from vaerans_ecs.errors import UnavailableError
from vaerans_ecs.nn import Linear, ReLU, Sequential
from vaerans_ecs.wasm import GraphAnalyzer, export_to_wasm


def main(folder: str = "webassembly_model") -> np.ndarray:
    """Exports a perceptron and runs it natively; gives what it makes of ten numbers."""
    model = Sequential(Linear(10, 20), ReLU(), Linear(20, 5))
    print(GraphAnalyzer(model).analyze())
    try:
        path = export_to_wasm(model, folder, "my_model")
    except UnavailableError as error:  # an installation without the engine for the web
        print(error.message)
        path = export_to_wasm(model, folder, "my_model", runtime="npm")
    files = sorted(file for file in Path(path).rglob("*") if file.is_file())
    print(*(f"{file.relative_to(path)}: {file.stat().st_size} bytes" for file in files), sep="\n")
    x = np.arange(1, 11, dtype=np.float32)[None] / 10
    output = nn.load(path).forward({"input": x})["output"]
    print(output)
    # Placing the network on a GPU (Device, run_in_browser, register_custom_shader) comes in a later version.
    return output


if __name__ == "__main__":
    main(*sys.argv[1:])
