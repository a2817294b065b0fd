"""What the integer entropy model is made of: its constants, rounding, classes of scales, residuals and their bits."""

from __future__ import annotations

import numpy as np

#: Offsets (dy, dx) of a channel's own taps: rows above only, so that a row's columns do not depend on each other.
OWN = ((-1, 0), (-1, -1), (-1, 1), (-2, 0), (-1, -2), (-1, 2), (-2, -1), (-2, 1))
SECOND_FROM = 24  # the second layer is coded above this quality
PROB_BITS = 15
SYMBOLS, HALF = 32, 15  # residuals of -15 to 15, and an escape
SCALE_MIN, SCALE_MAX = 16, (1 << 19) - 1  # Q12
FIRST_CLASS = 16
CLASSES = 60
RESIDUAL_MAX = 4095  # Q4
VALUE_MAX = 4095  # that an encoder gives
CODED_MAX = 32767  # that a stream may hold


def rsh(a: np.ndarray, n: int) -> np.ndarray:
    """Divide by ``2**n`` and round to the nearest, halves up."""
    return (a + (1 << (n - 1))) >> n


def klass(scale: np.ndarray) -> np.ndarray:
    """Class of a scale (Q12): quarters of octaves, 0 to 59."""
    scale = np.clip(scale, SCALE_MIN, SCALE_MAX)
    octave = np.frexp(scale.astype(np.float64))[1].astype(np.int64) - 1
    return 4 * octave + ((scale >> (octave - 2)) & 3) - FIRST_CLASS


def raw_bits(cls: np.ndarray | int) -> np.ndarray:
    """How many low bits of a residual are coded raw in a class."""
    return np.maximum(0, (np.asarray(cls) + FIRST_CLASS) // 4 - 13)


def fold(q: np.ndarray, mean: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Residuals against the rounded mean, with its fraction folded to be positive, and the phase of that fraction."""
    base = (mean + 2048) >> 12
    fraction = mean - (base << 12)
    return np.where(fraction < 0, -1, 1) * (q - base), np.minimum(np.abs(fraction) >> 9, 3)


def symbol_index(residual: np.ndarray, cls: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Index in the table, and the high part of the residual that it stands for."""
    high = residual >> raw_bits(cls)
    return np.where(np.abs(high) > HALF, SYMBOLS - 1, np.clip(high, -HALF, HALF) + HALF), high


def symbol_bits(residual: np.ndarray, phase: np.ndarray, cls: np.ndarray, table: np.ndarray) -> np.ndarray:
    """Bits of every residual: symbol, escape, raw bits."""
    index, high = symbol_index(residual, cls)
    bits = PROB_BITS - np.log2(table[cls, phase, index].astype(np.float64)) + raw_bits(cls)
    beyond = np.maximum(np.abs(high) - HALF, 1)
    return bits + np.where(index == SYMBOLS - 1, 2 + 2 * np.floor(np.log2(beyond)), 0)
