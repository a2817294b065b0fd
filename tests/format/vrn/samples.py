"""The inverses of steps 1, 16, 32, 33, 80 and 82."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from .bands import HH, HL, LH, LL, Band
from .errors import Refused, need
from .norms import NORMS
from .reader import Reader, crc32c

F = np.float32
HALVES = {2: 0x3F3504F3, 4: 0x3F000000, 8: 0x3EB504F3, 16: 0x3E800000}


def colour(planes: np.ndarray, dtype: np.dtype) -> np.ndarray:
    """Step 1: planes (C, H, W) to samples (H, W, C)."""
    parts = list(planes)
    if len(parts) > 2:
        y, co, cg = parts[:3]
        is_float = planes.dtype == np.float32
        t = y - (cg * F(0.5) if is_float else cg >> 1)
        blue = t - (co * F(0.5) if is_float else co >> 1)
        parts[:3] = [blue + co, cg + t, blue]
    samples = np.stack(parts, -1)
    if samples.dtype == np.float32:
        samples = np.rint(np.where(np.isnan(samples), F(0), samples))
    return np.clip(samples, 0, np.iinfo(dtype).max).astype(dtype)


def hadamard(tensor: np.ndarray, size: int) -> np.ndarray:
    """Step 16: its own inverse."""
    x = tensor.reshape(len(tensor) // size, size, *tensor.shape[1:]).copy()
    h = 1
    while h < size:
        for i in range(0, size, 2 * h):
            for j in range(i, i + h):
                x[:, j], x[:, j + h] = x[:, j] + x[:, j + h], x[:, j] - x[:, j + h]
        h *= 2
    return (x * np.uint32(HALVES[size]).view(F)).reshape(tensor.shape)


def dequantize(symbols: np.ndarray, bands: list[Band], per: str, side: bytes) -> np.ndarray:
    """Step 32: planes of symbols to values."""
    count = {"tensor": 1, "channel": len(symbols), "band": len(bands)}[per]
    pairs = np.frombuffer(Reader(side).bytes(8 * count), "<f4").reshape(-1, 2).astype(F)
    need(np.isfinite(pairs).all() and (pairs[:, 0] >= 0).all(), "scale and offset of step 32")
    values = np.empty(symbols.shape, F)
    for number, band in enumerate(bands):
        group = {"tensor": 0, "channel": band.plane, "band": number}[per]
        with np.errstate(over="ignore"):
            values[band.place] = symbols[band.place].astype(F) * pairs[group, 0] + pairs[group, 1]
    return values


def norm(band: Band, wavelet: int, levels: int) -> float:
    """How much a unit of the band weighs in the picture; ``levels`` of the whole file."""
    splits = levels if band.level == 0 else levels - band.level + 1
    if not wavelet or not splits:
        return 1.0
    lows, highs = NORMS[wavelet]
    low, high = lows[min(splits, 12) - 1], highs[min(splits, 12) - 1]
    for _ in range(splits - 12):
        low, high = low * math.sqrt(2), high * math.sqrt(2)
    return {LL: low * low, HL: low * high, LH: low * high, HH: high * high}[band.name]


def weight(plane: int, planes: int) -> float:
    return (0.577350, 1.555635, 1.270171)[plane] if planes > 2 and plane < 3 else 0.577350


def dead_zone(symbols: np.ndarray, bands: list[Band], params: dict[str, Any], wavelet: int, levels: int) -> np.ndarray:
    """Step 33: planes of symbols to values."""
    values = np.zeros(symbols.shape, F)
    for band in bands:
        of_colour = weight(band.plane, len(symbols)) if params["weighted"] else 1.0
        step = F(params["step"] * (of_colour / norm(band, wavelet, levels)))
        q = symbols[band.place].astype(np.int64)
        size = (np.abs(q).astype(F) + F(params["offset"])) * step
        values[band.place] = np.where(q == 0, F(0), np.where(q < 0, -size, size))
    return values


def add_residual(base: np.ndarray, residual: np.ndarray, max_error: int, side: bytes) -> np.ndarray:
    """Step 80: the samples with the residual added."""
    little = np.ascontiguousarray(base, base.dtype.newbyteorder("<"))
    if side != crc32c(little.tobytes()).to_bytes(4, "little"):
        raise Refused("data.base_differs", "the residual is of other samples")
    exact = base.astype(np.int64) + residual.astype(np.int64) * (2 * max_error + 1)
    return np.clip(exact, 0, np.iinfo(base.dtype).max).astype(base.dtype)


def add_alpha(base: np.ndarray, plane: np.ndarray) -> np.ndarray:
    """Step 82 undone: the one channel in the place of the last."""
    made = base.copy()
    made[..., -1] = plane[..., 0]
    return made
