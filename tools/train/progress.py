"""What the log says of the training: rate and quality for low, middle and high rates, dead channels, time a step."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable
from pathlib import Path

import torch
from torch import Tensor

from .metrics import psnr

BANDS = ("low", "mid", "high")
COLUMNS = ("step", "share", "rate", "ms", "loss", "norm", "dead")
COLUMNS += tuple(f"{figure}_{band}" for band in BANDS for figure in ("bpp", "psnr", "msssim"))


class Progress:
    """Sums of the figures of all crops since the last line of the log.

    Parameters
    ----------
    path : Path
        CSV file that every line is also added to.
    log : callable
    levels : int
    device : str
    """

    def __init__(self, path: Path, log: Callable[[str], None], levels: int, device: str) -> None:
        self.path, self.log, self.levels = path, log, levels
        self.sums = torch.zeros(len(BANDS), 4, device=device)
        self.positions = torch.arange(levels, device=device, dtype=torch.float32)
        self.begin, self.steps = time.monotonic(), 0
        if not path.exists():
            path.write_text(",".join(COLUMNS) + "\n", "utf-8")

    def add(self, weights: Tensor, figures: Tensor) -> None:
        """Take in the crops of one step: weights (N, levels) of the levels, figures (3, N)."""
        band = (weights @ self.positions / (self.levels - 1) * (len(BANDS) - 1e-3)).long()
        ones = torch.ones_like(figures[:1])
        self.sums.index_add_(0, band, torch.cat([figures, ones]).t())
        self.steps += 1

    def line(self, step: int, share: float, rate: float, loss: float, norm: float, dead: int, channels: int) -> None:
        """One line of the log, and of the CSV file."""
        elapsed = 1000 * (time.monotonic() - self.begin) / max(self.steps, 1)
        sums = self.sums.cpu()
        means = (sums[:, :3] / sums[:, 3:].clamp(min=1)).tolist()
        bands = [(bpp, psnr(square), similarity) for bpp, square, similarity in means]
        seen = [(name, *band) for name, band, row in zip(BANDS, bands, sums, strict=True) if row[3]]
        shown = " | ".join(f"{name} {b:.3f} bpp {p:.2f} dB {s:.4f}" for name, b, p, s in seen)
        head = f"step {step} {share:.1%} rate {rate:.3f} {elapsed:.1f} ms loss {loss:.3f}"
        self.log(f"{head} | {shown} | {dead} of {channels} dead")
        values = [step, f"{share:.4f}", f"{rate:.4f}", f"{elapsed:.2f}", f"{loss:.4f}", f"{norm:.3f}", dead]
        values += [f"{value:.5f}" for band in bands for value in band]
        with open(self.path, "a", encoding="utf-8") as file:
            file.write(",".join(str(value) for value in values) + "\n")
        self.sums.zero_()
        self.begin, self.steps = time.monotonic(), 0

    def bar(self, share: float) -> None:
        """A bar that is drawn over, where somebody looks."""
        if sys.stdout.isatty():
            filled = int(share * 40)
            print(f"\r[{'#' * filled}{'.' * (40 - filled)}] {share:.1%} ", end="\r", flush=True)
