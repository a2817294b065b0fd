"""Reading TIFF: as libtiff to the sample; what is damaged or unknown is refused."""

import io
import struct

import numpy as np
import pytest
from made_files import tiff
from PIL import Image
from reader_checks import PHOTO, RNG, pillow, refused, saved

from vaerans_ecs import errors
from vaerans_ecs.images import Picture, decode_picture, encode_picture

SAMPLES = RNG.integers(0, 256, (12, 24, 5)).astype(np.uint8)


def strip(channels, **tags):
    pixels = SAMPLES[:, :, :channels]
    return tiff(
        pixels.tobytes(), (24, 12), {258: [8] * channels, 277: channels, **{int(k[1:]): v for k, v in tags.items()}}
    )


@pytest.mark.parametrize("declared", [None, 0])
@pytest.mark.parametrize("colors, photometric", [(1, 1), (3, 2)])
def test_an_extra_sample_that_is_not_declared_is_no_alpha(declared, colors, photometric):
    tags = {} if declared is None else {"t338": declared}
    pixels = decode_picture(strip(colors + 1, t262=photometric, **tags)).pixels
    assert np.array_equal(pixels.reshape(12, 24, -1), SAMPLES[:, :, :colors])


def test_alpha_is_found_among_several_extra_samples():
    pixels = decode_picture(strip(5, t262=2, t338=[0, 2])).pixels
    assert np.array_equal(pixels, SAMPLES[:, :, [0, 1, 2, 4]])
    pixels = decode_picture(strip(3, t262=1, t338=[2, 0])).pixels
    assert np.array_equal(pixels, SAMPLES[:, :, :2])


@pytest.mark.parametrize("wide", [False, True])
@pytest.mark.parametrize("colors", [1, 3])
def test_alpha_that_is_multiplied_in_is_divided_out(colors, wide):
    most, dtype = (65535, "<u2") if wide else (255, "u1")
    alpha = np.array([0, 1, 2, 64, 128, 200, most - 1, most])
    true = np.arange(8 * colors).reshape(8, colors) * most // (8 * colors)
    stored = np.hstack([np.rint(true * alpha[:, None] / most), alpha[:, None]]).astype(dtype)
    tags = {258: [8 << wide] * (colors + 1), 277: colors + 1, 262: 1 if colors == 1 else 2, 338: 1}
    found = decode_picture(tiff(stored.tobytes(), (8, 1), tags)).pixels.reshape(8, -1).astype(int)
    assert np.array_equal(found[:, -1], alpha)
    expected = np.floor(stored[:, :-1] * (most / np.maximum(alpha, 1))[:, None] + 0.5)
    assert np.array_equal(found[1:, :-1], np.minimum(expected, most)[1:])
    assert decode_picture(tiff(b"\x40\x80", (1, 1), {258: [8, 8], 277: 2, 338: 1})).pixels.tolist() == [[[128, 128]]]


@pytest.mark.parametrize("bits", [8, 16])
@pytest.mark.parametrize("tiled", [False, True])
@pytest.mark.parametrize("extra", [0, 1])
@pytest.mark.parametrize("order", "<>")
def test_planes_are_put_together(bits, tiled, extra, order):
    tifffile = pytest.importorskip("tifffile")
    pixels = RNG.integers(0, 1 << bits, (3 + extra, 50, 70)).astype(f"u{bits // 8}")
    out = io.BytesIO()
    layout = {"tile": (16, 32)} if tiled else {"rowsperstrip": 7}
    more = {"extrasamples": ["unassalpha"]} if extra else {}
    tifffile.imwrite(
        out, pixels, photometric="rgb", planarconfig="separate", byteorder=order, metadata=None, **layout, **more
    )
    assert np.array_equal(decode_picture(out.getvalue()).pixels, pixels.transpose(1, 2, 0))


@pytest.mark.parametrize("big", [False, True])
@pytest.mark.parametrize("order", "<>")
def test_whole_numbers_of_any_size_and_meaning(order, big):
    grey = SAMPLES[:, :, 0]
    options = {"order": order, "big": big}
    assert np.array_equal(decode_picture(tiff(grey.tobytes(), (24, 12), {}, **options)).pixels, grey)
    assert np.array_equal(decode_picture(tiff(grey.tobytes(), (24, 12), {262: 0}, **options)).pixels, 255 - grey)
    wide = (grey.astype(f"{order}u2") * 257 - 3).astype(f"{order}u2")
    assert np.array_equal(decode_picture(tiff(wide.tobytes(), (24, 12), {258: 16}, **options)).pixels, wide)
    palette = RNG.integers(0, 65536, 768).tolist()
    found = decode_picture(tiff(grey.tobytes(), (24, 12), {262: 3, 320: palette}, **options)).pixels
    assert np.array_equal(found, (np.reshape(palette, (3, 256)) >> 8)[:, grey].transpose(1, 2, 0))
    for bits in (1, 2, 4):
        few = (grey >> (8 - bits)).reshape(12, 24 * bits // 8, 8 // bits)
        packed = sum(few[:, :, i].astype(int) << (8 - bits * (i + 1)) for i in range(8 // bits)).astype(np.uint8)
        for turned in (1, 2):
            stored = (
                np.packbits(np.unpackbits(packed[..., None], axis=2), axis=2, bitorder="little")
                if turned == 2
                else packed
            )
            data = tiff(stored.tobytes(), (24, 12), {258: bits, 266: turned}, **options)
            assert np.array_equal(decode_picture(data).pixels, (grey >> (8 - bits)) * (255 // (2**bits - 1)))


@pytest.mark.parametrize(
    "compression", [None, "raw", "tiff_lzw", "packbits", "tiff_deflate", "tiff_adobe_deflate", "jpeg", "group4"]
)
@pytest.mark.parametrize("mode", ["1", "L", "RGB", "RGBA", "CMYK", "P", "I;16"])
def test_what_libtiff_writes_is_read_to_the_sample(mode, compression):
    if mode == "I;16":
        image = Image.fromarray(PHOTO[:, :, 0].astype(np.uint16) * 255)
    else:
        image = Image.fromarray(PHOTO).convert(mode)
    if (compression == "jpeg" and mode not in ("L", "RGB", "CMYK")) or (compression == "group4" and mode != "1"):
        pytest.skip("libtiff does not write this")
    data = saved(image, "TIFF", compression=compression)
    expected = pillow(data, {"1": "L", "CMYK": "RGB", "P": "RGB"}.get(mode))
    assert np.array_equal(decode_picture(data).pixels, expected)


@pytest.mark.parametrize(
    "tags, word",
    [
        ({339: 2}, "signed"),
        ({339: 3, 258: 32}, "floating"),
        ({258: 12}, "12 bits"),
        ({262: 6, 277: 3, 258: [8, 8, 8]}, "YCbCr"),
        ({262: 8, 277: 3, 258: [8, 8, 8]}, "kind 8"),
        ({262: None}, "unknown meaning"),
        ({259: 6}, "compression 6"),
        ({259: 34925}, "compression 34925"),
        ({317: 3}, "predictor 3"),
        ({262: 5, 277: 4, 258: [8] * 4, 332: 2}, "inks"),
        ({277: 2, 258: [8, 16]}, "different numbers of bits"),
    ],
    ids=str,
)
def test_kinds_of_tiff_that_are_not_read_are_named(tags, word):
    refused(tiff(bytes(4000), (24, 12), tags), "data.image_kind", word)


def test_a_strip_that_ends_early_is_damage_not_other_bytes():
    data = tiff(bytes(288), (24, 12), {279: 200})
    refused(data + bytes(1000), "data.image_damaged", "cut short")
    refused(tiff(bytes(200), (24, 12), {279: 288}), "data.image_damaged", "cut short")


@pytest.mark.parametrize("tag", [256, 257, 258, 259, 262, 266, 273, 277, 278, 279, 284, 317, 338, 339])
@pytest.mark.parametrize("what", ["outside of the file", "text", "none"])
def test_a_tag_that_is_there_but_cannot_be_read_has_no_default(tag, what):
    """258 was 1 bit where its values lay behind the end: other pixels, without a word."""
    tags = {266: 1, 284: 1, 317: 1, 338: 2, 339: 1, 277: 2, 258: (8, 8)}
    file = bytearray(tiff(bytes(range(12)), (3, 2), tags))
    decode_picture(bytes(file))
    count = struct.unpack_from("<H", file, 8)[0]
    at = next(at for at in range(10, 10 + 12 * count, 12) if struct.unpack_from("<H", file, at)[0] == tag)
    kind, values, place = {"outside of the file": (3, 9, 1 << 30), "text": (2, 2, 0), "none": (3, 0, 0)}[what]
    struct.pack_into("<HII", file, at + 2, kind, values, place)
    with pytest.raises(errors.DataError) as e:
        decode_picture(bytes(file))
    assert e.value.code == "data.image_damaged" and str(tag) in str(e.value)


def test_exif_of_a_tiff_is_read_and_written():
    exif = Image.Exif()
    exif[0x010E], exif[0x010F], exif[0x8298] = "caption", "maker", "rights"
    exif.get_ifd(0x8769)[0x9003] = "2020:01:02 03:04:05"
    exif.get_ifd(0x8769)[0x829A] = (1, 250)
    exif.get_ifd(0x8825)[2] = (48.0, 12.0, 30.5)
    for order in "<>":
        exif.endian = order
        block = exif.tobytes().removeprefix(b"Exif\0\0")
        picture = Picture(PHOTO, exif=block)
        data = encode_picture(picture, "tiff")
        with Image.open(io.BytesIO(data)) as image:
            theirs = image.getexif()
            assert theirs[0x010E] == "caption" and theirs.get_ifd(0x8769)[0x9003] == "2020:01:02 03:04:05"
            assert theirs.get_ifd(0x8825)[2] == (48.0, 12.0, 30.5)
        ours = Image.Exif()
        ours.load(decode_picture(data).exif)
        for ifd in (0x8769, 0x8825):
            assert dict(ours.get_ifd(ifd)) == dict(exif.get_ifd(ifd))
        assert ours[0x010E] == "caption" and ours[0x8298] == "rights"
    again = Image.Exif()
    again.load(exif.tobytes())
    data = saved(Image.fromarray(PHOTO), "TIFF", exif=again)
    found = Image.Exif()
    found.load(decode_picture(data).exif)
    assert found[0x010F] == "maker" and found.get_ifd(0x8769)[0x9003] == "2020:01:02 03:04:05"
    assert decode_picture(encode_picture(Picture(PHOTO, orientation=6), "tiff")).exif is None
