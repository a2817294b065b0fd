"""Exporting: which models are taken, and what is refused."""

from __future__ import annotations

import pickle
from pathlib import Path

import numpy as np
import onnx
import pytest
from nn_models import agrees, conv_net, model, noise
from onnx import TensorProto, helper, numpy_helper

from vaerans_ecs.errors import ModelError, ParamError
from vaerans_ecs.wasm import GraphAnalyzer, ModelExporter, OperationMapper


def test_bytes_and_paths_and_objects(tmp_path: Path) -> None:
    onnx.save(conv_net(), tmp_path / "net.onnx")
    for source in (tmp_path / "net.onnx", str(tmp_path / "net.onnx"), (tmp_path / "net.onnx").read_bytes()):
        agrees(ModelExporter(source).compile(), conv_net(), x=noise(1, 3, 4, 4))


def test_what_is_no_model() -> None:
    with pytest.raises(ParamError, match=r"torch\.nn\.Module"):
        ModelExporter(42)
    for blob in (b"", b"\xff" * 100, pickle.dumps({"a": 1}), b"PK\x03\x04" + bytes(50)):
        with pytest.raises(ModelError) as caught:
            ModelExporter(blob)
        assert caught.value.code == "model.invalid"
    with pytest.raises(ModelError, match="weights_only"):
        ModelExporter(pickle.dumps({"a": 1}))


def _external(folder: Path, location: str) -> Path:
    made = conv_net()
    path = folder / "net.onnx"
    tensor = made.graph.initializer[0]
    raw = tensor.raw_data
    tensor.ClearField("raw_data")
    tensor.data_location = TensorProto.EXTERNAL
    for key, value in (("location", location), ("offset", "0"), ("length", str(len(raw)))):
        entry = tensor.external_data.add()
        entry.key, entry.value = key, value
    path.write_bytes(made.SerializeToString())
    (folder.parent / "outside.bin").write_bytes(raw)
    (folder / "inside.bin").write_bytes(raw)
    return path


def test_external_weights_of_the_folder(tmp_path: Path) -> None:
    folder = tmp_path / "model"
    folder.mkdir()
    agrees(ModelExporter(_external(folder, "inside.bin")).compile(), conv_net(), x=noise(1, 3, 4, 4))


@pytest.mark.parametrize("location", ["../outside.bin", "/etc/hostname", "x/../../outside.bin", "link.bin"])
def test_external_weights_outside_of_the_folder(tmp_path: Path, location: str) -> None:
    folder = tmp_path / "model"
    folder.mkdir()
    path = _external(folder, location)
    (folder / "link.bin").symlink_to(tmp_path / "outside.bin")
    with pytest.raises(ModelError, match="outside its folder"):
        ModelExporter(path)
    with pytest.raises(ModelError, match="has no folder"):
        ModelExporter(path.read_bytes())


def test_all_that_is_missing_in_one_message() -> None:
    nodes = [
        helper.make_node("Relu", ["x"], ["a"], "fine"),
        helper.make_node("Frobnicate", ["a"], ["b"], "first", domain="com.example"),
        helper.make_node("StringNormalizer", ["b"], ["y"], "second"),
    ]
    ports = [helper.make_tensor_value_info(name, TensorProto.FLOAT, ["n"]) for name in ("x", "y")]
    graph = helper.make_graph(nodes, "bad", ports[:1], ports[1:])
    opsets = [helper.make_opsetid("", 17), helper.make_opsetid("com.example", 1)]
    made = helper.make_model(graph, opset_imports=opsets, ir_version=8)
    with pytest.raises(ModelError) as caught:
        ModelExporter(made)
    assert caught.value.code == "model.operator"
    for word in ("Frobnicate", "first", "StringNormalizer", "second"):
        assert word in caught.value.message
    told = GraphAnalyzer(made).analyze()
    assert len(told.unsupported) == 2 and told.operators["Relu"] == 1 and "Frobnicate" in str(told)


def test_the_mapper_knows_what_there_is() -> None:
    mapper = OperationMapper()
    assert {"Conv", "LSTM", "Gemm", "If"} <= set(mapper.supported())
    assert mapper.maps("Conv") and not mapper.maps("Frobnicate")
    with pytest.raises(KeyError):
        mapper.lowering("Frobnicate")


@pytest.mark.parametrize("dtype", [np.float16, np.float64])
def test_floats_of_other_widths_are_computed_in_32_bits(dtype: type) -> None:
    table = numpy_helper.from_array(np.arange(12, dtype=dtype).reshape(3, 4) / 7, "w")
    kind = helper.np_dtype_to_tensor_dtype(np.dtype(dtype))
    made = model([helper.make_node("MatMul", ["x", "w"], ["y"])], {"x": (kind, ["n", 3])}, ["y"], [table])
    compiled = ModelExporter(made).compile()
    assert compiled.inputs[0].dtype == "float32"
    x = noise(2, 3)
    want = x.astype(np.float64) @ (np.arange(12, dtype=dtype).reshape(3, 4) / 7).astype(np.float64)
    assert np.abs(compiled.forward(x)["y"] - want).max() <= 1e-3 * np.abs(want).max()


OLD = [
    ("Softmax", 11, {"axis": 1}, [2, 3, 4], []),
    ("Clip", 6, {"min": -0.5, "max": 0.25}, [2, 3, 4], []),
    ("Pad", 2, {"pads": [0, 1, 0, 0, 2, 1], "value": 2.0}, [2, 3, 4], []),
    ("TopK", 1, {"k": 2, "axis": 1}, [2, 4], []),
    ("Upsample", 9, {"mode": "nearest"}, [1, 2, 3, 4], [np.array([1, 1, 2, 3], np.float32)]),
    ("Resize", 10, {"mode": "linear"}, [1, 2, 3, 4], [np.array([1, 1, 2, 2], np.float32)]),
    ("Slice", 9, {"starts": [1], "ends": [3], "axes": [1]}, [2, 4], []),
    ("Squeeze", 11, {"axes": [1]}, [2, 1, 4], []),
]


@pytest.mark.parametrize(("op", "opset", "attributes", "shape", "more"), OLD, ids=[row[0] for row in OLD])
def test_operators_of_old_versions(
    op: str, opset: int, attributes: dict[str, object], shape: list[int], more: list[np.ndarray]
) -> None:
    weights = [numpy_helper.from_array(array, f"w{i}") for i, array in enumerate(more)]
    outputs = ["y", "z"] if op == "TopK" else ["y"]
    node = helper.make_node(op, ["x", *(w.name for w in weights)], outputs, **attributes)
    made = model([node], {"x": (TensorProto.FLOAT, list(shape))}, outputs, weights, opset)
    agrees(ModelExporter(made).optimize_for_wasm().compile(), made, x=noise(*shape))


@pytest.mark.parametrize(
    "name",
    ["audio_mini", "bigru", "bilstm", "classic_mlp", "convnext_mini", "espcn", "kl_decoder_mini", "kl_encoder_mini",
     "mobilenet_mini", "resnet_mini", "text_encoder_mini", "unet_mini"],
)  # fmt: skip
def test_exports_of_pytorch(shared: Path, name: str) -> None:
    folder = shared / "data" / "models" / "torch_onnx"
    arrays = dict(np.load(folder / f"{name}.npz"))
    for path in sorted(folder.glob(f"{name}.*.onnx")):
        compiled = ModelExporter(path).optimize_for_wasm().compile()
        feeds = {port.name: arrays[port.name] for port in compiled.inputs}
        agrees(compiled, path, **feeds)
