"""The second layer's integers on some photos, and what its scales may depend on."""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import Generator, Tensor

from . import klt
from .anchors import FIRST_SECOND, Anchors
from .base_model import at_level
from .codec_net import CodecNet
from .integer_math import OWN

NEIGHBOURS = [(dy, dx) for dy in (-1, 0, 1) for dx in (-1, 0, 1)]
PREVIOUS = 8  # channels of the second layer before a channel that its scale may look at


@dataclass
class Second:
    """One photo at the anchors that have a second layer: integers of both layers, int16, by anchor."""

    base: dict[int, Tensor]
    second: dict[int, Tensor]


@dataclass
class Features:
    """At N positions, in the units of the coefficients: what is known, and what is to be foretold.

    ``own`` (8, S, N) and ``sums`` (9, S, N) are neighbours, ``base`` (B, N) residuals of the base at the same place,
    ``residual`` (S, N) magnitudes.
    """

    own: Tensor
    sums: Tensor
    base: Tensor
    residual: Tensor

    @classmethod
    def joined(cls, parts: list[Features]) -> Features:
        """One after the other."""
        return cls(*(torch.cat(tensors, -1) for tensors in zip(*(vars(p).values() for p in parts), strict=True)))


@torch.no_grad()
def quantised(net: CodecNet, x: Tensor, anchors: Anchors, basis: Tensor) -> tuple[Second, list[Tensor]]:
    """Integers of a photo, and for each anchor the sums (2, S) that give its reconstruction factors."""
    y, result, sums = net.encoder(x), Second({}, {}), []
    for anchor in range(FIRST_SECOND, len(anchors.levels)):
        level = at_level(net.context, anchors.levels[anchor])
        base = torch.round(y * level.gain)
        coefficients = klt.analyse(basis, x - net.decoder(base * level.step))
        q = torch.round(coefficients / anchors.steps[anchor])
        sums.append(torch.stack([(coefficients * q).sum((1, 2)), (q * q).sum((1, 2))]).double().cpu())
        result.base[anchor], result.second[anchor] = base[0].short().cpu(), q.short().cpu()
    return result, sums


def shifted(planes: Tensor, offsets: list[tuple[int, int]], outside: Tensor) -> Tensor:
    """Planes (S, h, w) seen from every position at some offsets, (len, S, h, w); outside is a number a plane."""
    height, width = planes.shape[1:]
    padded = outside[:, None, None].repeat(1, height + 4, width + 4)
    padded[:, 2:-2, 2:-2] = planes
    return torch.stack([padded[:, 2 + dy : 2 + dy + height, 2 + dx : 2 + dx + width] for dy, dx in offsets])


@torch.no_grad()
def base_residual(net: CodecNet, q: Tensor, level: float) -> Tensor:
    """Magnitudes (B, h, w) of what the base's means miss, in the encoder's units."""
    at = at_level(net.context, level)
    values = q[None].to(at.gain.device).float() / at.gain
    return (values - net.context.mean(values, at)).abs()[0].cpu()


def features(
    net: CodecNet, photo: Second, anchors: Anchors, anchor: int, edge: Tensor, count: int, generator: Generator
) -> Features:
    """Features of a photo at an anchor, at ``count`` random positions."""
    residual = (photo.second[anchor].float() * anchors.steps[anchor]).abs()
    sums = torch.cumsum(residual, 0) - residual
    positions = torch.randperm(residual[0].numel(), generator=generator)[:count]

    def taken(planes: Tensor) -> Tensor:
        return planes.reshape(*planes.shape[:-2], -1)[..., positions]

    return Features(
        own=taken(shifted(residual, list(OWN), edge)),
        sums=taken(shifted(sums, NEIGHBOURS, torch.zeros(len(sums)))),
        base=taken(base_residual(net, photo.base[anchor], anchors.levels[anchor])),
        residual=taken(residual),
    )


def steered(features: Features, own: Tensor, sums: Tensor, base: Tensor, second: Tensor) -> Tensor:
    """Scales (S, N) by taps: own (S, 8), sums (S, 9), base (S, B), second (S, S)."""
    scale = (features.own * own.t()[:, :, None]).sum(0) + (features.sums * sums.t()[:, :, None]).sum(0)
    return scale + base @ features.base + second @ features.residual
