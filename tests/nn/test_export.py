"""Exporting: what is written, what it runs like, and what is refused."""

from __future__ import annotations

import json
import pickle
import subprocess
from pathlib import Path

import numpy as np
import onnx
import pytest
from nn_models import agrees, conv_net, model, noise
from onnx import TensorProto, helper, numpy_helper

from vaerans_ecs import nn
from vaerans_ecs.errors import ModelError, ParamError, UnavailableError
from vaerans_ecs.wasm import (
    GraphAnalyzer,
    ModelExporter,
    OperationMapper,
    OptimizationPipeline,
    engine_files,
    export_to_wasm,
)
from vaerans_ecs.wasm.module import custom_sections, with_sections
from vaerans_ecs.wasm.trial import settle, try_sizes

#: The shortest module there is.
EMPTY = b"\0asm\x01\0\0\0"


@pytest.fixture
def runtime(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Files that stand for those of the engine."""
    folder = tmp_path / "runtime"
    (folder / "wasm").mkdir(parents=True)
    variants = {"nn.js": "all", "nn-worker.js": "all", "nn-worker-threads.js": "threads"}
    variants |= {f"wasm/engine-{v}.wasm": "all" if v == "base" else v for v in ("base", "simd", "threads")}
    for name in variants:
        (folder / name).write_bytes(EMPTY if name.endswith(".wasm") else b"export {};\n")
    rows = [{"name": name, "variant": variant} for name, variant in variants.items()]
    (folder / "manifest.json").write_text(json.dumps({"files": rows}))
    monkeypatch.setattr(engine_files, "FOLDER", folder)
    return folder


@pytest.mark.parametrize("optimize", [True, False])
@pytest.mark.parametrize("mode", ["strict", "fast"])
def test_a_folder_runs_like_the_model_at_any_size(tmp_path: Path, optimize: bool, mode: str) -> None:
    out = export_to_wasm(conv_net(), tmp_path / "out", "net", optimize=optimize, runtime="npm")
    names = {path.name for path in Path(out).iterdir()}
    assert names == {"plan.bin", "weights.bin", "graph.json", "net.js", "index.html"}
    compiled = nn.load(out, mode=mode)
    for shape in ((1, 3, 8, 9), (2, 3, 33, 17), (3, 3, 1, 1)):
        agrees(compiled, conv_net(), x=noise(*shape))


def test_the_whole_net_is_two_convolutions(tmp_path: Path) -> None:
    exporter = ModelExporter(conv_net()).optimize_for_wasm()
    ops = [node.op for node in exporter.graph.nodes]
    assert ops == ["Transpose", "Conv", "Conv", "Transpose"]
    assert [step.name for step in exporter.steps] == [one.name for one in OptimizationPipeline().passes()]
    exporter.compile_to_wasm(tmp_path / "out", runtime="npm")
    told = json.loads((tmp_path / "out" / "graph.json").read_text())
    assert told["symbols"] == ["n", "h", "w"] and told["macs"] > 0 and told["peak_bytes"] > 0
    assert [node["op"] for node in told["nodes"]] == ops


def test_what_it_costs_is_what_it_takes() -> None:
    exporter = ModelExporter(conv_net(), sizes={"n": 1, "h": 32, "w": 48}).optimize_for_wasm()
    analysis = exporter.analyze_graph()
    compiled = exporter.compile(threads=1)
    compiled.forward(noise(1, 3, 32, 48))
    assert analysis.macs == 32 * 48 * 9 * 16 * (3 + 16)
    assert analysis.parameters == 9 * 16 * (3 + 16) + 2 * 16
    assert analysis.sizes == {"n": 1, "h": 32, "w": 48}
    assert compiled.memory.activations == analysis.peak_bytes
    assert "at n = 1, h = 32, w = 48" in str(analysis)


def test_sizes_that_no_input_has_are_refused() -> None:
    with pytest.raises(ParamError, match="depth") as caught:
        ModelExporter(conv_net(), sizes={"depth": 3}).analyze_graph()
    assert caught.value.code == "param.unknown"


@pytest.mark.parametrize("name", OptimizationPipeline.names())
def test_every_pass_can_be_left_out(name: str) -> None:
    agrees(ModelExporter(conv_net(), disable=[name]).optimize_for_wasm().compile(), conv_net(), x=noise(2, 3, 7, 9))


def test_a_pass_that_is_not_there() -> None:
    with pytest.raises(ParamError, match="fold-everything"):
        ModelExporter(conv_net(), disable=["fold-everything"])


def test_files_of_the_engine_and_its_variants(tmp_path: Path, runtime: Path) -> None:
    def engine(name: str, **options: bool) -> set[str]:
        out = Path(export_to_wasm(conv_net(), tmp_path / name, **options))
        files = {path.relative_to(out).as_posix() for path in out.rglob("*") if path.is_file()}
        return files - {"plan.bin", "weights.bin", "graph.json", "index.html", "model.js"}

    plain = {"nn.js", "nn-worker.js", "wasm/engine-base.wasm"}
    simd, threads = {"wasm/engine-simd.wasm"}, {"wasm/engine-threads.wasm", "nn-worker-threads.js"}
    assert engine("a") == plain | simd | threads
    assert engine("b", threads=False) == plain | simd
    assert engine("c", simd=False, threads=False) == plain
    assert engine("d", simd=False) == plain, "threads are a variant of SIMD"
    assert '"./nn.js"' in (tmp_path / "a" / "model.js").read_text()
    for name in ("nn", "NN-worker"):
        with pytest.raises(ParamError, match="file of the engine"):
            export_to_wasm(conv_net(), tmp_path / "e", name)


def test_the_file_for_people_is_json_as_browsers_read_it(tmp_path: Path) -> None:
    export_to_wasm(nn.Sequential(nn.Linear(4, 4), nn.ReLU()), tmp_path / "out", runtime="npm")

    def refuse(word: str) -> None:
        raise AssertionError(word)

    told = json.loads((tmp_path / "out" / "graph.json").read_text(), parse_constant=refuse)
    assert "inf" in json.dumps(told["nodes"])


def test_without_the_engine_npm_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(engine_files, "FOLDER", tmp_path / "none")
    with pytest.raises(UnavailableError, match='runtime="npm"') as caught:
        export_to_wasm(conv_net(), tmp_path / "out")
    assert caught.value.code == "unavailable.feature" and not (tmp_path / "out").exists()
    out = Path(export_to_wasm(conv_net(), tmp_path / "out", runtime="npm"))
    assert 'from "vaerans/nn"' in (out / "model.js").read_text()


def test_one_wasm_file_holds_all(tmp_path: Path, runtime: Path) -> None:
    out = export_to_wasm(conv_net(), tmp_path / "net.wasm")
    blob = Path(out).read_bytes()
    assert blob.startswith(EMPTY) and set(custom_sections(blob)) == {"vaerans.plan", "vaerans.weights"}
    agrees(nn.load(out), conv_net(), x=noise(1, 3, 5, 6))
    agrees(nn.load(blob), conv_net(), x=noise(1, 3, 5, 6))
    # Once more in place of the old ones: no section twice.
    again = with_sections(blob, custom_sections(blob))
    assert again == blob


def test_sections_of_a_module_that_has_others() -> None:
    module = EMPTY + b"\x01\x04\x01\x60\0\0" + b"\0\x05\x03abcd"
    made = with_sections(module, {"x" * 200: b"y" * 300, "abc": b""})
    assert custom_sections(made) == {"x" * 200: b"y" * 300, "abc": b""}
    for cut in range(len(EMPTY) + 1, len(made)):
        try:
            custom_sections(made[:cut])
        except ModelError as error:
            assert error.code == "model.invalid"
    with pytest.raises(ModelError, match="no WebAssembly"):
        custom_sections(b"\x7fELF")
    with pytest.raises(ModelError, match="without a network"):
        nn.load(EMPTY)


@pytest.mark.parametrize("name", ["../x", "a b", "", "x" * 200, "a/b", "<b>"])
def test_names_that_are_no_file_name(tmp_path: Path, name: str) -> None:
    with pytest.raises(ParamError, match="model_name"):
        export_to_wasm(conv_net(), tmp_path / "out", name, runtime="npm")


def test_the_scripts_parse(tmp_path: Path) -> None:
    node = subprocess.run(["node", "--version"], capture_output=True, check=False)
    if node.returncode:
        pytest.skip("no Node")
    out = Path(export_to_wasm(conv_net(), tmp_path / "out", "net", runtime="npm"))
    page = (out / "index.html").read_text()
    script = page.partition('<script type="module">')[2].partition("</script>")[0]
    (out / "page.mjs").write_text(script)
    for name in ("net.js", "page.mjs"):
        target = out / name
        subprocess.run(["node", "--input-type=module", "--check"], input=target.read_bytes(), check=True)


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


def test_branches_with_the_same_names_inside() -> None:
    def branch(name: str, op: str) -> onnx.GraphProto:
        nodes = [helper.make_node(op, ["x"], ["inside"]), helper.make_node("Neg", ["inside"], ["out"])]
        return helper.make_graph(nodes, name, [], [helper.make_tensor_value_info("out", TensorProto.FLOAT, None)])

    choice = helper.make_node("If", ["flag"], ["y"], then_branch=branch("a", "Exp"), else_branch=branch("b", "Abs"))
    inputs = {"x": (TensorProto.FLOAT, ["n"]), "flag": (TensorProto.BOOL, [])}
    made = model([choice], inputs, ["y"])
    compiled = ModelExporter(made).optimize_for_wasm().compile()
    for flag in (True, False):
        agrees(compiled, made, x=noise(5), flag=np.array(flag))


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


def _reshaping(dims: list[int | str], shape: list[int]) -> onnx.ModelProto:
    target = numpy_helper.from_array(np.array(shape, np.int64), "shape")
    nodes = [helper.make_node("Reshape", ["x", "shape"], ["r"]), helper.make_node("Relu", ["r"], ["y"])]
    return model(nodes, {"x": (TensorProto.FLOAT, dims)}, ["y"], [target])


def test_what_is_the_same_at_the_trials_alone_is_not_baked_in() -> None:
    """Trials vary every symbol that can vary, and take nothing for fixed that does."""
    made = _reshaping(["n", "h", "w", 6], [0, 0, -1, 2])
    compiled = ModelExporter(made, sizes={"h": 4, "w": 4}).optimize_for_wasm().compile()
    for shape in ((1, 4, 4, 6), (2, 3, 5, 6), (7, 1, 2, 6)):
        agrees(compiled, made, x=noise(*shape))


def test_symbols_that_a_network_cannot_vary() -> None:
    trials = try_sizes(ModelExporter(_reshaping(["n", "k"], [0, 2, 32])).graph)
    assert trials.stuck == {"k"} and trials.varied and trials.fixed("x") == [None, 64]


def test_exporters_that_leave_too_much_open_are_settled_by_their_example() -> None:
    graph = ModelExporter(_reshaping(["n", "k"], [0, 2, 17])).graph
    assert not try_sizes(graph).sizes
    settle(graph, {"n": 3, "k": 34})
    assert graph.inputs[0].dims == ["n", 34] and len(try_sizes(graph).sizes) > 1


@pytest.mark.parametrize("sizes", [None, {"k": 16}])
def test_branches_that_fit_some_sizes_only(sizes: dict[str, int] | None) -> None:
    """Which one is taken follows from the value of an input; the other one does not fit, and need not."""

    def branch(k: int) -> onnx.GraphProto:
        weights = [numpy_helper.from_array(noise(k, 3), f"w{k}")]
        nodes = [helper.make_node("MatMul", ["x", f"w{k}"], ["p"]), helper.make_node("Relu", ["p"], ["out"])]
        out = helper.make_tensor_value_info("out", TensorProto.FLOAT, ["n", 3])
        return helper.make_graph(nodes, f"of {k}", [], [out], weights)

    ten = numpy_helper.from_array(np.array(10, np.int64), "ten")
    nodes = [
        helper.make_node("Greater", ["rate", "ten"], ["is_high"]),
        helper.make_node("If", ["is_high"], ["y"], then_branch=branch(16), else_branch=branch(6)),
    ]
    inputs = {"x": (TensorProto.FLOAT, ["n", "k"]), "rate": (TensorProto.INT64, [])}
    made = model(nodes, inputs, ["y"], [ten])
    compiled = ModelExporter(made, sizes=sizes).optimize_for_wasm().compile()
    for k, rate in ((16, 20), (6, 5), (16, 11)):
        agrees(compiled, made, x=noise(4, k), rate=np.array(rate, np.int64))
    with pytest.raises(ModelError):
        compiled.forward({"x": noise(4, 16), "rate": np.array(5, np.int64)})


def test_the_script_starts_the_engine_that_the_folder_holds(tmp_path: Path, runtime: Path) -> None:
    """By Node, with a class in place of the engine that says how it was started."""
    if subprocess.run(["node", "--version"], capture_output=True, check=False).returncode:
        pytest.skip("no Node")
    stand_in = "export class Engine { init(o) { this.o = o } loadModel(url) { return [String(url), this.o] } }\n"
    (runtime / "nn.js").write_text(stand_in)
    out = Path(export_to_wasm(conv_net(), tmp_path / "out", "net", simd=False))
    (tmp_path / "package.json").write_text('{"type": "module"}')
    both = "[await m.loadModel(), await m.loadModel('x/', {threads: 2})]"
    call = f"import('./net.js').then(async (m) => console.log(JSON.stringify({both})))"
    made = subprocess.run(["node", "-e", call], cwd=out, capture_output=True, check=True, text=True)
    (here, options), (there, given) = json.loads(made.stdout)
    assert here == out.as_uri() + "/" and there == "x/", "the engine knows what that is relative to"
    # What the folder does not hold is not asked for.
    assert options == {"threads": 1, "simd": False} and given == {"threads": 1, "simd": False}
    out = Path(export_to_wasm(conv_net(), tmp_path / "both", "net"))
    made = subprocess.run(["node", "-e", call], cwd=out, capture_output=True, check=True, text=True)
    assert [o for _, o in json.loads(made.stdout)] == [{"threads": 1}, {"threads": 2}]


@pytest.mark.parametrize("condition", [True, False])
def test_a_known_if_that_onnxslim_takes_apart(condition: bool) -> None:
    """Of two outputs, one read inside the branch: onnxslim renames it and forgets that reader."""

    def branch(name: str, op: str) -> onnx.GraphProto:
        ports = [helper.make_tensor_value_info(one, TensorProto.FLOAT, ["n", 4]) for one in ("p", "r")]
        nodes = [helper.make_node(op, ["x"], ["p"]), helper.make_node("Neg", ["p"], ["r"])]
        return helper.make_graph(nodes, name, [], ports)

    branches = {"then_branch": branch("yes", "Relu"), "else_branch": branch("no", "Exp")}
    nodes = [helper.make_node("If", ["c"], ["u", "v"], **branches), helper.make_node("Sub", ["v", "u"], ["y"])]
    known = numpy_helper.from_array(np.array(condition), "c")
    made = model(nodes, {"x": (TensorProto.FLOAT, ["n", 4])}, ["y"], [known])
    with pytest.warns(UserWarning, match="onnxslim leaves 'p"):
        exporter = ModelExporter(made).optimize_for_wasm()
    agrees(exporter.compile(), made, x=noise(3, 4))
    assert "If" not in [node.op for node in exporter.graph.nodes]


def test_sizes_that_are_given_stay_open(tmp_path: Path) -> None:
    """Behind a stride, the next larger size has the same extents: they are open all the same."""
    weights = [
        numpy_helper.from_array(noise(4, 1, 4), "w"),
        numpy_helper.from_array(noise(4, 1, 4), "v"),
    ]
    nodes = [
        helper.make_node("Conv", ["x", "w"], ["c"], strides=[4]),
        helper.make_node("ConvTranspose", ["c", "v"], ["y"], strides=[4]),
    ]
    made = model(nodes, {"x": (TensorProto.FLOAT, ["n", 1, "t"])}, ["y"], weights)
    out = export_to_wasm(made, tmp_path / "out", runtime="npm", sizes={"n": 1, "t": 256})
    for shape in ((1, 1, 256), (2, 1, 272), (1, 1, 41)):
        agrees(nn.load(out), made, x=noise(*shape))
