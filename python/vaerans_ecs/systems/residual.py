"""The residual."""

from __future__ import annotations

from . import AddResidual, Residual

__all__ = ["AddResidual", "Residual"]
