"""The ``vae`` profile (a learned latent, Hadamard, wavelet, quantiser, rANS), and files of any other pipe."""

from __future__ import annotations

from typing import Any

import numpy as np

from . import _core
from .pipe import Pipe
from .systems import (
    ANSEncode,
    Hadamard4,
    OnnxVAEEncode,
    PILVAEEncode,
    QuantizeU8,
    Residual,
    System,
    WaveletCDF53,
)
from .undo import append_inverses, blame_file
from .world import World

__all__ = ["compress_vae", "decompress_pipe"]

RESIDUAL_KEY = "ResidualBitstream"


def symbols_of(quality: int) -> int:
    """Number of quantiser steps over the latent's range: 8 at quality 0, doubling every 25, 128 at 100."""
    return round(8 * 2 ** (quality / 25))


def compress_vae(
    image: np.ndarray, quality: int, lossless: bool, threads: int | None, model: Any, **metadata: Any
) -> bytes:
    """A whole file of ``image`` (H, W, C); arguments as those of :func:`vaerans_ecs.compress`."""
    if image.shape[2] in (2, 4) and (image[:, :, -1] == np.iinfo(image.dtype).max).all():
        image = np.ascontiguousarray(image[:, :, :-1])
    world = World(arena_bytes=_budget(image.nbytes), threads=threads, trace=False)
    eid = world.spawn_image(image)
    encoder: System = PILVAEEncode() if model is None else OnnxVAEEncode(model)
    pipe = world.pipe(eid).to(encoder)
    channels, height, width = pipe.out("Latent4").component.ref.shape
    levels = max(1, min(4, min(height, width).bit_length() - 3))
    pipes = [_coded(pipe.fork(), levels, quality)]
    if channels % 4 == 0:
        pipes.append(_coded(pipe.fork().to(Hadamard4()), levels, quality))
    # An orthonormal rotation costs no quality: keep the one that takes fewer bytes.
    best = min(pipes, key=lambda p: p.out("Bitstream").numpy().size)
    step = best.out("Bitstream")._step
    streams = [("Bitstream", step)]
    if lossless:
        streams.append((RESIDUAL_KEY, _residual(world, eid, best)))
    return _core.file_bytes(world._core, eid, streams, **metadata)


def _coded(pipe: Pipe, levels: int, quality: int) -> Pipe:
    return pipe | WaveletCDF53(levels=levels) | QuantizeU8(symbols=symbols_of(quality)) | ANSEncode(adaptive=True)


def _residual(world: World, eid: int, pipe: Pipe) -> int | None:
    """Adds the stream that makes the picture exact; gives its step."""
    bitstream = pipe.out("Bitstream")
    decode = pipe.fork().select("Bitstream")
    from .undo import inverse_of

    for past in reversed(bitstream.component.lineage):
        decode.to(inverse_of(past))
    decode.to(Residual(max_error=0)).to(ANSEncode(adaptive=True), out=RESIDUAL_KEY)
    return decode.out(RESIDUAL_KEY)._step


def _budget(image_bytes: int) -> int:
    """Room for a picture, its latent in float32 at up to 4 channels a pixel, two trials, and what comes back."""
    return 96 * image_bytes + (64 << 20)


def decompress_pipe(data: Any, about: dict[str, Any], threads: int | None, providers: Any) -> np.ndarray:
    """What a file of any pipe gives: a picture (H, W, C), or a tensor."""
    samples = int(np.prod(about["shape"], dtype=np.int64)) * np.dtype(about["dtype"]).itemsize
    world = World(arena_bytes=_budget(samples) + 4 * len(data), threads=threads, trace=False)
    eid = world.spawn_bitstream(data)
    options = {} if providers is None else {"providers": providers}
    with blame_file():
        pipe = append_inverses(world.pipe(eid), world, eid, "Bitstream", **options)
        keys = [k for k, _ in world.versions(eid)]
        if RESIDUAL_KEY in keys:
            append_inverses(pipe, world, eid, RESIDUAL_KEY)
        return pipe.out().numpy().copy()
