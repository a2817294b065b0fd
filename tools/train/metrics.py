"""PSNR and MS-SSIM in PyTorch, as everybody defines them: 11 taps, sigma 1.5, five scales; no padding."""

from __future__ import annotations

import math
from collections.abc import Callable

import torch
import torch.nn.functional as F
from torch import Tensor

KERNEL = [math.exp(-((i - 5) ** 2) / 4.5) for i in range(11)]
KERNEL = [value / sum(KERNEL) for value in KERNEL]
SCALES = (0.0448, 0.2856, 0.3001, 0.2363, 0.1333)

Blur = Callable[[Tensor], Tensor]


def blur_slices(x: Tensor) -> Tensor:
    """Blur as sums of shifted views: what a compiler fuses into one pass."""
    width, height = x.shape[-1] - 10, x.shape[-2] - 10
    x = sum(weight * x[..., i : i + width] for i, weight in enumerate(KERNEL))
    return sum(weight * x[..., i : i + height, :] for i, weight in enumerate(KERNEL))


def blur_conv(x: Tensor) -> Tensor:
    """Blur by convolutions: faster where nothing is compiled."""
    kernel = torch.tensor(KERNEL, dtype=x.dtype, device=x.device)
    flat = x.reshape(-1, 1, *x.shape[-2:])
    flat = F.conv2d(F.conv2d(flat, kernel.view(1, 1, 1, -1)), kernel.view(1, 1, -1, 1))
    return flat.view(*x.shape[:-2], *flat.shape[-2:])


def ms_ssim(x: Tensor, y: Tensor, blur: Blur | None = None) -> Tensor:
    """MS-SSIM of pictures (N, 3, H, W) in [0, 1], one number a picture; small ones have fewer scales."""
    # Convolutions of a GPU round their input, and variances are differences of squares: sums of views do not.
    blur = blur or (blur_slices if x.is_cuda else blur_conv)
    scales = SCALES
    while len(scales) > 1 and min(x.shape[-2:]) < 11 * 2 ** (len(scales) - 1):
        scales = scales[:-1]
    weights = [value / sum(scales) for value in scales] if len(scales) < len(SCALES) else list(scales)
    x, y = x.contiguous(), y.contiguous()
    result = torch.ones((), device=x.device)
    for i, weight in enumerate(weights):
        contrast, luminance = _similarities(x, y, blur)
        last = i == len(weights) - 1
        value = (contrast * luminance if last else contrast).mean((2, 3)).clamp(min=1e-3)
        result = result * value**weight
        if not last:
            odd = x.shape[2] % 2, x.shape[3] % 2
            x, y = F.avg_pool2d(x, 2, padding=odd), F.avg_pool2d(y, 2, padding=odd)
    return result.mean(1)


def _similarities(x: Tensor, y: Tensor, blur: Blur) -> tuple[Tensor, Tensor]:
    """Contrast (with structure) and luminance of SSIM."""
    mean_x, square_x = blur(torch.stack([x, x * x])).unbind(0)
    mean_y, square_y, product = blur(torch.stack([y, y * y, x * y])).unbind(0)
    variances = square_x - mean_x * mean_x + square_y - mean_y * mean_y
    contrast = (2 * (product - mean_x * mean_y) + 0.0009) / (variances + 0.0009)
    luminance = (2 * mean_x * mean_y + 0.0001) / (mean_x * mean_x + mean_y * mean_y + 0.0001)
    return contrast, luminance


def psnr(mean_square: float) -> float:
    """Decibels of a mean squared error of samples in [0, 1]."""
    return -10 * math.log10(max(mean_square, 1e-12))
