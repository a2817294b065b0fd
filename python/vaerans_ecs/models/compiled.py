"""Folders of compiled models: both networks as plans and weights, which the core runs, pages and Rust programs too.

    compiled.json      {"format": "vaerans-compiled-model", "version": 0, "name": ..., "sha256": ..., "source": ...}
    decoder/plan.bin, decoder/weights.bin        or decoder.wasm
    encoder/plan.bin, encoder/weights.bin        or encoder.wasm; left out where nothing is encoded

`sha256` is that of the decoder's plan, by which files name the model; `source` that of what it was compiled from.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from .._files import file_errors, read_bytes, write_atomic
from .._network_files import PLAN, WEIGHTS, sections
from ..errors import ModelError

if TYPE_CHECKING:
    from .. import _core

__all__ = ["FILE_NAME", "NativeModel", "read_folder", "write_folder"]

FORMAT, VERSION, FILE_NAME = "vaerans-compiled-model", 0, "compiled.json"
_MAX_JSON = 1 << 16
#: Plan and weights of a network.
Part = tuple[bytes, bytes]


@dataclass(frozen=True)
class NativeModel:
    """A learned model that the core runs, in strict mode: the same bits on every machine."""

    name: str
    source: str
    """SHA-256 of what the decoder was compiled from; empty where that is not known."""
    decoder: Part
    encoder: Part | None
    core: _core.LearnedModel

    @property
    def sha256(self) -> str:
        """SHA-256 of the decoder's plan."""
        return self.core.sha256.hex()

    @property
    def channels(self) -> int:
        """Channels of its latents."""
        return self.core.channels

    @property
    def downscale(self) -> int:
        """Pixels of a sample of a latent along each axis."""
        return self.core.downscale

    @classmethod
    def of(cls, name: str, source: str, decoder: Part, encoder: Part | None) -> NativeModel:
        """Of compiled networks.

        Raises
        ------
        ModelError
            ``model.shape`` for networks that are no model; ``model.plan``, ``model.weights``, ``model.operator``.
        """
        from .. import _core  # `vaerans doctor` looks models up where the native module does not load

        return cls(name, source, decoder, encoder, _core.LearnedModel(decoder, encoder))

    def params(self) -> dict[str, object]:
        """What `VAEEncode` is given in a file."""
        said = {"source": bytes.fromhex(self.source) or None, "name": self.name or None}
        known = {"model": self.core.sha256, "channels": self.channels, "downscale": self.downscale}
        return {**known, **{key: value for key, value in said.items() if value is not None}}


def read_folder(folder: Path) -> NativeModel:
    """The model of a folder.

    Raises
    ------
    ModelError
        ``model.invalid`` for a damaged ``compiled.json``, ``model.checksum`` where it says another SHA-256;
        ``model.missing_file``; as `NativeModel.of`.
    """
    told = _told(folder / FILE_NAME)
    decoder = _part(folder, "decoder")
    if decoder is None:
        raise ModelError("model.missing_file", f"{folder} has neither decoder{'/' + PLAN} nor decoder.wasm")
    model = NativeModel.of(told["name"], told["source"], decoder, _part(folder, "encoder"))
    if told["sha256"] not in ("", model.sha256):
        text = f"{folder}: the decoder's plan has SHA-256 {model.sha256}, {FILE_NAME} says {told['sha256']}"
        raise ModelError("model.checksum", f"{text}: compile the model again")
    return model


def _told(path: Path) -> dict[str, str]:
    blob = read_bytes(path)
    try:
        found = json.loads(blob[: _MAX_JSON + 1])
        told = {key: found.get(key, "") for key in ("name", "sha256", "source")}
        good = found["format"] == FORMAT and found["version"] == VERSION
        good = good and all(isinstance(value, str) for value in told.values())
        good = good and all(not told[key] or len(bytes.fromhex(told[key])) == 32 for key in ("sha256", "source"))
    except (ValueError, TypeError, KeyError, AttributeError) as error:
        raise ModelError("model.invalid", f"{path} is no {FILE_NAME} of this version: {error}") from None
    if not good:
        raise ModelError("model.invalid", f"{path} is no {FILE_NAME} of this version: compile the model again")
    return told


def _part(folder: Path, name: str) -> Part | None:
    if (folder / name / PLAN).is_file():
        return read_bytes(folder / name / PLAN), read_bytes(folder / name / WEIGHTS)
    module = folder / f"{name}.wasm"
    return sections(read_bytes(module), str(module)) if module.is_file() else None


def write_folder(folder: Path, model: NativeModel) -> None:
    """Writes a model; ``compiled.json`` last, so that it marks completeness."""
    parts = {"decoder": model.decoder, "encoder": model.encoder}
    for name, part in parts.items():
        if part is not None:
            with file_errors(folder, "make the folder"):
                (folder / name).mkdir(parents=True, exist_ok=True)
            write_atomic(folder / name / PLAN, part[0])
            write_atomic(folder / name / WEIGHTS, part[1])
    told = {"format": FORMAT, "version": VERSION, "name": model.name, "sha256": model.sha256, "source": model.source}
    write_atomic(folder / FILE_NAME, (json.dumps(told, indent=2) + "\n").encode())
