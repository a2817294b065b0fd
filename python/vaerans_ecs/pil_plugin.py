"""``.vrn`` files in Pillow: ``Image.open("x.vrn")``, ``img.save("x.vrn", quality=80)``.

Importing `vaerans_ecs.pillow`, or calling `vaerans_ecs.register_pillow`, makes Pillow know the format.

What Pillow opens is turned upright by the file's orientation, and the EXIF block in ``info["exif"]`` then says 1,
so that ``ImageOps.exif_transpose`` changes nothing. ICC profile and EXIF block are kept both ways; a profile of another
colour space than the picture has is refused.
"""

from __future__ import annotations

from typing import IO, Any

import numpy as np
from PIL import Image, ImageFile

from . import images
from .errors import BitstreamError, DataError, ParamError, VaeransError

__all__ = ["VrnError", "VrnImageFile", "register_pillow"]

FORMAT = "VRN"
MEDIA_TYPE = "image/x-vaerans"
#: Options of ``save`` that go to `vaerans_ecs.compress` as they are, beside those of the profile.
_OPTIONS = ("profile", "model", "threads")
#: What stands in front of an EXIF block in a JPEG file, and in what Pillow's plugins hand out.
_PREFIX = b"Exif\0\0"
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
    _packed: bytes | None = None

    def _open(self) -> None:
        assert self.fp is not None
        data = self.fp.read()
        if not _accept(data[:16]):
            raise SyntaxError("not a .vrn file")
        try:
            about = images.codec().info(data)
            height, width, channels, bits = images.geometry(about)
        except VaeransError as error:
            raise VrnError(error.code, error.message) from error
        turned = about.orientation >= 5
        self._size = (height, width) if turned else (width, height)
        self._mode = "I;16" if (channels, bits) == (1, 16) else _MODES[channels]
        self.info["bits"] = bits
        if about.icc:
            self.info["icc_profile"] = about.icc
        if about.exif:
            self.info["exif"] = _PREFIX + images.without_orientation(about.exif)
        self._packed = data

    def load(self) -> Any:
        """Decode, once."""
        if self._packed is not None:
            try:
                picture = images.unpack(self._packed).upright()
            except VaeransError as error:
                raise VrnError(error.code, error.message) from error
            self.im = _to_pillow(picture.pixels).im
            self._packed = None
            if self.fp is not None and self._exclusive_fp:
                self.fp.close()
            self.fp = None
        return super().load()


def _to_pillow(pixels: np.ndarray) -> Image.Image:
    if pixels.dtype == np.uint16 and pixels.ndim == 3:
        pixels = (pixels >> 8).astype(np.uint8)
    return Image.fromarray(np.ascontiguousarray(pixels))


def _from_pillow(image: Image.Image) -> np.ndarray:
    """Samples of a mode: the nearest grey, grey+alpha, RGB or RGBA. Raises `DataError` for modes without one."""
    mode = image.mode
    if mode.startswith("I"):
        return _integers(image)
    if mode == "F":
        raise DataError("data.image_kind", "mode F holds floating-point samples; scale them and convert to L or I;16")
    transparent = "transparency" in image.info
    if mode in ("P", "PA"):
        target = "RGBA" if transparent or mode == "PA" else "RGB"
    elif mode in ("1", "L"):
        target = "LA" if transparent else "L"
    elif mode in ("LA", "La"):
        target = "LA"
    elif mode in ("RGBA", "RGBa") or (mode == "RGB" and transparent):
        target = "RGBA"
    else:  # RGB, RGBX, CMYK, YCbCr, LAB, HSV
        target = "RGB"
    return np.asarray(image if mode == target else image.convert(target))


def _integers(image: Image.Image) -> np.ndarray:
    samples = np.asarray(image)
    if samples.size and (samples.min() < 0 or samples.max() > 65535):
        raise DataError("data.range", f"mode {image.mode} with samples outside 0 to 65535; scale them first")
    return samples.astype(np.uint16)  # from any byte order


def _exif(block: Any) -> bytes | None:
    """A block as Pillow's plugins take it: bytes, or an `Image.Exif`."""
    if isinstance(block, Image.Exif):
        return block.tobytes()
    try:
        return bytes(memoryview(block or b"")) or None
    except TypeError:
        raise ParamError("param.type", f"exif={block!r}; bytes or an Image.Exif expected") from None


def _save(image: Image.Image, fp: IO[bytes], filename: str | bytes) -> None:
    given = image.encoderinfo
    options = {name: given[name] for name in (*_OPTIONS, *images.profile_options()) if name in given}
    icc = given.get("icc_profile", image.info.get("icc_profile"))
    exif = _exif(given.get("exif", image.info.get("exif")))
    picture = images.Picture(_from_pillow(image), icc or None, exif)
    fp.write(images.pack(picture, **options))


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
    Image.register_extension(FORMAT, images.CONTAINER)
    Image.register_mime(FORMAT, MEDIA_TYPE)
