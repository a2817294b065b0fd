"""Wavelet transforms and the ways back."""

from __future__ import annotations

from . import WaveletCDF53, WaveletCDF53Inverse, WaveletCDF97, WaveletCDF97Inverse, WaveletHaar, WaveletHaarInverse

__all__ = [
    "WaveletCDF53",
    "WaveletCDF53Inverse",
    "WaveletCDF97",
    "WaveletCDF97Inverse",
    "WaveletHaar",
    "WaveletHaarInverse",
]
