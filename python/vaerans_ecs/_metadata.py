"""ICC profile, EXIF block and orientation: as callers give them, and as a Pillow image carries them."""

from __future__ import annotations

from typing import Any

from . import _arguments as arguments
from ._pillow_modes import is_pillow
from .errors import ParamError

__all__ = ["carried", "filled", "metadata_of", "over"]


def metadata_of(icc: Any, exif: Any, orientation: Any) -> dict[str, Any]:
    """Metadata as the core takes it."""
    turn = arguments.maybe_whole("orientation", orientation, 1, 8)
    return {"icc": arguments.block("icc", icc), "exif": block("exif", exif), "orientation": turn}


def filled(given: dict[str, Any], image: Any) -> dict[str, Any]:
    """``given``, and what it leaves out as ``image`` carries it, if it is one of Pillow's."""
    return over(given, metadata_of(*carried(image), None)) if is_pillow(image) else given


def over(given: dict[str, Any], under: dict[str, Any]) -> dict[str, Any]:
    """``given``, and what it leaves out from ``under``; an orientation goes with its EXIF block."""
    hidden = {"exif", "orientation"} if given["exif"] is not None else set()
    return given | {name: value for name, value in under.items() if given[name] is None and name not in hidden}


def block(name: str, value: Any) -> bytes | None:
    """An EXIF block as Pillow's plugins take it: bytes, or an ``Image.Exif``."""
    if type(value).__module__ == "PIL.Image" and hasattr(value, "tobytes"):
        value = value.tobytes()
    return arguments.block(name, value)


def carried(image: Any) -> tuple[Any, Any]:
    """ICC profile and EXIF block of a Pillow image: what its ``info`` holds and what its ``getexif()`` says.

    The block of ``info`` is taken as it is, unless ``getexif()`` was changed since it was read from there.
    """
    image.load()  # some formats find their metadata behind the samples, TIFF turns the samples
    info = image.info
    return info.get("icc_profile"), _exif(image, info.get("exif"))


def _exif(image: Any, stored: Any) -> Any:
    from PIL import Image

    from . import _core

    blank = Image.new("L", (1, 1))
    blank.info = image.info
    try:
        fresh, now = blank.getexif(), image.getexif()
        if getattr(now, "_loaded_exif", None) != getattr(fresh, "_loaded_exif", None):
            now = fresh  # `info` was changed behind it
        if stored is None and hasattr(image, "tag_v2"):
            return _core.exif_of_tiff(_plain(now, Image.Exif()).tobytes())
        if stored is not None and (now == fresh or now.tobytes() == fresh.tobytes()):
            return stored
        return now.tobytes() if len(now) else None
    except Exception as error:
        if stored is not None:
            return stored  # what Pillow does not understand may be sound
        text = f'getexif() of the image cannot be written ({error}); pass exif=, b"" for none'
        raise ParamError("param.metadata", text) from error


def _plain(tags: Any, plain: Any) -> Any:
    """The same tags, with the EXIF and GPS directories: of a BigTIFF file Pillow writes no block that can be read."""
    plain.update(tags)
    plain.update({tag: below for tag in (34665, 34853) if (below := tags.get_ifd(tag))})
    return plain
