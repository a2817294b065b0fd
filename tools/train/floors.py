"""What keeps channels alive, and how many have died.

A channel dies when its gain falls so low that all of its integers are 0: the decoder then learns nothing from it, and
nothing brings it back. Gains learn slowly and have a floor; a penalty holds the spread at the finest level.
"""

from __future__ import annotations

import torch
from torch import Tensor

from .context import Context


def spread_penalty(context: Context, y: Tensor, floor: float) -> Tensor:
    """Grows where a channel's values at the finest level spread over less than ``floor`` steps; 0 where none does."""
    spread = (y.float() * context.log_gain[-1].exp()[None, :, None, None]).std((0, 2, 3))
    return (1 - spread / floor).clamp(min=0).pow(2).mean()


@torch.no_grad()
def alive_shares(context: Context, y: Tensor) -> Tensor:
    """For every channel, the share of values that are not 0 at the finest level."""
    q = torch.round(y.float() * context.log_gain[-1].exp()[None, :, None, None])
    return (q != 0).float().mean((0, 2, 3))


def dead_channels(context: Context, y: Tensor) -> int:
    """How many channels are 0 throughout a batch at the finest level."""
    return int((alive_shares(context, y) == 0).sum())
