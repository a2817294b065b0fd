"""The entropy model between training and integers: base and second layer side by side, in NumPy, with lists of taps."""

from __future__ import annotations

from dataclasses import dataclass, fields
from pathlib import Path

import numpy as np


@dataclass(frozen=True)
class Taps:
    """Taps of M channels, K at most.

    Attributes
    ----------
    channel : ndarray (M, K) of int
        Where a tap reads; -1: no tap.
    offset : ndarray (M, K, 2) of int
        (dy, dx).
    weight : ndarray (M, K)
    """

    channel: np.ndarray
    offset: np.ndarray
    weight: np.ndarray

    @classmethod
    def of_lists(cls, lists: list[list[tuple[int, int, int, float]]]) -> Taps:
        """From lists of (channel, dy, dx, weight), one list a channel."""
        width = max(1, *(len(taps) for taps in lists))
        channel = np.full((len(lists), width), -1, np.int64)
        offset = np.zeros((len(lists), width, 2), np.int64)
        weight = np.zeros((len(lists), width))
        for c, taps in enumerate(lists):
            for k, (source, dy, dx, value) in enumerate(taps):
                channel[c, k], offset[c, k], weight[c, k] = source, (dy, dx), value
        return cls(channel, offset, weight)

    def lists(self) -> list[list[tuple[int, int, int, float]]]:
        """As ``of_lists`` takes them."""
        return [
            [(int(j), int(dy), int(dx), float(w)) for j, (dy, dx), w in zip(*row, strict=True) if j >= 0]
            for row in zip(self.channel, self.offset, self.weight, strict=True)
        ]


@dataclass(frozen=True)
class FloatModel:
    """Parameters at the anchors (L, M), taps, and what belongs to a channel (M,); see ``context`` for their meaning.

    ``shape_weight`` and ``shape_width`` (3,) are the mixture that tables start from.
    """

    gain: np.ndarray
    step: np.ndarray
    floor: np.ndarray
    mean_amplitude: np.ndarray
    scale_amplitude: np.ndarray
    mean_taps: Taps
    scale_taps: Taps
    sum_taps: np.ndarray  # (M, 9)
    edge: np.ndarray
    share: np.ndarray
    shape_weight: np.ndarray
    shape_width: np.ndarray
    base: int

    def joined(self, second: FloatModel) -> FloatModel:
        """The base's channels, then those of a second layer, whose taps already count from the base's first channel."""
        sides = {}
        for name in ("gain", "step", "floor", "mean_amplitude", "scale_amplitude"):
            sides[name] = np.concatenate([getattr(self, name), getattr(second, name)], 1)
        for name in ("sum_taps", "edge", "share"):
            sides[name] = np.concatenate([getattr(self, name), getattr(second, name)], 0)
        for name in ("mean_taps", "scale_taps"):
            sides[name] = Taps.of_lists(getattr(self, name).lists() + getattr(second, name).lists())
        return FloatModel(**sides, shape_weight=self.shape_weight, shape_width=self.shape_width, base=self.base)

    def save(self, path: Path) -> None:
        """Write an ``.npz`` file."""
        arrays = {}
        for f in fields(self):
            value = getattr(self, f.name)
            parts = {f"{f.name}.{p.name}": getattr(value, p.name) for p in fields(Taps)} if f.type == "Taps" else {}
            arrays |= parts or {f.name: np.asarray(value)}
        np.savez_compressed(path, **arrays)

    @classmethod
    def load(cls, path: Path) -> FloatModel:
        """Read what ``save`` wrote."""
        with np.load(path) as file:
            values = {}
            for f in fields(cls):
                if f.type == "Taps":
                    values[f.name] = Taps(*(file[f"{f.name}.{p.name}"] for p in fields(Taps)))
                else:
                    values[f.name] = int(file[f.name]) if f.type == "int" else file[f.name]
        return cls(**values)
