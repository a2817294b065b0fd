"""The loss: rate, and distortion as a mixture of squared error and MS-SSIM, over all levels at once."""

from __future__ import annotations

import math
from typing import NamedTuple

import torch
from torch import Tensor, nn

from .codec_net import CodecNet, unit
from .config import Config
from .floors import spread_penalty
from .metrics import Blur, ms_ssim


class Batch(NamedTuple):
    """What one step works on.

    ``pixels`` (N, H, W, 3) uint8; ``weights`` (N, levels) of the levels; ``trade`` (N,), the lambda of each crop;
    ``noise`` (N, B, H/16, W/16), uniform in [-0.5, 0.5].
    """

    pixels: Tensor
    weights: Tensor
    trade: Tensor
    noise: Tensor


def distortion(square: Tensor, similarity: Tensor, config: Config) -> Tensor:
    """Squared error and MS-SSIM of pictures in [0, 1], mixed; each about as large as the squared error of 8 bits."""
    share = config.ms_ssim_share
    return (1 - share) * 65025 * square + share * 2441 * (1 - similarity)


def level_weight(trade: Tensor, config: Config) -> Tensor:
    """What losses are multiplied with, by their lambdas, so that fine levels do not outweigh coarse ones."""
    middle = math.sqrt(config.lambda_low * config.lambda_high)
    return (trade / middle) ** -config.level_exponent


class RateDistortion(nn.Module):
    """The loss of a batch and, for the log, rate, squared error and MS-SSIM of each crop."""

    def __init__(self, net: CodecNet, config: Config, mixed: bool, blur: Blur | None = None) -> None:
        super().__init__()
        self.net, self.config, self.mixed, self.blur = net, config, mixed, blur

    def forward(self, pixels: Tensor, weights: Tensor, trade: Tensor, noise: Tensor) -> tuple[Tensor, Tensor]:
        """Takes the parts of a ``Batch``; returns the loss, and (3, N) figures of the crops."""
        c, net = self.config, self.net
        x = unit(pixels)
        with torch.autocast(x.device.type, dtype=torch.bfloat16, enabled=self.mixed):
            y = net.encoder(x)
        level = net.context.at(weights)
        bits, q = net.context.bits(y, level, noise)
        with torch.autocast(x.device.type, dtype=torch.bfloat16, enabled=self.mixed):
            rgb = net.decoder(q * level.step)
        rate = bits.sum((1, 2, 3)) / (x.shape[2] * x.shape[3])
        square = (rgb - x).pow(2).mean((1, 2, 3))
        similarity = ms_ssim(x, rgb, self.blur)
        loss = (rate + trade * distortion(square, similarity, c)) * level_weight(trade, c)
        # A few crops (noise, or a decoder gone wild) have a hundred times the loss: their pull is limited.
        loss = loss * (c.crop_loss_cap / loss.detach()).clamp(max=1.0)
        total = loss.mean() + c.spread_weight * spread_penalty(net.context, y, c.spread_floor)
        return total, torch.stack([rate, square, similarity]).detach()
