"""Fitting a PIL-VAE: one pass over the pictures collects windows, then three closed-form steps on them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

import numpy as np

from . import _arguments as arguments
from ._linear import (
    LEVELS,
    Moments,
    leaky_relu,
    mirrored,
    orthogonal_layer,
    probabilistic_pca,
    ridge_pseudoinverse,
)
from .errors import ParamError

_CHUNK = 1 << 14


@dataclass(frozen=True)
class FitOptions:
    """What `PILVAE.fit` takes."""

    patch: int = 2
    latent_channels: int = 4
    context: int = 1
    """Neighbours to each side from which a patch is decoded; 0: the patch's own latent only."""
    samples: int = 2000
    """Windows per picture, at random places."""
    encoder_slope: float = 0.8
    """Near 1, so that probabilistic PCA of the layer spends its few axes on the picture and not on |Qx|."""
    decoder_slope: float = 0.1
    noise_step: float = 12.0
    """Step, in latent units, of the quantiser whose uniform noise the decoder is fitted to stand."""
    ridge: float = 1e-6
    """Ridge relative to the mean of the Gram matrix's diagonal."""
    seed: int = 0

    def check(self) -> None:
        """Raise `ParamError("param.range")` for a value out of range."""
        wholes = {
            "patch": (1, 32), "latent_channels": (1, 3072), "context": (0, 3), "samples": (1, 1 << 20),
            "seed": (0, 1 << 62),
        }  # fmt: skip
        reals = {"encoder_slope": (0, 1), "decoder_slope": (0, 1), "noise_step": (0, 1e6), "ridge": (0, 1e6)}
        for key, (least, most) in wholes.items():
            arguments.whole(key, getattr(self, key), least, most)
        for key, (low, high) in reals.items():
            arguments.real(key, getattr(self, key), low, high)
        if self.latent_channels > 3 * self.patch**2:
            most = 3 * self.patch**2
            text = f"latent_channels={self.latent_channels}; at most {most} of patches of {self.patch} expected"
            raise ParamError("param.range", text)


def fit_arrays(pictures: Iterable[np.ndarray], options: FitOptions) -> dict[str, np.ndarray]:
    """All arrays of a `PILVAE`."""
    options.check()
    rng = np.random.default_rng(int(options.seed))
    windows = _collect(pictures, options, rng)
    arrays, variances = _fit_encoder(windows, options, rng)
    decoder = _fit_decoder(windows, arrays, options, rng)
    geometry = np.array([options.patch, options.latent_channels, options.context], np.int32)
    named = {"geometry": geometry, "prior_std": np.sqrt(variances), **arrays, **decoder}
    return {key: a if key == "geometry" else np.asarray(a, np.float32, order="C") for key, a in named.items()}


def _collect(pictures: Iterable[np.ndarray], options: FitOptions, rng: np.random.Generator) -> np.ndarray:
    """Windows (S, side, side, p*p*3) uint8: a patch and its neighbours, on the pixel grid, at random places."""
    p, side = options.patch, 2 * options.context + 1
    found = []
    for picture in arguments.each("pictures", pictures, "pictures"):
        picture = arguments.array("pictures", picture, "a picture")
        if picture.ndim != 3 or picture.shape[2] != 3 or picture.dtype != np.uint8:
            raise ParamError("param.shape", f"fit takes (H,W,3) uint8 pictures, got {picture.dtype} {picture.shape}")
        if min(picture.shape[:2]) < p * side:
            continue
        rows, columns = (rng.integers(0, n - p * side + 1, options.samples) for n in picture.shape[:2])
        every = np.lib.stride_tricks.sliding_window_view(picture, (p * side, p * side), axis=(0, 1))
        taken = every[rows, columns].reshape(-1, 3, side, p, side, p)
        found.append(taken.transpose(0, 2, 4, 3, 5, 1).reshape(-1, side, side, p * p * 3))
    windows = np.concatenate(found) if found else np.empty((0, 1), np.uint8)
    if len(windows) < 8 * 3 * p * p:
        raise ParamError(
            "param.range", f"only {len(windows)} windows of {side * p}x{side * p}: give more or larger pictures"
        )
    return windows


def _chunks(windows: np.ndarray) -> Iterator[np.ndarray]:
    for begin in range(0, len(windows), _CHUNK):
        yield windows[begin : begin + _CHUNK].astype(np.float32) / LEVELS


def _fit_encoder(
    windows: np.ndarray, options: FitOptions, rng: np.random.Generator
) -> tuple[dict[str, np.ndarray], np.ndarray]:
    centre = windows[:, options.context, options.context]
    raw = Moments(centre.shape[1])
    for x in _chunks(centre):
        raw.add(x)
    q = orthogonal_layer(centre.shape[1], rng).astype(np.float64)
    weight, bias = mirrored(q, -q @ raw.mean_covariance()[0])
    weight, bias = weight.astype(np.float32), bias.astype(np.float32)
    hidden = Moments(len(bias))
    for x in _chunks(centre):
        hidden.add(leaky_relu(x @ weight.T + bias, options.encoder_slope))
    mean, covariance = hidden.mean_covariance()
    axes, variances, _ = probabilistic_pca(covariance, options.latent_channels)
    # lrelu([u; -u]) carries u with gain (1+a)/sqrt 2: undone, one unit of z is one unit of the picture.
    gain = float(LEVELS) * np.sqrt(2.0) / (1.0 + options.encoder_slope)
    arrays = {
        "encoder_weight": weight, "encoder_bias": bias, "encoder_slope": np.float32(options.encoder_slope),
        "axes": (axes.T * gain).astype(np.float32), "axes_bias": (-gain * axes.T @ mean).astype(np.float32),
    }  # fmt: skip
    return arrays, variances * gain**2


def _encode(x: np.ndarray, arrays: dict[str, np.ndarray]) -> np.ndarray:
    hidden = leaky_relu(x @ arrays["encoder_weight"].T + arrays["encoder_bias"], float(arrays["encoder_slope"]))
    z: np.ndarray = hidden @ arrays["axes"].T + arrays["axes_bias"]
    return z


def _latents(x: np.ndarray, arrays: dict[str, np.ndarray], options: FitOptions, rng: np.random.Generator) -> np.ndarray:
    """Neighbourhoods of latents (n, C*side*side), channel first, with the noise of a uniform quantiser."""
    z = _encode(x, arrays)
    z += (rng.random(z.shape, np.float32) - np.float32(0.5)) * np.float32(options.noise_step)
    return z.transpose(0, 3, 1, 2).reshape(len(z), -1)


def _fit_decoder(
    windows: np.ndarray, arrays: dict[str, np.ndarray], options: FitOptions, rng: np.random.Generator
) -> dict[str, np.ndarray]:
    side = 2 * options.context + 1
    size = options.latent_channels * side * side
    seed = int(rng.integers(1 << 62))
    moments = Moments(size)
    for x in _chunks(windows):
        moments.add(_latents(x, arrays, options, np.random.default_rng(seed)))
    mean, covariance = moments.mean_covariance()
    # The random layer sees whitened neighbourhoods: without that, all its units would follow the brightness.
    values, vectors = np.linalg.eigh(covariance)
    white = vectors / np.sqrt(np.maximum(values, values[-1] * 1e-9))
    r = orthogonal_layer(size, rng).astype(np.float64) @ white.T
    weight, bias = mirrored(r, rng.standard_normal(size) - r @ mean)
    weight, bias = weight.astype(np.float32), bias.astype(np.float32)
    both = Moments(len(bias) + windows.shape[-1])
    for x in _chunks(windows):
        z = _latents(x, arrays, options, np.random.default_rng(seed))
        g = leaky_relu(z @ weight.T + bias, options.decoder_slope)
        both.add(np.concatenate([g, x[:, options.context, options.context]], 1))
    total, spread = both.mean_covariance()
    n = len(bias)
    readout = ridge_pseudoinverse(spread[:n, :n], spread[:n, n:], options.ridge)
    return {
        "decoder_weight": weight.reshape(n, options.latent_channels, side, side), "decoder_bias": bias,
        "decoder_slope": np.float32(options.decoder_slope), "readout": readout.T,
        "readout_bias": total[n:] - total[:n] @ readout,
    }  # fmt: skip
