"""Files written earlier decode to the samples they decoded to then. make.py, beside this file, writes them."""

from __future__ import annotations

import importlib.util
import json
from pathlib import Path

import numpy as np
import pytest

import vaerans_ecs as ve

FOLDER = Path(__file__).resolve().parent
ROWS = json.loads((FOLDER / "checksums.json").read_text(encoding="utf-8"))


@pytest.fixture(scope="module")
def make():
    spec = importlib.util.spec_from_file_location("make_golden", FOLDER / "make.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.mark.parametrize("name", sorted(name for name in ROWS if "latent" not in ROWS[name]))
def test_a_golden_file_decodes_to_the_same_samples(name, make):
    data, row = (FOLDER / f"{name}.vrn").read_bytes(), dict(ROWS[name])
    assert ve.info(data).format_version == row.pop("format_version")
    assert make.describe(ve.decompress(data)) == row
    assert make.describe(ve.decompress(data, threads=1)) == row


def test_the_golden_file_of_a_network_has_the_same_latent(make):
    data, row = (FOLDER / "vae.vrn").read_bytes(), ROWS["vae"]
    assert ve.info(data).format_version == row["format_version"]
    assert make.describe(make.vae_latent(data)) == row["latent"]
    pytest.importorskip("skimage")
    assert ve.functional.psnr(ve.decompress(data), make.photo()) > 22


def test_golden_files_keep_their_bounds(make):
    pytest.importorskip("skimage")
    img = make.photo().astype(np.int64)
    for name, original, bound in [
        ("photo_max_error", img, 2),
        ("grey16_max_error", img[:, :, 1:2] * 257, 300),
        ("pipe", img, 1),
        ("vae_native_max_error", img, 3),
        ("vae_layers_max_error", img, 3),
    ]:
        back = ve.decompress((FOLDER / f"{name}.vrn").read_bytes()).astype(np.int64)
        assert 0 < np.abs(back - original).max() <= bound, name


def test_every_file_has_its_checksum():
    assert {p.stem for p in FOLDER.glob("*.vrn")} == set(ROWS)


def test_lossless_golden_files_are_the_photo(make):
    pytest.importorskip("skimage")
    img = make.photo()
    assert np.array_equal(ve.decompress((FOLDER / "photo_lossless.vrn").read_bytes()), img)
    rgba = np.dstack([img, img[:, :, 0]])
    for name, original in (("photo_progressive", rgba), ("photo_screen", make.screen())):
        assert np.array_equal(ve.decompress((FOLDER / f"{name}.vrn").read_bytes()), original), name
    for name in ("vae_native_lossless", "vae_layers_lossless"):
        assert np.array_equal(ve.decompress((FOLDER / f"{name}.vrn").read_bytes()), img), name
    grey = ve.decompress((FOLDER / "grey16_lossless.vrn").read_bytes())
    assert np.array_equal(grey[:, :, 0], img[:, :, 1].astype(np.uint16) * 257)


def test_golden_files_in_layers_are_what_they_are_called(make):
    """The codec that ships, its base alone at the low quality, tiles, samples and alpha as they were."""
    pytest.importorskip("skimage")
    img = make.photo()
    read = {name: (FOLDER / f"{name}.vrn").read_bytes() for name in ROWS if name.startswith("vae_layers")}
    for name, file in read.items():
        assert [step[:2] for step in ve.info(file).steps] == [(67, "LayeredVAEEncode"), (49, "PredictEncode")], name
    assert len(ve.info(read["vae_layers_base"]).level_bytes) == 1 < len(ve.info(read["vae_layers"]).level_bytes)
    assert ve.decompress(read["vae_layers_tiles"]).shape == (17, 2121, 3)
    assert np.array_equal(ve.decompress(read["vae_layers_alpha"])[:, :, 3], img[:, :, 0])
    deep = ve.decompress(read["vae_layers_deep"])
    assert deep.dtype == np.uint16 and ve.functional.psnr(deep, img.astype(np.uint16) * 257) > 30
    assert ve.functional.psnr(ve.decompress(read["vae_layers_grey"])[:, :, 0], img[:, :, 1]) > 30


def test_the_encoder_writes_the_bytes_that_every_language_is_held_to(make):
    pytest.importorskip("skimage")
    assert make.encoded() == json.loads((FOLDER / "encoded.json").read_text(encoding="utf-8"))
