"""Writes the golden files and the checksums of their pixels: ``python tests/golden/make.py``.

With ``--encoded`` it writes only the checksums of the bytes that today's encoder gives; every language is held to it.

While docs/format.md calls the format a candidate they may be written anew when the format changes. From the version
that it declares stable they are append-only: add a name to `files`, never change one.
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
from vaerans_ecs.systems import (
    ANSDecode,
    ANSEncode,
    DeadZone,
    Dequantize,
    Hadamard4,
    QuantizeU8,
    Residual,
    WaveletCDF53,
    WaveletCDF97,
    YCoCgR,
)

FOLDER = Path(__file__).resolve().parent
CHECKSUMS = FOLDER / "checksums.json"
ENCODED = FOLDER / "encoded.json"


def photo() -> np.ndarray:
    """A crop of scikit-image's astronaut, (75, 101, 3) uint8."""
    from skimage import data

    return np.ascontiguousarray(data.astronaut()[60:135, 170:271])


def screen() -> np.ndarray:
    """A drawing of few colours, (140, 90, 3) uint8."""
    y, x = np.indices((140, 90))
    shapes = (x // 9 + y // 14) % 3 + 3 * ((x - 45) ** 2 + (y - 70) ** 2 < 900)
    colours = np.array(
        [[255, 255, 255], [30, 30, 34], [0, 90, 200], [250, 200, 0], [200, 30, 40], [90, 160, 90]], np.uint8
    )
    return np.ascontiguousarray(colours[shapes])


def latent_file() -> bytes:
    """A latent through a pipe of the user's own, without a picture."""
    z = (photo()[:48, :64, [0, 1, 2, 0]].transpose(2, 0, 1) / np.float32(64) - 2).astype(np.float32)
    world = World(8 << 20)
    eid = world.new_entity()
    world.latent[eid] = Latent4(world.put(z))
    pipe = world.pipe(eid) | Hadamard4() | WaveletCDF53(levels=3) | QuantizeU8(per_band=True) | ANSEncode()
    return pipe.out("Bitstream").tobytes()


def pipe_file(max_error: int) -> bytes:
    """A picture through a pipe of the user's own, and the residual that bounds its error in a stream of its own."""
    world = World(8 << 20)
    eid = world.spawn_image(photo())
    first = world.pipe(eid) | YCoCgR(float=True) | WaveletCDF97(levels=3) | DeadZone(step=12.0) | ANSEncode()
    back = first.fork() | ANSDecode() | DeadZone.inverse() | WaveletCDF97.inverse() | YCoCgR.inverse()
    back.run()
    second = (world.pipe(eid) | Residual(max_error=max_error)).to(ANSEncode(adaptive=True), out="ResidualStream")
    return first.out("Bitstream").tobytes(second.out("ResidualStream"))


def vae_latent(file: bytes) -> np.ndarray:
    """The latent that a file of the ``vae`` profile holds, the same in every build, bit for bit, without a model."""
    world = World(8 << 20)
    eid = world.spawn_bitstream(file)
    return np.array((world.pipe(eid) | ANSDecode() | Dequantize() | WaveletCDF53.inverse()).out("Latent4").numpy())


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
        "photo_worst": ve.compress(img, quality=0),
        "photo_best": ve.compress(img, quality=100, tune="psnr"),
        "photo_quick": ve.compress(img, quality=50, effort=1),
        "photo_msssim": ve.compress(rgba, quality=70, tune="msssim", effort=9, tile=64),
        "photo_progressive": ve.compress(rgba, lossless=True, progressive=True),
        "photo_screen": ve.compress(screen(), lossless=True),
        "grey16": ve.compress(grey16, quality=90),
        "grey16_lossless": ve.compress(grey16, lossless=True),
        "latent": latent_file(),
        "photo_max_error": ve.compress(img, quality=30, max_error=2, tile=64),
        "grey16_max_error": ve.compress(grey16, quality=30, max_error=300),
        "pipe": pipe_file(1),
        "vae": ve.compress(img, "vae", quality=60, model="pil", engine="onnxruntime"),
        "vae_native": ve.compress(img, "vae", quality=60, model="pil"),
        "vae_native_max_error": ve.compress(img, "vae", quality=40, model="pil", max_error=3),
        "vae_native_lossless": ve.compress(img, "vae", model="pil", lossless=True),
        **layers(img),
    }


def layers(img: np.ndarray) -> dict[str, bytes]:
    """Of the learned codec in layers; what `photo` would do better is coded by it all the same."""

    def lossy(picture: np.ndarray, quality: int) -> bytes:
        return ve.compress(picture, "vae", quality=quality, fallback=False)

    return {
        "vae_layers": lossy(img, 60),
        "vae_layers_base": lossy(img, 20),
        "vae_layers_alpha": lossy(np.dstack([img, img[:, :, 0]]), 60),
        "vae_layers_grey": lossy(img[:, :, 1], 60),
        "vae_layers_deep": lossy(img.astype(np.uint16) * 257, 60),
        # Two tiles of a wide strip.
        "vae_layers_tiles": lossy(np.tile(img[:17], (1, 21, 1)), 20),
        "vae_layers_max_error": ve.compress(img, "vae", quality=40, max_error=3),
        "vae_layers_lossless": ve.compress(img, "vae", lossless=True),
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
        # ONNX Runtime and NumPy add floats in an order of their own: what is held to the bit is the latent.
        made = {"latent": describe(vae_latent(file))} if name == "vae" else describe(ve.decompress(file))
        rows[name] = {"format_version": ve.info(file).format_version, **made}
    CHECKSUMS.write_text(json.dumps(rows, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
