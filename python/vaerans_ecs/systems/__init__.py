"""Systems: the steps a pipe is made of. Importing this imports neither ONNX Runtime nor scikit-image."""

from . import native as _native
from .base import NativeSystem, System, TensorType, register_system, registered
from .layered import LayeredVAEDecode, LayeredVAEEncode
from .learned import VAEDecode, VAEEncode
from .native import *  # noqa: F403
from .vae import OnnxVAEDecode, OnnxVAEEncode, PILVAEDecode, PILVAEEncode

__all__ = [
    "LayeredVAEDecode",
    "LayeredVAEEncode",
    "NativeSystem",
    "OnnxVAEDecode",
    "OnnxVAEEncode",
    "PILVAEDecode",
    "PILVAEEncode",
    "System",
    "TensorType",
    "VAEDecode",
    "VAEEncode",
    "register_system",
    "registered",
]
__all__ += _native.__all__
