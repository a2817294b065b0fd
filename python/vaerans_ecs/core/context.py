"""What steps run with, and what a run leaves behind."""

from __future__ import annotations

from ..trace import Trace

__all__ = ["Trace"]
