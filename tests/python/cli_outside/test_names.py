"""Names of any kind, in every line that is printed."""

from __future__ import annotations

import json
import os

import forge
import numpy as np
import pytest
from outside import ODD, names, posix, vaerans


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
