"""Whole pictures: ``compress``, ``decompress``, ``info``, ``imread``, ``imwrite``."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import numpy as np

from . import _arguments as arguments
from . import _core, images
from ._info import Info, told
from ._metadata import filled, metadata_of
from ._pillow_modes import is_exact
from .errors import ParamError
from .opened import samples
from .pipe import Pipe
from .profile_vae import compress_vae
from .world import as_image

__all__ = ["Info", "Pipe", "compress", "decompress", "imread", "imwrite", "info"]


def compress(
    img: Any,
    profile: str = "photo",
    quality: int = 75,
    lossless: bool = False,
    threads: int | None = None,
    *,
    model: str | os.PathLike[str] | None = None,
    engine: str | None = None,
    icc: bytes | None = None,
    exif: bytes | None = None,
    orientation: int | None = None,
    bits: int | None = None,
    max_pixels: int | None = None,
    max_bytes: int | None = None,
    **options: Any,
) -> bytes:
    """Compresses a picture into a ``.vrn`` file.

    Parameters
    ----------
    img : array, (H, W) or (H, W, C), uint8 or uint16; or a Pillow image
        Grey, grey and alpha, RGB or RGBA. Alpha that is opaque throughout is left out of RGBA. A Pillow image of
        another mode is converted to the nearest of these, or refused where ``lossless`` or ``max_error`` promise its
        samples.
    profile : str
        ``"photo"`` (no network) or ``"vae"`` (a learned latent; 3 channels of 8 bits).
    quality : int
        0 to 100. The quantiser's step never grows as it rises. Of photos, drawings and noise ``"photo"`` lets neither
        size nor PSNR fall; smooth pictures may hit a finer step worse: size by 5 %, PSNR by 7 dB of a ramp and by 20 dB
        of a flat picture, what lies above 48 dB left out. A picture below 2**18 pixels takes the next quality that
        divides by 2, 5, 20 or 50, the smaller the longer. Of ``"vae"`` the size of photos and drawings does not fall;
        PSNR may, by 0.5 dB, as the latent is quantised and not the picture; of smooth pictures size may fall by 15 %
        and PSNR by 20 dB.
    lossless : bool
        Whether every sample must come back: ``photo`` without a quantiser, ``vae`` with a residual.
    threads : int, optional
        Threads; without it ``VAERANS_THREADS``, then all cores. The bytes do not depend on it.
    model : str or path, optional
        For ``"vae"``: a name, folder or file as in :mod:`vaerans_ecs.models`; without it the model that ships.
    engine : {"native", "onnxruntime"}, optional
        For ``"vae"``: what runs the model. ``"native"`` compiles it for the core's own engine: the file then has the
        same pixels everywhere, and Rust programs decode it too. Without it ``"native"`` for the model that ships and
        for compiled models, else ``"onnxruntime"``.
    icc, exif : bytes, optional
        Metadata that travels with the picture: an ICC profile of its colour space, an EXIF block (``Exif\\0\\0`` in
        front is left out). Without them a Pillow image's own are taken, those of its ``info`` and its ``getexif()``;
        ``b""`` is none.
    orientation : int, optional
        EXIF orientation 1 to 8: how a viewer turns the stored samples. Without it that of the EXIF block counts;
        with it the block's is set to it.
    bits : int, optional
        For a Pillow image of mode I, which does not tell: 8 or 16 bits a sample.
    max_pixels, max_bytes : int, optional
        Largest picture that is accepted, and most bytes of working memory.
    options
        Further options of the profile: ``max_error`` (no sample off by more; 0 is lossless), ``tile`` (edge of the
        independent tiles of ``photo`` in pixels).

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
    options = {"quality": quality, "lossless": lossless, **options}
    # What is wrong with them is told before the picture is looked at.
    _core.profile_options(arguments.text("profile", profile), options)
    threads, metadata = arguments.threads(threads), metadata_of(icc, exif, orientation)
    limits = _limits(max_pixels=max_pixels, max_bytes=max_bytes)
    image = np.require(as_image(img, limits, is_exact(options), bits), requirements=["C", "A"])
    metadata = filled(metadata, img)
    if profile == "vae":
        return compress_vae(image, options, threads, model, engine, metadata, limits)
    for name, value in (("model", model), ("engine", engine)):
        if value is not None:
            raise ParamError("param.unknown", f'{name}= belongs to profile="vae"')
    return _core.compress_photo(image, options, threads, metadata, limits)


def decompress(
    data: bytes | bytearray | memoryview,
    threads: int | None = None,
    *,
    scale: float = 1,
    region: tuple[int, int, int, int] | None = None,
    max_pixels: int | None = None,
    max_bytes: int | None = None,
    max_elements: int | None = None,
    allow_truncated: bool = False,
    model: Any = None,
    providers: Any = None,
    item: str | None = None,
) -> np.ndarray:
    """The stored samples of a ``.vrn`` file, (H, W, C), or the tensor of a file without a picture.

    The EXIF orientation is not applied: :func:`imread` and Pillow do that. A file cut after some level of a
    ``photo`` picture gives that level with ``allow_truncated=True``.

    ``scale`` is 1, 1/2, 1/4, ...: the picture with sides of ``ceil(n * scale)`` pixels, of a ``photo`` file without
    reading its fine levels (a cut file that holds the coarse ones will do); below 1 a residual is left out. ``region``
    is (x, y, width, height) in pixels of the whole picture; tiles outside are not decoded. ``item`` names one of a file
    of many items; without it the first is taken.

    A file of a learned latent names its model by a SHA-256; it is looked for in the model folders
    (:mod:`vaerans_ecs.models`), or is ``model``: a name, folder, file or model object. The file says which engine its
    model ran in, and is decoded by that; ``providers`` are those of ONNX Runtime. Files without a network use neither.

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
        More pixels than ``max_pixels`` (2**28 without it), more elements of a tensor than ``max_elements`` (2**30), or
        more working memory than ``max_bytes`` (4 GiB), of which a header may take a small part. Elements and memory
        that are not given follow ``max_pixels``: 4 elements and 104 bytes a pixel, 2**22 and 128 MiB at least.
    UnavailableError, ModelError, PipeError
        A network or a custom system that the file needs is not there.
    """
    limits = _limits(max_pixels=max_pixels, max_bytes=max_bytes, max_elements=max_elements)
    threads, scale, region = arguments.threads(threads), arguments.real("scale", scale), _rectangle(region)
    arguments.flag("allow_truncated", allow_truncated)
    opened = _core.Opened(arguments.data("data", data), limits, arguments.maybe_text("item", item))
    options = {k: v for k, v in (("model", model), ("providers", providers)) if v is not None}
    return samples(opened, threads, scale, region, allow_truncated, **options)


def _limits(**given: Any) -> dict[str, int | None]:
    return {name: arguments.maybe_whole(name, value) for name, value in given.items()}


def _rectangle(region: Any) -> tuple[int, int, int, int] | None:
    if region is None:
        return None
    sides = arguments.integers("region", region)
    if len(sides) != 4:
        raise ParamError("param.type", f"region has {len(sides)} numbers; x, y, width, height expected")
    return sides[0], sides[1], sides[2], sides[3]


def info(
    data: bytes | bytearray | memoryview,
    *,
    max_pixels: int | None = None,
    max_bytes: int | None = None,
    max_elements: int | None = None,
    item: str | None = None,
) -> Info:
    """What a file says of itself: shape, pipe, sizes, metadata. Decodes nothing; limits as for :func:`decompress`."""
    limits = _limits(max_pixels=max_pixels, max_bytes=max_bytes, max_elements=max_elements)
    return told(_core.Opened(arguments.data("data", data), limits, arguments.maybe_text("item", item)))


def imread(
    path: str | os.PathLike[str],
    threads: int | None = None,
    *,
    max_pixels: int | None = None,
    max_bytes: int | None = None,
    max_elements: int | None = None,
    model: Any = None,
) -> np.ndarray:
    """The picture in a file as it is to be shown: ``.vrn``, JPEG, PNG, WebP or TIFF, orientation applied.

    The limits are those of :func:`decompress` for every format, ``model`` is its argument for ``.vrn``.
    """
    limits = {"max_pixels": max_pixels, "max_bytes": max_bytes, "max_elements": max_elements}
    picture = images.read_picture(Path(arguments.path("path", path)), arguments.threads(threads), model, **limits)
    return np.ascontiguousarray(picture.upright().pixels)


def imwrite(
    path: str | os.PathLike[str],
    img: Any,
    quality: int = 90,
    *,
    icc: bytes | None = None,
    exif: bytes | None = None,
    orientation: int | None = None,
    bits: int | None = None,
    **options: Any,
) -> None:
    """Writes a picture in the format its name asks for: whole, or not at all.

    ``icc``, ``exif``, ``orientation`` and ``bits`` are those of :func:`compress`, in every format; further ``options``
    go there for ``.vrn``. PNG, TIFF and WebP are lossless, JPEG is at ``quality``.
    """
    target, quality = Path(arguments.path("path", path)), arguments.whole("quality", quality, 0, 100)
    given = metadata_of(icc, exif, orientation)
    exact = is_exact(options) if images.format_of(target) == "vrn" else images.format_of(target) != "jpeg"
    image = as_image(img, None, exact, bits)
    picture = images.Picture(image[:, :, 0] if image.shape[2] == 1 else image, **filled(given, img))
    images.write_picture(target, picture, quality, **options)
