"""What a reader leaves out of a file is told: further pictures, profiles of other colours, blocks that are none."""

import io
import struct
import subprocess
import sys

import numpy as np
import pytest
from made_files import png
from PIL import Image, ImageCms

import vaerans_ecs as ve
from vaerans_ecs.images import decode_picture, read_pictures

RGB = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
PHOTO = Image.new("RGB", (24, 16), (90, 140, 30))
GREY = np.zeros((4, 5), np.uint8)


def profile(space):
    return RGB[:16] + space + RGB[20:]


def saved(image, format, **options):
    out = io.BytesIO()
    image.save(out, format, **options)
    return out.getvalue()


FORMATS = {"JPEG": {}, "PNG": {}, "WEBP": {"lossless": True}, "TIFF": {}}


@pytest.mark.parametrize("format", FORMATS)
def test_a_profile_of_other_colours_is_told(format):
    options = FORMATS[format]
    kept = decode_picture(saved(PHOTO, format, icc_profile=RGB, **options))
    assert kept.icc == RGB and kept.dropped is None
    wrong = decode_picture(saved(PHOTO, format, icc_profile=profile(b"CMYK"), **options))
    assert wrong.icc is None and wrong.dropped == "the ICC profile is for CMYK, the picture is RGB"
    none = decode_picture(saved(PHOTO, format, icc_profile=b"no profile", **options))
    assert none.icc is None and none.dropped == "its ICC profile is damaged"


@pytest.mark.parametrize("format", ["JPEG", "PNG", "WEBP"])
def test_an_exif_block_that_is_none_is_told(format):
    picture = decode_picture(saved(PHOTO, format, exif=b"Exif\0\0no block", **FORMATS[format]))
    assert picture.exif is None and picture.orientation == 1
    assert picture.dropped == "its EXIF block is damaged"


def test_the_profile_of_ink_is_told():
    picture = decode_picture(saved(PHOTO.convert("CMYK"), "JPEG", icc_profile=profile(b"CMYK")))
    assert picture.pixels.shape == (16, 24, 3) and "for CMYK, the picture is RGB" in picture.dropped


def test_a_block_that_is_one_beats_one_that_is_none():
    exif = Image.Exif()
    exif[0x0112] = 6
    block = exif.tobytes()[6:]
    for chunks in ([(b"eXIf", b"none"), (b"eXIf", block)], [(b"eXIf", block), (b"eXIf", b"none")]):
        picture = decode_picture(png(GREY, chunks))
        assert picture.orientation == 6 and picture.exif == block and picture.dropped is None


def test_further_pictures_of_a_jpeg_file_are_counted():
    two = saved(PHOTO, "MPO", save_all=True, append_images=[PHOTO.resize((12, 8))])
    assert Image.open(io.BytesIO(two)).n_frames == decode_picture(two).frames == 2
    assert decode_picture(saved(PHOTO, "JPEG")).frames == 1
    damaged = two.replace(b"MPF\0", b"MPF\1")
    assert decode_picture(damaged).frames == 1


def test_directories_that_share_their_bytes_are_not_walked_for_ever():
    """65,535 fields each, 100,000 of them on the same megabyte."""
    count, far = 100_000, 2 + 12 * 65535
    file = bytearray(16 + far + 4 * count + 16)
    one = saved(Image.new("L", (2, 2)), "TIFF")
    start = len(one) + len(one) % 2
    for n in range(count):
        at = 4 * n
        struct.pack_into("<H", file, at, 65535)
        struct.pack_into("<I", file, at + far, start + at + 4)
    whole = bytearray(one.ljust(start, b"\0") + file)
    (first,) = struct.unpack_from("<I", whole, 4)
    (fields,) = struct.unpack_from("<H", whole, first)
    struct.pack_into("<I", whole, first + 2 + 12 * fields, start)
    assert 1 <= decode_picture(bytes(whole)).frames <= 4


def test_commands_tell(tmp_path):
    source = tmp_path / "ink.jpg"
    source.write_bytes(saved(PHOTO.convert("CMYK"), "JPEG", icc_profile=profile(b"CMYK")))
    command = [sys.executable, "-m", "vaerans_ecs", "compress", source, "-o", tmp_path / "ink.vrn"]
    called = subprocess.run(command, capture_output=True, text=True)
    assert called.returncode == 0 and "left out: the ICC profile is for CMYK, the picture is RGB" in called.stderr
    assert ve.info((tmp_path / "ink.vrn").read_bytes()).icc is None
    assert read_pictures([source])[0].dropped


def test_nothing_is_told_of_what_is_whole():
    assert decode_picture(png(GREY, [(b"tEXt", b"Comment\0hello")])).dropped is None
