"""A picture through the networks and the integers, as the product does it: by PyTorch, or by the exported files."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

import numpy as np

from .integer_math import SECOND_FROM
from .integer_model import IntegerModel
from .patterns import eight_bits
from .walk import Prepared

MULTIPLE = 16


class Networks(Protocol):
    """The four networks, on arrays (1, C, H, W) of float32."""

    def encode(self, x: np.ndarray) -> np.ndarray: ...
    def decode(self, y: np.ndarray) -> np.ndarray: ...
    def residual(self, x: np.ndarray, rgb: np.ndarray) -> np.ndarray: ...
    def enhance(self, y2: np.ndarray) -> np.ndarray: ...


class TorchNetworks:
    """The networks of a ``CodecNet`` and the components of its second layer."""

    def __init__(self, net, basis) -> None:
        self.net, self.basis, self.device = net, basis, next(net.parameters()).device

    def _run(self, function, *arrays: np.ndarray) -> np.ndarray:
        import torch

        with torch.no_grad():
            return function(*(torch.from_numpy(a).to(self.device) for a in arrays)).cpu().numpy()

    def encode(self, x: np.ndarray) -> np.ndarray:
        return self._run(self.net.encoder, x)

    def decode(self, y: np.ndarray) -> np.ndarray:
        return self._run(self.net.decoder, y)

    def residual(self, x: np.ndarray, rgb: np.ndarray) -> np.ndarray:
        from .klt import analyse

        return self._run(lambda a, b: analyse(self.basis, a - b)[None], x, rgb)

    def enhance(self, y2: np.ndarray) -> np.ndarray:
        from .klt import synthesise

        return self._run(lambda a: synthesise(self.basis, a[0]), y2)


class OnnxNetworks:
    """The networks of an exported folder, run by ONNX Runtime on one thread."""

    def __init__(self, folder: Path) -> None:
        import onnxruntime

        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = 1
        self.sessions = {
            name: onnxruntime.InferenceSession(str(folder / f"{name}.onnx"), options, ["CPUExecutionProvider"])
            for name in ("encoder", "decoder", "residual", "enhancement")
        }

    def _run(self, name: str, *arrays: np.ndarray) -> np.ndarray:
        session = self.sessions[name]
        return session.run(None, {i.name: a for i, a in zip(session.get_inputs(), arrays, strict=True)})[0]

    def encode(self, x: np.ndarray) -> np.ndarray:
        return self._run("encoder", x)

    def decode(self, y: np.ndarray) -> np.ndarray:
        return self._run("decoder", y)

    def residual(self, x: np.ndarray, rgb: np.ndarray) -> np.ndarray:
        return self._run("residual", x, rgb)

    def enhance(self, y2: np.ndarray) -> np.ndarray:
        return self._run("enhancement", y2)


@dataclass(frozen=True)
class Coded:
    """A picture at a quality: its integers (B or M, h, w), the model's integers, and what a decoder shows."""

    q: np.ndarray
    prepared: Prepared
    picture: np.ndarray


class Coder:
    """One picture (H, W, 3) uint8 at any quality; the encoder runs once."""

    def __init__(self, networks: Networks, model: IntegerModel, picture: np.ndarray) -> None:
        self.networks, self.model, self.shape = networks, model, picture.shape
        self.x = planes(picture)
        self.y = networks.encode(self.x)[0]

    def at(self, quality: int) -> Coded:
        """Code the picture."""
        model, prepared = self.model, self.model.prepare(quality)
        factors, base = model.factors(quality), model.base
        q = model.quantise(self.y, prepared)
        rgb = self.networks.decode(scaled(q, factors[:base]))
        if quality > SECOND_FROM:
            second = model.quantise(self.networks.residual(self.x, rgb)[0], prepared, base)
            if second.any():
                rgb = rgb + self.networks.enhance(scaled(second, factors[base:]))
                q = np.concatenate([q, second])
        return Coded(q, prepared, shown(rgb, self.shape))


def decode(networks: Networks, model: IntegerModel, q: np.ndarray, quality: int, shape: tuple[int, ...]) -> np.ndarray:
    """The picture of integers, cut to a shape (H, W, 3)."""
    factors, base = model.factors(quality), model.base
    rgb = networks.decode(scaled(q[:base], factors[:base]))
    if len(q) > base:
        rgb = rgb + networks.enhance(scaled(q[base:], factors[base:]))
    return shown(rgb, shape)


def planes(picture: np.ndarray) -> np.ndarray:
    """A picture as the encoder takes it: in [0, 1], its last row and column repeated up to multiples of 16."""
    height, width = picture.shape[:2]
    padded = np.pad(picture, ((0, -height % MULTIPLE), (0, -width % MULTIPLE), (0, 0)), mode="edge")
    return np.ascontiguousarray(padded.transpose(2, 0, 1)[None], np.float32) / np.float32(255)


def scaled(q: np.ndarray, factors: np.ndarray) -> np.ndarray:
    """Dequantised integers as a network takes them."""
    return (q.astype(np.float32) * factors[:, None, None])[None]


def shown(rgb: np.ndarray, shape: tuple[int, ...]) -> np.ndarray:
    """The picture (H, W, 3) uint8 of a decoder's output."""
    cut = rgb[0, :, : shape[0], : shape[1]]
    return eight_bits(cut * 255).transpose(1, 2, 0)


def pixels_of(x) -> np.ndarray:
    """A photo tensor (1, 3, H, W) in [0, 1] as (H, W, 3) uint8."""
    return (x[0] * 255).round().byte().permute(1, 2, 0).cpu().numpy()
