"""Curves and BD-rates from measured rows (Bjontegaard 2001 with pchip interpolation; see docs/metrics.md)."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from statistics import fmean

from .model import BDRow, Curve, CurvePoint, Row

MIN_POINTS = 8
PSNR_RANGE = (27.0, 40.0)


def decibel(ms_ssim: float) -> float:
    """``-10 log10(1 - x)``: the scale on which MS-SSIM is compared (0.99 is 20 dB)."""
    return -10 * math.log10(max(1 - ms_ssim, 1e-9))


def curves(rows: Sequence[Row], photo: str | None = None) -> tuple[list[Curve], list[str]]:
    """Curves of every codec: for one picture, or means over all for ``None``.

    A point that failed on any picture is left out of the mean, so that every point of a curve is a mean over the same
    pictures; the second result names such points.
    """
    result, notes = [], []
    for codec, kind in dict.fromkeys((r.codec, r.kind) for r in rows):
        mine = [r for r in rows if r.codec == codec and photo in (None, r.photo)]
        pictures = len({r.photo for r in mine})
        curve = Curve(codec, kind, photo)
        incomplete = []
        for point in dict.fromkeys(r.point for r in mine):
            good = [r for r in mine if r.point == point and r.error is None]
            if len(good) < pictures:
                incomplete.append(point)
                continue
            curve.points.append(_mean(point, good))
        curve.points.sort(key=lambda p: p.bpp)
        if curve.points:
            result.append(curve)
        if incomplete:
            more = f" and {len(incomplete) - 3} more" if len(incomplete) > 3 else ""
            notes.append(f"{codec}: points that failed on some picture are left out: {'; '.join(incomplete[:3])}{more}")
    return result, notes


def _mean(point: str, rows: Sequence[Row]) -> CurvePoint:
    def mean(name: str) -> float | None:
        values = [getattr(r, name) for r in rows]
        return None if any(v is None for v in values) else fmean(values)

    bpp = mean("bpp")
    assert bpp is not None
    return CurvePoint(point, bpp, mean("psnr"), mean("ssim"), mean("ms_ssim"), mean("encode_ms"), mean("decode_ms"))


def bd_rates(all_curves: Iterable[Curve], anchor: str) -> list[BDRow]:
    """BD-rate of every curve against the anchor's curve of the same picture."""
    by_photo: dict[str | None, dict[str, Curve]] = {}
    for curve in all_curves:
        by_photo.setdefault(curve.photo, {})[curve.codec] = curve
    return [
        _against(curve, group[anchor], photo)
        for photo, group in by_photo.items()
        if anchor in group
        for name, curve in group.items()
        if name != anchor
    ]


def _against(curve: Curve, anchor: Curve, photo: str | None) -> BDRow:
    row = BDRow(curve.codec, curve.kind, anchor.codec, photo, None, None)
    row.psnr, row.note = _bd(anchor, curve, "psnr")
    row.ms_ssim, note = _bd(anchor, curve, "ms_ssim")
    row.note = row.note or note
    left_out = len(curve.points) - len(_rising(curve.points))
    if left_out and row.psnr is not None:
        row.note = f"{left_out} of {len(curve.points)} points take more bytes for no more quality: not counted"
    return row


def _bd(anchor: Curve, curve: Curve, metric: str) -> tuple[float | None, str]:
    """BD-rate in percent, or ``None`` and the reason."""
    from .. import functional

    sides = []
    for side in (anchor, curve):
        points = [p for p in _rising(side.points) if getattr(p, metric) is not None]
        if len(points) < MIN_POINTS:
            return None, f"{side.codec} has {len(points)} points with rising quality; BD-rate needs {MIN_POINTS}"
        sides.append([(p.bpp, p.psnr or 0.0, decibel(p.ms_ssim) if p.ms_ssim is not None else 0.0) for p in points])
    window = PSNR_RANGE
    if metric != "psnr":
        window = _ms_ssim_at(sides[0], PSNR_RANGE[0]), _ms_ssim_at(sides[0], PSNR_RANGE[1])
    axis = 1 if metric == "psnr" else 2
    rates = [[(p[0], p[axis]) for p in side] for side in sides]
    try:
        return float(functional.bd_rate(rates[0], rates[1], window=window)), ""
    except ValueError as error:  # no quality in common, and the like: the report says so
        return None, str(error)


def _rising(points: Sequence[CurvePoint]) -> list[CurvePoint]:
    """Points of rising quality only: a knob that spends more and gains nothing has no place on a rate curve."""
    kept: list[CurvePoint] = []
    for point in points:
        last = kept[-1] if kept else None
        if point.psnr is None or (last and point.psnr <= (last.psnr or 0)):
            continue
        if last and point.ms_ssim is not None and last.ms_ssim is not None and point.ms_ssim <= last.ms_ssim:
            continue
        kept.append(point)
    return kept


def _ms_ssim_at(points: Sequence[tuple[float, float, float]], psnr: float) -> float:
    """MS-SSIM in dB where the anchor has this PSNR (linear between its points, the nearest end outside them): so that
    both BD-rates are over the same part of the anchor's curve."""
    import numpy as np

    return float(np.interp(psnr, [p[1] for p in points], [p[2] for p in points]))
