"""Quality metrics of two pictures, and the Gaussian blur. Definitions: docs/metrics.md."""

from __future__ import annotations

from typing import Any

from .base import NativeSystem

__all__ = ["GaussianBlur", "MetricMSSSIM", "MetricPSNR", "MetricSSIM"]


class GaussianBlur(NativeSystem):
    """Separable Gaussian blur of a picture: RGB or ReconRGB -> BlurRGB. A side product: it has no inverse.

    Parameters
    ----------
    sigma : float
        Standard deviation in pixels, 0 to 1024; the window ends at 4 sigma.
    """

    def __init__(self, sigma: float = 1.0) -> None:
        super().__init__(sigma=float(sigma))


class _Comparison(NativeSystem):
    """Compares the pictures under two keys; the value is one float64."""

    def __init__(self, src: str = "RGB", recon: str = "ReconRGB", **params: Any) -> None:
        super().__init__(src=src, recon=recon, **params)


class MetricPSNR(_Comparison):
    """Peak signal-to-noise ratio over all samples, in dB: RGB, ReconRGB -> PSNR. Infinite for equal pictures.

    Parameters
    ----------
    src, recon : str
        Keys of the two pictures.
    """


class MetricSSIM(_Comparison):
    """Mean structural similarity over 7 x 7 windows, as scikit-image's: RGB, ReconRGB -> SSIM.

    Parameters
    ----------
    src, recon : str
        Keys of the two pictures; sides of at least 7 pixels.
    """


class MetricMSSSIM(_Comparison):
    """Multi-scale structural similarity (Wang 2003), mean over the channels: RGB, ReconRGB -> MSSSIM.

    Parameters
    ----------
    src, recon : str
        Keys of the two pictures.
    scales : int
        1 to 5; s scales need sides of at least ``10 * 2**(s - 1) + 1`` pixels (161 for 5).
    """

    def __init__(self, src: str = "RGB", recon: str = "ReconRGB", scales: int = 5) -> None:
        super().__init__(src, recon, scales=scales)
