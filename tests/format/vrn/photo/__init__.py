"""Step 50: pictures of the photo coder."""

from __future__ import annotations

from .geometry import splits as splits_of
from .picture import Photo

__all__ = ["Photo", "splits_of"]
