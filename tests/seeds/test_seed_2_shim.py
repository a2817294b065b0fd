"""The source document of PyTorch in the browser: the exporter, its parts, quantisation."""

from __future__ import annotations

import importlib
import json
from pathlib import Path

import numpy as np
import pytest
from nn_models import agrees, conv_net, noise

from vaerans_ecs.wasm import (
    GraphAnalyzer,
    ModelExporter,
    OperationMapper,
    OptimizationPipeline,
    analyze_activations,
    compute_qparams,
    engine_files,
    quantize_model,
    replace_ops_with_quantized,
)


def test_analyse_optimise_compile(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "runtime/wasm").mkdir(parents=True)
    (tmp_path / "runtime/wasm/engine-simd.wasm").write_bytes(b"\0asm\x01\0\0\0")
    rows = [{"name": "wasm/engine-simd.wasm", "variant": "simd"}]
    (tmp_path / "runtime/manifest.json").write_text(json.dumps({"files": rows}))
    monkeypatch.setattr(engine_files, "FOLDER", tmp_path / "runtime")
    exporter = ModelExporter(conv_net())
    assert exporter.analyze_graph().operators["Conv"] == 2
    exporter.optimize_for_wasm()
    assert Path(exporter.compile_to_wasm(tmp_path / "model.wasm")).read_bytes()[:4] == b"\0asm"


def test_its_parts() -> None:
    assert GraphAnalyzer(conv_net()).analyze().macs > 0
    assert OperationMapper().maps("Conv") and "Conv" in OperationMapper().supported()
    pipeline = OptimizationPipeline()
    exporter = ModelExporter(conv_net())
    before = len(exporter.graph.nodes)
    assert len(pipeline.run(exporter.graph).nodes) < before and pipeline.steps


def test_quantisation() -> None:
    data = [{"x": noise(1, 3, 8, 8)}]
    ranges = analyze_activations(conv_net(), data)
    quantized = replace_ops_with_quantized(conv_net(), compute_qparams(ranges))
    assert any(node.op_type == "QuantizeLinear" for node in quantized.graph.node)
    assert quantize_model(conv_net(), data).report.largest["y"] < 0.1


@pytest.mark.parametrize("op", [
    "MatMul", "Gemm", "Conv", "ConvTranspose", "Relu", "Gelu", "Swish", "BatchNormalization", "LayerNormalization",
    "GroupNormalization", "MaxPool", "AveragePool", "GlobalAveragePool", "Add", "Mul", "Sub", "Div", "Concat", "Split",
    "LSTM", "GRU", "Gather", "Softmax",
])  # fmt: skip
def test_operators_of_its_tables(op: str) -> None:
    assert OperationMapper().maps(op)


def test_a_module_of_pytorch() -> None:
    torch = pytest.importorskip("torch")
    pytest.importorskip("onnxscript")
    module = torch.nn.Sequential(torch.nn.Conv2d(3, 8, 3, padding=1), torch.nn.SiLU(), torch.nn.Conv2d(8, 4, 1))
    compiled = ModelExporter(module).optimize_for_wasm().compile()
    x = noise(2, 3, 9, 7)
    want = module(torch.from_numpy(x)).detach().numpy()
    assert np.abs(next(iter(compiled.forward(x).values())) - want).max() <= 1e-4 * np.abs(want).max()


def test_the_compiled_network_is_the_model() -> None:
    agrees(ModelExporter(conv_net()).optimize_for_wasm().compile(), conv_net(), x=noise(1, 3, 6, 5))


@pytest.mark.parametrize("name", ["wasi_nn"])
@pytest.mark.xfail(raises=(ImportError, AttributeError), strict=True, reason="WASI-NN is not built yet")
def test_names_of_a_later_version(name: str) -> None:
    assert getattr(importlib.import_module("vaerans_ecs.wasm"), name)
