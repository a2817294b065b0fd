"""Batches: random crops of the packed photos, on the device, the same for the same seed and step."""

from __future__ import annotations

import numpy as np
import torch
import torch.nn.functional as F
from torch import Tensor

from . import patterns
from .augment import chosen, grain, soften, uniform
from .config import Config
from .context import level_weights
from .loss import Batch
from .pack import Pack

REDUCED, ENLARGED = (1.5, 2.0), (1 / 1.2, 1 / 1.4, 1 / 1.6)  # side of what is read, in sides of a crop
GROUPS = 4  # a batch has so many groups of crops, each reduced or enlarged as one


class Batches:
    """Crops of photos on a device.

    Parameters
    ----------
    pack : Pack
    config : Config
    channels : int
        Latents, for the noise.
    device : str
    """

    def __init__(self, pack: Pack, config: Config, channels: int, device: str) -> None:
        self.config, self.device, self.channels = config, device, channels
        self.pixels = torch.from_numpy(pack.pixels).to(device)
        self.offsets = torch.from_numpy(pack.offsets).to(device)
        self.sizes = torch.from_numpy(pack.sizes).to(device)
        self.generator = torch.Generator(device)
        self.patterns = torch.from_numpy(patterns.bank(config.pattern_count, config.crop, config.seed)).to(device)
        sides = [round(config.crop * factor) for factor in (1.0, *REDUCED, *ENLARGED)]
        self.pools = {side: pool for side in sides if len(pool := self._pool(pack, side))}
        if config.crop not in self.pools:
            raise SystemExit(f"train: no photo has {config.crop} pixels on its short side")

    def _pool(self, pack: Pack, side: int) -> Tensor:
        """Weights (N,) of the photos that crops of a side can be taken of, by area; empty where there is none."""
        fits = pack.sizes.min(1) >= side
        weights = np.where(fits, pack.sizes.prod(1), 0) / 1e6
        return torch.from_numpy(weights.astype(np.float32)).to(self.device) if fits.any() else torch.empty(0)

    def batch(self, step: int) -> Batch:
        """The batch of a step."""
        c, generator = self.config, self.generator
        generator.manual_seed((c.seed << 40) + step)
        x = self._crops(np.random.default_rng([c.seed, step]))
        x = grain(soften(x, c.blurred_share, generator), c.grainy_share, generator)
        pixels = x.round().clamp(0, 255).to(torch.uint8).permute(0, 2, 3, 1)
        level = uniform(generator, c.batch) * (c.levels - 1)
        trade = c.trade(level)
        side = c.crop // 16
        noise = uniform(generator, c.batch, self.channels, side, side, low=-0.5, high=0.5)
        return Batch(self._with_patterns(pixels), level_weights(level, c.levels), trade, noise)

    def _crops(self, rng: np.random.Generator) -> Tensor:
        """Crops (N, 3, crop, crop), 0 to 255, some of them reduced or enlarged."""
        groups = np.array_split(np.arange(self.config.batch), min(GROUPS, self.config.batch))
        return torch.cat([self._read(len(group), self._side(rng)) for group in groups])

    def _side(self, rng: np.random.Generator) -> int:
        """Side of the squares that a group of crops is read from."""
        c, choice = self.config, rng.random()
        factors: tuple[float, ...] = (1.0,)
        if choice < c.reduced_share:
            factors = REDUCED
        elif choice < c.reduced_share + c.enlarged_share:
            factors = ENLARGED
        side = round(c.crop * float(rng.choice(factors)))
        return side if side in self.pools else c.crop

    def _read(self, count: int, side: int) -> Tensor:
        """Squares of a side from anywhere, mirrored or not, brought to the size of a crop."""
        generator = self.generator
        photo = torch.multinomial(self.pools[side], count, replacement=True, generator=generator)
        height, width = self.sizes[photo].unbind(1)
        top = (uniform(generator, count) * (height - side + 1)).long()
        left = (uniform(generator, count) * (width - side + 1)).long()
        along = torch.arange(side, device=self.device)
        mirrored = chosen(generator, count, 0.5)[:, None]
        columns = left[:, None] + torch.where(mirrored, side - 1 - along, along)
        rows = self.offsets[photo][:, None] + (top[:, None] + along) * width[:, None]
        x = self.pixels[rows[:, :, None] + columns[:, None, :]].permute(0, 3, 1, 2).float()
        if side == self.config.crop:
            return x
        size = (self.config.crop, self.config.crop)
        return F.interpolate(x, size=size, mode="bicubic", antialias=True, align_corners=False).clamp(0, 255)

    def _with_patterns(self, pixels: Tensor) -> Tensor:
        """A share of the crops replaced by synthetic patterns."""
        count = len(pixels)
        which = (uniform(self.generator, count) * len(self.patterns)).long()
        hit = chosen(self.generator, count, self.config.pattern_share)
        return torch.where(hit[:, None, None, None], self.patterns[which], pixels)
