"""Energies of coefficients, and the classes that follow."""

from __future__ import annotations

import numpy as np

from .geometry import Rect


def product(a: np.ndarray, weight: int) -> np.ndarray:
    """a times a weight of 1/32768, rounded."""
    return a * weight + 16384 >> 15


def table(weight: int) -> list[int]:
    """What a neighbour of each size adds."""
    return [int(n) for n in product(np.arange(256) * 128, weight)]


def class_of(energy: int) -> int:
    e = max(energy, 8)
    octave = e.bit_length() - 1
    return min(4 * (octave - 3) + (e >> octave - 2 & 3), 47)


def shape_of(rect: Rect) -> tuple[int, int]:
    return rect[2] - rect[0], rect[3] - rect[1]


class Sizes:
    """The sizes of a band's indices, 0 outside of it."""

    def __init__(self, sizes: np.ndarray) -> None:
        self.room = np.pad(sizes, 2)

    def at(self, rows: np.ndarray, columns: np.ndarray) -> np.ndarray:
        height, width = self.room.shape
        return self.room[np.ix_(np.clip(rows + 2, 0, height - 1), np.clip(columns + 2, 0, width - 1))]


def of_others(
    shape: tuple[int, int], weights: list[int], parents: list[np.ndarray] | None, beside: list[np.ndarray | None]
) -> np.ndarray:
    """What other bands give; weights are the bias and those of others."""
    bias, *w = weights
    rows, columns = np.arange(shape[0]), np.arange(shape[1])
    energy = np.full(shape, bias, np.int64)
    if parents:
        parent, one, two = (Sizes(p) for p in parents)
        y, x = rows >> 1, columns >> 1
        energy += product(128 * parent.at(y, x), w[0])
        energy += product(128 * parent.at(y, x + rows_of(columns)), w[1])
        energy += product(128 * parent.at(y + rows_of(rows), x), w[2])
        energy += product(32 * (one.at(y, x) + two.at(y, x)), w[3])
    for i, sizes in enumerate(beside):
        if sizes is not None:
            s = Sizes(sizes)
            around = (
                s.at(rows, columns - 1) + s.at(rows, columns + 1) + s.at(rows - 1, columns) + s.at(rows + 1, columns)
            )
            energy += product(128 * s.at(rows, columns), w[4 + 2 * i]) + product(32 * around, w[5 + 2 * i])
    return np.minimum(energy, 32767)


def rows_of(at: np.ndarray) -> np.ndarray:
    """The side on which the nearer of two neighbours of a parent lies."""
    return (at & 1) * 2 - 1
