"""Reading PNG and frames, with all that chunks say."""

import io
import struct
import zlib

import numpy as np
import pytest
from made_files import png
from PIL import Image
from reader_checks import GREY, PHOTO, refused, saved

from vaerans_ecs.images import decode_picture

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
