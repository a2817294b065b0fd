"""Fetch a known model by name with `huggingface_hub` (progress bar, resumed downloads, checksum)."""

from __future__ import annotations

import functools
import hashlib
import os
import tempfile
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from .._files import write_atomic
from ..errors import ModelError
from .spec import FILE_NAME, ModelSpec, write_model_folder

OFFLINE_VARIABLES = ("VAERANS_OFFLINE", "HF_HUB_OFFLINE")
_PROBE_SECONDS = 3.0


@dataclass(frozen=True)
class HubModel:
    """Where a named model lives on the hub and how it becomes a model folder."""

    repo: str
    kind: str
    """`taesd`: safetensors weights, converted here; `onnx`: a pair of ONNX files; `folder`: a whole model folder."""
    files: tuple[str, ...]
    spec: dict[str, Any] = field(default_factory=dict)
    """Fields of `model.json` that the files themselves do not say."""

    @property
    def page(self) -> str:
        """The repository's address, for messages."""
        return f"https://huggingface.co/{self.repo}"


_KL_F8 = {"downscale": 8, "latent_channels": 4, "input_range": (-1.0, 1.0), "output_range": (-1.0, 1.0)}
_PAIR = ("vae_encoder/model.onnx", "vae_decoder/model.onnx")
_TINY = ("diffusion_pytorch_model.safetensors",)

KNOWN: dict[str, HubModel] = {
    "taesd": HubModel("madebyollin/taesd", "taesd", _TINY),
    "taesdxl": HubModel("madebyollin/taesdxl", "taesd", _TINY),
    "taesd3": HubModel("madebyollin/taesd3", "taesd", _TINY),
    "taef1": HubModel("madebyollin/taef1", "taesd", _TINY),
    "sdxl-vae": HubModel("stabilityai/stable-diffusion-xl-base-1.0", "onnx", _PAIR, {**_KL_F8, "scaling": 0.13025}),
    "sd-vae": HubModel("onnx-community/stable-diffusion-v1-5-ONNX", "onnx", _PAIR, {**_KL_F8, "scaling": 0.18215}),
}


def offline_reason() -> str | None:
    """Why the hub cannot be asked now, or None. A quick probe: the client itself retries for half a minute."""
    for name in OFFLINE_VARIABLES:
        if os.environ.get(name, "").strip().lower() in ("1", "true", "yes", "on"):
            return f"{name} forbids downloading"
    import socket
    import urllib.parse
    import urllib.request

    try:
        from huggingface_hub import constants
    except ImportError:
        return "downloading needs `pip install huggingface_hub`"
    address = urllib.parse.urlsplit(constants.ENDPOINT)
    if address.scheme in urllib.request.getproxies():
        return None
    port = address.port or (443 if address.scheme == "https" else 80)
    try:
        socket.create_connection((address.hostname or "", port), _PROBE_SECONDS).close()
    except OSError as error:
        return f"the hub ({address.hostname}) cannot be reached from here ({error})"
    return None


def _file_sha256(path: Path) -> str:
    with open(path, "rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def download_verified(repo: str, filename: str) -> Path:
    """One file into the hub client's cache; large files are compared with the SHA-256 that the hub states for them."""
    from huggingface_hub import get_hf_file_metadata, hf_hub_download, hf_hub_url

    stated = get_hf_file_metadata(hf_hub_url(repo, filename), timeout=10)
    path = Path(hf_hub_download(repo, filename, revision=stated.commit_hash))
    etag = (stated.etag or "").lower()
    if len(etag) == 64 and (got := _file_sha256(path)) != etag:
        raise ModelError(
            "model.checksum",
            f"{repo}/{filename}: the hub states SHA-256 {etag}, {path} has {got}; delete it and try again",
        )
    return path


def fetch(name: str, folder: Path, download: Callable[[str, str], Path] = download_verified) -> Path:
    """Download the model called `name` (or `hf:owner/repo`) into `folder` and return it.

    The folder appears whole or not at all. Raises `ModelError` (`model.download`, `model.checksum`) or `OSError`.
    """
    files = ("encoder.onnx", "decoder.onnx", FILE_NAME)
    source = KNOWN.get(name) or HubModel(name.removeprefix("hf:"), "folder", files)
    try:
        paths = [download(source.repo, file) for file in source.files]
    except (ModelError, OSError):
        raise
    except Exception as error:  # the client has a family of exceptions of its own for HTTP answers
        what = f"{source.page} did not give {', '.join(source.files)} ({type(error).__name__}: {error})"
        raise ModelError(
            "model.download", f"model {name!r}: {what}; check the name, or fetch the files by hand"
        ) from error
    folder.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix=f".{folder.name}-", dir=folder.parent) as scratch:
        made = Path(scratch) / "model"
        _build(name, source, paths, made)
        if not folder.exists():
            made.rename(folder)
    return folder


def _build(name: str, source: HubModel, paths: list[Path], folder: Path) -> None:
    if source.kind == "taesd":
        from .taesd import convert_taesd

        convert_taesd(paths[0], folder, name)
    elif source.kind == "onnx":
        spec = ModelSpec(name=name, source=source.page, **source.spec)
        write_model_folder(folder, spec, paths[0].read_bytes(), paths[1].read_bytes())
    else:
        folder.mkdir()
        for path, file in zip(paths, source.files, strict=True):
            with open(path, "rb") as source_file:
                write_atomic(folder / file, iter(functools.partial(source_file.read, 1 << 20), b""))
