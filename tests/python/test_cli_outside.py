"""The command as a process: odd names, closed streams, links, pipes, wrong usage, Ctrl-C."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path

import forge
import numpy as np
import pytest
from typer.testing import CliRunner

import vaerans_ecs
from vaerans_ecs import images
from vaerans_ecs.cli import globs
from vaerans_ecs.cli.app import app

COMMAND = [sys.executable, "-m", "vaerans_ecs.cli"]
RNG = np.random.default_rng(5)
posix = pytest.mark.skipif(sys.platform == "win32", reason="POSIX files and signals")
#: Names that act on a terminal, begin a line, turn the direction of writing, or that no character set has.
ODD = [os.fsdecode(name) for name in (b"a\x1b[31m\n\r.b", "c\u202egnp".encode(), b"d\xff", "é日本".encode())]


def vaerans(*arguments, code=0, **options):
    options = {"capture_output": True, "stdin": subprocess.DEVNULL, "timeout": 120, **options}
    done = subprocess.run([*COMMAND, *map(str, arguments)], **options)
    assert done.returncode == code, (done.returncode, done.stderr)
    for printed in (done.stdout, done.stderr):
        assert b"Traceback" not in (printed or b"") and b"Exception ignored" not in (printed or b"")
    return done


def picture(height: int = 16, width: int = 24) -> images.Picture:
    return images.Picture(RNG.integers(0, 256, (height, width, 3), np.uint8))


@pytest.fixture
def folder(tmp_path):
    """Two pictures and the ``.vrn`` of one."""
    root = tmp_path / "in"
    root.mkdir()
    for name in ("a.png", "b.jpg"):
        images.write_picture(root / name, picture())
    (tmp_path / "a.vrn").write_bytes(vaerans_ecs.compress(picture().pixels))
    return root


def names(root: Path) -> list[str]:
    return sorted(path.name for path in root.rglob("*"))


# ---- closed streams


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
@pytest.mark.parametrize("command", ["info a.vrn", "doctor --json", "--version", "--help"])
def test_a_full_disk_behind_standard_output(folder, command):
    with open("/dev/full", "wb") as full:
        done = vaerans(
            *command.split(), code=1, cwd=folder.parent, stdout=full, stderr=subprocess.PIPE, capture_output=False
        )
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


# ---- names


@posix
@pytest.mark.parametrize(
    ("command", "encoding"),
    [
        ("info packed", "latin-1"),
        ("info packed", "utf-8"),
        ("info packed --json", "utf-8"),
        ("decompress packed -o out", "ascii"),
        ("compress in", "utf-8"),
        ("bench in -n 1", "latin-1"),
    ],
)
def test_odd_names_are_shown_as_what_they_are(folder, command, encoding):
    (folder.parent / "packed").mkdir()
    for name in ODD:
        os.link(folder / "a.png", folder / f"{name}.png")
        (folder / f"{name}.bmp").touch()
        os.link(folder.parent / "a.vrn", folder.parent / "packed" / f"{name}.vrn")
        (folder.parent / "packed" / f"bad{name}.vrn").write_bytes(b"bad")
    code = 0 if command in ("compress in", "bench in -n 1") else 1
    done = vaerans(*command.split(), code=code, cwd=folder.parent, env={**os.environ, "PYTHONIOENCODING": encoding})
    printed = (done.stdout + done.stderr).decode(encoding)
    assert r"\u202e" in printed and r"\x1b" in printed.replace(r"\u001b", r"\x1b") and r"\udcff" in printed
    assert all(c.isprintable() or c == "\n" for c in printed)
    assert not any(line.startswith((".b", "\\r")) for line in printed.splitlines())


@posix
@pytest.mark.parametrize(
    "arguments", [["compress", ODD[0]], [f"--{ODD[0]}"], [ODD[1]], ["report", "x", "--peers", ODD[0]]]
)
def test_odd_arguments_are_told_on_one_line(folder, arguments):
    told = vaerans(*arguments, code=2, cwd=folder).stderr.decode()
    assert told.count("\n") == 1 and told.rstrip("\n").isprintable()


def test_what_a_file_says_of_itself_is_escaped(tmp_path):
    """A step of a file may have any name: here one of a registered system is written over."""
    from vaerans_ecs import World
    from vaerans_ecs.components import Latent4
    from vaerans_ecs.systems import ANSEncode, Hadamard4, QuantizeU8, System, register_system

    class PlainStep(System):
        requires, produces = ("YUVW4",), ("YUVW4",)

        def run(self, world, eids):
            for eid in eids:
                world.attach(eid, world.output_key(eid), type(world.inputs(eid)[0])(world.inputs(eid)[0].ref))

    register_system(0x8124, PlainStep)
    world = World()
    eid = world.new_entity()
    world.attach(eid, "Latent4", Latent4(world.put(np.zeros((4, 8, 8), np.float32))))
    (world.pipe(eid) | Hadamard4() | PlainStep() | QuantizeU8() | ANSEncode()).out("Bitstream").save(tmp_path / "x.vrn")
    file = (tmp_path / "x.vrn").read_bytes()
    assert file.count(b"PlainStep") == 1
    body = forge.body_of(file).replace(b"PlainStep", b"E\x1b[2J\n\xe2\x80\xae")
    (tmp_path / "x.vrn").write_bytes(forge.with_body(body, forge.sections_of(file)))
    shown = vaerans("info", tmp_path / "x.vrn").stdout.decode()
    assert r"E\x1b[2J\n\u202e" in shown and all(c.isprintable() or c == "\n" for c in shown)


@posix
def test_a_report_on_odd_names(folder, tmp_path):
    pytest.importorskip("PIL")
    for name in ODD:
        os.link(folder / "a.png", folder / f"{name}.png")
    (folder / "bad\x1b.png").write_bytes(b"no picture")
    done = vaerans("report", folder, "-o", tmp_path / "r.html", "-Q", "50", "--peers", "none", code=1)
    assert rb"data.image_format: " in done.stderr and rb"bad\x1b.png" in done.stderr
    page = (tmp_path / "r.html").read_text()
    assert r"c\u202egnp.png" in page and "\x1b" not in page and "\u202e" not in page
    measured = {row["photo"] for row in json.loads((tmp_path / "r.json").read_text())["rows"]}
    assert measured == {"a.png", "b.jpg", *(f"{name}.png" for name in ODD)}
    assert r"d\udcff.png" in (tmp_path / "r.csv").read_text()


@posix
def test_the_longest_names(folder, tmp_path):
    long = "n" * 251
    os.link(folder / "a.png", folder / f"{long}.png")
    vaerans("compress", folder, "-o", tmp_path / "out")
    assert (tmp_path / "out" / f"{long}.vrn").exists()
    done = vaerans("compress", folder, "-o", tmp_path / "kept", "--keep-suffix", code=1)
    assert b"unavailable.file" in done.stderr and names(tmp_path / "kept") == ["a.png.vrn", "b.jpg.vrn"]


# ---- links, pipes, and what else is no picture


@posix
def test_two_links_to_one_photo_are_two_pictures(folder, tmp_path):
    links = tmp_path / "links"
    links.mkdir()
    (links / "one.png").symlink_to(folder / "a.png")
    (links / "two.png").symlink_to(folder / "a.png")
    os.link(folder / "a.png", links / "three.png")
    vaerans("compress", links / "one.png", links / "two.png", links / "three.png", "-o", tmp_path / "out")
    assert names(tmp_path / "out") == ["one.vrn", "three.vrn", "two.vrn"]
    vaerans("compress", links, folder, "-o", tmp_path / "all")
    assert names(tmp_path / "all") == ["a.vrn", "b.vrn", "one.vrn", "three.vrn", "two.vrn"]


@posix
def test_an_output_that_is_an_input_by_another_name_is_refused(folder):
    os.link(folder / "a.png", folder / "x.vrn")
    done = vaerans("compress", folder / "a.png", "-o", folder / "x.vrn", "--force", code=2)
    assert b"overwritten" in done.stderr and (folder / "x.vrn").samefile(folder / "a.png")


@posix
def test_links_that_lead_nowhere_or_round_are_told(folder, tmp_path):
    (folder / "gone.png").symlink_to("nowhere")
    (folder / "round.png").symlink_to("round.png")
    (folder / "loop").symlink_to(".")
    (folder / "down").mkdir()
    (folder / "down" / "up").symlink_to("..")
    images.write_picture(folder / "down" / "c.png", picture())
    done = vaerans("compress", folder, "-r", "-o", tmp_path / "out", code=1)
    assert names(tmp_path / "out") == ["a.vrn", "b.vrn", "c.vrn", "down"]
    for name in (b"gone.png", b"round.png", b"the same folder as", b"loop", b"up"):
        assert name in done.stderr


@posix
def test_a_glob_of_any_depth_goes_round_no_circle(folder, tmp_path):
    """Two links that lead back give 2 ** 40 ways down before the system gives up."""
    (folder / "one").symlink_to(".")
    (folder / "two").symlink_to(".")
    (folder / "down" / "deep").mkdir(parents=True)
    for name in ("down/c.png", "down/deep/d.png"):
        images.write_picture(folder / name, picture())
    vaerans("compress", f"{folder}/**/*.png", "-o", tmp_path / "out")
    assert names(tmp_path / "out") == ["a.vrn", "c.vrn", "d.vrn", "deep", "down"]
    assert [os.path.basename(p) for p in globs.matches(f"{folder}/**")] == [
        "a.png",
        "b.jpg",
        "down",
        "c.png",
        "deep",
        "d.png",
        "one",
        "two",
    ]
    assert globs.matches(f"{folder}/d*/**/d.png") == [str(folder / "down/deep/d.png")]


@posix
def test_what_is_no_file_is_named_and_not_waited_for(folder, tmp_path, monkeypatch):
    os.mkfifo(folder / "pipe.png")
    (folder / "folder.png").mkdir()
    with socket.socket(socket.AF_UNIX) as listening:
        monkeypatch.chdir(folder)  # the name of a socket is short
        listening.bind("socket.png")
        done = vaerans("compress", folder, "-o", tmp_path / "out")
        for name in (b"a named pipe: ", b"pipe.png", b"a socket: ", b"socket.png", b"folder.png"):
            assert name in done.stderr
        vaerans("report", folder, "-o", tmp_path / "r.html", "-Q", "50", "--peers", "none")
        assert b"named pipe" in vaerans("info", folder / "pipe.png", code=2).stderr
    assert names(tmp_path / "out") == ["a.vrn", "b.vrn"]


@posix
def test_a_pipe_of_the_shell_is_read(folder, tmp_path):
    line = f'{" ".join(COMMAND)} compress <(cat "{folder}/a.png") -o "{tmp_path}/x.vrn"'
    subprocess.run(["bash", "-c", line], check=True, timeout=60, capture_output=True)
    assert images.is_container((tmp_path / "x.vrn").read_bytes()[:16])


def test_files_of_other_kinds_are_told(folder, tmp_path):
    for name in ("x.bmp", "y.gif", "notes.txt", ".hidden.png"):
        (folder / name).touch()
    done = vaerans("compress", folder, "-o", tmp_path / "out", "--json")
    left_out = {Path(item["path"]).name: item["reason"] for item in json.loads(done.stdout)["left_out"]}
    assert set(left_out) == {"x.bmp", "y.gif", "notes.txt", ".hidden.png"} and left_out[".hidden.png"] == "hidden"
    assert b"x.bmp" in done.stderr and b"y.gif" in done.stderr and b"hidden" in done.stderr
    assert vaerans("compress", folder, "-o", tmp_path / "q", "--quiet").stderr == b""


def test_growth_is_pointed_out(tmp_path):
    images.write_picture(tmp_path / "flat.png", images.Picture(np.zeros((4, 4, 3), np.uint8)))
    (tmp_path / "flat.vrn").touch()
    done = vaerans("compress", tmp_path / "flat.png", "-Q", "100", "--lossless", "-f")
    grown = (tmp_path / "flat.vrn").stat().st_size > (tmp_path / "flat.png").stat().st_size
    assert grown == (b"larger than before: " in done.stderr)
    images.write_picture(tmp_path / "noise.jpg", picture(64, 64), quality=30)
    assert b"noise.jpg" in vaerans("compress", tmp_path / "noise.jpg", "--lossless").stderr


# ---- wrong usage


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


# ---- Ctrl-C

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
