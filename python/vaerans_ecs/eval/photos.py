"""Pictures of a report: found, read one at a time, and brought to the 8-bit RGB that every codec can take."""

from __future__ import annotations

import functools
import glob
import hashlib
import os
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import numpy as np

SUFFIXES = (".png", ".jpg", ".jpeg", ".webp", ".tif", ".tiff", ".bmp", ".ppm", ".avif", ".vrn")


@dataclass
class Source:
    """A picture not yet read. ``read()`` gives an array of any layout ``to_rgb8`` knows."""

    name: str
    read: Callable[[], np.ndarray]
    file_bytes: int | None = None


@dataclass
class Loaded:
    """A picture as compared: (H, W, 3) uint8, contiguous; ``note`` says what was changed to get there."""

    name: str
    rgb: np.ndarray
    sha256: str
    file_bytes: int | None
    note: str


def sources(photos: Any) -> list[Source]:
    """Pictures named by a path, folder, glob, array, (name, array) pair, a mapping of names, or any list of those.

    Folders are searched one level deep, sorted by name. Names are made unique.
    """
    found = list(_expand(photos))
    if not found:
        from ._errors import param

        raise param("param.range", f"no picture found in {photos!r}; give files, a folder of pictures or arrays")
    seen: dict[str, int] = {}
    for source in found:
        seen[source.name] = count = seen.get(source.name, 0) + 1
        if count > 1:
            source.name = f"{source.name} ({count})"
    return found


def _expand(photos: Any) -> Iterator[Source]:
    import numpy as np

    if isinstance(photos, np.ndarray):
        yield Source("picture", lambda: photos)
    elif isinstance(photos, (str, os.PathLike)):
        yield from _files(Path(photos))
    elif isinstance(photos, Mapping):
        for name, value in photos.items():
            yield from _named(str(name), value)
    elif isinstance(photos, tuple) and len(photos) == 2 and isinstance(photos[0], str) and _is_array(photos[1]):
        yield from _named(*photos)
    elif isinstance(photos, Iterable):
        for photo in photos:
            yield from _expand(photo)
    else:
        from ._errors import param

        raise param("param.type", f"{type(photos).__name__} is no picture; expected a path, a folder or an array")


def _is_array(value: Any) -> bool:
    return hasattr(value, "__array_interface__") or hasattr(value, "__array__")


def _named(name: str, value: Any) -> Iterator[Source]:
    import numpy as np

    if isinstance(value, (str, os.PathLike)):
        path = Path(value)
        yield Source(name, lambda: _read_file(path), path.stat().st_size)
    else:
        yield Source(name, lambda: np.asarray(value))


def _files(path: Path) -> Iterator[Source]:
    if path.is_dir():
        paths = sorted(p for p in path.iterdir() if p.suffix.lower() in SUFFIXES)
    elif path.exists():
        paths = [path]
    else:
        paths = sorted(Path(p) for p in glob.glob(str(path)))
        if not paths:
            raise FileNotFoundError(f"no such picture: {path}")
    for file in paths:
        yield Source(file.name, functools.partial(_read_file, file), file.stat().st_size)


def _read_file(path: Path) -> np.ndarray:
    import numpy as np

    if path.suffix.lower() != ".vrn":
        try:
            from PIL import Image, ImageOps
        except ImportError:
            pass
        else:
            with Image.open(path) as image:
                return np.asarray(_plain(ImageOps.exif_transpose(image)))
    from ..api import imread

    return imread(path)


def _plain(image: Any) -> Any:
    """Palettes, CMYK and the like as RGB(A); 16-bit grey stays."""
    if image.mode in ("L", "LA", "RGB", "RGBA", "I;16"):
        return image
    return image.convert("RGBA" if "transparency" in image.info else "RGB")


def to_rgb8(img: np.ndarray) -> tuple[np.ndarray, str]:
    """(H, W), (H, W, 1..4) of uint8 or uint16 to (H, W, 3) uint8, and what was done in words."""
    import numpy as np

    if img.ndim not in (2, 3) or (img.ndim == 3 and not 1 <= img.shape[2] <= 4) or 0 in img.shape:
        from ._errors import param

        raise param("param.shape", f"a picture of shape {img.shape}; expected (H, W) or (H, W, 1..4), no side of 0")
    if img.dtype not in (np.uint8, np.uint16):
        from ._errors import param

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
    return Loaded(source.name, rgb, picture_sha256(rgb), source.file_bytes, note)
