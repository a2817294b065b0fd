"""Pictures with what their files say about them: ICC profile, EXIF block, orientation.

The file formats (JPEG, PNG, WebP, TIFF) are read and written in Rust; ``.vrn`` files go through the codec.
`read_picture` gives the samples as stored, `Picture.upright` turns them for showing.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

from . import _arguments as arguments
from ._files import read_bytes, write_atomic
from ._info import Info, told
from .errors import DataError, ParamError

if TYPE_CHECKING:
    import numpy as np

__all__ = [
    "FORMATS",
    "Picture",
    "decode_picture",
    "encode_picture",
    "format_of",
    "is_container",
    "pack",
    "read_picture",
    "read_pictures",
    "turn",
    "unpack",
    "write_picture",
]

Path = str | os.PathLike[str]

#: Extension -> name of the file format.
FORMATS = {
    ".jpg": "jpeg",
    ".jpeg": "jpeg",
    ".jpe": "jpeg",
    ".jfif": "jpeg",
    ".png": "png",
    ".webp": "webp",
    ".tif": "tiff",
    ".tiff": "tiff",
}
#: The extension of the codec's own files.
CONTAINER = ".vrn"


@dataclass(frozen=True)
class Picture:
    """Samples as a file stores them, and its metadata.

    ``pixels`` is (H, W) or (H, W, C) with 2 to 4 channels, ``uint8`` or ``uint16``. ``orientation`` is EXIF's 1 to 8:
    how to turn the samples for showing; 1 is upright. Without it, it is that of the EXIF block, 1 where that has none.
    ``frames`` is how many pictures, frames or pages the file holds: this is the first. ``damage`` says what is wrong
    with a file that was read with ``allow_damaged``, ``dropped`` which metadata of the file is left out and why: a
    profile for CMYK of a picture that is RGB now, or a block that cannot be read.
    """

    pixels: np.ndarray
    icc: bytes | None = field(default=None, repr=False)
    exif: bytes | None = field(default=None, repr=False)
    orientation: int = None  # type: ignore[assignment]  # an int once it is made
    frames: int = 1
    damage: str | None = None
    dropped: str | None = None

    def __post_init__(self) -> None:
        if self.orientation is None:
            object.__setattr__(self, "orientation", exif_orientation(self.exif))

    def upright(self) -> Picture:
        """The picture as it is to be shown; the EXIF block no longer asks for a turn."""
        exif = None if self.exif is None else without_orientation(self.exif)
        return replace(self, pixels=turn(self.pixels, self.orientation), exif=exif, orientation=1)


def turn(pixels: np.ndarray, orientation: int) -> np.ndarray:
    """``pixels`` turned by an EXIF orientation (EXIF 2.32, tag 0x0112), as a view.

    >>> import numpy as np
    >>> turn(np.array([[1, 2], [3, 4]]), 6).tolist()
    [[3, 1], [4, 2]]
    """
    orientation, pixels = arguments.whole("orientation", orientation, 1, 8), arguments.array("pixels", pixels)
    if pixels.ndim < 2:
        raise ParamError("param.shape", f"pixels of shape {pixels.shape}; (H, W) or (H, W, C) expected")
    if orientation >= 5:
        pixels = pixels.swapaxes(0, 1)
    flip_rows = orientation in (3, 4, 7, 8)
    flip_columns = orientation in (2, 3, 6, 7)
    return pixels[:: -1 if flip_rows else 1, :: -1 if flip_columns else 1]


def format_of(path: Path) -> str:
    """The format a file of this name is written in: ``jpeg``, ``png``, ``webp``, ``tiff`` or ``vrn``."""
    extension = os.path.splitext(arguments.path("path", path))[1].lower()
    if extension == CONTAINER:
        return "vrn"
    if extension not in FORMATS:
        expected = ", ".join([CONTAINER, *FORMATS])
        raise ParamError(
            "param.image_format", f"{os.fspath(path)}: no format for {extension!r}; expected one of {expected}"
        )
    return FORMATS[extension]


def decode_picture(data: bytes, *, allow_damaged: bool = False, **limits: int | None) -> Picture:
    """Decode a JPEG, PNG, WebP or TIFF file: its first picture.

    A damaged file is refused. With ``allow_damaged`` a JPEG or PNG file gives what can be saved of it, and ``damage``
    says what is wrong; lost parts are grey (JPEG) or black (PNG). ``limits`` are those of `vaerans_ecs.decompress`:
    ``max_pixels``, and ``max_bytes`` of working memory, which the file itself may not exceed either; one inflated
    profile, EXIF block or text may take a 64th of it.

    Raises `DataError` (`data.image_format`, `data.image_damaged`, `data.image_kind`) or `LimitError`.
    """
    from . import _core

    arguments.flag("allow_damaged", allow_damaged)
    return Picture(*_core.decode_image(arguments.block("data", data) or b"", held(limits), allow_damaged))


def encode_picture(picture: Picture, format: str = "png", quality: int = 90) -> bytes:
    """Encode as ``png``, ``tiff``, ``webp`` (lossless) or ``jpeg`` (at ``quality``).

    The orientation stands in the EXIF block (a block without a tag for it gets one), in TIFF in the file's own tag;
    TIFF holds the fields of the block, without its thumbnail.
    Raises `ParamError` where the format cannot hold the picture (`param.image_format`) or its metadata
    (`param.metadata`): nothing is dropped in silence.
    """
    import numpy as np

    from . import _core

    p = arguments.member("picture", picture, Picture, "a Picture")
    format, quality = arguments.text("format", format), arguments.whole("quality", quality, 0, 100)
    pixels = np.ascontiguousarray(arguments.array("pixels", p.pixels))
    if pixels.dtype not in (np.uint8, np.uint16):
        raise ParamError("param.dtype", f"a picture of type {pixels.dtype}: expected uint8 or uint16; convert it first")
    icc, exif = arguments.block("icc", p.icc), arguments.block("exif", p.exif)
    orientation = arguments.whole("orientation", p.orientation, 1, 8)
    data = _core.encode_image(pixels, format, quality, icc=icc, exif=exif, orientation=orientation)
    return bytes(data)


def read_picture(path: Path, threads: int | None = None, model: Any = None, **limits: int | None) -> Picture:
    """Read a picture file or a ``.vrn`` file, samples as stored. Raises `FileError` and what the decoders raise.

    ``model`` is that of `vaerans_ecs.decompress`, for ``.vrn``, and ``limits`` are its ``max_pixels``, ``max_elements``
    and ``max_bytes``, for every format.
    """
    given = held(limits)
    data = read_bytes(path, given.get("max_bytes"))
    if is_container(data[:16]):
        return unpack(data, threads, model=model, **given)
    return decode_picture(data, **given)


def read_pictures(
    paths: Sequence[Path],
    threads: int | None = None,
    progress: Callable[[int, int], Any] | None = None,
    *,
    allow_damaged: bool = False,
    **limits: int | None,
) -> list[Picture | Exception]:
    """Read JPEG, PNG, WebP and TIFF files on several threads, in Rust, without the GIL.

    Gives a `Picture` or the exception for each path, in order: one bad file costs only its own. After every file
    ``progress(done, total)`` is called; what it raises, and Ctrl-C, stops the reading. ``allow_damaged`` and ``limits``
    are those of `decode_picture`, for each file.
    """
    from . import _core

    names = [arguments.path("paths", path) for path in arguments.iterable("paths", paths, "paths")]
    if progress is not None and not callable(progress):
        raise arguments.wrong("progress", progress, "a function of (done, total)")
    arguments.flag("allow_damaged", allow_damaged)
    found = _core.read_images(names, arguments.threads(threads), progress, held(limits), allow_damaged)
    return [item if isinstance(item, Exception) else Picture(*item) for item in found]


def write_picture(
    path: Path, picture: Picture, quality: int | None = None, overwrite: bool = True, **options: Any
) -> int:
    """Write in the format the name asks for, whole or not at all. Gives the number of bytes.

    ``quality`` is that of `compress` for ``.vrn`` (75 unless given) and JPEG's for JPEG (90). ``options`` go to
    `compress`.
    """
    format = format_of(path)
    arguments.flag("overwrite", overwrite)
    if format == "vrn":
        data = pack(picture, **options, **({} if quality is None else {"quality": quality}))
    elif options:
        raise ParamError(
            "param.unknown", f"{', '.join(options)}: only .vrn files have such options, {path} is {format}"
        )
    else:
        data = encode_picture(picture, format, 90 if quality is None else quality)
    return write_atomic(path, data, overwrite=overwrite)


def profile_options() -> dict[str, dict[str, Any]]:
    """Options of all profiles by name, as the core describes them: type, range, default, one line of text."""
    from . import _core

    return {option["name"]: option for _, options, _ in _core.profiles() for option in options}


def pack(picture: Picture, **options: Any) -> bytes:
    """`compress` with the picture's metadata."""
    from . import api

    p = arguments.member("picture", picture, Picture, "a Picture")
    return bytes(api.compress(p.pixels, **{**metadata(p), **options}))


def metadata(picture: Picture) -> dict[str, Any]:
    """What `compress` takes beside the samples; an upright picture without an EXIF block states no orientation."""
    turn = arguments.whole("orientation", picture.orientation, 1, 8)
    stated = turn if picture.exif or turn != 1 else None
    return {"icc": picture.icc, "exif": picture.exif, "orientation": stated}


def unpack(
    data: bytes,
    threads: int | None = None,
    item: str | None = None,
    *,
    scale: float = 1.0,
    allow_truncated: bool = False,
    model: Any = None,
    **limits: Any,
) -> Picture:
    """`decompress` with the file's metadata; arguments as there."""
    from . import _core

    most = held(limits)
    opened = _core.Opened(arguments.data("data", data), most, arguments.maybe_text("item", item))
    options = {} if model is None else {"model": model}
    about = told(opened)
    picture = unpack_opened(opened, about, threads, scale, allow_truncated, **options)
    has_more = item is None and len(data) > about.file_bytes
    return replace(picture, frames=len(_core.item_names(data, most))) if has_more else picture


def unpack_opened(
    opened: Any,
    about: Info,
    threads: int | None = None,
    scale: float = 1.0,
    allow_truncated: bool = False,
    **options: Any,
) -> Picture:
    """The picture of an opened file, which says ``about`` of itself; ``options`` go to learned decoders."""
    from .opened import samples

    threads, scale = arguments.threads(threads), arguments.real("scale", scale)
    arguments.flag("allow_truncated", allow_truncated)
    geometry(about)
    pixels = samples(opened, threads, scale, None, allow_truncated, **options)
    if pixels.ndim == 3 and pixels.shape[2] == 1:
        pixels = pixels[:, :, 0]
    return Picture(pixels, about.icc, about.exif, about.orientation)


def held(limits: dict[str, int | None]) -> dict[str, Any]:
    """Limits as the core takes them: those that are None are ones a message may advise to raise."""
    every = dict.fromkeys(("max_pixels", "max_bytes", "max_elements")) | limits
    return {name: arguments.maybe_whole(name, value) for name, value in every.items()}


def geometry(about: Info) -> tuple[int, int, int, int]:
    """Height, width, channels and bits of the picture a file holds.

    Raises `DataError` where it holds something else.
    """
    bits = {"uint8": 8, "uint16": 16}.get(str(about.dtype))
    shape = tuple(about.shape)
    channels = shape[2] if len(shape) == 3 else 1
    if bits is None or len(shape) not in (2, 3) or channels not in (1, 2, 3, 4):
        what = f"an array of shape {shape} and type {about.dtype}"
        raise DataError(
            "data.image_kind", f"the file holds {what}, which is no picture; vaerans_ecs.decompress reads it"
        )
    return shape[0], shape[1], channels, bits


def is_container(prefix: bytes) -> bool:
    """Whether a file that begins with these bytes (16 are enough) says that it is a ``.vrn`` file."""
    from . import _core

    return bool(_core.is_container(memoryview(arguments.data("prefix", prefix)).tobytes()))


def exif_orientation(exif: bytes | None) -> int:
    """The orientation an EXIF block states, 1 to 8; 1 where it states none."""
    from . import _core

    return int(_core.exif_orientation(exif)) if exif else 1


def without_orientation(exif: bytes) -> bytes:
    """The block with its orientation set to 1: for a picture that is turned already."""
    from . import _core

    return bytes(_core.reset_exif_orientation(exif))
