"""Scales of the second layer: taps by least squares, then two numbers a channel and anchor by maximum likelihood."""

from __future__ import annotations

import math
from dataclasses import dataclass

import torch
from torch import Tensor

from .context import PROBABILITY_FLOOR, SCALE_FLOOR, Context
from .nonnegative import solve
from .samples import NEIGHBOURS, PREVIOUS, Features, steered

OWN_COUNT = 8
SCALE_OF_RESIDUAL = 14.7  # the trained context model's scales, in mean magnitudes of the residual
ROUNDS, THIN_AFTER = 4, 1
STEPS, RATE = 90, 0.08


@dataclass
class ScaleTaps:
    """Weights of a channel's scale: own (S, 8), sums (S, 9), base (S, B), second (S, S)."""

    own: Tensor
    sums: Tensor
    base: Tensor
    second: Tensor

    def scale(self, features: Features) -> Tensor:
        """Scales (S, N) without amplitude and floor."""
        return steered(features, self.own, self.sums, self.base, self.second)


def design(features: Features, channel: int) -> Tensor:
    """What the scale of a channel may depend on, (F, N): a constant, own, sums, base, the channels just before."""
    count = features.residual.shape[1]
    before = torch.zeros(PREVIOUS, count)
    previous = features.residual[max(0, channel - PREVIOUS) : channel]
    before[: len(previous)] = previous
    parts = [torch.ones(1, count), features.own[:, channel], features.sums[:, channel], features.base, before]
    return torch.cat(parts)


def fit_taps(features: Features, taps: int) -> ScaleTaps:
    """Taps that foretell magnitudes, not negative, at most ``taps`` a channel.

    Least squares weighted by the inverse square of the foretold magnitude, in rounds; after two rounds, the most
    useful taps are kept.
    """
    channels = len(features.residual)
    spread = torch.stack([_spread(design(features, c)) for c in range(channels)])
    means = torch.stack([design(features, c).mean(1) for c in range(channels)]) / spread
    foretold = features.residual.mean(1, keepdim=True).repeat(1, features.residual.shape[1])
    allowed, weights = None, None
    for round_ in range(ROUNDS):
        systems = [_system(features, c, spread[c], foretold[c]) for c in range(channels)]
        gram, target = (torch.stack(parts) for parts in zip(*systems, strict=True))
        weights = solve(gram, target, allowed)
        foretold = torch.stack([_foretold(features, c, spread[c], weights[c]) for c in range(channels)])
        if round_ == THIN_AFTER:
            allowed = _best(weights * means, taps)
    return _as_taps(weights / spread * SCALE_OF_RESIDUAL, features.base.shape[0])


def _spread(rows: Tensor) -> Tensor:
    spread = rows.std(1).clamp(min=1e-9)
    spread[0] = 1
    return spread.double()


def _system(features: Features, channel: int, spread: Tensor, foretold: Tensor) -> tuple[Tensor, Tensor]:
    """Normal equations of one channel."""
    rows = design(features, channel) / spread[:, None].float()
    residual = features.residual[channel]
    weight = 1 / foretold.float().clamp(min=0.15 * float(residual.mean()) + 1e-9) ** 2
    weight = weight / weight.mean()
    weighted = rows * weight
    gram = (weighted @ rows.t()).double()
    ridge = 1e-9 * gram.diagonal().mean()
    return gram + ridge * torch.eye(len(gram), dtype=gram.dtype), (weighted @ residual).double()


def _foretold(features: Features, channel: int, spread: Tensor, weights: Tensor) -> Tensor:
    return (weights / spread).float() @ design(features, channel)


def _best(use: Tensor, taps: int) -> Tensor:
    """Which features stay: the constant, and of the others those of most use."""
    use = use.clone()
    use[:, 0] = 0
    best = use.topk(min(taps, use.shape[1]), 1).indices
    allowed = torch.zeros_like(use, dtype=torch.bool).scatter_(1, best, True) & (use > 0)
    allowed[:, 0] = True
    return allowed


def _as_taps(weights: Tensor, base: int) -> ScaleTaps:
    """Weights (S, F) in the order of ``design``, without the constant."""
    channels = len(weights)
    sizes = [1, OWN_COUNT, len(NEIGHBOURS), base, PREVIOUS]
    _, own, sums, of_base, before = (part.float() for part in weights.split(sizes, 1))
    second = torch.zeros(channels, channels)
    for c in range(channels):
        first = max(0, c - PREVIOUS)
        second[c, first:c] = before[c, : c - first]
    return ScaleTaps(own, sums, of_base, second)


def fit_amplitudes(context: Context, features: Features, taps: ScaleTaps, step: float) -> tuple[Tensor, Tensor, float]:
    """Floor and amplitude (S,) of the scales at an anchor that give the shortest code.

    Returns
    -------
    floor, amplitude : Tensor (S,)
    bits : float
        A position, all channels together.
    """
    scale, distance = taps.scale(features), torch.round(features.residual / step)
    log_floor = torch.log(0.3 * scale.mean(1) + 1e-3).requires_grad_()
    log_amplitude = torch.full((len(scale),), math.log(0.8), requires_grad=True)
    adam = torch.optim.Adam([log_floor, log_amplitude], lr=RATE)
    for i in range(STEPS):
        adam.param_groups[0]["lr"] = RATE * (1 - i / STEPS)
        steps = (log_floor.exp()[:, None] + log_amplitude.exp()[:, None] * scale) / step
        probability = context.probability(distance, steps.clamp(min=SCALE_FLOOR)).clamp(min=PROBABILITY_FLOOR)
        bits = -torch.log2(probability).mean(1).sum()
        adam.zero_grad()
        bits.backward()
        adam.step()
    return log_floor.exp().detach(), log_amplitude.exp().detach(), float(bits.detach())
