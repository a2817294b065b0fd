"""The base's part of the float entropy model, from the trained context model."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import torch
from torch import Tensor

from .context import Context, Level, level_weights
from .float_model import FloatModel, Taps
from .integer_math import OWN


def at_level(context: Context, level: float) -> Level:
    """The parameters at a fractional level, for one picture."""
    gain = context.log_gain
    return context.at(level_weights(torch.tensor([level], dtype=gain.dtype, device=gain.device), len(gain)))


def _numpy(tensor: Tensor) -> np.ndarray:
    return tensor.detach().double().cpu().numpy()


def taps_of(own: np.ndarray, cross: np.ndarray) -> Taps:
    """Lists of taps from their dense form, own (M, 1, 3, 5) and cross (M, M, 3, 3)."""
    lists = []
    for c in range(len(own)):
        taps = [(c, dy, dx, own[c, 0, dy + 2, dx + 2]) for dy, dx in OWN if own[c, 0, dy + 2, dx + 2] != 0]
        for j, ky, kx in zip(*np.nonzero(cross[c]), strict=True):
            taps.append((int(j), int(ky) - 1, int(kx) - 1, cross[c, j, ky, kx]))
        lists.append(taps)
    return Taps.of_lists(lists)


@torch.no_grad()
def base_model(context: Context, levels: Sequence[float]) -> FloatModel:
    """The float model of the base, with anchors at some levels of the training."""
    anchors = [at_level(context, level) for level in levels]

    def stacked(name: str) -> np.ndarray:
        return np.stack([_numpy(getattr(anchor, name))[0, :, 0, 0] for anchor in anchors])

    weight = np.exp(_numpy(context.shape_weight))
    return FloatModel(
        gain=stacked("gain"),
        step=stacked("step"),
        floor=stacked("floor"),
        mean_amplitude=stacked("mean_amplitude"),
        scale_amplitude=stacked("scale_amplitude"),
        mean_taps=taps_of(_numpy(context.taps("own_mean")), _numpy(context.taps("cross_mean"))),
        scale_taps=taps_of(_numpy(context.taps("own_scale")), _numpy(context.taps("cross_scale"))),
        sum_taps=_numpy(context.taps("sum_scale")).reshape(context.channels, 9),
        edge=_numpy(context.edge),
        share=np.exp(_numpy(context.log_share)),
        shape_weight=weight / weight.sum(),
        shape_width=np.exp(_numpy(context.shape_width)),
        base=context.channels,
    )
