"""VAEEncode and VAEDecode: models compiled for the core's engine, held to ONNX Runtime, found by hash, in files."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

import vaerans_ecs as ve
from vaerans_ecs import World, models
from vaerans_ecs.errors import BitstreamError, ModelError, ParamError, PipeError
from vaerans_ecs.models import cache, compiling, loading, native
from vaerans_ecs.models.spec import ModelSpec, read_spec, write_model_folder
from vaerans_ecs.systems import (
    ANSEncode,
    OnnxVAEDecode,
    OnnxVAEEncode,
    PILVAEEncode,
    QuantizeU8,
    VAEDecode,
    VAEEncode,
)

onnx = pytest.importorskip("onnx", reason="the tests make tiny ONNX models")
pytest.importorskip("onnxruntime", reason="ONNX Runtime is the oracle")

BOUND = 1e-4


@pytest.fixture(autouse=True)
def own_cache(tmp_path, monkeypatch):
    """No test finds what another one compiled."""
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    monkeypatch.setenv("LOCALAPPDATA", str(tmp_path / "cache"))
    monkeypatch.delenv("VAERANS_MODEL_DIR", raising=False)
    monkeypatch.setattr(loading, "_remembered", {})
    cache.forget()


def picture(height=40, width=52, channels=3, dtype=np.uint8) -> np.ndarray:
    y, x = np.mgrid[:height, :width]
    waves = [np.sin(x / (4 + c) + y / (9 - c)) + 0.2 * ((x // 7 + y // 5) % 2) for c in range(channels)]
    scaled = (np.dstack(waves) + 1.2) / 2.6
    return (scaled * np.iinfo(dtype).max).astype(dtype)


def network(kind: str, weight: np.ndarray, outputs: str, stride: int) -> bytes:
    """One convolution: down for an encoder, up (transposed) for a decoder, with a tanh in front of a decoder's."""
    from onnx import TensorProto, helper, numpy_helper

    k = weight.shape[2]
    up = kind == "decoder"
    nodes = [helper.make_node("Tanh", ["x"], ["t"])] if up else [helper.make_node("Identity", ["x"], ["t"])]
    op = "ConvTranspose" if up else "Conv"
    nodes.append(helper.make_node(op, ["t", "w"], [outputs], strides=[stride, stride], kernel_shape=[k, k]))
    channels = weight.shape[0] if up else weight.shape[1]
    values = [
        helper.make_tensor_value_info("x", TensorProto.FLOAT, ["N", channels, "H", "W"]),
        helper.make_tensor_value_info(outputs, TensorProto.FLOAT, ["N", None, "h", "w"]),
    ]
    body = helper.make_graph(nodes, "g", values[:1], values[1:], [numpy_helper.from_array(weight, "w")])
    made = helper.make_model(body, opset_imports=[helper.make_opsetid("", 17)])
    made.ir_version = 8
    return bytes(made.SerializeToString())


def make_model(folder: Path, seed: int = 0, **fields) -> Path:
    """A model of 4x4 pixels a sample and 6 channels; the encoder gives moments, mean and log variance."""
    rng = np.random.default_rng(seed)
    encode = (rng.standard_normal((12, 3, 4, 4)) * 0.1).astype(np.float32)
    decode = (rng.standard_normal((6, 3, 4, 4)) * 0.3).astype(np.float32)
    spec = ModelSpec(name=folder.name, downscale=4, latent_channels=6, mean_channels=(0, 6), **fields)
    write_model_folder(folder, spec, network("encoder", encode, "moments", 4), network("decoder", decode, "image", 4))
    return folder


SPECS = {
    "plain": {},
    "scaled": {"scaling": 0.18215, "shift": 0.25},
    "ranges": {"input_range": (-1.0, 1.0), "output_range": (-1.0, 1.0), "channel_order": "BGR"},
    "moments": {"encoder_mean": "moments", "output_range": (0.0, 255.0)},
}


@pytest.mark.parametrize("name", SPECS)
@pytest.mark.parametrize("dtype", [np.uint8, np.uint16])
def test_both_engines_give_the_same(tmp_path, name, dtype):
    folder = make_model(tmp_path / name, **SPECS[name])
    for img in (picture(dtype=dtype), picture(9, 6, 1, dtype)):
        check_engines(folder, img)


def check_engines(folder: Path, img: np.ndarray) -> None:
    """Latents and pixels within 1e-4 of their range."""
    world = World(256 << 20)
    made = {}
    for engine in ("onnxruntime", "native"):
        pipe = world.pipe(world.spawn_image(img)) | VAEEncode(folder, engine=engine)
        latent = np.array(pipe.out("Latent4").numpy())
        made[engine] = latent, np.array((pipe | VAEDecode(folder, engine=engine)).out("ReconRGB").numpy())
    (z, pixels), (z_native, pixels_native) = made["onnxruntime"], made["native"]
    assert z.shape == z_native.shape and np.abs(z - z_native).max() <= BOUND * np.abs(z).max()
    off = np.abs(pixels.astype(np.int64) - pixels_native)
    # A sample that lies between two integers may go either way.
    assert pixels.shape == img.shape and off.max() <= max(1, BOUND * np.iinfo(img.dtype).max)
    assert (off > 0).mean() < (0.01 if img.dtype == np.uint8 else 1)


@pytest.mark.parametrize("name", ["taesd.fp8", "taesd3.fp8", "taef2.fp16"])
def test_tiny_autoencoders_give_what_onnx_runtime_gives(shared, tmp_path, name):
    from vaerans_ecs.models.taesd import convert_taesd

    weights = shared / "data" / "models" / "taesd" / f"{name}.safetensors"
    if not weights.is_file():
        pytest.skip("the weights are not here")
    convert_taesd(weights, tmp_path / name)
    check_engines(tmp_path / name, picture(250, 317, dtype=np.uint16))


def test_a_lossless_file_over_a_network_is_so_in_another_process(tmp_path):
    folder = make_model(tmp_path / "mine")
    img = picture(61, 83)
    file = ve.compress(img, "vae", model=folder, engine="native", lossless=True)
    assert ve.info(file).is_lossless
    (tmp_path / "file.vrn").write_bytes(file)
    np.save(tmp_path / "img.npy", img)
    script = f"""
import sys, numpy as np, vaerans_ecs as ve
back = ve.decompress(open({str(tmp_path / "file.vrn")!r}, "rb").read(), threads=1)
assert np.array_equal(back, np.load({str(tmp_path / "img.npy")!r}))
print(sorted(m for m in sys.modules if m.partition(".")[0] in ("onnx", "onnxruntime", "torch")))
"""
    # From the cache alone: neither the model's ONNX files nor what reads them is needed.
    shutil.rmtree(folder)
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True)
    assert (done.returncode, done.stdout.strip()) == (0, "[]"), done.stderr


def test_every_instruction_set_and_number_of_threads_writes_the_same_file(tmp_path, monkeypatch):
    folder = make_model(tmp_path / "mine")
    img = picture(64, 70)
    files = set()
    for isa in ve._core.build_info()["isa_available"]:
        monkeypatch.setenv("VAERANS_ISA", isa)
        cache.forget()
        for threads in (1, 3):
            files.add(ve.compress(img, "vae", model=folder, engine="native", max_error=1, threads=threads))
    assert len(files) == 1
    back = ve.decompress(files.pop()).astype(int)
    assert 0 < np.abs(back - img).max() <= 1


def test_the_model_that_ships_is_compiled_and_gives_what_numpy_gives():
    made, shipped = native.native(), models.load()
    assert (made.name, made.channels, made.downscale) == ("pil", shipped.latent_channels, shipped.downscale)
    assert made.source == shipped.sha256
    check = picture(77, 90, dtype=np.uint16)
    world = World(64 << 20)
    pipe = world.pipe(world.spawn_image(check)) | VAEEncode()
    z = np.array(pipe.out("Latent4").numpy())
    expected = shipped.encode(check)
    assert np.abs(z - expected).max() <= BOUND * np.abs(expected).max()
    pixels = (pipe | VAEDecode()).out("ReconRGB").numpy().astype(np.int64)
    assert np.abs(pixels - shipped.decode(z, check.shape[:2], np.uint16)).max() <= BOUND * 65535
    assert "PILVAEEncode" not in str(ve.info(ve.compress(check[..., :3], "vae", model="pil")))


def test_a_pil_vae_of_ones_own_is_compiled(tmp_path):
    pictures = [np.random.default_rng(i).integers(0, 256, (48, 48, 3), np.uint8) for i in range(4)]
    model = ve.PILVAE.fit(pictures, patch=4, latent_channels=5, samples=200, context=0)
    made = native.native(model)
    assert (made.channels, made.downscale, made.source) == (5, 4, model.sha256)
    file = ve.compress(pictures[0], "vae", model=model, engine="native", lossless=True)
    assert np.array_equal(ve.decompress(file), pictures[0])


def test_a_compiled_folder_is_a_model_by_path_by_name_and_as_wasm(tmp_path, monkeypatch):
    img = picture()
    made = models.compile_model(make_model(tmp_path / "source"), tmp_path / "dir" / "mine")
    file = ve.compress(img, "vae", model=made, max_error=1)
    assert ve.compress(img, "vae", model=tmp_path / "dir" / "mine", max_error=1) == file
    monkeypatch.setenv("VAERANS_MODEL_DIR", str(tmp_path / "dir"))
    assert ve.compress(img, "vae", model="mine", max_error=1) == file
    cache.forget()
    shutil.rmtree(tmp_path / "cache")
    assert np.abs(ve.decompress(file).astype(int) - img).max() <= 1

    from vaerans_ecs._network_files import PLAN, WEIGHTS
    from vaerans_ecs.wasm.module import PLAN_SECTION, WEIGHTS_SECTION, with_sections

    folder = tmp_path / "dir" / "mine"
    for part in ("decoder", "encoder"):
        sections = {PLAN_SECTION: (folder / part / PLAN).read_bytes()}
        sections[WEIGHTS_SECTION] = (folder / part / WEIGHTS).read_bytes()
        (folder / f"{part}.wasm").write_bytes(with_sections(b"\0asm\1\0\0\0", sections))
        shutil.rmtree(folder / part)
    cache.forget()
    assert ve.compress(img, "vae", model=folder, max_error=1) == file


def test_compiled_once_and_kept(tmp_path, monkeypatch):
    folder = make_model(tmp_path / "mine")
    first = native.native(folder)
    assert native.native(str(folder)) is first, "in memory"
    cache.forget()
    monkeypatch.setattr(compiling, "_emitted", lambda _: pytest.fail("compiled again"))
    assert native.native(folder).sha256 == first.sha256, "on disk"
    kept = cache.cache_dir() / first.sha256
    (kept / "decoder" / "weights.bin").write_bytes(b"damaged")
    cache.forget()
    monkeypatch.undo()
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    assert native.native(folder).sha256 == first.sha256, "a damaged cache is made anew"


def test_a_cache_that_cannot_be_written_is_no_error(tmp_path, monkeypatch):
    (tmp_path / "file").write_bytes(b"")
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "file"))
    monkeypatch.setenv("LOCALAPPDATA", str(tmp_path / "file"))
    assert native.native(make_model(tmp_path / "mine")).channels == 6


def test_another_compilation_of_the_source_stands_in(tmp_path):
    """As a later version of the compiler, whose plan has another hash."""
    folder = make_model(tmp_path / "mine")
    img = picture()
    lossy = ve.compress(img, "vae", model=folder, engine="native")
    exact = ve.compress(img, "vae", model=folder, engine="native", lossless=True)
    made = native.native(folder)
    renamed = made.decoder[0].replace(b"vaerans.latent", b"vaerans.LATENT")
    assert renamed != made.decoder[0]
    from vaerans_ecs import _core  # the plan's checksum is of all bytes before

    body = renamed[:-4]
    other = native.NativeModel.of(made.name, made.source, (body + _crc(body), made.decoder[1]), made.encoder)
    assert other.sha256 != made.sha256 and isinstance(other.core, _core.LearnedModel)
    assert np.array_equal(ve.decompress(lossy, model=other), ve.decompress(lossy))
    assert np.array_equal(ve.decompress(exact, model=other), img)
    stranger = models.compile_model(make_model(tmp_path / "stranger", seed=1), tmp_path / "out")
    with pytest.raises(ModelError) as caught:
        ve.decompress(lossy, model=stranger)
    assert caught.value.code == "model.checksum"


def _crc(data: bytes) -> bytes:
    """CRC32C, bit by bit."""
    crc = 0xFFFFFFFF
    for byte in data:
        crc ^= byte
        for _ in range(8):
            crc = crc >> 1 ^ (0x82F63B78 if crc & 1 else 0)
    return (crc ^ 0xFFFFFFFF).to_bytes(4, "little")


def test_a_model_that_is_nowhere_is_named(tmp_path, monkeypatch):
    file = ve.compress(picture(), "vae", model=make_model(tmp_path / "mine"), engine="native")
    cache.forget()
    shutil.rmtree(tmp_path / "cache")
    with pytest.raises(ModelError) as caught:
        ve.decompress(file)
    assert caught.value.code == "model.not_found" and "'mine'" in caught.value.message
    # Its ONNX files in a folder of models will do: they are compiled.
    monkeypatch.setenv("VAERANS_MODEL_DIR", str(tmp_path))
    assert ve.decompress(file).shape == (40, 52, 3)


def test_steps_of_a_pipe_find_the_model_of_a_file(tmp_path):
    world = World(64 << 20)
    pipe = world.pipe(world.spawn_image(picture())) | VAEEncode(make_model(tmp_path / "m"), "native") | QuantizeU8()
    file = (pipe | ANSEncode()).out("Bitstream").tobytes()
    other = World(64 << 20)
    back = other.pipe(other.spawn_bitstream(file)) | ANSEncode.inverse() | QuantizeU8.inverse() | VAEDecode()
    assert np.array_equal(back.out("ReconRGB").numpy(), ve.decompress(file))


def test_engines_and_what_they_refuse(tmp_path):
    folder = make_model(tmp_path / "mine")
    assert isinstance(VAEEncode(folder), OnnxVAEEncode) and isinstance(VAEDecode(folder), OnnxVAEDecode)
    assert isinstance(VAEEncode(engine="onnxruntime"), PILVAEEncode)
    assert isinstance(VAEEncode(folder, max_batch=2), OnnxVAEEncode)
    assert isinstance(VAEEncode(), VAEEncode) and isinstance(VAEEncode.inverse(), VAEDecode)
    for wrong in (lambda: VAEEncode(engine="cuda"), lambda: ve.compress(picture(), "vae", engine="cuda")):
        with pytest.raises(ParamError) as caught:
            wrong()
        assert caught.value.code == "param.range"
    with pytest.raises(ParamError, match="onnxruntime"):
        VAEEncode(folder, engine="native", max_batch=2)
    with pytest.raises(ParamError, match="codec in layers runs on the core's engine") as caught:
        ve.compress(picture(), "vae", engine="onnxruntime")
    assert caught.value.code == "param.range"
    with pytest.raises(ParamError, match="belongs to"):
        ve.compress(picture(), engine="native")
    with pytest.raises(ParamError):
        ve.compress(np.dstack([picture(), picture()[..., :1]]), "vae", model="pil", engine="native")
    world = World(64 << 20)
    pipe = world.pipe(world.spawn_image(picture())) | VAEEncode(folder, engine="native")
    with pytest.raises(PipeError):
        (pipe.fork() | VAEDecode()).select("Latent4").to(OnnxVAEDecode()).out("ReconRGB")
    with pytest.raises(PipeError) as wrong_model:
        (pipe.fork() | VAEDecode()).select("Latent4").to(VAEDecode("pil")).run()
    assert wrong_model.value.code == "pipe.wrong_inverse"


def test_networks_of_other_shapes_are_refused(tmp_path):
    folder = make_model(tmp_path / "mine")
    spec = read_spec(folder)
    narrow = network("decoder", np.zeros((6, 2, 4, 4), np.float32), "image", 4)
    write_model_folder(tmp_path / "two", spec, (folder / "encoder.onnx").read_bytes(), narrow)
    with pytest.raises(ModelError) as caught:
        native.native(tmp_path / "two")
    assert caught.value.code == "model.shape"
    (folder / "decoder.onnx").write_bytes(narrow)
    with pytest.raises(ModelError) as caught:
        native.native(folder)
    assert caught.value.code == "model.checksum"


@pytest.mark.parametrize("text", ["{", "[]", '{"format": "x"}', '{"format": "vaerans-compiled-model", "version": 9}'])
def test_damaged_folders_are_refused(tmp_path, text):
    folder = tmp_path / "pil"
    shutil.copytree(native.BUILT_IN_FOLDER, folder)
    told = json.loads((folder / "compiled.json").read_text(encoding="utf-8"))
    (folder / "compiled.json").write_text(text, encoding="utf-8")
    with pytest.raises(ModelError) as caught:
        native.native(folder)
    assert caught.value.code == "model.invalid"
    (folder / "compiled.json").write_text(json.dumps({**told, "sha256": "00" * 32}), encoding="utf-8")
    with pytest.raises(ModelError) as caught:
        native.native(folder)
    assert caught.value.code == "model.checksum"


def test_a_file_whose_latent_is_not_the_pictures_is_refused():
    file = bytearray(ve.compress(picture(), "vae", model="pil"))
    at = file.index(b"downscale")
    for value in range(256):
        for place in range(at + 9, at + 12):
            damaged = bytes(file[:place]) + bytes([value]) + bytes(file[place + 1 :])
            if damaged != file:
                with pytest.raises(BitstreamError):
                    ve.decompress(damaged)
