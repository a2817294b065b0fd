"""Files that claim much and hold little: no reader takes memory or time for what is not there."""

import io
import struct
import zlib

import numpy as np
import pytest
from made_files import chunk, png, tiff
from peak import peak_of
from PIL import Image

from vaerans_ecs import errors
from vaerans_ecs.images import decode_picture

GREY = np.zeros((4, 5), np.uint8)
PHOTO = Image.new("RGB", (24, 16), (90, 140, 30))
#: What an interpreter takes beside a call.
BESIDE = 16 << 20


def saved(image, format="JPEG", **options):
    out = io.BytesIO()
    image.save(out, format, **options)
    return out.getvalue()


def refused(data, code, **options):
    with pytest.raises(errors.VaeransError) as caught:
        decode_picture(data, **options)
    assert caught.value.code == code, caught.value


def webp(*chunks):
    """Chunks (name, stated size or None, data) behind a header that has a place for them."""
    body = b"".join(
        name + struct.pack("<I", len(data) if size is None else size) + data + b"\0" * (len(data) % 2)
        for name, size, data in chunks
    )
    return b"RIFF" + struct.pack("<I", len(body) + 4) + b"WEBP" + body


def vp8x(width, height, flags):
    return (
        b"VP8X",
        None,
        struct.pack("<I", flags) + struct.pack("<I", width - 1)[:3] + struct.pack("<I", height - 1)[:3],
    )


LOSSY = saved(PHOTO, "WEBP")[20:]


def test_a_webp_chunk_longer_than_its_file_costs_nothing():
    flags = {b"EXIF": 8, b"ICCP": 32}
    for name in flags:
        file = webp(vp8x(24, 16, flags[name]), (b"VP8 ", None, LOSSY), (name, 0xFFFFFFF0, b"II*\0"))
        peak, error = peak_of(lambda file=file: decode_picture(file))
        assert error == "" and peak < BESIDE, (name, peak, error)
        assert "is damaged" in decode_picture(file).dropped
    peak, error = peak_of(
        lambda: decode_picture(webp(vp8x(24, 16, 32), (b"ICCP", 0x70000000, b""), (b"VP8 ", None, LOSSY)))
    )
    assert error.startswith("data.image_damaged") and peak < BESIDE


def test_a_webp_picture_larger_than_its_file_says_is_refused_before():
    large = bytearray(LOSSY)
    struct.pack_into("<HH", large, 6, 16383, 16383)
    frame = b"\0" * 6 + struct.pack("<I", 23)[:3] + struct.pack("<I", 15)[:3] + b"\0" * 4
    inside = frame + b"VP8 " + struct.pack("<I", len(large)) + bytes(large)
    for file in (
        webp(vp8x(24, 16, 0), (b"VP8 ", None, bytes(large))),
        webp(vp8x(24, 16, 2), (b"ANIM", None, bytes(6)), (b"ANMF", None, inside)),
    ):
        peak, error = peak_of(lambda file=file: decode_picture(file))
        assert error.startswith("data.image_damaged") and peak < BESIDE, (peak, error)


def test_parts_of_a_profile_are_counted_once():
    part = b"\xff\xe2" + struct.pack(">H", 16) + b"ICC_PROFILE\0\1\1"
    file = saved(PHOTO)
    picture = decode_picture(file[:2] + part * 400_000 + file[2:])
    assert picture.icc is None and picture.dropped == "its ICC profile is damaged"


def test_restart_markers_beyond_those_expected_take_no_memory():
    file = saved(PHOTO)[:-2] + b"\xff\xd0" * 4_000_000 + b"\xff\xd9"
    peak, error = peak_of(lambda: decode_picture(file))
    assert error.startswith("data.image_damaged") and peak < BESIDE


def test_fields_of_a_tiff_file_are_read_as_far_as_they_count():
    pages = 20_000
    field = struct.pack("<HHII", 254, 1, 12 * pages, 3)
    page = struct.pack("<H", 1) + field
    one = bytearray(tiff(bytes(1), (1, 1), {}))
    start = len(one)
    (first,) = struct.unpack_from("<I", one, 4)
    (count,) = struct.unpack_from("<H", one, first)
    struct.pack_into("<I", one, first + 2 + 12 * count, start)
    for i in range(pages):
        one += page + struct.pack("<I", start + (i + 1) * 18 if i + 1 < pages else 0)
    assert decode_picture(bytes(one)).frames == pages + 1
    places = tiff(bytes(1), (1, 1), {273: bytes(20 << 20)})
    peak, error = peak_of(lambda: decode_picture(places))
    assert peak < BESIDE, (peak, error)


def test_a_strip_of_a_tiff_file_is_no_larger_than_it_should_be():
    inner = saved(Image.new("L", (4000, 4000)))
    file = tiff(inner, (1, 200), {259: 7, 262: 1, 278: 1, 273: [8] * 200, 279: [len(inner)] * 200})
    peak, error = peak_of(lambda: decode_picture(file))
    assert error.startswith("data.image_damaged") and "larger than it should be" in error and peak < BESIDE
    refused(tiff(saved(Image.new("L", (8, 8))), (8, 8), {259: 7, 262: 3, 320: [0] * 768}), "data.image_kind")


def test_bits_are_turned_once_where_strips_overlap():
    rows = bytes([0x01, 0x03, 0x0F, 0x80, 0x11, 0x13, 0x70, 0xC0])
    right = [[0x80, 0xC0, 0xF0, 0x01], [0x88, 0xC8, 0x0E, 0x03]]
    base = tiff(rows, (4, 2), {266: 2, 278: 1, 273: [0, 0], 279: [4, 4]})
    at = base.index(rows)
    for length in (4, 6, 8):
        file = tiff(rows, (4, 2), {266: 2, 278: 1, 273: [at, at + 4], 279: [length, 4]})
        assert file.index(rows) == at
        assert decode_picture(file).pixels.tolist() == right, length
        assert np.asarray(Image.open(io.BytesIO(file))).tolist() == right


def test_the_metadata_of_all_chunks_has_one_limit():
    packer = zlib.compressobj(9)
    half = packer.compress(bytes(40 << 20)) + packer.flush()
    one = (b"iCCP", b"name\0\0" + half)
    assert decode_picture(png(GREY, [one])).dropped
    refused(png(GREY, [one, one]), "limit.metadata")


@pytest.mark.parametrize(
    "chunks",
    [
        [(b"iCCP", b"name\0\1" + zlib.compress(bytes(200)))],
        [(b"iCCP", b"name\0\0" + zlib.compress(bytes(200))[:-9])],
        [(b"tEXt", b"Raw profile type icc\0\nicc\n 9\n0000\n")],
    ],
)
def test_a_damaged_profile_of_a_png_file_is_told(chunks):
    assert decode_picture(png(GREY, chunks)).dropped == "its ICC profile is damaged"


def test_damaged_blocks_are_told():
    whole = png(GREY, [(b"eXIf", b"II*\0\x08\0\0\0\0\0")])
    broken = whole.replace(
        chunk(b"eXIf", b"II*\0\x08\0\0\0\0\0"), chunk(b"eXIf", b"II*\0\x08\0\0\0\0\0")[:-4] + b"\0\0\0\0"
    )
    assert decode_picture(whole).dropped is None and decode_picture(broken).dropped == "its EXIF block is damaged"
    assert decode_picture(png(GREY, [(b"tEXt", b"Raw profile type exif\0\nexif\n 9\n00\n")])).dropped
    for tag in (34675, 34665, 270):
        file = bytearray(tiff(bytes(1), (1, 1), {tag: b"12345678"}))
        at = file.index(struct.pack("<H", tag)) + 8
        struct.pack_into("<I", file, at, 1 << 30)
        assert decode_picture(bytes(file)).dropped, tag


def test_colours_that_are_not_specified_say_nothing():
    gamma = (b"gAMA", struct.pack(">I", 60_000))
    unspecified = decode_picture(png(GREY, [(b"cICP", bytes([2, 2, 0, 1])), gamma]))
    assert unspecified.icc == decode_picture(png(GREY, [gamma])).icc is not None


def test_an_orientation_is_one_value():
    one, two = (tiff(bytes(1), (1, 1), {274: value, 305: b"me\0\0\0"}) for value in ([6], [6, 6]))
    assert (decode_picture(one).orientation, decode_picture(two).orientation) == (6, 1)
    assert decode_picture(two).exif is not None
