"""Model folders: lookup, the offline error, hostile `model.json`, checksums, downloads, networks that lie."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from vaerans_ecs import _core, models
from vaerans_ecs.errors import ModelError, ParamError
from vaerans_ecs.models import hub, loading
from vaerans_ecs.models.spec import FILE_NAME, ModelSpec, parse_spec, read_spec, write_model_folder

onnx = pytest.importorskip("onnx", reason="the tests make tiny ONNX models")
helper, TensorProto = onnx.helper, onnx.TensorProto


def network(
    kind: str, block: int, source: str, result: str, channels: tuple[int, int], extra=(), rank: int = 4
) -> bytes:
    nodes = [helper.make_node(kind, [source], [result], blocksize=block), *extra]
    shapes = [(source, ["N", channels[0], "H", "W"][:rank]), (result, ["N", channels[1], "h", "w"][:rank])]
    values = [helper.make_tensor_value_info(name, TensorProto.FLOAT, shape) for name, shape in shapes]
    model = helper.make_model(
        helper.make_graph(nodes, "g", values[:1], values[1:]), opset_imports=[helper.make_opsetid("", 17)]
    )
    model.ir_version = 8
    return model.SerializeToString()


ENCODER = network("SpaceToDepth", 2, "image", "latent_mean", (3, 12))
DECODER = network("DepthToSpace", 2, "latent", "image", (12, 3))


def make(folder: Path, encoder: bytes = ENCODER, decoder: bytes = DECODER, **fields) -> Path:
    spec = ModelSpec(**{"name": folder.name, "downscale": 2, "latent_channels": 12, **fields})
    write_model_folder(folder, spec, encoder, decoder)
    return folder


@pytest.fixture
def nowhere(tmp_path, monkeypatch):
    """No model directory, an empty cache, no hub."""
    monkeypatch.delenv("VAERANS_MODEL_DIR", raising=False)
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    monkeypatch.setenv("LOCALAPPDATA", str(tmp_path / "cache"))
    monkeypatch.setenv("HOME", str(tmp_path / "home"))
    monkeypatch.setenv("VAERANS_OFFLINE", "1")
    monkeypatch.chdir(tmp_path)
    return tmp_path


def code_of(call) -> tuple[str, str]:
    with pytest.raises(ModelError) as info:
        call()
    return info.value.code, str(info.value)


# Lookup --------------------------------------------------------------------------------------------------------------


def test_a_model_is_a_path_a_folder_or_a_name(nowhere, monkeypatch):
    folder = make(nowhere / "parent" / "mine")
    for model in (folder, str(folder), folder / FILE_NAME, folder / "decoder.onnx"):
        assert models.load(model).folder == folder
    code, _ = code_of(lambda: models.load("mine"))
    assert code == "model.not_found"
    monkeypatch.setenv("VAERANS_MODEL_DIR", str(folder.parent))
    assert models.load("mine").name == "mine"
    assert models.available_models() == {"mine": folder}


def test_names_are_looked_up_in_order(nowhere, monkeypatch):
    in_cache = make(models.user_cache_dir() / "m", name="cache")
    here = make(nowhere / "m", name="here")
    assert models.find_folder("m") == in_cache and models.find_folder("./m") == Path("m")
    first, second = make(nowhere / "a" / "m", name="first"), make(nowhere / "b" / "m", name="second")
    monkeypatch.setenv("VAERANS_MODEL_DIR", models.lookup.os.pathsep.join([str(first.parent), str(second.parent)]))
    assert models.load("m").name == "first"
    (first / FILE_NAME).unlink()
    assert models.load("m").name == "second"
    assert here.exists()


def test_the_offline_error_says_what_to_put_where(nowhere, monkeypatch):
    code, text = code_of(lambda: models.load("sdxl-vae"))
    assert code == "model.not_found"
    where = models.user_cache_dir() / "sdxl-vae"
    for part in (str(where), "encoder.onnx", "decoder.onnx", "model.json", "VAERANS_MODEL_DIR", "VAERANS_OFFLINE"):
        assert part in text, part
    assert "huggingface.co/stabilityai" in text and "tools/taesd_to_onnx.py" in text
    monkeypatch.setenv("VAERANS_MODEL_DIR", str(nowhere / "my models"))
    _, text = code_of(lambda: models.load("sdxl-vae"))
    assert f"put these three into {nowhere / 'my models' / 'sdxl-vae'}" in text
    # Doing what the message says makes it work.
    make(nowhere / "my models" / "sdxl-vae")
    assert models.load("sdxl-vae").latent_channels == 12


def test_an_unreachable_hub_is_found_out_quickly(nowhere, monkeypatch):
    monkeypatch.delenv("VAERANS_OFFLINE")
    constants = pytest.importorskip("huggingface_hub.constants")
    monkeypatch.setattr(constants, "ENDPOINT", "http://127.0.0.1:9")
    for name in ("http_proxy", "HTTP_PROXY", "all_proxy", "ALL_PROXY"):
        monkeypatch.delenv(name, raising=False)
    code, text = code_of(lambda: models.load("taesd"))
    assert code == "model.not_found" and "127.0.0.1" in text and "cannot be reached" in text


@pytest.mark.parametrize("name", ["", "..", "a b", "x" * 300, "no-such-model", "hf:bad", "name\0"])
def test_odd_names_are_not_found(nowhere, name):
    assert code_of(lambda: models.load(name))[0] == "model.not_found"


@pytest.mark.parametrize("path", ["./none", "/none/at/all", "~/none"])
def test_odd_paths_are_not_found(nowhere, path):
    code, text = code_of(lambda: models.load(path))
    assert code == "model.not_found" and "model.json" in text


def test_wrong_types_are_a_param_error():
    with pytest.raises(ParamError):
        models.load(3)


def test_by_sha256(nowhere, monkeypatch):
    folder = make(nowhere / "dir" / "m")
    sha256 = models.load(folder).sha256
    monkeypatch.setattr(loading, "_remembered", {})
    code, text = code_of(lambda: models.load_by_sha256(sha256))
    assert code == "model.not_found" and sha256 in text
    monkeypatch.setenv("VAERANS_MODEL_DIR", str(nowhere / "dir"))
    make(nowhere / "dir" / "a-broken-one")
    (nowhere / "dir" / "a-broken-one" / FILE_NAME).write_text("{")
    assert models.load_by_sha256(sha256.upper()).name == "m"
    assert models.load_by_sha256(models.load().sha256) is models.load()
    code, text = code_of(lambda: models.load(folder, sha256="0" * 64))
    assert code == "model.checksum" and sha256 in text


# model.json ----------------------------------------------------------------------------------------------------------


def test_a_spec_round_trips(tmp_path):
    spec = ModelSpec(
        "n", 8, 4, "mean", (0, 4), (-1.0, 1.0), (-1.0, 1.0), "BGR", 0.13025, 0.5, license="MIT", source="s"
    )
    written = write_model_folder(tmp_path, spec, b"e", b"d")
    assert read_spec(tmp_path) == written
    assert written.sha256 == models.spec.sha256_of(b"d") and written.encoder_sha256 == models.spec.sha256_of(b"e")
    assert not list(tmp_path.glob(".*"))


GOOD = {"format": "vaerans-model", "version": 1, "name": "n", "downscale": 8, "latent_channels": 4}


@pytest.mark.parametrize(
    "change",
    [
        {"format": "other"}, {"version": 2}, {"version": "1"}, {"name": 3}, {"name": "x" * 300}, {"downscale": 0},
        {"downscale": 10**9}, {"downscale": 8.0}, {"downscale": True}, {"downscale": None}, {"latent_channels": -4},
        {"latent_channels": 10**6}, {"latent_channels": "4"}, {"input_range": [0, 0]}, {"input_range": [1, 0]},
        {"input_range": [0]}, {"input_range": "01"}, {"input_range": [0, float("nan")]}, {"output_range": [0, 1e300]},
        {"output_range": [False, True]}, {"channel_order": "RGBA"}, {"channel_order": 1}, {"scaling": 0},
        {"scaling": float("inf")}, {"scaling": "1"}, {"scaling": 1e-300}, {"shift": float("nan")}, {"shift": 10**400},
        {"encoder_file": "../../etc/passwd"}, {"decoder_file": "/etc/passwd"}, {"decoder_file": "a\\b"},
        {"decoder_file": "c:evil"}, {"decoder_file": ""}, {"decoder_file": ".."}, {"decoder_file": "a\0b"},
        {"decoder_file": 7}, {"encoder_mean": []}, {"mean_channels": [0]}, {"mean_channels": [0, 5]},
        {"mean_channels": [-4, 0]}, {"mean_channels": [10**9, 10**9 + 4]}, {"mean_channels": [0.0, 4.0]},
        {"sha256": "abc"}, {"sha256": "g" * 64}, {"encoder_sha256": 1}, {"license": {}},
    ],
)  # fmt: skip
def test_hostile_fields_are_invalid(change):
    blob = json.dumps({**GOOD, **change}).encode()
    code, text = code_of(lambda: parse_spec(Path("folder/model.json"), blob))
    assert code == "model.invalid" and next(iter(change)) in text and "folder" in text and len(text) < 500


@pytest.mark.parametrize("blob", [b"", b"[]", b"3", b"{", b"\xff\xfe", b"[" * 100_000, b'{"a":' * 50_000, b"null"])
def test_hostile_json_is_invalid(tmp_path, blob):
    (tmp_path / FILE_NAME).write_bytes(blob)
    assert code_of(lambda: models.load(tmp_path))[0] == "model.invalid"


def test_a_huge_json_is_not_read(tmp_path):
    with open(tmp_path / FILE_NAME, "wb") as file:
        file.truncate(1 << 40)
    assert code_of(lambda: models.load(tmp_path))[0] == "model.invalid"


def test_unknown_fields_are_passed_over():
    assert parse_spec(Path("m/model.json"), json.dumps({**GOOD, "comment": [1]}).encode()).downscale == 8


def test_a_folder_without_model_json(tmp_path):
    code, text = code_of(lambda: read_spec(tmp_path))
    assert code == "model.missing_file" and str(tmp_path) in text


# Networks that do not fit --------------------------------------------------------------------------------------------


def encode(folder: Path) -> np.ndarray:
    return models.load(folder).encode_batch(np.zeros((1, 6, 8, 3), np.uint8))


def decode(folder: Path) -> np.ndarray:
    model = models.load(folder)
    z = np.zeros((1, *model.latent_shape(6, 8)), np.float32)
    return model.decode_batch(z, (6, 8))


def test_a_decoder_alone_serves_a_reader(tmp_path):
    folder = make(tmp_path / "m")
    (folder / "encoder.onnx").unlink()
    assert decode(folder).shape == (1, 6, 8, 3)
    code, text = code_of(lambda: encode(folder))
    assert code == "model.missing_file" and "encoder.onnx" in text


def test_changed_weights_are_noticed(tmp_path):
    folder = make(tmp_path / "m")
    (folder / "decoder.onnx").write_bytes(DECODER + b"\0")
    code, text = code_of(lambda: decode(folder))
    assert code == "model.checksum" and "decoder.onnx" in text
    spec = json.loads((folder / FILE_NAME).read_text())
    (folder / FILE_NAME).write_text(json.dumps({**spec, "sha256": ""}))
    (folder / "decoder.onnx").write_bytes(b"garbage")
    assert code_of(lambda: decode(folder))[0] == "model.run"


def test_an_encoder_that_samples_is_refused(tmp_path):
    noise = [helper.make_node("RandomNormalLike", ["latent_mean"], ["noise"])]
    folder = make(tmp_path / "m", network("SpaceToDepth", 2, "image", "latent_mean", (3, 12), noise))
    code, text = code_of(lambda: encode(folder))
    assert code == "model.sampling" and "mean" in text


@pytest.mark.parametrize("fields", [{"downscale": 4}, {"latent_channels": 4}, {"latent_channels": 13}])
def test_lies_about_the_shape_are_noticed(tmp_path, fields):
    folder = make(tmp_path / "m", **fields)
    assert code_of(lambda: encode(folder))[0] in ("model.shape", "model.run")
    assert code_of(lambda: decode(folder))[0] in ("model.shape", "model.run")


def test_a_missing_output_is_named(tmp_path):
    folder = make(tmp_path / "m", encoder_mean="mu")
    code, text = code_of(lambda: encode(folder))
    assert code == "model.shape" and "'mu'" in text and "latent_mean" in text


def test_inputs_must_be_pictures(tmp_path):
    flat = helper.make_node("Identity", ["image"], ["latent_mean"])
    values = [helper.make_tensor_value_info(n, TensorProto.INT64, ["N", 3]) for n in ("image", "latent_mean")]
    graph = helper.make_graph([flat], "g", values[:1], values[1:])
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)])
    model.ir_version = 8
    folder = make(tmp_path / "m", model.SerializeToString())
    assert code_of(lambda: encode(folder))[0] == "model.shape"


@pytest.mark.parametrize("shapes", [(7, 8), (6, 9), (0, 8), [(6, 8), (5, 8)], (6, 8, 3)])
def test_shapes_that_do_not_belong_to_the_latent(tmp_path, shapes):
    model = models.load(make(tmp_path / "m"))
    with pytest.raises(ParamError):
        model.decode_batch(np.zeros((2, 12, 3, 4), np.float32), shapes)


def test_wrong_batches(tmp_path):
    model = models.load(make(tmp_path / "m"))
    for images in (
        [],
        [np.zeros((4, 4, 3), np.uint8), np.zeros((4, 6, 3), np.uint8)],
        np.zeros((1, 4, 4, 3), np.float32),
        np.zeros((1, 4, 4, 5), np.uint8),
        np.zeros((1, 0, 4, 3), np.uint8),
    ):
        with pytest.raises(ParamError):
            model.encode_batch(images)
    for latents in (np.zeros((1, 4, 3, 4), np.float32), np.zeros((12, 3, 4), np.float32), np.zeros((1, 12, 3, 4), int)):
        with pytest.raises(ParamError):
            model.decode_batch(latents, (6, 8))


def test_odd_buffers_are_not_written_to(tmp_path):
    """A buffer that does not fit must not be bound: ONNX Runtime would write behind its end."""
    model = models.load(make(tmp_path / "m"))
    images = np.random.default_rng(0).integers(0, 256, (2, 6, 8, 3), np.uint8)
    expected = model.encode_batch(images)
    strided = np.zeros((2, 12, 3, 8), np.float32)
    got = model.encode_batch(images, out=strided[..., ::2], scratch=np.zeros((1, 3, 6, 8), np.float32))
    assert np.array_equal(got, expected) and not strided[..., 1::2].any()
    back = np.zeros((2, 6, 16, 3), np.uint8)[:, :, ::2]
    assert model.decode_batch(expected, (6, 8), out=back) is back and np.array_equal(back, images)
    with pytest.raises(ParamError):
        model.decode_batch(expected, (6, 8), out=np.zeros((2, 6, 8, 3), np.uint16))


def test_many_threads_share_a_session(tmp_path):
    from concurrent.futures import ThreadPoolExecutor

    models.clear_session_cache()
    folder = make(tmp_path / "m")
    pictures = [np.full((1, 6, 8, 3), n, np.uint8) for n in range(16)]

    def round_trip(picture):
        model = models.load(folder)
        return model.decode_batch(model.encode_batch(picture), (6, 8))

    with ThreadPoolExecutor(4) as pool:
        for picture, back in zip(pictures, pool.map(round_trip, pictures), strict=True):
            assert np.array_equal(picture, back)


# The hub -------------------------------------------------------------------------------------------------------------


def test_a_fetched_folder_is_whole_and_found_again(nowhere, monkeypatch):
    source = make(nowhere / "remote")
    asked = []

    def download(repo, file):
        asked.append((repo, file))
        return source / file

    folder = hub.fetch("hf:someone/thing", models.user_cache_dir() / "someone--thing", download)
    assert [repo for repo, _ in asked] == ["someone/thing"] * 3
    assert models.find_folder("hf:someone/thing") == folder
    assert decode(folder).shape == (1, 6, 8, 3)


def test_a_known_pair_of_networks_gets_its_model_json(nowhere):
    files = {"vae_encoder/model.onnx": ENCODER, "vae_decoder/model.onnx": DECODER}

    def download(repo, file):
        path = nowhere / file.replace("/", "_")
        path.write_bytes(files[file])
        return path

    folder = hub.fetch("sdxl-vae", models.user_cache_dir() / "sdxl-vae", download)
    spec = read_spec(folder)
    assert (spec.scaling, spec.input_range, spec.downscale, spec.latent_channels) == (0.13025, (-1.0, 1.0), 8, 4)
    assert spec.sha256 == models.spec.sha256_of(DECODER) and spec.source.endswith("stable-diffusion-xl-base-1.0")


def test_a_broken_download_leaves_nothing(nowhere):
    class HubError(Exception):
        pass

    def download(repo, file):
        raise HubError("404")

    folder = models.user_cache_dir() / "taesd"
    code, text = code_of(lambda: hub.fetch("taesd", folder, download))
    assert code == "model.download" and "404" in text and not folder.exists()
    (nowhere / "bad").write_bytes(b"not safetensors")
    assert code_of(lambda: hub.fetch("taesd", folder, lambda r, f: nowhere / "bad"))[0] == "model.weights"
    assert not folder.exists() and not list(folder.parent.glob(".taesd*"))


def test_a_download_is_checked_against_the_stated_checksum(nowhere, monkeypatch):
    huggingface_hub = pytest.importorskip("huggingface_hub")
    (nowhere / "file").write_bytes(b"content")

    class Stated:
        commit_hash = "main"
        etag = models.spec.sha256_of(b"content")

    monkeypatch.setattr(huggingface_hub, "get_hf_file_metadata", lambda *a, **k: Stated)
    monkeypatch.setattr(huggingface_hub, "hf_hub_download", lambda *a, **k: str(nowhere / "file"))
    assert hub.download_verified("a/b", "file") == nowhere / "file"
    Stated.etag = models.spec.sha256_of(b"other")
    code, text = code_of(lambda: hub.download_verified("a/b", "file"))
    assert code == "model.checksum" and Stated.etag in text


def test_importing_models_imports_no_runtime():
    script = (
        "import sys, vaerans_ecs.models, vaerans_ecs.pil, vaerans_ecs.systems;"
        "heavy = ('onnxruntime', 'onnx', 'huggingface_hub', 'requests', 'PIL', 'urllib.request');"
        "print([m for m in heavy if m in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def test_every_model_code_is_documented():
    used = set()
    for path in Path(models.__file__).parent.glob("*.py"):
        used |= {part.split('"')[0] for part in path.read_text().split('"model.')[1:]}
    known = {code for code, *_ in _core.error_codes() if code.startswith("model.")}
    # Those of the network engine, whose plans are not models of a codec.
    known -= {"model.plan", "model.unknown_values"}
    assert {f"model.{name}" for name in used if name != "json"} == known
