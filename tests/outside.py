"""The command, and programs, in processes of their own."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from vaerans_ecs import _core, images

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


def on_every_isa(program: str) -> dict[str, str]:
    """What a program prints, by the instruction set that it runs on."""
    said = {}
    for isa in _core.build_info()["isa_available"]:
        code = f"{program}\nimport vaerans_ecs\nprint(vaerans_ecs.World(1 << 20).isa)"
        env = {**os.environ, "VAERANS_ISA": isa}
        done = subprocess.run([sys.executable, "-c", code], env=env, capture_output=True, text=True, timeout=600)
        assert done.returncode == 0, done.stderr
        *lines, used = done.stdout.splitlines()
        assert used == isa
        said[isa] = "\n".join(lines)
    return said


def picture(height: int = 16, width: int = 24) -> images.Picture:
    return images.Picture(RNG.integers(0, 256, (height, width, 3), np.uint8))


def names(root: Path) -> list[str]:
    return sorted(path.name for path in root.rglob("*"))
