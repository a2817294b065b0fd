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
    profile : {"photo", "vae"}
        ``"photo"``: wavelets with a model of their context, and predictors without loss, for every picture.
        ``"vae"``: a learned codec, for small files of photos; it ships with the package and needs no other. Grey,
        alpha and 16 bits go in both.
    quality : int
        0 to 100. Qualities of the two profiles are not alike.

        Of ``"photo"`` the quantiser's step never grows as it rises. Of photos, drawings and noise neither size nor PSNR
        fall; smooth pictures may hit a finer step worse: size by 6 %, PSNR by 4 dB, what lies above 48 dB left out. A
        picture below 3 * 2**17 pixels takes the next quality that divides by 2, 4, 5, 20 or 50, the smaller the longer.

        Of ``"vae"`` it chooses one of the codec's 57 qualities, 0.1 to 1.9 bits a pixel on photos: 0 is 26.6 dB on
        average (Kodak), 57 is 32.9 and 100 is 39.0. From 44 on a second layer is coded too. The size of photos and
        drawings does not fall; PSNR may, by 0.5 dB, as the latent is rounded and not the picture; of smooth pictures
        size may fall by 15 % and PSNR by 20 dB; and both may, where ``fallback`` takes ``"photo"`` at one quality and
        not at the next.
    lossless : bool
        Whether every sample must come back: ``"photo"`` by a coder without loss, ``"vae"`` with a residual, which takes
        more bytes. ``quality`` and ``tune`` are then without effect.
    threads : int, optional
        Threads; without it ``VAERANS_THREADS``, then all cores. The bytes do not depend on it.
    model : str or path, optional
        For ``"vae"``. Without it the learned codec that ships, ``"vae1"``; or a folder of such a codec
        (:mod:`vaerans_ecs.models.layered`). ``"pil"`` is the small model of latents that was the default before; any
        other is one of latents, too: a name, folder or file as in :mod:`vaerans_ecs.models`. These take pictures of 1
        or 3 channels, and no ``target_bytes`` or ``target_psnr``; ``fallback`` is without effect.
    engine : {"native", "onnxruntime"}, optional
        For ``"vae"``: what runs the model. ``"native"`` is the core's own engine: the file has the same pixels
        everywhere, and Rust programs and pages decode it too. A learned codec runs in no other. A model of latents is
        compiled for it; without ``engine`` it is ``"native"`` for ``"pil"`` and for compiled models, else
        ``"onnxruntime"``.
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
    **options
        Further options of the profile:

        max_error : int
            No sample, alpha too, is off by more; 0 is lossless, otherwise 1 to 255, of 16 bits to 65535. Of ``"photo"``
            ``quality`` and ``tune`` are then without effect; of ``"vae"`` it is a residual beside the picture.
        effort : int
            ``"photo"``: 1, quickest, to 9, smallest; 5 without it. It changes the encoder alone. From 3 on values are
            searched for; 1 and 2 quantise them plainly.
        tune : {"balanced", "psnr", "msssim"}
            ``"photo"``: what a lossy picture should look good by: both measures alike, the best PSNR, or the best
            MS-SSIM. At one quality the sizes of files differ; compare them at equal bytes.
        target_bytes : int
            The largest file, in bytes, metadata included; the best quality that fits is taken. A file of ``"photo"`` is
            at most 2 % smaller where finer steps would make a larger one and the picture has some thousand bytes.
        target_psnr : float
            The least PSNR in dB, 1 to 100, over grey or red, green and blue; alpha is left out. The smallest file that
            reaches it is taken; of ``"photo"`` at most 0.1 dB above, of files of some hundred bytes 0.3. With either
            target ``quality`` is without effect; both at once, ``lossless`` and ``max_error`` are refused.
        progressive : bool
            ``"photo"``, False without it: lossless files of levels, which show a smaller picture first and decode at a
            ``scale`` without their fine levels; they are larger. Lossy files are always such; without effect on them.
        tile : int
            ``"photo"``: edge of the tiles in pixels, 64 to 1048576, a multiple of 64. Without it pictures of up to
            2**21 pixels are one tile, larger ones have tiles of 1024. Small tiles make larger files, of which regions
            are decoded from fewer bytes.
        fallback : bool
            ``"vae"``, True without it: decode the result, and a file of ``"photo"`` of at most as many bytes, and take
            that one if its MS-SSIM is higher (of pictures with a side below 161 pixels: if its PSNR is higher by more
            than 3 dB). Line art, patterns of single pixels and some noise are coded so. Takes two to three times as
            long. Without effect where the error is bounded.

    Returns
    -------
    bytes
        A whole file.

    Raises
    ------
    ParamError, DataError, LimitError
        What cannot be compressed, and why. ``param.range``: a target that is out of reach (the nearest value is named),
        two targets, a target with ``lossless`` or ``max_error``, ``lossless`` with a ``max_error`` above 0, a bound
        that no sample of the depth can miss, a tile that is no multiple of 64.
    ModelError, UnavailableError
        A model that is not there, is damaged, or cannot be run.

    Examples
    --------
    >>> import numpy as np, vaerans_ecs as ve
    >>> img = np.full((40, 60, 3), 200, np.uint8)
    >>> file = ve.compress(img, lossless=True)
    >>> bool((ve.decompress(file) == img).all())
    True
    >>> len(ve.compress(img, target_bytes=300, tune="psnr")) <= 300
    True
    >>> small = ve.compress(img, profile="vae", target_bytes=600)
    >>> len(small) <= 600, ve.decompress(small).shape
    (True, (40, 60, 3))
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

    A file of a learned codec names it by a SHA-256: the one that ships, or one in the model folders
    (:mod:`vaerans_ecs.models`). Cut behind its first layer, it gives that one with ``allow_truncated=True``; below a
    ``scale`` of 1 it is decoded whole and averaged. A file of a latent names its model likewise. Either may
    be given as ``model``: a name, folder, file or model object. The file says which engine its model ran in, and is
    decoded by that; ``providers`` are those of ONNX Runtime. Files without a network use neither.

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
