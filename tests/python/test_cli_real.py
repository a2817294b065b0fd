"""The command with the real codec, from files to files."""

from __future__ import annotations

import json
import subprocess
import sys

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
    assert 0 < error <= 3
    assert b"max-error" in vaerans("compress", folder, "--max-error", "-1", code=2).stderr


def test_limits_of_the_command(folder, tmp_path):
    vaerans("compress", folder / "rgb.png", "-o", tmp_path / "x.vrn")
    for limit, code in [("--max-pixels", b"limit.dimensions"), ("--max-bytes", b"limit.memory")]:
        assert code in vaerans("compress", folder / "rgb.png", "-o", tmp_path / "y.vrn", limit, "50", code=1).stderr
        assert code in vaerans("decompress", tmp_path / "x.vrn", "-o", tmp_path / "y.png", limit, "50", code=1).stderr
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
    assert "Wavelet" in text and "301" in text


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
    assert any("threads=0" in problem for problem in found["problems"])
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
