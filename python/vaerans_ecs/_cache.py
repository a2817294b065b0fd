"""The user's cache folder."""

from __future__ import annotations

import os
import sys
from pathlib import Path


def user_cache(kind: str) -> Path:
    """Where what can be had again is kept: the platform's cache folder, then ``vaerans``, then `kind`."""
    if sys.platform == "win32":
        base = os.environ.get("LOCALAPPDATA") or str(Path.home() / "AppData" / "Local")
    elif sys.platform == "darwin":
        base = str(Path.home() / "Library" / "Caches")
    else:
        base = os.environ.get("XDG_CACHE_HOME") or str(Path.home() / ".cache")
    return Path(base) / "vaerans" / kind
