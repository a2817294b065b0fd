"""Where the second layer takes over: for each anchor, the level of the base and the step of the second layer.

The base saturates; above some rate a finer step of the second layer buys more than a finer base. For every anchor above
the first four, the pair is taken that minimises rate plus lambda times distortion on some photos.
"""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import Tensor

from . import klt
from .base_model import at_level
from .codec_net import CodecNet
from .config import QUALITY_STEPS, Config
from .integer_math import SECOND_FROM
from .loss import distortion
from .metrics import ms_ssim

FIRST_SECOND = SECOND_FROM // QUALITY_STEPS + 1  # the first anchor with a second layer
LEVEL_GRID = 0.5
STEPS = [2.0 ** (-k / 2) for k in range(13)]  # 1 to 1/64
CONTEXT_SAVES = 0.33  # of the zero-order entropy of the second layer
COARSER = 2.5  # from one anchor without a second layer to the one before it: gains in between are interpolated


@dataclass(frozen=True)
class Anchors:
    """For every anchor, a level of the base and a step of the second layer."""

    levels: tuple[float, ...]
    steps: tuple[float, ...]


@dataclass(frozen=True)
class Point:
    """What a level and a step give on some photos: bits per pixel, and distortion as in the loss."""

    level: float
    step: float
    rate: float
    distortion: float


@torch.no_grad()
def choose(net: CodecNet, photos: list[Tensor], config: Config) -> Anchors:
    """Choose the anchors on photos (1, 3, H, W)."""
    first = FIRST_SECOND - 1
    grid = [first + i * LEVEL_GRID for i in range(int((config.levels - 1 - first) / LEVEL_GRID) + 1)]
    latents = [net.encoder(x) for x in photos]
    middle = grid[len(grid) // 2]
    rest = (x - decoded(net, y, middle) for x, y in zip(photos, latents, strict=True))
    basis = klt.components(rest, config.second_channels)[0].to(photos[0].device)
    points = [point for level in grid for point in measure(net, photos, latents, level, basis, config)]
    levels, steps = [float(i) for i in range(FIRST_SECOND)], []
    for anchor in range(FIRST_SECOND, config.levels):
        weight = config.trade(anchor)
        allowed = [p for p in points if p.level >= levels[-1] and (not steps or p.step < 0.99 * steps[-1])]
        best = min(allowed or points[-1:], key=lambda p: p.rate + weight * p.distortion)
        levels.append(best.level)
        steps.append(best.step)
    coarse = [steps[0] * COARSER ** (FIRST_SECOND - i) for i in range(FIRST_SECOND)]
    return Anchors(tuple(levels), (*coarse, *steps))


def decoded(net: CodecNet, y: Tensor, level: float) -> Tensor:
    """What the base gives at a level."""
    at = at_level(net.context, level)
    return net.decoder(torch.round(y * at.gain) * at.step)


def measure(
    net: CodecNet, photos: list[Tensor], latents: list[Tensor], level: float, basis: Tensor, config: Config
) -> list[Point]:
    """Rate and distortion at one level of the base, with every step of the second layer."""
    base_bits, pixels = 0.0, 0
    counts = {step: Counts(config.second_channels) for step in STEPS}
    losses = dict.fromkeys(STEPS, 0.0)
    for x, y in zip(photos, latents, strict=True):
        base_bits += float(net.context.bits(y, at_level(net.context, level))[0].sum())
        pixels += x.shape[2] * x.shape[3]
        base = decoded(net, y, level)
        coefficients = klt.analyse(basis, x - base)
        for step in STEPS:
            q = torch.round(coefficients / step)
            counts[step].add(q)
            rgb = base + klt.synthesise(basis, q * step)
            losses[step] += loss_of(x, rgb, config) / len(photos)
    return [Point(level, s, (base_bits + (1 - CONTEXT_SAVES) * counts[s].bits()) / pixels, losses[s]) for s in STEPS]


def loss_of(x: Tensor, rgb: Tensor, config: Config) -> float:
    """Distortion of a picture as in the loss."""
    square, similarity = (rgb.clamp(0, 1) - x).pow(2).mean(), ms_ssim(x, rgb.clamp(0, 1)).mean()
    return float(distortion(square, similarity, config))


class Counts:
    """How often a channel has which value, for its entropy."""

    REACH = 64

    def __init__(self, channels: int) -> None:
        self.table = torch.zeros(channels, 2 * self.REACH + 1)

    def add(self, q: Tensor) -> None:
        """Count integers (S, h, w)."""
        channels, width = self.table.shape
        values = q.reshape(channels, -1).clamp(-self.REACH, self.REACH).long().cpu() + self.REACH
        index = values + width * torch.arange(channels)[:, None]
        self.table += torch.bincount(index.flatten(), minlength=channels * width).reshape(channels, width)

    def bits(self) -> float:
        """Entropy of all values, each channel by itself."""
        share = self.table / self.table.sum(1, keepdim=True).clamp(min=1)
        return float(-(self.table * torch.log2(share.clamp(min=1e-30))).sum())
