"""The source document of the native sandwich: Python over Rust over C++, memory shared with NumPy."""

from __future__ import annotations

import tempfile

import numpy as np
from nn_models import conv_net, noise

import vaerans_ecs
from vaerans_ecs import _core, nn
from vaerans_ecs.wasm import ModelExporter


def test_the_core_is_native_and_says_what_it_runs_on() -> None:
    assert _core.__file__.endswith((".so", ".pyd")) and _core.build_info()
    assert vaerans_ecs.__version__


def test_arrays_are_shared_not_copied() -> None:
    model = ModelExporter(conv_net()).optimize_for_wasm().compile()
    out = np.empty((1, 16, 6, 5), np.float32)
    assert model.forward(noise(1, 3, 6, 5), out={"y": out})["y"] is out


def test_the_optimizer_is_the_cores() -> None:
    network = ModelExporter(conv_net()).optimize_for_wasm().compile_to_wasm
    with tempfile.TemporaryDirectory() as folder:
        optimizer = nn.Optimizer(network(folder, runtime="npm"), cache=False)
        x = noise(1, 3, 6, 5)
        model = optimizer.optimize(x, seconds=0.0)
    assert isinstance(optimizer._core, _core.Optimizer) and optimizer.trials
    assert model.forward(x)["y"].shape == (1, 16, 6, 5)
