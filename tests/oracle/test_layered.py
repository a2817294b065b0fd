"""The codec in layers against its training code: integers, means, classes and words of a picture at six qualities."""

from __future__ import annotations

import importlib.util
import json
from pathlib import Path
from types import ModuleType

import numpy as np
import pytest

import vaerans_ecs as ve
from vaerans_ecs import _core
from vaerans_ecs.models import layered
from vaerans_ecs.systems import LayeredVAEDecode, LayeredVAEEncode

ROOT = Path(__file__).resolve().parents[2]
QUALITIES = (0, 13, 24, 28, 45, 56)
#: Qualities whose one stream has one state, as the training code's has.
ONE_STATE = (0, 13, 24)


@pytest.fixture(scope="module")
def model(shared: Path) -> Path:
    folder = shared / "models" / "vae1"
    if not (folder / "golden" / "golden.json").is_file():
        pytest.skip(f"no trained codec with its golden integers in {folder}")
    return folder


@pytest.fixture(scope="module")
def pack_vae() -> ModuleType:
    pytest.importorskip("onnx", reason="packing reads ONNX files")
    spec = importlib.util.spec_from_file_location("pack_vae", ROOT / "tools/pack_vae.py")
    assert spec and spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture(scope="module")
def predictor(model: Path, pack_vae: ModuleType) -> _core.Predictor:
    tables = vars(pack_vae.tables(model / "entropy_model.npz"))
    return _core.Predictor(_core.Predictor.pack(**{k: v for k, v in tables.items() if k != "scales"}))


@pytest.fixture(scope="module")
def codec(model: Path, pack_vae: ModuleType) -> layered.LayeredCodec:
    """Of the trained networks."""
    return layered.pack(pack_vae.networks(model), pack_vae.tables(model / "entropy_model.npz"), name="golden")


def golden(model: Path, quality: int) -> dict[str, np.ndarray]:
    with np.load(model / "golden" / f"q{quality}.npz") as found:
        return {name: np.ascontiguousarray(found[name]) for name in found}


@pytest.mark.parametrize("quality", QUALITIES)
def test_means_and_classes_are_those_of_the_training_code(model, predictor, quality):
    wanted = golden(model, quality)
    means, classes = np.empty_like(wanted["mean_q12"]), np.empty_like(wanted["cls"])
    predictor.contexts(wanted["q"], quality, means, classes)
    np.testing.assert_array_equal(means, wanted["mean_q12"])
    np.testing.assert_array_equal(classes, wanted["cls"])


@pytest.mark.parametrize("quality", QUALITIES)
def test_integers_come_back_in_about_as_many_bytes(model, predictor, quality):
    wanted = golden(model, quality)
    streams = predictor.encode(wanted["q"], quality)
    back = np.full_like(wanted["q"], 77)
    predictor.decode(streams, quality, back)
    np.testing.assert_array_equal(back, wanted["q"])
    # A stream of its own for each layer, and a second state.
    assert 0 <= sum(map(len, streams)) - 2 * len(wanted["words"]) <= 16


@pytest.mark.parametrize("quality", ONE_STATE)
def test_words_are_those_of_the_training_code(model, predictor, quality):
    wanted = golden(model, quality)
    (stream,) = predictor.encode(wanted["q"], quality)
    assert stream[0] == 0, "one state"
    words = np.frombuffer(stream[1:], "<u2")
    # There the state's upper half comes first.
    np.testing.assert_array_equal([words[1], words[0], *words[2:]], wanted["words"])


def there_and_back(model: Path, codec: layered.LayeredCodec, quality: int) -> tuple[np.ndarray, float]:
    """Integers of the golden picture, and the PSNR of what is made of them."""
    image = pytest.importorskip("PIL.Image")
    img = np.array(image.open(model / "golden" / "crop.png").convert("RGB"))
    world = ve.World(256 << 20)
    pipe = world.pipe(world.spawn_image(img)) | LayeredVAEEncode(quality, codec)
    made = np.array(pipe.out("SymbolsU8").numpy())
    back = np.array((pipe | LayeredVAEDecode(codec)).out("ReconRGB").numpy())
    return made, ve.functional.psnr(img, back)


@pytest.mark.parametrize("quality", QUALITIES)
def test_the_engine_makes_the_integers_and_pixels_of_the_training_code(model, codec, quality):
    assert_golden(model, quality, *there_and_back(model, codec, quality))


def assert_golden(model: Path, quality: int, made: np.ndarray, psnr: float) -> None:
    """Integers and quality of the training code."""
    wanted = golden(model, quality)["q"]
    assert made.shape == wanted.shape and made.dtype == np.int16
    # Floats are added in another order there: a value halfway between two integers may go either way.
    off = np.abs(made.astype(int) - wanted)
    assert off.max() <= 1 and (off > 0).mean() <= 0.001
    told = json.loads((model / "golden" / "golden.json").read_text(encoding="utf-8"))[str(quality)]["psnr"]
    assert abs(psnr - told) < 0.02


@pytest.mark.parametrize("quality", QUALITIES)
def test_the_codec_that_ships_makes_the_integers_of_the_training_code(model, quality):
    shipped = layered.read_folder(ROOT / "python/vaerans_ecs/data/vae")
    # What is dead of the networks is cut, and convolutions in a row are one: no more than ties may differ.
    assert_golden(model, quality, *there_and_back(model, shipped, quality))
