"""Fewer bits: what is stored, what it costs, and what is said of it."""

from __future__ import annotations

import numpy as np
import onnx
import pytest
from nn_models import agrees, conv_net, noise, reference

from vaerans_ecs import nn
from vaerans_ecs.errors import ParamError
from vaerans_ecs.wasm import (
    ModelExporter,
    analyze_activations,
    compute_qparams,
    export_to_wasm,
    quantize_model,
    replace_ops_with_quantized,
)
from vaerans_ecs.wasm.emit import int8


def _data(count: int = 3) -> list[dict[str, np.ndarray]]:
    return [{"x": np.random.default_rng(i).normal(size=(1, 3, 8, 8)).astype(np.float32)} for i in range(count)]


@pytest.mark.parametrize(("mode", "share", "most"), [("fp16-weights", 0.6, 2e-3), ("int8-weights", 0.45, 3e-2)])
def test_weights_in_fewer_bits(mode: str, share: float, most: float) -> None:
    made = quantize_model(conv_net(), _data(), mode)
    assert made.report.bytes_after < share * made.report.bytes_before
    assert 0 < made.report.largest["y"] < most and made.report.snr["y"] > 30
    assert mode in str(made.report) and "dB" in str(made.report)
    compiled, plain = made.exporter().compile(), ModelExporter(conv_net()).optimize_for_wasm().compile()
    x = noise(2, 3, 9, 7)
    want = plain.forward(x)["y"]
    assert 0 < np.abs(compiled.forward(x)["y"] - want).max() <= 2 * most * np.abs(want).max()


def test_operands_in_8_bits_are_what_onnx_runtime_makes_of_them() -> None:
    made = quantize_model(conv_net(), _data(), "int8")
    assert {"QuantizeLinear", "DequantizeLinear"} <= {node.op_type for node in made.model.graph.node}
    assert 0 < made.report.largest["y"] < 0.1 and made.report.bytes_after < made.report.bytes_before
    compiled = ModelExporter(made.model).optimize_for_wasm().compile()
    x = _data(1)[0]["x"]
    want, have = reference(made.model, {"x": x}, plain=True)["y"], compiled.forward(x)["y"]
    # Where a value lies between two steps, sums in another order may take the other one.
    near = np.abs(have - want) <= 1e-4 * np.abs(want).max()
    assert near.mean() > 0.97 and np.abs(have - want).max() <= 0.05 * np.abs(want).max()


def test_ranges_and_their_parameters() -> None:
    ranges = analyze_activations(conv_net(), _data())
    x = np.stack([one["x"] for one in _data()])
    assert ranges["x"] == (float(x.min()), float(x.max())) and ranges["r"][0] == 0
    params = compute_qparams(ranges)
    for name, (low, high) in ranges.items():
        q = params[name]
        assert 0 <= q.zero_point <= 255
        for value in (low, high, 0.0):
            stored = np.clip(round(value / q.scale) + q.zero_point, 0, 255)
            assert abs((stored - q.zero_point) * q.scale - value) <= q.scale
    even = compute_qparams({"a": (-1.0, 2.54)}, symmetric=True)["a"]
    assert (even.scale, even.zero_point) == (pytest.approx(0.02), 0)
    assert compute_qparams({"zero": (0.0, 0.0)})["zero"].scale == 1


def test_ranges_that_cannot_be() -> None:
    for bad in ((1.0, -1.0), (float("nan"), 1.0), (0.0, float("inf"))):
        with pytest.raises(ParamError):
            compute_qparams({"a": bad})
    with pytest.raises(ParamError, match="empty"):
        analyze_activations(conv_net(), [])
    with pytest.raises(ParamError, match="empty"):
        quantize_model(conv_net(), [])
    with pytest.raises(ParamError, match="int4"):
        quantize_model(conv_net(), _data(), "int4")


def test_operators_that_are_not_named_stay() -> None:
    params = compute_qparams(analyze_activations(conv_net(), _data()))
    made = replace_ops_with_quantized(conv_net(), params, ops=["MatMul"])
    assert isinstance(made, onnx.ModelProto)
    agrees(ModelExporter(made).compile(), conv_net(), x=noise(1, 3, 4, 4))


def test_scales_of_8_bits_by_row() -> None:
    array = noise(5, 6) * np.array([[1], [10], [100], [0.01], [0]], np.float32)
    scales, numbers = int8(array, 0)
    assert scales.shape == (5,) and numbers.dtype == np.int8 and numbers.min() >= -127
    assert (np.abs(numbers * scales[:, None] - array) <= 0.501 * scales[:, None]).all() and scales[4] == 1


def test_exported_in_8_bits(tmp_path: object) -> None:
    sizes = {}
    for quantize in (False, True, "fp16-weights"):
        out = export_to_wasm(conv_net(), f"{tmp_path}/{quantize}", quantize=quantize, runtime="npm")
        sizes[quantize] = sum(len(open(f"{out}/{name}", "rb").read()) for name in ("plan.bin", "weights.bin"))  # noqa: SIM115
        assert nn.load(out).forward(noise(1, 3, 4, 4))["y"].shape == (1, 16, 4, 4)
    assert sizes[True] < sizes["fp16-weights"] < sizes[False]


def test_a_network_of_layers_in_8_bits() -> None:
    net = nn.Sequential(nn.Linear(64, 32), nn.ReLU(), nn.Linear(32, 8))
    made = quantize_model(net, [{"input": noise(4, 64)}], "int8-weights")
    assert 0 < made.report.largest["output"] < 0.03
