"""The command in a process of its own."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from vaerans_ecs import images

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


def names(root: Path) -> list[str]:
    return sorted(path.name for path in root.rglob("*"))
