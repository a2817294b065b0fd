"""Files at random: the decoder of the text and the library agree to the bit."""

from __future__ import annotations

import struct

import numpy as np
import pytest

import vaerans_ecs as ve

from . import make
from .build import several
from .compare import check
from .vrn import find
from .vrn.metadata import orientation_of


def region(r: np.random.Generator, shape: tuple[int, ...]) -> tuple[int, int, int, int]:
    x, y = int(r.integers(0, shape[1])), int(r.integers(0, shape[0]))
    return x, y, int(r.integers(1, shape[1] - x + 1)), int(r.integers(1, shape[0] - y + 1))


@pytest.mark.parametrize("seed", range(40))
def test_a_picture_whole_smaller_in_part_and_cut(seed):
    r = np.random.default_rng(seed)
    picture = make.picture(r)
    file = ve.compress(picture, **make.options(r))
    check(file)
    for halved in (1, 2, 3, 5):
        check(file, halved=halved)
        check(file, halved=halved - 1, region=region(r, picture.shape))
    for halved in (0, 0, 1, 2):
        cut = file[: int(r.integers(0, len(file)))]
        check(cut, allow_cut=True, halved=halved)
        check(cut)


@pytest.mark.parametrize("seed", range(60))
def test_a_pipe_of_ones_own(seed):
    r = np.random.default_rng(1000 + seed)
    file = make.pipe_file(r, ["rans"])
    check(file)
    check(file, halved=1)
    check(file[: int(r.integers(len(file) // 2, len(file)))], allow_cut=True)


@pytest.mark.parametrize("seed", range(15))
def test_words_of_the_package_constriction(seed):
    pytest.importorskip("constriction")
    check(make.pipe_file(np.random.default_rng(2000 + seed), ["constriction"]))


@pytest.mark.parametrize(
    "ask", [{"halved": 17}, {"region": (0, 0, 0, 1)}, {"region": (0, 0, 6, 4)}, {"region": (5, 0, 1, 1)}]
)
def test_what_no_picture_has(ask):
    file = ve.compress(np.zeros((4, 5, 3), np.uint8))
    assert check(file, **ask) == "param.range"


def test_metadata():
    picture = np.zeros((4, 5, 3), np.uint8)
    file = ve.compress(picture, icc=b"profile", exif=b"II*\0\x08\0\0\0\0\0\0\0\0\0", orientation=6)
    said, info = find(file).metadata, ve.info(file)
    assert (said[1], said[2], said[3][0]) == (info.icc, info.exif, info.orientation)


@pytest.mark.parametrize("entry", [None, 3])
@pytest.mark.parametrize(("order", "head"), [("<", b"II*\0"), (">", b"MM\0*")])
@pytest.mark.parametrize(("kind", "text"), [(1, "B3x"), (3, "H2x"), (4, "I"), (2, "I")])
@pytest.mark.parametrize("value", [0, 1, 6, 9])
def test_the_orientation_of_what_is_stated(entry, order, head, kind, text, value):
    block = head + struct.pack(order + "IHHHI" + text + "I", 8, 1, 0x0112, kind, 1, value, 0)
    file = ve.compress(np.zeros((4, 5, 3), np.uint8), exif=block, orientation=entry)
    wanted = entry or (value if kind != 2 and 1 <= value <= 8 else 1)
    assert orientation_of(find(file).metadata) == ve.info(file).orientation == wanted
    assert orientation_of({2: ve.info(file).exif}) == (1 if kind == 2 else wanted)
    for front in (b"", b"Exif\0\0"):
        assert orientation_of({2: front + block}) == (value if kind != 2 and 1 <= value <= 8 else 1)


def files() -> list[tuple[str, bytes]]:
    return [
        ("a", ve.compress(np.arange(48, dtype=np.uint8).reshape(4, 4, 3), lossless=True)),
        ("b", ve.compress(np.arange(40, dtype=np.uint8).reshape(8, 5), lossless=True)),
        ("a", ve.compress(np.arange(9, dtype=np.uint16).reshape(3, 3), quality=90)),
    ]


@pytest.mark.parametrize("is_finished", [True, False])
@pytest.mark.parametrize("key", [None, "a", "b", "c"])
def test_several_items(is_finished, key):
    found = check(several(files(), is_finished), key=key)
    shapes = {None: (4, 4, 3), "a": (3, 3, 1), "b": (8, 5, 1)}
    assert found == "param.unknown" if key == "c" else found.shape == shapes[key]


@pytest.mark.parametrize("key", [None, "a", "b"])
@pytest.mark.parametrize("lost", [1, 5, 20, 60, 100, 200, 300])
def test_a_file_of_several_items_that_ends_too_early(lost, key):
    check(several(files())[:-lost], key=key)


@pytest.mark.parametrize("key", [None, "a", "b"])
@pytest.mark.parametrize("junk", [b"x", bytes(12), b"\1", b"\1\0\0\0\0", b"\1" + bytes(9), b"\2\5\0\0\0aaaaa"])
def test_bytes_behind_a_file_of_several_items(junk, key):
    check(several(files()) + junk, key=key)
    check(several(files(), finished=False) + junk, key=key)
    check(files()[0][1] + junk, key=key)
