"""What a Pillow image holds, as samples: one table for `compress`, worlds, metrics, and Pillow's ``save``."""

from __future__ import annotations

import sys
from typing import Any

import numpy as np

from .errors import DataError, ParamError, VaeransError

__all__ = ["is_exact", "is_pillow", "pixels", "samples"]

#: Mode -> (mode that it is converted to, that with a transparent colour, whether every sample comes back by it).
_MODES: dict[str, tuple[str, str, bool]] = {
    "1": ("L", "LA", True),
    "L": ("L", "LA", True),
    "LA": ("LA", "LA", True),
    "La": ("LA", "LA", False),
    "P": ("RGB", "RGBA", True),
    "PA": ("RGBA", "RGBA", True),
    "RGB": ("RGB", "RGBA", True),
    "RGBA": ("RGBA", "RGBA", True),
    "RGBa": ("RGBA", "RGBA", False),
    "RGBX": ("RGB", "RGB", False),
    "CMYK": ("RGB", "RGB", False),
    "YCbCr": ("RGB", "RGB", False),
    "LAB": ("RGB", "RGB", False),
    "HSV": ("RGB", "RGB", False),
}


def is_pillow(image: Any) -> bool:
    """Whether it is an image of Pillow's, which need not be there."""
    pillow = sys.modules.get("PIL.Image")
    return pillow is not None and isinstance(image, pillow.Image)


def pixels(image: Any, exact: bool = False, bits: int | None = None) -> Any:
    """The samples of an image of Pillow's; anything else as it is."""
    if is_pillow(image):
        return samples(image, exact, bits)
    if bits is not None:
        raise ParamError("param.unknown", "bits= belongs to Pillow images of mode I; an array's type says its bits")
    return image


def samples(image: Any, exact: bool = False, bits: int | None = None) -> np.ndarray:
    """Grey, grey and alpha, RGB or RGBA (H, W) or (H, W, C), uint8 or uint16.

    ``exact``: whether every sample must come back, which no conversion between colour spaces promises. ``bits`` are
    those of the samples of mode I, which does not tell them: 8 or 16.

    Raises
    ------
    DataError
        ``data.image_kind`` for a mode without a place here, ``data.range`` for samples beyond ``bits``,
        ``data.image_damaged`` where Pillow itself does not give the samples: of a cut file, of a closed image.
    ParamError
        ``param.range`` for mode I without ``bits`` where not every sample comes back.
    """
    _load(image)
    mode = image.mode
    if mode == "I":
        return _integers(image, exact, bits)
    own = 16 if mode.startswith("I;16") else 8
    if bits not in (None, own):
        raise ParamError("param.range", f"bits={bits!r}; an image of mode {mode} has {own} bits a sample")
    if mode.startswith("I;16"):
        return _sixteen(image)
    if mode not in _MODES:
        advice = "scale the samples and convert them to L or I;16" if mode == "F" else "convert it to RGB"
        raise DataError("data.image_kind", f"mode {mode} has no place in a file; {advice}")
    plain, transparent, comes_back = _MODES[mode]
    if exact and not comes_back:
        text = f"mode {mode} is converted to {plain}, and not every sample comes back from that"
        raise DataError("data.image_kind", f"{text}; convert it yourself, or give up lossless= and max_error=")
    target = transparent if _has_transparency(image) else plain
    try:
        return np.asarray(image if mode == target else image.convert(target))
    except ValueError as error:
        raise DataError(
            "data.image_kind", f"mode {mode} is not converted to {target} by this Pillow: {error}"
        ) from error


def _load(image: Any) -> None:
    """Has Pillow read what it has not read yet."""
    try:
        image.load()
    except VaeransError:
        raise
    except Exception as error:  # OSError, ValueError, SyntaxError, EOFError: as the format likes
        raise DataError("data.image_damaged", f"Pillow gives no samples of the image: {error}") from error


def is_exact(options: dict[str, Any]) -> bool:
    """Whether options of a profile promise something of every sample."""
    lossless = options.get("lossless")
    return (isinstance(lossless, bool | np.bool_) and bool(lossless)) or options.get("max_error") is not None


def _has_transparency(image: Any) -> bool:
    """A transparent colour, or a palette with alpha."""
    palette = getattr(image, "palette", None)
    return "transparency" in image.info or (image.mode == "P" and getattr(palette, "mode", "RGB") == "RGBA")


def _integers(image: Any, exact: bool, bits: int | None) -> np.ndarray:
    if bits is None and not exact:
        text = "mode I does not say how many bits its samples have, and quality depends on it"
        raise ParamError("param.range", f"bits={bits}; {text}: pass bits=8 or bits=16")
    if bits not in (None, 8, 16):
        raise ParamError("param.range", f"bits={bits!r}; 8 or 16 expected")
    most = (1 << (bits or 16)) - 1
    values = np.asarray(image)
    if values.size and (values.min() < 0 or values.max() > most):
        raise DataError("data.range", f"mode I with samples outside 0 to {most}; scale them first")
    return values.astype(np.uint8 if bits == 8 else np.uint16)


def _sixteen(image: Any) -> np.ndarray:
    """Grey of 16 bits from any byte order; a transparent grey becomes alpha."""
    grey = np.asarray(image).astype(np.uint16)
    if "transparency" not in image.info:
        return grey
    clear = image.info["transparency"]
    if isinstance(clear, bool) or not isinstance(clear, int):
        raise DataError("data.image_kind", f"transparency {clear!r} of mode {image.mode}; a grey level expected")
    return np.stack([grey, np.where(grey == clear, 0, 65535).astype(np.uint16)], axis=2)
