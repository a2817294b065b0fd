"""The source document of the native sandwich: Python over Rust over C++, memory shared with NumPy."""

from __future__ import annotations

import importlib

import numpy as np
import pytest
from nn_models import conv_net, noise

import vaerans_ecs
from vaerans_ecs import _core
from vaerans_ecs.wasm import ModelExporter


def test_the_core_is_native_and_says_what_it_runs_on() -> None:
    assert _core.__file__.endswith((".so", ".pyd")) and _core.build_info()
    assert vaerans_ecs.__version__


def test_arrays_are_shared_not_copied() -> None:
    model = ModelExporter(conv_net()).optimize_for_wasm().compile()
    out = np.empty((1, 16, 6, 5), np.float32)
    assert model.forward(noise(1, 3, 6, 5), out={"y": out})["y"] is out


@pytest.mark.parametrize("name", ["Optimizer"])
@pytest.mark.xfail(raises=(ImportError, AttributeError), strict=True, reason="the choice of kernels by measuring")
def test_names_that_are_not_here_yet(name: str) -> None:
    assert getattr(importlib.import_module("vaerans_ecs.nn"), name)
