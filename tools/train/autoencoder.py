"""Encoder and decoder: convolutions, ReLU, additions and depth-to-space, nothing else."""

from __future__ import annotations

import math

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from .config import Config


def conv(inputs: int, outputs: int, kernel: int = 3, stride: int = 1, gain: float = 1.0) -> nn.Conv2d:
    """A convolution with zero padding and normal weights that scale the spread of their input by about ``gain``."""
    layer = nn.Conv2d(inputs, outputs, kernel, stride, kernel // 2)
    nn.init.normal_(layer.weight, 0, gain / math.sqrt(inputs * kernel * kernel))
    nn.init.zeros_(layer.bias)
    return layer


class Residual(nn.Module):
    """``x + conv3x3(relu(conv3x3(x)))``."""

    def __init__(self, channels: int, middle: int = 0) -> None:
        super().__init__()
        middle = middle or channels
        self.first = conv(channels, middle, gain=1.4)
        self.second = conv(middle, channels, gain=0.2)

    def forward(self, x: Tensor) -> Tensor:
        return x + self.second(F.relu(self.first(x)))


class Bottleneck(nn.Module):
    """``x + conv1x1(relu(conv3x3(relu(conv1x1(x)))))``, fewer channels in the middle."""

    def __init__(self, channels: int, middle: int) -> None:
        super().__init__()
        self.first = conv(channels, middle, 1, gain=1.4)
        self.second = conv(middle, middle, gain=1.4)
        self.third = conv(middle, channels, 1, gain=0.2)

    def forward(self, x: Tensor) -> Tensor:
        return x + self.third(F.relu(self.second(F.relu(self.first(x)))))


def blocks(channels: int, count: int, middle: int) -> list[nn.Module]:
    """The blocks of one scale."""
    return [Bottleneck(channels, middle) if middle else Residual(channels) for _ in range(count)]


class Encoder(nn.Module):
    """RGB in [0, 1], (N, 3, H, W) with multiples of 16, to latents (N, B, H/16, W/16), not scaled, not rounded.

    All channels start alike: where later ones start weaker, the rate's pressure kills them.
    """

    def __init__(self, config: Config, channels: int) -> None:
        super().__init__()
        widths = config.encoder_widths
        layers: list[nn.Module] = []
        for i, (width, count, middle) in enumerate(
            zip(widths, config.encoder_blocks, config.encoder_middles, strict=True)
        ):
            layers.append(conv(widths[i - 1], width, stride=2) if i else conv(12, width))
            layers += blocks(width, count, middle)
        self.body = nn.Sequential(*layers)
        self.head = conv(widths[-1], channels, 1)

    def forward(self, x: Tensor) -> Tensor:
        y = self.body(F.pixel_unshuffle((x - 0.5) * 4, 2))
        with torch.autocast(x.device.type, enabled=False):
            return self.head(y.float())


class Decoder(nn.Module):
    """Dequantised latents (N, B, h, w) to RGB (N, 3, 16 h, 16 w), about [0, 1], not clamped."""

    def __init__(self, config: Config, channels: int) -> None:
        super().__init__()
        widths = config.decoder_widths
        layers: list[nn.Module] = [conv(channels, widths[0], 1)]
        for i, (width, count, middle) in enumerate(
            zip(widths, config.decoder_blocks, config.decoder_middles, strict=True)
        ):
            layers += blocks(width, count, middle)
            layers += [
                conv(width, 4 * widths[i + 1], 1) if i + 1 < len(widths) else conv(width, 48),
                nn.PixelShuffle(2),
            ]
        self.body = nn.Sequential(*layers)  # ends with 12 channels at half the size
        self.touch = Residual(12, 16)

    def forward(self, y: Tensor) -> Tensor:
        return F.pixel_shuffle(self.touch(self.body(y)), 2).float() * 0.25 + 0.5
