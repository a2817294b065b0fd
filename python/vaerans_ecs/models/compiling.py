"""Compiling a model for the core's engine: from ONNX files or a `PILVAE` to plans and weights."""

from __future__ import annotations

import hashlib
import json
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ..errors import ModelError, UnavailableError
from . import cache
from .compiled import NativeModel, Part
from .external import digest_of
from .onnx import OnnxModel

if TYPE_CHECKING:
    from ..pil import PILVAE
    from .loading import ImageModel

#: Passes that other packages do: what they make may change with their versions, and with it the plan's hash.
LEFT_OUT = ("onnxslim",)


def of_model(model: ImageModel) -> NativeModel:
    """A model of ONNX files, or a `PILVAE`: from memory, from the cache, or compiled now.

    Raises
    ------
    ModelError
        ``model.missing_file``, ``model.checksum``, ``model.shape``; ``model.operator`` where the engine cannot run it.
    UnavailableError
        ``unavailable.feature`` for models of other kinds, and where the package ``onnx`` is not there.
    """
    from ..pil import PILVAE

    if isinstance(model, OnnxModel):
        digests = [_digest(model, *part) for part in _parts(model)]
        key = _key(*digests, json.dumps(asdict(model.spec), sort_keys=True))
        return cache.kept(key, lambda: _of_onnx(model, digests[0]))
    if isinstance(model, PILVAE):
        return cache.kept(_key(model.sha256, "pil", ""), lambda: of_pil(model))
    text = f"a model of type {type(model).__name__} has no ONNX files to compile"
    raise UnavailableError("unavailable.feature", f'{text}: pass engine="onnxruntime"')


def _key(*parts: str) -> str:
    from .. import _core

    version = _core.build_info()["version"]
    return hashlib.sha256("\0".join(["vaerans compiled 0", version, *parts]).encode()).hexdigest()


def _parts(model: OnnxModel) -> list[tuple[Path, str]]:
    """The files of decoder and encoder, where it is there, with the SHA-256 that they should have."""
    spec = model.spec
    decoder = model.folder / spec.decoder_file, spec.sha256
    encoder = model.folder / spec.encoder_file, spec.encoder_sha256
    return [decoder, encoder] if encoder[0].is_file() else [decoder]


def _digest(model: OnnxModel, path: Path, claimed: str) -> str:
    if not path.is_file():
        raise ModelError("model.missing_file", f"model file {path} is missing: the folder is incomplete")
    digest = digest_of(path, path.read_bytes())
    if claimed and digest != claimed:
        text = f"{path} has SHA-256 {digest}, model.json says {claimed}"
        raise ModelError("model.checksum", f"{text}: fetch the file again, or fix model.json if it was meant")
    return digest


def _of_onnx(model: OnnxModel, source: str) -> NativeModel:
    from ..wasm.onnx_file import load
    from . import graphs

    (decoder, _), *rest = _parts(model)
    made = _emitted(graphs.decoder(load(decoder), model.spec))
    encoder = _emitted(graphs.encoder(load(rest[0][0]), model.spec)) if rest else None
    return NativeModel.of(model.spec.name, source, made, encoder)


def of_pil(model: PILVAE) -> NativeModel:
    """A `PILVAE`, compiled now."""
    from .._pil_onnx import networks, spec_of
    from ..wasm.onnx_file import load
    from . import graphs

    spec = spec_of(model, model.name)
    encoder, decoder = (load(blob) for blob in networks(model))
    made = _emitted(graphs.decoder(decoder, spec)), _emitted(graphs.encoder(encoder, spec))
    return NativeModel.of(model.name, model.sha256, *made)


def _emitted(model: Any) -> Part:
    from ..wasm.emit import emit
    from ..wasm.exporter import ModelExporter

    return emit(ModelExporter(model, disable=LEFT_OUT).optimize_for_wasm().graph)
