"""Dead units are cut out of ONNX networks without a change of what these give."""

from __future__ import annotations

import numpy as np
import pytest

onnx = pytest.importorskip("onnx", reason="networks are cut as ONNX files")
ort = pytest.importorskip("onnxruntime", reason="units are looked at with ONNX Runtime")

from onnx import TensorProto, helper, numpy_helper  # noqa: E402
from tools.train.dead_units import awake, cut, joined  # noqa: E402

RNG = np.random.default_rng(5)


class Builder:
    """A network of convolutions, weights in 16 bits behind a Cast."""

    def __init__(self) -> None:
        self.nodes, self.weights = [], []

    def op(self, kind: str, *inputs: str, **attributes) -> str:
        name = f"t{len(self.nodes)}"
        self.nodes.append(helper.make_node(kind, inputs, [name], **attributes))
        return name

    def weight(self, array: np.ndarray) -> str:
        name = f"w{len(self.weights)}"
        self.weights.append(numpy_helper.from_array(array.astype(np.float16), name))
        return self.op("Cast", name, to=TensorProto.FLOAT)

    def conv(self, x: str, channels: tuple[int, int], kernel: int, bias: np.ndarray | float = 0.0) -> str:
        weight = RNG.normal(0, 0.3, (channels[1], channels[0], kernel, kernel))
        biases = np.broadcast_to(np.asarray(bias, float), channels[1]) + RNG.normal(0, 0.1, channels[1])
        return self.op("Conv", x, self.weight(weight), self.weight(biases), pads=[kernel // 2] * 4)

    def block(self, x: str, channels: int, hidden: int, dead: int) -> str:
        """x + conv(relu(conv(x))); the first `dead` units have a bias that nothing overcomes."""
        bias = np.where(np.arange(hidden) < dead, -1000.0, 1.0)
        inner = self.op("Relu", self.conv(x, (channels, hidden), 3, bias))
        return self.op("Add", x, self.conv(inner, (hidden, channels), 3))

    def model(self, last: str):
        x = helper.make_tensor_value_info("x", TensorProto.FLOAT, [1, 3, "h", "w"])
        y = helper.make_tensor_value_info(last, TensorProto.FLOAT, [1, None, None, None])
        graph = helper.make_graph(self.nodes, "net", [x], [y], self.weights)
        return helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=8)


def network(*dead: int):
    """A convolution, blocks of 6 units of which some are dead, a convolution of single pixels."""
    b = Builder()
    x = b.conv("x", (3, 4), 3)
    for count in dead:
        x = b.block(x, 4, 6, count)
    return b.model(b.conv(x, (4, 5), 1))


def given(model, x: np.ndarray) -> np.ndarray:
    return ort.InferenceSession(model.SerializeToString()).run(None, {"x": x})[0]


def pictures():
    return iter(RNG.random((3, 1, 3, 9, 11), dtype=np.float32))


def extents(model) -> dict[str, int]:
    """Outputs of its convolutions, and how many sums there are."""
    weights = {w.name: w.dims for w in model.graph.initializer}
    cast = {n.output[0]: n.input[0] for n in model.graph.node if n.op_type == "Cast"}
    convolutions = [n for n in model.graph.node if n.op_type == "Conv"]
    return {
        "outputs": [weights[cast.get(n.input[1], n.input[1])][0] for n in convolutions],
        "sums": sum(n.op_type == "Add" for n in model.graph.node),
    }


@pytest.mark.parametrize("dead", [(0,), (2,), (6,), (6, 6), (6, 3, 6), (1, 6, 6, 5)])
def test_a_network_without_its_dead_units_gives_the_same(dead):
    model = network(*dead)
    before = model.SerializeToString()
    smaller = cut(model, awake(model, pictures()))
    assert model.SerializeToString() == before
    left = [6 - count for count in dead if count < 6]
    assert extents(smaller) == {"outputs": [4, *(n for units in left for n in (units, 4)), 5], "sums": len(left)}
    for x in pictures():
        np.testing.assert_allclose(given(smaller, x), given(model, x), rtol=1e-5, atol=1e-5)


def test_a_unit_that_one_picture_wakes_stays():
    b = Builder()
    hidden = b.op("Relu", b.conv("x", (3, 2), 1, np.array([-1000.0, 1.0])))
    model = b.model(b.conv(hidden, (2, 2), 1))
    bright = np.full((1, 3, 4, 4), 1e5, np.float32) * np.sign(first_weight(model))[None, :, None, None]
    (one,) = awake(model, pictures()).values()
    (both,) = awake(model, iter([*pictures(), bright])).values()
    assert one.tolist() == [False, True] and both.tolist() == [True, True]


def first_weight(model) -> np.ndarray:
    """Of the first unit, by colour."""
    return numpy_helper.to_array(model.graph.initializer[0])[0, :, 0, 0].astype(np.float32)


def shuffled(b: Builder):
    """A dead branch beside what no convolution made."""
    wide = b.op("DepthToSpace", b.conv("x", (3, 16), 1), blocksize=2, mode="CRD")
    return b.block(wide, 4, 6, 6)


def watched(b: Builder):
    """A dead branch beside a convolution that something else reads."""
    x = b.conv("x", (3, 4), 3)
    return b.op("Mul", b.block(x, 4, 6, 6), x)


@pytest.mark.parametrize("made", [shuffled, watched])
def test_a_dead_branch_that_no_bias_can_take_keeps_a_unit(made):
    b = Builder()
    model = b.model(made(b))
    smaller = cut(model, awake(model, pictures()))
    assert extents(smaller) == {"outputs": [16 if made is shuffled else 4, 1, 4], "sums": 1}
    for x in pictures():
        np.testing.assert_allclose(given(smaller, x), given(model, x), rtol=1e-5, atol=1e-5)


@pytest.mark.parametrize("how", [{"strides": [2, 2]}, {"pads": [1] * 4}])
def test_one_that_leaves_pixels_out_or_adds_some_does_not_join(how):
    b = Builder()
    x = b.conv("x", (3, 4), 3)
    last = b.op("Conv", x, b.weight(RNG.normal(0, 0.3, (2, 4, 1, 1))), b.weight(np.zeros(2)), **how)
    model = b.model(last)
    assert joined(model).SerializeToString() == model.SerializeToString()


def test_a_convolution_of_single_pixels_joins_the_one_before_it():
    b = Builder()
    x = b.conv(b.conv("x", (3, 8), 3), (8, 4), 1)
    both = b.op("Add", b.conv(x, (4, 4), 3), x)
    model = b.model(b.conv(both, (4, 2), 1))
    smaller = joined(model)
    # Behind the sum, and where a value has two readers, none joins.
    assert extents(smaller) == {"outputs": [4, 4, 2], "sums": 1}
    for x in pictures():
        np.testing.assert_allclose(given(smaller, x), given(model, x), rtol=1e-2, atol=1e-2)
