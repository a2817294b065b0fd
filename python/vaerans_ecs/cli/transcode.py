"""Bytes of a picture file to bytes of a container, and back."""

from __future__ import annotations

import os
from collections.abc import Callable
from typing import Any

from .. import images
from .convert import Convert
from .outcome import UsageProblem
from .plan import is_folder
from .sources import STANDARD

#: The suffix each format is written with.
_SUFFIX = {"png": ".png", "tiff": ".tif", "webp": ".webp", "jpeg": ".jpg"}
_ALIASES = {"jpg": "jpeg", "tif": "tiff"}


def compressor(options: dict[str, Any], allow_damaged: bool, **limits: int | None) -> Convert:
    """Decodes a picture file and compresses it with its metadata. ``options`` were checked."""

    def convert(data: bytes, threads: int | None) -> tuple[bytes, str | None]:
        picture = images.decode_picture(data, allow_damaged=allow_damaged, **limits)
        return images.pack(picture, threads=threads, **options, **limits), left_out(picture)

    return convert


def decompressor(
    format: str, jpeg_quality: int, upright: bool, item: str | None, model: str | None = None, **limits: Any
) -> Convert:
    """Decompresses a container and encodes the picture with its metadata."""

    def convert(data: bytes, threads: int | None) -> tuple[bytes, str | None]:
        picture = images.unpack(data, threads, item, model=model, **limits)
        shown = picture.upright() if upright else picture
        return images.encode_picture(shown, format, jpeg_quality), left_out(picture)

    return convert


def left_out(picture: images.Picture) -> str | None:
    """What a file holds and the picture does not, in words."""
    told = [f"damaged, and taken as far as it goes: {picture.damage}"] if picture.damage else []
    if picture.frames > 1:
        told.append(f"the first of {picture.frames} pictures is taken")
    if picture.dropped:
        told.append(f"left out: {picture.dropped}")
    return "; ".join(told) or None


def choose_format(asked: str | None, out: str | None) -> tuple[str, str | None]:
    """The format to write: the one asked for, else the one that ``out`` is named after, else PNG, which holds every
    picture. And what is fixed of it whatever the output is called."""
    if asked is not None:
        name = _ALIASES.get(asked.lower(), asked.lower())
        if name not in _SUFFIX:
            raise UsageProblem(f"--format {asked}: expected {', '.join(_SUFFIX)}")
        return name, name
    if out in (None, STANDARD) or is_folder(out):
        return "png", None
    return images.FORMATS.get(os.path.splitext(out)[1].lower(), "png"), None


def to_container(keep_suffix: bool) -> Callable[[str], str]:
    """``a.jpg`` to ``a.vrn``, or to ``a.jpg.vrn``."""

    def rename(name: str) -> str:
        stem, suffix = os.path.splitext(name)
        known = suffix.lower() in images.FORMATS and not keep_suffix
        return (stem if known else name) + images.CONTAINER

    return rename


def to_picture(format: str, keep_suffix: bool) -> Callable[[str], str]:
    """``a.vrn`` and ``a.jpg.vrn`` to ``a.png``; the latter to ``a.jpg.png`` when the suffix is kept."""

    def rename(name: str) -> str:
        stem, suffix = os.path.splitext(name)
        if suffix.lower() != images.CONTAINER:
            stem = name
        inner, inner_suffix = os.path.splitext(stem)
        if inner_suffix.lower() in images.FORMATS and not keep_suffix:
            stem = inner
        return stem + _SUFFIX[format]

    return rename
