"""Least squares with weights that may not be negative, many problems at once."""

from __future__ import annotations

import torch
from torch import Tensor

SWEEPS = 200


def solve(gram: Tensor, target: Tensor, allowed: Tensor | None = None) -> Tensor:
    """Weights (K, F) >= 0 that minimise ``w' G w / 2 - b' w``, by coordinate descent.

    Parameters
    ----------
    gram : Tensor (K, F, F)
    target : Tensor (K, F)
    allowed : Tensor (K, F) of bool, optional
        Where it is false, the weight stays 0.
    """
    diagonal = gram.diagonal(dim1=1, dim2=2).clamp(min=1e-30)
    weights = torch.zeros_like(target)
    free = torch.ones_like(target, dtype=torch.bool) if allowed is None else allowed
    columns = [j for j in range(target.shape[1]) if bool(free[:, j].any())]
    for _ in range(SWEEPS):
        before = weights.clone()
        for j in columns:
            slope = (gram[:, j] * weights).sum(1) - target[:, j]
            weights[:, j] = torch.where(free[:, j], (weights[:, j] - slope / diagonal[:, j]).clamp(min=0), 0.0)
        if float((weights - before).abs().max()) <= 1e-6 * float(weights.abs().max()):
            break
    return weights
