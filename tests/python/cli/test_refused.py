"""What the command refuses before anything runs, and what fails on the way."""

from __future__ import annotations

import io
import json
import os

import pytest
from cli_stand_in import call, tree

from vaerans_ecs import api
from vaerans_ecs.cli import convert, outcome


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

    monkeypatch.setattr(api, "compress", broken)
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
