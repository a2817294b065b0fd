"""Passes that find normalisations and products, and take what stands around them in."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest
from nn_graphs import Made, ints, ops, picture, same, through

from vaerans_ecs.wasm.engine import has


def _layer_norm(net: Made, x: str, power: bool = True) -> str:
    centred = net("Sub", x, net("ReduceMean", x, axes=[-1], keepdims=1))
    square = net("Pow", centred, np.float32(2)) if power else net("Mul", centred, centred)
    root = net("Sqrt", net("Add", net("ReduceMean", square, axes=[-1], keepdims=1), np.float32(1e-5)))
    return net("Div", centred, root) if power else net("Mul", centred, net("Reciprocal", root))


@pytest.mark.parametrize("power", [True, False])
def test_layer_norm_with_its_scale_and_bias(power: bool) -> None:
    net = Made(x=["n", "t", 24])
    scaled = net("Mul", _layer_norm(net, "x", power), net.noise(24))
    before = net.gives(net("Add", scaled, net.noise(24)))
    after = through("norm", before)
    assert ops(after) == ["LayerNormalization"]
    same(before, after, x=picture(2, 5, 24))


def test_rms_norm() -> None:
    net = Made(x=["n", "t", 24])
    mean = net("ReduceMean", net("Pow", "x", np.float32(2)), axes=[2], keepdims=1)
    unit = net("Mul", "x", net("Reciprocal", net("Sqrt", net("Add", mean, np.float32(1e-6)))))
    before = net.gives(net("Mul", net.noise(24), unit))
    after = through("norm", before)
    assert ops(after) == ["RMSNormalization"]
    same(before, after, x=picture(2, 5, 24))


def test_a_mean_over_other_axes_is_no_layer_norm() -> None:
    net = Made(x=["n", 8, 24])
    centred = net("Sub", "x", net("ReduceMean", "x", axes=[1], keepdims=1))
    mean = net("ReduceMean", net("Mul", centred, centred), axes=[1], keepdims=1)
    before = net.gives(net("Div", centred, net("Sqrt", net("Add", mean, np.float32(1e-5)))))
    assert ops(through("norm", before)) == ops(before)


def _group_norm(net: Made, x: str, groups: int, channels: int) -> str:
    shape = net("Shape", x)
    rows = net("Reshape", x, ints(0, groups, -1))
    last = net("Transpose", rows, perm=[0, 2, 1])
    ones, zeros = np.ones(groups, np.float32), np.zeros(groups, np.float32)
    norm = net("GroupNormalization", last, ones, zeros, num_groups=groups, epsilon=1e-5)
    return net("Reshape", net("Transpose", norm, perm=[0, 2, 1]), shape)


def test_group_norm_of_old_exporters() -> None:
    net = Made(x=["n", 12, "h", "w"])
    before = net.gives(_group_norm(net, "x", 4, 12))
    after = through("norm", before)
    assert [op for op in ops(after) if op == "Reshape"] == []
    assert after.nodes[1].attributes["num_groups"] == 4 and len(after.weights[after.nodes[1].inputs[1]]) == 12
    same(before, after, x=picture(2, 12, 5, 7))


def _conv(net: Made, x: str, channels: tuple[int, int], bias: bool = True, **attributes: object) -> str:
    weights = net.noise(3, 3, *channels) * 0.2
    more = [net.noise(channels[1])] if bias else []
    return net("Conv", x, weights, *more, **({"pads": [1, 1, 1, 1]} | attributes))


@pytest.mark.parametrize("bias", [True, False])
def test_batch_norm_goes_into_a_convolution(bias: bool) -> None:
    net = Made(x=["n", "h", "w", 5])
    scaled = net("Mul", _conv(net, "x", (5, 6), bias), net.noise(6))
    before = net.gives(net("Add", net.noise(1, 1, 6), scaled))
    after = through("scale", before)
    assert ops(after) == ["Conv"] and len(after.nodes[0].inputs) == 3
    same(before, after, x=picture(2, 7, 9, 5))


@pytest.mark.parametrize(("op", "by"), [("Div", 6), ("Sub", 6), ("Mul", 1), ("Div", 1)])
def test_numbers_behind_a_product_go_into_it(op: str, by: int) -> None:
    net = Made(x=["n", 5])
    product = net("MatMul", "x", net.noise(5, 6), net.noise(6))
    before = net.gives(net(op, product, net.noise(by) + 3))
    after = through("scale", before)
    assert ops(after) == ["MatMul"]
    same(before, after, x=picture(4, 5))


def test_a_transposed_convolution_of_groups_takes_its_scale() -> None:
    net = Made(x=["n", "h", "w", 4])
    turned = net("ConvTranspose", "x", net.noise(3, 3, 2, 6), net.noise(6), strides=[2, 2], group=2)
    before = net.gives(net("Mul", turned, net.noise(6)))
    after = through("scale", before)
    assert ops(after) == ["ConvTranspose"]
    same(before, after, x=picture(2, 4, 5, 4))


def test_numbers_that_are_not_by_channel_stay() -> None:
    net = Made(x=["n", 6, 6, 5])
    before = net.gives(net("Mul", _conv(net, "x", (5, 6)), net.noise(6, 1)))
    assert ops(through("scale", before)) == ["Conv", "Mul"]


def test_a_product_that_others_read_keeps_its_weights() -> None:
    net = Made(x=["n", 5])
    product = net("MatMul", "x", net.noise(5, 6))
    before = net.gives(net("Mul", product, net.noise(6)), product)
    assert ops(through("scale", before)) == ["MatMul", "Mul"]


def test_a_division_of_a_number_by_a_product_stays() -> None:
    net = Made(x=["n", 5])
    before = net.gives(net("Div", np.float32(2), net("MatMul", "x", net.noise(5, 6))))
    assert ops(through("scale", before)) == ["MatMul", "Div"]


ACTIVATIONS = [
    ("Relu", {}, "clip"),
    ("Clip", {"min": -0.5, "max": 0.5}, "clip"),
    ("LeakyRelu", {"alpha": 0.2}, "leaky"),
    ("Swish", {}, "silu"),
    ("Gelu", {}, "gelu"),
    ("Sigmoid", {}, "sigmoid"),
    ("Tanh", {}, "tanh"),
    ("HardSwish", {}, "hard_swish"),
]


@pytest.mark.parametrize(("op", "attributes", "word"), ACTIVATIONS)
def test_activations_go_into_the_step_in_front(op: str, attributes: dict[str, float], word: str) -> None:
    net = Made(x=["n", "h", "w", 5])
    first = net(op, _conv(net, "x", (5, 6)), **attributes)
    second = net(op, net("ConvTranspose", first, net.noise(3, 3, 6, 6)), **attributes)
    before = net.gives(net(op, net("MatMul", second, net.noise(6, 4)), **attributes))
    after = through("activation", before)
    assert ops(after) == ["Conv", "ConvTranspose", "MatMul"]
    assert [node.attributes["activation"] for node in after.nodes] == [word] * 3
    same(before, after, x=picture(2, 6, 5, 5))


@pytest.mark.parametrize("op", ["GroupNormalization", "LayerNormalization", "Add"])
def test_activations_go_into_normalisations_where_the_engine_has_them(op: str) -> None:
    net = Made(x=["n", "h", "w", 6])
    made = net("Add", "x", net.noise(6)) if op == "Add" else net(op, "x", net.noise(6), net.noise(6))
    before = net.gives(net("Swish", made))
    after = through("activation", before)
    assert ops(after) == [op] if has(op, "activation") else ops(after) == [op, "Swish"]
    same(before, after, x=picture(2, 6, 5, 6))


def test_residuals_in_front_of_and_behind_activations() -> None:
    net = Made(x=["n", "h", "w", 6])
    before_it = net("Relu", net("Add", "x", _conv(net, "x", (6, 6))))
    behind_it = net("Add", net("Swish", _conv(net, before_it, (6, 6))), before_it)
    before = net.gives(behind_it)
    after = through("activation", before)
    assert ops(after) == ["Conv", "Conv"]
    assert [node.attributes.get("residual_last", 0) for node in after.nodes] == [0, 1]
    assert after.nodes[0].attributes["high"] == math.inf
    same(before, after, x=picture(2, 6, 5, 6))


def test_of_two_products_the_later_takes_the_other() -> None:
    net = Made(x=["n", "h", "w", 6])
    first, second = _conv(net, "x", (6, 4)), _conv(net, "x", (6, 4))
    before = net.gives(net("Add", second, first))
    after = through("activation", before)
    assert ops(after) == ["Conv", "Conv"] and after.nodes[1].inputs[3] == first
    same(before, after, x=picture(2, 6, 5, 6))


def test_what_is_broadcast_is_no_residual() -> None:
    net = Made(x=["n", 6, 6, 6], z=["n", 1, 1, 6])
    before = net.gives(net("Add", _conv(net, "x", (6, 6)), "z"))
    after = through("activation", before)
    assert ops(after) == ["Conv", "Add"]
    same(before, after, x=picture(2, 6, 6, 6), z=picture(2, 1, 1, 6))


def test_an_output_is_not_taken_in() -> None:
    net = Made(x=["n", "h", "w", 5])
    made = _conv(net, "x", (5, 6))
    before = net.gives(net("Relu", made), made)
    assert ops(through("activation", before)) == ["Conv", "Relu"]


@pytest.mark.parametrize("axes", [False, True])
def test_zeros_around_become_padding(axes: bool) -> None:
    net = Made(x=["n", "h", "w", 5])
    more = ["", ints(1, 2)] if axes else []
    padded = net("Pad", "x", ints(1, 0, 2, 3) if axes else ints(0, 1, 0, 0, 0, 2, 3, 0), *more)
    before = net.gives(_conv(net, padded, (5, 4)))
    after = through("padding", before)
    assert ops(after) == ["Conv"] and after.nodes[0].attributes["pads"] == [2, 1, 3, 4]
    same(before, after, x=picture(2, 6, 5, 5))


@pytest.mark.parametrize(
    ("pads", "extra", "attributes"),
    [
        (ints(0, 1, 1, 0, 0, 1, 1, 0), [np.float32(1)], {}),
        (ints(0, 1, 1, 0, 0, 1, 1, 0), [], {"mode": "edge"}),
        (ints(0, 1, 1, 1, 0, 1, 1, 0), [], {}),
        (ints(0, -1, 1, 0, 0, 1, 1, 0), [], {}),
    ],
)
def test_other_paddings_stay(pads: np.ndarray, extra: list[np.ndarray], attributes: dict[str, str]) -> None:
    net = Made(x=["n", 8, 8, 5])
    padded = net("Pad", "x", pads, *extra, **attributes)
    channels = 5 + int(pads[3] + pads[7])
    before = net.gives(_conv(net, padded, (channels, 4)))
    assert ops(through("padding", before)) == ["Pad", "Conv"]


@pytest.mark.parametrize(
    "attributes",
    [
        {"coordinate_transformation_mode": "asymmetric", "nearest_mode": "floor"},
        {"coordinate_transformation_mode": "half_pixel", "nearest_mode": "round_prefer_floor"},
        {},
    ],
)
@pytest.mark.parametrize("factor", [2, 3])
def test_repeated_pixels_are_read_where_they_are(attributes: dict[str, str], factor: int) -> None:
    net = Made(x=["n", "h", "w", 16])
    wide = net("Resize", "x", "", np.array([1, factor, factor, 1], np.float32), mode="nearest", **attributes)
    before = net.gives(_conv(net, wide, (16, 16)))
    after = through("upsample", before)
    assert ops(after) == ["Conv"] and after.nodes[0].attributes["upsample"] == factor
    same(before, after, x=picture(2, 6, 5, 16))


@pytest.mark.parametrize(
    ("attributes", "scales"),
    [
        ({"mode": "linear"}, [1, 2, 2, 1]),
        ({"mode": "nearest", "coordinate_transformation_mode": "align_corners"}, [1, 2, 2, 1]),
        ({"mode": "nearest", "coordinate_transformation_mode": "asymmetric", "nearest_mode": "ceil"}, [1, 2, 2, 1]),
        ({"mode": "nearest"}, [1, 2, 3, 1]),
        ({"mode": "nearest"}, [1, 1.5, 1.5, 1]),
    ],
)
def test_other_ways_to_resize_stay(attributes: dict[str, str], scales: list[float]) -> None:
    net = Made(x=["n", 8, 8, 5])
    before = net.gives(_conv(net, net("Resize", "x", "", np.array(scales, np.float32), **attributes), (5, 4)))
    assert ops(through("upsample", before)) == ["Resize", "Conv"]


def test_weights_are_packed_where_only_products_read_them() -> None:
    net = Made(x=["n", 16, 16, 16])
    table = net.weight(net.noise(16, 16))
    shared = net("Add", net("MatMul", "x", table), table)
    before = net.gives(net("MatMul", shared, net.noise(16, 16)), _conv(net, "x", (16, 16)))
    packed, winograd = through("packing", before), through("winograd", before)
    plain = ("plain", 0)
    assert packed.forms.get(table, plain) == plain
    assert sorted(form for form, _ in packed.forms.values() if form != "plain") == ["panels", "panels"]
    assert [form for form, _ in winograd.forms.values()] == ["winograd"]
    same(before, packed, x=picture(2, 16, 16, 16))
    same(before, winograd, x=picture(2, 16, 16, 16))


@pytest.mark.parametrize(
    ("kernel", "attributes"),
    [
        ((2, 2), {"strides": [2, 2]}),
        ((4, 4), {"strides": [2, 2], "pads": [1, 1, 1, 1]}),
        ((3, 3), {"strides": [2, 2], "pads": [1, 1, 1, 1], "output_padding": [1, 1]}),
        ((3, 5), {"strides": [2, 3], "pads": [0, 1, 1, 2], "activation": "leaky", "low": 0.1}),
        ((4, 3), {"strides": [4, 1]}),
    ],
)
@pytest.mark.parametrize("bias", [True, False])
def test_transposed_convolutions_as_plain_ones(kernel: tuple[int, int], attributes: dict[str, Any], bias: bool) -> None:
    net = Made(x=["n", "h", "w", 3])
    more = [net.noise(5)] if bias else []
    before = net.gives(net("ConvTranspose", "x", net.noise(*kernel, 3, 5), *more, **attributes))
    after = through("subpixel", before)
    assert "ConvTranspose" not in ops(after)
    for shape in ((1, 1, 1, 3), (2, 4, 5, 3)):
        same(before, after, x=picture(*shape))


def test_transposed_convolutions_of_sequences() -> None:
    net = Made(x=["n", "t", 4])
    before = net.gives(net("ConvTranspose", "x", net.noise(16, 4, 2), net.noise(2), strides=[8], pads=[4, 4]))
    after = through("subpixel", before)
    assert "ConvTranspose" not in ops(after)
    same(before, after, x=picture(2, 7, 4))


@pytest.mark.parametrize(
    "attributes", [{"strides": [1, 1]}, {"strides": [2, 2], "dilations": [2, 2]}, {"strides": [5, 5]}]
)
def test_other_transposed_convolutions_stay(attributes: dict[str, Any]) -> None:
    net = Made(x=["n", "h", "w", 3])
    before = net.gives(net("ConvTranspose", "x", net.noise(3, 3, 3, 5), **attributes))
    assert ops(through("subpixel", before)) == ["ConvTranspose"]


def test_pictures_of_one_pixel_across() -> None:
    net = Made(x=["n", "h", 1, 6])
    weights = net.noise(5, 1, 6, 8)
    before = net.gives(net("Conv", "x", weights, net.noise(8), pads=[2, 0, 1, 0], strides=[2, 1], activation="silu"))
    after = through("narrow", before)
    assert ops(after) == ["Squeeze", "Conv", "Unsqueeze"]
    same(before, after, x=picture(2, 9, 1, 6))
