"""What a report shows of a few pictures in full: decoded pictures, band histograms, traces."""

from __future__ import annotations

import base64
import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from .bands import histograms, luma_bands
from .codecs import Codec, Params, point_name
from .embed import data_uri, window
from .model import Histogram, Picture, Row, Step
from .sweep import check_decoded

if TYPE_CHECKING:
    import numpy as np

    from .photos import Loaded


@dataclass
class Budget:
    """What is still allowed into the page."""

    photos: int
    side: int
    bytes: int
    bpp: tuple[float, ...]


def sample_photo(
    photo: Loaded, codecs: Sequence[Codec], rows: Sequence[Row], budget: Budget
) -> tuple[list[Picture], list[Histogram], list[str]]:
    """Pictures and histograms of one photo: per codec the points nearest to each wanted size; the histogram at the
    middle one. Stops, and says so, when the budget of bytes is spent."""
    pictures: list[Picture] = []
    original_bands = luma_bands(photo.rgb)
    hists = histograms(photo.name, original_bands, None, "", original_bands)
    if not _add(pictures, budget, _picture(photo, budget.side)):
        return [], hists, [f"{photo.name}: not embedded, the page's limit for pictures is reached"]
    for codec in codecs:
        shown = _nearest(codec, rows, budget.bpp)
        for index, (target, row, params) in enumerate(shown):
            data = codec.encode(photo.rgb, params)
            decoded = check_decoded(photo.rgb, codec.decode(data))
            if index == len(shown) // 2:
                hists += histograms(photo.name, original_bands, codec.name, row.point, luma_bands(decoded))
            if not _add(pictures, budget, _picture(photo, budget.side, codec, row, target, data, decoded)):
                return pictures, hists, [f"{photo.name}: some pictures left out, the page's limit is reached"]
    return pictures, hists, []


def _nearest(codec: Codec, rows: Sequence[Row], wanted: Sequence[float]) -> list[tuple[float, Row, Params]]:
    """For every wanted bpp the good point nearest to it on a log scale."""
    by_name = {point_name(p): p for p in codec.points}
    good = [r for r in rows if r.codec == codec.name and r.error is None and r.bpp]
    if not good:
        return []
    chosen: dict[str, tuple[float, Row, Params]] = {}
    for size in wanted:
        row = min(good, key=lambda r: abs(math.log((r.bpp or size) / size)))
        chosen.setdefault(row.point, (size, row, by_name[row.point]))  # a point is shown once
    return list(chosen.values())


def _picture(
    photo: Loaded,
    side: int,
    codec: Codec | None = None,
    row: Row | None = None,
    target: float | None = None,
    data: bytes = b"",
    decoded: np.ndarray | None = None,
) -> Picture:
    height, width = photo.rgb.shape[:2]
    rows, columns = window(height, width, side)
    crop = (rows.stop - rows.start, columns.stop - columns.start) != (height, width)
    if codec is not None and codec.mime and not crop:
        uri = f"data:{codec.mime};base64,{base64.b64encode(data).decode()}"
    else:
        uri = data_uri((photo.rgb if decoded is None else decoded)[rows, columns])
    return Picture(
        photo.name,
        codec.name if codec else None,
        row.point if row else "",
        target,
        columns.stop - columns.start,
        rows.stop - rows.start,
        row.bpp if row else None,
        row.psnr if row else None,
        row.ms_ssim if row else None,
        uri,
        f"1:1 crop from the centre of {width} \u00d7 {height}" if crop else "",
    )


def _add(pictures: list[Picture], budget: Budget, picture: Picture) -> bool:
    if len(picture.data) > budget.bytes:
        return False
    budget.bytes -= len(picture.data)
    pictures.append(picture)
    return True


def trace_codecs(photo: Loaded, codecs: Sequence[Codec]) -> tuple[list[Step], list[str]]:
    """The steps of every pipe that can tell them, at the middle of its sweep, on one picture."""
    steps: list[Step] = []
    notes: list[str] = []
    for codec in codecs:
        if codec.trace is None or not codec.points:
            continue
        params = codec.points[len(codec.points) // 2]
        try:
            mine = codec.trace(photo.rgb, params)
        except Exception as error:  # a trace is an extra: the report stands without it
            notes.append(f"{codec.name}: no trace ({type(error).__name__}: {error})")
            continue
        for step in mine:
            step.codec, step.photo, step.point = codec.name, photo.name, point_name(params)
        steps += mine
    return steps, notes
