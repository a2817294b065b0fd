"""Exporting: extents that stay open, and what a network costs at given ones."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import onnx
import pytest
from nn_models import agrees, conv_net, model, noise
from onnx import TensorProto, helper, numpy_helper

from vaerans_ecs import nn
from vaerans_ecs.errors import ModelError, ParamError
from vaerans_ecs.wasm import ModelExporter, export_to_wasm
from vaerans_ecs.wasm.trial import settle, try_sizes


def test_what_it_costs_is_what_it_takes() -> None:
    exporter = ModelExporter(conv_net(), sizes={"n": 1, "h": 32, "w": 48}).optimize_for_wasm()
    analysis = exporter.analyze_graph()
    compiled = exporter.compile(threads=1)
    compiled.forward(noise(1, 3, 32, 48))
    assert analysis.macs == 32 * 48 * 9 * 16 * (3 + 16)
    assert analysis.parameters == 9 * 16 * (3 + 16) + 2 * 16
    assert analysis.sizes == {"n": 1, "h": 32, "w": 48}
    assert compiled.memory.activations == analysis.peak_bytes
    assert "at n = 1, h = 32, w = 48" in str(analysis)


def test_sizes_that_no_input_has_are_refused() -> None:
    with pytest.raises(ParamError, match="depth") as caught:
        ModelExporter(conv_net(), sizes={"depth": 3}).analyze_graph()
    assert caught.value.code == "param.unknown"


def _reshaping(dims: list[int | str], shape: list[int]) -> onnx.ModelProto:
    target = numpy_helper.from_array(np.array(shape, np.int64), "shape")
    nodes = [helper.make_node("Reshape", ["x", "shape"], ["r"]), helper.make_node("Relu", ["r"], ["y"])]
    return model(nodes, {"x": (TensorProto.FLOAT, dims)}, ["y"], [target])


def test_what_is_the_same_at_the_trials_alone_is_not_baked_in() -> None:
    """Trials vary every symbol that can vary, and take nothing for fixed that does."""
    made = _reshaping(["n", "h", "w", 6], [0, 0, -1, 2])
    compiled = ModelExporter(made, sizes={"h": 4, "w": 4}).optimize_for_wasm().compile()
    for shape in ((1, 4, 4, 6), (2, 3, 5, 6), (7, 1, 2, 6)):
        agrees(compiled, made, x=noise(*shape))


def test_symbols_that_a_network_cannot_vary() -> None:
    trials = try_sizes(ModelExporter(_reshaping(["n", "k"], [0, 2, 32])).graph)
    assert trials.stuck == {"k"} and trials.varied and trials.fixed("x") == [None, 64]


def test_exporters_that_leave_too_much_open_are_settled_by_their_example() -> None:
    graph = ModelExporter(_reshaping(["n", "k"], [0, 2, 17])).graph
    assert not try_sizes(graph).sizes
    settle(graph, {"n": 3, "k": 34})
    assert graph.inputs[0].dims == ["n", 34] and len(try_sizes(graph).sizes) > 1


@pytest.mark.parametrize("sizes", [None, {"k": 16}])
def test_branches_that_fit_some_sizes_only(sizes: dict[str, int] | None) -> None:
    """Which one is taken follows from the value of an input; the other one does not fit, and need not."""

    def branch(k: int) -> onnx.GraphProto:
        weights = [numpy_helper.from_array(noise(k, 3), f"w{k}")]
        nodes = [helper.make_node("MatMul", ["x", f"w{k}"], ["p"]), helper.make_node("Relu", ["p"], ["out"])]
        out = helper.make_tensor_value_info("out", TensorProto.FLOAT, ["n", 3])
        return helper.make_graph(nodes, f"of {k}", [], [out], weights)

    ten = numpy_helper.from_array(np.array(10, np.int64), "ten")
    nodes = [
        helper.make_node("Greater", ["rate", "ten"], ["is_high"]),
        helper.make_node("If", ["is_high"], ["y"], then_branch=branch(16), else_branch=branch(6)),
    ]
    inputs = {"x": (TensorProto.FLOAT, ["n", "k"]), "rate": (TensorProto.INT64, [])}
    made = model(nodes, inputs, ["y"], [ten])
    compiled = ModelExporter(made, sizes=sizes).optimize_for_wasm().compile()
    for k, rate in ((16, 20), (6, 5), (16, 11)):
        agrees(compiled, made, x=noise(4, k), rate=np.array(rate, np.int64))
    with pytest.raises(ModelError):
        compiled.forward({"x": noise(4, 16), "rate": np.array(5, np.int64)})


def test_sizes_that_are_given_stay_open(tmp_path: Path) -> None:
    """Behind a stride, the next larger size has the same extents: they are open all the same."""
    weights = [
        numpy_helper.from_array(noise(4, 1, 4), "w"),
        numpy_helper.from_array(noise(4, 1, 4), "v"),
    ]
    nodes = [
        helper.make_node("Conv", ["x", "w"], ["c"], strides=[4]),
        helper.make_node("ConvTranspose", ["c", "v"], ["y"], strides=[4]),
    ]
    made = model(nodes, {"x": (TensorProto.FLOAT, ["n", 1, "t"])}, ["y"], weights)
    out = export_to_wasm(made, tmp_path / "out", runtime="npm", sizes={"n": 1, "t": 256})
    for shape in ((1, 1, 256), (2, 1, 272), (1, 1, 41)):
        agrees(nn.load(out), made, x=noise(*shape))
