"""The systems as plain functions on NumPy arrays, with ``out=`` where an array comes back.

``out`` must be C-contiguous, of the result's shape and dtype, and share no memory with the input.
Every function releases the GIL. ``threads=None`` uses ``VAERANS_THREADS``, then all cores.
"""

from __future__ import annotations

from ..components.wavelet import band_table
from ._entropy import rans_decode, rans_encode
from ._pictures import bd_rate, gaussian_blur, ms_ssim, psnr, ssim
from ._quantize import dequantize, quantize
from ._transform import hadamard, inverse_wavelet, wavelet

__all__ = [
    "band_table",
    "bd_rate",
    "dequantize",
    "gaussian_blur",
    "hadamard",
    "inverse_wavelet",
    "ms_ssim",
    "psnr",
    "quantize",
    "rans_decode",
    "rans_encode",
    "ssim",
    "wavelet",
]
