"""`model.json`: what a model folder says about its `encoder.onnx` and `decoder.onnx`.

Every field is checked before a model is used: the file may come from anywhere.
"""

from __future__ import annotations

import hashlib
import json
import math
import os
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from .. import _arguments as arguments
from .._files import file_errors, write_atomic
from ..errors import ModelError

FORMAT = "vaerans-model"
VERSION = 1
FILE_NAME = "model.json"
MAX_JSON_BYTES = 1 << 20
MAX_DOWNSCALE = 128
MAX_CHANNELS = 4096


@dataclass(frozen=True)
class ModelSpec:
    """The content of a `model.json`.

    A latent as users see it is `(raw - shift) * scaling`, where `raw` is what the encoder network returns;
    the decoder network gets `latent / scaling + shift`.
    """

    name: str
    downscale: int
    """Pixels per latent sample along each axis; pictures are edge-padded to a multiple of it."""
    latent_channels: int
    encoder_mean: str = ""
    """Output of the encoder that holds the mean; empty: its only output."""
    mean_channels: tuple[int, int] | None = None
    """Range of channels of that output that is the mean (a moments output holds mean, then log variance)."""
    input_range: tuple[float, float] = (0.0, 1.0)
    output_range: tuple[float, float] = (0.0, 1.0)
    """What black and white are for the encoder's input and the decoder's output."""
    channel_order: str = "RGB"
    scaling: float = 1.0
    shift: float = 0.0
    encoder_file: str = "encoder.onnx"
    decoder_file: str = "decoder.onnx"
    sha256: str = ""
    """SHA-256 of the decoder file: the weights a reader needs. Empty: not pinned."""
    encoder_sha256: str = ""
    license: str = ""
    source: str = ""

    def to_json(self) -> str:
        """The text of `model.json`."""
        return json.dumps({"format": FORMAT, "version": VERSION, **asdict(self)}, indent=2) + "\n"


def _fail(path: Path, field: str, expected: str, got: Any) -> ModelError:
    text = repr(got)
    text = text if len(text) <= 80 else text[:77] + "..."
    return ModelError("model.invalid", f"{path}: field '{field}': expected {expected}, got {text}; see docs/models.md")


class _Fields:
    """Typed access to a JSON object that says path and field when a value does not fit."""

    def __init__(self, path: Path, content: dict[str, Any]) -> None:
        self.path, self.content = path, content

    def text(self, key: str, default: str | None = None, most: int = 4096) -> str:
        value = self.content.get(key, default)
        if not isinstance(value, str) or len(value) > most or "\0" in value:
            raise _fail(self.path, key, f"a string of at most {most} characters", value)
        return value

    def integer(self, key: str, least: int, most: int) -> int:
        value = self.content.get(key)
        if type(value) is not int or not least <= value <= most:
            raise _fail(self.path, key, f"an integer from {least} to {most}", value)
        return value

    def number(self, key: str, default: float, nonzero: bool = False) -> float:
        value = self.content.get(key, default)
        if type(value) not in (int, float) or not _finite(value) or (nonzero and value == 0):
            raise _fail(self.path, key, "a finite number" + (" other than 0" if nonzero else ""), value)
        return float(value)

    def pair(self, key: str, default: tuple[float, float]) -> tuple[float, float]:
        value = self.content.get(key, list(default))
        good = isinstance(value, list) and len(value) == 2 and all(type(v) in (int, float) for v in value)
        if not good or not all(_finite(v) for v in value) or not value[0] < value[1]:
            raise _fail(self.path, key, "[low, high] with low < high", value)
        return float(value[0]), float(value[1])

    def file(self, key: str, default: str) -> str:
        value = self.text(key, default, 255)
        if value in ("", ".", "..") or any(c in value for c in "/\\:"):
            raise _fail(self.path, key, "the name of a file in the model folder, without a path", value)
        return value

    def digest(self, key: str) -> str:
        value = self.text(key, "", 64).lower()
        if value and (len(value) != 64 or any(c not in "0123456789abcdef" for c in value)):
            raise _fail(self.path, key, "64 hexadecimal digits", value)
        return value


def _finite(value: float) -> bool:
    """Finite, and not so large or small that float32 arithmetic on it would not be."""
    return value == 0 or (abs(value) < 1e30 and abs(value) > 1e-30 and math.isfinite(value))


def _mean_channels(fields: _Fields, channels: int) -> tuple[int, int] | None:
    value = fields.content.get("mean_channels")
    if value is None:
        return None
    good = isinstance(value, list) and len(value) == 2 and all(type(v) is int for v in value)
    if not good or not 0 <= value[0] < value[1] <= 2 * MAX_CHANNELS or value[1] - value[0] != channels:
        raise _fail(fields.path, "mean_channels", f"null or [first, end) spanning {channels} channels", value)
    return value[0], value[1]


def parse_spec(path: Path, blob: bytes) -> ModelSpec:
    """Check the bytes of a `model.json`; `path` is for messages. Raises `ModelError("model.invalid")`."""
    try:
        content = json.loads(blob)
    except (ValueError, RecursionError) as error:
        raise _fail(path, "(whole file)", "a JSON object", str(error)) from None
    if not isinstance(content, dict):
        raise _fail(path, "(whole file)", "a JSON object", type(content).__name__)
    if content.get("format") != FORMAT:
        raise _fail(path, "format", f"{FORMAT!r}", content.get("format"))
    if content.get("version") != VERSION:
        raise _fail(path, "version", f"{VERSION} (is this vaerans_ecs too old?)", content.get("version"))
    return _spec(_Fields(path, content))


def _spec(fields: _Fields) -> ModelSpec:
    order = fields.text("channel_order", "RGB", 8)
    if order not in ("RGB", "BGR"):
        raise _fail(fields.path, "channel_order", "'RGB' or 'BGR'", order)
    channels = fields.integer("latent_channels", 1, MAX_CHANNELS)
    return ModelSpec(
        name=fields.text("name", fields.path.parent.name, 255),
        downscale=fields.integer("downscale", 1, MAX_DOWNSCALE),
        latent_channels=channels,
        encoder_mean=fields.text("encoder_mean", "", 255),
        mean_channels=_mean_channels(fields, channels),
        input_range=fields.pair("input_range", (0.0, 1.0)),
        output_range=fields.pair("output_range", (0.0, 1.0)),
        channel_order=order,
        scaling=fields.number("scaling", 1.0, nonzero=True),
        shift=fields.number("shift", 0.0),
        encoder_file=fields.file("encoder_file", "encoder.onnx"),
        decoder_file=fields.file("decoder_file", "decoder.onnx"),
        sha256=fields.digest("sha256"),
        encoder_sha256=fields.digest("encoder_sha256"),
        license=fields.text("license", ""),
        source=fields.text("source", ""),
    )


def read_spec(folder: Path) -> ModelSpec:
    """Read and check `folder/model.json`. Raises `ModelError` (`model.missing_file`, `model.invalid`)."""
    path = Path(arguments.path("folder", folder)) / FILE_NAME
    try:
        with open(path, "rb") as file:
            blob = file.read(MAX_JSON_BYTES + 1)
    except FileNotFoundError:
        raise ModelError(
            "model.missing_file", f"{folder} has no {FILE_NAME}; see docs/models.md for its fields"
        ) from None
    except OSError as error:
        raise ModelError("model.missing_file", f"cannot read {path}: {error.strerror or error}") from None
    if len(blob) > MAX_JSON_BYTES:
        raise _fail(path, "(whole file)", f"at most {MAX_JSON_BYTES} bytes", f"more than {MAX_JSON_BYTES}")
    return parse_spec(path, blob)


def sha256_of(data: bytes) -> str:
    """SHA-256 as 64 lower-case hexadecimal digits."""
    return hashlib.sha256(data).hexdigest()


def write_model_folder(folder: str | os.PathLike[str], spec: ModelSpec, encoder: bytes, decoder: bytes) -> ModelSpec:
    """Write the three files of a model folder, digests filled in; `model.json` last, so that it marks completeness."""
    folder = Path(folder)
    with file_errors(folder, "make the folder"):
        folder.mkdir(parents=True, exist_ok=True)
    digests = {"sha256": sha256_of(decoder), "encoder_sha256": sha256_of(encoder)}
    spec = ModelSpec(**{**asdict(spec), **digests})
    write_atomic(folder / spec.encoder_file, encoder)
    write_atomic(folder / spec.decoder_file, decoder)
    write_atomic(folder / FILE_NAME, spec.to_json().encode())
    return spec
