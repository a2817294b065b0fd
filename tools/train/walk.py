"""Contexts of integers: what is known of the channels before a value, and of the rows above it."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from .integer_math import RESIDUAL_MAX, rsh

PAD = 2


@dataclass(frozen=True)
class Prepared:
    """The integers of one quality, per channel: see section 'Preparation' of the README."""

    gain: np.ndarray
    floor: np.ndarray
    mean_weight: np.ndarray
    scale_weight: np.ndarray
    edge: np.ndarray
    share: np.ndarray
    sum_weight: np.ndarray


class Walk:
    """One picture's contexts, channel by channel: what is known of earlier channels and of the rows above.

    ``begin`` a channel; for some rows at a time take ``mean`` and ``scale``, let it ``learn`` the values and ``judge``
    the mean by them; ``end`` the channel. Own taps look at rows above: where values are known, all rows go at once.
    """

    def __init__(self, arrays: dict[str, np.ndarray], prepared: Prepared, shape: tuple[int, int, int]) -> None:
        self.a, self.p, self.first_second = arrays, prepared, int(arrays["B"])
        self.width = shape[2]
        padded = (shape[0], shape[1] + 2 * PAD, shape[2] + 2 * PAD)
        self.q, self.r = np.zeros(padded, np.int64), np.zeros(padded, np.int64)
        self.sum = np.zeros(padded[1:], np.int64)

    def begin(self, c: int) -> None:
        """Channel ``c`` is next; the second layer's sum begins anew."""
        self.c = c
        if c == self.first_second:
            self.sum[:] = 0
        self.own = np.full(self.sum.shape, self.p.edge[c], np.int64)

    def _window(self, plane: np.ndarray, rows: slice, dy: int, dx: int) -> np.ndarray:
        return plane[PAD + rows.start + dy : PAD + rows.stop + dy, PAD + dx : PAD + dx + self.width]

    def mean(self, rows: slice) -> np.ndarray:
        """Means of some rows, Q12."""
        total = np.zeros((rows.stop - rows.start, self.width), np.int64)
        taps = zip(self.p.mean_weight[self.c], self.a["jmu"][self.c], self.a["pmu"][self.c], strict=True)
        for weight, channel, (dy, dx) in taps:
            if weight:
                total += weight * self._window(self.q[channel], rows, dy, dx)
        return total

    def scale(self, rows: slice) -> np.ndarray:
        """Scales of some rows, Q12, not clipped."""
        total = np.zeros((rows.stop - rows.start, self.width), np.int64)
        taps = zip(self.p.scale_weight[self.c], self.a["jsc"][self.c], self.a["psc"][self.c], strict=True)
        for weight, channel, (dy, dx) in taps:
            if weight:
                plane = self.own if channel == self.c else self.r[channel]
                total += weight * self._window(plane, rows, dy, dx)
        sums = np.zeros_like(total)
        for n, weight in enumerate(self.p.sum_weight[self.c]):
            if weight:
                sums += weight * self._window(self.sum, rows, n // 3 - 1, n % 3 - 1)
        return self.p.floor[self.c] + rsh(total, 8) + rsh(sums, 12)

    def learn(self, rows: slice, q: np.ndarray) -> None:
        """The values of some rows are known now."""
        self._window(self.q[self.c], rows, 0, 0)[:] = q

    def judge(self, rows: slice, mean: np.ndarray) -> None:
        """How far the values of some rows are from their means is known now."""
        q = self._window(self.q[self.c], rows, 0, 0)
        residual = np.minimum(rsh(np.abs((q << 12) - mean), 8), RESIDUAL_MAX)
        for plane in (self.r[self.c], self.own):
            self._window(plane, rows, 0, 0)[:] = residual

    def end(self) -> None:
        """All rows of the channel are known: they join the sum."""
        inner = self.sum[PAD:-PAD, PAD:-PAD]
        residual = self.r[self.c][PAD:-PAD, PAD:-PAD]
        np.minimum(inner + rsh(self.p.share[self.c] * residual, 12), 1 << 22, out=inner)
