"""Between interleaved integer pictures and the planar float tensors of a network."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from .. import _arguments as arguments
from ..errors import ParamError

_PEAK = {np.dtype(np.uint8): 255.0, np.dtype(np.uint16): 65535.0}


def padded(height: int, width: int, multiple: int) -> tuple[int, int]:
    """The size rounded up to the multiple."""
    return -(-height // multiple) * multiple, -(-width // multiple) * multiple


def check_images(images: np.ndarray | Sequence[np.ndarray]) -> tuple[int, int, int]:
    """(N, H, W) of a batch of pictures of one shape; raises `ParamError`."""
    pictures = [
        arguments.array("images", picture, "a picture") for picture in arguments.iterable("images", images, "pictures")
    ]
    if not pictures:
        raise ParamError("param.shape", "encode_batch got no pictures")
    shapes = {(picture.shape, picture.dtype) for picture in pictures}
    if len(shapes) > 1:
        found = sorted({s for s, _ in shapes}), sorted({str(d) for _, d in shapes})
        raise ParamError("param.shape", f"a batch holds pictures of one shape and dtype, got {found[0]}, {found[1]}")
    shape, dtype = shapes.pop()
    if dtype not in _PEAK:
        raise ParamError("param.dtype", f"a picture is uint8 or uint16, got {dtype}; scale and convert it first")
    if len(shape) == 3 and shape[2] in (2, 4):
        text = f"a picture for a model has no alpha, got shape {shape}"
        raise ParamError("param.shape", f"{text}: encode the colour channels and keep alpha beside them")
    if len(shape) not in (2, 3) or (len(shape) == 3 and shape[2] not in (1, 3)) or 0 in shape:
        raise ParamError("param.shape", f"a picture is (H,W), (H,W,1) or (H,W,3), none of them 0, got {shape}")
    return len(pictures), shape[0], shape[1]


def fill_planes(
    x: np.ndarray, images: np.ndarray | Sequence[np.ndarray], span: tuple[float, float], reverse: bool
) -> None:
    """Write pictures into planes `x` (N,3,Hp,Wp): value * (high - low) / peak + low, edges repeated to fill them."""
    for planes, picture in zip(x, images, strict=True):
        picture = np.asarray(picture)
        height, width = picture.shape[:2]
        pixels = picture.reshape(height, width, -1)
        gain = np.float32((span[1] - span[0]) / _PEAK[picture.dtype])
        for channel, plane in enumerate(planes[::-1] if reverse else planes):
            body = plane[:height, :width]
            np.multiply(pixels[:, :, channel % pixels.shape[2]], gain, out=body, casting="unsafe")
            if span[0]:
                body += x.dtype.type(span[0])
            plane[:height, width:] = plane[:height, width - 1 : width]
            plane[height:] = plane[height - 1]


def check_latents(latents: np.ndarray, channels: int) -> np.ndarray:
    """The latents as float32 (N,C,h,w); raises `ParamError`."""
    z = arguments.array("latents", latents)
    if z.ndim != 4 or 0 in z.shape or z.shape[1] != channels or z.dtype.kind != "f":
        raise ParamError("param.shape", f"expected float latents (N,{channels},h,w), got {z.dtype} {z.shape}")
    return z.astype(np.float32, copy=False)


def check_shapes(shapes: Any, latent: tuple[int, ...], downscale: int) -> tuple[int, int]:
    """The one (H, W) that all pictures are cropped to; it must be what the latent's size comes from."""
    given = arguments.iterable("shapes", shapes, "(height, width)")
    nested = bool(given) and not all(isinstance(n, int | np.integer) for n in given)
    pairs = {tuple(arguments.integers("shapes", s)) for s in (given if nested else [given])}
    if len(pairs) != 1 or len(next(iter(pairs))) != 2:
        raise ParamError(
            "param.shape", f"expected one (height, width) for all {latent[0]} pictures, got {sorted(pairs)}"
        )
    height, width = next(iter(pairs))
    fits = height > 0 and width > 0 and padded(height, width, 1) == (height, width)
    full = tuple(n // downscale for n in padded(max(height, 1), max(width, 1), downscale))
    if not fits or full != tuple(latent[2:]):
        text = f"a latent of {latent[2]}x{latent[3]} at 1/{downscale} does not belong to a picture of {height}x{width}"
        raise ParamError("param.shape", text)
    return height, width


def write_pixels(
    planes: np.ndarray, height: int, width: int, span: tuple[float, float], reverse: bool, dtype: Any,
    out: np.ndarray | None = None,
) -> np.ndarray:  # fmt: skip
    """Planes (N,3,Hp,Wp) with black and white at `span` to cropped pictures (N,H,W,3); integers round half up."""
    dtype = arguments.dtype("dtype", dtype)
    if dtype not in _PEAK and dtype != np.float32:
        raise ParamError("param.dtype", f"a picture can be uint8, uint16 or float32, got {dtype}")
    shape = (planes.shape[0], height, width, 3)
    if out is None:
        out = np.empty(shape, dtype)
    elif arguments.member("out", out, np.ndarray, "an array").shape != shape or out.dtype != dtype:
        raise ParamError("param.shape", f"out= must be {dtype} {shape}, got {out.dtype} {out.shape}")
    peak = _PEAK.get(dtype, 1.0)
    gain, offset = peak / (span[1] - span[0]), -span[0] * peak / (span[1] - span[0])
    rounding = 0.5 if dtype in _PEAK else 0.0
    work = np.empty((height, width), np.float32)
    for source, picture in zip(planes, out, strict=True):
        for channel, plane in enumerate(source[::-1] if reverse else source):
            np.multiply(plane[:height, :width], np.float32(gain), out=work, casting="unsafe")
            np.add(work, np.float32(offset + rounding), out=work)
            # fmin/fmax map NaN to a bound: a broken network shows as black, not as undefined integers.
            np.fmin(np.fmax(work, np.float32(0), out=work), np.float32(peak), out=work)
            picture[:, :, channel] = work
    return out
