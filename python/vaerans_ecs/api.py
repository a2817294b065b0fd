"""Whole pictures: ``compress``, ``decompress``, ``info``, ``imread``, ``imwrite``."""

from __future__ import annotations

import math
import os
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from . import _core
from .errors import ParamError
from .world import World, as_image

__all__ = ["Info", "compress", "decompress", "imread", "imwrite", "info"]

PROFILES = ("photo", "vae")


def compress(
    img: Any,
    profile: str = "photo",
    quality: int = 75,
    lossless: bool = False,
    threads: int | None = None,
    *,
    model: str | os.PathLike[str] | None = None,
    icc: bytes | None = None,
    exif: bytes | None = None,
    orientation: int | None = None,
    tile: int | None = None,
    max_pixels: int | None = None,
) -> bytes:
    """Compresses a picture into a ``.vrn`` file.

    Parameters
    ----------
    img : array, (H, W) or (H, W, C), uint8 or uint16
        Grey, grey and alpha, RGB or RGBA. Alpha that is opaque throughout is left out of RGBA.
    profile : str
        ``"photo"`` (no network) or ``"vae"`` (a learned latent; 3 channels of 8 bits).
    quality : int
        0 to 100; size and quality never fall as it rises.
    lossless : bool
        Whether every sample must come back: ``photo`` without a quantiser, ``vae`` with a residual.
    threads : int, optional
        Threads; without it ``VAERANS_THREADS``, then all cores. The bytes do not depend on it.
    model : str or path, optional
        For ``"vae"``: a name, folder or file as in :mod:`vaerans_ecs.models`; without it the model that ships.
    icc, exif : bytes, optional
        Metadata that travels with the picture.
    orientation : int, optional
        EXIF orientation 1 to 8: how a viewer turns the stored samples.
    tile : int, optional
        Edge of the independent tiles of ``photo``, in pixels.
    max_pixels : int, optional
        Largest picture that is accepted.

    Returns
    -------
    bytes
        A whole file.

    Raises
    ------
    ParamError, DataError, LimitError
        What cannot be compressed, and why.

    Examples
    --------
    >>> import numpy as np, vaerans_ecs as ve
    >>> img = np.full((40, 60, 3), 200, np.uint8)
    >>> file = ve.compress(img, lossless=True)
    >>> bool((ve.decompress(file) == img).all())
    True
    """
    if profile not in PROFILES:
        raise ParamError("param.unknown", f"profile={profile!r}; one of {', '.join(PROFILES)}")
    if not isinstance(quality, int | np.integer) or not 0 <= quality <= 100:
        raise ParamError("param.range", f"quality={quality!r}; a whole number from 0 to 100")
    image = np.require(as_image(img), requirements=["C", "A"])
    if profile == "photo":
        if model is not None:
            raise ParamError("param.unknown", 'model= belongs to profile="vae"')
        return _core.compress_photo(image, int(quality), lossless, threads, tile, icc, exif, orientation, max_pixels)
    from .profile_vae import compress_vae

    return compress_vae(image, int(quality), lossless, threads, model, icc=icc, exif=exif, orientation=orientation)


def decompress(
    data: bytes | bytearray | memoryview,
    threads: int | None = None,
    *,
    scale: float = 1,
    region: tuple[int, int, int, int] | None = None,
    max_pixels: int | None = None,
    allow_truncated: bool = False,
    providers: Any = None,
) -> np.ndarray:
    """The stored samples of a ``.vrn`` file, (H, W, C), or the tensor of a file without a picture.

    The EXIF orientation is not applied: :func:`imread` and Pillow do that. A file cut after some level of a
    ``photo`` picture gives that level with ``allow_truncated=True``.

    ``scale`` is 1, 1/2, 1/4, ...: the picture with sides of ``ceil(n * scale)`` pixels, of a ``photo`` file without
    reading its fine levels (a cut file that holds the coarse ones will do). ``region`` is (x, y, width, height) in
    pixels of the whole picture; tiles outside are not decoded.

    >>> import numpy as np, vaerans_ecs as ve
    >>> file = ve.compress(np.zeros((300, 500, 3), np.uint8))
    >>> ve.decompress(file, scale=1 / 4).shape, ve.decompress(file, region=(100, 0, 50, 20)).shape
    ((75, 125, 3), (20, 50, 3))

    Raises
    ------
    ParamError
        ``param.range`` for a scale that is no power of two or a region outside the picture; ``param.unknown`` for
        either of a file without a picture.
    BitstreamError
        Damaged or hostile bytes: code, section and offset.
    LimitError
        More pixels than ``max_pixels`` (2**28 without it).
    UnavailableError, ModelError, PipeError
        A network or a custom system that the file needs is not there.
    """
    reduce = _halvings(scale)
    if region is not None and min(region) < 0:
        raise ParamError("param.range", f"region {region}: x, y, width, height, none of them negative")
    about = _core.file_info(data, max_pixels)
    foreign = any(_runs_in_python(number) for number, _, _ in about["steps"])
    if about["kind"] == "Image" and not foreign and len(about["steps"]) > 0 and not _has_residual(about):
        ref, _ = _core.decompress_photo(data, threads, None, allow_truncated, max_pixels, reduce, region)
        return np.asarray(ref.buffer())
    from .profile_vae import decompress_pipe

    if about["kind"] != "Image" and (reduce or region):
        raise ParamError("param.unknown", f"scale and region are of pictures; this file holds {about['kind']}")
    return _window(decompress_pipe(data, about, threads, providers), reduce, region)


def _halvings(scale: float) -> int:
    reduce = -math.log2(scale) if scale > 0 else math.nan
    if reduce not in range(17):
        raise ParamError("param.range", f"scale={scale}; 1, 1/2, 1/4, ... 1/65536")
    return int(reduce)


def _window(picture: np.ndarray, reduce: int, region: tuple[int, int, int, int] | None) -> np.ndarray:
    """What the core does to ``photo`` files, for a picture that a network gave."""
    x, y, width, height = region or (0, 0, picture.shape[1], picture.shape[0])
    if min(width, height) < 1 or x + width > picture.shape[1] or y + height > picture.shape[0]:
        raise ParamError("param.range", f"region {region} of {picture.shape[1]} x {picture.shape[0]} pixels")
    for _ in range(reduce):
        odd = ((0, picture.shape[0] % 2), (0, picture.shape[1] % 2), (0, 0))
        even = np.pad(picture, odd, mode="edge").astype(np.uint32)
        total = even[::2, ::2] + even[1::2, ::2] + even[::2, 1::2] + even[1::2, 1::2]
        picture = ((total + 2) >> 2).astype(picture.dtype)
    rows = slice(y >> reduce, ((y + height - 1) >> reduce) + 1)
    return picture[rows, x >> reduce : ((x + width - 1) >> reduce) + 1]


def _has_residual(about: dict[str, Any]) -> bool:
    return int(about["streams"]) > 1


def _runs_in_python(number: int) -> bool:
    return number >= 0x8000 or number in _python_numbers()


def _python_numbers() -> frozenset[int]:
    global _PYTHON_NUMBERS
    if _PYTHON_NUMBERS is None:
        _PYTHON_NUMBERS = frozenset(row[0] for row in _core.registry() if not row[5]) | {64, 65}
    return _PYTHON_NUMBERS


_PYTHON_NUMBERS: frozenset[int] | None = None


@dataclass(frozen=True)
class Info:
    """What a file says of itself; no section was decoded."""

    format_version: int
    #: ``Image``, or the kind of the tensor that the file holds.
    kind: str
    #: (H, W, C) of a picture, the tensor's shape otherwise.
    shape: tuple[int, ...]
    dtype: str
    #: The pipe as text, forward.
    pipe: str
    steps: tuple[tuple[int, str, dict[str, Any]], ...]
    tiles: int
    tile: int
    #: Bytes per level of resolution, coarsest first.
    level_bytes: tuple[int, ...]
    header_bytes: int
    file_bytes: int
    is_complete: bool
    is_lossless: bool
    icc: bytes | None
    exif: bytes | None
    orientation: int | None

    @property
    def width(self) -> int:
        """Columns of a picture."""
        return self.shape[1]

    @property
    def height(self) -> int:
        """Rows of a picture."""
        return self.shape[0]

    @property
    def channels(self) -> int:
        """Channels of a picture."""
        return self.shape[2]

    @property
    def bits_per_pixel(self) -> float:
        """Bits of the whole file per pixel."""
        return 8 * self.file_bytes / (self.width * self.height)


def info(data: bytes | bytearray | memoryview, *, max_pixels: int | None = None) -> Info:
    """What a file says of itself: shape, pipe, sizes, metadata. Decodes nothing."""
    raw = _core.file_info(data, max_pixels)
    meta = raw.pop("metadata")
    steps = tuple((n, name, dict(p)) for n, name, p in raw.pop("steps"))
    text = " | ".join(f"{name}({', '.join(f'{k}={v!r}' for k, v in p.items())})" for _, name, p in steps)
    raw["shape"], raw["level_bytes"] = tuple(raw["shape"]), tuple(raw["level_bytes"])
    fields = {k: v for k, v in raw.items() if k in Info.__dataclass_fields__}
    return Info(**fields, pipe=text, steps=steps, icc=meta["icc"], exif=meta["exif"], orientation=meta["orientation"])


def imread(path: str | os.PathLike[str], threads: int | None = None) -> np.ndarray:
    """The picture in a file as it is to be shown: ``.vrn``, JPEG, PNG, WebP or TIFF, orientation applied."""
    from .images import read_picture

    return np.ascontiguousarray(read_picture(Path(path), threads).upright().pixels)


def imwrite(path: str | os.PathLike[str], img: Any, quality: int = 90, **options: Any) -> None:
    """Writes a picture in the format its name asks for: whole, or not at all.

    ``options`` go to :func:`compress` for ``.vrn``. PNG, TIFF and WebP are lossless, JPEG is at ``quality``.
    """
    from .images import Picture, write_picture

    image = as_image(img)
    write_picture(Path(path), Picture(image[:, :, 0] if image.shape[2] == 1 else image), quality, **options)


def _world(image_bytes: int, threads: int | None) -> World:
    """A world with room for a picture and all it turns into."""
    return World(arena_bytes=64 * image_bytes + (64 << 20), threads=threads, trace=False)
