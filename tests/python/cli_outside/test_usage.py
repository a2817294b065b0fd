"""Wrong usage, bad files, signals."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
import time

import numpy as np
import pytest
from outside import COMMAND, names, posix, vaerans
from typer.testing import CliRunner

import vaerans_ecs as ve
from vaerans_ecs.cli.app import app


@pytest.mark.parametrize(
    ("command", "word"),
    [
        ("compress in -p phto", "phto"),
        ("compress in -m taesd", "--model"),
        ("compress in -p vae -m ./nowhere", "nowhere"),
        ("compress in -p vae --tile 100", "--tile"),
        ("compress in -Q x", "--quality"),
        ("compress in --jobs -1", "--jobs"),
        ("compress in --jobs x", "--jobs"),
        ("compress in -o a.bmp", "a.bmp"),
        ("compress in/a.png -o a.bmp", "a.bmp"),
        ("compress in/a.png -o a.png", "a.png"),
        ("compress in/a.png in/b.jpg -o packed.vrn", "packed.vrn"),
        ("compress in/a.png in/b.jpg -o a.vrn", "a.vrn"),
        ("compress nope.png", "nope.png"),
        ("compress nope*.png", "nope*.png"),
        ("compress -- --force", "--force"),
        ("decompress a.vrn -o a.bmp", "a.bmp"),
        ("decompress a.vrn -o a.jpg -F png", "a.jpg"),
        ("decompress a.vrn -o a.png.gz", ".gz"),
        ("decompress a.vrn -F pgn", "pgn"),
        ("decompress a.vrn --jpeg-quality 50", "--jpeg-quality"),
        ("report in --peers jepg", "jepg"),
        ("report in --peers jpeg,,webp", "--peers"),
        ("report in --peers=", "--peers"),
        ("report in -p phto", "phto"),
        ("report in -Q 10-", "10-"),
        ("report in -o in", "in"),
        ("report in -o a.vrn/r.html", "a.vrn"),
        ("report nowhere", "nowhere"),
        ("bench in -p phto", "phto"),
        ("bench nowhere", "nowhere"),
        ("info nowhere.vrn", "nowhere.vrn"),
        ("info - a.vrn", "-"),
    ],
)
def test_wrong_usage_is_told_at_once_and_nothing_is_done(folder, command, word, monkeypatch):
    before = names(folder.parent)
    monkeypatch.chdir(folder.parent)
    done = CliRunner().invoke(app, command.split(" "))
    assert done.exit_code == 2, done.output
    assert done.stderr.count("vaerans: ") == 1 and word in done.stderr
    assert names(folder.parent) == before and done.stdout == ""


def test_messages_name_options_of_the_command(folder, tmp_path):
    done = vaerans("compress", folder, "-o", tmp_path / "out", "--max-pixels", "5", code=1)
    assert b"--max-pixels" in done.stderr and b"max_pixels" not in done.stderr
    done = vaerans("info", tmp_path / "a.vrn", "--max-pixels", "5", code=1)
    assert b"--max-pixels" in done.stderr and b"max_pixels" not in done.stderr


def test_one_bad_file_ends_no_batch(folder, tmp_path):
    (folder / "bad.png").write_bytes(b"no picture")
    done = vaerans("bench", folder, "-n", "1", "--json", code=1)
    assert len(json.loads(done.stdout)["results"]) == 2 and b"bad.png" in done.stderr
    (tmp_path / "out").mkdir()
    (tmp_path / "out" / "a.vrn").mkdir()  # a folder in the way
    done = vaerans("compress", folder, tmp_path / "nowhere", "-o", tmp_path / "out", "--force", code=1)
    for name in (b"bad.png", b"a.vrn", b"nowhere"):
        assert name in done.stderr
    assert names(tmp_path / "out") == ["a.vrn", "b.vrn"]


def test_a_panic_costs_one_file(monkeypatch):
    import threading

    from vaerans_ecs.cli import batch
    from vaerans_ecs.cli.plan import Job

    class PanicException(BaseException):
        """As PyO3's: no ``Exception``."""

    def work(job: Job, _stop: threading.Event):
        if job.source == "bad":
            raise PanicException("index out of bounds")
        return batch.Outcome(job.source)

    outcomes = batch.run([Job("bad", ""), Job("good", "")], work, 2, lambda outcome: None)
    assert [outcome.code for outcome in outcomes] == ["internal.bug", None]


SLOW = """
import sys, time
from vaerans_ecs import images
def slowly(data, *_, **__):
    print("begun", flush=True)
    for _ in range(300):  # as a codec that is at work: the main thread does not look at signals
        try:
            time.sleep(0.1)
        except KeyboardInterrupt:
            pass
images.decode_picture = images.read_picture = slowly
from vaerans_ecs.cli import main
main()
"""


@posix
@pytest.mark.parametrize(
    ("command", "sent", "code"),
    [
        ("compress in -o out", "SIGINT", 130),
        ("compress in -o out", "SIGHUP", 129),
        ("bench in -n 1", "SIGINT", 130),
        ("bench in -n 1", "SIGTERM", 143),
    ],
)
def test_a_signal_ends_the_command_while_a_file_is_under_way(folder, command, sent, code):
    child = subprocess.Popen(
        [sys.executable, "-c", SLOW, *command.split()],
        cwd=folder.parent,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    )
    assert child.stdout.readline().startswith(b"begun")  # of two threads, perhaps on one line
    child.send_signal(getattr(signal, sent))
    _, told = child.communicate(timeout=20)  # the file would take 30 seconds
    assert child.returncode == code and b"interrupted" in told and b"Traceback" not in told
    assert not [name for name in names(folder.parent) if name.endswith(".tmp") or name == "a.vrn.tmp"]


@posix
def test_a_signal_ends_a_read_that_waits(folder):
    child = subprocess.Popen(
        [*COMMAND, "compress", "-", "-o", str(folder / "x.vrn")], stdin=subprocess.PIPE, stderr=subprocess.PIPE
    )
    time.sleep(1.5)
    child.send_signal(signal.SIGINT)
    assert child.wait(20) == 130
    child.stdin.close()
    child.stderr.close()
    assert names(folder) == ["a.png", "b.jpg"]


def test_the_command_runs_on_a_thread_of_another_program(folder):
    code = (
        "import sys, threading; from vaerans_ecs.cli import main; sys.argv[1:] = ['info', 'a.vrn']; "
        "t = threading.Thread(target=main); t.start(); t.join()"
    )
    done = subprocess.run([sys.executable, "-c", code], cwd=folder.parent, capture_output=True, timeout=60)
    assert b"16 x 24 x 3" in done.stdout and b"Traceback" not in done.stderr


@pytest.mark.parametrize("inputs", [["in/a.png"], ["in"]])
def test_a_variable_that_is_no_number_of_threads_is_wrong_usage(folder, inputs, monkeypatch):
    monkeypatch.chdir(folder.parent)
    monkeypatch.setenv("VAERANS_THREADS", "x")
    done = CliRunner().invoke(app, ["compress", *inputs, "-o", "there"])
    assert done.exit_code == 2 and not (folder.parent / "there").exists()
    assert done.stderr.count("vaerans: ") == 1 and "VAERANS_THREADS=x; a whole number" in done.stderr
    monkeypatch.setenv("VAERANS_THREADS", "2")
    assert CliRunner().invoke(app, ["compress", *inputs, "-o", "there"]).exit_code == 0


def test_info_says_how_much_of_a_cut_file_is_there(tmp_path):
    file = ve.compress(np.random.default_rng(1).integers(0, 256, (200, 200, 3), np.uint8))
    cut = tmp_path / "cut.vrn"
    cut.write_bytes(file[: len(file) // 2])
    (entry,) = json.loads(vaerans("info", cut, "--json").stdout)
    assert (entry["file_bytes"], entry["bytes_there"]) == (len(file), len(file) // 2)
    cut.write_bytes(file)
    (entry,) = json.loads(vaerans("info", cut, "--json").stdout)
    assert entry["file_bytes"] == len(file) and "bytes_there" not in entry
