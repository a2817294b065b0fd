"""The command: files in, files out, nothing lost.

The codec here is a stand-in; the real one is tried in test_cli_real.
"""

from __future__ import annotations

import io
import json
import os
import re
import signal
import subprocess
import sys
import textwrap
import time
from pathlib import Path

import numpy as np
import pytest
from typer.testing import CliRunner

import vaerans_ecs
from vaerans_ecs import eval, images
from vaerans_ecs.cli import convert, outcome, show
from vaerans_ecs.cli.app import app
from vaerans_ecs.cli.measure import parse_qualities

runner = CliRunner()
posix = pytest.mark.skipif(sys.platform == "win32", reason="POSIX signals")

#: Installs the stand-in; also run by the child processes of this test.
FAKE = textwrap.dedent(
    """
    import dataclasses, pickle
    import vaerans_ecs
    from vaerans_ecs import eval, images
    from vaerans_ecs.errors import BitstreamError, DataError

    @dataclasses.dataclass
    class Info:
        width: int
        height: int
        profile: str
        quality: float
        icc: bytes | None
        exif: bytes | None
        orientation: int
        shape: tuple
        dtype: str = "uint8"

    def compress(img, profile="photo", quality=75, lossless=False, threads=None, model=None, icc=None, exif=None,
                 orientation=1, max_pixels=None, max_bytes=None, **options):
        note = Info(img.shape[1], img.shape[0], profile, quality, icc, exif, orientation, img.shape)
        return b"FAKE" + pickle.dumps((img, note))

    def parts(data):
        if data[:4] != b"FAKE":
            raise BitstreamError("stream.magic", "not a container")
        return pickle.loads(data[4:])

    def unpack(data, threads=None, item=None, **limits):
        img, note = parts(data)
        return images.Picture(img, note.icc, note.exif, note.orientation or 1)

    def decode_picture(data, allow_damaged=False, **limits):
        if data[:3] != b"PIC":
            raise DataError("data.image_format", "expected a picture")
        return pickle.loads(data[3:])

    def encode_picture(picture, format="png", quality=90):
        return b"PIC" + pickle.dumps(picture) + format.encode()

    def install(set):
        set(vaerans_ecs, "compress", compress)
        set(vaerans_ecs, "info", lambda data, item=None, **limits: parts(data)[1])
        set(vaerans_ecs, "decompress", lambda data, threads=None, **limits: parts(data)[0])
        set(images, "unpack", unpack)
        set(images, "decode_picture", decode_picture)
        set(images, "encode_picture", encode_picture)
    """
)


@pytest.fixture(autouse=True)
def fake(monkeypatch):
    space: dict = {"__name__": __name__}
    exec(FAKE, space)
    monkeypatch.setitem(sys.modules[__name__].__dict__, "Info", space["Info"])  # for pickle
    space["install"](lambda owner, name, value: monkeypatch.setitem(owner.__dict__, name, value))
    return space


def picture(value: int = 7, shape=(4, 6, 3)) -> images.Picture:
    return images.Picture(np.full(shape, value, np.uint8), b"icc", b"exif", 6)


@pytest.fixture
def photos(tmp_path):
    """A folder of five pictures, two of them a folder deeper, and things that are no pictures."""
    root = tmp_path / "photos"
    (root / "sub" / "deep").mkdir(parents=True)
    for index, name in enumerate(["a.jpg", "b.PNG", "c.tiff", "sub/d.webp", "sub/deep/e.png"]):
        (root / name).write_bytes(images.encode_picture(picture(index)))
    (root / "notes.txt").write_text("no picture")
    (root / ".hidden.jpg").write_bytes(b"hidden")
    return root


def call(*arguments, code=0, input=None):
    result = runner.invoke(app, [str(a) for a in arguments], input=input)
    if result.exception and not isinstance(result.exception, SystemExit):
        raise result.exception
    assert result.exit_code == code, result.output
    return result


def tree(folder: Path) -> list[str]:
    return sorted(str(p.relative_to(folder)).replace(os.sep, "/") for p in folder.rglob("*") if p.is_file())


# ---- where outputs go


def test_one_file_to_a_name(photos, tmp_path):
    call("compress", photos / "a.jpg", "-o", tmp_path / "x.vrn")
    assert vaerans_ecs.decompress((tmp_path / "x.vrn").read_bytes()).shape == (4, 6, 3)


def test_one_file_into_a_folder_that_is_there_and_one_that_is_named_with_a_slash(photos, tmp_path):
    (tmp_path / "there").mkdir()
    call("compress", photos / "a.jpg", "-o", tmp_path / "there")
    call("compress", photos / "a.jpg", "-o", f"{tmp_path}/new/")
    assert tree(tmp_path / "there") == tree(tmp_path / "new") == ["a.vrn"]


def test_a_folder_is_flat_unless_recursive(photos, tmp_path):
    call("compress", photos, "-o", tmp_path / "out")
    assert tree(tmp_path / "out") == ["a.vrn", "b.vrn", "c.vrn"]
    call("compress", "-r", photos, "-o", tmp_path / "all")
    assert tree(tmp_path / "all") == ["a.vrn", "b.vrn", "c.vrn", "sub/d.vrn", "sub/deep/e.vrn"]


def test_without_an_output_files_stand_beside_their_inputs(photos):
    call("compress", photos / "a.jpg", photos / "sub" / "d.webp")
    assert (photos / "a.vrn").exists() and (photos / "sub" / "d.vrn").exists()


def test_globs_are_expanded_here_and_keep_their_folders(photos, tmp_path):
    call("compress", photos / "*.[jP]*", "-o", tmp_path / "flat")
    assert tree(tmp_path / "flat") == ["a.vrn", "b.vrn"]
    call("compress", photos / "**" / "*.png", photos / "sub" / "*.webp", "-o", tmp_path / "deep")
    assert tree(tmp_path / "deep") == ["d.vrn", "sub/deep/e.vrn"]


def test_a_file_with_brackets_in_its_name_is_taken_as_it_is(photos, tmp_path):
    os.rename(photos / "a.jpg", photos / "[1] a*.jpg")
    call("compress", photos / "[1] a*.jpg", "-o", tmp_path / "out.vrn")
    assert (tmp_path / "out.vrn").exists()


def test_a_file_named_twice_is_done_once(photos, tmp_path):
    result = call("compress", photos, photos / "a.jpg", f"{photos}/../photos/a.jpg", "-o", tmp_path / "out", "--json")
    assert json.loads(result.stdout)["files"] == 3


def test_keep_suffix_and_back(photos, tmp_path):
    call("compress", photos, "-o", tmp_path / "v", "--keep-suffix")
    assert tree(tmp_path / "v") == ["a.jpg.vrn", "b.PNG.vrn", "c.tiff.vrn"]
    call("decompress", tmp_path / "v", "-o", tmp_path / "p", "-F", "tif")
    assert tree(tmp_path / "p") == ["a.tif", "b.tif", "c.tif"]
    call("decompress", tmp_path / "v", "-o", tmp_path / "q", "--keep-suffix")
    assert tree(tmp_path / "q") == ["a.jpg.png", "b.PNG.png", "c.tiff.png"]


# ---- what goes through


def test_options_and_metadata_reach_the_codec(photos, tmp_path, monkeypatch):
    monkeypatch.setattr("vaerans_ecs.models.lookup.find_folder", lambda name: tmp_path)
    call("compress", photos / "a.jpg", "-o", tmp_path / "x.vrn", "-Q", "31", "-p", "vae", "-m", "taesd")
    about = vaerans_ecs.info((tmp_path / "x.vrn").read_bytes())
    assert (about.quality, about.profile) == (31, "vae")
    assert (about.icc, about.exif, about.orientation) == (b"icc", b"exif", 6)
    call("decompress", tmp_path / "x.vrn", "-o", tmp_path / "x.tif")
    data = (tmp_path / "x.tif").read_bytes()
    assert data.endswith(b"tiff")
    back = images.decode_picture(data)
    assert np.array_equal(back.pixels, picture(0).pixels)
    assert (back.icc, back.exif, back.orientation) == (b"icc", b"exif", 6)


def test_lossless_and_threads(photos, tmp_path, monkeypatch):
    seen = []
    real = vaerans_ecs.compress
    monkeypatch.setitem(vaerans_ecs.__dict__, "compress", lambda img, **kw: seen.append(kw) or real(img, **kw))
    call("compress", photos / "a.jpg", "-o", tmp_path / "1.vrn", "--lossless")
    assert seen[0]["lossless"] is True and seen[0]["threads"] is None
    call("compress", photos, "-o", tmp_path / "out", "-j", "3")
    assert all(kw["threads"] is not None and kw["lossless"] is False for kw in seen[1:])


def test_stdin_and_stdout(photos, tmp_path):
    data = (photos / "a.jpg").read_bytes()
    packed = call("compress", "-", input=data).stdout_bytes
    assert packed.startswith(b"FAKE")
    assert call("compress", photos / "a.jpg", "-o", "-").stdout_bytes == packed
    assert call("decompress", "-", "-o", "-", "-F", "webp", input=packed).stdout_bytes.endswith(b"webp")
    call("compress", "-", "-o", f"{tmp_path}/new/", input=data)
    assert tree(tmp_path / "new") == ["stdin.vrn"]


def test_upright_turns_the_samples(tmp_path, monkeypatch):
    wide = images.Picture(np.arange(6, dtype=np.uint8).reshape(2, 3), None, None, 6)
    (tmp_path / "w.vrn").write_bytes(images.pack(wide))
    call("decompress", tmp_path / "w.vrn", "-o", tmp_path / "w.png", "--upright")
    back = images.decode_picture((tmp_path / "w.png").read_bytes())
    assert back.orientation == 1 and back.pixels.tolist() == [[3, 0], [4, 1], [5, 2]]


# ---- what is refused before anything runs


def test_outputs_of_one_name_are_numbered_and_told(photos, tmp_path):
    for name in ("a.png", "a-2.png", "A.jpeg"):
        (photos / name).write_bytes((photos / "a.jpg").read_bytes())
    result = call("compress", photos, "-o", tmp_path / "out")
    assert tree(tmp_path / "out") == ["A.vrn", "a-2.vrn", "a-3.vrn", "a-4.vrn", "b.vrn", "c.vrn"]
    assert "a.png: " in result.stderr and "has that name already" in result.stderr
    call("compress", photos, "-o", tmp_path / "kept", "--keep-suffix")
    assert len(tree(tmp_path / "kept")) == 6


def test_two_folders_with_the_same_names_are_two_pictures(photos, tmp_path):
    other = tmp_path / "other"
    other.mkdir()
    (other / "a.png").write_bytes((photos / "a.jpg").read_bytes())
    call("compress", photos / "a.jpg", other, "-o", tmp_path / "out")
    assert tree(tmp_path / "out") == ["a-2.vrn", "a.vrn"]


def test_outputs_of_a_run_before_are_not_told_as_files_of_another_kind(photos):
    call("compress", photos)
    assert ".vrn" not in call("compress", photos, "--force").stderr


def test_an_output_onto_an_input_is_refused(photos, tmp_path):
    before = (photos / "a.jpg").read_bytes()
    result = call("compress", photos / "a.jpg", "-o", photos / "a.jpg", "--force", code=2)
    assert "overwritten" in result.stderr
    (photos / "link.vrn").symlink_to("a.jpg")
    call("compress", photos / "a.jpg", "-o", photos / "link.vrn", "--force", code=2)
    assert (photos / "a.jpg").read_bytes() == before


def test_an_output_folder_inside_an_input_folder_is_not_read(photos):
    call("compress", "-r", photos, "-o", photos / "out")
    call("decompress", "-r", photos / "out", "-o", photos / "out" / "png")
    result = call("compress", "-r", photos, "-o", photos / "out", "--force", "--json")
    assert json.loads(result.stdout)["files"] == 5


@pytest.mark.parametrize(
    "arguments",
    [
        ["compress"],
        ["compress", "{p}/a.jpg", "-Q", "101"],
        ["compress", "{p}/a.jpg", "--jobs", "0"],
        ["compress", "{p}/a.jpg", "{p}/b.PNG", "-o", "-"],
        ["compress", "{p}/a.jpg", "{p}/b.PNG", "-o", "{p}/notes.txt"],
        ["compress", "-", "{p}/a.jpg", "-o", "out"],
        ["compress", "{p}/a.jpg", "-o", "-", "--json"],
        ["compress", "{p}/empty", "-o", "out"],
        ["decompress", "{p}/a.jpg", "-F", "gif"],
        ["report", "{p}", "-o", "page.pdf"],
        ["report", "{p}", "-Q", "10-90:0"],
        ["report", "{p}/nowhere"],
        ["nonsense"],
    ],
)
def test_wrong_usage_is_2_and_does_nothing(photos, arguments, tmp_path, monkeypatch):
    (photos / "empty").mkdir()
    monkeypatch.chdir(tmp_path)
    before = tree(tmp_path)
    call(*[a.format(p=photos) for a in arguments], code=2)
    assert tree(tmp_path) == before


def test_binary_to_a_terminal_is_refused(photos, monkeypatch):
    with pytest.raises(outcome.UsageProblem):
        terminal = type("Terminal", (io.BytesIO,), {"isatty": lambda self: True})()
        monkeypatch.setattr(convert, "standard_output", lambda: terminal)
        plan = convert.Plan([convert.Job("a.jpg", "-")], [], [])
        convert._check_streams(plan, convert.Settings(None, False, False, False, False, None))


# ---- overwriting


def test_nothing_is_overwritten_without_force(photos, tmp_path):
    (tmp_path / "out").mkdir()
    (tmp_path / "out" / "b.vrn").write_bytes(b"precious")
    result = call("compress", photos, "-o", tmp_path / "out", code=1)
    assert (tmp_path / "out" / "b.vrn").read_bytes() == b"precious"
    assert tree(tmp_path / "out") == ["a.vrn", "b.vrn", "c.vrn"]
    assert "unavailable.file_exists" in result.stderr and "--force" in result.stderr
    result = call("compress", photos, "-o", tmp_path / "out", "--skip-existing", "--json")
    assert json.loads(result.stdout)["skipped"] == 3
    call("compress", photos, "-o", tmp_path / "out", "--force")
    assert (tmp_path / "out" / "b.vrn").read_bytes() != b"precious"


# ---- failures


def test_one_bad_file_does_not_stop_the_rest(photos, tmp_path):
    (photos / "bad.jpg").write_bytes(b"no picture at all")
    result = call("compress", photos, photos / "missing.jpg", "nothing*.png", "-o", tmp_path / "out", "--json", code=1)
    summary = json.loads(result.stdout)
    assert (summary["files"], summary["failures"]) == (3, 3)
    assert {r["code"] for r in summary["results"] if r["error"]} == {"data.image_format", "unavailable.file"}
    assert tree(tmp_path / "out") == ["a.vrn", "b.vrn", "c.vrn"]
    for name in ("bad.jpg", "missing.jpg", "nothing*.png"):
        assert name in result.stderr


def test_a_bug_in_the_codec_is_a_failure_with_a_code(photos, tmp_path, monkeypatch):
    def broken(*_args, **_kwargs):
        raise ZeroDivisionError("oh")

    monkeypatch.setitem(vaerans_ecs.__dict__, "compress", broken)
    result = call("compress", photos / "a.jpg", "-o", tmp_path / "x.vrn", code=1)
    assert "internal.bug" in result.stderr and "ZeroDivisionError" in result.stderr


def test_a_full_disk_in_the_middle_leaves_whole_files_only(photos, tmp_path, monkeypatch):
    real, room = os.write, [1000]

    def write(fd, data):
        if room[0] <= 0:
            raise OSError(28, "No space left on device")
        room[0] -= len(data)
        return real(fd, data)

    monkeypatch.setattr("vaerans_ecs._files.os.write", write)
    result = call("compress", "-r", photos, "-o", tmp_path / "out", "-j", "1", code=1)
    monkeypatch.undo()
    assert "unavailable.disk_full" in result.stderr
    written = tree(tmp_path / "out")
    assert 0 < len(written) < 5 and all(name.endswith(".vrn") for name in written)
    assert all((tmp_path / "out" / name).read_bytes().startswith(b"FAKE") for name in written)


@pytest.mark.skipif(not os.path.exists("/dev/full"), reason="no /dev/full here")
def test_a_full_device(photos):
    result = call("compress", photos / "a.jpg", "-o", "/dev/full", code=1)
    assert "unavailable.disk_full" in result.stderr


# ---- what is shown


def test_the_summary_has_the_figures_and_is_not_on_stdout(photos, tmp_path):
    result = call("compress", photos, "-o", tmp_path / "out")
    assert result.stdout == ""
    for word in ("files", "bytes in", "bytes out", "ratio", "time", "failures"):
        assert word in result.stderr
    assert "\x1b" not in result.stderr, "no bar and no colours where nobody looks"
    assert call("compress", photos, "-o", tmp_path / "q", "--quiet").stderr == ""


def test_ratio_is_large_over_small_both_ways():
    done = [outcome.Outcome("a", bytes_in=100, bytes_out=10), outcome.Outcome("b", error="x", bytes_in=999)]
    assert show.totals(done, 1.0, "in")["ratio"] == 10
    back = [outcome.Outcome("a", bytes_in=10, bytes_out=100)]
    assert show.totals(back, 1.0, "out")["ratio"] == 10
    assert show.totals([], 1.0, "in")["ratio"] is None


def test_info_as_text_and_json(photos, tmp_path):
    call("compress", photos, "-o", tmp_path / "out")
    text = call("info", tmp_path / "out" / "a.vrn").stdout
    assert "width" in text and "photo" in text
    entries = json.loads(call("info", tmp_path / "out", "--json").stdout)
    assert [os.path.basename(e["file"]) for e in entries] == ["a.vrn", "b.vrn", "c.vrn"]
    assert entries[0]["icc"] == {"bytes": 3} and entries[0]["shape"] == [4, 6, 3]
    assert entries[0]["file_bytes"] == (tmp_path / "out" / "a.vrn").stat().st_size
    data = (tmp_path / "out" / "a.vrn").read_bytes()
    assert json.loads(call("info", "-", "--json", input=data).stdout)[0]["file"] == "-"


@posix
def test_names_of_any_kind_are_shown_as_they_are(photos, tmp_path):
    strange = os.fsdecode(b"[red]:smile: \xff.vrn")
    call("compress", photos / "a.jpg", "-o", tmp_path / strange)
    shown = call("info", tmp_path / strange).stdout.replace("\n", "").replace(" ", "")
    assert "[red]:smile:\\udcff.vrn" in shown
    assert json.loads(call("info", tmp_path / strange, "--json").stdout)[0]["file"].endswith(strange)
    (tmp_path / strange).write_bytes(b"bad")
    assert "[red]:smile:" in call("info", tmp_path / strange, code=1).stderr


def test_info_of_a_bad_file_goes_on(photos, tmp_path):
    call("compress", photos / "a.jpg", "-o", tmp_path / "a.vrn")
    (tmp_path / "z.vrn").write_bytes(b"garbage")
    result = call("info", tmp_path / "z.vrn", tmp_path / "a.vrn", "--json", code=1)
    by_name = {os.path.basename(e["file"]): e for e in json.loads(result.stdout)}
    assert by_name["a.vrn"]["width"] == 6
    assert by_name["z.vrn"]["error"]["code"] == "stream.magic"


def test_bench_times_the_codec(photos):
    found = json.loads(call("bench", photos / "a.jpg", "-n", "2", "--json").stdout)
    only = found["results"][0]
    assert only["width"] == 6 and only["compress_mp_s"] > 0 and only["decompress_mp_s"] > 0
    assert "MP/s" in call("bench", "-n", "1").stdout


def test_doctor_names_every_part(monkeypatch):
    monkeypatch.setenv("VAERANS_MODEL_DIR", "/nowhere/models")
    found = json.loads(call("doctor", "--json").stdout)
    assert {"vaerans", "machine", "parts", "onnx", "models", "settings", "problems"} <= set(found)
    assert found["parts"]["numpy"] == np.__version__
    assert any("/nowhere/models" in problem for problem in found["problems"])
    assert "numpy" in call("doctor").stdout


def test_report_passes_on_what_was_asked(photos, tmp_path, monkeypatch):
    asked = {}
    empty = eval.Report(eval.ReportData("", "", ""))
    monkeypatch.setattr(eval, "report", lambda **kw: asked.update(kw) or empty)
    page = tmp_path / "page.html"
    call("report", photos, "-r", "-o", page, "-Q", "20-40:10,75", "--peers", "jpeg,webp", "-p", "photo", "-q")
    assert len(asked["photos"]) == 5
    assert asked["sweep"] == {"quality": [20, 30, 40, 75]}
    assert asked["peers"] == ["JPEG", "WebP"] and asked["pipes"] == {"photo": "photo"}
    (tmp_path / "page.json").write_text("{}")
    assert "--force" in call("report", photos, "-o", page, code=2).stderr
    call("report", photos, "-o", page, "--force", "--peers", "none")
    assert asked["peers"] == [] and asked["sweep"] is None


@pytest.mark.parametrize("text", ["", "a", "10-", "-5", "10:5", "0-150:50", "1-2:0", "nan", "0-100:0.0001"])
def test_bad_quality_lists(text):
    with pytest.raises(outcome.UsageProblem):
        parse_qualities(text)


def test_sizes_for_people():
    assert [show.size(n) for n in (0, 999, 1000, 1_234_567, 5e15)] == ["0 B", "999 B", "1.0 kB", "1.2 MB", "5000.0 TB"]


def test_version_and_completion():
    assert re.match(r"vaerans \S+", call("--version").stdout)
    # What --show-completion prints, without its look at the parent processes: under CI there may be no shell to find.
    result = runner.invoke(app, [], prog_name="vaerans", env={"_VAERANS_COMPLETE": "source_bash"})
    assert result.exit_code == 0 and "complete" in result.stdout and "vaerans" in result.stdout


def test_documented_exit_codes_are_the_real_ones():
    text = (Path(__file__).parents[2] / "docs" / "cli.md").read_text()
    for name in ("OK", "FAILED", "USAGE", "INTERRUPTED", "TERMINATED"):
        assert f"| {getattr(outcome, name)} |" in text


def test_every_option_is_documented():
    text = (Path(__file__).parents[2] / "docs" / "cli.md").read_text()
    for command in ("compress", "decompress", "info", "report", "bench", "doctor"):
        shown = runner.invoke(app, [command, "--help"], env={"COLUMNS": "200", "TERM": "dumb"}).stdout
        for option in set(re.findall(r"(?<![\w-])--[a-z][a-z-]+", shown)) - {"--help"}:
            assert f"`{option}" in text, f"{option} of {command} is not in docs/cli.md"


# ---- interrupts, in a real process

CHILD = FAKE + textwrap.dedent(
    """
    import os, sys, time
    install(setattr)
    real = vaerans_ecs.compress
    def slowly(img, **kw):
        os.write(1, b"begun\\n")
        time.sleep(0.4)
        return real(img, **kw)
    vaerans_ecs.compress = slowly
    sys.modules["fake"] = sys.modules["__main__"]
    from vaerans_ecs.cli import main
    sys.argv = ["vaerans", *sys.argv[1:]]
    main()
    """
)


def start(*arguments, **kwargs):
    command = [sys.executable, "-c", CHILD, *map(str, arguments)]
    return subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, **kwargs)


@pytest.fixture
def many(tmp_path):
    folder = tmp_path / "many"
    folder.mkdir()
    child_picture = subprocess.run(
        [sys.executable, "-c", FAKE + "import numpy, sys\n"
         "sys.stdout.buffer.write(encode_picture(images.Picture(numpy.zeros((4, 4, 3), 'u1'))))"],
        capture_output=True, check=True,
    ).stdout  # fmt: skip
    for index in range(40):
        (folder / f"{index:02}.jpg").write_bytes(child_picture)
    return folder


@posix
@pytest.mark.parametrize(("sent", "code"), [(signal.SIGINT, 130), (signal.SIGTERM, 143)])
def test_interrupted_in_the_middle_of_a_folder(many, tmp_path, sent, code):
    out = tmp_path / "out"
    child = start("compress", many, "-o", out, "-j", "2")
    for _ in range(5):
        assert child.stdout.readline() == b"begun\n"
    child.send_signal(sent)
    _, errors = child.communicate(timeout=30)
    assert child.returncode == code, errors
    assert b"files were not done" in errors and b"Traceback" not in errors
    written = tree(out)
    assert 0 < len(written) < 40 and all(re.fullmatch(r"\d\d\.vrn", name) for name in written)
    assert all((out / name).read_bytes().startswith(b"FAKE") for name in written)


@posix
def test_a_second_ctrl_c_does_not_wait(many, tmp_path):
    child = start("compress", many, "-o", tmp_path / "out", "-j", "1")
    assert child.stdout.readline() == b"begun\n"
    for _ in range(2):
        child.send_signal(signal.SIGINT)
        time.sleep(0.1)
    child.communicate(timeout=30)
    assert child.returncode == 130
    assert not [name for name in tree(tmp_path) if name.endswith(".tmp")]


@posix
def test_a_reader_that_leaves_is_no_traceback(many):
    child = start("compress", many / "00.jpg", "-o", "-")
    child.stdout.close()
    errors = child.stderr.read()
    child.stderr.close()
    assert child.wait(30) == 1
    assert b"Traceback" not in errors and b"Exception ignored" not in errors


@posix
def test_a_bar_is_drawn_on_a_terminal_only(many, tmp_path):
    import pty

    ours, theirs = pty.openpty()
    child = subprocess.Popen(
        [sys.executable, "-c", CHILD, "compress", str(many / "00.jpg"), str(many / "01.jpg"), "-o", str(tmp_path /
        "out")], stdout=subprocess.PIPE, stderr=theirs, env={**os.environ, "TERM": "xterm"},
    )  # fmt: skip
    os.close(theirs)
    child.stdout.read()
    child.stdout.close()
    assert child.wait(30) == 0
    seen = b""
    try:
        while piece := os.read(ours, 65536):
            seen += piece
    except OSError:  # Linux says so when the other side has closed
        pass
    os.close(ours)
    assert b"\x1b[" in seen and b"0/2" in seen
