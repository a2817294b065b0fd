"""Systems: the steps a pipe is made of. Importing this imports neither ONNX Runtime nor scikit-image."""

from .base import NativeSystem, System, register_system, registered
from .quality import GaussianBlur, MetricMSSSIM, MetricPSNR, MetricSSIM
from .transform import (
    Hadamard4,
    Hadamard4Inverse,
    WaveletCDF53,
    WaveletCDF53Inverse,
    WaveletCDF97,
    WaveletCDF97Inverse,
    WaveletHaar,
    WaveletHaarInverse,
    YCoCgR,
    YCoCgRInverse,
)
from .vae import OnnxVAEDecode, OnnxVAEEncode, PILVAEDecode, PILVAEEncode

__all__ = [
    "GaussianBlur",
    "Hadamard4",
    "Hadamard4Inverse",
    "MetricMSSSIM",
    "MetricPSNR",
    "MetricSSIM",
    "NativeSystem",
    "OnnxVAEDecode",
    "OnnxVAEEncode",
    "PILVAEDecode",
    "PILVAEEncode",
    "System",
    "WaveletCDF53",
    "WaveletCDF53Inverse",
    "WaveletCDF97",
    "WaveletCDF97Inverse",
    "WaveletHaar",
    "WaveletHaarInverse",
    "YCoCgR",
    "YCoCgRInverse",
    "register_system",
    "registered",
]
