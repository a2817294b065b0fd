"""A small codec and pictures to report on."""

from __future__ import annotations

import zlib

import numpy as np

from vaerans_ecs.eval import report

NASTY = "</script><script>alert('\u2028')</script>&<b title=\"x\">"


STEPS = [1, 2, 3, 4, 6, 8, 12, 16, 24, 32]


def picture(height: int = 40, width: int = 56, seed: int = 0) -> np.ndarray:
    y, x = np.mgrid[:height, :width]
    rgb = np.stack([2 * x + y, 3 * y, 255 - 2 * x], -1) + np.random.default_rng(seed).normal(0, 5, (height, width, 3))
    return np.clip(rgb, 0, 255).astype(np.uint8)


def encode(img: np.ndarray, step: int) -> bytes:
    """A whole codec in two lines: uniform quantiser and deflate."""
    h, w, _ = img.shape
    return b"%d %d %d " % (h, w, step) + zlib.compress((img // step).tobytes())


def decode(data: bytes) -> np.ndarray:
    h, w, step, body = data.split(b" ", 3)
    q = np.frombuffer(zlib.decompress(body), np.uint8).reshape(int(h), int(w), 3)
    return np.clip(q.astype(int) * int(step) + int(step) // 2, 0, 255).astype(np.uint8)


def run(pipes, photos=None, sweep=None, **options):
    photos = {"a": picture(), "b": picture(30, 44, 1)} if photos is None else photos
    options = {"out": None, "peers": (), "threads": 2, "cache_dir": False, "progress": False, **options}
    return report(pipes, photos, {"step": STEPS} if sweep is None else sweep, **options)
