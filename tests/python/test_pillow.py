"""The Pillow plugin, and pictures with their metadata."""

from __future__ import annotations

import io
import os
import subprocess
import sys

import numpy as np
import pytest

import vaerans_ecs
from vaerans_ecs import images, opened
from vaerans_ecs.errors import BitstreamError, DataError, LimitError, ParamError, UnavailableError

Image = pytest.importorskip("PIL.Image")
from PIL import ImageOps  # noqa: E402

RNG = np.random.default_rng(7)


def samples(*shape, dtype=np.uint8):
    return RNG.integers(0, np.iinfo(dtype).max, shape, dtype, endpoint=True)


@pytest.fixture(autouse=True)
def registered():
    vaerans_ecs.register_pillow()


def through(image, **options):
    file = io.BytesIO()
    image.save(file, "VRN", lossless=True, **options)
    file.seek(0)
    return Image.open(file)


def profile(space=b"RGB "):
    block = bytearray(200)
    block[:4] = (200).to_bytes(4, "big")
    block[16:20], block[36:40] = space, b"acsp"
    return bytes(block)


@pytest.mark.parametrize(
    ("mode", "shape"), [("L", (5, 7)), ("LA", (5, 7, 2)), ("RGB", (5, 7, 3)), ("RGBA", (5, 7, 4)), ("RGB", (1, 1, 3))]
)
def test_modes_come_back_as_they_were(mode, shape):
    pixels = samples(*shape)
    back = through(Image.fromarray(pixels, mode))
    assert (back.mode, back.size, back.format) == (mode, shape[1::-1], "VRN")
    assert np.array_equal(np.asarray(back), pixels)
    assert back.get_format_mimetype() == "image/x-vaerans"


def test_sixteen_bits(tmp_path):
    grey = samples(6, 9, dtype=np.uint16)
    back = through(Image.fromarray(grey))
    assert back.mode == "I;16" and np.array_equal(np.asarray(back), grey)
    big = Image.frombytes("I;16B", (9, 6), grey.astype(">u2").tobytes())
    assert np.array_equal(np.asarray(through(big)), grey)
    wide = Image.fromarray(grey.astype(np.int32))
    assert wide.mode == "I" and np.array_equal(np.asarray(through(wide)), grey)
    colour = samples(6, 9, 3, dtype=np.uint16)
    vaerans_ecs.imwrite(tmp_path / "c.vrn", colour, lossless=True)
    shown = Image.open(tmp_path / "c.vrn")
    assert (shown.mode, shown.info["bits"]) == ("RGB", 16)
    assert np.array_equal(np.asarray(shown), (colour >> 8).astype(np.uint8))
    assert np.array_equal(vaerans_ecs.imread(tmp_path / "c.vrn"), colour)


def of_mode(mode):
    # Alpha that is opaque throughout would be left out.
    channels = {"La": 2, "PA": 4, "RGBa": 4}.get(mode, 3)
    picture = Image.fromarray(samples(8, 8, channels))
    return Image.frombytes("LAB", (8, 8), picture.tobytes()) if mode == "LAB" else picture.convert(mode)


TARGETS = {"1": "L", "P": "RGB", "PA": "RGBA", "La": "LA", "RGBa": "RGBA"}


@pytest.mark.parametrize("mode", ["1", "P", "PA"])
def test_modes_of_fewer_colours_come_back_exactly(mode):
    source = of_mode(mode)
    back = through(source)
    assert back.mode == TARGETS[mode]
    assert np.array_equal(np.asarray(back), np.asarray(source.convert(TARGETS[mode])))
    assert np.array_equal(
        vaerans_ecs.decompress(vaerans_ecs.compress(source, lossless=True)).squeeze(), np.asarray(back)
    )


@pytest.mark.parametrize("mode", ["CMYK", "YCbCr", "HSV", "LAB", "La", "RGBa", "RGBX"])
def test_other_modes_become_the_nearest_where_no_sample_is_promised(mode):
    source = of_mode(mode)
    target = source.convert(TARGETS.get(mode, "RGB"))
    for promise in ({"lossless": True}, {"max_error": 3}):
        with pytest.raises(DataError, match=mode) as caught:
            source.save(io.BytesIO(), "VRN", **promise)
        assert caught.value.code == "data.image_kind"
        with pytest.raises(DataError):
            vaerans_ecs.compress(source, **promise)
    file = io.BytesIO()
    source.save(file, "VRN", quality=90)
    expected = vaerans_ecs.compress(np.asarray(target), quality=90)
    assert file.getvalue() == expected == vaerans_ecs.compress(source, quality=90)


def test_a_transparent_colour_becomes_alpha():
    palette = Image.fromarray(samples(8, 8, 3)).quantize(8)
    palette.info["transparency"] = 0
    assert through(palette).mode == "RGBA"
    grey = Image.fromarray(samples(8, 8))
    grey.info["transparency"] = 5
    back = np.asarray(through(grey))
    assert back.shape == (8, 8, 2) and np.array_equal(back[..., 1] == 0, back[..., 0] == 5)


def test_modes_without_a_place_are_refused():
    with pytest.raises(DataError) as caught:
        through(Image.fromarray(np.zeros((2, 2), np.float32)))
    assert caught.value.code == "data.image_kind"
    with pytest.raises(DataError) as caught:
        through(Image.fromarray(np.full((2, 2), 70_000, np.int32)))
    assert caught.value.code == "data.range"


def test_quality_decides_the_size(photo):
    size = {}
    for quality in (20, 80):
        file = io.BytesIO()
        Image.fromarray(photo).save(file, "VRN", quality=quality)
        size[quality] = file.tell()
    assert size[20] < size[80]


def test_icc_and_exif_are_kept(tmp_path):
    exif = Image.Exif()
    exif[0x010F] = "the maker"
    image = Image.fromarray(samples(4, 6, 3))
    image.save(tmp_path / "a.vrn", lossless=True, icc_profile=profile(), exif=exif)
    back = Image.open(tmp_path / "a.vrn")
    assert back.info["icc_profile"] == profile()
    assert back.getexif()[0x010F] == "the maker"
    again = Image.open(tmp_path / "a.vrn")
    again.save(tmp_path / "b.png", icc_profile=again.info["icc_profile"], exif=again.info["exif"])
    assert Image.open(tmp_path / "b.png").getexif()[0x010F] == "the maker"


def test_what_an_opened_jpeg_carries_is_kept(tmp_path):
    exif = Image.Exif()
    exif[0x010F] = "the maker"
    exif[0x0112] = 6
    Image.fromarray(samples(16, 32, 3)).save(tmp_path / "a.jpg", exif=exif, icc_profile=profile())
    jpeg = Image.open(tmp_path / "a.jpg")
    jpeg.save(tmp_path / "a.vrn", lossless=True)
    back = Image.open(tmp_path / "a.vrn")
    assert back.size == (16, 32), "turned upright"
    assert np.array_equal(np.asarray(back), np.asarray(ImageOps.exif_transpose(jpeg)))
    assert back.getexif()[0x010F] == "the maker"
    assert np.array_equal(np.asarray(ImageOps.exif_transpose(back)), np.asarray(back)), "not turned twice"
    assert np.array_equal(vaerans_ecs.decompress((tmp_path / "a.vrn").read_bytes()), np.asarray(jpeg)), (
        "stored as it was"
    )


@pytest.mark.parametrize("orientation", range(1, 9))
def test_every_orientation_is_shown_as_pillow_shows_it(tmp_path, orientation):
    pixels = samples(5, 8, 3)
    exif = Image.Exif()
    exif[0x0112] = orientation
    Image.fromarray(pixels).save(tmp_path / "a.png", exif=exif)
    expected = np.asarray(ImageOps.exif_transpose(Image.open(tmp_path / "a.png")))
    picture = images.read_picture(tmp_path / "a.png")
    assert picture.orientation == orientation and np.array_equal(picture.pixels, pixels)
    assert np.array_equal(picture.upright().pixels, expected)
    images.write_picture(tmp_path / "a.vrn", picture, lossless=True)
    assert np.array_equal(np.asarray(Image.open(tmp_path / "a.vrn")), expected)
    assert np.array_equal(vaerans_ecs.imread(tmp_path / "a.vrn"), expected)
    assert np.array_equal(vaerans_ecs.imread(tmp_path / "a.png"), expected)


@pytest.mark.parametrize(("mode", "space"), [("L", b"RGB "), ("LA", b"RGB "), ("RGB", b"GRAY"), ("RGB", b"CMYK")])
def test_a_profile_of_another_colour_space_is_refused(mode, space):
    image = Image.new(mode, (4, 4))
    with pytest.raises(ParamError, match="ICC profile") as caught:
        through(image, icc_profile=profile(space))
    assert caught.value.code == "param.metadata"
    image.info["icc_profile"] = profile(space)
    with pytest.raises(ParamError, match="ICC profile"):
        through(image)
    assert "icc_profile" not in through(image, icc_profile=None).info


def test_a_profile_of_the_same_colour_space_is_kept():
    for mode, space in [("L", b"GRAY"), ("LA", b"GRAY"), ("RGB", b"RGB "), ("RGBA", b"RGB ")]:
        assert through(Image.new(mode, (4, 4)), icc_profile=profile(space)).info["icc_profile"] == profile(space)


def test_opening_reads_the_header_only(tmp_path, monkeypatch):
    Image.fromarray(samples(8, 8, 3)).save(tmp_path / "a.vrn")
    calls = []
    real = opened.samples
    monkeypatch.setattr(opened, "samples", lambda *a, **k: calls.append(1) or real(*a, **k))
    with Image.open(tmp_path / "a.vrn") as image:
        assert image.size == (8, 8) and not calls
        image.load()
        image.load()
        assert len(calls) == 1
        assert image.crop((0, 0, 2, 2)).size == (2, 2)


def test_damaged_files_are_os_errors_with_a_code(tmp_path):
    Image.fromarray(samples(64, 64, 3)).save(tmp_path / "a.vrn")
    data = (tmp_path / "a.vrn").read_bytes()
    with pytest.raises(OSError) as caught:
        Image.open(io.BytesIO(data[:20])).load()
    assert isinstance(caught.value, BitstreamError) and caught.value.code.startswith("stream.")
    with pytest.raises(OSError) as caught:
        Image.open(io.BytesIO(data[:-9])).load()
    assert caught.value.code.startswith("stream.")


def test_other_formats_are_still_others(tmp_path):
    Image.fromarray(samples(4, 4, 3)).save(tmp_path / "a.png")
    assert Image.open(tmp_path / "a.png").format == "PNG"
    (tmp_path / "b.vrn").write_bytes(b"no such thing")
    with pytest.raises(OSError):
        Image.open(tmp_path / "b.vrn")


def test_importing_the_package_does_not_import_pillow():
    code = (
        "import sys, vaerans_ecs; assert 'PIL' not in sys.modules; import vaerans_ecs.pillow; assert sys.modules['PIL']"
    )
    subprocess.run([sys.executable, "-c", code], check=True)


def test_without_pillow_the_error_says_what_to_install():
    code = (
        "import sys; sys.modules['PIL'] = None\n"
        "from vaerans_ecs.errors import UnavailableError\n"
        "try:\n    import vaerans_ecs.pillow\n"
        "except UnavailableError as e:\n    assert e.code == 'unavailable.feature' and 'pip install pillow' in str(e)\n"
        "else:\n    raise SystemExit(1)\n"
    )
    subprocess.run([sys.executable, "-c", code], check=True)
    assert issubclass(UnavailableError, RuntimeError)


# ---- picture files


@pytest.mark.parametrize("name", ["a.png", "a.tif"])
@pytest.mark.parametrize("dtype", [np.uint8, np.uint16])
@pytest.mark.parametrize("channels", [None, 2, 3, 4])
def test_every_sample_is_kept(tmp_path, name, dtype, channels):
    pixels = samples(9, 5, *([channels] if channels else []), dtype=dtype)
    size = images.write_picture(tmp_path / name, images.Picture(pixels))
    assert size == (tmp_path / name).stat().st_size
    back = images.read_picture(tmp_path / name).pixels
    assert back.dtype == dtype and np.array_equal(back, pixels) and back.flags.c_contiguous and back.flags.writeable


@pytest.mark.parametrize("name", ["a.png", "a.tif", "a.webp"])
def test_pillow_reads_what_we_write(tmp_path, name):
    pixels = samples(9, 5, 4)
    images.write_picture(tmp_path / name, images.Picture(pixels, profile()))
    image = Image.open(tmp_path / name)
    assert image.mode == "RGBA" and np.array_equal(np.asarray(image), pixels)
    assert image.info["icc_profile"] == profile()


@pytest.mark.parametrize("options", [{"quality": 95, "subsampling": 0}, {"progressive": True}, {"quality": 60}])
@pytest.mark.parametrize("mode", ["RGB", "L", "CMYK"])
def test_we_read_jpegs_as_pillow_does(tmp_path, photo, mode, options):
    Image.fromarray(photo[:128, :160]).convert(mode).save(tmp_path / "a.jpg", **options)
    expected = np.asarray(Image.open(tmp_path / "a.jpg").convert("RGB" if mode == "CMYK" else mode))
    error = np.abs(images.read_picture(tmp_path / "a.jpg").pixels.astype(int) - expected)
    assert error.mean() < 2, "decoders may round differently and smooth chroma differently, no more"


def test_non_contiguous_and_read_only_arrays_are_fine(tmp_path):
    pixels = samples(8, 8, 3)[::2, ::-1]
    pixels.flags.writeable = False
    images.write_picture(tmp_path / "a.png", images.Picture(pixels))
    assert np.array_equal(images.read_picture(tmp_path / "a.png").pixels, pixels)


@pytest.mark.parametrize(
    ("name", "pixels", "code"),
    [
        ("a.jpg", np.zeros((2, 2, 4), np.uint8), "param.image_format"),
        ("a.jpg", np.zeros((2, 2, 3), np.uint16), "param.image_format"),
        ("a.gif", np.zeros((2, 2, 3), np.uint8), "param.image_format"),
        ("a.png", np.zeros((2, 2, 5), np.uint8), "param.shape"),
        ("a.png", np.zeros((0, 2, 3), np.uint8), "param.shape"),
        ("a.png", np.zeros((2,), np.uint8), "param.shape"),
        ("a.png", np.zeros((2, 2), np.float32), "param.dtype"),
    ],
)
def test_what_cannot_be_written(tmp_path, name, pixels, code):
    with pytest.raises(ParamError) as caught:
        images.write_picture(tmp_path / name, images.Picture(pixels))
    assert caught.value.code == code
    assert os.listdir(tmp_path) == []


def test_files_that_are_no_pictures(tmp_path):
    (tmp_path / "a.png").write_bytes(b"GIF89a")
    with pytest.raises(DataError) as caught:
        images.read_picture(tmp_path / "a.png")
    assert caught.value.code == "data.image_format"
    with pytest.raises(FileNotFoundError):
        images.read_picture(tmp_path / "none.png")
    images.write_picture(tmp_path / "b.png", images.Picture(samples(50, 50, 3)))
    data = (tmp_path / "b.png").read_bytes()
    with pytest.raises(DataError) as caught:
        images.decode_picture(data[: len(data) // 2])
    assert caught.value.code == "data.image_damaged"


def test_a_picture_of_absurd_size_is_refused_unread():
    import struct
    import zlib

    header = struct.pack(">IIBBBBB", 1 << 20, 1 << 20, 8, 2, 0, 0, 0)
    chunk = b"IHDR" + header
    data = b"\x89PNG\r\n\x1a\n" + struct.pack(">I", 13) + chunk + struct.pack(">I", zlib.crc32(chunk))
    data += struct.pack(">I", 0) + b"IDAT" + struct.pack(">I", zlib.crc32(b"IDAT"))
    with pytest.raises(LimitError) as caught:
        images.decode_picture(data)
    assert caught.value.code == "limit.dimensions"


def test_imwrite_without_overwriting(tmp_path):
    vaerans_ecs.imwrite(tmp_path / "a.png", samples(2, 2))
    with pytest.raises(FileExistsError):
        vaerans_ecs.imwrite(tmp_path / "a.png", samples(2, 2), overwrite=False)
    with pytest.raises(ParamError):
        vaerans_ecs.imwrite(tmp_path / "b.png", samples(2, 2), lossless=True)


def test_reading_many(tmp_path):
    paths = [tmp_path / f"{index}.png" for index in range(9)]
    pictures = [samples(3 + index, 4, 3) for index in range(9)]
    for path, pixels in zip(paths, pictures, strict=True):
        images.write_picture(path, images.Picture(pixels))
    paths.insert(4, tmp_path / "none.png")
    seen = []
    found = images.read_pictures(paths, 3, lambda done, total: seen.append((done, total)))
    assert isinstance(found[4], UnavailableError) and "none.png" in str(found[4])
    assert all(np.array_equal(f.pixels, p) for f, p in zip(found[:4] + found[5:], pictures, strict=True))
    assert seen == [(done, 10) for done in range(1, 11)]

    def stop(done, _total):
        if done == 2:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        images.read_pictures(paths, 2, stop)
    assert images.read_pictures([]) == []


def test_a_world_takes_files(tmp_path):
    pictures = [samples(3 + index, 4, 3) for index in range(4)]
    paths = [tmp_path / f"{index}.tif" for index in range(4)]
    for path, pixels in zip(paths, pictures, strict=True):
        images.write_picture(path, images.Picture(pixels))
    world, seen = vaerans_ecs.World(arena_bytes=1 << 20), []
    eids = world.spawn_files(paths, progress=lambda done, total: seen.append((done, total)), threads=2)
    assert seen == [(1, 4), (2, 4), (3, 4), (4, 4)]
    for eid, pixels in zip(eids, pictures, strict=True):
        assert np.array_equal(world.view(world.rgb[eid].ref), pixels)
    before = list(world.entities)
    with pytest.raises(UnavailableError) as caught:
        world.spawn_files([paths[0], tmp_path / "none.tif"])
    assert "none.tif" in str(caught.value) and list(world.entities) == before


@pytest.mark.parametrize("orientation", [0, 9, -1])
def test_orientations_there_are_none_of(orientation):
    with pytest.raises(ParamError):
        images.turn(np.zeros((2, 2)), orientation)
