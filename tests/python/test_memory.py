"""Memory between calls."""

from __future__ import annotations

import os
import platform
import subprocess
import sys

import pytest

#: Pages that a call touches for the first time, after some calls that need as much.
FAULTS = """
import resource
import numpy as np, vaerans_ecs as ve

picture = (np.arange(512 * 768 * 3) * 7919 >> 3).astype(np.uint8).reshape(512, 768, 3)
file = ve.compress(picture)
works = (lambda: ve.compress(picture, effort=1, threads=1), lambda: ve.decompress(file, threads=1))
for work in works:
    for _ in range(3):
        before = resource.getrusage(resource.RUSAGE_SELF).ru_minflt
        work()
    print(resource.getrusage(resource.RUSAGE_SELF).ru_minflt - before)
"""


@pytest.mark.skipif(platform.libc_ver()[0] != "glibc", reason="other C libraries keep memory by rules of their own")
def test_what_a_call_let_go_stays_for_the_next():
    env = {name: value for name, value in os.environ.items() if not name.startswith(("MALLOC_", "GLIBC_"))}
    run = subprocess.run([sys.executable, "-c", FAULTS], capture_output=True, text=True, check=True, env=env)
    # Without it 4,900 of encoding, 360 of decoding; the result of decoding is the caller's.
    encoding, decoding = map(int, run.stdout.split())
    assert encoding < 500 and decoding < 320, run.stdout
