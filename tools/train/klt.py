"""The second layer's transform: principal components of 16x16 blocks of what the base leaves."""

from __future__ import annotations

from collections.abc import Iterable

import torch
import torch.nn.functional as F
from torch import Tensor

BLOCK = 16


def blocks(difference: Tensor) -> Tensor:
    """Blocks of a picture (1, 3, H, W) as columns (768, h, w)."""
    return F.pixel_unshuffle(difference, BLOCK)[0]


def components(differences: Iterable[Tensor], count: int) -> tuple[Tensor, float]:
    """The strongest components of blocks, rounded to 16 bits as they will be stored.

    Returns
    -------
    components : Tensor (768, count)
        Orthonormal columns up to the rounding.
    share : float
        Of the energy, that they hold.
    """
    total = 0.0
    for difference in differences:
        columns = blocks(difference).reshape(3 * BLOCK * BLOCK, -1).double().cpu()
        total = total + columns @ columns.t()
    values, vectors = torch.linalg.eigh(total)
    share = float(values.flip(0)[:count].sum() / values.sum().clamp(min=1e-12))
    return vectors.flip(1)[:, :count].half().float().contiguous(), share


def analyse(basis: Tensor, difference: Tensor) -> Tensor:
    """Coefficients (S, h, w) of a difference (1, 3, H, W)."""
    columns = blocks(difference)
    return (basis.t() @ columns.reshape(len(basis), -1)).reshape(-1, *columns.shape[1:])


def synthesise(basis: Tensor, coefficients: Tensor) -> Tensor:
    """The picture (1, 3, H, W) of coefficients (S, h, w)."""
    columns = basis @ coefficients.reshape(len(coefficients), -1)
    return F.pixel_shuffle(columns.reshape(1, len(basis), *coefficients.shape[1:]), BLOCK)
