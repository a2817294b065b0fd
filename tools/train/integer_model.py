"""The entropy model in integers: what a decoder does, in NumPy. Nothing here needs PyTorch.

Arrays (``entropy_model.npz``), with L anchors and M channels, of which the first B are the base's:

======================  ==========  ==================================================================
``G AM AS V``           (L, M)      gain, amplitudes of mean and scale, least scale, all Q12
``wmu jmu pmu``         (M, K[,2])  taps of the mean: weight Q12, channel (-1: none), (dy, dx)
``wsc jsc psc``         (M, K[,2])  taps of the scale: weight Q16
``edge U``              (M,)        residual assumed outside the picture, share in the sum E
``we``                  (M, 9)      taps of the sum E, Q20
``tab``                 (2,60,4,32) frequencies by layer, class, phase
``B H``                             number of base channels; dequantisation factors (L, M), float
======================  ==========  ==================================================================
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np

from .config import QUALITY_STEPS

#: Offsets (dy, dx) of a channel's own taps: rows above only, so that a row's columns do not depend on each other.
OWN = ((-1, 0), (-1, -1), (-1, 1), (-2, 0), (-1, -2), (-1, 2), (-2, -1), (-2, 1))
SECOND_FROM = 24  # the second layer is coded above this quality
PROB_BITS = 15
SYMBOLS, HALF = 32, 15  # residuals of -15 to 15, and an escape
SCALE_MIN, SCALE_MAX = 16, (1 << 19) - 1  # Q12
FIRST_CLASS = 16
CLASSES = 60
RESIDUAL_MAX = 4095  # Q4
VALUE_MAX = 4095
PAD = 2


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


class IntegerModel:
    """The arrays of an entropy model, and what follows from them."""

    def __init__(self, arrays: dict[str, np.ndarray]) -> None:
        self.arrays = {name: np.asarray(value) for name, value in arrays.items()}
        self.levels, self.channels = self.arrays["G"].shape
        self.base = int(self.arrays["B"])

    @classmethod
    def load(cls, path: Path) -> IntegerModel:
        """Read ``entropy_model.npz``."""
        with np.load(path) as file:
            return cls({name: file[name] for name in file.files})

    def _between(self, quality: int) -> tuple[int, int, int]:
        level, part = divmod(int(quality), QUALITY_STEPS)
        return level, min(level + 1, self.levels - 1), part

    def prepare(self, quality: int) -> Prepared:
        """The integers of a quality, 0 to 56."""
        low, high, part = self._between(quality)
        a = {name: value.astype(np.int64) for name, value in self.arrays.items() if value.dtype.kind == "i"}

        def mixed(name: str) -> np.ndarray:
            return (a[name][low] * (QUALITY_STEPS - part) + a[name][high] * part + QUALITY_STEPS // 2) // QUALITY_STEPS

        gain, amplitude = mixed("G"), mixed("AS")

        def weights(weight: str, source: str, amplitude: np.ndarray) -> np.ndarray:
            ratio = (gain[:, None] << 16) // gain[np.maximum(a[source], 0)]
            return rsh(a[weight] * amplitude[:, None] * ratio, 28) * (a[source] >= 0)

        return Prepared(
            gain=gain,
            floor=mixed("V"),
            mean_weight=weights("wmu", "jmu", mixed("AM")),
            scale_weight=weights("wsc", "jsc", amplitude),
            edge=rsh(a["edge"] * gain, 20),
            share=np.minimum((a["U"] << 12) // gain, 1 << 20),
            sum_weight=rsh(rsh(a["we"] * amplitude[:, None], 12) * gain[:, None], 16),
        )

    def factors(self, quality: int) -> np.ndarray:
        """What integers are multiplied with before they go to a decoder; float, no part of entropy coding."""
        low, high, part = self._between(quality)
        product = np.log(self.arrays["H"].astype(np.float64) * self.arrays["G"])
        share = part / QUALITY_STEPS
        gain = self.prepare(quality).gain
        return (np.exp(product[low] * (1 - share) + product[high] * share) / gain).astype(np.float32)

    def quantise(self, values: np.ndarray, prepared: Prepared, first: int = 0) -> np.ndarray:
        """Integers of an encoder's output (C, h, w), whose channels begin with ``first``."""
        gain = prepared.gain[first : first + len(values)] / 4096.0
        return np.clip(np.round(values.astype(np.float64) * gain[:, None, None]), -VALUE_MAX, VALUE_MAX).astype(
            np.int64
        )

    def context(self, q: np.ndarray, prepared: Prepared) -> tuple[np.ndarray, np.ndarray]:
        """Means (Q12) and classes of integers (C, h, w), C being B or M, as a decoder finds them."""
        walk = Walk(self, prepared, q.shape)
        rows = slice(0, q.shape[1])
        means, classes = np.zeros(q.shape, np.int64), np.zeros(q.shape, np.int64)
        for c in range(len(q)):
            walk.begin(c)
            walk.learn(rows, q[c].astype(np.int64))
            means[c] = walk.mean(rows)
            walk.judge(rows, means[c])
            classes[c] = klass(walk.scale(rows))
            walk.end()
        return means, classes

    def code_length(self, q: np.ndarray, prepared: Prepared) -> float:
        """Bits that an ideal coder needs for integers by the tables."""
        means, classes = self.context(q, prepared)
        residual, phase = fold(q, means)
        total = 0.0
        for layer, part in enumerate((slice(0, self.base), slice(self.base, None))):
            total += float(symbol_bits(residual[part], phase[part], classes[part], self.arrays["tab"][layer]).sum())
        return total


class Walk:
    """One picture's contexts, channel by channel: what is known of earlier channels and of the rows above.

    ``begin`` a channel; for some rows at a time take ``mean`` and ``scale``, let it ``learn`` the values and ``judge``
    the mean by them; ``end`` the channel. Own taps look at rows above: where values are known, all rows go at once.
    """

    def __init__(self, model: IntegerModel, prepared: Prepared, shape: tuple[int, int, int]) -> None:
        self.a, self.p, self.first_second = model.arrays, prepared, model.base
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
