"""The float entropy model in integers, within the ranges that decoders count on."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from .config import QUALITY_STEPS
from .float_model import FloatModel, Taps
from .integer_math import CODED_MAX, RESIDUAL_MAX
from .integer_model import IntegerModel

SCALE_DIVISOR = 16.0
"""Trained scales are about 15 times the mean magnitude of the residual; integers are made for once."""
SUM_MAX = (1 << 31) - 1 - (1 << 12)
"""Decoders refuse a model whose sums could be larger, whatever the integers are."""


def integers(model: FloatModel, log: Callable[[str], None]) -> dict[str, np.ndarray]:
    """All arrays of ``entropy_model.npz`` but the tables."""
    gain = np.maximum(np.round(model.gain * 4096), 1).astype(np.int64)
    means, scales = integer_taps(model.mean_taps, 4096), integer_taps(model.scale_taps, 65536 / SCALE_DIVISOR)
    arrays = {
        "G": gain,
        "AM": rounded(model.mean_amplitude * 4096),
        "AS": np.maximum(rounded(model.scale_amplitude * 4096), 0),
        "V": rounded(model.floor * model.gain / SCALE_DIVISOR * 4096),
        "wmu": means.weight,
        "jmu": means.channel,
        "pmu": means.offset,
        "wsc": scales.weight,
        "jsc": scales.channel,
        "psc": scales.offset,
        "edge": rounded(model.edge * 4096),
        "U": rounded(model.share * 65536),
        "we": rounded(model.sum_taps * (1 << 20) / SCALE_DIVISOR),
        "B": np.array(model.base),
        "H": model.step.astype(np.float32),
    }
    return within_range(arrays, log)


def rounded(values: np.ndarray) -> np.ndarray:
    """To the nearest integers of 32 bits."""
    return np.clip(np.round(values), -(1 << 31), (1 << 31) - 1).astype(np.int64)


def integer_taps(taps: Taps, unit: float) -> Taps:
    """Weights in integers; those that come out as 0 are left out."""
    lists = [[(j, dy, dx, w) for j, dy, dx, w in row if round(w * unit)] for row in taps.lists()]
    kept = Taps.of_lists(lists)
    return Taps(kept.channel, kept.offset, rounded(kept.weight * unit))


def within_range(arrays: dict[str, np.ndarray], log: Callable[[str], None]) -> dict[str, np.ndarray]:
    """Shrink taps of channels whose sums could leave 32 bits at some quality (it has not been seen to happen)."""
    for name, sums in largest_sums(arrays).items():
        excess = sums / SUM_MAX
        over = np.flatnonzero(excess > 1)
        for c in over:
            arrays[name][c] = np.trunc(arrays[name][c] / (1.01 * excess[c]))
        if len(over):
            log(f"tables: {name} of {len(over)} channels made smaller, to stay within 32 bits")
    return arrays


def largest_sums(arrays: dict[str, np.ndarray]) -> dict[str, np.ndarray]:
    """For every channel, the largest magnitudes that means and scales may have before they are limited, by their taps:
    over all qualities, those of the prepared weights times what stands before them."""
    model = IntegerModel(arrays)
    prepared = [model.prepare(k) for k in range((model.levels - 1) * QUALITY_STEPS + 1)]
    means = [np.abs(p.mean_weight).sum(1) * CODED_MAX for p in prepared]
    scales = [np.abs(p.scale_weight).sum(1) * np.maximum(p.edge, RESIDUAL_MAX) for p in prepared]
    return {"wmu": np.max(means, 0), "wsc": np.max(scales, 0)}


def smallest(array: np.ndarray) -> np.ndarray:
    """Integers in the smallest type that holds them."""
    if array.dtype.kind != "i":
        return array
    fits = (
        t for t in (np.int8, np.int16, np.int32) if np.iinfo(t).min <= array.min() and array.max() <= np.iinfo(t).max
    )
    return array.astype(next(fits))
