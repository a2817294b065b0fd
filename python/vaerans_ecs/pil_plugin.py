"""``.vrn`` files in Pillow: ``Image.open("x.vrn")``, ``img.save("x.vrn", quality=80)``.

Importing `vaerans_ecs.pillow`, or calling `vaerans_ecs.register_pillow`, makes Pillow know the format.

What Pillow opens is turned upright by the file's orientation, and the EXIF block in ``info["exif"]`` then says 1,
so that ``ImageOps.exif_transpose`` changes nothing. ICC profile and EXIF block are kept both ways; a profile of another
colour space than the picture has is refused.

``save`` takes the options of `vaerans_ecs.compress`: ``profile``, ``model``, ``threads``, and those of the profile
(``quality``, ``lossless``, ``max_error``, ``effort``, ``tune``, ``target_bytes``, ``target_psnr``, ``progressive``,
``tile``, ``fallback``); of the image ``icc_profile``, ``exif``, ``bits``. Others are ``param.unknown``.
"""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from typing import IO, Any

import numpy as np
from PIL import Image, ImageFile

from . import _arguments as arguments
from . import _core, api, images  # noqa: F401  # the whole codec now, and not in some thread later
from ._info import Info, told
from ._metadata import carried, metadata_of
from ._pillow_modes import is_exact, samples
from .errors import BitstreamError, DataError, ParamError, VaeransError

__all__ = ["VrnError", "VrnImageFile", "register_pillow"]

FORMAT = "VRN"
MEDIA_TYPE = "image/x-vaerans"
#: Options of ``save`` that go to `vaerans_ecs.compress` as they are, beside those of the profile.
_OPTIONS = ("profile", "model", "threads")
#: What stands in front of an EXIF block in a JPEG file, and in what Pillow's plugins hand out.
_PREFIX = b"Exif\0\0"
#: Those that say something of the image.
_ABOUT = ("icc_profile", "exif", "bits")
#: Most halvings that ``draft`` asks for.
_MOST_HALVINGS = 8
#: Channels of 8 bits -> mode.
_MODES = {1: "L", 2: "LA", 3: "RGB", 4: "RGBA"}


class VrnError(BitstreamError, OSError):
    """A damaged file, as an ``OSError`` too: what programs that use Pillow look out for."""


class VrnImageFile(ImageFile.ImageFile):
    """An opened ``.vrn`` file. The header is read at once, the samples when they are first needed.

    ``info`` holds ``icc_profile`` and ``exif`` where the file has them, and ``bits``: 16-bit colour has no mode in
    Pillow and is shown in 8, as Pillow shows 16-bit PNGs; `vaerans_ecs.imread` gives all bits.
    """

    format = FORMAT
    format_description = "vaerans picture"
    #: The file, parsed; until its samples are there.
    _opened: _core.Opened | None = None
    _about: Info
    _halvings = 0

    def _open(self) -> None:
        assert self.fp is not None
        data = self.fp.read()
        if not _accept(data[:16]):
            raise SyntaxError("not a .vrn file")
        with _os_errors():
            opened = _core.Opened(data)
            about = told(opened)
            height, width, channels, bits = images.geometry(about)
        turned = about.orientation >= 5
        self._size = (height, width) if turned else (width, height)
        self._mode = "I;16" if (channels, bits) == (1, 16) else _MODES[channels]
        self.info["bits"] = bits
        if about.icc:
            self.info["icc_profile"] = about.icc
        if about.exif:
            self.info["exif"] = _PREFIX + images.without_orientation(about.exif)
        self._opened, self._about = opened, about

    def draft(self, mode: str | None, size: tuple[int, int] | None) -> Any:
        """Prepares for decoding at 1/2, 1/4, ... of the size, the smallest that is not below ``size``, as JPEGs do.

        What ``thumbnail`` needs is decoded without the fine levels of the file. The mode stays as it is.
        """
        if self._opened is None or self._halvings or not size:
            return None
        (width, height), ratio = (
            self._size,
            min(have / max(want, 1) for have, want in zip(self._size, size, strict=True)),
        )
        self._halvings = min(int(ratio).bit_length() - 1, _MOST_HALVINGS) if ratio >= 1 else 0
        n = 1 << self._halvings
        self._size = (-(-width // n), -(-height // n))
        return self.mode, (0, 0, width / n, height / n)

    def verify(self) -> None:
        """Holds every section of the file against its checksum; nothing is decoded."""
        if self._opened is not None:
            with _os_errors():
                self._opened.verify()
        super().verify()

    def load(self) -> Any:
        """Decode, once. A file that was cut gives what is there if ``ImageFile.LOAD_TRUNCATED_IMAGES`` is set."""
        if self._opened is not None:
            truncated = bool(ImageFile.LOAD_TRUNCATED_IMAGES)
            with _os_errors():
                picture = images.unpack_opened(
                    self._opened, self._about, scale=0.5**self._halvings, allow_truncated=truncated
                )
            self.im = _to_pillow(picture.upright().pixels).im
            self._opened = None
            if self.fp is not None and self._exclusive_fp:
                self.fp.close()
            self.fp = None
        return super().load()

    def close(self) -> None:
        """Gives the file back; samples that were not loaded before are no longer to be had."""
        self._opened = None
        super().close()


@contextlib.contextmanager
def _os_errors() -> Iterator[None]:
    """Errors of files as Pillow's users look out for them."""
    try:
        yield
    except VaeransError as error:
        raise VrnError(error.code, error.message) from error


def _to_pillow(pixels: np.ndarray) -> Image.Image:
    if pixels.dtype == np.uint16 and pixels.ndim == 3:
        pixels = (pixels >> 8).astype(np.uint8)
    return Image.fromarray(np.ascontiguousarray(pixels))


def _save_all(image: Image.Image, fp: IO[bytes], filename: str | bytes) -> None:
    frames = getattr(image, "n_frames", 1) + len(image.encoderinfo.pop("append_images", None) or ())
    if frames > 1:
        raise DataError(
            "data.image_kind", f"{frames} frames; a .vrn file of Pillow's holds one picture: save them one by one"
        )
    _save(image, fp, filename)


def _save(image: Image.Image, fp: IO[bytes], filename: str | bytes) -> None:
    given = image.encoderinfo
    known = (*_OPTIONS, *images.profile_options())
    if strange := [name for name in given if name not in (*known, *_ABOUT)]:
        there = ", ".join((*known, *_ABOUT))
        raise ParamError("param.unknown", f"{', '.join(strange)}: .vrn files have no such option; there are {there}")
    options = {name: given[name] for name in known if name in given}
    pixels = samples(image, is_exact(options), arguments.maybe_whole("bits", given.get("bits")))
    own_icc, own_exif = carried(image)
    metadata = metadata_of(given.get("icc_profile", own_icc), given.get("exif", own_exif), None)
    fp.write(images.pack(images.Picture(pixels, metadata["icc"], metadata["exif"]), **options))


def _accept(prefix: bytes) -> bool:
    return images.is_container(prefix)


def register_pillow() -> None:
    """Make Pillow read and write ``.vrn``. Calling it again does nothing more.

    >>> import io
    >>> import vaerans_ecs
    >>> from PIL import Image
    >>> vaerans_ecs.register_pillow()
    >>> file = io.BytesIO()
    >>> Image.new("RGB", (8, 6), "red").save(file, "VRN", lossless=True)
    >>> Image.open(file).size
    (8, 6)
    """
    Image.register_open(FORMAT, VrnImageFile, _accept)
    Image.register_save(FORMAT, _save)
    Image.register_save_all(FORMAT, _save_all)
    Image.register_extension(FORMAT, images.CONTAINER)
    Image.register_mime(FORMAT, MEDIA_TYPE)
