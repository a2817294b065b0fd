"""What users wait for: threads on a large picture, photo against WebP, the vae profile's own share, the import.

Passes of both sides alternate; a ratio is the median of the ratios of neighbouring passes.
"""

from __future__ import annotations

import io
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
from PIL import Image

import vaerans_ecs as ve

PASSES = 15


def shared() -> Path | None:
    """The folder with photos and models."""
    named = os.environ.get("VAERANS_SHARED")
    parents = [Path(named)] if named else [p / "shared" for p in Path(__file__).resolve().parents]
    return next((p for p in parents if (p / "data" / "kodak").is_dir()), None)


def seconds(work: Callable[[], Any]) -> float:
    """Wall time of one call."""
    start = time.perf_counter()
    work()
    return time.perf_counter() - start


def ratio(ours: Callable[[], Any], theirs: Callable[[], Any], passes: int = PASSES) -> float:
    """How many times as long theirs takes."""
    pairs = [(seconds(ours), seconds(theirs)) for _ in range(passes + 1)][1:]
    return statistics.median(b / a for a, b in pairs)


def kodak() -> list[np.ndarray]:
    """The landscape pictures, 512 x 768."""
    folder = shared()
    if folder is None:
        return []
    pictures = [np.asarray(Image.open(p)) for p in sorted((folder / "data" / "kodak").glob("*.png"))]
    return [p for p in pictures if p.shape == (512, 768, 3)]


def threads_rows(pictures: list[np.ndarray]) -> list[dict[str, Any]]:
    """Two threads against one on a mosaic of 24 pictures."""
    grid = [pictures[i % len(pictures)] for i in range(24)]
    mosaic = np.vstack([np.hstack(grid[i : i + 4]) for i in range(0, 24, 4)])
    one = ve.compress(mosaic, threads=1)
    if ve.compress(mosaic, threads=2) != one:
        raise SystemExit("the bytes depend on the number of threads")
    encode = ratio(lambda: ve.compress(mosaic, threads=2), lambda: ve.compress(mosaic, threads=1))
    decode = ratio(lambda: ve.decompress(one, threads=2), lambda: ve.decompress(one, threads=1))
    size = f"{mosaic.shape[0] * mosaic.shape[1] / 1e6:.1f} MP"
    return [
        {"what": f"2 threads, {size}, compress", "value": encode, "must": 1.6, "aim": 1.8},
        {"what": f"2 threads, {size}, decompress", "value": decode, "must": 1.6, "aim": 1.8},
    ]


def webp_rows(pictures: list[np.ndarray]) -> list[dict[str, Any]]:
    """photo at q50 on one thread against WebP method 6 at q50."""
    img = pictures[4]
    pillow = Image.fromarray(img)

    def webp() -> bytes:
        out = io.BytesIO()
        pillow.save(out, "WEBP", quality=50, method=6)
        return out.getvalue()

    ours, theirs = ve.compress(img, quality=50, threads=1), webp()
    encode = ratio(lambda: ve.compress(img, quality=50, threads=1), webp)
    decode = ratio(lambda: ve.decompress(ours, threads=1), lambda: Image.open(io.BytesIO(theirs)).load())
    return [
        {"what": "photo q50 encode against WebP m6", "value": encode, "must": 1.0, "aim": 4.0},
        {"what": "photo q50 decode against WebP", "value": decode, "must": 0.25, "aim": 0.6},
    ]


def vae_rows(pictures: list[np.ndarray]) -> list[dict[str, Any]]:
    """Share of everything but ONNX Runtime, TAESD, 8 pictures of one shape."""
    import onnxruntime

    folder = shared()
    assert folder is not None
    root = Path(__file__).resolve().parents[2]
    inside: list[float] = []
    runs = {"encoder": 0, "decoder": 0}
    with tempfile.TemporaryDirectory() as temp:
        weights = folder / "data" / "models" / "taesd" / "taesd.fp8.safetensors"
        subprocess.run([sys.executable, root / "tools" / "taesd_to_onnx.py", weights, temp], check=True)
        original = onnxruntime.InferenceSession.run_with_iobinding

        def timed(self: Any, binding: Any, options: Any = None) -> None:
            start = time.perf_counter()
            original(self, binding, options)
            inside.append(time.perf_counter() - start)

        onnxruntime.InferenceSession.run_with_iobinding = timed
        try:
            shares = [_vae_share(pictures[:8], temp, inside) for _ in range(4)][1:]
        finally:
            onnxruntime.InferenceSession.run_with_iobinding = original
        runs["encoder"] = len(inside) // 4
    value = 100 * statistics.median(shares)
    per_pass = f"{runs['encoder']} runs per pass (1 encoder, 1 decoder)"
    return [
        {"what": f"vae, TAESD, 8 pictures: all but ONNX Runtime, % ({per_pass})", "value": value, "max": 5, "aim": 2}
    ]


def _vae_share(pictures: list[np.ndarray], model: str, inside: list[float]) -> float:
    from vaerans_ecs.systems import (
        ANSDecode,
        ANSEncode,
        Hadamard4,
        OnnxVAEDecode,
        OnnxVAEEncode,
        QuantizeU8,
        WaveletCDF53,
    )

    before = len(inside)
    start = time.perf_counter()
    world = ve.World(arena_bytes=1 << 30)
    pipe = world.pipe(world.spawn_batch_rgb(pictures)) | OnnxVAEEncode(model) | Hadamard4() | WaveletCDF53(levels=4)
    pipe = pipe | QuantizeU8(per_band=True) | ANSEncode() | ANSDecode() | QuantizeU8.dequantize()
    pipe = pipe | WaveletCDF53.inverse(levels=4) | Hadamard4.inverse() | OnnxVAEDecode(model)
    pipe.out("ReconRGB")
    total = time.perf_counter() - start
    return (total - sum(inside[before:])) / total


def import_rows() -> list[dict[str, Any]]:
    """Time of `import vaerans_ecs` against `import numpy`, in fresh processes."""

    def run(module: str) -> Callable[[], Any]:
        return lambda: subprocess.run([sys.executable, "-c", f"import {module}"], check=True)

    value = 1 / ratio(run("vaerans_ecs"), run("numpy"))
    return [
        {"what": "import vaerans_ecs against import numpy, whole processes", "value": value, "max": 1.35, "aim": 1.2}
    ]


def rows() -> list[dict[str, Any]]:
    """All rows; those that need the shared photos are left out where there are none."""
    found = import_rows()
    pictures = kodak()
    if not pictures:
        print("skipped: no shared photos (set VAERANS_SHARED)")
        return found
    return found + threads_rows(pictures) + webp_rows(pictures) + vae_rows(pictures)
