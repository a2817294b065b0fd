"""Passes that only take out: dead code, constants, identities, equal nodes, chains that are an activation."""

from __future__ import annotations

import math

import numpy as np
import pytest
from nn_graphs import Made, ints, ops, picture, same, through

from vaerans_ecs.wasm.graph import Graph, Node


def test_what_nobody_reads_goes() -> None:
    net = Made(x=["n", 4])
    y = net("Relu", "x")
    net("Exp", "x")
    net.weight(net.noise(5))
    before = net.gives(y)
    after = through("dead-code", before)
    assert ops(after) == ["Relu"] and not after.weights
    same(before, after, x=picture(3, 4))


def test_an_output_of_a_split_that_nobody_reads_is_left_out() -> None:
    net = Made(x=["n", 6])
    _, second, _ = net("Split", "x", count=3, axis=1, num_outputs=3)
    before = net.gives(net("Relu", second))
    after = through("dead-code", before)
    assert after.nodes[0].outputs == ["", second, ""]
    same(before, after, x=picture(3, 6))


def test_what_no_input_changes_is_worked_out() -> None:
    net = Made(x=["n", 6])
    table = net("Transpose", net.noise(4, 6), perm=[1, 0])
    before = net.gives(net("MatMul", "x", net("Mul", table, np.float32(2))))
    after = through("constants", before)
    assert ops(after) == ["MatMul"]
    same(before, after, x=picture(3, 6))


def test_what_would_grow_the_file_is_not_worked_out() -> None:
    net = Made(x=["n", 100, 100])
    wide = net("Expand", np.ones((1, 1), np.float32), ints(100, 100))
    assert "Expand" in ops(through("constants", net.gives(net("Add", "x", wide))))


@pytest.mark.parametrize("condition", [True, False])
def test_of_an_if_that_is_decided_one_branch_stays(condition: bool) -> None:
    net = Made(x=["n", 4])
    choice = net("Not", np.array([not condition]))
    branches = [Graph([Node(op, ["x"], [f"in {op}"])], [], [f"in {op}"], {}) for op in ("Exp", "Neg")]
    net.graph.nodes.append(Node("If", [choice], ["y"], {}, branches, "if"))
    before = net.gives("y")
    after = through("constants", before)
    assert ("Exp" in ops(after), "Neg" in ops(after), "If" in ops(after)) == (condition, not condition, False)
    same(before, after, x=picture(2, 4))


def test_nodes_that_hand_on_go() -> None:
    net = Made(x=["n", 4, 5])
    y = net("Identity", "x")
    y = net("Reshape", net("Relu", y), ints(-1, 4, 5))
    y = net("Transpose", net("Add", y, np.float32(0)), perm=[0, 1, 2])
    y = net("Slice", y, ints(0), ints(2**31), ints(1), ints(1))
    y = net("Cast", net("Mul", y, np.float32(1)), type="float32")
    before = net.gives(net("Identity", y, to="out"))
    after = through("identities", before)
    assert ops(after) == ["Relu"] and after.nodes[0].outputs == ["out"]
    same(before, after, x=picture(3, 4, 5))


def test_what_only_looks_like_handing_on_stays() -> None:
    net = Made(x=["n", 4])
    backwards = net("Slice", "x", ints(-1), ints(-(2**31)), ints(1), ints(-1))
    wide = net("Add", net("ReduceSum", "x", axes=[1], keepdims=1), np.zeros((1, 3), np.float32))
    before = net.gives(backwards, wide)
    after = through("identities", before)
    assert ops(after) == ops(before)


def test_an_output_that_is_an_input_is_copied() -> None:
    net = Made(x=["n", 4])
    before = net.gives(net("Identity", "x", to="y"), net("Identity", "x", to="z"))
    same(before, through("identities", before), x=picture(3, 4))


def test_equal_nodes_and_weights_are_one() -> None:
    net = Made(x=["n", 4])
    table = net.noise(4, 4)
    a, b = (net("Relu", net("MatMul", "x", table.copy())) for _ in range(2))
    c = net("MatMul", "x", net.noise(4, 4))
    before = net.gives(net("Add", a, b), c)
    after = through("common", before)
    assert ops(after).count("MatMul") == 2 and ops(after).count("Relu") == 1 and len(after.weights) == 2
    same(before, after, x=picture(3, 4))


def test_nodes_that_differ_in_an_attribute_stay_two() -> None:
    net = Made(x=["n", 4])
    before = net.gives(net("LeakyRelu", "x", alpha=0.1), net("LeakyRelu", "x", alpha=0.2))
    assert ops(through("common", before)) == ["LeakyRelu"] * 2


def _silu(net: Made, x: str) -> str:
    return net("Mul", net("Sigmoid", x), x)


def _silu_by_exp(net: Made, x: str) -> str:
    return net("Div", x, net("Add", net("Exp", net("Neg", x)), np.float32(1)))


def _quick_gelu(net: Made, x: str) -> str:
    return net("Mul", x, net("Sigmoid", net("Mul", x, np.float32(1.702))))


def _gelu(net: Made, x: str) -> str:
    inner = net("Add", net("Erf", net("Div", x, np.float32(math.sqrt(2)))), np.float32(1))
    return net("Mul", net("Mul", x, inner), np.float32(0.5))


def _gelu_turned(net: Made, x: str) -> str:
    inner = net("Add", np.float32(1), net("Erf", net("Mul", np.float32(math.sqrt(0.5)), x)))
    return net("Mul", net("Mul", np.float32(0.5), x), inner)


def _gelu_tanh(net: Made, x: str) -> str:
    cube = net("Mul", np.float32(0.044715), net("Pow", x, np.float32(3)))
    inner = net("Mul", np.float32(math.sqrt(2 / math.pi)), net("Add", x, cube))
    return net("Mul", net("Mul", np.float32(0.5), x), net("Add", np.float32(1), net("Tanh", inner)))


def _gelu_tanh_factored(net: Made, x: str) -> str:
    square = net("Add", np.float32(1), net("Mul", net("Mul", np.float32(0.044715), x), x))
    inner = net("Mul", net("Mul", x, np.float32(math.sqrt(2 / math.pi))), square)
    return net("Mul", net("Mul", np.float32(0.5), x), net("Add", net("Tanh", inner), np.float32(1)))


def _hard_swish(net: Made, x: str) -> str:
    ramp = net("Clip", net("Add", x, np.float32(3)), np.float32(0), np.float32(6))
    return net("Div", net("Mul", x, ramp), np.float32(6))


def _hard_swish_by_sigmoid(net: Made, x: str) -> str:
    return net("Mul", x, net("HardSigmoid", x, alpha=1 / 6, beta=0.5))


def _hard_sigmoid(net: Made, x: str) -> str:
    return net("Mul", net("Clip", net("Add", np.float32(3), x), np.float32(0), np.float32(6)), np.float32(1 / 6))


def _mish(net: Made, x: str) -> str:
    return net("Mul", x, net("Tanh", net("Softplus", x)))


def _relu6(net: Made, x: str) -> str:
    return net("Min", net("Max", x, np.float32(0)), np.float32(6))


def _relu6_by_relu(net: Made, x: str) -> str:
    return net("Min", np.float32(6), net("Relu", x))


CHAINS = [
    (_silu, "Swish"),
    (_silu_by_exp, "Swish"),
    (_quick_gelu, "Swish"),
    (_gelu, "Gelu"),
    (_gelu_turned, "Gelu"),
    (_gelu_tanh, "Gelu"),
    (_gelu_tanh_factored, "Gelu"),
    (_hard_swish, "HardSwish"),
    (_hard_swish_by_sigmoid, "HardSwish"),
    (_hard_sigmoid, "HardSigmoid"),
    (_mish, "Mish"),
    (_relu6, "Clip"),
    (_relu6_by_relu, "Clip"),
]


@pytest.mark.parametrize(("chain", "op"), CHAINS, ids=lambda one: getattr(one, "__name__", one))
def test_chains_that_are_an_activation(chain: object, op: str) -> None:
    net = Made(x=["n", 40])
    before = net.gives(chain(net, net("Add", "x", "x")))  # type: ignore[operator]
    after = through("elementwise", before)
    assert ops(after) == ["Add", op]
    same(before, after, x=4 * picture(5, 40))


@pytest.mark.parametrize(
    "chain",
    [
        lambda net, x: net("Mul", net("Mul", x, net("Add", net("Erf", x), np.float32(1))), np.float32(0.5)),
        lambda net, x: net("Mul", x, net("Sigmoid", net("Neg", x))),
        lambda net, x: net("Mul", x, net("Clip", net("Add", x, np.float32(3)), np.float32(0), np.float32(6))),
        lambda net, x: net("Mul", x, net("HardSigmoid", x)),
        lambda net, x: net("Max", net("Min", x, np.float32(1)), np.float32(2)),
        lambda net, x: net("Mul", x, net("Sigmoid", net("Mul", x, np.full(40, 1.5, np.float32)))),
    ],
)
def test_chains_that_nearly_are_stay(chain: object) -> None:
    net = Made(x=["n", 40])
    before = net.gives(chain(net, "x"))  # type: ignore[operator]
    assert ops(through("elementwise", before)) == ops(before)


def test_functions_behind_one_another_are_one_step() -> None:
    net = Made(x=["n", 5, 6], z=["n", 1, 6])
    y = net("Sub", net("Mul", "x", np.float32(2)), net.noise(6))
    y = net("Mul", net("Sigmoid", y), net("Add", "z", net("Exp", net("Neg", y))))
    for op, attributes in (
        ("Relu", {}), ("LeakyRelu", {"alpha": 0.3}), ("Clip", {"min": -2.0, "max": 9.0}), ("Elu", {"alpha": 0.5}),
        ("HardSigmoid", {"alpha": 0.1, "beta": 0.4}), ("Gelu", {}), ("Gelu", {"approximate": "tanh"}), ("Swish", {}),
    ):  # fmt: skip
        y = net(op, y, **attributes)
    for op in ("Tanh", "HardSwish", "Abs", "Sqrt", "Softplus", "Log", "Reciprocal", "Mish", "Erf"):
        y = net(op, y)
    y = net("Max", net("Min", y, net.noise(5, 1)), net("PRelu", "x", net.noise(6)))
    before = net.gives(net("Div", y, net("Add", net("Abs", "x"), np.float32(1))))
    after = through("chains", before)
    assert set(ops(after)) == {"Elementwise"} and len(after.nodes) < 6
    same(before, after, x=picture(3, 5, 6), z=picture(3, 1, 6))


def test_whole_numbers_and_smaller_values_are_no_chain() -> None:
    net = Made(x=["n", 6], k=("int64", ["n", 6]))
    counted = net("Mul", net("Add", "k", "k"), ints(3))
    row = net("Exp", net.noise(6))
    before = net.gives(counted, net("Add", "x", net("Neg", row)))
    after = through("chains", before)
    assert ops(after) == ["Add", "Mul", "Elementwise", "Add"]
    same(before, after, x=picture(3, 6), k=np.arange(18).reshape(3, 6))


def test_a_part_that_others_read_stays() -> None:
    net = Made(x=["n", 40])
    gate = net("Sigmoid", "x")
    before = net.gives(net("Mul", "x", gate), gate)
    after = through("elementwise", before)
    assert sorted(ops(after)) == ["Sigmoid", "Swish"]
    same(before, after, x=picture(5, 40))


def test_computed_shapes_become_numbers() -> None:
    net = Made(x=["n", "t", 6])
    shape = net("Shape", "x")
    head = net("Slice", shape, ints(0), ints(2), ints(0))
    wide = net("Reshape", "x", net("Concat", head, ints(2, 3), axis=0))
    length = net("Gather", shape, ints(1), axis=0)
    flat = net("Reshape", wide, net("Concat", ints(-1), net("Mul", length, ints(2)), ints(3), axis=0))
    before = net.gives(net("Relu", flat))
    after = through("shapes", before)
    assert ops(after)[0] == "Reshape" and after.weights[after.nodes[0].inputs[1]].tolist() == [0, 0, 2, 3]
    for n, t in ((1, 1), (2, 5), (3, 4)):
        same(before, after, x=picture(n, t, 6))


def test_computed_sizes_of_whole_factors_become_scales() -> None:
    net = Made(x=["n", 3, "h", "w"], z=["n", 3, "p", "q"])
    sizes = net("Mul", net("Shape", "x", start=2), ints(2, 3))
    larger = net("Resize", "x", "", "", net("Concat", net("Shape", "x", end=2), sizes, axis=0), mode="nearest")
    as_other = net("Resize", "x", "", "", net("Shape", "z"), mode="linear")
    before = net.gives(larger, as_other)
    after = through("shapes", before)
    assert [len(node.inputs) for node in after.nodes if node.op == "Resize"] == [3, 4]
    same(before, after, x=picture(2, 3, 4, 5), z=picture(2, 3, 7, 3))


@pytest.mark.parametrize(("exponent", "op"), [(2, "Mul"), (0.5, "Sqrt"), (-1, "Reciprocal"), (3, "Pow")])
def test_powers_that_are_something_simpler(exponent: float, op: str) -> None:
    net = Made(x=["n", 6])
    before = net.gives(net("Pow", net("Abs", "x"), np.float32(exponent)))
    after = through("elementwise", before)
    assert ops(after) == ["Abs", op]
    same(before, after, x=picture(3, 6))
