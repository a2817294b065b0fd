"""Closed and full streams, and readers that leave."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest
from outside import COMMAND, names, posix, vaerans


def closed(which: str) -> list[str]:
    """The command in a shell with standard streams closed."""
    return ["/bin/sh", "-c", 'exec "$@" ' + " ".join({"0": "<&-", "1": ">&-", "2": "2>&-"}[n] for n in which), "sh"]


@posix
@pytest.mark.parametrize(
    ("which", "command"),
    [
        ("1", "compress in -o out"),
        ("2", "compress in nowhere -o out"),
        ("012", "decompress a.vrn -o a.png"),
        ("0", "info a.vrn"),
        ("1", "info a.vrn"),
        ("2", "info a.vrn"),
        ("1", "doctor --json"),
        ("012", "report in -o r.html --peers none -Q 50"),
    ],
)
def test_a_closed_stream_is_no_reason_to_fail_unless_it_is_needed(folder, which, command):
    run = [*closed(which), *COMMAND, *command.split()]
    done = subprocess.run(run, cwd=folder.parent, capture_output=True, timeout=120)
    is_needed = "1" in which and command.split()[0] in ("info", "doctor")
    assert done.returncode == (is_needed or "nowhere" in command), done.stderr
    if is_needed and "2" not in which:
        assert b"unavailable.file: standard output is closed" in done.stderr
    assert b"Traceback" not in done.stderr


@posix
@pytest.mark.parametrize(
    ("which", "command"), [("1", "compress in/a.png -o -"), ("0", "compress -"), ("0", "decompress - -o x.png")]
)
def test_a_closed_stream_that_is_read_or_written_is_an_error_with_a_code(folder, which, command):
    run = [*closed(which), *COMMAND, *command.split()]
    done = subprocess.run(run, cwd=folder.parent, capture_output=True, timeout=60)
    assert done.returncode == 1 and b"unavailable.file: standard" in done.stderr
    assert b"Traceback" not in done.stderr and not (folder.parent / "x.png").exists()


@posix
def test_files_never_get_the_number_of_a_closed_stream(folder):
    """A warning of a library, written to number 2, would end in them."""
    code = "import os, sys; from vaerans_ecs import cli; cli._run = lambda: os.open(sys.argv[1], 0); cli.main()"
    run = [*closed("012"), sys.executable, "-c", code, str(folder / "a.png")]
    assert subprocess.run(run, timeout=60).returncode > 2


def test_streams_that_are_none(folder):
    """``pythonw`` has none."""
    code = "import sys; sys.stdout = sys.stderr = sys.stdin = None; from vaerans_ecs.cli import main; main()"
    run = [sys.executable, "-c", code]
    for command, expected in {"compress in -o out": 0, "compress in/a.png -o -": 1, "info a.vrn": 1, "info": 2}.items():
        done = subprocess.run([*run, *command.split()], cwd=folder.parent, capture_output=True, timeout=60)
        assert (done.returncode, done.stderr) == (expected, b""), command
    assert names(folder.parent / "out") == ["a.vrn", "b.vrn"]


@pytest.mark.skipif(not os.path.exists("/dev/full"), reason="no /dev/full here")
@pytest.mark.parametrize("buffered", ["", "1"])
@pytest.mark.parametrize("command", ["info a.vrn", "doctor --json", "--version", "--help"])
def test_a_full_disk_behind_standard_output(folder, command, buffered):
    options = {"cwd": folder.parent, "env": {**os.environ, "PYTHONUNBUFFERED": buffered}}
    with open("/dev/full", "wb") as full:
        done = vaerans(*command.split(), code=1, stdout=full, stderr=subprocess.PIPE, capture_output=False, **options)
    assert b"unavailable." in done.stderr


@pytest.mark.skipif(not os.path.exists("/dev/full"), reason="no /dev/full here")
def test_a_full_disk_behind_standard_error_loses_no_picture(folder, tmp_path):
    with open("/dev/full", "wb") as full:
        vaerans("compress", folder, "-o", tmp_path / "out", stdout=subprocess.PIPE, stderr=full, capture_output=False)
    assert names(tmp_path / "out") == ["a.vrn", "b.vrn"]


@posix
@pytest.mark.parametrize("command", ["info many", "info many --json"])
def test_a_reader_that_leaves(folder, command):
    many = folder.parent / "many"
    many.mkdir()
    for number in range(100):
        os.link(folder.parent / "a.vrn", many / f"{number}.vrn")
    child = subprocess.Popen(
        [*COMMAND, *command.split()], cwd=folder.parent, stdout=subprocess.PIPE, stderr=subprocess.PIPE
    )
    child.stdout.close()
    assert child.stderr.read() == b""
    child.stderr.close()
    assert child.wait(60) == 1
