"""Learned models: where they are found, what a model folder is, how it runs.

`load(model)` takes a name, a folder, a path, a model object or None (the small model in this package) and returns an
object with `encode_batch`, `decode_batch`, `latent_shape`, `name`, `sha256`, `downscale` and `latent_channels`.
"""

from __future__ import annotations

from .compiled import NativeModel
from .loading import BUILT_IN, ImageModel, load, load_by_sha256, remember
from .lookup import available_models, find_folder, model_dirs, user_cache_dir
from .native import compile_model
from .onnx import OnnxModel
from .session import clear_session_cache
from .spec import ModelSpec, read_spec

__all__ = [
    "BUILT_IN",
    "ImageModel",
    "ModelSpec",
    "NativeModel",
    "OnnxModel",
    "available_models",
    "clear_session_cache",
    "compile_model",
    "find_folder",
    "load",
    "load_by_sha256",
    "model_dirs",
    "read_spec",
    "remember",
    "user_cache_dir",
]
