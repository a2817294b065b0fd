"""Signals and readers that leave, in a real process."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
import textwrap
import time

import pytest
from cli_stand_in import FAKE, posix, tree

CHILD = FAKE + textwrap.dedent(
    """
    import os, sys, time
    install(setattr)
    real = api.compress
    def slowly(img, **kw):
        os.write(1, b"begun\\n")
        time.sleep(0.4)
        return real(img, **kw)
    api.compress = slowly
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
