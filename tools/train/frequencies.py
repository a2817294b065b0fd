"""Tables of frequencies, by class of scale and phase of the mean: counts on photos, and a prior where there are few."""

from __future__ import annotations

import numpy as np

from .float_model import FloatModel
from .integer_math import CLASSES, FIRST_CLASS, HALF, PROB_BITS, SYMBOLS, fold, raw_bits, symbol_index
from .integer_model import IntegerModel
from .integers import SCALE_DIVISOR

PHASES = 4
PRIOR_STRENGTH = 40.0  # values that the prior counts for


def counted(model: IntegerModel, q: np.ndarray, quality: int) -> np.ndarray:
    """How often which symbol comes, (2, classes, phases, symbols), in integers (B or M, h, w) of a quality."""
    counts = np.zeros((2, CLASSES, PHASES, SYMBOLS), np.int64)
    means, classes = model.context(q, model.prepare(quality))
    residual, phase = fold(q, means)
    index, _ = symbol_index(residual, classes)
    for layer, part in enumerate((slice(0, model.base), slice(model.base, None))):
        np.add.at(counts[layer], (classes[part].ravel(), phase[part].ravel(), index[part].ravel()), 1)
    return counts


def prior_tables(model: FloatModel) -> np.ndarray:
    """Probabilities (classes, phases, symbols) by the trained mixture of logistic shapes."""
    classes, phases = np.arange(CLASSES), (np.arange(PHASES) + 0.5) / 8
    octave, quarter = np.divmod(classes + FIRST_CLASS, 4)
    scale = 2.0 ** (octave - 12) * (1 + (quarter + 0.5) / 4)
    width = 1 << raw_bits(classes)
    low = np.arange(-HALF, HALF + 1)[None, None, :] * width[:, None, None] - 0.5 - phases[None, :, None]
    high = low + width[:, None, None]
    share = np.zeros((CLASSES, PHASES, SYMBOLS))
    for weight, shape in zip(model.shape_weight, model.shape_width, strict=True):
        spread = (scale * shape * SCALE_DIVISOR)[:, None, None]
        share[:, :, :-1] += weight * (logistic(high / spread) - logistic(low / spread))
    share[:, :, :-1] = np.maximum(share[:, :, :-1], 1e-12)
    share[:, :, -1] = np.maximum(1 - share[:, :, :-1].sum(2), 1e-7)
    return share


def logistic(x: np.ndarray) -> np.ndarray:
    """The logistic function."""
    return 1 / (1 + np.exp(-np.clip(x, -60, 60)))


def tables(counts: np.ndarray, prior: np.ndarray) -> np.ndarray:
    """Frequencies of sum 2^15, each 1 at least, by counts and a prior."""
    share = counts + PRIOR_STRENGTH * prior
    exact = share / share.sum(2, keepdims=True) * ((1 << PROB_BITS) - SYMBOLS)
    frequencies = np.floor(exact).astype(np.int64) + 1
    left = (1 << PROB_BITS) - frequencies.sum(2)
    order = np.argsort(np.argsort(-(exact - np.floor(exact)), axis=2, kind="stable"), axis=2, kind="stable")
    return frequencies + (order < left[..., None])
