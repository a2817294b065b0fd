"""Pictures inside the page: 1:1 crops as lossless data URIs, within a budget of bytes."""

from __future__ import annotations

import base64
import io
import struct
import zlib
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import numpy as np


def window(height: int, width: int, side: int) -> tuple[slice, slice]:
    """The centre of a picture at 1:1, no side longer than ``side``: shrinking would hide what a codec did."""
    h, w = min(height, side), min(width, side)
    top, left = (height - h) // 2, (width - w) // 2
    return slice(top, top + h), slice(left, left + w)


def data_uri(rgb: np.ndarray) -> str:
    """A lossless data URI of an (H, W, 3) uint8 picture: WebP where Pillow has it, else PNG."""
    try:
        from PIL import Image, features

        if not features.check("webp") or max(rgb.shape[:2]) > 16383:
            raise ImportError
    except ImportError:
        return _uri("image/png", png(rgb))
    out = io.BytesIO()
    Image.fromarray(rgb).save(out, "WEBP", lossless=True, method=2, quality=60)
    return _uri("image/webp", out.getvalue())


def thumbnail(rgb: np.ndarray, side: int = 192) -> str:
    """A small preview; without Pillow every n-th sample."""
    import numpy as np

    try:
        from PIL import Image
    except ImportError:
        step = max(1, -(-max(rgb.shape[:2]) // side))
        return _uri("image/png", png(np.ascontiguousarray(rgb[::step, ::step])))
    image = Image.fromarray(rgb)
    image.thumbnail((side, side))
    out = io.BytesIO()
    image.save(out, "JPEG", quality=80)
    return _uri("image/jpeg", out.getvalue())


def _uri(mime: str, data: bytes) -> str:
    return f"data:{mime};base64,{base64.b64encode(data).decode()}"


def png(rgb: np.ndarray) -> bytes:
    """A plain PNG (RFC 2083) with filter Sub on every row, for where Pillow is missing."""
    import numpy as np

    h, w, _ = rgb.shape
    rows = np.empty((h, 1 + 3 * w), np.uint8)
    rows[:, 0] = 1
    rows[:, 1:4] = rgb[:, 0]
    rows[:, 4:] = (rgb[:, 1:] - rgb[:, :-1]).reshape(h, -1)

    def chunk(kind: bytes, body: bytes) -> bytes:
        return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))

    header = struct.pack(">IIBBBBB", w, h, 8, 2, 0, 0, 0)
    packed = zlib.compress(rows.tobytes(), 6)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", packed) + chunk(b"IEND", b"")
