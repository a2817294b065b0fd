"""Pictures of a report: found, read one at a time, and brought to the 8-bit RGB that every codec can take."""

from __future__ import annotations

import functools
import glob
import hashlib
import io
import os
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from .. import _arguments as arguments
from .._files import FileMissing, file_errors, read_bytes
from .._pillow_modes import pixels
from .._text import visible
from ..errors import DataError, LimitError
from ._errors import param

if TYPE_CHECKING:
    import numpy as np

SUFFIXES = (".png", ".jpg", ".jpeg", ".webp", ".tif", ".tiff", ".bmp", ".ppm", ".avif", ".vrn")


@dataclass
class Source:
    """A picture not yet read. ``read()`` gives an array of any layout ``to_rgb8`` knows."""

    name: str
    read: Callable[[], np.ndarray]
    path: Path | None = None


@dataclass
class Loaded:
    """A picture as compared: (H, W, 3) uint8, contiguous; ``note`` says what was changed to get there."""

    name: str
    rgb: np.ndarray
    sha256: str
    file_bytes: int | None
    note: str


def sources(photos: Any, notes: list[str] | None = None) -> list[Source]:
    """Pictures named by a path, folder, glob, array, (name, array) pair, a mapping of names, or any list of those.

    Folders are searched one level deep, sorted by name; what is no picture there is told in ``notes``. Names are made
    unique.

    Raises
    ------
    FileMissing
        ``unavailable.file`` for a path or glob that names nothing.
    ParamError
        ``param.type``, ``param.range`` where no picture is named.
    """
    found = list(_expand(photos, [] if notes is None else notes))
    if not found:
        raise param("param.range", "no picture found; give files, a folder of pictures or arrays")
    seen: dict[str, int] = {}
    for source in found:
        seen[source.name] = count = seen.get(source.name, 0) + 1
        if count > 1:
            source.name = f"{source.name} ({count})"
    return found


def _expand(photos: Any, notes: list[str]) -> Iterator[Source]:
    import numpy as np

    if isinstance(photos, np.ndarray):
        yield Source("picture", lambda: photos)
    elif isinstance(photos, (str, os.PathLike)):
        yield from _files(Path(photos), notes)
    elif isinstance(photos, Mapping):
        for name, value in photos.items():
            yield _named(str(name), value)
    elif isinstance(photos, tuple) and len(photos) == 2 and isinstance(photos[0], str) and _is_array(photos[1]):
        yield _named(*photos)
    elif isinstance(photos, Iterable) and not isinstance(photos, (bytes, bytearray, memoryview)):
        for photo in photos:
            yield from _expand(photo, notes)
    else:
        raise param("param.type", f"{type(photos).__name__} is no picture; expected a path, a folder or an array")


def _is_array(value: Any) -> bool:
    return hasattr(value, "__array_interface__") or hasattr(value, "__array__")


def _named(name: str, value: Any) -> Source:
    import numpy as np

    if isinstance(value, (str, os.PathLike)):
        path = Path(value)
        return Source(name, lambda: _read_file(path), path)
    return Source(name, lambda: np.asarray(value))


def _files(path: Path, notes: list[str]) -> Iterator[Source]:
    if path.is_dir():
        with file_errors(path, "list the folder"):
            listed = sorted(path.iterdir())
        paths = [p for p in listed if p.suffix.lower() in SUFFIXES and _is_readable(p)]
        others = [p.name for p in listed if p not in set(paths)]
        if others:
            notes.append(f"left out of {path.name}, no pictures: {', '.join(others)}")
    elif os.path.lexists(path):
        paths = [path]
    else:
        paths = sorted(Path(p) for p in glob.glob(str(path)))
        if not paths:
            raise FileMissing("unavailable.file", f"{visible(str(path))}: no such picture or folder; check the path")
    for file in paths:
        yield Source(file.name, functools.partial(_read_file, file), file)


def _is_readable(path: Path) -> bool:
    """A file, or what turns out to be none when it is read: no folder, pipe or device."""
    return path.is_file() or not path.exists()


def _read_file(path: Path) -> np.ndarray:
    from ..api import imread

    if path.suffix.lower() == ".vrn":
        return imread(path)
    try:
        from PIL import Image, UnidentifiedImageError
    except ImportError:
        return imread(path)
    data = read_bytes(path)
    try:
        return _with_pillow(data)
    except MemoryError:
        raise
    except UnidentifiedImageError:
        raise DataError(
            "data.image_format", f"{visible(str(path))}: no picture that Pillow knows; convert it first"
        ) from None
    except Image.DecompressionBombError as error:
        raise LimitError("limit.dimensions", f"{visible(str(path))}: {error}; set PIL.Image.MAX_IMAGE_PIXELS") from None
    except Exception as error:  # what is wrong with a file is told in many ways
        raise DataError("data.image_damaged", f"{visible(str(path))}: {error}; fetch the file again") from error


def _with_pillow(data: bytes) -> np.ndarray:
    import numpy as np
    from PIL import Image, ImageOps

    with Image.open(io.BytesIO(data)) as image:
        return np.asarray(_plain(ImageOps.exif_transpose(image)))


def _plain(image: Any) -> Any:
    """Palettes, CMYK and the like as RGB(A); 16-bit grey stays."""
    if image.mode in ("L", "LA", "RGB", "RGBA", "I;16"):
        return image
    return image.convert("RGBA" if "transparency" in image.info else "RGB")


def to_rgb8(img: np.ndarray) -> tuple[np.ndarray, str]:
    """(H, W), (H, W, 1..4) of uint8 or uint16 to (H, W, 3) uint8, and what was done in words."""
    import numpy as np

    img = arguments.array("picture", pixels(img), "a picture")
    if img.ndim not in (2, 3) or (img.ndim == 3 and not 1 <= img.shape[2] <= 4) or 0 in img.shape:
        raise param("param.shape", f"a picture of shape {img.shape}; expected (H, W) or (H, W, 1..4), no side of 0")
    if img.dtype not in (np.uint8, np.uint16):
        raise param("param.dtype", f"a picture of {img.dtype}; expected uint8 or uint16")
    notes = []
    if img.dtype == np.uint16:
        img = ((img.astype(np.uint32) + 128) // 257).astype(np.uint8)
        notes.append("16 bit compared as 8")
    img = img[..., None] if img.ndim == 2 else img
    if img.shape[2] in (2, 4):
        img = img[..., :-1]
        notes.append("alpha left out")
    if img.shape[2] == 1:
        img = np.repeat(img, 3, axis=2)
        notes.append("grey compared as RGB")
    return np.ascontiguousarray(img), ", ".join(notes)


def picture_sha256(rgb: np.ndarray) -> str:
    """SHA-256 over the shape and the samples."""
    digest = hashlib.sha256(repr(rgb.shape).encode())
    digest.update(rgb.tobytes())
    return digest.hexdigest()


def load(source: Source) -> Loaded:
    """Read a picture and convert it."""
    rgb, note = to_rgb8(source.read())
    size = None if source.path is None else source.path.stat().st_size
    return Loaded(source.name, rgb, picture_sha256(rgb), size, note)
