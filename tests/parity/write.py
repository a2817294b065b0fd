"""Writes what the browser package is held to: ``python tests/parity/write.py FOLDER``.

``corpus.bin`` holds samples and the files that this package makes of them, ``corpus.json`` says where they lie in it
and what everything decodes to. tools/parity_web.sh has every module of the package make the same in every engine.
"""

from __future__ import annotations

import hashlib
import json
import sys
from pathlib import Path
from typing import Any

import chains
import numpy as np
import pictures

import vaerans_ecs as ve


class Blob:
    """One file of many: each starts at a multiple of 8, so that typed arrays can lie on it."""

    def __init__(self) -> None:
        self.data = bytearray()

    def add(self, data: bytes) -> list[int]:
        """Where it lies: offset and length."""
        self.data += bytes(-len(self.data) % 8)
        at = len(self.data)
        self.data += data
        return [at, len(data)]


def describe(array: np.ndarray) -> dict[str, Any]:
    """Shape, type and SHA-256 of the samples, little endian."""
    little = np.ascontiguousarray(array, array.dtype.newbyteorder("<"))
    return {"shape": list(array.shape), "dtype": array.dtype.name, "sha256": hashlib.sha256(little).hexdigest()}


def stored(file: bytes, blob: Blob) -> dict[str, Any]:
    return {"at": blob.add(file), "sha256": hashlib.sha256(file).hexdigest()}


def coded(array: np.ndarray, options: dict[str, Any], blob: Blob) -> dict[str, Any]:
    """A file of the picture and what parts of it decode to."""
    file = ve.compress(array, threads=1, **options)
    decoded = [
        {"options": part, **describe(ve.decompress(file, threads=1, **part))}
        for part in pictures.parts(*array.shape[:2])
    ]
    about = ve.info(file)
    if about.is_lossless and array.shape[2] == about.shape[2]:
        assert decoded[0]["sha256"] == describe(array)["sha256"], "lossless, and other samples came back"
    # Every other byte of a file with levels: what of it is whole.
    cut = about.header_bytes + sum(about.level_bytes[:-1]) + 1
    if len(about.level_bytes) > 1:
        best = ve.decompress(file[:cut], threads=1, allow_truncated=True)
        decoded.append({"cut": cut, "options": {"allow_truncated": True}, **describe(best)})
    blocks = {name: blob.add(options[name]) for name in ("icc", "exif") if name in options}
    return {**stored(file, blob), "options": {**options, **blocks}, "decoded": decoded}


def write_pictures(blob: Blob, skipped: list[str]) -> list[dict[str, Any]]:
    rows = []
    for name, array, settings in pictures.all_pictures(skipped):
        height, width, channels = array.shape
        row = {"name": name, "width": width, "height": height, "channels": channels, "dtype": array.dtype.name}
        files = [coded(array, options, blob) for options in settings]
        rows.append({**row, "at": blob.add(array.tobytes()), "files": files})
    return rows


def write_pipes(blob: Blob) -> dict[str, Any]:
    """Inputs, pipes over them, and the files of pipes with what `decompress` makes of them."""
    inputs, cases = chains.cases()
    rows: list[dict[str, Any]] = []
    files: dict[str, dict[str, Any]] = {}
    for name, names, steps, key in cases:
        expected, data = chains.run([inputs[n] for n in names], steps, key)
        rows.append({"name": name, "inputs": names, "steps": steps, "out": key, "expected": expected})
        if expected["key"] == "Bitstream":
            files[name] = {**stored(data, blob), "decoded": [{"options": {}, **describe(ve.decompress(data))}]}
            forward = len(steps)
        elif name.endswith(", and back") and (file := files.get(name.removesuffix(", and back"))):
            file["back"] = {"steps": steps[forward:], "expected": expected}
    samples = {
        name: {"key": key, "at": blob.add(data.tobytes()), "dtype": data.dtype.name, "shape": list(data.shape)}
        for name, (key, data) in inputs.items()
    }
    return {"inputs": samples, "cases": rows, "files": [{"name": name, **file} for name, file in files.items()]}


def main() -> None:
    folder = Path(sys.argv[1])
    folder.mkdir(parents=True, exist_ok=True)
    blob, skipped = Blob(), []
    corpus = {"pictures": write_pictures(blob, skipped), "pipes": write_pipes(blob), "skipped": skipped}
    (folder / "corpus.bin").write_bytes(blob.data)
    (folder / "corpus.json").write_text(json.dumps(corpus), encoding="utf-8")


if __name__ == "__main__":
    main()
