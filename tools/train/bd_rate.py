"""BD-rate: how many percent more bits a codec needs for the same quality, over the range that two curves share."""

from __future__ import annotations

import csv
from collections.abc import Sequence
from pathlib import Path

import numpy as np

Curve = Sequence[tuple[float, float]]  # (bits per pixel, quality)
SAMPLES = 2000


def read(path: Path) -> dict[str, list[dict[str, float]]]:
    """Curves of a CSV file with the columns codec, bpp, psnr, msssim: by codec, points by rate."""
    curves: dict[str, list[dict[str, float]]] = {}
    with open(path, encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            point = {name: float(row[name]) for name in ("bpp", "psnr", "msssim")}
            curves.setdefault(row["codec"], []).append(point)
    return {codec: sorted(points, key=lambda p: p["bpp"]) for codec, points in curves.items()}


def decibels(similarity: float) -> float:
    """MS-SSIM on a scale on which curves are smooth."""
    return float(-10 * np.log10(1 - similarity))


def compare(anchor: list[dict[str, float]], test: list[dict[str, float]]) -> tuple[float, float]:
    """BD-rate of ``test`` against ``anchor`` over PSNR and over MS-SSIM, in percent."""
    psnr = bd_rate([(p["bpp"], p["psnr"]) for p in anchor], [(p["bpp"], p["psnr"]) for p in test])
    curves = [[(p["bpp"], decibels(p["msssim"])) for p in points] for points in (anchor, test)]
    return psnr, bd_rate(*curves)


def bd_rate(anchor: Curve, test: Curve) -> float:
    """Mean difference in the logarithm of the rate at equal quality, in percent; NaN where no range is shared."""
    sides = [_rising(curve) for curve in (anchor, test)]
    low, high = max(q[0] for q, _ in sides), min(q[-1] for q, _ in sides)
    if not low < high:
        return float("nan")
    quality = np.linspace(low, high, SAMPLES)
    first, second = (pchip(q, rate, quality) for q, rate in sides)
    difference = second - first
    return float((np.exp((difference[1:] + difference[:-1]).mean() / 2) - 1) * 100)


def _rising(curve: Curve) -> tuple[np.ndarray, np.ndarray]:
    """Qualities in rising order, and logarithms of the rates."""
    points = np.array(sorted(curve, key=lambda p: p[1]), np.float64)
    return points[:, 1], np.log(points[:, 0])


def pchip(x: np.ndarray, y: np.ndarray, at: np.ndarray) -> np.ndarray:
    """Interpolate by piecewise cubics that stay monotonic where the points are (Fritsch and Carlson)."""
    width, slope = np.diff(x), np.diff(y) / np.diff(x)
    tangent = np.empty_like(y)
    tangent[1:-1] = _inner(width, slope)
    tangent[0] = _end(width, slope) if len(slope) > 1 else slope[0]
    tangent[-1] = _end(width[::-1], slope[::-1]) if len(slope) > 1 else slope[-1]
    i = np.clip(np.searchsorted(x, at, side="right") - 1, 0, len(slope) - 1)
    t = (at - x[i]) / width[i]
    value = (1 + 2 * t) * (1 - t) ** 2 * y[i] + t**2 * (3 - 2 * t) * y[i + 1]
    return value + width[i] * (t * (1 - t) ** 2 * tangent[i] - t**2 * (1 - t) * tangent[i + 1])


def _inner(width: np.ndarray, slope: np.ndarray) -> np.ndarray:
    """Tangents between two pieces: the weighted harmonic mean of their slopes, 0 at an extremum."""
    left, right = 2 * width[1:] + width[:-1], width[1:] + 2 * width[:-1]
    same = slope[:-1] * slope[1:] > 0
    safe = np.where(same, slope[:-1], 1), np.where(same, slope[1:], 1)
    return np.where(same, (left + right) / (left / safe[0] + right / safe[1]), 0.0)


def _end(width: np.ndarray, slope: np.ndarray) -> float:
    """Tangent at the first point, which does not overshoot."""
    tangent = ((2 * width[0] + width[1]) * slope[0] - width[0] * slope[1]) / (width[0] + width[1])
    if np.sign(tangent) != np.sign(slope[0]):
        return 0.0
    if np.sign(slope[0]) != np.sign(slope[1]) and abs(tangent) > 3 * abs(slope[0]):
        return 3 * slope[0]
    return float(tangent)
