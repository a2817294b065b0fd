"""The command with the real codec, from files to files."""

from __future__ import annotations

import json
import struct
import subprocess
import sys
import zlib

import forge
import numpy as np
import pytest

import vaerans_ecs
from vaerans_ecs import images

#: One tag: orientation 6.
EXIF = b"II*\0\x08\0\0\0\x01\0\x12\x01\x03\0\x01\0\0\0\x06\0\0\0\0\0\0\0"
RNG = np.random.default_rng(11)


COMMAND = ["-m", "vaerans_ecs.cli"]
#: The same where the native module does not load.
WITHOUT_CORE = ["-c", "import sys; sys.modules['vaerans_ecs._core'] = None; from vaerans_ecs.cli import main; main()"]


def vaerans(*arguments, code=0, input=None, how=COMMAND):
    command = [sys.executable, *how, *map(str, arguments)]
    done = subprocess.run(command, capture_output=True, input=input, timeout=300)
    assert done.returncode == code, done.stderr.decode()
    return done


@pytest.fixture
def folder(tmp_path, photo):
    """One picture of every kind, some with metadata."""
    pictures = {
        "rgb.png": images.Picture(photo[:200, :301], exif=EXIF),
        "grey.png": images.Picture(np.ascontiguousarray(photo[:65, :43, 0])),
        "alpha.png": images.Picture(RNG.integers(0, 256, (17, 19, 4), np.uint8)),
        "grey_alpha.tif": images.Picture(RNG.integers(0, 256, (9, 1, 2), np.uint8)),
        "deep.tif": images.Picture(RNG.integers(0, 65536, (33, 21, 3), np.uint16)),
        "one.webp": images.Picture(RNG.integers(0, 256, (1, 1, 3), np.uint8)),
    }
    (tmp_path / "in").mkdir()
    for name, picture in pictures.items():
        images.write_picture(tmp_path / "in" / name, picture)
    return tmp_path / "in"


def test_lossless_there_and_back(folder, tmp_path):
    summary = json.loads(vaerans("compress", folder, "-o", tmp_path / "packed", "--lossless", "--json").stdout)
    assert (summary["files"], summary["failures"]) == (6, 0)
    vaerans("decompress", tmp_path / "packed", "-o", tmp_path / "out", "-F", "tiff")
    for path in sorted(folder.iterdir()):
        before = images.read_picture(path)
        after = images.read_picture(tmp_path / "out" / f"{path.stem}.tif")
        assert after.pixels.dtype == before.pixels.dtype and np.array_equal(after.pixels, before.pixels), path.name
        assert after.orientation == before.orientation


def test_pipes_of_the_shell(folder, tmp_path):
    packed = vaerans("compress", "-", "-Q", "60", input=(folder / "rgb.png").read_bytes()).stdout
    assert images.is_container(packed[:16])
    back = images.decode_picture(vaerans("decompress", "-", input=packed).stdout)
    assert np.array_equal(back.pixels, vaerans_ecs.decompress(packed))
    assert json.loads(vaerans("info", "-", "--json", input=packed).stdout)[0]["shape"] == [200, 301, 3]


def test_quality_makes_files_smaller(folder, tmp_path):
    for quality in (10, 90):
        vaerans("compress", folder / "rgb.png", "-o", tmp_path / f"{quality}.vrn", "-Q", quality)
    assert (tmp_path / "10.vrn").stat().st_size < (tmp_path / "90.vrn").stat().st_size


@pytest.mark.parametrize("profile", ["photo", "vae"])
def test_an_error_can_be_bounded(folder, tmp_path, profile):
    source = images.read_picture(folder / "rgb.png").pixels.astype(int)
    vaerans("compress", folder / "rgb.png", "-o", tmp_path / "x.vrn", "-Q", "20", "--max-error", "3", "-p", profile)
    error = np.abs(vaerans_ecs.decompress((tmp_path / "x.vrn").read_bytes()) - source).max()
    # Fewer bytes may go with a smaller error than was allowed, of the profile photo.
    assert error <= 3 and (error > 0 or profile == "photo")
    assert b"max-error" in vaerans("compress", folder, "--max-error", "-1", code=2).stderr


def test_limits_of_the_command(folder, tmp_path):
    vaerans("compress", folder / "rgb.png", "-o", tmp_path / "x.vrn")
    for limit in ("--max-pixels", "--max-bytes"):
        for run in (
            ("compress", folder / "rgb.png", "-o", tmp_path / "y.vrn"),
            ("decompress", tmp_path / "x.vrn", "-o", tmp_path / "y.png"),
        ):
            told = vaerans(*run, limit, "50", code=1).stderr
            assert b"limit." in told and limit.encode() in told
    assert not (tmp_path / "y.vrn").exists() and not (tmp_path / "y.png").exists()


def test_damaged_files_are_named_with_their_code(folder, tmp_path):
    vaerans("compress", folder, "-o", tmp_path / "packed")
    cut = tmp_path / "packed" / "rgb.vrn"
    cut.write_bytes(cut.read_bytes()[:-20])
    (folder / "cut.png").write_bytes((folder / "rgb.png").read_bytes()[:500])
    done = vaerans("decompress", tmp_path / "packed", "-o", tmp_path / "out", code=1)
    assert b"stream." in done.stderr and b"rgb.vrn" in done.stderr
    assert len(list((tmp_path / "out").iterdir())) == 5
    done = vaerans("compress", folder / "cut.png", "-o", tmp_path / "x.vrn", code=1)
    assert b"data.image_damaged" in done.stderr and not (tmp_path / "x.vrn").exists()


def test_info_shows_the_pipe(folder, tmp_path):
    vaerans("compress", folder / "rgb.png", "-o", tmp_path / "x.vrn")
    text = vaerans("info", tmp_path / "x.vrn").stdout.decode()
    assert "PhotoEncode" in text and "301" in text


def test_bench_and_doctor(folder):
    found = json.loads(vaerans("bench", folder / "rgb.png", "-n", "1", "--json").stdout)["results"][0]
    assert found["ratio"] > 1
    doctor = json.loads(vaerans("doctor", "--json").stdout)
    assert doctor["vaerans"]["isa"] in doctor["vaerans"]["isa_available"]


def test_doctor_tells_of_a_native_module_that_does_not_load():
    found = json.loads(vaerans("doctor", "--json", how=WITHOUT_CORE).stdout)
    assert any("native module does not load" in problem for problem in found["problems"])
    assert found["vaerans"] == {"version": vaerans_ecs.__version__} and found["models"]["folders"]
    assert b"native module does not load" in vaerans("doctor", how=WITHOUT_CORE).stdout


@pytest.mark.parametrize("arguments", ["compress x.png --max-error 2", "info x.vrn", "bench --help"])
def test_other_commands_name_it_and_doctor(arguments):
    told = vaerans(*arguments.split(), how=WITHOUT_CORE, code=1).stderr
    assert b"_core" in told and b"vaerans doctor" in told and b"Traceback" not in told


def test_doctor_tells_of_a_setting_that_the_core_refuses(monkeypatch):
    monkeypatch.setenv("VAERANS_THREADS", "0")
    found = json.loads(vaerans("doctor", "--json").stdout)
    assert any("VAERANS_THREADS=0" in problem for problem in found["problems"])
    assert found["settings"]["VAERANS_THREADS"] == "0"


def test_report_writes_three_files(folder, tmp_path):
    pytest.importorskip("PIL")
    vaerans(
        "report", folder / "rgb.png", "-o", tmp_path / "r.html", "-Q", "20,40,60,80", "--peers", "jpeg", "--threads", 1
    )
    assert (tmp_path / "r.html").read_text().lstrip().lower().startswith("<!doctype html")
    assert json.loads((tmp_path / "r.json").read_text())
    assert (tmp_path / "r.csv").stat().st_size > 100


def test_the_vae_profile(folder, tmp_path):
    vaerans("compress", folder / "rgb.png", "-o", tmp_path / "x.vrn", "-p", "vae")
    vaerans("decompress", tmp_path / "x.vrn", "-o", tmp_path / "x.png")
    assert images.read_picture(tmp_path / "x.png").pixels.shape == (200, 301, 3)


def test_the_first_of_several_pictures_is_taken_and_that_is_told(folder, tmp_path):
    Image = pytest.importorskip("PIL.Image")
    frames = [Image.new("RGB", (20, 20), colour) for colour in ("red", "green", "blue")]
    frames[0].save(tmp_path / "pages.tif", save_all=True, append_images=frames[1:])
    frames[0].save(tmp_path / "moving.png", save_all=True, append_images=frames[1:])
    done = vaerans("compress", tmp_path / "pages.tif", tmp_path / "moving.png", "-o", tmp_path / "out", "--json")
    assert done.stderr.count(b"the first of 3 pictures is taken") == 2
    assert all("3 pictures" in result["note"] for result in json.loads(done.stdout)["results"])


def test_items_of_a_file(tmp_path):
    """A file of two items, put together from two of one."""
    files = [vaerans_ecs.compress(np.full((8, 8 + n, 3), 99, np.uint8), lossless=True) for n in (0, 1)]
    parts = []
    for name, file in zip(("one", "two\x1b"), files, strict=True):
        key = name.encode()
        body = forge.varint(len(key)) + key + forge.body_of(file)[1:]
        parts.append((body, forge.sections_of(file)))
    first = forge.with_body(*parts[0])
    head = struct.pack("<BI", forge.ITEM, len(parts[1][0])) + parts[1][0]
    second = head + struct.pack("<I", forge.crc32c(head)) + parts[1][1]
    (tmp_path / "two.vrn").write_bytes(first + second)
    entry = json.loads(vaerans("info", tmp_path / "two.vrn", "--json").stdout)[0]
    assert entry["items"] == ["one", "two\x1b"] and entry["shape"] == [8, 8, 3]
    shown = vaerans("info", tmp_path / "two.vrn", "--item", "two\x1b").stdout.decode()
    assert r"two\x1b" in shown and "8 x 9 x 3" in shown and "\x1b" not in shown
    done = vaerans("decompress", tmp_path / "two.vrn", "-o", tmp_path / "a.png")
    assert b"the first of 2 pictures is taken" in done.stderr
    done = vaerans("decompress", tmp_path / "two.vrn", "-o", tmp_path / "b.png", "--item", "two\x1b")
    assert b"pictures is taken" not in done.stderr
    assert images.read_picture(tmp_path / "b.png").pixels.shape == (8, 9, 3)
    assert b"param.unknown" in vaerans("info", tmp_path / "two.vrn", "--item", "no", code=1).stderr


def test_what_can_be_saved_of_a_damaged_file(folder, tmp_path):
    data = bytearray((folder / "rgb.png").read_bytes())
    (tmp_path / "cut.png").write_bytes(data[: len(data) // 2])
    assert b"data.image_damaged" in vaerans("compress", tmp_path / "cut.png", code=1).stderr
    assert (
        b"damaged, and taken as far as it goes" in vaerans("compress", tmp_path / "cut.png", "--allow-damaged").stderr
    )


def test_sizes_are_checked_before_a_picture_is_decoded(tmp_path):
    """The header of this one says 20000 x 14000; its one row of data is broken."""
    rows = b"\x08\x02\0\0\0"
    chunks = [(b"IHDR", struct.pack(">II", 14000, 20000) + rows), (b"IDAT", b"broken"), (b"IEND", b"")]
    png = b"\x89PNG\r\n\x1a\n"
    for kind, body in chunks:
        png += struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))
    (tmp_path / "giant.png").write_bytes(png)
    told = vaerans("compress", tmp_path / "giant.png", "--max-pixels", "1000000", code=1).stderr
    assert b"limit.dimensions" in told and b"--max-pixels" in told
