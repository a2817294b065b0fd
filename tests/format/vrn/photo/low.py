"""The low band of a tile."""

from __future__ import annotations

import numpy as np

from ..errors import need
from . import energy
from .model import LOW, Model
from .words import Words

MOST = 1 << 23
BIAS, NEAR, FAR = 6, 11469, 4915


def read(words: Words, model: Model, height: int, width: int) -> np.ndarray:
    """The integers of one plane."""
    # With a column of room on the left, one on the right, a row above.
    q = [[0] * (width + 2) for _ in range(height + 1)]
    size = [[0] * (width + 2) for _ in range(height + 1)]
    near, far = energy.table(NEAR), energy.table(FAR)
    tables = model.ends[LOW]
    for y in range(1, height + 1):
        above, row = size[y - 1], size[y]
        for x in range(1, width + 1):
            e = BIAS + near[row[x - 1]] + near[above[x]] + far[above[x - 1]] + far[above[x + 1]]
            k = words.token(0, tables[energy.class_of(min(e, 32767))])
            words.refill(0)
            k = words.index(0, k)
            is_negative = k and words.raw(0, 1)
            q[y][x] = guess(q, y, x) + (-k if is_negative else k)
            need(abs(q[y][x]) <= MOST, "an integer of the low band")
            row[x] = min(k, 255)
    return np.array(q, np.int64)[1:, 1:-1]


def guess(q: list[list[int]], y: int, x: int) -> int:
    """Of rows and columns from 1 on."""
    w, n = q[y][x - 1], q[y - 1][x]
    if y == 1 or x == 1:
        return w + n
    return min(max(w + n - q[y - 1][x - 1], min(w, n)), max(w, n))
