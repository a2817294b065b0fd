"""Weights of an ONNX file that lie in other files of its folder ("external data")."""

from __future__ import annotations

import hashlib
import re
from pathlib import Path

from .._files import read_bytes
from ..errors import ModelError

__all__ = ["digest_of", "parts"]

#: A StringStringEntryProto of the key "location": where a tensor's bytes lie. Its value follows, its length in front.
_LOCATION = re.compile(rb"\x0a\x08location\x12([\x01-\x7f]|[\x80-\xff][\x01-\x07])", re.DOTALL)


def parts(path: Path, blob: bytes) -> list[Path]:
    """Other files that the ONNX file ``path``, of the bytes ``blob``, keeps weights in, by name.

    Raises
    ------
    ModelError
        ``model.invalid`` for one outside the folder, ``model.missing_file`` for one that is not there.
    """
    folder = path.parent.resolve()
    return [_inside(path, folder, name) for name in sorted(set(_names(path, blob)))]


def _names(path: Path, blob: bytes) -> list[str]:
    found = []
    for match in _LOCATION.finditer(blob):
        size = match[1]
        length = size[0] if len(size) == 1 else (size[0] & 0x7F) | size[1] << 7
        raw = blob[match.end() : match.end() + length]
        try:
            found.append(raw.decode())
        except UnicodeDecodeError:
            raise ModelError(
                "model.invalid", f"{path} names a file of weights {raw[:80]!r}, which is no text"
            ) from None
    return found


def _inside(path: Path, folder: Path, name: str) -> Path:
    """Links are followed, and may not lead out of the folder either."""
    target = folder / name
    if "\0" in name or not target.resolve().is_relative_to(folder):
        text = f"{path} keeps weights in {name!r}, outside its folder"
        raise ModelError("model.invalid", f"{text}: put them beside it and export the model so")
    if not target.is_file():
        raise ModelError("model.missing_file", f"{path} keeps weights in {target}, which is not there: copy it too")
    return target


def digest_of(path: Path, blob: bytes) -> str:
    """SHA-256 of an ONNX file and, behind it, its files of weights in the order of their names."""
    digest = hashlib.sha256(blob)
    for part in parts(path, blob):
        digest.update(read_bytes(part))
    return digest.hexdigest()
