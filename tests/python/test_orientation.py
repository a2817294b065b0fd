"""One orientation, whoever states it and whoever reads it: all show what Pillow shows of the source."""

from __future__ import annotations

import io
import struct
import subprocess
import sys

import numpy as np
import pytest

import vaerans_ecs as ve
from vaerans_ecs import images
from vaerans_ecs.errors import ParamError

Image = pytest.importorskip("PIL.Image")
from PIL import ImageOps  # noqa: E402
from PIL.TiffImagePlugin import IFDRational  # noqa: E402

PIXELS = np.random.default_rng(3).integers(0, 256, (5, 8, 3), np.uint8)
EVERY = range(1, 9)
FORMATS = ("png", "webp", "tiff", "jpeg")
CAPTION = 0x010E
COMMAND = [sys.executable, "-m", "vaerans_ecs.cli"]


def exif(orientation: int | None = None, caption: str = "caption") -> bytes:
    """A block from its TIFF header on."""
    block = Image.Exif()
    block[CAPTION] = caption
    if orientation is not None:
        block[0x0112] = orientation
    return block.tobytes().removeprefix(b"Exif\0\0")


def shown(pixels: np.ndarray, orientation: int) -> np.ndarray:
    """As Pillow shows it."""
    file = io.BytesIO()
    Image.fromarray(pixels).save(file, "PNG", exif=exif(orientation))
    return np.asarray(ImageOps.exif_transpose(Image.open(file)))


def by_pillow(data: bytes) -> np.ndarray:
    return np.asarray(ImageOps.exif_transpose(Image.open(io.BytesIO(data))).convert("RGB"))


def stated(entry: int | None, tag: int | None) -> int:
    return entry or tag or 1


CASES = [(entry, tag) for entry in (None, 1, 3, 6) for tag in (None, *EVERY)] + [(o, None) for o in EVERY]


@pytest.mark.parametrize(("entry", "tag"), CASES)
def test_every_reader_of_a_container_gives_the_same_view(tmp_path, entry, tag):
    ve.register_pillow()
    data = ve.compress(PIXELS, lossless=True, exif=exif(tag), orientation=entry)
    wanted = shown(PIXELS, stated(entry, tag))
    about = ve.info(data)
    assert about.orientation == stated(entry, tag)
    assert images.exif_orientation(about.exif) == (1 if tag is None else about.orientation), "the block says the same"
    assert np.array_equal(by_pillow(data), wanted)
    assert np.array_equal(images.unpack(data).upright().pixels, wanted)
    (tmp_path / "a.vrn").write_bytes(data)
    assert np.array_equal(ve.imread(tmp_path / "a.vrn"), wanted)
    opened = Image.open(io.BytesIO(data))
    assert opened.getexif()[CAPTION] == "caption" and opened.info["exif"].startswith(b"Exif\0\0")
    for format in FORMATS[:3]:
        for picture in (images.unpack(data), images.unpack(data).upright()):
            file = images.encode_picture(picture, format)
            assert np.array_equal(by_pillow(file), wanted), format
            assert np.array_equal(images.decode_picture(file).upright().pixels, wanted), format


@pytest.mark.parametrize("orientation", EVERY)
@pytest.mark.parametrize("block", [None, exif(), exif(7)], ids=["no block", "no tag", "another tag"])
@pytest.mark.parametrize("format", FORMATS)
def test_a_picture_file_states_the_orientation_that_was_given(format, block, orientation):
    flat = np.repeat(np.repeat(PIXELS // 64 * 64, 16, 0), 16, 1)
    file = images.encode_picture(images.Picture(flat, exif=block, orientation=orientation), format, 100)
    assert images.decode_picture(file).orientation == orientation
    error = by_pillow(file).astype(int) - shown(flat, orientation)
    assert np.abs(error).mean() < (12 if format == "jpeg" else 1e-9)
    if block is not None:
        assert Image.open(io.BytesIO(file)).getexif()[CAPTION] == "caption"


@pytest.mark.parametrize("orientation", EVERY)
@pytest.mark.parametrize("format", FORMATS)
def test_the_view_survives_the_way_into_a_container(tmp_path, format, orientation):
    """Files of Pillow's, the tag in the block, or in TIFF in the file's own directory."""
    file = io.BytesIO()
    Image.fromarray(PIXELS).save(file, format, lossless=True, subsampling=0, exif=b"Exif\0\0" + exif(orientation))
    file = file.getvalue()
    wanted = by_pillow(file)
    packed = images.pack(images.decode_picture(file), lossless=True)
    (tmp_path / "a.vrn").write_bytes(packed)
    assert ve.info(packed).orientation == orientation
    for found in (by_pillow(packed), ve.imread(tmp_path / "a.vrn")):
        assert found.shape == wanted.shape and np.abs(found.astype(int) - wanted).max() <= 2  # two JPEG decoders


@pytest.mark.parametrize("order", ["<", ">"])
@pytest.mark.parametrize(("kind", "text"), [(1, "B3x"), (3, "H2x"), (4, "I")])
def test_byte_orders_and_types_of_the_tag(order, kind, text):
    head = {"<": b"II*\0", ">": b"MM\0*"}[order]
    ifd = struct.pack(order + "IHHHI" + text + "I", 8, 1, 0x0112, kind, 1, 6, 0)
    assert ve.info(ve.compress(PIXELS, exif=head + ifd)).orientation == 6


@pytest.mark.parametrize("prefix", [b"Exif\0\0", b"Exif\0\0Exif\0\0"])
def test_the_prefix_of_jpeg_is_no_part_of_a_block(prefix):
    ve.register_pillow()
    about = ve.info(ve.compress(PIXELS, exif=prefix + exif(6)))
    assert (about.orientation, about.exif) == (6, exif(6))
    file = io.BytesIO()
    Image.fromarray(PIXELS).save(file, "VRN", exif=prefix + exif(6))
    assert (ve.info(file.getvalue()).orientation, ve.info(file.getvalue()).exif) == (6, exif(6))
    png = images.encode_picture(images.Picture(PIXELS, exif=prefix + exif(6)))
    assert images.decode_picture(png).orientation == 6
    assert ve.info(ve.compress(PIXELS, exif=prefix)).exif is None


def test_pillow_reads_the_block_that_was_handed_out():
    ve.register_pillow()
    opened = Image.open(io.BytesIO(ve.compress(PIXELS, exif=exif(6))))
    for format in ("JPEG", "PNG", "WEBP"):
        file = io.BytesIO()
        opened.save(file, format, exif=opened.info["exif"])
        again = Image.open(file)
        assert again.getexif()[CAPTION] == "caption" and again.getexif()[0x0112] == 1
        assert again.size == (5, 8)


@pytest.mark.parametrize("block", [b"garbage", b"II", b"Exif\0\0JFIF", b"<x:xmpmeta/>"])
def test_a_block_that_is_not_exif_is_refused(block):
    ve.register_pillow()
    for write in (
        lambda: ve.compress(PIXELS, exif=block),
        lambda: Image.fromarray(PIXELS).save(io.BytesIO(), "VRN", exif=block),
        lambda: images.pack(images.Picture(PIXELS, exif=block)),
        *(lambda f=f: images.encode_picture(images.Picture(PIXELS, exif=block), f) for f in FORMATS),
    ):
        with pytest.raises(ParamError) as caught:
            write()
        assert caught.value.code == "param.metadata"


def test_a_picture_file_with_a_broken_block_still_gives_the_picture(tmp_path):
    file = bytearray(images.encode_picture(images.Picture(PIXELS, exif=exif(6)), "webp"))
    at = file.index(b"MM\0*") if b"MM\0*" in file else file.index(b"II*\0")
    file[at : at + 4] = b"oops"
    (tmp_path / "a.webp").write_bytes(file)
    out = tmp_path / "a.vrn"
    subprocess.run([*COMMAND, "compress", tmp_path / "a.webp", "-o", out, "-q"], check=True)
    assert ve.info(out.read_bytes()).exif is None


def test_the_command_keeps_view_and_caption(tmp_path):
    for orientation in (1, 6):
        source = tmp_path / f"{orientation}.tif"
        Image.fromarray(PIXELS).save(source, exif=b"Exif\0\0" + exif(orientation))
        packed = tmp_path / f"{orientation}.vrn"
        subprocess.run([*COMMAND, "compress", source, "-o", packed, "--lossless", "-q"], check=True)
        for suffix, more in [(s, m) for s in ("png", "webp", "tif") for m in ([], ["--upright"])]:
            out = tmp_path / f"out{orientation}{len(more)}.{suffix}"
            subprocess.run([*COMMAND, "decompress", packed, "-o", out, "-q", *more], check=True)
            assert np.array_equal(by_pillow(out.read_bytes()), by_pillow(source.read_bytes())), out


def test_tiff_files_get_the_fields_of_the_block():
    """Those of its directories too, whatever the byte order; what says how samples lie is the file's own."""
    block = Image.Exif()
    block[CAPTION], block[0x0112], block[0x0100] = "caption", 6, 4000
    block.get_ifd(0x8769)[0x829A] = IFDRational(1, 250)
    block.get_ifd(0x8769)[0x9003] = "2026:01:01 00:00:00"
    block.get_ifd(0x8825)[1] = "N"
    for order in ("<", ">"):
        block.endian = order
        data = block.tobytes()
        file = images.encode_picture(images.Picture(PIXELS, exif=data), "tiff")
        opened = Image.open(io.BytesIO(file))
        found = opened.getexif()
        assert (found[CAPTION], found[0x0100], opened.size) == ("caption", 8, (5, 8))
        assert found.get_ifd(0x8769) == {0x829A: 1 / 250, 0x9003: "2026:01:01 00:00:00"}
        assert found.get_ifd(0x8825)[1] == "N"
        assert np.array_equal(np.asarray(opened), shown(PIXELS, 6))
        assert images.decode_picture(file).orientation == 6
