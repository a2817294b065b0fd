"""Links, pipes, and what else is no picture."""

from __future__ import annotations

import json
import os
import socket
import subprocess
from pathlib import Path

import numpy as np
from outside import COMMAND, names, picture, posix, vaerans

from vaerans_ecs import images
from vaerans_ecs.cli import globs


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
