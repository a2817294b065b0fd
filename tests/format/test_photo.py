"""Steps 50 and 51: pictures of all sorts, and fields at their limits."""

from __future__ import annotations

import numpy as np
import pytest

import vaerans_ecs as ve

from . import make
from .build import Item, Stream, picture, shape, step, tensor, varint
from .compare import check
from .test_random import region
from .vrn import find
from .vrn.registry import IMAGE, U8

INVALID, SHORT = "stream.invalid", "stream.truncated"


def smooth(size: tuple[int, int, int], dtype: type = np.uint8) -> np.ndarray:
    """Waves with noise: pictures that filters and trellises find something in."""
    r = np.random.default_rng(size[0] * 1000 + size[1])
    y, x, z = np.indices(size)
    waves = 0.5 + 0.2 * np.sin(x / (7 + z)) + 0.2 * np.sin(y / 11 + x / 23) + 0.1 * ((x // 20 + y // 26) % 2)
    top = int(np.iinfo(dtype).max)
    return np.clip(top * (waves + r.normal(0, 0.01, size)), 0, top).astype(dtype)


def check_all(file: bytes, seed: int) -> None:
    r = np.random.default_rng(seed)
    size = check(file).shape
    for halved in (1, 2, 4, 7):
        check(file, halved=halved)
    for halved in (0, 1):
        check(file, halved=halved, region=region(r, size))
        check(file[: int(r.integers(len(file) // 3, len(file)))], allow_cut=True, halved=halved)


@pytest.mark.parametrize("tune", ["balanced", "psnr", "msssim"])
@pytest.mark.parametrize("effort", [1, 5, 9])
@pytest.mark.parametrize("quality", [0, 20, 60, 85, 100])
def test_a_photo(quality, effort, tune):
    channels, dtype = 1 + (quality // 5 + effort) % 4, [np.uint8, np.uint16][effort == 5]
    file = ve.compress(smooth((70, 93, channels), dtype), quality=quality, effort=effort, tune=tune, tile=64)
    check_all(file, quality)


@pytest.mark.parametrize("options", [{"quality": 55}, {"lossless": True, "progressive": True}])
@pytest.mark.parametrize("size", [(1, 1, 3), (3, 200, 1), (150, 7, 3), (9, 8, 2), (65, 129, 4), (150, 200, 3)])
def test_sizes_of_photos(size, options):
    check_all(ve.compress(smooth(size), **options, tile=128), 1)


@pytest.mark.parametrize("seed", range(30))
def test_samples_that_come_back(seed):
    r = np.random.default_rng(5000 + seed)
    samples = make.picture(r)
    bound = {"max_error": int(r.integers(1, 9))} if seed % 3 == 0 else {"lossless": True}
    file = ve.compress(samples, **bound, effort=int(r.choice([1, 5, 9])), tile=64)
    check_all(file, seed)


def made(file: bytes, **changed: object) -> Item:
    """The one tile of a photo as an item, with other side bytes, sections or place."""
    item = find(file)
    stream, (height, width, channels) = item.streams[0], item.shape
    parts = {
        "side": stream.steps[0].side[0],
        "sections": [item.section(stream, level, 0) for level in range(len(stream.sections))],
        "number": stream.steps[0].number,
        "flags": 16,
        "params": {},
        "content": picture(width, height, {1: 0, 3: 2}[channels]),
        **changed,
    }
    side = parts["side"]
    first = step(parts["number"], IMAGE, U8, parts["params"], flags=parts["flags"], side=varint(len(side)) + side)
    return Item(parts["content"], [Stream([first], parts["sections"])])


@pytest.fixture(scope="module")
def photo() -> bytes:
    return ve.compress(smooth((16, 19, 3)), quality=60, tune="balanced")


#: Name -> what replaces the side bytes, of which flags are 0x1C or 0x14, and what comes out; None: samples.
SIDES = {
    "as they are": (lambda s: s, None),
    "no bytes": (lambda s: b"", SHORT),
    "no step": (lambda s: s[:1], SHORT),
    "step 1535": (lambda s: s[:1] + b"\xff\x0b" + s[3:], None),
    "step 1536": (lambda s: s[:1] + b"\x80\x0c" + s[3:], INVALID),
    "blocks of 128": (lambda s: bytes([s[0] & 15 | 0x40]) + s[1:], INVALID),
    "blocks of 64": (lambda s: bytes([s[0] & 15 | 0x30]) + s[1:], "any"),
    "one quantiser": (lambda s: bytes([s[0] | 1]) + s[1:], "any"),
    "reversible, with a step": (lambda s: b"\3\0", INVALID),
    "reversible of two quantisers": (lambda s: b"\2", INVALID),
    "reversible": (lambda s: b"\3", "any"),
    "a matrix of zeros": (lambda s: s[:9] + bytes(9) + s[18:], None),
    "half a matrix": (lambda s: bytes([s[0] & ~8]) + s[1:14], SHORT),
    "a filter that is not flagged": (lambda s: bytes([s[0] & ~8]) + s[1:18] + b"\0", INVALID),
    "a flagged filter of no bytes": (lambda s: bytes([s[0] | 8]) + s[1:18], INVALID),
    "a filter of zeros": (lambda s: bytes([s[0] | 8]) + s[1:18] + b"\0", None),
    "a filter of ones": (lambda s: bytes([s[0] | 8]) + s[1:18] + b"\xff" * 40, "any"),
    "a filter of the bank alone": (lambda s: bytes([s[0] | 8]) + s[1:18] + b"\x90\0\0", "any"),
}


@pytest.mark.parametrize("name", SIDES)
def test_side_bytes_of_a_photo(name, photo):
    change, wanted = SIDES[name]
    found = check(made(photo, side=change(made_side(photo))).bytes())
    if wanted != "any":
        assert found == wanted if wanted else isinstance(found, np.ndarray)


def made_side(file: bytes) -> bytes:
    side = find(file).streams[0].steps[0].side[0]
    assert side[0] & 4, "weights are there"
    return side


def test_sections_of_a_photo(photo):
    item = find(photo)
    sections = [item.section(item.streams[0], level, 0) for level in range(2)]
    first, second = sections
    for wrong, code in [
        ([first], INVALID),
        ([first, second, b""], INVALID),
        ([first, second[:-1]], INVALID),
        ([first, second + b"\0\0"], INVALID),
        ([first + second[:2], second[2:]], INVALID),
        ([first[:3], second], SHORT),
    ]:
        assert check(made(photo, sections=wrong).bytes()) == code
    r = np.random.default_rng(1)
    for _ in range(20):
        broken = bytearray(first)
        broken[int(r.integers(0, len(first)))] ^= 1 << int(r.integers(0, 8))
        check(made(photo, sections=[bytes(broken), second]).bytes())


def test_where_a_photo_stands(photo):
    whole = check(photo)
    assert check(made(photo, flags=4).bytes()) == INVALID
    found = check(made(photo, content=tensor(IMAGE, U8, (16, 19, 3))).bytes())
    assert np.array_equal(found, whole)


def test_a_photo_as_alpha(photo):
    """Behind step 82 every tile is a picture by itself, and sections may be missing."""
    steps = [step(82, IMAGE, U8, flags=0)]
    grey = ve.compress(smooth((16, 19, 1)), quality=90)
    item = find(grey)
    side = item.streams[0].steps[0].side[0]
    steps.append(step(50, IMAGE, U8, flags=19, shapes=shape((16, 19, 1)), side=varint(len(side)) + side))
    sections = [item.section(item.streams[0], level, 0) for level in range(2)]
    colours = made(photo, content=picture(19, 16, 3))
    for there, code in ((sections, None), (sections[:1], None), ([*sections, b""], INVALID)):
        both = Item(colours.content, [*colours.streams, Stream(steps, there, role=1)])
        found = check(both.bytes())
        check(both.bytes(), halved=1)
        assert found == code if code else found.shape == (16, 19, 4)
        assert there is not sections or np.array_equal(found[..., 3:], check(grey))


def test_parameters_tell_a_decoder_little(photo):
    given = {"lossy": True, "quality": 3, "tune": "psnr", "effort": 9}
    assert np.array_equal(check(made(photo, params=given).bytes()), check(photo))
    for wrong in (
        {**given, "lossy": False},
        {"quality": 101},
        {"tune": "ssim"},
        {"effort": 0},
        {"lossy": 1},
        {"more": 1},
    ):
        assert check(made(photo, params=wrong).bytes()) == INVALID


@pytest.mark.parametrize(("side", "wanted"), [(b"\0", None), (b"\1", "any"), (b"\2", INVALID), (b"", INVALID)])
def test_modes_of_samples_that_come_back(side, wanted):
    file = ve.compress(smooth((20, 21, 3)), lossless=True)
    found = check(made(file, side=side, flags=4).bytes())
    if wanted != "any":
        assert found == wanted if wanted else np.array_equal(found, smooth((20, 21, 3)))
    assert check(made(file, side=b"\0\0").bytes()) == INVALID
    assert check(made(file, sections=[]).bytes()) == INVALID
