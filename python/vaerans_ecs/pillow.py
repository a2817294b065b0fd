"""Importing this module makes Pillow read and write ``.vrn`` files. See `vaerans_ecs.pil_plugin`."""

from __future__ import annotations

from .errors import UnavailableError

try:
    from .pil_plugin import VrnError, VrnImageFile, register_pillow
except ImportError as error:
    raise UnavailableError("unavailable.feature", f"Pillow does not load ({error}); pip install pillow") from error

__all__ = ["VrnError", "VrnImageFile", "register_pillow"]

register_pillow()
