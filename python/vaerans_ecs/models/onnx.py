"""A model folder run by ONNX Runtime: pictures to latents and back, one `run` per batch of one shape."""

from __future__ import annotations

import threading
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np

from ..errors import DataError, ModelError
from .pixels import check_images, check_latents, check_shapes, fill_planes, padded, write_pixels
from .session import Network, Port, Providers, open_network
from .spec import ModelSpec, read_spec


class OnnxModel:
    """Encoder and decoder of a model folder. Sessions open on first use, so a decoder alone may be present.

    `encode_batch` and `decode_batch` are the whole interface that the codec needs; `PILVAE` has the same.
    """

    def __init__(self, folder: Path, providers: Providers | None = None, session_options: Any = None) -> None:
        self.folder = Path(folder)
        self.spec: ModelSpec = read_spec(self.folder)
        self._providers, self._session_options = providers, session_options
        self._local = threading.local()

    def __repr__(self) -> str:
        return f"OnnxModel({str(self.folder)!r}, {self.spec.latent_channels} channels at 1/{self.spec.downscale})"

    @property
    def name(self) -> str:
        """The model's name as its folder states it."""
        return self.spec.name

    @property
    def downscale(self) -> int:
        """Pixels per latent sample along each axis."""
        return self.spec.downscale

    @property
    def latent_channels(self) -> int:
        """Channels of a latent."""
        return self.spec.latent_channels

    @property
    def sha256(self) -> str:
        """SHA-256 of the decoder's file: the identity that a compressed file carries."""
        return self.decoder.sha256

    @property
    def encoder(self) -> Network:
        """The encoder network, opened on first use."""
        return self._network(self.spec.encoder_file, self.spec.encoder_sha256)

    @property
    def decoder(self) -> Network:
        """The decoder network, opened on first use."""
        return self._network(self.spec.decoder_file, self.spec.sha256)

    def _network(self, file: str, sha256: str) -> Network:
        return open_network(self.folder / file, sha256, self._providers, self._session_options)

    def latent_shape(self, height: int, width: int) -> tuple[int, int, int]:
        """(C, h, w) of the latent of a picture of this size."""
        h, w = padded(height, width, self.downscale)
        return self.latent_channels, h // self.downscale, w // self.downscale

    def input_shape(self, count: int, height: int, width: int) -> tuple[int, int, int, int]:
        """Shape of the float32 `scratch` that `encode_batch` can use for its network's input."""
        return count, 3, *padded(height, width, self.downscale)

    def encode_batch(
        self,
        images: np.ndarray | Sequence[np.ndarray],
        out: np.ndarray | None = None,
        scratch: np.ndarray | None = None,
    ) -> np.ndarray:
        """Latent means of pictures of one shape, in one run of the encoder.

        Args:
            images: (N,H,W), (N,H,W,1), (N,H,W,3) or a sequence of N such pictures; uint8 or uint16. Grey is repeated.
            out: float32 (N,C,h,w), C-contiguous, to write the latents to.
            scratch: float32 of `input_shape(N, H, W)`, C-contiguous, for the network's input.

        Returns:
            float32 (N, C, ceil(H / downscale), ceil(W / downscale)); the picture was edge-padded.

        Raises:
            ParamError: wrong shapes or dtypes. ModelError: the network does not do what `model.json` says.
        """
        count, height, width = check_images(images)
        network, spec = self.encoder, self.spec
        shape = self.input_shape(count, height, width)
        source = network.inputs[0]
        x = _buffer(scratch, shape, source.dtype)
        fill_planes(x, images, spec.input_range, spec.channel_order == "BGR")
        result = (count, *self.latent_shape(height, width))
        direct = self._run_encoder(network, x, result, out)
        if spec.scaling != 1.0 or spec.shift != 0.0:
            direct -= np.float32(spec.shift)
            direct *= np.float32(spec.scaling)
        return direct

    def _run_encoder(
        self, network: Network, x: np.ndarray, shape: tuple[int, ...], out: np.ndarray | None
    ) -> np.ndarray:
        port, first, channels = self._mean_port(network)
        if channels == self.latent_channels and port.dtype == np.float32:
            target = _buffer(out, shape, port.dtype)
            return network.run(x, port, target)
        raw = network.run(x, port, None)
        # Without `mean_channels` the output is the mean, or mean and log variance.
        counts = (shape[1], 2 * shape[1]) if self.spec.mean_channels is None else range(first + shape[1], 1 << 20)
        if raw.ndim != 4 or raw.shape[0] != shape[0] or raw.shape[2:] != shape[2:] or raw.shape[1] not in counts:
            raise _mismatch(network, port, shape, raw.shape)
        target = _buffer(out, shape, np.dtype(np.float32))
        target[...] = raw[:, first : first + shape[1]]
        return target

    def _mean_port(self, network: Network) -> tuple[Port, int, int | None]:
        """(output, first channel of the mean, number of channels of the output if it states it)."""
        wanted = self.spec.encoder_mean
        ports = [p for p in network.outputs if p.name == wanted] if wanted else network.outputs[:1]
        if not ports or (not wanted and len(network.outputs) > 1):
            names = [p.name for p in network.outputs]
            text = f"field 'encoder_mean' says {wanted!r}, the outputs of {network.path} are {names}"
            raise ModelError("model.shape", f"{text}: name the one that is the mean")
        stated = ports[0].shape[1] if len(ports[0].shape) == 4 else None
        first = self.spec.mean_channels[0] if self.spec.mean_channels else 0
        return ports[0], first, stated

    def decode_batch(
        self, latents: np.ndarray, shapes: Sequence[tuple[int, int]] | tuple[int, int], out: np.ndarray | None = None,
        dtype: Any = np.uint8, scratch: np.ndarray | None = None,
    ) -> np.ndarray:  # fmt: skip
        """Pictures from latents of one shape, in one run of the decoder.

        Args:
            latents: float32 (N,C,h,w).
            shapes: (H, W) of the pictures, one for all or one each (all equal): what padding is cropped to.
            out: (N,H,W,3) of `dtype` to write to.
            dtype: uint8, uint16 (full range) or float32 (0..1, clipped).
            scratch: float32 (N,3,h*downscale,w*downscale), C-contiguous, for the network's output.

        Returns:
            (N,H,W,3) of `dtype`.

        Raises:
            ParamError: wrong shapes. DataError: a latent holds NaN or infinity. ModelError: see `encode_batch`.
        """
        z = check_latents(latents, self.latent_channels)
        height, width = check_shapes(shapes, z.shape, self.downscale)
        if not np.isfinite(z).all():
            raise DataError("data.not_finite", "a latent holds NaN or infinity: was it computed or read wrongly?")
        network, spec = self.decoder, self.spec
        full = (z.shape[0], 3, z.shape[2] * self.downscale, z.shape[3] * self.downscale)
        if spec.scaling != 1.0 or spec.shift != 0.0:
            z = z / np.float32(spec.scaling) + np.float32(spec.shift)
        source = np.ascontiguousarray(z, network.inputs[0].dtype)
        port = network.outputs[0]
        if port.shape[1:2] == (3,) and port.dtype == np.float32:
            planes = network.run(source, port, _buffer(scratch, full, port.dtype))
        else:
            planes = network.run(source, port, None)
        if planes.shape != full:
            raise _mismatch(network, port, full, planes.shape)
        return write_pixels(planes, height, width, spec.output_range, spec.channel_order == "BGR", dtype, out)


def _buffer(given: np.ndarray | None, shape: tuple[int, ...], dtype: np.dtype) -> np.ndarray:
    """`given` if it fits, else new memory: an odd buffer must never corrupt memory behind a bound pointer."""
    fits = given is not None and given.shape == shape and given.dtype == dtype
    if given is not None and fits and given.flags.c_contiguous and given.flags.writeable:
        return given
    return np.empty(shape, dtype)


def _mismatch(network: Network, port: Port, expected: tuple[int, ...], got: tuple[int, ...]) -> ModelError:
    text = f"{network.path}: output '{port.name}': model.json says {tuple(expected)}, the network gave {tuple(got)}"
    return ModelError("model.shape", f"{text}; check downscale and latent_channels")
