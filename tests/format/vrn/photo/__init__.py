"""Step 50: pictures of the photo coder."""

from __future__ import annotations

from .geometry import splits as splits_of
from .picture import decode_item, decode_tile

__all__ = ["decode_item", "decode_tile", "splits_of"]
