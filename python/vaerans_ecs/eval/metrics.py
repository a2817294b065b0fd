"""Quality of a decoded picture, by the one definition in docs/metrics.md (the engine's own kernels)."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any, NamedTuple

from .. import _arguments as arguments
from ..errors import ParamError

if TYPE_CHECKING:
    import numpy as np

# Raised whenever a definition below changes, so that cached points of an older definition are measured again.
METRICS_VERSION = 1

MS_SSIM_SCALES = 5
SSIM_WINDOW = 11  # the Gaussian window of MS-SSIM; scikit-image's SSIM uses 7


class Quality(NamedTuple):
    """PSNR in dB (``None`` when the pictures are equal), SSIM and MS-SSIM (``None`` on pictures that are too small)."""

    psnr: float | None
    ssim: float | None
    ms_ssim: float | None
    lossless: bool


def ms_ssim_scales(height: int, width: int) -> int:
    """Scales a picture has room for: the window must fit the coarsest one (5 need a side of 161). 0: none fits."""
    side = min(arguments.whole("height", height), arguments.whole("width", width))
    scales = 0
    while scales < MS_SSIM_SCALES and side > (SSIM_WINDOW - 1) << scales:
        scales += 1
    return scales


def check_rgb8(name: str, picture: Any) -> np.ndarray:
    """A picture (H, W, 3) of uint8, and nothing else."""
    array = arguments.array(name, picture, "an array (H, W, 3)")
    if array.ndim != 3 or array.shape[2] != 3:
        raise ParamError("param.shape", f"{name} of shape {array.shape}; (H, W, 3) expected")
    if array.dtype != "uint8":
        raise ParamError("param.dtype", f"{name} of {array.dtype}; uint8 expected")
    return array


def measure(original: np.ndarray, decoded: np.ndarray) -> Quality:
    """Compare two (H, W, 3) uint8 pictures, on one thread: a sweep runs points side by side."""
    from .. import functional

    original, decoded = (
        check_rgb8(name, picture) for name, picture in {"original": original, "decoded": decoded}.items()
    )
    scales = ms_ssim_scales(*original.shape[:2])
    psnr = float(functional.psnr(original, decoded))
    return Quality(
        psnr=None if math.isinf(psnr) else psnr,
        ssim=float(functional.ssim(original, decoded, threads=1)) if min(original.shape[:2]) >= 7 else None,
        ms_ssim=float(functional.ms_ssim(original, decoded, scales=scales, threads=1)) if scales else None,
        lossless=math.isinf(psnr),
    )
