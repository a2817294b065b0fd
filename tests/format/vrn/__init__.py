"""A decoder of .vrn files, written from docs/format.md alone."""

from __future__ import annotations

import numpy as np

from .codec import Codec
from .container import find
from .errors import Refused
from .item import Item
from .picture import Region, decode_item

__all__ = ["Codec", "Item", "Refused", "decode", "find"]


def decode(
    data: bytes, key: str | None = None, halved: int = 0, region: Region | None = None, allow_cut: bool = False,
    codec: Codec | None = None,
) -> np.ndarray:  # fmt: skip
    """The samples (H, W, C) at 1/2^halved, or the tensor, of the item ``key`` or the first one."""
    return decode_item(find(data, key), halved, region, allow_cut, codec)
