"""``report`` and ``bench``: what the codec does to pictures, and how fast."""

from __future__ import annotations

import os
import time
from collections.abc import Callable
from typing import Any, TypeVar

import typer

from .. import api, images
from ..errors import VaeransError
from . import show
from .options import checked
from .outcome import FAILED, UsageProblem, failure
from .output import complain, read_input, say_json, table
from .sources import STANDARD, Found, Source, find, told

_MADE_UP = "(made up)"
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


def parse_peers(text: str | None) -> list[str] | None:
    """Names by comma as the report takes them; ``none`` for none, ``None`` for all. Raises `UsageProblem`."""
    from ..eval.peers import known_peer

    if text is None or text.strip().lower() == "none":
        return None if text is None else []
    try:
        return list(dict.fromkeys(known_peer(name.strip()) for name in text.split(",")))
    except VaeransError as error:
        raise UsageProblem(f"--peers {text}: {error.message}; none for none") from None


def _page(out: str, force: bool) -> str:
    """The page's name without its suffix; refused before anything is measured where it cannot be written."""
    if not out.lower().endswith((".html", ".htm")):
        raise UsageProblem(f"-o {out}: expected a name that ends in .html")
    stem = os.path.splitext(out)[0]
    for path in (out, f"{stem}.json", f"{stem}.csv"):
        if os.path.isdir(path):
            raise UsageProblem(f"{path} is a folder; choose another -o")
        if os.path.lexists(path) and not force:
            raise UsageProblem(f"{path} is there already; --force overwrites it")
    folder = os.path.dirname(os.path.abspath(out))
    while not os.path.lexists(folder):
        folder = os.path.dirname(folder)
    if not os.path.isdir(folder) or not os.access(folder, os.W_OK):
        raise UsageProblem(f"-o {out}: {folder} is no folder that can be written to")
    return stem


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
    stem = _page(out, force)
    for profile in profiles:
        checked(profile, None)
    sweep = {"quality": parse_qualities(quality)} if quality is not None else None
    wanted = parse_peers(peers)

    from .. import eval
    from ..eval.photos import SUFFIXES

    found = find(photos, SUFFIXES, recursive)
    if found.sources[0].path == STANDARD:
        raise UsageProblem("a report reads files; save standard input (-) to one first")
    if not quiet:
        complain(*told(found.skipped))
    result = eval.report(
        pipes={profile: profile for profile in profiles},
        photos=[source.path for source in found.sources],
        sweep=sweep,
        out=out,
        peers=wanted,
        threads=threads,
        progress=False if quiet else None,
    )
    if not quiet:
        complain(*(f"vaerans: skipped, {item.reason}: {item.name}" for item in result.data.skipped))
        complain(f"{out}: written, and {stem}.json and {stem}.csv beside it")
    failed = found.failed + [failure(name, error) for name, error in result.failed]
    show.failures(failed)
    bad = [row for row in result.data.rows if row.error]
    if bad:
        complain(f"vaerans: {len(bad)} of {len(result.data.rows)} points failed; first: {bad[0].error}")
    if failed or bad:
        raise typer.Exit(FAILED)


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
    found = find(photos, images.FORMATS, recursive) if photos else Found([Source(_MADE_UP, _MADE_UP)])
    complain(*told(found.skipped))
    limits = {name: options[name] for name in ("max_pixels", "max_bytes")}
    results, failed = [], list(found.failed)
    for source in found.sources:
        try:
            results.append(_time(source.path, _picture(source.path, limits), options, threads, repeats))
        except Exception as error:
            failed.append(failure(source.path, error))
    if as_json:
        given = {name: value for name, value in options.items() if value is not None}
        say_json({"options": given, "threads": threads, "repeats": repeats, "results": results})
    elif results:
        columns = ("picture", "size", "bytes", "ratio", "compress MP/s", "decompress MP/s")
        table(columns, [_row(result) for result in results])
    show.failures(failed)
    if failed:
        raise typer.Exit(FAILED)


def _picture(path: str, limits: dict[str, Any]) -> images.Picture:
    if path == _MADE_UP:
        return synthetic()
    data = read_input(path, limits["max_bytes"])
    if images.is_container(data[:16]):
        return images.unpack(data, **limits)
    return images.decode_picture(data, **limits)


def _row(result: dict[str, Any]) -> list[str]:
    return [
        os.path.basename(result["picture"]),
        f"{result['width']}x{result['height']}x{result['channels']}",
        show.size(result["bytes"]),
        f"{result['ratio']:.2f}",
        f"{result['compress_mp_s']:.1f}",
        f"{result['decompress_mp_s']:.1f}",
    ]


def _time(
    name: str, picture: images.Picture, options: dict[str, Any], threads: int | None, repeats: int
) -> dict[str, Any]:
    pixels = picture.pixels
    limits = {name: options[name] for name in ("max_pixels", "max_bytes")}
    data, pack_seconds = _fastest(lambda: api.compress(pixels, threads=threads, **options), repeats)
    _, unpack_seconds = _fastest(lambda: api.decompress(data, threads=threads, **limits), repeats)
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
