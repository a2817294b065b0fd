"""Files of the learned codec: integers, and pixels from the networks that the library's engine runs."""

from __future__ import annotations

import copy
from pathlib import Path

import numpy as np
import pytest

import vaerans_ecs as ve
from vaerans_ecs import nn

from . import vrn
from .compare import same
from .test_decoder import GOLDEN, ROWS, check_row
from .vrn import layers, predictor
from .vrn.undo import Tile

core = pytest.importorskip("vaerans_ecs._core")
FOLDER = Path(ve.__file__).parent / "data" / "vae"
HEAD, PREDICTOR = ((FOLDER / name).read_bytes() for name in ("head.bin", "predictor.bin"))


def picture(height: int, width: int, channels: int = 3, dtype: type = np.uint8) -> np.ndarray:
    """Slopes, an edge and some noise."""
    y, x, z = np.indices((height, width, channels))
    noise = np.random.default_rng(height).normal(0, 0.03, (height, width, channels))
    wave = 0.5 + 0.2 * np.sin(x / 7 + z) + 0.2 * np.cos(y / 11) + 0.2 * (x > y + 9) + noise
    return (np.clip(wave, 0, 1) * np.iinfo(dtype).max).astype(dtype)


def compressed(img: np.ndarray, **options: object) -> bytes:
    return ve.compress(img, "vae", **{"fallback": False, **options})


@pytest.fixture(scope="module")
def codec() -> vrn.Codec:
    def network(name: str) -> vrn.codec.Network:
        model = nn.load(FOLDER / name, threads=1, mode="strict")
        return lambda latent: next(iter(model.forward(latent).values()))

    return vrn.Codec(HEAD, PREDICTOR, [network("decoder"), network("enhancement")])


@pytest.mark.parametrize("quality", [0, 20, 80])
def test_integers(quality, codec):
    item = vrn.find(compressed(picture(90, 161), quality=quality))
    stream = item.streams[0]
    ours = Tile(item, stream, 0, len(stream.sections), codec=codec).undo(until=1)
    theirs = np.zeros_like(ours)
    sections = [item.section(stream, level, 0) for level in range(len(stream.sections))]
    core.Predictor(PREDICTOR).decode(sections, stream.steps[1].params["step"], theirs)
    assert ours.any() and (ours == theirs).all()
    assert len(sections) == (2 if quality == 80 else 1)


def test_escapes_and_raw_bits():
    """Integers that no picture has: all sizes up to the largest."""
    r = np.random.default_rng(1)
    integers = np.round(r.standard_cauchy((298, 6, 8)) * 2.0 ** r.integers(0, 12, (298, 1, 1)))
    integers = np.clip(integers, -32767, 32767).astype(np.int16)
    for step in (0, 37):
        sections = core.Predictor(PREDICTOR).encode(integers, step)
        ours = layers.decode(predictor.read(PREDICTOR), step, integers.shape, sections)
        assert (ours == integers).all()
        assert sections[1][0] > 0, "several lanes"


CASES = {
    "the base alone": (picture(50, 33), {"quality": 10}),
    "two layers": (picture(64, 48), {"quality": 70}),
    "grey of 16 bits": (picture(40, 40, 1, np.uint16), {"quality": 60}),
    "alpha": (picture(35, 70, 4), {"quality": 30}),
    "alpha and a bound": (picture(40, 33, 2), {"max_error": 3, "quality": 40}),
    "without loss": (picture(33, 40), {"lossless": True}),
}


@pytest.mark.parametrize("name", CASES)
def test_pixels(name, codec):
    img, options = CASES[name]
    file = compressed(img, **options)
    ours, theirs = vrn.decode(file, codec=codec), ve.decompress(file)
    assert same(ours, theirs)
    if "lossless" in options:
        assert (ours == img).all()
    assert same(vrn.decode(file, halved=1, codec=codec), ve.decompress(file, scale=1 / 2))
    part = (5, 3, 20, 17)
    assert same(vrn.decode(file, region=part, codec=codec), ve.decompress(file, region=part))


def test_blocks_and_tiles(codec):
    """A latent that is cut, of a picture of two tiles."""
    file = compressed(picture(20, 2100), quality=40)
    assert ve.info(file).tiles == 2
    assert same(vrn.decode(file, codec=codec), ve.decompress(file))


def test_the_golden_files(codec):
    for name in (name for name in ROWS if name.startswith("vae_layers")):
        check_row(vrn.decode((GOLDEN / f"{name}.vrn").read_bytes(), codec=codec), ROWS[name])


def test_a_file_that_is_cut_behind_its_base(codec):
    file = compressed(picture(64, 48), quality=70)
    stream = vrn.find(file).streams[0]
    file = file[: sum(stream.sections[0][0][:2])]
    assert same(vrn.decode(file, codec=codec, allow_cut=True), ve.decompress(file, allow_truncated=True))


def test_another_codec_and_damage(codec):
    file = compressed(picture(64, 48), quality=70)
    with pytest.raises(vrn.Refused, match=r"model\.not_found"):
        vrn.decode(file)
    other = copy.copy(codec)
    other.name = bytes(8)
    with pytest.raises(vrn.Refused, match=r"model\.not_found"):
        vrn.decode(file, codec=other)
    for data in (PREDICTOR[:-1], PREDICTOR + b"\0", b"\0" + PREDICTOR[1:], PREDICTOR[:8] + b"\1" + PREDICTOR[9:]):
        with pytest.raises(vrn.Refused, match=r"model\.invalid"):
            predictor.read(data)
        with pytest.raises(ve.errors.ModelError, match=r"model\.invalid"):
            core.Predictor(data)


def test_changed_sections():
    """Changed bytes: both give the same integers, or both refuse."""
    integers = np.random.default_rng(2).integers(-9, 10, (106, 2, 5)).astype(np.int16)
    (section,) = core.Predictor(PREDICTOR).encode(integers, 5)
    read, ours_theirs = predictor.read(PREDICTOR), []
    for at in (0, 1, 4, 8, len(section) // 2, len(section) - 1):
        changed = section[:at] + bytes([section[at] ^ 16]) + section[at + 1 :]
        theirs = np.zeros_like(integers)
        try:
            core.Predictor(PREDICTOR).decode([changed], 5, theirs)
        except ve.errors.VaeransError as error:
            with pytest.raises(vrn.Refused, match=error.code):
                layers.decode(read, 5, integers.shape, [changed])
        else:
            ours_theirs.append((layers.decode(read, 5, integers.shape, [changed]) == theirs).all())
    assert all(ours_theirs)
