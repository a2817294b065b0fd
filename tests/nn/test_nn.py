"""The native run time, and layers by PyTorch's names."""

from __future__ import annotations

import math
import threading
from pathlib import Path

import numpy as np
import pytest
from nn_models import agrees, conv_net, model, noise
from onnx import TensorProto, helper

from vaerans_ecs import nn
from vaerans_ecs.errors import ModelError, ParamError, UnavailableError
from vaerans_ecs.wasm import ModelExporter, export_to_wasm


@pytest.fixture(scope="module")
def compiled() -> nn.Model:
    return ModelExporter(conv_net()).optimize_for_wasm().compile()


def test_what_a_model_says_of_itself(compiled: nn.Model) -> None:
    assert compiled.inputs == [nn.Port("x", "float32", ("n", 3, "h", "w"))] and compiled.outputs == ["y"]
    assert "x: float32['n', 3, 'h', 'w']" in repr(compiled)
    compiled.forward(noise(1, 3, 4, 4))
    assert compiled.memory.total == compiled.memory.weights + compiled.memory.activations > 0


def test_one_array_or_a_dict(compiled: nn.Model) -> None:
    x = noise(2, 3, 5, 4)
    one, named = compiled(x)["y"], compiled.forward({"x": x})["y"]
    assert np.array_equal(one, named) and one.shape == (2, 16, 5, 4)
    turned = np.ascontiguousarray(x.transpose(3, 2, 1, 0)).transpose(3, 2, 1, 0)
    assert np.array_equal(compiled.forward(turned)["y"], one)
    assert np.array_equal(compiled.forward(x.tolist())["y"], one)


def test_outputs_are_written_where_the_caller_wants_them(compiled: nn.Model) -> None:
    x = noise(1, 3, 5, 4)
    out = np.zeros((1, 16, 5, 4), np.float32)
    given = compiled.forward(x, out={"y": out})["y"]
    assert given is out and np.array_equal(out, compiled.forward(x)["y"])
    for wrong in (np.zeros((1, 16, 5, 5), np.float32), np.zeros((1, 16, 5, 4)), out[:, ::2], out.tolist()):
        with pytest.raises(ParamError):
            compiled.forward(x, out={"y": wrong})  # type: ignore[dict-item]
    with pytest.raises(ParamError, match="no output is called 'z'"):
        compiled.forward(x, out={"z": out})


@pytest.mark.parametrize(
    ("inputs", "code"),
    [
        ({}, "param.unknown"),
        ({"z": np.zeros(3)}, "param.unknown"),
        ({"x": np.zeros((1, 4, 5, 5), np.float32)}, "param.shape"),
        ({"x": np.zeros((3, 5, 5), np.float32)}, "param.shape"),
        ({"x": np.zeros((1, 3, 5, 5), complex)}, "param.dtype"),
        ({"x": np.zeros((1, 3, 5, 5), "U1")}, "param.dtype"),
    ],
)
def test_inputs_that_are_not_the_networks(compiled: nn.Model, inputs: dict[str, np.ndarray], code: str) -> None:
    with pytest.raises(ParamError) as caught:
        compiled.forward(inputs)
    assert caught.value.code == code


def test_steps_and_their_times(compiled: nn.Model) -> None:
    steps = compiled.steps(noise(1, 3, 8, 8))
    assert [step.op for step in steps] == ["Transpose", "Conv", "Conv", "Transpose"]
    assert steps[1].inputs[0] == (1, 8, 8, 3) and steps[1].outputs == ((1, 8, 8, 16),)
    assert steps[1].output_bytes == 4 * 8 * 8 * 16 and steps[-1].at is None
    times = compiled.time(noise(1, 3, 8, 8), repeats=2)
    assert [(op, name) for op, name, _ in times] == [(step.op, step.name) for step in steps]
    assert all(seconds is not None and seconds >= 0 for _, _, seconds in times)


def test_steps_that_run_some_rows_at_a_time_are_told_and_timed_as_others() -> None:
    model = nn.Sequential(nn.Conv2d(3, 16, 3, padding=1), nn.ReLU(), nn.Conv2d(16, 3, 3, padding=1))
    compiled, x = ModelExporter(model).optimize_for_wasm().compile(), noise(1, 3, 512, 512)
    steps, times = compiled.steps(x), compiled.time(x, repeats=1)
    assert compiled.memory.activations < 4 * 16 * 512 * 512
    convolutions = [i for i, step in enumerate(steps) if step.op == "Conv"]
    assert [steps[i].inputs[0] for i in convolutions] == [(1, 512, 512, 3), (1, 512, 512, 16)]
    assert [(op, name) for op, name, _ in times] == [(step.op, step.name) for step in steps]
    assert all(seconds is not None for _, _, seconds in times)


def test_outputs_follow_from_run_to_run_whatever_they_are() -> None:
    """Types that NumPy and the core call otherwise, scalars, and other extents than the last time."""
    nodes = [
        helper.make_node("Greater", ["x", "least"], ["above"]),
        helper.make_node("ReduceMax", ["x"], ["most"], keepdims=0),
        helper.make_node("Add", ["x", "least"], ["sum"]),
    ]
    inputs: dict[str, tuple[int, list[int | str]]] = {"x": (TensorProto.FLOAT, ["n"]), "least": (TensorProto.FLOAT, [])}
    made = model(nodes, inputs, ["above", "most", "sum"])
    compiled = ModelExporter(made).optimize_for_wasm().compile()
    for n in (3, 5, 5, 2, 64):
        agrees(compiled, made, x=noise(n), least=np.array(0.1, np.float32))


def test_threads_may_share_a_model(compiled: nn.Model) -> None:
    pictures = [noise(1, 3, 6, 6 + i) for i in range(8)]
    want = [compiled.forward(x)["y"] for x in pictures]
    have: dict[int, np.ndarray] = {}

    def work(i: int) -> None:
        for _ in range(5):
            have[i] = compiled.forward(pictures[i])["y"]

    workers = [threading.Thread(target=work, args=(i,)) for i in range(8)]
    [one.start() for one in workers]
    [one.join() for one in workers]
    assert all(np.array_equal(have[i], array) for i, array in enumerate(want))


def test_files_that_are_no_network(tmp_path: Path) -> None:
    out = Path(export_to_wasm(conv_net(), tmp_path / "out", runtime="npm"))
    plan, weights = (out / "plan.bin").read_bytes(), (out / "weights.bin").read_bytes()
    with pytest.raises(ModelError):
        nn.Model(plan[:-1], weights)
    with pytest.raises(ModelError):
        nn.Model(plan, weights[:-1])
    (out / "weights.bin").write_bytes(weights[:-1] + b"x")
    with pytest.raises(ModelError) as caught:
        nn.load(out)
    assert caught.value.code == "model.weights"
    with pytest.raises(UnavailableError):
        nn.load(tmp_path / "none")
    with pytest.raises(ParamError):
        nn.Model(plan, weights, mode="quick")


def _dense(x: np.ndarray, state: dict[str, np.ndarray], prefix: str) -> np.ndarray:
    return x @ state[f"{prefix}.weight"].T + state[f"{prefix}.bias"]


def test_a_perceptron_is_what_it_says() -> None:
    net = nn.Sequential(nn.Linear(10, 20), nn.ReLU(), nn.Linear(20, 5))
    state = net.state_dict()
    assert {name: array.shape for name, array in state.items()} == {
        "0.weight": (20, 10), "0.bias": (20,), "2.weight": (5, 20), "2.bias": (5,),
    }  # fmt: skip
    x = noise(7, 10)
    want = _dense(np.maximum(_dense(x, state, "0"), 0), state, "2")
    assert np.allclose(net.forward(x), want, atol=1e-5)


def test_states_are_loaded_by_name(tmp_path: Path) -> None:
    net = nn.Sequential(nn.Sequential(nn.Linear(4, 3, bias=False)), nn.Tanh())
    assert list(net.state_dict()) == ["0.0.weight"]
    weight = noise(3, 4)
    before = net.forward(noise(2, 4))
    net.load_state_dict({"0.0.weight": weight})
    assert np.allclose(net.forward(noise(2, 4)), np.tanh(noise(2, 4) @ weight.T), atol=1e-6)
    assert not np.array_equal(before, net.forward(noise(2, 4)))
    np.savez(tmp_path / "state.npz", **{"0.0.weight": 2 * weight})
    assert np.array_equal(net.load_state_dict(tmp_path / "state.npz").state_dict()["0.0.weight"], 2 * weight)
    for wrong, code in (
        ({"x": weight}, "param.unknown"),
        ({}, "param.unknown"),
        ({"0.0.weight": weight.T}, "param.shape"),
    ):
        with pytest.raises(ParamError) as caught:
            net.load_state_dict(wrong)
        assert caught.value.code == code
    assert np.array_equal(net.load_state_dict({"more": weight}, strict=False).state_dict()["0.0.weight"], 2 * weight)


def test_pickles_are_refused(tmp_path: Path) -> None:
    path = tmp_path / "state.npz"
    np.savez(path, **{"0.weight": np.array([{"a": 1}], object)})
    with pytest.raises(ValueError, match="allow_pickle"):
        nn.Sequential(nn.Linear(1, 1)).load_state_dict(path)


def test_a_batch_norm_counts_no_batches() -> None:
    net = nn.Sequential(nn.Conv2d(3, 4, 1), nn.BatchNorm2d(4))
    net.load_state_dict(net.state_dict() | {"1.num_batches_tracked": np.array(3)})


#: A layer behind a convolution of 8 channels, and what it is in NumPy.
LAYERS = [
    (nn.ReLU(), lambda x: np.maximum(x, 0)),
    (nn.LeakyReLU(0.2), lambda x: np.where(x > 0, x, 0.2 * x)),
    (nn.Sigmoid(), lambda x: 1 / (1 + np.exp(-x))),
    (nn.SiLU(), lambda x: x / (1 + np.exp(-x))),
    (nn.Hardswish(), lambda x: x * np.clip(x + 3, 0, 6) / 6),
    (nn.GELU(), lambda x: x * (1 + np.vectorize(math.erf)(x / math.sqrt(2))) / 2),
    (nn.GELU("tanh"), lambda x: x * (1 + np.tanh(math.sqrt(2 / math.pi) * (x + 0.044715 * x**3))) / 2),
    (nn.Softmax(1), lambda x: np.exp(x) / np.exp(x).sum(1, keepdims=True)),
    (nn.MaxPool2d(2), lambda x: x.reshape(2, 8, 3, 2, 4, 2).max((3, 5))),
    (nn.AvgPool2d(2, 2), lambda x: x.reshape(2, 8, 3, 2, 4, 2).mean((3, 5))),
    (nn.AdaptiveAvgPool2d(1), lambda x: x.mean((2, 3), keepdims=True)),
    (nn.Flatten(), lambda x: x.reshape(2, -1)),
    (nn.Dropout(), lambda x: x),
    (nn.BatchNorm2d(8), lambda x: x / math.sqrt(1 + 1e-5)),
    (nn.GroupNorm(2, 8), lambda x: _normal(x.reshape(2, 2, -1)).reshape(x.shape)),
    (nn.LayerNorm([8]), lambda x: _normal(x)),
]


def _normal(x: np.ndarray) -> np.ndarray:
    return (x - x.mean(-1, keepdims=True)) / np.sqrt(x.var(-1, keepdims=True) + 1e-5)


@pytest.mark.parametrize(("layer", "formula"), LAYERS, ids=[type(row[0]).__name__ for row in LAYERS])
def test_layers_are_what_their_names_say(layer: nn.Layer, formula: object) -> None:
    first = nn.Conv2d(3, 8, 1)
    x = noise(2, 3, 6, 8)
    wide = np.einsum("nchw,oc->nohw", x, first.tensors["weight"][:, :, 0, 0]) + first.tensors["bias"].reshape(8, 1, 1)
    want = formula(wide.astype(np.float64))  # type: ignore[operator]
    have = nn.Sequential(first, layer).forward(x)
    assert have.shape == want.shape and np.abs(have - want).max() <= 1e-4 * np.abs(want).max()


def test_convolutions_against_onnx_runtime() -> None:
    from nn_models import agrees, model
    from onnx import TensorProto, helper, numpy_helper

    layers = [
        (nn.Conv2d(4, 6, 3, stride=2, padding=1, groups=2), "Conv", [2, 4, 9, 8]),
        (nn.Conv2d(4, 6, (3, 5), padding="same", dilation=2, bias=False), "Conv", [1, 4, 9, 8]),
        (nn.Conv1d(4, 6, 3, padding="valid"), "Conv", [2, 4, 9]),
        (nn.ConvTranspose2d(4, 6, 3, stride=2, padding=1, output_padding=1, groups=2), "ConvTranspose", [1, 4, 5, 6]),
    ]
    for layer, op, shape in layers:
        weights = [numpy_helper.from_array(array, name) for name, array in layer.tensors.items()]
        node = helper.make_node(op, ["input", *layer.tensors], ["output"], **layer.attributes)
        made = model([node], {"input": (TensorProto.FLOAT, list(shape))}, ["output"], weights)
        compiled = ModelExporter(nn.Sequential(layer)).optimize_for_wasm().compile()
        agrees(compiled, made, input=noise(*shape))


@pytest.mark.parametrize(
    "make",
    [
        lambda: nn.Sequential(),
        lambda: nn.Sequential(3),  # type: ignore[arg-type]
        lambda: nn.Linear(0, 3),
        lambda: nn.Conv2d(3, 4, 3, groups=2),
        lambda: nn.Conv2d(3, 4, (1, 2, 3)),
        lambda: nn.Conv2d(3, 4, 2, padding="same"),
        lambda: nn.GELU("quick"),
        lambda: nn.GroupNorm(3, 4),
        lambda: nn.AdaptiveAvgPool2d(2),
        lambda: nn.Sequential(nn.ReLU()).forward(np.zeros(3)),
        lambda: nn.Sequential(nn.Linear(3, 3), nn.Conv2d(3, 3, 1)).forward(np.zeros((1, 3))),
    ],
)
def test_layers_that_cannot_be(make: object) -> None:
    with pytest.raises(ParamError):
        make()  # type: ignore[operator]
