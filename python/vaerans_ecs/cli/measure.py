"""``report`` and ``bench``: what the codec does to pictures, and how fast."""

from __future__ import annotations

import json
import os
import time
from collections.abc import Callable
from typing import Any, TypeVar

from .. import images
from . import show
from .outcome import UsageProblem, complain
from .sources import find

T = TypeVar("T")
#: Sides of the made-up picture: a photo of 2 megapixels.
_SYNTHETIC = (1152, 1728)


def parse_qualities(text: str) -> list[int]:
    """``10,30,50`` or ``10-90:10`` (from, to, step), in order, each once.

    >>> parse_qualities("10-30:10,75")
    [10, 20, 30, 75]
    """
    try:
        values = [value for part in text.split(",") for value in _range(part)]
    except ValueError:
        raise UsageProblem(f"--quality {text}: expected whole numbers as 10,30,50 or a range as 10-90:10") from None
    if not values or not all(0 <= value <= 100 for value in values):
        raise UsageProblem(f"--quality {text}: expected numbers from 0 to 100")
    return sorted(set(values))


def _range(part: str) -> list[int]:
    span, _, step = part.partition(":")
    first, dash, last = span.partition("-")
    if not dash:
        if step:
            raise ValueError(part)
        return [int(first)]
    low, high, width = int(first), int(last), int(step or 10)
    if width < 1 or high > 100:
        raise ValueError(part)
    return list(range(low, high + 1, width))


def _photos(arguments: list[str], recursive: bool, leave_out: str | None = None) -> list[str]:
    found = find(arguments, {*images.FORMATS, ".avif"}, recursive, leave_out)
    if found.missing:
        raise UsageProblem(f"{found.missing[0]}: no such file or folder")
    if not found.sources:
        raise UsageProblem(f"no pictures in {', '.join(arguments)}")
    return [source.path for source in found.sources]


def make_report(
    photos: list[str],
    out: str,
    profiles: list[str],
    quality: str | None,
    peers: str | None,
    recursive: bool,
    threads: int | None,
    force: bool,
    quiet: bool,
) -> None:
    """Write the page, and the same as JSON and CSV beside it."""
    if not out.lower().endswith((".html", ".htm")):
        raise UsageProblem(f"-o {out}: expected a name that ends in .html")
    stem = os.path.splitext(out)[0]
    there = [path for path in (out, f"{stem}.json", f"{stem}.csv") if os.path.lexists(path)]
    if there and not force:
        raise UsageProblem(f"{there[0]} is there already; --force overwrites it")
    paths = _photos(photos, recursive)
    sweep = {"quality": parse_qualities(quality)} if quality else None
    wanted = None if peers is None else [name for name in peers.split(",") if name and name != "none"]

    from ..eval import report

    report(
        pipes={profile: profile for profile in profiles},
        photos=paths,
        sweep=sweep,
        out=out,
        peers=wanted,
        threads=threads,
        progress=False if quiet else None,
    )
    if not quiet:
        complain(f"{out}: written, and {stem}.json and {stem}.csv beside it")


def synthetic() -> images.Picture:
    """A picture with slopes, edges and grain, the same on every machine."""
    import numpy as np

    height, width = _SYNTHETIC
    rows, columns = np.mgrid[0:height, 0:width]
    slopes = np.stack([rows / 5, columns / 7, (rows + columns) / 12], axis=-1)
    edges = ((rows // 96 + columns // 128) % 2 * 40)[..., None]
    grain = np.random.default_rng(1).integers(0, 12, (height, width, 1))
    return images.Picture((slopes + edges + grain).astype(np.uint8))


def run_bench(
    photos: list[str], options: dict[str, Any], threads: int | None, repeats: int, recursive: bool, as_json: bool
) -> None:
    """Time compress and decompress, the fastest of ``repeats`` passes, and show megapixels per second."""
    if photos:
        named = [(path, images.read_picture(path)) for path in _photos(photos, recursive)]
    else:
        named = [("(made up)", synthetic())]
    results = [_time(name, picture, options, threads, repeats) for name, picture in named]
    if as_json:
        print(json.dumps({"options": options, "threads": threads, "repeats": repeats, "results": results}, indent=2))
        return
    table = show.new_table("picture", "size", "bytes", "ratio", "compress MP/s", "decompress MP/s")
    for r in results:
        table.add_row(
            show.printable(os.path.basename(r["picture"])),
            f"{r['width']}x{r['height']}x{r['channels']}",
            show.size(r["bytes"]),
            f"{r['ratio']:.2f}",
            f"{r['compress_mp_s']:.1f}",
            f"{r['decompress_mp_s']:.1f}",
        )
    show.print_table(table)


def _time(
    name: str, picture: images.Picture, options: dict[str, Any], threads: int | None, repeats: int
) -> dict[str, Any]:
    codec, pixels = images.codec(), picture.pixels
    data, pack_seconds = _fastest(lambda: codec.compress(pixels, threads=threads, **options), repeats)
    _, unpack_seconds = _fastest(lambda: codec.decompress(data, threads=threads), repeats)
    megapixels = pixels.shape[0] * pixels.shape[1] / 1e6
    return {
        "picture": name,
        "width": pixels.shape[1],
        "height": pixels.shape[0],
        "channels": 1 if pixels.ndim == 2 else pixels.shape[2],
        "bytes": len(data),
        "ratio": round(pixels.nbytes / len(data), 3),
        "compress_mp_s": round(megapixels / pack_seconds, 3),
        "decompress_mp_s": round(megapixels / unpack_seconds, 3),
    }


def _fastest(call: Callable[[], T], repeats: int) -> tuple[T, float]:
    best = float("inf")
    for _ in range(repeats):
        started = time.perf_counter()
        result = call()
        best = min(best, time.perf_counter() - started)
    return result, max(best, 1e-9)
