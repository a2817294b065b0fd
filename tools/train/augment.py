"""What is done to crops: blur and film grain, on some of them."""

from __future__ import annotations

import torch
import torch.nn.functional as F
from torch import Generator, Tensor

REACH = 4  # taps on each side of a blur


def uniform(generator: Generator, *shape: int, low: float = 0.0, high: float = 1.0) -> Tensor:
    """Uniform numbers on the generator's device."""
    return torch.rand(*shape, generator=generator, device=generator.device) * (high - low) + low


def chosen(generator: Generator, count: int, share: float) -> Tensor:
    """(count,) of bool, each true with a probability of ``share``."""
    return uniform(generator, count) < share


def gaussian(x: Tensor, sigma: Tensor) -> Tensor:
    """Blur pictures (N, C, H, W), each by its own sigma (N,) in pixels; edges are mirrored."""
    n, channels = x.shape[:2]
    distance = torch.arange(-REACH, REACH + 1, device=x.device, dtype=x.dtype)
    kernel = torch.exp(-0.5 * (distance / sigma.clamp(min=1e-2)[:, None]) ** 2)
    kernel = (kernel / kernel.sum(1, keepdim=True)).repeat_interleave(channels, 0)
    flat = F.pad(x.reshape(1, n * channels, *x.shape[2:]), (REACH,) * 4, mode="reflect")
    flat = F.conv2d(flat, kernel[:, None, None, :], groups=n * channels)
    return F.conv2d(flat, kernel[:, None, :, None], groups=n * channels).reshape(x.shape)


def soften(x: Tensor, share: float, generator: Generator) -> Tensor:
    """Blur a share of the crops (N, 3, H, W) by a sigma of 0.4 to 1.4 pixels."""
    hit = chosen(generator, len(x), share)
    sigma = uniform(generator, len(x), low=0.4, high=1.4)
    return torch.where(hit[:, None, None, None], gaussian(x, sigma), x)


def grain(x: Tensor, share: float, generator: Generator) -> Tensor:
    """Film grain on a share of the crops, 0 to 255: mostly in luma, strongest in the middle tones, 1 to 6 levels."""
    hit = chosen(generator, len(x), share)
    strength = uniform(generator, len(x), low=1.0, high=6.0) * hit
    sigma = uniform(generator, len(x), low=0.05, high=0.9)
    shape = (len(x), 4, *x.shape[2:])
    fields = gaussian(torch.randn(shape, generator=generator, device=x.device), sigma)
    fields = fields / fields.std((1, 2, 3), keepdim=True)
    tones = 0.4 + 0.6 * (1 - (x.mean(1, keepdim=True) / 127.5 - 1) ** 2)
    return x + strength[:, None, None, None] * tones * (0.9 * fields[:, :1] + 0.4 * fields[:, 1:])
