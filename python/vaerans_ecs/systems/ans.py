"""The rANS coder."""

from __future__ import annotations

from . import ANSDecode, ANSEncode

__all__ = ["ANSDecode", "ANSEncode"]
