"""Loading a model by name, folder or object, and what is asked of one."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any, Protocol, runtime_checkable

import numpy as np

from .. import _arguments as arguments
from ..errors import ModelError, ParamError
from .lookup import PIL_SUFFIX, available_models, find_folder, find_pil_file, folders_by_sha256, model_dirs
from .onnx import OnnxModel
from .session import Providers

__all__ = ["BUILT_IN", "ImageModel", "is_shipped", "load", "load_by_sha256", "remember"]

#: The name of the model that ships.
BUILT_IN = "pil"


@runtime_checkable
class ImageModel(Protocol):
    """What the codec needs of a model: shapes and meanings as in `OnnxModel`."""

    @property
    def name(self) -> str: ...
    @property
    def sha256(self) -> str: ...
    @property
    def downscale(self) -> int: ...
    @property
    def latent_channels(self) -> int: ...
    def latent_shape(self, height: int, width: int) -> tuple[int, int, int]: ...
    def encode_batch(
        self, images: Any, out: np.ndarray | None = None, scratch: np.ndarray | None = None
    ) -> np.ndarray: ...
    def decode_batch(
        self, latents: np.ndarray, shapes: Any, out: np.ndarray | None = None, dtype: Any = ...,
        scratch: np.ndarray | None = None,
    ) -> np.ndarray: ...  # fmt: skip


def load(
    model: str | os.PathLike[str] | ImageModel | None = None,
    providers: Providers | None = None,
    session_options: Any = None,
    sha256: str | None = None,
) -> ImageModel:
    """Load a model.

    Args:
        model: a name (`taesd`, `sdxl-vae`, your own, `hf:owner/repo`), a model folder, an `.npz` of `PILVAE.save` (its
            path, or its name where it lies in one of `model_dirs()`), a model object, or None: the one shipped.
        providers: ONNX Runtime execution providers, best first; None is the CPU.
        session_options: `onnxruntime.SessionOptions`, or a dict of its attributes (config entries: names with a dot).
        sha256: what the model's weights must be, as a compressed file states it.

    Raises:
        ModelError: not found (`model.not_found` says what to put where), damaged or not what it says it is.
    """
    sha256 = arguments.maybe_text("sha256", sha256)
    found = _load(model, providers, session_options)
    if sha256 and found.sha256 != sha256.lower():
        text = f"model {found.name!r} has weights {found.sha256}, the data was made with {sha256}"
        raise ModelError("model.checksum", f"{text}: pass the model it was made with")
    return found


def _load(model: Any, providers: Providers | None, session_options: Any) -> ImageModel:
    if is_shipped(model):
        from ..pil import default_model

        return default_model()
    if isinstance(model, (str, os.PathLike)):
        place = find_pil_file(model) if str(model).endswith(PIL_SUFFIX) else find_folder(model)
        if place.suffix == PIL_SUFFIX:
            from ..pil import PILVAE

            return PILVAE.load(place)
        return OnnxModel(place, providers, session_options)
    if isinstance(model, ImageModel):
        return model
    raise ParamError("param.type", f"model= is a name, a path, a model object or None, got {type(model).__name__}")


def is_shipped(model: Any) -> bool:
    """Whether the model that ships is meant."""
    return model is None or (isinstance(model, str) and model == BUILT_IN)


def load_by_sha256(sha256: str, providers: Providers | None = None, session_options: Any = None) -> ImageModel:
    """The model with these weights: the built-in one, or one in `model_dirs()`. Raises `model.not_found`."""
    sha256 = arguments.text("sha256", sha256).lower()
    for model in (load(), *_remembered.get(sha256, ())):
        if model.sha256 == sha256:
            folder = folder_of(model)
            return model if folder is None else load(folder, providers, session_options, sha256)
    for folder in folders_by_sha256(sha256):
        return load(folder, providers, session_options, sha256)
    where = ", ".join(map(str, model_dirs()))
    text = f"no model with SHA-256 {sha256} in {where} (found: {sorted(available_models())})"
    hint = "put the model folder the data was made with there, or pass model="
    raise ModelError("model.not_found", f"{text}: {hint}")


_remembered: dict[str, tuple[ImageModel, ...]] = {}


def remember(model: ImageModel) -> None:
    """Let `load_by_sha256` find a model of this process that is in none of `model_dirs()`."""
    arguments.member("model", model, ImageModel, "a model object")
    _remembered[model.sha256] = (model,)


def folder_of(model: ImageModel) -> Path | None:
    """The folder a model was loaded from, if it came from one."""
    return getattr(model, "folder", None)
