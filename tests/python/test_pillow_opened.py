"""Opened ``.vrn`` images are used as those of any other format."""

from __future__ import annotations

import copy
import io
import pickle

import numpy as np
import pytest

import vaerans_ecs as ve
from vaerans_ecs.errors import DataError

Image = pytest.importorskip("PIL.Image")

PIXELS = np.random.default_rng(5).integers(0, 256, (20, 30, 3), np.uint8)


@pytest.fixture
def path(tmp_path):
    ve.register_pillow()
    ve.imwrite(tmp_path / "a.vrn", PIXELS, lossless=True)
    return tmp_path / "a.vrn"


def through_a_deleted_file(path):
    image = Image.open(path)
    path.unlink()
    return image


def behind_with(path):
    with Image.open(path) as image:
        image.load()
    return image


def after_verify(path):
    image = Image.open(path)
    image.verify()
    return image


def after_seek(path):
    image = Image.open(path)
    for frame in (1, -1):
        with pytest.raises(EOFError):
            image.seek(frame)
    image.seek(0)
    assert image.tell() == 0
    return image


def copied_then_closed(path):
    image = Image.open(path)
    other = image.copy()
    image.close()
    return other


WAYS = {
    "deleted": through_a_deleted_file,
    "with": behind_with,
    "verify": after_verify,
    "seek": after_seek,
    "closed": copied_then_closed,
    "pickle": lambda path: pickle.loads(pickle.dumps(Image.open(path))),
    "copy": lambda path: copy.copy(Image.open(path)),
    "deepcopy": lambda path: copy.deepcopy(Image.open(path)),
}


@pytest.mark.parametrize("name", WAYS)
def test_all_samples_are_there(path, name):
    assert np.array_equal(np.asarray(WAYS[name](path)), PIXELS)


@pytest.mark.parametrize("loaded", [False, True])
def test_a_closed_image_gives_nothing(path, loaded):
    image = Image.open(path)
    if loaded:
        image.load()
    image.close()
    image.close()
    assert image.size == (30, 20)
    with pytest.raises(ValueError, match="closed"):
        image.load()


@pytest.mark.parametrize("use", [ve.compress, lambda image: ve.World(1 << 20).spawn_image(image)])
def test_what_pillow_cannot_load_is_told_with_a_code(use):
    file = io.BytesIO()
    Image.fromarray(PIXELS).save(file, "PNG")
    for data in (file.getvalue()[:-60], file.getvalue()):
        image = Image.open(io.BytesIO(data))
        if data == file.getvalue():
            image.close()
        with pytest.raises(DataError, match="Pillow gives no samples") as caught:
            use(image)
        assert caught.value.code == "data.image_damaged"


def test_a_file_of_the_callers_stays_open(path):
    file = io.BytesIO(path.read_bytes())
    image = Image.open(file)
    image.load()
    assert not file.closed and np.array_equal(np.asarray(image), PIXELS)
