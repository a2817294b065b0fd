"""Operators in the engine's terms, where onnx's own cases say little. NumPy and ONNX Runtime are the oracles."""

from __future__ import annotations

import numpy as np
import onnxruntime as ort
import pytest
from nn.build import engine, model, node, one
from nn.engine import compare


def random(*shape: int, seed: int = 0) -> np.ndarray:
    return np.random.default_rng(seed).standard_normal(shape, np.float32)


def onnxruntime(of, inputs: dict[str, np.ndarray]) -> list[np.ndarray]:
    options = ort.SessionOptions()
    options.log_severity_level = 3
    return ort.InferenceSession(of.SerializeToString(), options, providers=["CPUExecutionProvider"]).run(None, inputs)


def same_as_onnxruntime(nodes, inputs, outputs, weights=None, opset=21) -> None:
    made = model(nodes, inputs, outputs, weights, opset)
    compare(engine(made, inputs), onnxruntime(made, inputs))


@pytest.mark.parametrize(
    ("equation", "shapes"),
    [
        ("ij,jk->ik", [(3, 4), (4, 5)]),
        ("ij,jk", [(3, 4), (4, 5)]),
        ("bhqd,bhkd->bhqk", [(2, 3, 4, 5), (2, 3, 6, 5)]),
        ("bhqk,bkhd->bqhd", [(2, 3, 4, 5), (2, 5, 3, 6)]),
        ("abc,cd->abd", [(2, 3, 4), (4, 5)]),
        ("abcd,cde->abe", [(2, 3, 4, 5), (4, 5, 6)]),
        ("...ij,...jk->...ik", [(2, 1, 3, 4), (5, 4, 6)]),
        ("...i->...", [(2, 3, 4)]),
        ("ii->i", [(4, 4)]),
        ("ii", [(4, 4)]),
        ("iji->j", [(3, 4, 3)]),
        ("i,j->ij", [(3,), (4,)]),
        ("i,i->", [(7,), (7,)]),
        ("ij,j->", [(3, 4), (4,)]),
        ("ij->ji", [(3, 4)]),
        ("ij,ij->ij", [(3, 4), (3, 4)]),
        ("ab,bc,cd->ad", [(2, 3), (3, 4), (4, 5)]),
        ("ab,cb,db->acd", [(2, 3), (4, 3), (5, 3)]),
        ("bik,bjk->bij", [(2, 3, 1), (2, 4, 1)]),
    ],
)
def test_einsum(equation: str, shapes: list[tuple[int, ...]]) -> None:
    arrays = [random(*shape, seed=i) for i, shape in enumerate(shapes)]
    compare(one("Einsum", *arrays, equation=equation), [np.einsum(equation, *arrays)])


@pytest.mark.parametrize(
    ("op", "f", "low", "high"),
    [
        ("Sin", np.sin, -1e6, 1e6),
        ("Cos", np.cos, -1e6, 1e6),
        ("Tan", np.tan, -1.5, 1.5),
        ("Asin", np.arcsin, -1, 1),
        ("Acos", np.arccos, -1, 1),
        ("Atan", np.arctan, -1e3, 1e3),
        ("Sinh", np.sinh, -80, 80),
        ("Cosh", np.cosh, -80, 80),
        ("Asinh", np.arcsinh, -1e30, 1e30),
        ("Acosh", np.arccosh, 1, 1e30),
        ("Atanh", np.arctanh, -1, 1),
        ("Sinh", np.sinh, -1e-3, 1e-3),
        ("Asinh", np.arcsinh, -1e-3, 1e-3),
        ("Atanh", np.arctanh, -1e-3, 1e-3),
        ("Asin", np.arcsin, -1e-3, 1e-3),
    ],
)
def test_angles_and_hyperbolic_functions(op: str, f, low: float, high: float) -> None:
    x = np.concatenate([np.linspace(low, high, 1001), [low, high]]).astype(np.float32)
    with np.errstate(divide="ignore"):
        compare(one(op, x), [f(x.astype(np.float64)).astype(np.float32)])


@pytest.mark.parametrize(
    "attributes", [{}, {"strides": [2, 1, 2], "pads": [1, 0, 1, 0, 1, 1]}, {"dilations": [2, 1, 1]}]
)
@pytest.mark.parametrize("groups", [1, 2])
@pytest.mark.parametrize("op", ["Conv", "ConvTranspose"])
def test_volumes(op: str, groups: int, attributes: dict[str, list[int]]) -> None:
    inputs = {"x": random(2, 4, 5, 6, 7)}
    weights = {"w": random(*((6, 4 // groups) if op == "Conv" else (4, 6 // groups)), 3, 2, 3), "b": random(6)}
    same_as_onnxruntime([node(op, ["x", "w", "b"], ["y"], group=groups, **attributes)], inputs, ["y"], weights)


def test_whole_number_products_are_exact_whatever_their_length() -> None:
    rng = np.random.default_rng(1)
    a, b = rng.integers(0, 256, (3, 1000), np.uint8), rng.integers(-128, 128, (1000, 4), np.int8)
    zeros = np.uint8(3), np.int8(-5)
    wanted = (a.astype(np.int32) - 3) @ (b.astype(np.int32) + 5)
    for weights in ((), (1, 3)):
        (made,) = one("MatMulInteger", a, b, *map(np.asarray, zeros), weights=weights)
        np.testing.assert_array_equal(made, wanted)


def test_whole_number_convolutions_are_exact() -> None:
    rng = np.random.default_rng(2)
    x, w = rng.integers(0, 256, (1, 64, 6, 6), np.uint8), rng.integers(0, 256, (5, 64, 3, 3), np.uint8)
    inputs = {"x": x}
    weights = {"w": w, "xz": np.array(7, np.uint8), "wz": np.array(100, np.uint8)}
    same_as_onnxruntime([node("ConvInteger", ["x", "w", "xz", "wz"], ["y"], pads=[1] * 4)], inputs, ["y"], weights)


@pytest.mark.parametrize("axis", [0, 1, -1])
def test_there_and_back_along_an_axis(axis: int) -> None:
    x = random(4, 4, 4) * 3
    weights = {"s": np.array([0.1, 0.02, 0.3, 0.05], np.float32), "z": np.array([0, 3, -4, 7], np.int8)}
    nodes = [
        node("QuantizeLinear", ["x", "s", "z"], ["q"], axis=axis),
        node("DequantizeLinear", ["q", "s", "z"], ["y"], axis=axis),
    ]
    same_as_onnxruntime(nodes, {"x": x}, ["q", "y"], weights)


@pytest.mark.parametrize("mode", ["nearest", "linear"])
def test_upsample_of_old_models(mode: str) -> None:
    weights = {"s": np.array([1, 1, 2, 3], np.float32)}
    same_as_onnxruntime([node("Upsample", ["x", "s"], ["y"], mode=mode)], {"x": random(1, 2, 3, 4)}, ["y"], weights, 9)


@pytest.mark.parametrize("shape", [(5, 5), (7, 3), (3, 8), (2, 6, 4), (1, 1), (40, 17)])
def test_singular_values(shape: tuple[int, ...]) -> None:
    a = random(*shape)
    u, s, v = one("SVD", a, outputs=3, domain="vaerans")
    compare([s], [np.linalg.svd(a, compute_uv=False)])
    compare([(u * s[..., None, :]) @ v], [a])
    nu, _, nv = np.linalg.svd(a, full_matrices=False)
    for mine, theirs in ((u, nu), (v.swapaxes(-1, -2), nv.swapaxes(-1, -2))):
        signs = np.sign(np.sum(mine * theirs, axis=-2, keepdims=True))
        np.testing.assert_allclose(mine * signs, theirs, atol=2e-3)


@pytest.mark.parametrize("shape", [(5, 5), (7, 3), (3, 8), (2, 6, 4)])
def test_pseudoinverse(shape: tuple[int, ...]) -> None:
    a = random(*shape)
    compare(one("Pinv", a, domain="vaerans"), [np.linalg.pinv(a)])


def test_pseudoinverse_of_less_rank() -> None:
    a = (random(6, 2) @ random(2, 5, seed=1)).astype(np.float32)
    compare(one("Pinv", a, domain="vaerans"), [np.linalg.pinv(a, rcond=1e-5)])
