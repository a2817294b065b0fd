"""Pictures: blur, and how near one is to another."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from .. import _arguments as arguments
from .. import _core
from ..errors import ParamError
from ._arrays import channels, pair, picture, result

__all__ = ["bd_rate", "gaussian_blur", "ms_ssim", "psnr", "ssim"]


def gaussian_blur(
    x: np.ndarray, sigma: float, out: np.ndarray | None = None, *, threads: int | None = None
) -> np.ndarray:
    """Separable Gaussian blur of a picture (H, W) or (H, W, C), ``sigma`` in pixels.

    Mirrors about the outer edges and cuts the window at 4 sigma, as ``scipy.ndimage.gaussian_filter`` does;
    uint8 and uint16 are rounded once, at the end.
    """
    x = picture(x, "x")
    out = result(out, x.shape, x.dtype)
    sigma = arguments.real("sigma", sigma)
    _core.gaussian_blur(channels(x), channels(out), sigma, arguments.threads(threads))
    return out


def psnr(a: np.ndarray, b: np.ndarray, *, peak: float | None = None) -> float:
    """Peak signal-to-noise ratio in dB over all samples; infinite for equal pictures.

    Parameters
    ----------
    a, b : ndarray
        Pictures of one shape and dtype: uint8, uint16 or float32.
    peak : float, optional
        255 for uint8, 65535 for uint16, 1 for float32.

    Examples
    --------
    >>> import numpy as np
    >>> from vaerans_ecs.functional import psnr
    >>> a = np.zeros((8, 8, 3), np.uint8)
    >>> round(psnr(a, a + np.uint8(1)), 2)
    48.13
    """
    return _core.psnr(*pair(a, b), arguments.maybe_real("peak", peak))


def ssim(a: np.ndarray, b: np.ndarray, *, peak: float | None = None, threads: int | None = None) -> float:
    """Mean structural similarity, 7 x 7 uniform window, mean over channels: scikit-image's definition."""
    return _core.ssim(*pair(a, b), arguments.maybe_real("peak", peak), arguments.threads(threads))


def ms_ssim(
    a: np.ndarray, b: np.ndarray, *, scales: int = 5, peak: float | None = None, threads: int | None = None
) -> float:
    """Multi-scale SSIM after Wang 2003: 11 x 11 Gaussian of sigma 1.5, mean over channels.

    A side under 161 pixels is refused (``data.too_small``) unless fewer ``scales`` are asked for.
    """
    scales, peak = arguments.whole("scales", scales), arguments.maybe_real("peak", peak)
    return _core.ms_ssim(*pair(a, b), scales, peak, arguments.threads(threads))


def bd_rate(
    anchor: Sequence[tuple[float, float]],
    test: Sequence[tuple[float, float]],
    *,
    window: tuple[float, float] | None = (27.0, 40.0),
) -> float:
    """Bytes that ``test`` takes more than ``anchor`` at equal quality, in percent (negative: fewer).

    Parameters
    ----------
    anchor, test : sequence of (rate, quality)
        At least 8 points each: rate in bits per pixel (or bytes), quality in dB. For MS-SSIM pass
        ``-10 log10(1 - value)`` and ``window=None``.
    window : (float, float), optional
        Range of quality in dB that is compared, cut to what both curves cover.
    """
    bounds = None if window is None else _two("window", window)
    return _core.bd_rate(_points("anchor", anchor), _points("test", test), bounds)


def _points(name: str, curve: Any) -> list[tuple[float, float]]:
    points = arguments.iterable(name, curve, "pairs (rate, quality)")
    return [_two(f"{name}[{i}]", point) for i, point in enumerate(points)]


def _two(name: str, value: Any) -> tuple[float, float]:
    found = arguments.numbers(name, value)
    if len(found) != 2:
        raise ParamError("param.shape", f"{name} has {len(found)} numbers; 2 expected")
    return found[0], found[1]
