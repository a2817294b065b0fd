"""Measured points of the peers, kept between runs: an AVIF sweep over Kodak takes minutes and never changes.

One small JSON file per (codec, library version, picture, quality), written whole or not at all; anything unreadable
counts as absent and is measured again.
"""

from __future__ import annotations

import contextlib
import json
import os
import re
from pathlib import Path
from typing import Any

from .._files import write_atomic
from .metrics import METRICS_VERSION

# What a stored point must hold, and of which type, to be believed.
_FIELDS: dict[str, tuple[type, ...]] = {
    "bytes": (int,),
    "psnr": (float, type(None)),
    "ssim": (float, type(None)),
    "ms_ssim": (float, type(None)),
    "lossless": (bool,),
    "encode_ms": (float,),
    "decode_ms": (float,),
}


def user_cache_dir() -> Path:
    """``$VAERANS_CACHE_DIR``, else the folder beside the downloaded models in the platform's cache."""
    if chosen := os.environ.get("VAERANS_CACHE_DIR"):
        return Path(chosen)
    from ..models.lookup import user_cache_dir as models_dir

    return models_dir().parent


class PointCache:
    """Points on disk below ``root``; ``root=None`` keeps nothing. A full or read-only disk only costs time."""

    def __init__(self, root: Path | str | None) -> None:
        self.root = None if root is None else Path(root)
        self.hits = 0
        self.misses = 0

    def path(self, codec: str, version: str, picture: str, quality: float) -> Path | None:
        """Where the point is kept: ``peers/<codec>-<version>/<picture[:2]>/<picture>-<quality>.json``."""
        if self.root is None:
            return None
        folder = re.sub(r"[^A-Za-z0-9._+-]+", "_", f"{codec}-{version}-m{METRICS_VERSION}")
        return self.root / "peers" / folder / picture[:2] / f"{picture}-{quality:g}.json"

    def load(self, codec: str, version: str, picture: str, quality: float) -> dict[str, Any] | None:
        """The stored point, or ``None``."""
        path = self.path(codec, version, picture, quality)
        point = None if path is None else _read(path)
        if point is None:
            self.misses += 1
        else:
            self.hits += 1
        return point

    def store(self, codec: str, version: str, picture: str, quality: float, point: dict[str, Any]) -> None:
        """Keep a point; failure to write is not an error."""
        path = self.path(codec, version, picture, quality)
        if path is None:
            return
        with contextlib.suppress(OSError):
            path.parent.mkdir(parents=True, exist_ok=True)
            write_atomic(path, json.dumps({k: point[k] for k in _FIELDS}, allow_nan=False).encode())


def _read(path: Path) -> dict[str, Any] | None:
    try:
        point = json.loads(path.read_bytes())
    except (OSError, ValueError, RecursionError):
        return None
    if not isinstance(point, dict):
        return None
    for name, types in _FIELDS.items():
        if name not in point or type(point[name]) not in types:
            return None
    return {name: point[name] for name in _FIELDS} if point["bytes"] > 0 else None
