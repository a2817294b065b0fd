"""The coefficients of a band of a tile."""

from __future__ import annotations

import numpy as np

from . import energy
from .model import CLASSES
from .words import LANES, Words

TRELLIS = (0, 1, 3, 2, 5, 4, 7, 6, 1, 0, 2, 3, 4, 5, 6, 7)
UNIFORM = (0,) * 16


class Band:
    """What decodes one band; sizes and signs have two columns of room on both sides and two rows above."""

    def __init__(
        self, words: Words, energies: np.ndarray, own: list[int], tables: list[list[int]], signs: list[int],
        is_uniform: bool,
    ) -> None:  # fmt: skip
        self.words, self.tables, self.frequencies = words, tables, signs
        self.height, self.width = energies.shape
        self.energies = energies.tolist()
        self.own = [energy.table(w) for w in own]
        self.next = UNIFORM if is_uniform else TRELLIS
        self.sizes = [[0] * (self.width + 4) for _ in range(self.height + 2)]
        self.signs = [[0] * (self.width + 4) for _ in range(self.height + 2)]
        #: Signed indices, and the rows of the tables that they were coded with.
        self.indices = np.zeros(energies.shape, np.int64)
        self.rows = np.zeros(energies.shape, np.int64)

    def decode(self) -> None:
        pitch = max(self.width + 2, 32)
        groups = -(-self.height // LANES)
        states = [0] * LANES
        for t in range(groups * pitch + 2 * (LANES - 1)):
            zeros = []
            for lane in range(min(LANES, t // 2 + 1)):
                group, x = divmod(t - 2 * lane, pitch)
                y = group * LANES + lane
                if x == 0:
                    states[lane] = 0
                if x < self.width and y < self.height:
                    k = self.coefficient(lane, y, x, states[lane] & 1)
                    states[lane] = self.next[2 * states[lane] + (k & 1)]
                    if not k:
                        zeros.append(lane)
            for lane in zeros:
                self.words.refill(lane)

    def coefficient(self, lane: int, y: int, x: int, quantizer: int) -> int:
        """Decodes one; gives its index."""
        w, n, nn = self.sizes[y + 2], self.sizes[y + 1], self.sizes[y]
        at, own = x + 2, self.own
        e = self.energies[y][x] + own[0][w[at - 1]] + own[1][w[at - 2]] + own[2][n[at]] + own[3][nn[at]]
        e += own[4][n[at - 1]] + own[5][n[at + 1]]
        row = CLASSES * quantizer + energy.class_of(min(e, 32767))
        k = self.words.token(lane, self.tables[row])
        if k:
            self.words.refill(lane)
            k = self.words.index(lane, k)
            is_negative = self.sign(lane, 3 * self.signs[y + 2][at - 1] + self.signs[y + 1][at] + 4)
            w[at] = min(2 * k - quantizer, 255)
            self.signs[y + 2][at] = -1 if is_negative else 1
            self.indices[y, x], self.rows[y, x] = -k if is_negative else k, row
        return k

    def sign(self, lane: int, context: int) -> bool:
        is_negative = self.words.token(lane, [self.frequencies[context], 32768])
        self.words.refill(lane)
        return bool(is_negative)

    def values(self, shifts: np.ndarray) -> np.ndarray:
        """In half steps, f32; ``shifts`` are of each row."""
        size = np.abs(self.indices)
        taken = shifts[self.rows, np.clip(size, 1, 3) - 1]
        values = (2 * size - self.rows // CLASSES).astype(np.float32) - taken
        return np.where(size == 0, np.float32(0), np.where(self.indices < 0, -values, values))

    def all_sizes(self) -> np.ndarray:
        return np.array(self.sizes, np.int64)[2:, 2:-2]
