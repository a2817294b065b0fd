"""What the engine cannot run is said at export: every node, by its name, in one message."""

from __future__ import annotations

import numpy as np
import pytest
from nn.build import model, node
from onnx import TensorProto

from vaerans_ecs.errors import ModelError
from vaerans_ecs.wasm.lower import lower_model

X = {"x": np.zeros((2, 3), np.float32)}


def message(nodes, inputs=X, outputs=("y",), weights=None) -> str:
    with pytest.raises(ModelError) as found:
        lower_model(model(list(nodes), inputs, list(outputs), weights))
    assert found.value.code == "model.operator"
    return found.value.message


def test_all_missing_operators_in_one_message() -> None:
    text = message(
        [node("Unique", ["x"], ["a"]), node("NonMaxSuppression", ["a", "a"], ["b"]), node("Relu", ["b"], ["y"])]
    )
    assert "Unique (node 'unique_node'): the engine has no such operator" in text
    assert "NonMaxSuppression (node 'nonmaxsuppression_node')" in text
    assert "Relu" not in text


def test_operators_of_other_domains_are_not_onnx_own() -> None:
    assert "com.example::Relu (node 'relu_node')" in message([node("Relu", ["x"], ["y"], domain="com.example")])


def test_elements_that_the_engine_lacks() -> None:
    text = message([node("Cast", ["x"], ["y"], to=TensorProto.DOUBLE)])
    assert "Cast (node 'cast_node'): elements of float64" in text
    assert "input 'x': elements of float64" in message([node("Relu", ["x"], ["y"])], {"x": np.zeros(3)})
    text = message([node("Add", ["x", "w"], ["y"])], weights={"w": np.zeros(3, np.float16)})
    assert "value 'w': elements of float16" in text


def test_what_draws_random_numbers() -> None:
    ratio, training = np.array(0.5, np.float32), np.array(True)
    text = message([node("Dropout", ["x", "r", "t"], ["y"])], weights={"r": ratio, "t": training})
    assert "Dropout (node 'dropout_node'): it may drop elements at random" in text


def test_attributes_that_the_engine_lacks() -> None:
    text = message([node("Resize", ["x", "", "s"], ["y"], mode="area")], weights={"s": np.ones(2, np.float32)})
    assert "mode of 'area'; the engine has nearest, linear, cubic" in text


def test_loops_of_unknown_length() -> None:
    from onnx import helper

    def port(name: str, kind: int, shape: list[int]):
        return helper.make_tensor_value_info(name, kind, shape)

    body = helper.make_graph(
        [helper.make_node("Identity", ["c"], ["d"]), helper.make_node("Neg", ["s"], ["t"])],
        "body",
        [port("i", TensorProto.INT64, []), port("c", TensorProto.BOOL, []), port("s", TensorProto.FLOAT, [2, 3])],
        [port("d", TensorProto.BOOL, []), port("t", TensorProto.FLOAT, [2, 3])],
    )
    text = message([node("Loop", ["n", "", "x"], ["y"], body=body)], X | {"n": np.array(3)})
    assert "Loop (node 'loop_node'): a loop whose number of rounds is not known at export" in text
