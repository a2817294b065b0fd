"""The Gaussian blur."""

from __future__ import annotations

from . import GaussianBlur

__all__ = ["GaussianBlur"]
