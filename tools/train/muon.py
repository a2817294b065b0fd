"""The step of Muon: the momentum of a weight matrix with all of its singular values brought to about 1."""

from __future__ import annotations

import math
from collections.abc import Sequence

import torch
from torch import Tensor

#: Coefficients of five steps of an odd polynomial of degree 5 that drives singular values in (0, 1] towards 1.
POLYNOMIAL = (
    (4.0848, -6.8946, 2.9270),
    (3.9505, -6.3029, 2.6377),
    (3.7418, -5.5913, 2.3037),
    (2.8769, -3.1427, 1.2046),
    (2.8366, -3.0525, 1.2012),
)
SIZES = (64, 128, 256, 512, 1024)


class Orthogonalizer:
    """Orthogonalizes weights of convolutions, many at once: those of like size are padded to one size.

    Parameters
    ----------
    shapes : sequence of torch.Size
        Of the weights; the first dimension is a matrix's rows, the others together are its columns.
    dtype : torch.dtype
        Of the products: half the width does.
    """

    def __init__(self, shapes: Sequence[torch.Size], dtype: torch.dtype) -> None:
        self.dtype = dtype
        self.shapes = [(shape[0], math.prod(shape[1:])) for shape in shapes]
        self.groups: dict[int, list[int]] = {}
        for i, shape in enumerate(self.shapes):
            size = next(size for size in SIZES if min(shape) <= size)
            self.groups.setdefault(size, []).append(i)

    def __call__(self, momenta: Sequence[Tensor]) -> list[Tensor]:
        """Orthogonalized momenta, scaled so that a step moves weights about as far as one of Adam."""
        result: dict[int, Tensor] = {}
        for size, members in self.groups.items():
            stacked = self._iterate(self._stack(momenta, size, members))
            for k, i in enumerate(members):
                rows, columns = self.shapes[i]
                step = stacked[k, : min(rows, columns), : max(rows, columns)].float()
                step = step * (0.2 * math.sqrt(max(rows, columns)))
                step = (step if rows <= columns else step.t()).reshape(momenta[i].shape)
                result[i] = torch.empty_like(momenta[i]).copy_(step)  # in the memory format of the weights
        return [result[i] for i in range(len(self.shapes))]

    def _stack(self, momenta: Sequence[Tensor], size: int, members: list[int]) -> Tensor:
        """Wide matrices of one size, padded with zeros."""
        longest = max(max(self.shapes[i]) for i in members)
        stacked = torch.zeros(len(members), size, longest, device=momenta[0].device, dtype=self.dtype)
        for k, i in enumerate(members):
            rows, columns = self.shapes[i]
            matrix = momenta[i].reshape(rows, columns)
            stacked[k, : min(rows, columns), : max(rows, columns)] = matrix if rows <= columns else matrix.t()
        return stacked

    def _iterate(self, x: Tensor) -> Tensor:
        norm = x.float().pow(2).sum((1, 2), keepdim=True).sqrt() + 1e-12
        x = x / norm.to(x.dtype)
        for a, b, c in POLYNOMIAL:
            gram = x @ x.transpose(1, 2)
            x = a * x + (b * gram + c * (gram @ gram)) @ x
        return x
