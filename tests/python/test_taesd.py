"""Tiny autoencoders: the safetensors reader, the conversion to ONNX, and the PSNR that the weights are known for."""

from __future__ import annotations

import json
import struct
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from vaerans_ecs import models
from vaerans_ecs.errors import ModelError
from vaerans_ecs.models.safetensors import float8_table, read_safetensors
from vaerans_ecs.models.taesd import convert_taesd

pytest.importorskip("onnx", reason="conversion needs onnx")

ROOT = Path(__file__).resolve().parents[2]
# Mean PSNR over the middle 256x256 of four Kodak pictures, latents not quantised (shared/data/README.md).
KNOWN_PSNR = {"taesd.fp8": 22.5, "taesdxl.fp8": 22.3, "taesd3.fp8": 26.6, "taef1.fp8": 25.1, "taef2.fp16": 28.7}
CHANNELS = {"taesd.fp8": 4, "taesdxl.fp8": 4, "taesd3.fp8": 16, "taef1.fp8": 16, "taef2.fp16": 32}


def write_safetensors(path: Path, tensors: dict[str, tuple[str, np.ndarray]]) -> Path:
    header, data = {}, b""
    for name, (dtype, array) in tensors.items():
        raw = array.tobytes()
        header[name] = {"dtype": dtype, "shape": list(array.shape), "data_offsets": [len(data), len(data) + len(raw)]}
        data += raw
    text = json.dumps(header).encode()
    path.write_bytes(struct.pack("<Q", len(text)) + text + data)
    return path


def tiny_weights(seed: int = 0, width: int = 8, channels: int = 4, pool: bool = False) -> dict[str, np.ndarray]:
    """Random weights of the same architecture with one stage (downscale 2)."""
    rng = np.random.default_rng(seed)
    w: dict[str, np.ndarray] = {}

    def conv(name: str, n_out: int, n_in: int, bias: bool = True, k: int = 3) -> None:
        w[f"{name}.weight"] = (rng.standard_normal((n_out, n_in, k, k)) * 0.2).astype(np.float32)
        if bias:
            w[f"{name}.bias"] = (rng.standard_normal(n_out) * 0.1).astype(np.float32)

    def block(name: str) -> None:
        for n in (0, 2, 4):
            conv(f"{name}.conv.{n}", width, width)
        if pool:
            conv(f"{name}.pool.0", width * 4, width, False, 1)
            w[f"{name}.pool.1.weight"] = rng.standard_normal(width * 4).astype(np.float32)
            w[f"{name}.pool.1.bias"] = rng.standard_normal(width * 4).astype(np.float32)
            conv(f"{name}.pool.3", width, width * 4, False, 1)

    conv("encoder.layers.0", width, 3)
    conv("encoder.layers.1", width, width, bias=False)
    block("encoder.layers.2")
    conv("encoder.layers.3", channels, width)
    conv("decoder.layers.0", width, channels)
    block("decoder.layers.2")
    conv("decoder.layers.4", width, width, bias=False)
    conv("decoder.layers.5", 3, width)
    return w


def np_conv(x: np.ndarray, w: np.ndarray, b: np.ndarray | None = None, stride: int = 1) -> np.ndarray:
    k = w.shape[2]
    padded = np.pad(x, ((0, 0), (0, 0), (k // 2, k // 2), (k // 2, k // 2)))
    windows = np.lib.stride_tricks.sliding_window_view(padded, (k, k), axis=(2, 3))[:, :, ::stride, ::stride]
    y = np.einsum("nchwij,ocij->nohw", windows, w)
    return y if b is None else y + b[:, None, None]


def np_block(x: np.ndarray, w: dict[str, np.ndarray], name: str) -> np.ndarray:
    if f"{name}.pool.0.weight" in w:
        y = np_conv(x, w[f"{name}.pool.0.weight"])
        groups = y.reshape(len(y), 4, -1)
        groups = (groups - groups.mean(2, keepdims=True)) / np.sqrt(groups.var(2, keepdims=True) + 1e-5)
        y = groups.reshape(y.shape) * w[f"{name}.pool.1.weight"][:, None, None]
        y = np.maximum(y + w[f"{name}.pool.1.bias"][:, None, None], 0)
        x = x + np_conv(y, w[f"{name}.pool.3.weight"])
    y = x
    for n in (0, 2, 4):
        y = np_conv(y if n == 0 else np.maximum(y, 0), w[f"{name}.conv.{n}.weight"], w[f"{name}.conv.{n}.bias"])
    return np.maximum(y + x, 0)


def np_encode(x: np.ndarray, w: dict[str, np.ndarray]) -> np.ndarray:
    x = np_conv(x, w["encoder.layers.0.weight"], w["encoder.layers.0.bias"])
    x = np_block(np_conv(x, w["encoder.layers.1.weight"], None, 2), w, "encoder.layers.2")
    return np_conv(x, w["encoder.layers.3.weight"], w["encoder.layers.3.bias"])


def np_decode(z: np.ndarray, w: dict[str, np.ndarray]) -> np.ndarray:
    z = np_conv(3 * np.tanh(z / 3), w["decoder.layers.0.weight"], w["decoder.layers.0.bias"])
    z = np_block(np.maximum(z, 0), w, "decoder.layers.2").repeat(2, 2).repeat(2, 3)
    z = np_conv(z, w["decoder.layers.4.weight"])
    return np_conv(z, w["decoder.layers.5.weight"], w["decoder.layers.5.bias"])


def save(path: Path, weights: dict[str, np.ndarray], dtype: str = "F32") -> Path:
    cast = np.float16 if dtype == "F16" else np.float32
    return write_safetensors(path, {k: (dtype, v.astype(cast)) for k, v in weights.items()})


def test_float8_table_is_e4m3_and_e5m2():
    e4m3, e5m2 = float8_table(4, 3, 7, True), float8_table(5, 2, 15, False)
    assert e4m3[0x7E] == 448 and e4m3[0x08] == 2.0**-6 and e4m3[0x01] == 2.0**-9 and e4m3[0x38] == 1
    assert np.isnan(e4m3[0x7F]) and np.isnan(e4m3[0xFF]) and np.isnan(e4m3).sum() == 2
    assert e5m2[0x7B] == 57344 and e5m2[0x7C] == np.inf and e5m2[0xFC] == -np.inf and np.isnan(e5m2).sum() == 6
    assert np.array_equal(e4m3[128:255], -e4m3[:127])


def test_float8_table_agrees_with_ml_dtypes():
    ml_dtypes = pytest.importorskip("ml_dtypes")
    codes = np.arange(256, dtype=np.uint8)
    for table, dtype in (
        (float8_table(4, 3, 7, True), "float8_e4m3fn"),
        (float8_table(5, 2, 15, False), "float8_e5m2"),
    ):
        np.testing.assert_array_equal(table, codes.view(getattr(ml_dtypes, dtype)).astype(np.float32))


def test_reader_agrees_with_the_safetensors_package(tmp_path):
    safetensors = pytest.importorskip("safetensors.numpy")
    path = save(tmp_path / "w.safetensors", tiny_weights(), "F16")
    theirs = safetensors.load_file(path)
    ours = read_safetensors(path)
    assert ours.keys() == theirs.keys()
    assert all(np.array_equal(ours[k], theirs[k].astype(np.float32)) for k in ours)


@pytest.mark.parametrize(
    "blob",
    [
        b"",
        b"\xff" * 16,
        struct.pack("<Q", 2) + b"[]",
        struct.pack("<Q", 3) + b"{{{",
        struct.pack("<Q", 60) + b'{"a":{"dtype":"F32","shape":[2],"data_offsets":[0,4]}}'.ljust(60) + bytes(8),
        struct.pack("<Q", 60) + b'{"a":{"dtype":"F99","shape":[2],"data_offsets":[0,8]}}'.ljust(60) + bytes(8),
        struct.pack("<Q", 60) + b'{"a":{"dtype":"F32","shape":[-2],"data_offsets":[0,8]}}'.ljust(60) + bytes(8),
        struct.pack("<Q", 60) + b'{"a":{"dtype":"F32","shape":[2],"data_offsets":[8,16]}}'.ljust(60) + bytes(8),
    ],
)
def test_damaged_safetensors_is_a_model_error(tmp_path, blob):
    path = tmp_path / "bad.safetensors"
    path.write_bytes(blob)
    with pytest.raises(ModelError) as info:
        read_safetensors(path)
    assert info.value.code == "model.weights" and "bad.safetensors" in str(info.value)


@pytest.mark.parametrize("pool", [False, True])
@pytest.mark.parametrize("dtype", ["F32", "F16"])
def test_converted_graph_computes_the_architecture(tmp_path, pool, dtype):
    weights = tiny_weights(pool=pool)
    path = save(tmp_path / "tiny.safetensors", weights, dtype)
    spec = convert_taesd(path, tmp_path / "tiny")
    assert (spec.name, spec.downscale, spec.latent_channels) == ("tiny", 2, 4)
    weights = read_safetensors(path)
    model = models.load(tmp_path / "tiny")
    pictures = np.random.default_rng(1).integers(0, 256, (2, 10, 6, 3), np.uint8)
    z = model.encode_batch(pictures)
    np.testing.assert_allclose(z, np_encode(pictures.transpose(0, 3, 1, 2) / np.float32(255), weights), atol=2e-4)
    y = model.decode_batch(z, (10, 6), dtype=np.float32)
    np.testing.assert_allclose(y, np_decode(z, weights).clip(0, 1).transpose(0, 2, 3, 1), atol=2e-4)


def test_conversion_is_deterministic(tmp_path):
    path = save(tmp_path / "tiny.safetensors", tiny_weights())
    first, second = convert_taesd(path, tmp_path / "a"), convert_taesd(path, tmp_path / "b")
    assert first == second
    for name in ("encoder.onnx", "decoder.onnx", "model.json"):
        assert (tmp_path / "a" / name).read_bytes() == (tmp_path / "b" / name).read_bytes()


@pytest.mark.parametrize("spoil", ["encoder.layers.2.conv.2.bias", "decoder.layers.0.weight", "decoder"])
def test_weights_of_something_else_are_refused(tmp_path, spoil):
    weights = {k: v for k, v in tiny_weights().items() if not k.startswith(spoil)}
    with pytest.raises(ModelError) as info:
        convert_taesd(save(tmp_path / "w.safetensors", weights), tmp_path / "out")
    assert info.value.code == "model.weights"
    assert not (tmp_path / "out" / "model.json").exists()


def test_command_line_tool(tmp_path):
    weights = save(tmp_path / "tiny.safetensors", tiny_weights())
    tool = ROOT / "tools" / "taesd_to_onnx.py"
    done = subprocess.run([sys.executable, tool, weights, tmp_path / "out", "--name", "mine"], capture_output=True)
    assert done.returncode == 0, done.stderr
    assert models.read_spec(tmp_path / "out").name == "mine"
    failed = subprocess.run([sys.executable, tool, tmp_path / "none", tmp_path / "out"], capture_output=True, text=True)
    assert failed.returncode == 1 and "taesd_to_onnx:" in failed.stderr and "Traceback" not in failed.stderr


@pytest.mark.parametrize("name", list(KNOWN_PSNR))
def test_shared_weights_reach_their_known_psnr(shared, tmp_path, name):
    from PIL import Image

    weights = shared / "data" / "models" / "taesd" / f"{name}.safetensors"
    spec = convert_taesd(weights, tmp_path / name)
    assert spec.latent_channels == CHANNELS[name] and spec.downscale == 8
    model = models.load(tmp_path / name)
    files = [shared / "data" / "kodak" / f"kodim{n:02d}.png" for n in (1, 5, 15, 23)]
    x = np.stack([np.asarray(Image.open(file))[128:384, 128:384] for file in files])
    z = model.encode_batch(x)
    assert z.shape == (4, CHANNELS[name], 32, 32)
    y = model.decode_batch(z, (256, 256), dtype=np.float32)
    psnr = -10 * np.log10(np.mean((y - x / np.float32(255)) ** 2, axis=(1, 2, 3)))
    assert abs(psnr.mean() - KNOWN_PSNR[name]) < 0.06
