"""Layer and RMS normalisation with scales and biases of every shape that broadcasts. ONNX Runtime is the oracle."""

from __future__ import annotations

import numpy as np
import onnx
import pytest
from nn.build import model, node
from nn_models import agrees, noise
from onnx.reference import ReferenceEvaluator

from vaerans_ecs.errors import ModelError
from vaerans_ecs.wasm import ModelExporter

#: Extents of the input, axis, those of scale and of bias; whether one node of the engine does where both are weights.
SHAPES = [
    ([2, 3, 8], -1, [8], [8], True),
    ([2, 3, 8], -1, [8], [1], True),
    ([2, 3, 8], -1, [1], [8], True),
    ([2, 3, 8], -1, [], [8], True),
    ([2, 3, 8], -1, [1, 1, 8], [8], True),
    ([2, 3, 8], -1, [8], None, True),
    ([2, 3, 8], 1, [3, 8], [3, 8], True),
    ([2, 3, 8], 1, [3, 8], None, True),
    ([2, 3, 8], 1, [3, 8], [8], True),
    ([2, 3, 8], 1, [8], [8], True),
    ([2, 3, 8], 1, [3, 1], [3, 1], True),
    ([2, 3, 8], 1, [3, 1], [1, 8], True),
    ([2, 3, 8], 1, [3, 1], None, True),
    ([2, 3, 8], -1, [3, 8], [8], False),
    ([2, 3, 8], -1, [3, 1], [8], False),
    ([2, 4, 8], 1, [2, 1, 8], [8], False),
    ([2, 2, 2], -1, [2, 1], [2], False),
]


def parts(shapes: list[list[int] | None]) -> dict[str, np.ndarray]:
    """Weights of these extents."""
    random = np.random.default_rng(1)
    named = zip("sb", shapes, strict=False)
    return {name: random.normal(size=shape).astype(np.float32) for name, shape in named if shape is not None}


def exporters(of: onnx.ModelProto) -> list[ModelExporter]:
    """Without and with the passes."""
    return [ModelExporter(of, disable=["onnxslim"]), ModelExporter(of).optimize_for_wasm()]


@pytest.mark.parametrize("known", ["sb", "s", "b", ""])
@pytest.mark.parametrize(("dims", "axis", "scale", "bias", "one_node"), SHAPES, ids=str)
def test_layer_normalization(
    dims: list[int], axis: int, scale: list[int], bias: list[int] | None, one_node: bool, known: str
) -> None:
    """What is no weight is an input of the network."""
    given = parts([scale, bias])
    weights = {name: array for name, array in given.items() if name in known}
    feeds = {"x": noise(*dims), **{name: array for name, array in given.items() if name not in known}}
    made = model([node("LayerNormalization", ["x", *given], ["y"], axis=axis)], feeds, ["y"], weights, 17)
    for exporter in exporters(made):
        agrees(exporter.compile(), made, **feeds)
        if len(weights) == len(given) and one_node:
            assert [each.op for each in exporter.graph.nodes] == ["LayerNormalization"]


@pytest.mark.parametrize("known", [True, False])
@pytest.mark.parametrize(("axis", "scale"), [(-1, [8]), (1, [3, 8]), (1, [3, 1]), (-1, [3, 8]), (1, [])], ids=str)
def test_rms_normalization(axis: int, scale: list[int], known: bool) -> None:
    """By the reference of onnx."""
    given = parts([scale])
    feeds = {"x": noise(2, 3, 8), **({} if known else given)}
    weights = given if known else {}
    made = model([node("RMSNormalization", ["x", "s"], ["y"], axis=axis)], feeds, ["y"], weights, 23)
    (want,) = ReferenceEvaluator(made).run(None, feeds)
    for exporter in exporters(made):
        assert np.abs(exporter.compile().forward(feeds)["y"] - want).max() <= 1e-4 * np.abs(want).max()


def test_extents_that_are_open() -> None:
    """A scale that is an input, of as many numbers as the last extent, and of one alone."""
    feeds = {"x": noise(2, 3, 8), **parts([[8], [8]])}
    made = model([node("LayerNormalization", ["x", "s", "b"], ["y"])], feeds, ["y"], {}, 17)
    for port, symbols in zip(made.graph.input, (("n", "t", "c"), ("s",), ("b",)), strict=True):
        for dim, symbol in zip(port.type.tensor_type.shape.dim, symbols, strict=True):
            dim.dim_param = symbol
    compiled = ModelExporter(made).optimize_for_wasm().compile()
    for scale, bias in (([8], [8]), ([8], [1]), ([1], [8])):
        agrees(compiled, made, **feeds | parts([scale, bias]))


def test_weights_that_do_not_fit_each_other_are_refused_by_name() -> None:
    made = model([node("LayerNormalization", ["x", "s", "b"], ["y"])], {"x": noise(2, 8)}, ["y"], parts([[8], [3]]), 17)
    with pytest.raises(ModelError, match=r"'layernormalization_node'\): scale and bias of \[8\] and \[3\]") as caught:
        ModelExporter(made)
    assert caught.value.code == "model.operator"


@pytest.mark.parametrize("op", ["Mul", "Add"])
@pytest.mark.parametrize(("dims", "shape"), [([2, 8, 8], [8, 1]), ([2, 8], [1, 1, 8]), ([8, 8, 8], [8, 1, 1])], ids=str)
def test_what_is_no_number_for_each_channel_stays_behind_a_normalisation(
    op: str, dims: list[int], shape: list[int]
) -> None:
    nodes = [node("LayerNormalization", ["x", "s"], ["a"]), node(op, ["a", "w"], ["y"])]
    made = model(nodes, {"x": noise(*dims)}, ["y"], {**parts([[8]]), "w": noise(*shape)}, 17)
    for exporter in exporters(made):
        agrees(exporter.compile(), made, x=noise(*dims))
