"""Models are found by what they are, wherever they lie; weights in other files belong to them."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

import vaerans_ecs as ve
from vaerans_ecs import models
from vaerans_ecs.errors import ModelError
from vaerans_ecs.models import loading
from vaerans_ecs.models.spec import ModelSpec, write_model_folder
from vaerans_ecs.systems import ANSDecode, ANSEncode, Dequantize, OnnxVAEDecode, OnnxVAEEncode, QuantizeU8

RNG = np.random.default_rng(5)
PHOTO = RNG.integers(0, 256, (20, 24, 3), np.uint8)


@pytest.fixture(scope="module")
def own() -> ve.PILVAE:
    return ve.PILVAE.fit([RNG.integers(0, 256, (40, 40, 3), np.uint8) for _ in range(3)], context=0, samples=200)


@pytest.fixture(autouse=True)
def nowhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("VAERANS_MODEL_DIR", str(tmp_path / "models"))
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    monkeypatch.setenv("VAERANS_OFFLINE", "1")
    monkeypatch.chdir(tmp_path)
    (tmp_path / "models").mkdir()


READ = """
import sys, vaerans_ecs as ve
try:
    print(ve.decompress(open("a.vrn", "rb").read(), **eval(sys.argv[1])).shape)
except ve.errors.VaeransError as error:
    print(error.code)
"""


def in_a_new_process(**options: object) -> str:
    done = subprocess.run([sys.executable, "-c", READ, repr(options)], capture_output=True, text=True, check=True)
    return done.stdout.strip()


@pytest.mark.parametrize("place", ["own.npz", "folder/own.npz", "folder/deep/own.npz"])
def test_an_npz_in_a_model_folder_is_found_by_its_weights(own: ve.PILVAE, tmp_path: Path, place: str) -> None:
    path = tmp_path / "models" / place
    path.parent.mkdir(parents=True, exist_ok=True)
    own.save(path)
    (tmp_path / "models" / "broken.npz").write_bytes(b"no model")
    (tmp_path / "a.vrn").write_bytes(ve.compress(PHOTO, "vae", model=path))
    found = place.count("/") < 2
    assert in_a_new_process() == ("(20, 24, 3)" if found else "model.not_found")
    if found:
        assert models.load("own.npz").sha256 == models.load("own").sha256 == own.sha256
        assert models.available_models()["own"] == path


def test_a_model_elsewhere_is_given(own: ve.PILVAE, tmp_path: Path) -> None:
    own.save(tmp_path / "mine.npz")
    file = ve.compress(PHOTO, "vae", model="mine.npz")
    (tmp_path / "a.vrn").write_bytes(file)
    assert in_a_new_process() == "model.not_found"
    assert in_a_new_process(model="mine.npz") == "(20, 24, 3)"
    assert in_a_new_process(model="pil") == "model.checksum"
    assert np.array_equal(ve.decompress(file, model=own), ve.decompress(file, model="mine.npz"))
    command = [sys.executable, "-m", "vaerans_ecs.cli", "decompress", "a.vrn", "-o", "a.png"]
    assert subprocess.run(command, capture_output=True, check=False).returncode != 0
    assert subprocess.run([*command, "--model", "mine.npz"], capture_output=True, check=False).returncode == 0
    assert np.array_equal(ve.imread("a.png"), ve.decompress(file, model=own))


def test_a_pipe_over_a_file_takes_the_model_too(own: ve.PILVAE, tmp_path: Path) -> None:
    own.save(tmp_path / "models" / "own.npz")
    world = ve.World(4 << 20)
    pipe = world.pipe(world.spawn_image(PHOTO)) | OnnxVAEEncode("own.npz") | QuantizeU8() | ANSEncode()
    pipe.out("Bitstream").save("a.vrn")
    loading._remembered.clear()
    file = Path("a.vrn").read_bytes()
    for decoder in (OnnxVAEDecode(), OnnxVAEDecode("own")):
        back = world.pipe(world.spawn_bitstream(file)) | ANSDecode() | Dequantize() | decoder
        assert np.array_equal(back.out("ReconRGB").numpy(), ve.decompress(file))


def test_a_folder_that_does_not_say_its_digest_is_found(own: ve.PILVAE, tmp_path: Path) -> None:
    pytest.importorskip("onnx")
    folder = tmp_path / "models" / "quiet"
    own.to_onnx(folder)
    text = (folder / "model.json").read_text()
    for digest in (models.read_spec(folder).sha256, models.read_spec(folder).encoder_sha256):
        text = text.replace(digest, "")
    (folder / "model.json").write_text(text)
    (tmp_path / "a.vrn").write_bytes(ve.compress(PHOTO, "vae", model=folder))
    assert in_a_new_process() == "(20, 24, 3)"


# Weights in other files -----------------------------------------------------------------------------


def with_external(folder: Path, own: ve.PILVAE, location: str = "") -> Path:
    """A model folder whose weights lie beside the ONNX files."""
    onnx = pytest.importorskip("onnx")
    own.to_onnx(folder)
    for name in ("encoder.onnx", "decoder.onnx"):
        proto = onnx.load(folder / name)
        where = location or f"{name}.data"
        onnx.save_model(proto, folder / name, save_as_external_data=True, location=where, size_threshold=100)
    spec = models.read_spec(folder)
    (folder / "model.json").write_text(ModelSpec(**{**vars(spec), "sha256": "", "encoder_sha256": ""}).to_json())
    return folder


def test_weights_in_other_files_are_loaded_and_belong_to_the_digest(own: ve.PILVAE, tmp_path: Path) -> None:
    folder = with_external(tmp_path / "models" / "split", own)
    assert (folder / "decoder.onnx.data").stat().st_size > 500
    file = ve.compress(PHOTO, "vae", model="split")
    whole = ve.compress(PHOTO, "vae", model=own)
    assert abs(ve.decompress(file).astype(int) - ve.decompress(whole, model=own)).max() <= 1
    digest = models.load("split").sha256
    data = (folder / "decoder.onnx").read_bytes() + (folder / "decoder.onnx.data").read_bytes()
    assert digest == models.spec.sha256_of(data)
    (tmp_path / "a.vrn").write_bytes(file)
    assert in_a_new_process() == "(20, 24, 3)"
    changed = bytearray((folder / "decoder.onnx.data").read_bytes())
    changed[50] ^= 1
    (folder / "decoder.onnx.data").write_bytes(changed)
    os.utime(folder / "decoder.onnx.data", ns=(1, 1))
    assert models.load("split").sha256 != digest, "also in a process that has it open"
    assert in_a_new_process() == "model.not_found"
    assert in_a_new_process(model="split") == "model.checksum"


def test_weights_outside_the_folder_are_refused(own: ve.PILVAE, tmp_path: Path) -> None:
    folder = with_external(tmp_path / "models" / "split", own)
    secret = tmp_path / "secret.bin"
    secret.write_bytes((folder / "encoder.onnx.data").read_bytes())
    (folder / "encoder.onnx.data").unlink()
    with pytest.raises(ModelError) as missing:
        models.load("split").encode_batch([PHOTO])
    assert missing.value.code == "model.missing_file" and "encoder.onnx.data" in str(missing.value)
    (folder / "encoder.onnx.data").symlink_to(secret)
    with pytest.raises(ModelError) as outside:
        models.load("split").encode_batch([PHOTO])
    assert outside.value.code == "model.invalid" and "outside" in str(outside.value)
    blob = (folder / "encoder.onnx").read_bytes().replace(b"encoder.onnx.data", b"../../secret.bin_")
    (folder / "encoder.onnx").write_bytes(blob)
    with pytest.raises(ModelError) as above:
        models.load("split").encode_batch([PHOTO])
    assert above.value.code == "model.invalid"


def test_a_fixed_batch_names_what_to_pass(own: ve.PILVAE, tmp_path: Path) -> None:
    onnx = pytest.importorskip("onnx")
    own.to_onnx(tmp_path / "m")
    networks = []
    for name in ("encoder.onnx", "decoder.onnx"):
        proto = onnx.load(tmp_path / "m" / name)
        proto.graph.input[0].type.tensor_type.shape.dim[0].dim_value = 1
        networks.append(proto.SerializeToString())
    spec = ModelSpec(name="m", downscale=2, latent_channels=4, encoder_mean="latent_mean")
    write_model_folder(tmp_path / "one", spec, *networks)
    world = ve.World(4 << 20)
    eids = world.spawn_batch_rgb([PHOTO, PHOTO])
    with pytest.raises(ModelError, match="max_batch=1") as error:
        world.pipe(eids).to(OnnxVAEEncode(tmp_path / "one")).run()
    assert error.value.code == "model.shape"
    assert len(world.pipe(eids).to(OnnxVAEEncode(tmp_path / "one", max_batch=1)).out("Latent4")) == 2
