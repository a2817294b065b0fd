"""Planes in eighths of samples: sorts of blocks of 4 x 4, and the filter."""

from __future__ import annotations

import numpy as np

from .params import POWERS

F = np.float32
MOST = 8191
#: One of each pair of samples (x, y).
LUMA = (
    (0, -3), (-1, -2), (0, -2), (1, -2), (-2, -1), (-1, -1), (0, -1), (1, -1), (2, -1), (-3, 0), (-2, 0), (-1, 0),
)  # fmt: skip
CHROMA = ((0, -2), (-1, -1), (0, -1), (1, -1), (-2, 0), (-1, 0))
ROOM = 4


def eighths(plane: np.ndarray) -> np.ndarray:
    return np.rint(np.clip(plane * F(8), F(-MOST), F(MOST))).astype(np.int64)


def mirror(count: int, room: int) -> np.ndarray:
    """Places of samples from -ROOM on, mirrored at the first and the last."""
    at = np.arange(-ROOM, count + room) % max(2 * count - 2, 1)
    return np.minimum(at, 2 * count - 2 - at) if count > 1 else at


class Plane:
    """Samples with mirrored ones around them, blocks that are whole."""

    def __init__(self, samples: np.ndarray) -> None:
        self.height, self.width = samples.shape
        rows, columns = (mirror(n, ROOM + -n % 4) for n in samples.shape)
        self.room = samples[np.ix_(rows, columns)]

    def at(self, x: int, y: int, around: int = 0) -> np.ndarray:
        """The samples moved by (x, y), with so many around them."""
        first = ROOM - around
        return self.room[first + y : self.room.shape[0] - first + y, first + x : self.room.shape[1] - first + x]


def scaled(step: np.float32) -> np.ndarray:
    """256 times the step, of each step of blocks."""
    return np.rint(step * POWERS * F(256)).astype(np.int64)


def bounds(step: np.float32) -> np.ndarray:
    return np.clip(scaled(step) * 77 + 4096 >> 13, 1, 16383)


def sums(plane: Plane, x: int, y: int) -> np.ndarray:
    """Of each block the second differences along a direction, of 8 x 8 samples."""
    d = np.minimum(abs(2 * plane.at(0, 0, 2) - plane.at(x, y, 2) - plane.at(-x, -y, 2)), MOST)
    total = np.pad(d.cumsum(0).cumsum(1), ((1, 0), (1, 0)))
    part = total[8:] - total[:-8]
    return (part[:, 8:] - part[:, :-8])[::4, ::4]


def sorts(plane: Plane, steps: np.ndarray, limits: np.ndarray, step: np.float32) -> tuple[np.ndarray, np.ndarray]:
    """Class and turn of each block; ``steps`` are those of blocks, 0 to 16."""
    v, h, a, b = (sums(plane, *d) for d in ((0, 1), (1, 0), (1, 1), (1, -1)))
    s = scaled(step)[steps]
    activity = sum((v + h > np.minimum(n * s >> 9, 2**32 - 1)).astype(np.int64) for n in limits)
    some = np.clip(s >> 8, 1, 1 << 24)
    hm, hn, dm, dn = np.maximum(v, h) + some, np.minimum(v, h) + some, np.maximum(a, b) + some, np.minimum(a, b) + some
    straight = np.where(hm > 4 * hn, 2, np.where(10 * hm > 17 * hn, 1, 0))
    oblique = np.where(dm > 4 * dn, 4, np.where(10 * dm > 17 * dn, 3, 0))
    direction = np.where(hm * dn > dm * hn, straight, oblique)
    return activity * 5 + direction, (v < h) + 2 * (a < b)


def turned(tap: tuple[int, int], turn: int) -> tuple[int, int]:
    x, y = tap[::-1] if turn & 1 else tap
    return x, -y if turn & 2 else y


def filtered(
    plane: Plane, weights: np.ndarray, classes: np.ndarray, turns: np.ndarray, bound: np.ndarray
) -> np.ndarray:
    """The samples, filtered; classes, turns and bounds are those of blocks."""
    whole = [np.repeat(np.repeat(of, 4, 0), 4, 1) for of in (classes, turns, bound)]
    classes, turns, bound = whole
    taps = LUMA if weights.shape[1] == 24 else CHROMA
    centre, total = plane.at(0, 0), np.zeros(classes.shape, np.int64)
    for i, tap in enumerate(taps):
        linear, clipped = weights[classes, i], weights[classes, len(taps) + i]
        for turn in range(4):
            x, y = turned(tap, turn)
            u, v = plane.at(x, y) - centre, plane.at(-x, -y) - centre
            term = linear * (u + v) + clipped * (np.clip(u, -bound, bound) + np.clip(v, -bound, bound))
            total += np.where(turns == turn, term, 0)
    made = centre + np.clip(total + 64 >> 7, -32768, 32767)
    return np.clip(made, -32768, 32767)[: plane.height, : plane.width]
