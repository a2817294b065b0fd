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

from pathlib import Path

import numpy as np

from .config import QUALITY_STEPS
from .integer_math import VALUE_MAX, fold, klass, rsh, symbol_bits
from .walk import Prepared, Walk


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
        walk = Walk(self.arrays, prepared, q.shape)
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
