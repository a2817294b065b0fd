"""The entropy model while it is trained: mean and scale of every latent, linear in what is decoded before it.

With ``Q`` the dequantised value of a channel in the units of the encoder (integer over gain) and ``R = |Q - mean|``:

``mean  = a * (own taps of Q above + taps of Q of earlier channels)``
``scale = v + b * (own taps of R above + taps of R of earlier channels + 3x3 taps of E)``

``E`` is the sum of ``u R`` over earlier channels. Gain, ``a``, ``b`` and ``v`` belong to a level and are interpolated
between levels; taps serve all of them.
"""

from __future__ import annotations

import math
from typing import NamedTuple

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from .integer_math import OWN

#: Own taps are stored as 3 rows of 5, the last row being the value's own: (dy, dx) stands at [dy + 2, dx + 2].
OWN_ROWS, OWN_COLUMNS = 3, 5
SCALE_FLOOR, PROBABILITY_FLOOR = 0.02, 1e-9


class Level(NamedTuple):
    """What depends on the level, for every crop and channel: (N, B, 1, 1)."""

    gain: Tensor
    step: Tensor
    floor: Tensor
    mean_amplitude: Tensor
    scale_amplitude: Tensor


def level_weights(level: Tensor, levels: int) -> Tensor:
    """Weights (N, levels) that interpolate linearly at fractional levels (N,)."""
    return (1 - (level[:, None] - torch.arange(levels, device=level.device, dtype=level.dtype)).abs()).clamp(min=0)


def own_mask(channels: int) -> Tensor:
    """1 where a channel may have own taps."""
    mask = torch.zeros(channels, 1, OWN_ROWS, OWN_COLUMNS)
    for dy, dx in OWN:
        mask[:, 0, dy + 2, dx + 2] = 1
    return mask


class Context(nn.Module):
    """Context model of ``channels`` channels at ``levels`` levels; a mask of every set of taps says which are kept."""

    def __init__(self, channels: int, levels: int) -> None:
        super().__init__()
        self.channels = channels
        ramp = torch.linspace(0, math.log(16.0), levels)[:, None].repeat(1, channels)
        self.log_gain, self.log_step = nn.Parameter(ramp.clone()), nn.Parameter(-ramp)
        self.log_floor = nn.Parameter(math.log(0.3) - ramp)
        self.mean_amplitude = nn.Parameter(torch.ones(levels, channels))
        self.scale_amplitude = nn.Parameter(torch.ones(levels, channels))
        own = torch.zeros(channels, 1, OWN_ROWS, OWN_COLUMNS)
        cross = torch.zeros(channels, channels, 3, 3)
        self.own_mean, self.own_scale = nn.Parameter(own.clone()), nn.Parameter(own + 0.05)
        self.cross_mean, self.cross_scale = nn.Parameter(cross.clone()), nn.Parameter(cross + 1e-4)
        self.sum_scale = nn.Parameter(torch.full((channels, 1, 3, 3), 1e-3))
        self.edge = nn.Parameter(torch.full((channels,), 0.5))
        self.log_share = nn.Parameter(torch.full((channels,), math.log(0.1)))
        self.shape_weight = nn.Parameter(torch.tensor([1.0, 0.5, -2.0]))
        self.shape_width = nn.Parameter(torch.log(torch.tensor([0.35, 0.7, 3.0])))
        earlier = torch.tril(torch.ones(channels, channels), -1)[:, :, None, None].repeat(1, 1, 3, 3)
        masks = {"own_mean": own_mask(channels), "own_scale": own_mask(channels)}
        masks |= {"cross_mean": earlier, "cross_scale": earlier, "sum_scale": torch.ones(channels, 1, 3, 3)}
        for name, mask in masks.items():
            self.register_buffer(f"mask_{name}", mask.clone())

    def not_negative(self) -> list[nn.Parameter]:
        """Parameters that are kept at 0 or above."""
        return [self.own_scale, self.cross_scale, self.sum_scale, self.edge]

    def taps(self, name: str) -> Tensor:
        """The taps of a name that are kept; 0 elsewhere."""
        return getattr(self, name) * getattr(self, f"mask_{name}")

    def at(self, weights: Tensor) -> Level:
        """What holds at levels given by interpolation weights (N, levels)."""

        def mixed(parameter: Tensor) -> Tensor:
            return (weights @ parameter)[:, :, None, None]

        return Level(
            mixed(self.log_gain).exp(),
            mixed(self.log_step).exp(),
            mixed(self.log_floor).exp(),
            mixed(self.mean_amplitude),
            mixed(self.scale_amplitude),
        )

    def mean(self, values: Tensor, level: Level) -> Tensor:
        """Mean of every value given those before it; outside of the picture is 0."""
        own = F.conv2d(F.pad(values, (2, 2, 2, 0)), self.taps("own_mean"), groups=self.channels)
        return (own + F.conv2d(values, self.taps("cross_mean"), padding=1)) * level.mean_amplitude

    def scale(self, residuals: Tensor, level: Level) -> Tensor:
        """Scale of every value given the residuals before it; a channel's own outside of the picture are ``edge``."""
        taps, edge = self.taps("own_scale"), self.edge[None, :, None, None]
        own = F.conv2d(F.pad(residuals - edge, (2, 2, 2, 0)), taps, groups=self.channels)
        own = own + edge * taps.sum((1, 2, 3))[None, :, None, None]
        shares = residuals * self.log_share.exp()[None, :, None, None]
        sums = F.conv2d(torch.cumsum(shares, 1) - shares, self.taps("sum_scale"), padding=1, groups=self.channels)
        cross = F.conv2d(residuals, self.taps("cross_scale"), padding=1)
        return level.floor + (own + sums + cross) * level.scale_amplitude

    def probability(self, distance: Tensor, scale: Tensor) -> Tensor:
        """Of the unit interval at a distance from the mean, both in steps: a mixture of three logistic shapes."""
        distance = distance.abs()
        weights, widths = torch.softmax(self.shape_weight, 0), self.shape_width.exp()
        total = torch.zeros_like(distance)
        for k in range(3):
            inverse = 1.0 / (scale * widths[k])
            upper, lower = torch.sigmoid((0.5 - distance) * inverse), torch.sigmoid((-0.5 - distance) * inverse)
            total = total + weights[k] * (upper - lower)
        return total

    def bits(self, y: Tensor, level: Level, noise: Tensor | None = None) -> tuple[Tensor, Tensor]:
        """Bits of every latent, and the integers.

        Parameters
        ----------
        y : Tensor (N, B, h, w)
            The encoder's output.
        level : Level
        noise : Tensor, optional
            Uniform in [-0.5, 0.5], stands in for rounding in the rate; without it the rate is that of the integers.

        Returns
        -------
        bits, q : Tensor (N, B, h, w)
            The gradient of ``q`` passes through the rounding.
        """
        steps = y * level.gain
        q = steps + (torch.round(steps) - steps).detach()
        values = q / level.gain
        mean = self.mean(values, level)
        scale = (self.scale((values - mean).abs(), level) * level.gain).clamp(min=SCALE_FLOOR)
        coded = q if noise is None else steps + noise
        probability = self.probability(coded - mean * level.gain, scale)
        return -torch.log2(probability.clamp(min=PROBABILITY_FLOOR)), q
