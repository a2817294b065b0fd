"""Fewer taps in the context model: it starts with all that causality allows, and keeps the most useful ones."""

from __future__ import annotations

import torch
from torch import Tensor

from .context import Context, Level


@torch.no_grad()
def thin(context: Context, y: Tensor, level: Level, mean_taps: int, scale_taps: int) -> tuple[int, int]:
    """Keep so many taps of every channel, judged by weight times activation on a batch; return how many are left.

    Parameters
    ----------
    context : Context
    y : Tensor (N, B, h, w)
        Latents of a batch.
    level : Level
        Of each crop of the batch.
    mean_taps, scale_taps : int
    """
    values = torch.round(y * level.gain) / level.gain
    residual = (values - context.mean(values, level)).abs().mean((0, 2, 3))
    power = values.pow(2).mean((0, 2, 3)).sqrt()
    shares = residual * context.log_share.exp()
    sums = torch.cumsum(shares, 0) - shares
    means = {
        "own_mean": context.taps("own_mean").abs() * power[:, None, None, None],
        "cross_mean": context.taps("cross_mean").abs() * power[None, :, None, None],
    }
    scales = {
        "own_scale": context.taps("own_scale") * residual[:, None, None, None],
        "cross_scale": context.taps("cross_scale") * residual[None, :, None, None],
        "sum_scale": context.taps("sum_scale") * sums[:, None, None, None],
    }
    return _keep(context, means, mean_taps), _keep(context, scales, scale_taps)


def _keep(context: Context, importance: dict[str, Tensor], count: int) -> int:
    """Set the masks of some sets of taps so that ``count`` of each channel are left over all of them."""
    flat = torch.cat([value.reshape(context.channels, -1) for value in importance.values()], 1)
    best = flat.topk(min(count, flat.shape[1]), 1).indices
    kept = torch.zeros_like(flat).scatter_(1, best, 1.0) * (flat > 0)
    at = 0
    for name, value in importance.items():
        width = value[0].numel()
        mask = getattr(context, f"mask_{name}")
        mask.mul_(kept[:, at : at + width].reshape(mask.shape))
        at += width
    return int(kept.sum())
