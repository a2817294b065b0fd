"""Transforms: colour, Hadamard, wavelets."""

from __future__ import annotations

from typing import Any

from .base import NativeSystem

__all__ = [
    "Hadamard4",
    "Hadamard4Inverse",
    "WaveletCDF53",
    "WaveletCDF53Inverse",
    "WaveletCDF97",
    "WaveletCDF97Inverse",
    "WaveletHaar",
    "WaveletHaarInverse",
    "YCoCgR",
    "YCoCgRInverse",
]


class Hadamard4(NativeSystem):
    """Orthonormal Hadamard rotation of groups of 4 channels: Latent4 -> YUVW4.

    Parameters
    ----------
    size : int
        Channels per group: 2, 4, 8 or 16. The number of channels must be a multiple of it.
    """

    def __init__(self, size: int = 4) -> None:
        super().__init__(size=size)

    @classmethod
    def inverse(cls, size: int = 4) -> Hadamard4Inverse:
        """The system that undoes it."""
        return Hadamard4Inverse(size=size)


class Hadamard4Inverse(NativeSystem):
    """Undoes :class:`Hadamard4`."""

    def __init__(self, size: int = 4) -> None:
        super().__init__(size=size)


class _Wavelet(NativeSystem):
    def __init__(self, levels: int = 4, **params: Any) -> None:
        super().__init__(levels=levels, **params)


class WaveletCDF53(_Wavelet):
    """CDF 5/3 (LeGall) wavelet, ``levels`` deep: Latent4, YUVW4 or Planes -> WaveletPyr.

    Reversible in integers on int32 planes, lifting in float32 on latents. Any size down to 1 x 1.
    """

    @classmethod
    def inverse(cls, levels: int = 4) -> WaveletCDF53Inverse:
        """The system that undoes it."""
        return WaveletCDF53Inverse(levels=levels)


class WaveletCDF53Inverse(_Wavelet):
    """Undoes :class:`WaveletCDF53`."""


class WaveletCDF97(_Wavelet):
    """CDF 9/7 wavelet, ``levels`` deep, float32: Latent4, YUVW4 or Planes -> WaveletPyr."""

    @classmethod
    def inverse(cls, levels: int = 4) -> WaveletCDF97Inverse:
        """The system that undoes it."""
        return WaveletCDF97Inverse(levels=levels)


class WaveletCDF97Inverse(_Wavelet):
    """Undoes :class:`WaveletCDF97`."""


class WaveletHaar(_Wavelet):
    """Haar wavelet, ``levels`` deep: Latent4, YUVW4 or Planes -> WaveletPyr."""

    @classmethod
    def inverse(cls, levels: int = 4) -> WaveletHaarInverse:
        """The system that undoes it."""
        return WaveletHaarInverse(levels=levels)


class WaveletHaarInverse(_Wavelet):
    """Undoes :class:`WaveletHaar`."""


class YCoCgR(NativeSystem):
    """Luma-chroma transform of an image: RGB -> Planes.

    Parameters
    ----------
    float : bool
        float32 planes for lossy transforms, without the floors of the reversible int32 transform.
    """

    def __init__(self, float: bool = False) -> None:
        super().__init__(float=float)

    @classmethod
    def inverse(cls, float: bool = False) -> YCoCgRInverse:
        """The system that undoes it."""
        return YCoCgRInverse(float=float)


class YCoCgRInverse(NativeSystem):
    """Undoes :class:`YCoCgR`: Planes -> ReconRGB."""

    def __init__(self, float: bool = False) -> None:
        super().__init__(float=float)
