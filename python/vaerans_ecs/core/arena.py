"""The arena and handles into it."""

from __future__ import annotations

from ..arena import Arena, TensorRef

__all__ = ["Arena", "TensorRef"]
