"""Our own codec on this CPU, for comparison with wasm: answers orders, one line of JSON each, on standard input.

{"op": "decode", "paths": [...]}    milliseconds of decompress(data, threads=1), summed over the files;
                                    with "passes": n, the mean processor time of n such passes
{"op": "make", "source": ..., "path": ..., "bytes": n}   writes a file of the learned codec; bytes that it has
{"op": "rans", "path": ...}         milliseconds of ANSDecode on a .vrn file of symbols, by the world's trace
"""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Callable
from functools import cache
from pathlib import Path

import numpy as np
from PIL import Image

import vaerans_ecs as ve
from vaerans_ecs import _core
from vaerans_ecs.systems import ANSDecode


@cache
def read(path: str) -> bytes:
    """A file, read once."""
    return Path(path).read_bytes()


@cache
def world() -> ve.World:
    """The world in which symbols are decoded."""
    return ve.World(arena_bytes=64 << 20, threads=1)


def decode(paths: list[str], passes: int = 0) -> float:
    """One pass over the files, or the mean processor time of some."""
    files = [read(path) for path in paths]
    clock = time.thread_time if passes else time.perf_counter
    start = clock()
    for data in files * max(passes, 1):
        ve.decompress(data, threads=1)
    return (clock() - start) * 1e3 / max(passes, 1)


def rans(path: str) -> float:
    """One decode."""
    w = world()
    w.clear_trace()
    eid = w.spawn_bitstream(read(path))
    w.pipe(eid).to(ANSDecode()).run()
    (row,) = w.trace
    w.despawn(eid)
    return row["nanos"] / 1e6


def make(source: str, path: str, bytes: int) -> int:
    """The best file of the learned codec that is not larger."""
    picture = np.asarray(Image.open(source).convert("RGB"))
    data = ve.compress(picture, profile="vae", target_bytes=bytes, fallback=False)
    return Path(path).write_bytes(data)


OPS: dict[str, Callable[..., float]] = {"decode": decode, "make": make, "rans": rans}

print(json.dumps({"isa": _core.build_info()["isa"]}), flush=True)
for line in sys.stdin:
    order = json.loads(line)
    print(json.dumps(OPS[order.pop("op")](**order)), flush=True)
