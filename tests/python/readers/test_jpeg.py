"""Reading JPEG: as libjpeg to the sample; what is damaged or unknown is refused."""

import numpy as np
import pytest
from made_files import jpeg
from PIL import Image, ImageFile
from reader_checks import PHOTO, RNG, pillow, refused, saved

from vaerans_ecs.images import decode_picture

FACTORS = [
    ((1, 1), (1, 1), (1, 1)),
    ((2, 1), (1, 1), (1, 1)),
    ((1, 2), (1, 1), (1, 1)),
    ((2, 2), (1, 1), (1, 1)),
    ((4, 1), (2, 1), (1, 1)),
    ((1, 4), (1, 2), (1, 1)),
    ((2, 2), (2, 1), (1, 2)),
    ((1, 1), (2, 2), (1, 1)),
    ((4, 1), (1, 1), (2, 1)),
    ((2, 2), (1, 2), (2, 1)),
]


SCANS = [[(0, 1, 2)], [(0,), (1,), (2,)], [(2,), (0,), (1,)], [(0,), (1, 2)], [(1, 2), (0,)], [(0, 1), (2,)]]


@pytest.mark.parametrize("factors", FACTORS, ids=str)
@pytest.mark.parametrize("scans", SCANS, ids=str)
def test_every_order_of_scans_and_every_sampling_is_read_as_libjpeg_does(factors, scans):
    for size in [(1, 1), (65, 47), (40, 100)]:
        for restart in (0, 3):
            data = jpeg(*size, factors, scans, restart=restart)
            assert np.array_equal(decode_picture(data).pixels, pillow(data)), (size, restart)


@pytest.mark.parametrize(
    "options", [{}, {"progressive": True}, {"optimize": True}, {"restart_marker_blocks": 2}], ids=str
)
@pytest.mark.parametrize("mode", ["L", "RGB", "CMYK"])
def test_what_pillow_writes_is_read_to_the_sample(mode, options):
    for subsampling in (0, 1, 2) if mode == "RGB" else (0,):
        for quality in (5, 60, 98):
            data = saved(Image.fromarray(PHOTO).convert(mode), quality=quality, subsampling=subsampling, **options)
            ours = decode_picture(data).pixels
            assert np.array_equal(ours, pillow(data, "RGB" if mode == "CMYK" else None)), (subsampling, quality)


ADOBE = b"\xff\xee\0\x0eAdobe\0\x64\0\0\0\0"


@pytest.mark.parametrize("ids", [(1, 2, 3), b"RGB", b"rgb", (0, 1, 2)], ids=str)
@pytest.mark.parametrize(
    "extra", [b"", ADOBE + b"\0", ADOBE + b"\1", b"\xff\xe0\0\x10JFIF\0\1\1\0\0\1\0\1\0\0"], ids=len
)
def test_colours_of_three_components_are_those_that_libjpeg_takes(ids, extra):
    data = jpeg(24, 16, ((1, 1),) * 3, [(0, 1, 2)], ids=ids, extra=extra)
    assert np.array_equal(decode_picture(data).pixels, pillow(data))


@pytest.mark.parametrize("extra", [b"", ADOBE + b"\0", ADOBE + b"\2"], ids=len)
def test_four_components_are_ink_or_its_inverse(extra):
    data = jpeg(24, 16, ((1, 1),) * 4, [(0, 1, 2, 3)], extra=extra)
    assert np.array_equal(decode_picture(data).pixels, pillow(data, "RGB"))


@pytest.mark.parametrize("marker, word", [(0xC3, "lossless"), (0xC9, "arithmetic"), (0xC5, "hierarchical")])
def test_kinds_of_jpeg_that_are_not_read_are_named(marker, word):
    data = jpeg(16, 16, ((1, 1),), [(0,)])
    refused(data.replace(b"\xff\xc0", bytes([0xFF, marker])), "data.image_kind", word)
    refused(data.replace(b"\xff\xc0\0\x0b\x08", b"\xff\xc1\0\x0b\x0c"), "data.image_kind", "12 bits")
    refused(jpeg(16, 16, ((2, 1), (3, 1), (1, 1)), [(0, 1, 2)]), "data.image_kind", "whole fraction")
    refused(jpeg(16, 16, ((1, 1), (1, 1)), [(0, 1)]), "data.image_kind", "2 colour components")


def lost(pixels, clean):
    """The part of the pixels that differ visibly."""
    return (np.abs(pixels.astype(int) - clean).max(2) > 8).mean()


@pytest.mark.parametrize(
    "restart", [{"restart_marker_rows": 1}, {"restart_marker_blocks": 3}, {"restart_marker_blocks": 1}], ids=str
)
@pytest.mark.parametrize("progressive", [False, True])
def test_a_damaged_jpeg_is_refused_and_goes_on_behind_the_damage_where_that_is_asked_for(
    restart, progressive, monkeypatch
):
    monkeypatch.setattr(ImageFile, "LOAD_TRUNCATED_IMAGES", True)
    photo = Image.fromarray(np.tile(PHOTO, (8, 4, 1)))
    data = saved(photo, quality=90, progressive=progressive, **restart)
    clean = decode_picture(data).pixels.astype(int)
    middle = len(data) // 2
    zeroed = data[:middle] + bytes(1000) + data[middle + 1000 :]
    noise = data[:middle] + RNG.integers(0, 255, 1000, np.uint8).tobytes() + data[middle + 1000 :]
    removed = data[:middle] + data[middle + 1000 :]
    for damaged in (zeroed, noise, removed):
        refused(damaged, "data.image_damaged")
        picture = decode_picture(damaged, allow_damaged=True)
        assert picture.damage
        assert lost(picture.pixels, clean) <= lost(pillow(damaged), clean) + 0.02


def test_a_cut_jpeg_gives_what_is_there_where_that_is_asked_for():
    data = saved(Image.fromarray(PHOTO), quality=90)
    cut = data[: len(data) * 2 // 3]
    refused(cut, "data.image_damaged")
    picture = decode_picture(cut, allow_damaged=True)
    assert "cut short" in picture.damage or "ends early" in picture.damage
    assert np.array_equal(picture.pixels[:16], decode_picture(data).pixels[:16])
    assert decode_picture(data, allow_damaged=True).damage is None
