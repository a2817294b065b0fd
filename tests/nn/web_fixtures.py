"""Small compiled networks with what they give, for the tests of the browser package.

``python tests/nn/web_fixtures.py OUT`` writes to OUT/NAME plan.bin, weights.bin and case.json: inputs, outputs by ONNX
Runtime, and outputs by the engine run natively, whose bits are those of every machine in strict mode.
"""

from __future__ import annotations

import base64
import json
import os
import sys
from pathlib import Path

import numpy as np
import onnx
import onnxruntime as ort
from onnx import TensorProto, helper, numpy_helper

from vaerans_ecs import _core
from vaerans_ecs.wasm import export_to_wasm
from vaerans_ecs.wasm.emit import emit
from vaerans_ecs.wasm.lower import lower_model

RANDOM = np.random.default_rng(1)
TYPES = {"float32": TensorProto.FLOAT, "int64": TensorProto.INT64, "bool": TensorProto.BOOL}


def weight(name: str, *shape: int) -> onnx.TensorProto:
    """Random floats."""
    return numpy_helper.from_array(RANDOM.standard_normal(shape).astype(np.float32) / 4, name)


def model(
    nodes: list[onnx.NodeProto],
    inputs: dict[str, tuple[str, list[int | str]]],
    outputs: list[str],
    weights: list[onnx.TensorProto],
) -> onnx.ModelProto:
    """A model of these nodes."""
    ports = [helper.make_tensor_value_info(name, TYPES[dtype], dims) for name, (dtype, dims) in inputs.items()]
    results = [helper.make_tensor_value_info(name, TensorProto.FLOAT, None) for name in outputs]
    graph = helper.make_graph(nodes, "g", ports, results, weights)
    return helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=8)


def mlp() -> onnx.ModelProto:
    """A multilayer perceptron with an open batch."""
    nodes = [
        helper.make_node("Gemm", ["input", "w1", "b1"], ["h"]),
        helper.make_node("Relu", ["h"], ["r"]),
        helper.make_node("Gemm", ["r", "w2", "b2"], ["logits"]),
        helper.make_node("Softmax", ["logits"], ["probabilities"], axis=-1),
    ]
    weights = [weight("w1", 8, 16), weight("b1", 16), weight("w2", 16, 3), weight("b2", 3)]
    return model(nodes, {"input": ("float32", ["batch", 8])}, ["logits", "probabilities"], weights)


def digits() -> onnx.ModelProto:
    """The model of the README's examples: one layer."""
    nodes = [helper.make_node("Gemm", ["input", "w", "b"], ["logits"])]
    return model(nodes, {"input": ("float32", ["batch", 784])}, ["logits"], [weight("w", 784, 10), weight("b", 10)])


def conv() -> onnx.ModelProto:
    """A convolutional net with open height and width."""
    nodes = [
        helper.make_node("Conv", ["image", "w1", "b1"], ["c"], kernel_shape=[3, 3], pads=[1, 1, 1, 1]),
        helper.make_node("Relu", ["c"], ["r"]),
        helper.make_node("MaxPool", ["r"], ["p"], kernel_shape=[2, 2], strides=[2, 2]),
        helper.make_node("Conv", ["p", "w2", "b2"], ["d"], kernel_shape=[3, 3], pads=[1, 1, 1, 1]),
        helper.make_node("Sigmoid", ["d"], ["out"]),
    ]
    weights = [weight("w1", 8, 3, 3, 3), weight("b1", 8), weight("w2", 4, 8, 3, 3), weight("b2", 4)]
    return model(nodes, {"image": ("float32", [1, 3, "h", "w"])}, ["out"], weights)


def types() -> onnx.ModelProto:
    """Several inputs of several types: rows of a table where a mask holds, 0 elsewhere."""
    nodes = [
        helper.make_node("Gather", ["table", "ids"], ["rows"], axis=0),
        helper.make_node("Unsqueeze", ["mask", "last"], ["m"]),
        helper.make_node("Where", ["m", "rows", "zero"], ["out"]),
    ]
    last = numpy_helper.from_array(np.array([-1], np.int64), "last")
    zero = numpy_helper.from_array(np.array(0, np.float32), "zero")
    inputs: dict[str, tuple[str, list[int | str]]] = {"ids": ("int64", ["n"]), "mask": ("bool", ["n"])}
    return model(nodes, inputs, ["out"], [weight("table", 10, 4), last, zero])


def rare() -> onnx.ModelProto:
    """An operator that few networks have: the three greatest of each row."""
    nodes = [helper.make_node("TopK", ["input", "k"], ["values", "places"], axis=-1)]
    k = numpy_helper.from_array(np.array([3], np.int64), "k")
    made = model(nodes, {"input": ("float32", ["n", 6])}, ["values", "places"], [k])
    made.graph.output[1].type.tensor_type.elem_type = TensorProto.INT64
    return made


def transformer() -> onnx.ModelProto:
    """A layer of a transformer's encoder: embeddings, attention of two heads, GELU, norms; open batch and length."""
    shapes = {"split": [0, 0, 2, 8], "joined": [0, 0, 16]}
    numbers = [numpy_helper.from_array(np.array(dims, np.int64), name) for name, dims in shapes.items()]
    numbers += [
        numpy_helper.from_array(np.array(value, np.float32), name)
        for name, value in {"scale": 8**-0.5, "half": 0.5, "one": 1.0, "root": 2**-0.5}.items()
    ]

    def dense(x: str, name: str, y: str) -> list[onnx.NodeProto]:
        return [
            helper.make_node("MatMul", [x, f"w_{name}"], [f"{y}_product"]),
            helper.make_node("Add", [f"{y}_product", f"b_{name}"], [y]),
        ]

    def head(name: str, perm: list[int]) -> list[onnx.NodeProto]:
        return [
            *dense("x", name, f"{name}_flat"),
            helper.make_node("Reshape", [f"{name}_flat", "split"], [f"{name}_split"]),
            helper.make_node("Transpose", [f"{name}_split"], [name], perm=perm),
        ]

    nodes = [
        helper.make_node("Gather", ["table", "tokens"], ["x"], axis=0),
        *head("q", [0, 2, 1, 3]), *head("k", [0, 2, 3, 1]), *head("v", [0, 2, 1, 3]),
        helper.make_node("MatMul", ["q", "k"], ["raw"]),
        helper.make_node("Mul", ["raw", "scale"], ["scores"]),
        helper.make_node("Softmax", ["scores"], ["attention"], axis=-1),
        helper.make_node("MatMul", ["attention", "v"], ["mixed"]),
        helper.make_node("Transpose", ["mixed"], ["turned"], perm=[0, 2, 1, 3]),
        helper.make_node("Reshape", ["turned", "joined"], ["heads"]),
        *dense("heads", "o", "out"),
        helper.make_node("Add", ["x", "out"], ["first"]),
        helper.make_node("LayerNormalization", ["first", "gain", "shift"], ["normal"], axis=-1),
        *dense("normal", "up", "wide"),
        helper.make_node("Mul", ["wide", "root"], ["rooted"]),
        helper.make_node("Erf", ["rooted"], ["erf"]),
        helper.make_node("Add", ["erf", "one"], ["above"]),
        helper.make_node("Mul", ["wide", "above"], ["twice"]),
        helper.make_node("Mul", ["twice", "half"], ["active"]),
        *dense("active", "down", "narrow"),
        helper.make_node("Add", ["normal", "narrow"], ["second"]),
        helper.make_node("LayerNormalization", ["second", "gain", "shift"], ["encoded"], axis=-1),
    ]  # fmt: skip
    weights = [weight("table", 50, 16), weight("gain", 16), weight("shift", 16)]
    for name in ("q", "k", "v", "o"):
        weights += [weight(f"w_{name}", 16, 16), weight(f"b_{name}", 16)]
    weights += [weight("w_up", 16, 32), weight("b_up", 32), weight("w_down", 32, 16), weight("b_down", 16)]
    return model(nodes, {"tokens": ("int64", ["batch", "length"])}, ["encoded"], [*weights, *numbers])


def exported(out: Path) -> None:
    """A transformer's encoder that PyTorch wrote, where there is one: a folder as `export_to_wasm` makes it."""
    shared = next((p / "shared" for p in Path(__file__).resolve().parents if (p / "shared" / "data").is_dir()), None)
    folder = Path(os.environ.get("VAERANS_SHARED") or shared or "none") / "data" / "models" / "torch_onnx"
    if not (folder / "text_encoder_mini.dynamo.onnx").is_file():
        return
    source = onnx.load(folder / "text_encoder_mini.dynamo.onnx")
    with np.load(folder / "text_encoder_mini.npz") as arrays:
        feeds = {port.name: arrays[f"in_{i}"] for i, port in enumerate(source.graph.input)}
    export_to_wasm(source, out / "text_encoder", runtime="npm")
    made = [(out / "text_encoder" / name).read_bytes() for name in ("plan.bin", "weights.bin")]
    write_case(out, "text_encoder", source, feeds, *made)


FEEDS = {
    "mlp": {"input": RANDOM.standard_normal((5, 8)).astype(np.float32)},
    "conv": {"image": RANDOM.standard_normal((1, 3, 14, 10)).astype(np.float32)},
    "digits": {"input": RANDOM.standard_normal((1, 784)).astype(np.float32)},
    "rare": {"input": RANDOM.standard_normal((4, 6)).astype(np.float32)},
    "types": {"ids": np.array([3, 9, 0], np.int64), "mask": np.array([True, False, True])},
    "transformer": {"tokens": RANDOM.integers(0, 50, (2, 7))},
}


def tensor(array: np.ndarray) -> dict[str, object]:
    """What JavaScript reads."""
    data = base64.b64encode(np.ascontiguousarray(array).tobytes()).decode()
    return {"dtype": array.dtype.name, "shape": list(array.shape), "data": data}


def native(plan: bytes, weights: bytes, inputs: list[np.ndarray]) -> list[np.ndarray]:
    """Outputs of the engine."""
    network = _core.Network(plan, np.frombuffer(weights, np.uint8), 1, "strict")
    given = [(a.dtype.name, list(a.shape), np.frombuffer(a.tobytes(), np.uint8)) for a in inputs]
    specs = network.prepare(given)
    into = [np.zeros(int(np.prod(s, dtype=np.int64)) * np.dtype(d).itemsize, np.uint8) for d, s in specs]
    network.run(given, into)
    return [raw.view(d).reshape(s) for raw, (d, s) in zip(into, specs, strict=True)]


def write(out: Path, name: str, onnx_model: onnx.ModelProto, feeds: dict[str, np.ndarray]) -> None:
    """One network."""
    plan, weights = emit(lower_model(onnx_model))
    write_case(out, name, onnx_model, feeds, plan, weights)


def write_case(
    out: Path, name: str, onnx_model: onnx.ModelProto, feeds: dict[str, np.ndarray], plan: bytes, weights: bytes
) -> None:
    """A compiled network with what it has to give."""
    session = ort.InferenceSession(onnx_model.SerializeToString())
    oracle = session.run(None, feeds)
    ours = native(plan, weights, [feeds[port.name] for port in onnx_model.graph.input])
    names = [output.name for output in onnx_model.graph.output]
    case = {
        "inputs": {key: tensor(array) for key, array in feeds.items()},
        "oracle": {key: tensor(array) for key, array in zip(names, oracle, strict=True)},
        "native": {key: tensor(array) for key, array in zip(names, ours, strict=True)},
    }
    folder = out / name
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "plan.bin").write_bytes(plan)
    (folder / "weights.bin").write_bytes(weights)
    (folder / "case.json").write_text(json.dumps(case))


def main(out: Path) -> None:
    """Writes every network."""
    for make in (mlp, conv, types, rare, digits, transformer):
        write(out, make.__name__, make(), FEEDS[make.__name__])
    exported(out)


if __name__ == "__main__":
    main(Path(sys.argv[1]))
