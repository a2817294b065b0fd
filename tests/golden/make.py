"""Writes the golden files and the checksums of their pixels: ``python tests/golden/make.py``.

With ``--encoded`` it writes only the checksums of the bytes that today's encoder gives: every home is held to them.

While ``format_version`` is 0 they may be written anew when the format changes. From the version that docs/format.md
declares stable they are append-only: add a name to `files`, never change one.
"""

from __future__ import annotations

import hashlib
import json
import sys
from pathlib import Path

import numpy as np

import vaerans_ecs as ve
from vaerans_ecs import World
from vaerans_ecs.components import Latent4
from vaerans_ecs.systems import ANSEncode, Hadamard4, QuantizeU8, WaveletCDF53

FOLDER = Path(__file__).resolve().parent
CHECKSUMS = FOLDER / "checksums.json"
ENCODED = FOLDER / "encoded.json"


def photo() -> np.ndarray:
    """A crop of scikit-image's astronaut, (75, 101, 3) uint8."""
    from skimage import data

    return np.ascontiguousarray(data.astronaut()[60:135, 170:271])


def latent_file() -> bytes:
    """A latent through a pipe of the user's own, without a picture."""
    z = (photo()[:48, :64, [0, 1, 2, 0]].transpose(2, 0, 1) / np.float32(64) - 2).astype(np.float32)
    world = World(8 << 20)
    eid = world.new_entity()
    world.latent[eid] = Latent4(world.put(z))
    pipe = world.pipe(eid) | Hadamard4() | WaveletCDF53(levels=3) | QuantizeU8(per_band=True) | ANSEncode()
    return pipe.out("Bitstream").tobytes()


def files() -> dict[str, bytes]:
    """Name -> file."""
    img = photo()
    grey16 = img[:, :, 1].astype(np.uint16) * 257
    rgba = np.dstack([img, img[:, :, 0]])
    return {
        "photo_lossy": ve.compress(img, quality=60, icc=b"profile", orientation=6),
        "photo_tiles": ve.compress(img, quality=30, tile=64),
        "photo_lossless": ve.compress(img, lossless=True),
        "photo_rgba": ve.compress(rgba, quality=80),
        "grey16": ve.compress(grey16, quality=90),
        "grey16_lossless": ve.compress(grey16, lossless=True),
        "latent": latent_file(),
    }


def describe(array: np.ndarray) -> dict[str, object]:
    """Shape, type and SHA-256 of the samples, little endian."""
    little = np.ascontiguousarray(array, array.dtype.newbyteorder("<"))
    return {"shape": list(array.shape), "dtype": array.dtype.name, "sha256": hashlib.sha256(little).hexdigest()}


def encoded() -> dict[str, str]:
    """Name -> SHA-256 of the file that the encoder writes now."""
    return {name: hashlib.sha256(file).hexdigest() for name, file in files().items()}


def main() -> None:
    ENCODED.write_text(json.dumps(encoded(), indent=1) + "\n", encoding="utf-8")
    if "--encoded" in sys.argv:
        return
    rows = {}
    for name, file in files().items():
        (FOLDER / f"{name}.vrn").write_bytes(file)
        rows[name] = {"format_version": ve.info(file).format_version, **describe(ve.decompress(file))}
    CHECKSUMS.write_text(json.dumps(rows, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
