"""PIL-VAE three ways: loops of plain Python, NumPy, and its compiled networks in the core, on one thread each.

    python benches/speed/pil.py [--side 512] [--rounds 7]

Prints nanoseconds a pixel of encoding and decoding, from 8-bit samples and back to them, and how many times as fast the
core is. All are run in turns, the best of all rounds counts; plain Python runs on a small picture, and once.
"""

from __future__ import annotations

import argparse
import math
import os
import sys
import time
from collections.abc import Callable
from typing import Any

import numpy as np

from vaerans_ecs import PILVAE, World
from vaerans_ecs.pil import default_model
from vaerans_ecs.systems import VAEDecode, VAEEncode

SMALL = 32
#: What NumPy's libraries read when they are loaded.
ONE_THREAD = dict.fromkeys(("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"), "1")
Rows = list[list[float]]


def picture(side: int) -> np.ndarray:
    """Waves and edges, (side, side, 3) uint8."""
    y, x = np.mgrid[:side, :side]
    waves = [np.sin(x / (9 + c)) + np.cos(y / (13 - c)) + ((x // 40 + y // 30) % 2) for c in range(3)]
    return ((np.dstack(waves) + 2) / 5 * 255).astype(np.uint8)


class Plain:
    """The model in loops over lists, as one would write it down from its formulas."""

    def __init__(self, model: PILVAE) -> None:
        self.p, self.c, self.context = model.patch, model.latent_channels, model.context
        arrays = {name: np.asarray(array, np.float64) for name, array in model.arrays.items()}
        self.encoder, self.axes = arrays["encoder_weight"].tolist(), arrays["axes"].tolist()
        self.encoder_bias, self.axes_bias = arrays["encoder_bias"].tolist(), arrays["axes_bias"].tolist()
        weight = arrays["decoder_weight"]
        self.decoder, self.readout = weight.reshape(len(weight), -1).tolist(), arrays["readout"].tolist()
        self.decoder_bias, self.readout_bias = arrays["decoder_bias"].tolist(), arrays["readout_bias"].tolist()
        self.slopes = float(arrays["encoder_slope"]), float(arrays["decoder_slope"])

    @staticmethod
    def layer(weight: Rows, bias: list[float], x: list[float]) -> list[float]:
        return [sum(w * v for w, v in zip(row, x, strict=True)) + b for row, b in zip(weight, bias, strict=True)]

    def encode(self, pixels: list[list[list[int]]]) -> list[list[list[float]]]:
        """Latents [row][column][channel] of pixels [row][column][channel]."""
        p, made = self.p, []
        for y in range(0, len(pixels), p):
            row = []
            for x in range(0, len(pixels[0]), p):
                patch = [v / 255 for line in pixels[y : y + p] for pixel in line[x : x + p] for v in pixel]
                hidden = [max(h, self.slopes[0] * h) for h in self.layer(self.encoder, self.encoder_bias, patch)]
                row.append(self.layer(self.axes, self.axes_bias, hidden))
            made.append(row)
        return made

    def decode(self, z: list[list[list[float]]]) -> list[list[list[int]]]:
        """Pixels of latents."""
        p, k, rows, columns = self.p, self.context, len(z), len(z[0])
        out = [[[0, 0, 0] for _ in range(columns * p)] for _ in range(rows * p)]
        around = range(-k, k + 1)
        for y in range(rows):
            for x in range(columns):
                near = [
                    z[min(max(y + dy, 0), rows - 1)][min(max(x + dx, 0), columns - 1)][c]
                    for c in range(self.c)
                    for dy in around
                    for dx in around
                ]
                hidden = [max(h, self.slopes[1] * h) for h in self.layer(self.decoder, self.decoder_bias, near)]
                patch = iter(self.layer(self.readout, self.readout_bias, hidden))
                for line in out[y * p : y * p + p]:
                    for pixel in line[x * p : x * p + p]:
                        for channel in range(3):
                            pixel[channel] = min(max(math.floor(next(patch) * 255 + 0.5), 0), 255)
        return out


class Core:
    """The compiled model in a world, on one thread."""

    def __init__(self, img: np.ndarray) -> None:
        # Results of all rounds stay in it.
        self.world = World(img.nbytes * 200 + (64 << 20), threads=1)
        self.img, self.encoder, self.decoder = img, VAEEncode(), VAEDecode()
        self.made = self.world.pipe(self.world.spawn_image(img)) | self.encoder

    def encode(self) -> np.ndarray:
        return (self.world.pipe(self.world.spawn_image(self.img)) | self.encoder).out().numpy()

    def decode(self) -> np.ndarray:
        return (self.made.fork() | self.decoder).out().numpy()


def seconds(work: Callable[[], Any]) -> float:
    start = time.perf_counter()
    work()
    return time.perf_counter() - start


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--side", type=int, default=512)
    parser.add_argument("--rounds", type=int, default=7)
    args = parser.parse_args()
    if any(os.environ.get(name) != value for name, value in ONE_THREAD.items()):
        os.execve(sys.executable, [sys.executable, *sys.argv], {**os.environ, **ONE_THREAD})
    model, img, small = default_model(), picture(args.side), picture(SMALL)
    plain, core, z = Plain(model), Core(img), model.encode(img)
    of_plain = plain.encode(small.tolist())
    agree = np.abs(np.asarray(of_plain).transpose(2, 0, 1) - model.encode(small)).max()
    assert agree < 1e-2, f"the loops compute something else: {agree}"
    best: dict[tuple[str, str], float] = {
        ("plain Python", "encode"): seconds(lambda: plain.encode(small.tolist())) / SMALL**2,
        ("plain Python", "decode"): seconds(lambda: plain.decode(of_plain)) / SMALL**2,
    }
    core.encode(), core.decode()
    runs: list[tuple[str, str, Callable[[], Any]]] = [
        ("NumPy", "encode", lambda: model.encode(img)),
        ("core", "encode", core.encode),
        ("NumPy", "decode", lambda: model.decode(z)),
        ("core", "decode", core.decode),
    ]
    for _ in range(args.rounds):
        for who, what, work in runs:
            took = seconds(work) / args.side**2
            best[who, what] = min(best.get((who, what), took), took)
    print(f"{'ns a pixel':14}{'encode':>12}{'decode':>12}")
    for who in ("plain Python", "NumPy", "core"):
        print(f"{who:14}{best[who, 'encode'] * 1e9:12.1f}{best[who, 'decode'] * 1e9:12.1f}")
    for who in ("plain Python", "NumPy"):
        ratios = [best[who, what] / best["core", what] for what in ("encode", "decode")]
        print(f"core is {ratios[0]:.1f} and {ratios[1]:.1f} times as fast as {who}")


if __name__ == "__main__":
    main()
