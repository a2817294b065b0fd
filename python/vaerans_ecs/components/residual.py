"""Residuals: what a reconstruction lacks."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

from .base import Component

if TYPE_CHECKING:
    from .._core import TensorRef

__all__ = ["Residual"]


@dataclass(frozen=True)
class Residual(Component):
    """Signed differences of samples (H, W, C)."""

    r: TensorRef
    main: ClassVar[str] = "r"
