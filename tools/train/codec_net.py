"""The trained model: encoder, decoder and context model, and its files."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import torch
from safetensors import safe_open
from safetensors.torch import save_file
from torch import Tensor, nn

from .autoencoder import Decoder, Encoder
from .config import Config
from .context import Context


class CodecNet(nn.Module):
    """Encoder, decoder and context model with ``channels`` latents."""

    def __init__(self, config: Config, channels: int) -> None:
        super().__init__()
        self.encoder = Encoder(config, channels)
        self.decoder = Decoder(config, channels)
        self.context = Context(channels, config.levels)


def save(path: Path, net: CodecNet, **more: Tensor) -> None:
    """Write all weights (and further tensors) as safetensors."""
    tensors = net.state_dict() | more
    tensors = {name: value.to(torch.uint8) if ".mask_" in name else value for name, value in tensors.items()}
    save_file({name: value.detach().cpu().contiguous() for name, value in tensors.items()}, path)


def load(path: Path, config: Config, device: str = "cpu") -> tuple[CodecNet, dict[str, Tensor]]:
    """Read what ``save`` wrote: the model in evaluation mode, computing exactly, and the further tensors."""
    torch.backends.cuda.matmul.allow_tf32 = torch.backends.cudnn.allow_tf32 = False
    torch.backends.cudnn.benchmark = False  # photos have all sizes
    with safe_open(path, framework="pt") as file:
        tensors = {name: file.get_tensor(name) for name in file.keys()}  # noqa: SIM118
    net = CodecNet(config, tensors["encoder.head.weight"].shape[0])
    own = net.state_dict().keys()
    net.load_state_dict({name: tensors[name] for name in own})
    return net.to(device).eval(), {name: t.to(device) for name, t in tensors.items() if name not in own}


def unit(pixels: Tensor) -> Tensor:
    """Pictures (N, H, W, 3) uint8 as networks take them: (N, 3, H, W) in [0, 1]."""
    return pixels.permute(0, 3, 1, 2).float() / 255


@torch.no_grad()
def photo_tensor(photo: np.ndarray, device: str, most: int = 0) -> Tensor:
    """A photo (H, W, 3) uint8 as (1, 3, H, W) in [0, 1], cut to multiples of 16 (and to ``most`` in its middle)."""
    height, width = (min(n, most) if most else n for n in photo.shape[:2])
    height, width = height // 16 * 16, width // 16 * 16
    top, left = (photo.shape[0] - height) // 2, (photo.shape[1] - width) // 2
    x = torch.from_numpy(photo[top : top + height, left : left + width].copy())
    return unit(x.to(device)[None])
