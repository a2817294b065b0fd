"""Systems: the steps a pipe is made of. Importing this imports neither ONNX Runtime nor scikit-image."""

from .base import NativeSystem, System, register_system, registered
from .entropy import ANSDecode, ANSEncode
from .quality import GaussianBlur, MetricMSSSIM, MetricPSNR, MetricSSIM
from .quantize import DeadZone, DeadZoneInverse, Dequantize, QuantizeU8
from .residual import AddResidual, Residual
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
    "ANSDecode",
    "ANSEncode",
    "AddResidual",
    "DeadZone",
    "DeadZoneInverse",
    "Dequantize",
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
    "QuantizeU8",
    "Residual",
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
