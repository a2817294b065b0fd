"""The change of layout: what is put off, how far it goes, and what is left of it."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from nn_graphs import Made, ints, ops, picture, same, through

from vaerans_ecs.wasm.graph import Graph, Node

LAST, FIRST = [0, 2, 3, 1], [0, 3, 1, 2]


def _conv(net: Made, x: str, channels: tuple[int, int]) -> str:
    """As the lowering puts it: between two changes of layout."""
    made = net("Conv", net("Transpose", x, perm=LAST), net.noise(3, 3, *channels) * 0.2, pads=[1, 1, 1, 1])
    return net("Transpose", made, perm=FIRST)


def _turns(graph: Graph) -> int:
    return ops(graph).count("Transpose")


def _check(net: Made, out: str, turns: int, **feeds: np.ndarray) -> Graph:
    before = net.gives(out)
    after = through("layout", before)
    assert _turns(after) == turns, ops(after)
    same(before, after, **feeds)
    return after


def test_a_chain_of_convolutions_has_one_at_each_end() -> None:
    net = Made(x=["n", 3, "h", "w"])
    y = net("Relu", _conv(net, "x", (3, 4)))
    z = net("Mul", net("Sigmoid", y), net("Add", y, net.noise(4, 1, 1)))
    _check(net, _conv(net, net("Concat", z, y, axis=1), (8, 5)), 2, x=picture(2, 3, 6, 7))


#: What stands between two convolutions: a name, and what makes it of the graph and 8 channels.
BETWEEN: dict[str, Any] = {
    "clip": lambda net, x: net("Clip", x, np.float32(-1), np.float32(1)),
    "prelu": lambda net, x: net("PRelu", x, net.noise(8, 1, 1)),
    "where": lambda net, x: net("Where", net("Greater", x, np.float32(0)), x, net.noise(1, 8, 1, 1)),
    "skip": lambda net, x: net("Add", x, net("Relu", x)),
    "number in front": lambda net, x: net("Sub", net.noise(8, 1, 1), x),
    "softmax": lambda net, x: net("Softmax", x, axis=1),
    "squeeze and excite": lambda net, x: net("Mul", x, net("ReduceMean", x, axes=[2, 3], keepdims=1)),
    "reduce by input": lambda net, x: net("Sub", x, net("ReduceMax", x, ints(-1), keepdims=1)),
    "reduce and unsqueeze": lambda net, x: net(
        "Add", x, net("Unsqueeze", net("ReduceMean", x, axes=[1], keepdims=0), ints(1))
    ),
    "shuffle": lambda net, x: net("Concat", *net("Split", x, count=2, axis=1, num_outputs=2)[::-1], axis=1),
    "slice": lambda net, x: net("Concat", *(net("Slice", x, ints(i), ints(i + 4), ints(1)) for i in (4, 0)), axis=1),
    "slice without axes": lambda net, x: net("Slice", x, ints(0, 0, 1), ints(9, 8, 99)),
    "pad": lambda net, x: net("Pad", x, ints(0, 0, 1, 2, 0, 0, 3, 0), mode="reflect"),
    "pad by axes": lambda net, x: net("Pad", x, ints(1, 2), np.float32(3), ints(2)),
    "resize": lambda net, x: net("Resize", x, "", np.array([1, 1, 2, 3], np.float32), mode="linear"),
    "resize by axes": lambda net, x: net("Resize", x, "", "", ints(9, 5), mode="nearest", axes=[2, 3]),
    "expand": lambda net, x: net("Expand", net("ReduceMean", x, axes=[2, 3], keepdims=1), ints(1, 8, 4, 5)),
    "tile": lambda net, x: net("Tile", x, ints(1, 1, 2, 1)),
    "gather": lambda net, x: net("Gather", x, ints(3, 1, 0, 2, 7, 6, 5, 4), axis=1),
    "to depth and back": lambda net, x: net(
        "Reshape", net("Reshape", x, ints(0, 2, 4, 6, 7)), ints(0, 8, 6, 7)
    ),
    "groups of channels turned": lambda net, x: net(
        "Reshape", net("Transpose", net("Reshape", x, ints(0, 2, 4, 6, 7)), perm=[0, 2, 1, 3, 4]), ints(0, 8, 6, 7)
    ),
    "squeeze": lambda net, x: net("Squeeze", net("Unsqueeze", x, ints(2)), ints(2)),
    "top": lambda net, x: net("TopK", x, ints(8), count=2, axis=1)[0],
}  # fmt: skip


@pytest.mark.parametrize("name", BETWEEN)
def test_it_goes_through(name: str) -> None:
    net = Made(x=["n", 3, 6, 7])
    between = BETWEEN[name](net, _conv(net, "x", (3, 8)))
    # Groups of channels that change places are a Transpose whatever the layout.
    turns = 3 if name == "groups of channels turned" else 2
    _check(net, _conv(net, between, (8, 4)), turns, x=picture(2, 3, 6, 7))


def test_the_shape_of_what_is_put_off() -> None:
    net = Made(x=["n", 3, "h", "w"])
    y = _conv(net, "x", (3, 8))
    sides = net("Shape", y, start=2, end=4)
    flat = net("Reshape", y, net("Concat", ints(-1), sides, axis=0))
    before = net.gives(flat, net("Shape", y), net("Size", y), net("ArgMax", y, axis=1, keepdims=0))
    same(before, through("layout", before), x=picture(2, 3, 6, 7))


def test_pixels_as_a_sequence() -> None:
    net = Made(x=["n", 3, "h", "w"])
    y = net("Transpose", net("Reshape", _conv(net, "x", (3, 8)), ints(0, 8, -1)), perm=[0, 2, 1])
    after = _check(net, net("LayerNormalization", y, net.noise(8)), 1, x=picture(2, 3, 6, 7))
    assert ops(after) == ["Transpose", "Conv", "Reshape", "LayerNormalization"]


def test_channels_to_blocks_of_pixels() -> None:
    net = Made(x=["n", 3, 5, 6])
    wide = net("Transpose", net("Reshape", _conv(net, "x", (3, 8)), ints(0, 2, 2, 2, 5, 6)), perm=[0, 3, 4, 1, 5, 2])
    _check(net, _conv(net, net("Reshape", wide, ints(0, 2, 10, 12)), (2, 4)), 3, x=picture(2, 3, 5, 6))


def test_one_channel_is_a_reshape() -> None:
    net = Made(x=["n", 1, "h", "w"])
    after = _check(net, _conv(net, net("Relu", _conv(net, "x", (1, 4))), (4, 1)), 0, x=picture(2, 1, 6, 7))
    assert set(ops(after)) <= {"Squeeze", "Unsqueeze", "Reshape", "Conv", "Relu"}


def test_one_pixel_is_a_reshape() -> None:
    net = Made(x=["n", 3, "h", "w"])
    pooled = net("ReduceMean", _conv(net, "x", (3, 8)), axes=[2, 3], keepdims=1)
    _check(net, net("MatMul", net("Flatten", pooled, axis=1), net.noise(8, 4)), 1, x=picture(2, 3, 6, 7))


def test_what_many_read_is_made_once() -> None:
    net = Made(x=["n", "h", "w", 4], mask=["n", "w", 1, "h"])
    mask = net("Transpose", "mask", perm=[0, 3, 1, 2])
    y = "x"
    for _ in range(4):
        y = net("Relu", net("Add", net("Transpose", y, perm=[0, 1, 2, 3]), mask))
    _check(net, y, 1, x=picture(2, 3, 5, 4), mask=picture(2, 5, 1, 3))


def test_outputs_keep_their_order_and_names() -> None:
    net = Made(x=["n", 3, "h", "w"])
    y = _conv(net, "x", (3, 4))
    z = net("Transpose", net("Transpose", "x", perm=LAST), perm=FIRST)
    before = net.gives(y, net("Relu", y), z)
    same(before, through("layout", before), x=picture(2, 3, 6, 7))


def test_branches_read_what_is_put_off() -> None:
    net = Made(x=["n", 3, "h", "w"], flag=("bool", []))
    y = _conv(net, "x", (3, 4))
    kept = Graph([Node("Relu", [y], ["kept"])], [], ["kept"], {})
    turned = Graph(
        [Node("Transpose", [y], ["a"], {"perm": LAST}), Node("Exp", ["a"], ["b"]),
         Node("Transpose", ["b"], ["turned"], {"perm": FIRST})], [], ["turned"], {},
    )  # fmt: skip
    net.graph.nodes.append(Node("If", ["flag"], ["z"], {}, [kept, turned], "if"))
    before = net.gives(net("Add", "z", y))
    after = through("layout", before)
    for flag in (False, True):
        same(before, after, x=picture(2, 3, 6, 7), flag=np.array(flag))


def test_sequences() -> None:
    net = Made(x=["n", "t", 6])
    first = net("Conv", net("Transpose", net("Transpose", "x", perm=[0, 2, 1]), perm=[0, 2, 1]), net.noise(3, 6, 8))
    y = net("Relu", net("Transpose", first, perm=[0, 2, 1]))
    _check(net, net("Add", net("Transpose", y, perm=[0, 2, 1]), net.noise(8)), 0, x=picture(2, 9, 6))
