"""PIL-VAE: an autoencoder of picture patches that is fitted in closed form, and the small one this package ships.

No gradient descent anywhere (pseudoinverse learning, Guo and Lyu 2004): random orthogonal layers with leaky ReLUs,
probabilistic PCA as the latent, ridge pseudoinverses as readouts.

Encoder, per patch x of p x p RGB samples (0..255):
    h = lrelu([Q; -Q] (x - mu)),  z = U'(h - mean h)           U: leading eigenvectors of cov(h)
Decoder, per patch, from the latents v of the patch and its neighbours (3 x 3 with `context=1`):
    g = lrelu([R; -R] v + b),     x = mean x + B'(g - mean g)   B: ridge regression, v with a quantiser's noise
Both are 1x1 or 3x3 convolutions with one leaky ReLU: plain matrix algebra. The neighbours are what makes it better
than PCA of the same patches: they tell where an edge goes on, and so what the four numbers of a patch leave out.
A latent unit is one grey level times p (for equal error per latent sample: equal error in the picture).
"""

from __future__ import annotations

import hashlib
import os
import zipfile
from collections.abc import Iterable, Sequence
from dataclasses import fields
from pathlib import Path
from typing import Any, ClassVar, Self

import numpy as np

from . import _arguments as arguments
from . import _core
from ._linear import from_patches, leaky_relu, neighbourhoods, to_patches
from ._pillow_modes import pixels
from .errors import ModelError, ParamError

__all__ = ["PILVAE", "PILVAEDecoder", "default_model"]

DEFAULT_FILE = Path(__file__).parent / "data" / "pil.npz"
_BAND = 1 << 15
_PEAK = {np.dtype(np.uint8): 255, np.dtype(np.uint16): 65535}
_MAX_BYTES = 1 << 26
_MOST_SIDE = (1 << 31) - 1
_MAX_PATCH, _MAX_CONTEXT, _MAX_CHANNELS = 32, 3, 1024


class _Arrays:
    """The named arrays of a model: what is saved, and what its SHA-256 is taken of."""

    fields: ClassVar[tuple[str, ...]] = ()
    name = "pil"

    def __init__(self, arrays: dict[str, np.ndarray]) -> None:
        self.arrays = {key: arrays[key] for key in self.fields}
        self.patch, self.latent_channels, self.context = (int(n) for n in arrays["geometry"])

    def __getattr__(self, key: str) -> Any:
        arrays = self.__dict__.get("arrays", {})
        if key in arrays:
            return arrays[key]
        raise AttributeError(f"{type(self).__name__!r} has no attribute {key!r}")

    @property
    def downscale(self) -> int:
        """Pixels per latent sample along each axis: the patch size."""
        return self.patch

    @property
    def sha256(self) -> str:
        """SHA-256 of the decoder's arrays (name, dtype, shape, bytes): what a reader needs."""
        digest = hashlib.sha256(b"vaerans-pil-1")
        for key in PILVAEDecoder.fields:
            array = np.asarray(self.arrays[key], order="C")
            digest.update(f"{key} {array.dtype.str} {array.shape}".encode() + array.tobytes())
        return digest.hexdigest()

    def save(self, path: str | os.PathLike[str]) -> None:
        """Write the model to one `.npz`; the same model gives the same bytes."""
        from ._files import write_atomic

        write_atomic(arguments.path("path", path), _npz_bytes(self.arrays))

    def __repr__(self) -> str:
        about = f"patch={self.patch}, latent_channels={self.latent_channels}, context={self.context}"
        return f"{type(self).__name__}({about}, sha256={self.sha256[:12]})"


class PILVAEDecoder(_Arrays):
    """The decoder alone: latents to pictures, by matrix products and one leaky ReLU.

    Attributes:
        patch, latent_channels, context: p, C and how many neighbours to each side a patch is decoded from.
    """

    fields: ClassVar[tuple[str, ...]] = (
        "geometry", "prior_std", "decoder_weight", "decoder_bias", "decoder_slope", "readout", "readout_bias",
    )  # fmt: skip

    @classmethod
    def load(cls, path: str | os.PathLike[str]) -> Self:
        """From a file of `PILVAE.save` or `PILVAEDecoder.save`. Raises `ModelError` on a damaged one."""
        return cls(_read_npz(Path(arguments.path("path", path)), cls.fields))

    def decode(
        self,
        latents: np.ndarray,
        shape: tuple[int, int] | None = None,
        dtype: Any = np.uint8,
        out: np.ndarray | None = None,
    ) -> np.ndarray:
        """A picture from a latent, or a batch from a batch.

        Args:
            latents: float (C,h,w) or (N,C,h,w).
            shape: (H, W) to crop to; None keeps h*p x w*p.
            dtype: uint8, uint16 (full range) or float32 (0..1).
            out: array to write to.

        Returns:
            (H,W,3) or (N,H,W,3) of `dtype`.

        Example:
            >>> model = default_model()
            >>> model.decode(model.encode(np.zeros((5, 7, 3), np.uint8)), (5, 7)).shape
            (5, 7, 3)
        """
        z, out = arguments.array("latents", latents), _out(out)
        single = z.ndim == 3
        z = z[None] if single else z
        if z.ndim != 4 or z.shape[1] != self.latent_channels or z.dtype.kind != "f" or 0 in z.shape:
            text = f"expected float latents ({self.latent_channels},h,w) or (N,{self.latent_channels},h,w)"
            raise ParamError("param.shape", f"{text}, got {z.dtype} {np.shape(latents)}")
        shape = _size(shape) if shape is not None else (z.shape[2] * self.patch, z.shape[3] * self.patch)
        target = out[None] if single and out is not None else out
        pictures = self.decode_batch(z, shape, target, dtype)
        return pictures[0] if single else pictures

    def decode_batch(
        self, latents: np.ndarray, shapes: Sequence[tuple[int, int]] | tuple[int, int], out: np.ndarray | None = None,
        dtype: Any = np.uint8, scratch: np.ndarray | None = None,
    ) -> np.ndarray:  # fmt: skip
        """As `models.OnnxModel.decode_batch`; `scratch` is not needed."""
        from .errors import DataError
        from .models.pixels import check_latents, check_shapes

        z = check_latents(latents, self.latent_channels)
        height, width = check_shapes(shapes, z.shape, self.patch)
        if not np.isfinite(z).all():
            raise DataError("data.not_finite", "a latent holds NaN or infinity: was it computed or read wrongly?")
        dtype, out = arguments.dtype("dtype", dtype), _out(out)
        if dtype not in _PEAK and dtype != np.float32:
            raise ParamError("param.dtype", f"a picture can be uint8, uint16 or float32, got {dtype}")
        result = (len(z), height, width, 3)
        if out is None:
            out = np.empty(result, dtype)
        elif out.shape != result or out.dtype != dtype:
            raise ParamError("param.shape", f"out= must be {dtype} {result}, got {out.dtype} {out.shape}")
        for latent, picture in zip(z, out, strict=True):
            self._decode_into(latent, picture)
        return out

    def _decode_into(self, latent: np.ndarray, picture: np.ndarray) -> None:
        """In bands of latent rows, so that memory does not grow with the picture."""
        peak = np.float32(_PEAK.get(picture.dtype, 1))
        rounding = np.float32(0.5 if picture.dtype in _PEAK else 0)
        weight = self.decoder_weight.reshape(len(self.decoder_weight), -1).T
        step = max(1, _BAND // latent.shape[2])
        for begin in range(0, latent.shape[1], step):
            end = min(begin + step, latent.shape[1])
            hidden = neighbourhoods(latent, self.context, begin, end) @ weight
            hidden += self.decoder_bias
            y = leaky_relu(hidden, float(self.decoder_slope)) @ self.readout.T
            y += self.readout_bias
            y *= peak
            y += rounding
            np.clip(y, np.float32(0), peak, out=y)
            rows = picture[begin * self.patch : end * self.patch]
            band = from_patches(y.reshape(end - begin, latent.shape[2], -1), self.patch)
            rows[...] = band[: rows.shape[0], : rows.shape[1]].astype(picture.dtype)

    def _cells(self, height: Any, width: Any) -> tuple[int, int, int]:
        height = arguments.whole("height", height, 1, _MOST_SIDE)
        width = arguments.whole("width", width, 1, _MOST_SIDE)
        _core.check_picture(height, width, {})
        return self.latent_channels, -(-height // self.patch), -(-width // self.patch)

    def sample(self, height: int, width: int, seed: int | None = None, temperature: float = 1.0) -> np.ndarray:
        """A picture (height,width,3) uint8 drawn from the prior: independent normals of the fitted variances."""
        _, h, w = self._cells(height, width)
        seed = arguments.maybe_whole("seed", seed)
        temperature = arguments.real("temperature", temperature, 0, 1e6)
        z = np.random.default_rng(seed).standard_normal((self.latent_channels, h, w), np.float32)
        return self.decode(z * (self.prior_std * np.float32(temperature))[:, None, None], (height, width))


class PILVAE(PILVAEDecoder):
    """Encoder and decoder. `PILVAE.fit(pictures)` makes one, `.load(path)` reads one, `default_model()` is ours."""

    fields: ClassVar[tuple[str, ...]] = (
        *PILVAEDecoder.fields, "encoder_weight", "encoder_bias", "encoder_slope", "axes", "axes_bias",
    )  # fmt: skip

    @classmethod
    def fit(cls, pictures: Iterable[np.ndarray], patch: int = 2, latent_channels: int = 4, **options: Any) -> PILVAE:
        """Fit to pictures (H,W,3) uint8, in closed form and in one pass over them.

        Args:
            pictures: any iterable; every picture at least 3 patches high and wide (smaller ones are passed over).
            patch: p. Small patches keep more detail, and cost more bytes before the transform that follows.
            latent_channels: C, at most 3 p^2.
            options: fields of `FitOptions`: `context`, `samples`, `encoder_slope`, `noise_step`, `ridge`, `seed`, ...

        Returns:
            The fitted model: the same pictures, options and linear algebra library give the same model.

        Raises:
            ParamError: an option out of range, or too few pictures.
        """
        from ._pil_fit import FitOptions, fit_arrays

        known = {f.name for f in fields(FitOptions)}
        if strange := sorted(set(options) - known):
            raise ParamError("param.unknown", f"{', '.join(strange)}: options are {', '.join(sorted(known))}")
        return cls(fit_arrays(pictures, FitOptions(patch, latent_channels, **options)))

    @property
    def decoder(self) -> PILVAEDecoder:
        """The decoder alone, for a reader that never encodes."""
        return PILVAEDecoder(self.arrays)

    def latent_shape(self, height: int, width: int) -> tuple[int, int, int]:
        """(C, h, w) of the latent of a picture of this size."""
        return self._cells(height, width)

    def encode(self, picture: np.ndarray, out: np.ndarray | None = None) -> np.ndarray:
        """The latent (C, ceil(H/p), ceil(W/p)) float32 of a picture, or (N,...) of (N,H,W,3). Edges are repeated.

        Pictures are uint8 or uint16; (H,W) and (H,W,1) are grey.
        """
        picture, out = arguments.array("picture", pixels(picture)), _out(out)
        if picture.ndim == 4:
            return self.encode_batch(picture, out)
        latent: np.ndarray = self.encode_batch(picture[None], None if out is None else out[None])[0]
        return latent

    def encode_batch(
        self,
        images: np.ndarray | Sequence[np.ndarray],
        out: np.ndarray | None = None,
        scratch: np.ndarray | None = None,
    ) -> np.ndarray:
        """As `models.OnnxModel.encode_batch`; `scratch` is not needed."""
        from .models.pixels import check_images

        count, height, width = check_images(images)
        out = _out(out)
        shape = (count, *self.latent_shape(height, width))
        if out is None:
            out = np.empty(shape, np.float32)
        elif out.shape != shape or out.dtype != np.float32:
            raise ParamError("param.shape", f"out= must be float32 {shape}, got {out.dtype} {out.shape}")
        for picture, latent in zip(images, out, strict=True):
            self._encode_into(np.asarray(picture).reshape(height, width, -1), latent)
        return out

    def _encode_into(self, picture: np.ndarray, latent: np.ndarray) -> None:
        p, gain = self.patch, np.float32(1 / _PEAK[picture.dtype])
        step = max(1, _BAND // latent.shape[2])
        for begin in range(0, latent.shape[1], step):
            rows = picture[begin * p : (begin + step) * p]
            rgb = np.broadcast_to(rows, (*rows.shape[:2], 3)) if rows.shape[2] == 1 else rows
            x = to_patches(rgb, p)
            hidden = (x.reshape(-1, x.shape[2]) * gain) @ self.encoder_weight.T
            hidden += self.encoder_bias
            z = leaky_relu(hidden, float(self.encoder_slope)) @ self.axes.T
            z += self.axes_bias
            latent[:, begin : begin + x.shape[0]] = z.T.reshape(-1, *x.shape[:2])

    def to_onnx(self, folder: str | os.PathLike[str], name: str = "pil") -> None:
        """Write a model folder (`encoder.onnx`, `decoder.onnx`, `model.json`) that computes the same."""
        from ._pil_onnx import write_onnx

        write_onnx(self, arguments.path("folder", folder), arguments.text("name", name))


def _out(out: Any) -> np.ndarray | None:
    found: np.ndarray | None = None if out is None else arguments.member("out", out, np.ndarray, "an array")
    if found is not None and not found.flags.writeable:
        raise ParamError("param.read_only", "the output array is read-only")
    return found


def _size(shape: Any) -> tuple[int, int]:
    sides = arguments.integers("shape", shape, 1)
    if len(sides) != 2:
        raise ParamError("param.shape", f"shape has {len(sides)} numbers; height and width expected")
    return sides[0], sides[1]


def _npz_bytes(arrays: dict[str, np.ndarray]) -> bytes:
    import io

    stream = io.BytesIO()
    np.savez(stream, allow_pickle=False, **arrays)
    return stream.getvalue()


def _read_npz(path: Path, fields: tuple[str, ...]) -> dict[str, np.ndarray]:
    try:
        with zipfile.ZipFile(path) as archive:
            size = sum(member.file_size for member in archive.infolist())
        if size > _MAX_BYTES:
            raise ValueError(f"it unpacks to {size} bytes, at most {_MAX_BYTES} are read")
        with np.load(path, allow_pickle=False) as file:
            arrays = {key: file[key] for key in fields}
    except FileNotFoundError:
        raise ModelError("model.not_found", f"there is no model file {path}") from None
    except KeyError as error:
        raise ModelError("model.invalid", f"{path}: array {error} is missing: not a file of PILVAE.save") from None
    except Exception as error:  # zipfile, zlib, struct and NumPy each raise their own on a damaged file
        raise ModelError(
            "model.invalid", f"{path} is not an .npz of PILVAE.save ({type(error).__name__}: {error})"
        ) from None
    _check_arrays(path, arrays)
    return arrays


def _check_arrays(path: Path, arrays: dict[str, np.ndarray]) -> None:
    """Shapes, dtypes and values, so that a hostile file cannot fail later."""
    geometry = arrays["geometry"]
    limits = (_MAX_PATCH, _MAX_CHANNELS, _MAX_CONTEXT)
    good = geometry.shape == (3,) and geometry.dtype == np.int32
    if not good or not all(least <= n <= most for n, least, most in zip(geometry, (1, 1, 0), limits, strict=True)):
        raise ModelError("model.invalid", f"{path}: 'geometry' must be int32 (patch, channels, context) up to {limits}")
    p, channels, context = (int(n) for n in geometry)
    pixels, side = 3 * p * p, 2 * context + 1
    hidden = arrays["decoder_bias"].size
    expected = {
        "prior_std": (channels,), "decoder_weight": (hidden, channels, side, side), "decoder_bias": (hidden,),
        "decoder_slope": (), "readout": (pixels, hidden), "readout_bias": (pixels,),
    }  # fmt: skip
    if "axes" in arrays:
        inner = arrays["encoder_bias"].size
        expected |= {
            "encoder_weight": (inner, pixels), "encoder_bias": (inner,), "encoder_slope": (),
            "axes": (channels, inner), "axes_bias": (channels,),
        }  # fmt: skip
    for key, shape in expected.items():
        array = arrays[key]
        if array.shape != shape or array.dtype != np.float32 or not np.isfinite(array).all():
            text = f"{path}: array {key!r} must be finite float32 {shape}, got {array.dtype} {array.shape}"
            raise ModelError("model.invalid", text)


_default: PILVAE | None = None


def default_model() -> PILVAE:
    """The small model in this package: what `profile="vae"` uses as ``model="pil"``. Read once."""
    global _default
    if _default is None:
        _default = PILVAE.load(DEFAULT_FILE)
    return _default
