"""The codecs we are compared with, each with the settings DESIGN and docs/metrics.md name.

A peer whose library is absent is listed as skipped with the reason, never an error. Every encoder and decoder is held
to one thread, so that times compare like with like.
"""

from __future__ import annotations

import functools
import importlib
import io
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from .. import _arguments as arguments
from ._errors import param
from .model import Skipped

if TYPE_CHECKING:
    import numpy as np

    Picture = np.ndarray


@dataclass(frozen=True)
class Peer:
    """A codec outside ours. ``version()`` raises ImportError, with the reason, where the library is missing.

    ``encode(img, quality)`` takes (H, W, 3) uint8; ``quality`` is the codec's own knob, named by ``knob``.
    """

    name: str
    settings: str
    knob: str
    qualities: tuple[float, ...]
    version: Callable[[], str]
    encode: Callable[[Picture, float], bytes]
    decode: Callable[[bytes], Picture]
    mime: str | None = None  # of a format every browser shows: its files go into the page as they are


def _pillow_version(feature: str, library: str) -> str:
    from PIL import __version__, features

    if not features.check(feature):
        raise ImportError(f"Pillow {__version__} is built without {library}")
    return f"Pillow {__version__}, {library} {features.version(feature)}"


def _jpeg_version() -> str:
    from PIL import features

    # "jpg" is only the version of the interface (6b); libjpeg-turbo says which encoder it is
    turbo = features.check("libjpeg_turbo")
    return _pillow_version("libjpeg_turbo", "libjpeg-turbo") if turbo else _pillow_version("jpg", "libjpeg")


def _pillow_save(img: Picture, kind: str, **options: Any) -> bytes:
    from PIL import Image

    out = io.BytesIO()
    Image.fromarray(img).save(out, kind, **options)
    return out.getvalue()


def _pillow_open(data: bytes) -> Picture:
    import numpy as np
    from PIL import Image

    return np.asarray(Image.open(io.BytesIO(data)).convert("RGB"))


def _jpeg(img: Picture, quality: float) -> bytes:
    return _pillow_save(img, "JPEG", quality=int(quality), progressive=True, optimize=True, subsampling="4:2:0")


def _webp(img: Picture, quality: float) -> bytes:
    return _pillow_save(img, "WEBP", quality=int(quality), method=6)


def _avif(img: Picture, quality: float) -> bytes:
    return _pillow_save(img, "AVIF", quality=int(quality), speed=6, subsampling="4:4:4", codec="aom", max_threads=1)


def _avif_version() -> str:
    version = _pillow_version("avif", "libavif")
    library = importlib.import_module("PIL._avif")
    if not library.encoder_codec_available("aom"):
        raise ImportError(f"{version} has no libaom encoder")
    return f"{version}, {library.codec_versions()}"


def _jpeg2000(img: Picture, ratio: float) -> bytes:
    return _pillow_save(
        img, "JPEG2000", quality_mode="rates", quality_layers=[ratio], irreversible=True, mct=1, no_jp2=False
    )


def _jxl(img: Picture, distance: float) -> bytes:
    import imagecodecs

    return bytes(imagecodecs.jpegxl_encode(img, distance=distance, effort=7, numthreads=1))


def _jxl_open(data: bytes) -> Picture:
    import imagecodecs

    return imagecodecs.jpegxl_decode(data, numthreads=1)


def _jxl_version() -> str:
    try:
        import imagecodecs
    except ImportError as error:
        raise ImportError("needs imagecodecs (pip install imagecodecs)") from error
    if not imagecodecs.JPEGXL.available:
        raise ImportError(f"imagecodecs {imagecodecs.__version__} is built without libjxl")
    return f"imagecodecs {imagecodecs.__version__}, {imagecodecs.jpegxl_version()}"


# Knobs are chosen so that the mean curve over photographs spans 27 to 40 dB with at least 8 points.
PEERS: dict[str, Peer] = {
    peer.name: peer
    for peer in (
        Peer(
            "JPEG",
            "progressive, optimised Huffman tables, 4:2:0",
            "quality",
            (5, 10, 20, 30, 40, 50, 60, 70, 80, 88, 93, 96),
            _jpeg_version,
            _jpeg,
            _pillow_open,
            "image/jpeg",
        ),
        Peer(
            "WebP",
            "method 6",
            "quality",
            (0, 5, 15, 25, 40, 55, 70, 80, 88, 94, 98),
            lambda: _pillow_version("webp", "libwebp"),
            _webp,
            _pillow_open,
            "image/webp",
        ),
        Peer(
            "AVIF",
            "libaom, speed 6, 4:4:4",
            "quality",
            (10, 20, 30, 40, 50, 60, 70, 78, 85, 91),
            _avif_version,
            _avif,
            _pillow_open,
            "image/avif",
        ),
        Peer(
            "JPEG XL",
            "effort 7, VarDCT",
            "distance",
            (14, 9, 6, 4.2, 3, 2.1, 1.5, 1, 0.6, 0.35),
            _jxl_version,
            _jxl,
            _jxl_open,
        ),
        Peer(
            "JPEG 2000",
            "OpenJPEG, 9/7, one layer",
            "ratio",
            (200, 130, 85, 56, 37, 24, 16, 11, 7.5, 5),
            lambda: _pillow_version("jpg_2000", "OpenJPEG"),
            _jpeg2000,
            _pillow_open,
        ),
    )
}

ANCHOR = "JPEG"


def _jxl_lossless(img: Picture, effort: float) -> bytes:
    import imagecodecs

    return bytes(imagecodecs.jpegxl_encode(img, lossless=True, effort=int(effort), numthreads=1))


LOSSLESS: dict[str, Peer] = {
    peer.name: peer
    for peer in (
        Peer(
            "PNG",
            "lossless, optimised",
            "effort",
            (9,),
            lambda: _pillow_version("zlib", "zlib"),
            lambda img, _: _pillow_save(img, "PNG", optimize=True),
            _pillow_open,
        ),
        Peer(
            "WebP lossless",
            "method 4",
            "effort",
            (4,),
            lambda: _pillow_version("webp", "libwebp"),
            lambda img, effort: _pillow_save(img, "WEBP", lossless=True, method=int(effort), quality=75),
            _pillow_open,
        ),
        Peer(
            "JPEG 2000 lossless",
            "OpenJPEG, 5/3",
            "layers",
            (1,),
            lambda: _pillow_version("jpg_2000", "OpenJPEG"),
            lambda img, _: _pillow_save(img, "JPEG2000", irreversible=False, mct=1),
            _pillow_open,
        ),
        Peer("JPEG XL lossless", "effort 3 and 7", "effort", (3, 7), _jxl_version, _jxl_lossless, _jxl_open),
    )
}


def _known() -> dict[str, Peer]:
    return {**PEERS, **LOSSLESS}


def _plain(name: str) -> str:
    """``JPEG XL``, ``jpeg-xl`` and ``JpegXL`` are one name."""
    return "".join(c for c in name.lower() if c.isalnum())


@functools.cache
def version(name: str) -> str:
    """The library and version that stands behind a peer (part of the cache key). Raises ImportError if absent."""
    return _known()[name].version()


def known_peer(name: str) -> str:
    """The peer's name as it is spelled here; case, spaces and hyphens do not matter.

    >>> known_peer("jpeg-xl")
    'JPEG XL'

    Raises
    ------
    ParamError
        ``param.unknown`` for a name that no peer has.
    """
    spelling = {_plain(known): known for known in _known()}
    if not isinstance(name, str) or _plain(name) not in spelling:
        raise param("param.unknown", f"there is no peer {name!r}; known: {', '.join(_known())}")
    return spelling[_plain(name)]


def available(names: Iterable[str] | None = None) -> tuple[list[Peer], list[Skipped]]:
    """The peers that run here, and those that do not with the reason. ``None`` asks for all.

    Raises ``ParamError`` (``param.unknown``) for a name that no peer has.

    >>> peers, skipped = available(["jpeg"])
    >>> [peer.name for peer in peers]
    ['JPEG']
    """
    if isinstance(names, str):
        names = [names]
    names = None if names is None else arguments.iterable("peers", names, "names of codecs")
    found: list[Peer] = []
    skipped: list[Skipped] = []
    for name in PEERS if names is None else dict.fromkeys(known_peer(asked) for asked in names):
        try:
            version(name)
        except ImportError as error:
            skipped.append(Skipped(name, str(error)))
        except Exception as error:  # a broken binary package must not take the report down
            skipped.append(Skipped(name, f"{type(error).__name__}: {error}"))
        else:
            found.append(_known()[name])
    return found, skipped
