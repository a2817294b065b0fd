"""What a Pillow image carries (ICC profile, EXIF, orientation) goes into the file, whoever writes it."""

from __future__ import annotations

import io

import numpy as np
import pytest

import vaerans_ecs as ve
from vaerans_ecs import images
from vaerans_ecs.errors import ParamError
from vaerans_ecs.systems import ANSEncode, WaveletCDF53, YCoCgR

Image = pytest.importorskip("PIL.Image")

CAPTION, ORIENTATION = 270, 274


def profile(space=b"RGB "):
    block = bytearray(200)
    block[:4] = (200).to_bytes(4, "big")
    block[16:20], block[36:40] = space, b"acsp"
    return bytes(block)


def exif_of(**tags):
    exif = Image.Exif()
    for name, value in tags.items():
        exif[{"caption": CAPTION, "orientation": ORIENTATION}[name]] = value
    return exif


def picture():
    return Image.fromarray(np.random.default_rng(3).integers(0, 256, (8, 12, 3), np.uint8))


def opened(format="PNG", **options):
    file = io.BytesIO()
    picture().save(file, format, **options)
    file.seek(0)
    return Image.open(file)


def by_plugin(image, **options):
    ve.register_pillow()
    file = io.BytesIO()
    image.save(file, "VRN", **options)
    return file.getvalue()


def by_world(image, **options):
    world = ve.World(1 << 20)
    (eid,) = world.spawn_batch_rgb([image]) if options.pop("many", False) else [world.spawn_image(image)]
    return (world.pipe(eid) | YCoCgR() | WaveletCDF53(levels=1) | ANSEncode()).out().tobytes(**options)


def by_imwrite(image, name="a.vrn", **options):
    import tempfile
    from pathlib import Path

    with tempfile.TemporaryDirectory() as folder:
        ve.imwrite(Path(folder) / name, image, **options)
        return (Path(folder) / name).read_bytes()


WRITERS = {
    "compress": ve.compress,
    "plugin": by_plugin,
    "imwrite": by_imwrite,
    "spawn_image": by_world,
    "spawn_batch_rgb": lambda image, **options: by_world(image, many=True, **options),
}


def told(file):
    about = ve.info(file)
    caption = None
    if about.exif:
        exif = Image.Exif()
        exif.load(about.exif)
        caption = exif.get(CAPTION)
    return about.icc, caption, about.orientation or 1


@pytest.mark.parametrize("name", WRITERS)
def test_what_info_holds_goes_into_the_file(name):
    image = opened(icc_profile=profile(), exif=exif_of(caption="sea", orientation=6))
    assert told(WRITERS[name](image)) == (profile(), "sea", 6)
    copy = image.copy()
    assert told(WRITERS[name](copy)) == (profile(), "sea", 6)
    assert told(WRITERS[name](picture())) == (None, None, 1)


@pytest.mark.parametrize("name", WRITERS)
def test_the_block_stays_as_it_is_unless_getexif_was_changed(name):
    block = exif_of(caption="sea").tobytes()[6:] + b"left by a camera"
    image = picture()
    image.info["exif"] = block
    assert ve.info(WRITERS[name](image)).exif == block
    image.getexif()[CAPTION] = "lake"
    image.getexif()[ORIENTATION] = 3
    assert told(WRITERS[name](image)) == (None, "lake", 3)
    image.info["exif"] = exif_of(caption="hill").tobytes()
    assert told(WRITERS[name](image)) == (None, "hill", 1), "info was changed last"
    del image.info["exif"]
    assert ve.info(WRITERS[name](image)).exif is None


@pytest.mark.parametrize("name", WRITERS)
def test_what_only_getexif_says(name):
    image = picture()
    image.getexif()[ORIENTATION] = 8
    assert told(WRITERS[name](image))[2] == 8
    image = picture()
    image.info["xmp"] = b'<x tiff:Orientation="6"/>'
    assert told(WRITERS[name](image))[2] == 6


def tags_of(block):
    exif = Image.Exif()
    exif.load(block)
    return {tag: value for tag, value in exif.items() if tag not in (ORIENTATION, 34665)}, exif.get_ifd(34665)


@pytest.mark.parametrize("write", [ve.compress, by_plugin])
@pytest.mark.parametrize("options", [{}, {"dpi": (72, 72)}])
def test_tiff_tells_what_decode_picture_tells(write, options):
    exif = exif_of(caption="sea", orientation=6)
    exif[305] = "a program"
    exif[34665] = {36867: "2020:01:01 00:00:00"}
    written = Image.Exif()
    written.load(exif.tobytes())
    image = opened("TIFF", exif=written, icc_profile=profile(), **options)
    data = image.fp.getvalue()
    file, turned = write(image, lossless=True), np.asarray(image)
    assert np.array_equal(ve.decompress(file), turned), "Pillow turns TIFF files when it loads them"
    assert (ve.info(file).orientation or 1, ve.info(file).icc) == (1, profile())
    found, expected = tags_of(ve.info(file).exif), tags_of(images.decode_picture(data).exif)
    assert found == expected and found[1] and found[0][CAPTION] == "sea" and ("dpi" in options) == (282 in found[0])


def test_a_big_tiff_gives_a_block_all_the_same():
    image = opened("TIFF", exif=exif_of(caption="sea"), big_tiff=True)
    assert told(ve.compress(image)) == (None, "sea", 1)


@pytest.mark.parametrize("name", ["compress", "imwrite"])
def test_what_the_caller_passes_counts(name):
    image, write = opened(icc_profile=profile(), exif=exif_of(caption="sea", orientation=6)), WRITERS[name]
    assert told(write(image, orientation=3)) == (profile(), "sea", 3)
    assert told(write(image, exif=exif_of(caption="lake"))) == (profile(), "lake", 1)
    assert told(write(image, icc=b"", exif=b"")) == (None, None, 1)
    assert told(write(image, icc=profile() + b"more")) == (profile() + b"more", "sea", 6)


def test_handles_take_what_the_caller_passes(tmp_path):
    image = opened(icc_profile=profile(), exif=exif_of(caption="sea", orientation=6))
    assert told(by_world(image, exif=exif_of(caption="lake").tobytes())) == (profile(), "lake", 1)
    assert told(by_world(image, icc=b"", exif=b"")) == (None, None, 1)
    images.write_picture(tmp_path / "a.png", images.decode_picture(by_imwrite(image, "a.png")))
    world = ve.World(1 << 20)
    (eid,) = world.spawn_files(tmp_path / "a.png")
    world.pipe(eid)
    (world.pipe(eid) | YCoCgR() | ANSEncode()).out().save(tmp_path / "b.vrn")
    assert told((tmp_path / "b.vrn").read_bytes()) == (profile(), "sea", 6)
    world.pipe(eid).out("RGB").save(tmp_path / "c.png")
    assert images.read_picture(tmp_path / "c.png").orientation == 6
    world.pipe(eid).out("RGB").save(tmp_path / "d.png", exif=exif_of(orientation=8).tobytes())
    assert images.read_picture(tmp_path / "d.png").orientation == 8
    world.despawn(eid)
    assert not world._carried


@pytest.mark.parametrize("name", ["a.png", "a.tif", "a.webp", "a.jpg"])
def test_imwrite_keeps_it_in_every_format(name):
    image = opened(icc_profile=profile(), exif=exif_of(caption="sea", orientation=6))
    back = images.decode_picture(by_imwrite(image, name))
    assert (back.icc, back.orientation) == (profile(), 6)
    assert b"sea" in back.exif


def test_what_is_no_metadata_is_refused():
    image = picture()
    image.info["icc_profile"] = "sRGB"
    with pytest.raises(ParamError, match="icc"):
        ve.compress(image)
    image = picture().convert("L")
    image.info["icc_profile"] = profile()
    with pytest.raises(ParamError, match="ICC profile"):
        ve.compress(image)
    assert ve.info(ve.compress(image, icc=b"")).icc is None
    image = picture()
    image.info["exif"] = b"junk"
    with pytest.raises(ParamError, match="EXIF"):
        ve.compress(image)
