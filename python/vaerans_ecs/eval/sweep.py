"""Run codecs over their sweeps and pictures. One failed point is a row with its error, never a lost report."""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor, as_completed
from typing import TYPE_CHECKING, Any

from .cache import PointCache
from .codecs import Codec, Params, point_name
from .metrics import measure
from .model import Row

if TYPE_CHECKING:
    import numpy as np

    from .photos import Loaded


def usable_cores() -> int:
    """Cores this process may use."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def sweep_photo(photo: Loaded, codecs: Sequence[Codec], cache: PointCache, threads: int | None = None) -> Iterator[Row]:
    """Rows of every codec and point on one picture, yielded as they finish (sort them for a stable order).

    Parallel over points; each call of a codec keeps to one thread. Closing the generator (Ctrl-C) drops what has not
    started, and waits for nothing.
    """
    jobs = [(codec, params) for codec in codecs for params in codec.points]
    workers = threads or usable_cores()
    if workers == 1:
        yield from (run_point(photo, codec, params, cache) for codec, params in jobs)
        return
    pool = ThreadPoolExecutor(workers, "vaerans-sweep")
    try:
        futures = [pool.submit(run_point, photo, codec, params, cache) for codec, params in jobs]
        for future in as_completed(futures):
            yield future.result()
    finally:
        pool.shutdown(wait=False, cancel_futures=True)


def run_point(photo: Loaded, codec: Codec, params: Params, cache: PointCache) -> Row:
    """Encode, decode and measure one point."""
    row = Row(photo.name, codec.name, codec.kind, point_name(params), dict(params))
    key = (codec.name, codec.version, photo.sha256, next(iter(params.values()))) if codec.cached else None
    point = cache.load(*key) if key else None
    row.cached = point is not None
    if point is None:
        try:
            point = _measure_point(photo.rgb, codec, params)
        except (KeyboardInterrupt, SystemExit):
            raise
        except (
            BaseException
        ) as error:  # the codec is the user's: whatever it raises, panics too, belongs into the table
            row.error = f"{type(error).__name__}: {error}"
            return row
        if key:
            cache.store(*key, point)
    for name, value in point.items():
        setattr(row, name, value)
    row.bpp = 8 * point["bytes"] / (photo.rgb.shape[0] * photo.rgb.shape[1])
    return row


def _measure_point(img: np.ndarray, codec: Codec, params: Params) -> dict[str, Any]:
    data, encode_ms = _timed(lambda: codec.encode(img, params))
    decoded, decode_ms = _timed(lambda: codec.decode(data))
    quality = measure(img, check_decoded(img, decoded))
    return {"bytes": len(data), **quality._asdict(), "encode_ms": encode_ms, "decode_ms": decode_ms}


def _timed(call: Callable[[], Any]) -> tuple[Any, float]:
    start = time.perf_counter()
    result = call()
    return result, (time.perf_counter() - start) * 1e3


def check_decoded(img: np.ndarray, decoded: Any) -> np.ndarray:
    """The decoded picture as (H, W, 3) uint8, or ValueError."""
    import numpy as np

    decoded = np.asarray(decoded)
    if decoded.shape != img.shape or decoded.dtype != np.uint8:
        raise ValueError(
            f"decoded to {decoded.shape} {decoded.dtype}, expected {img.shape} uint8: "
            "the decoder must give the picture back"
        )
    return np.ascontiguousarray(decoded)
