"""The inverses of steps 17, 18 and 19."""

from __future__ import annotations

import numpy as np

from .bands import low
from .registry import CDF53, CDF97, HAAR

F = np.float32
P = {1: F(-1.5861343), 2: F(0.8829111)}
U = {1: F(-0.052980117), 2: F(0.44350687)}
#: LL, HL and LH, HH; averages and details of a corner with one side of 1.
FACTORS = {
    CDF97: ((F(1.5133282), F(1), F(0.6607952)), (F(1.2301741), F(0.8128931))),
    HAAR: ((F(0.5), F(1), F(2)), (F(0.70710677), F(1.4142135))),
}


def inverse(planes: np.ndarray, number: int, levels: int) -> np.ndarray:
    """Planes (C, H, W) of a packed pyramid, as samples."""
    planes = planes.copy()
    height, width = planes.shape[1:]
    for j in range(levels - 1, -1, -1):
        h, w = low(height, j), low(width, j)
        corner = planes[:, :h, :w]
        if planes.dtype == np.float32 and number in FACTORS:
            scale(corner, number)
        corner[:] = lines(corner.swapaxes(1, 2), number).swapaxes(1, 2)
        corner[:] = lines(corner, number)
    return planes


def scale(corner: np.ndarray, number: int) -> None:
    """Every band times its factor."""
    h, w = corner.shape[1:]
    (ll, mixed, hh), (averages, details) = FACTORS[number]
    h1, w1 = -(-h // 2), -(-w // 2)
    if h > 1 and w > 1:
        corner[:, :h1, :w1] *= ll
        corner[:, :h1, w1:] *= mixed
        corner[:, h1:, :w1] *= mixed
        corner[:, h1:, w1:] *= hh
    elif h > 1 or w > 1:
        corner[:, :h1, :w1] *= averages
        corner[:, h1:] *= details
        corner[:, :, w1:] *= details


def lines(packed: np.ndarray, number: int) -> np.ndarray:
    """The inverse of a split of every line, the last axis."""
    n = packed.shape[-1]
    if n < 2:
        return packed
    count = -(-n // 2)
    even, odd = split(packed[..., :count], packed[..., count:], number)
    out = np.empty_like(packed)
    out[..., 0::2], out[..., 1::2] = even, odd
    return out


def around(d: np.ndarray, count: int) -> tuple[np.ndarray, np.ndarray]:
    """d[i - 1] and d[i] for i below ``count``, with the first one before it and the last one behind."""
    longer = np.concatenate([d[..., :1], d, d[..., -1:]], -1)
    return longer[..., :count], longer[..., 1 : count + 1]


def after(e: np.ndarray, count: int) -> tuple[np.ndarray, np.ndarray]:
    """e[i] and e[i + 1] for i below ``count``, with the last one behind it."""
    longer = np.concatenate([e, e[..., -1:]], -1)
    return longer[..., :count], longer[..., 1 : count + 1]


def split(s: np.ndarray, d: np.ndarray, number: int) -> tuple[np.ndarray, np.ndarray]:
    """Even and odd samples of averages and details."""
    is_float = s.dtype == np.float32
    if number == HAAR:
        padded = np.concatenate([d, np.zeros_like(s[..., : s.shape[-1] - d.shape[-1]])], -1)
        even = s + F(0.5) * padded if is_float else s + (padded + s.dtype.type(1) >> 1)
        return even, even[..., : d.shape[-1]] - d
    count, odd_count = s.shape[-1], d.shape[-1]
    if number == CDF53:
        before, here = around(d, count)
        even = s - F(0.25) * (before + here) if is_float else s - (before + here + s.dtype.type(2) >> 2)
        here, behind = after(even, odd_count)
        return even, d + (F(0.5) * (here + behind) if is_float else here + behind >> 1)
    for t in (2, 1):
        before, here = around(d, count)
        s = s - U[t] * (before + here)
        here, behind = after(s, odd_count)
        d = d - P[t] * (here + behind)
    return s, d
