"""Readers of picture files stay within max_bytes: they take what they say they need, and it is checked before."""

import io
import re
import subprocess
import sys

import numpy as np
import pytest
from made_files import jpeg
from peak import peak_of
from PIL import Image

import vaerans_ecs as ve
from vaerans_ecs import errors
from vaerans_ecs.images import decode_picture, read_picture, read_pictures

SIDE = 1500
PIXELS = SIDE * SIDE
FLAT = Image.new("RGB", (SIDE, SIDE), (90, 140, 30))
DEEP = Image.fromarray(np.full((SIDE, SIDE), 30000, np.uint16))
#: What an interpreter takes beside a call.
BESIDE = 8 << 20


def saved(image, format, **options):
    out = io.BytesIO()
    image.save(out, format, **options)
    return out.getvalue()


FILES = {
    "JPEG": lambda: saved(FLAT, "JPEG"),
    "JPEG, progressive": lambda: saved(FLAT, "JPEG", progressive=True, subsampling=0),
    "JPEG, CMYK, progressive": lambda: saved(FLAT.convert("CMYK"), "JPEG", progressive=True),
    "JPEG, grey": lambda: saved(FLAT.convert("L"), "JPEG"),
    "PNG": lambda: saved(FLAT, "PNG"),
    "PNG, palette": lambda: saved(FLAT.convert("P"), "PNG"),
    "PNG, 16 bits": lambda: saved(DEEP, "PNG"),
    "TIFF": lambda: saved(FLAT, "TIFF", compression="tiff_lzw"),
    "TIFF, 16 bits": lambda: saved(DEEP, "TIFF", compression="tiff_adobe_deflate"),
    "TIFF, bits": lambda: saved(FLAT.convert("1"), "TIFF", compression="packbits"),
    "WebP": lambda: saved(FLAT, "WEBP", method=0),
    "WebP, lossless": lambda: saved(FLAT, "WEBP", lossless=True, method=0, quality=0),
}


@pytest.fixture(scope="module")
def files():
    return {name: make() for name, make in FILES.items()}


def needed(file):
    with pytest.raises(errors.LimitError) as caught:
        decode_picture(file, max_bytes=len(file))
    assert caught.value.code == "limit.memory" and "raise max_bytes" in str(caught.value), caught.value
    return int(re.search(r"(\d+) bytes of memory", str(caught.value))[1])


@pytest.mark.parametrize("name", FILES)
def test_a_reader_takes_what_it_says_and_no_more(files, name):
    file = files[name]
    most = needed(file)
    samples = decode_picture(file, max_bytes=most).pixels
    # The array handed over is one copy more.
    assert samples.nbytes <= most <= 16 * PIXELS
    peak, error = peak_of(lambda: decode_picture(file, max_bytes=most))
    assert error == "" and peak < most + samples.nbytes + BESIDE, (peak, most)
    peak, error = peak_of(lambda: decode_picture(file, max_bytes=most - 1))
    assert error.startswith("limit.memory") and peak < BESIDE, (peak, error)


@pytest.mark.parametrize("name", FILES)
def test_a_file_longer_than_the_limit_is_refused_unread(files, tmp_path, name):
    path = tmp_path / "picture"
    path.write_bytes(files[name])
    with open(path, "ab") as file:
        file.truncate(1 << 30)  # a hole
    for read in (
        lambda: decode_picture(files[name], max_bytes=len(files[name]) - 1),
        lambda: read_picture(path, max_bytes=1 << 20),
        lambda: ve.imread(path, max_bytes=1 << 20),
        lambda: raise_first(read_pictures([path], max_bytes=1 << 20)),
    ):
        peak, error = peak_of(read)
        assert error.startswith("limit.file_size") and "raise max_bytes" in error and peak < BESIDE, (peak, error)


def raise_first(found):
    raise found[0]


def test_every_way_to_read_takes_the_same_limits(files, tmp_path):
    path = tmp_path / "a.png"
    path.write_bytes(files["PNG"])
    container = tmp_path / "a.vrn"
    container.write_bytes(ve.compress(np.zeros((200, 200, 3), np.uint8)))
    for where in (path, container):
        for limit in ({"max_pixels": 100}, {"max_pixels": 100, "max_bytes": None, "max_elements": None}):
            for read in (read_picture, ve.imread):
                with pytest.raises(errors.LimitError, match="raise max_pixels"):
                    read(where, **limit)
    assert read_pictures([path], max_pixels=100)[0].code == "limit.dimensions"
    assert isinstance(read_pictures([path])[0], ve.images.Picture)
    ways = (read_picture, lambda p, **k: read_pictures([p], **k), lambda _, **k: decode_picture(files["PNG"], **k))
    for read in ways:
        with pytest.raises(errors.ParamError, match="no limit is called") as caught:
            read(path, max_side=7)
        assert caught.value.code == "param.unknown"
        with pytest.raises(errors.ParamError):
            read(path, max_pixels=True)


def test_files_that_are_not_there_are_told_as_python_tells_them(tmp_path):
    (missing,) = read_pictures([tmp_path / "no.png"])
    assert isinstance(missing, FileNotFoundError) and missing.code == "unavailable.file"
    assert missing.filename == str(tmp_path / "no.png") and missing.errno == 2


def test_damaged_files_are_saved_one_by_one(tmp_path):
    good, cut = tmp_path / "good.jpg", tmp_path / "cut.jpg"
    data = jpeg(64, 64, ((1, 1),) * 3, [(0, 1, 2)])
    good.write_bytes(data)
    cut.write_bytes(data[:-40])
    first, second = read_pictures([good, cut])
    assert first.damage is None and second.code == "data.image_damaged"
    first, second = read_pictures([good, cut], allow_damaged=True)
    assert first.damage is None and second.damage


def test_the_command_refuses_what_is_too_long_unread(tmp_path):
    path = tmp_path / "long.png"
    with open(path, "wb") as file:
        file.truncate(1 << 40)  # a hole
    for command in (("compress", path, "-o", tmp_path / "a.vrn"), ("decompress", path, "-o", tmp_path / "a.png")):
        called = subprocess.run(
            [sys.executable, "-m", "vaerans_ecs", *command, "--max-bytes", "1000000"], capture_output=True, text=True
        )
        assert called.returncode == 1 and "limit.file_size" in called.stderr and "--max-bytes" in called.stderr
