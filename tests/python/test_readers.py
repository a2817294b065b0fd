"""Readers of JPEG, PNG, WebP and TIFF: as Pillow to the sample; what is damaged, hostile or unknown is refused."""

import io
import struct
import subprocess
import sys
import zlib

import numpy as np
import pytest
from made_files import chunk, jpeg, png, tiff
from PIL import Image, ImageFile

from vaerans_ecs import errors
from vaerans_ecs.images import Picture, decode_picture, encode_picture

RNG = np.random.default_rng(7)
PHOTO = (
    (
        (128 + 90 * np.sin(np.arange(61)[:, None, None] / 7 + np.arange(83)[None, :, None] / 5 + np.arange(3)))
        + RNG.normal(0, 9, (61, 83, 3))
    )
    .clip(0, 255)
    .astype(np.uint8)
)


def pillow(data, mode=None):
    image = Image.open(io.BytesIO(data))
    return np.asarray(image.convert(mode) if mode else image)


def saved(image, format="JPEG", **options):
    out = io.BytesIO()
    image.save(out, format, **options)
    return out.getvalue()


def refused(data, code, word="", **options):
    with pytest.raises(errors.VaeransError) as caught:
        decode_picture(data, **options)
    assert caught.value.code == code and word in str(caught.value), caught.value


# JPEG -----------------------------------------------------------------------------------------------

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


# TIFF -----------------------------------------------------------------------------------------------

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


# PNG ------------------------------------------------------------------------------------------------

GREY = np.arange(64, dtype=np.uint8).reshape(8, 8)
EXIF = b"II*\0\x08\0\0\0\x01\0" + struct.pack("<HHII", 0x112, 3, 1, 6) + bytes(4)


def raw_profile(name, block):
    digits = block.hex()
    lines = "\n".join(digits[i : i + 72] for i in range(0, len(digits), 72))
    return f"\n{name}\n{len(block):8}\n{lines}\n".encode()


@pytest.mark.parametrize("where", ["before", "behind"])
def test_exif_of_a_png_is_found_wherever_it_stands(where):
    text = raw_profile("exif", b"Exif\0\0" + EXIF)
    cases = [
        (b"eXIf", EXIF),
        (b"eXIf", b"Exif\0\0" + EXIF),
        (b"tEXt", b"Raw profile type exif\0" + text),
        (b"zTXt", b"Raw profile type APP1\0\0" + zlib.compress(text)),
        (b"iTXt", b"Raw profile type exif\0\1\0\0\0" + zlib.compress(text)),
        (b"iTXt", b"Raw profile type exif\0\0\0en\0x\0" + text),
    ]
    for case in cases:
        picture = decode_picture(png(GREY, **{where: [case]}))
        assert (picture.exif, picture.orientation) == (EXIF, 6), case[0]
        assert np.array_equal(picture.pixels, GREY)


def test_a_profile_as_text_is_kept():
    profile = encode_profile(b"GRAY")
    picture = decode_picture(png(GREY, [(b"tEXt", b"Raw profile type icc\0" + raw_profile("icc", profile))]))
    assert picture.icc == profile
    assert decode_picture(png(GREY, [(b"iCCP", b"x\0\0" + zlib.compress(profile))])).icc == profile


def encode_profile(space):
    profile = bytearray(200)
    profile[16:20], profile[36:40], profile[:4] = space, b"acsp", struct.pack(">I", 200)
    return bytes(profile)


P3 = [31270, 32900, 68000, 32000, 26500, 69000, 15000, 6000]
SRGB = [31270, 32900, 64000, 33000, 30000, 60000, 15000, 6000]


def number(*values):
    return struct.pack(f">{len(values)}I", *values)


def test_colours_that_chunks_describe_are_kept_as_a_profile():
    from PIL import ImageCms

    for chunks in ([], [(b"gAMA", number(45455))], [(b"cHRM", number(*SRGB)), (b"gAMA", number(45455))]):
        assert decode_picture(png(PHOTO, chunks)).icc is None
    assert decode_picture(png(PHOTO, [(b"gAMA", number(100000)), (b"sRGB", b"\0")])).icc is None
    linear = decode_picture(png(PHOTO, [(b"gAMA", number(100000))])).icc
    wide = decode_picture(png(PHOTO, [(b"cHRM", number(*P3)), (b"gAMA", number(45455))])).icc
    coded = decode_picture(png(PHOTO, [(b"cICP", bytes([12, 13, 0, 1]))])).icc
    grey = decode_picture(png(GREY, [(b"gAMA", number(100000))])).icc
    assert decode_picture(png(PHOTO, [(b"cICP", bytes([1, 13, 0, 1]))])).icc is None
    refused(png(PHOTO, [(b"cICP", bytes([9, 16, 0, 1]))]), "data.image_kind", "cICP")
    srgb = ImageCms.createProfile("sRGB")
    half = Image.new("RGB", (1, 1), (0, 188, 0))

    def seen(icc, image=half):
        return ImageCms.profileToProfile(
            image, ImageCms.ImageCmsProfile(io.BytesIO(icc)), srgb, outputMode="RGB"
        ).getpixel((0, 0))

    assert seen(linear)[1] in range(221, 226)  # (188 / 255) as light is 223 in sRGB
    assert seen(wide, Image.new("RGB", (1, 1), (200, 100, 100)))[0] > 205
    assert seen(coded, Image.new("RGB", (1, 1), (200, 100, 100)))[0] > 205
    assert seen(grey, Image.new("L", (1, 1), 188))[1] in range(221, 226)


def test_only_the_bits_of_samples_count_of_a_transparent_colour():
    found = decode_picture(png(GREY, [(b"tRNS", b"\x01\x05")])).pixels
    assert np.array_equal(found[:, :, 1] == 0, GREY == 5)


def test_a_png_of_an_unknown_method_is_refused():
    data = bytearray(png(GREY))
    data[26] = 1
    data[29:33] = struct.pack(">I", zlib.crc32(data[12:29]))
    refused(bytes(data), "data.image_kind", "method")


def test_the_first_frame_is_read_and_the_caller_is_told_of_the_others():
    frames = [Image.fromarray(np.full((8, 8, 3), level, np.uint8)) for level in (10, 90, 170)]
    for format in ("PNG", "WEBP", "TIFF"):
        more = {"lossless": True} if format == "WEBP" else {}
        picture = decode_picture(saved(frames[0], format, save_all=True, append_images=frames[1:], **more))
        assert (picture.frames, picture.pixels[0, 0, 0]) == (3, 10), format
        assert decode_picture(saved(frames[0], format, **more)).frames == 1


# Hostile files --------------------------------------------------------------------------------------


def bomb(size):
    packer = zlib.compressobj(9)
    return packer.compress(bytes(size)) + packer.flush()


def test_metadata_is_measured_while_it_is_inflated():
    much = bomb(64 << 20)
    chunks = [
        (b"iCCP", b"x\0\0" + much),
        (b"zTXt", b"Raw profile type exif\0\0" + much),
        (b"iTXt", b"Raw profile type exif\0\1\0\0\0" + much),
        (b"tEXt", b"Raw profile type exif\0\nexif\n 999999999\n00\n"),
        (b"eXIf", bytes(17 << 20)),
    ]
    for case in chunks:
        for where in ({"before": [case]}, {"behind": [case]}):
            refused(png(GREY, **where), "limit.metadata", "max_bytes", max_bytes=1 << 29)
    assert decode_picture(png(GREY, [(b"zTXt", b"Comment\0\0" + much)])).frames == 1
    parts = b"".join(b"\xff\xe2\xff\xffICC_PROFILE\0" + bytes([i % 256, 255]) + bytes(65519) for i in range(300))
    refused(jpeg(8, 8, ((1, 1),), [(0,)], extra=parts), "limit.metadata", max_bytes=1 << 29)
    refused(tiff(bytes(288), (24, 12), {34675: bytes(17 << 20)}), "limit.metadata", max_bytes=1 << 29)
    first = struct.pack("<HHHIII", 1, 34665, 4, 1, 26, 0)
    shared = b"".join(struct.pack("<HHII", tag, 7, 1000, 8) for tag in range(1000, 1100))
    block = b"II*\0\x08\0\0\0" + first + struct.pack("<H", 100) + shared + bytes(4)
    with pytest.raises(errors.ParamError, match="EXIF block is damaged"):
        encode_picture(Picture(GREY, exif=block), "tiff")


def test_sizes_are_checked_before_anything_is_decoded():
    big = jpeg(16, 16, ((1, 1),) * 3, [(0, 1, 2)])
    big = big.replace(struct.pack(">HH", 16, 16), struct.pack(">HH", 65500, 65500))
    refused(big, "limit.dimensions", "max_pixels")
    refused(tiff(bytes(288), (1 << 30, 1 << 30), {}), "limit.dimensions")
    header = struct.pack(">IIBBBBB", 1 << 20, 1 << 20, 8, 2, 0, 0, 0)
    refused(
        b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", b"") + chunk(b"IEND", b""), "limit.dimensions"
    )
    refused(saved(Image.fromarray(PHOTO)), "limit.dimensions", "max_pixels", max_pixels=100)


PEAK = """
import sys
from vaerans_ecs.images import decode_picture

def peak():  # unlike ru_maxrss, that of the parent does not count
    return int(next(line for line in open("/proc/self/status") if line.startswith("VmHWM")).split()[1])

before = peak()
try:
    decode_picture(open(sys.argv[1], "rb").read())
except Exception as error:
    print(getattr(error, "code", error))
print(peak() - before)
"""


@pytest.mark.skipif(sys.platform != "linux", reason="reads /proc")
@pytest.mark.parametrize("progressive", [False, True])
def test_a_small_file_that_claims_much_takes_little(tmp_path, progressive):
    data = saved(Image.fromarray(PHOTO), progressive=progressive)
    data = data.replace(struct.pack(">HH", 61, 83), struct.pack(">HH", 16000, 16000))
    (tmp_path / "claims.jpg").write_bytes(data)
    run = subprocess.run(
        [sys.executable, "-c", PEAK, str(tmp_path / "claims.jpg")], capture_output=True, text=True, check=True
    )
    code, peak = run.stdout.split()
    assert code == "data.image_damaged" and int(peak) < 20_000
