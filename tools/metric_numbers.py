"""Writes tests/data/metrics.json: what the metrics must give, from implementations that are not ours.

PSNR and SSIM are scikit-image's, pchip is SciPy's. MS-SSIM follows pytorch-msssim 1.0.0 step by step, in float64 NumPy
instead of float32 torch (which would be a download of gigabytes for five operations): the separable 11-tap Gaussian of
sigma 1.5 without padding, `avg_pool2d(kernel_size=2, padding=[s % 2 for s in shape])` (its zeros count in the mean),
`relu` of the contrast-structure means and of the last SSIM, the product of powers per channel, then the mean over the
channels.

Run it again after changing the cases: `python tools/metric_numbers.py`.
"""

from __future__ import annotations

import json
import math
import pathlib
from typing import Any

import numpy as np
import scipy
import skimage
from numpy.typing import NDArray
from scipy.interpolate import PchipInterpolator
from scipy.ndimage import correlate1d
from skimage.metrics import peak_signal_noise_ratio, structural_similarity

Picture = NDArray[np.uint8] | NDArray[np.uint16]
WEIGHTS = (0.0448, 0.2856, 0.3001, 0.2363, 0.1333)
TARGET = pathlib.Path(__file__).resolve().parent.parent / "tests" / "data" / "metrics.json"


def pictures(height: int, width: int, channels: int, bits: int) -> tuple[Picture, Picture]:
    """A picture of crossing ramps with some noise, and a coarser one of it; integers only: any language can make it."""
    y, x, c = np.meshgrid(*(np.arange(n, dtype=np.int64) for n in (height, width, channels)), indexing="ij")
    ramp = np.abs((3 * x + 2 * y + 40 * c) % 510 - 255) + np.abs((x - 5 * y - 90 * c) % 510 - 255)
    noise = (x * 7919 + y * 104729 + c * 1299709 + x * y) % 31
    a = (ramp * 15 + noise * 16) // 32
    b = np.clip(a // 12 * 12 + 6 + (x * 31 + y * 17) % 5 - 2, 0, 255)
    if bits == 8:
        return a.astype(np.uint8), b.astype(np.uint8)
    return (a * 257 - noise * (a > 0)).astype(np.uint16), (b * 257).astype(np.uint16)


def means(a: NDArray[np.float64], b: NDArray[np.float64], peak: float) -> tuple[float, float]:
    """Mean SSIM and mean contrast-structure over the 11x11 Gaussian windows inside two planes."""
    offsets = np.arange(11) - 5.0
    window = np.exp(-(offsets**2) / (2 * 1.5**2))
    window /= window.sum()

    def smooth(plane: NDArray[np.float64]) -> NDArray[np.float64]:
        return correlate1d(correlate1d(plane, window, axis=0), window, axis=1)[5:-5, 5:-5]

    c1, c2 = (0.01 * peak) ** 2, (0.03 * peak) ** 2
    ma, mb = smooth(a), smooth(b)
    va, vb, cov = smooth(a * a) - ma**2, smooth(b * b) - mb**2, smooth(a * b) - ma * mb
    structure = (2 * cov + c2) / (va + vb + c2)
    whole = (2 * ma * mb + c1) / (ma**2 + mb**2 + c1) * structure
    return float(whole.mean()), float(structure.mean())


def halve(plane: NDArray[np.float64]) -> NDArray[np.float64]:
    """avg_pool2d(plane, kernel_size=2, padding=[s % 2 for s in plane.shape])."""
    padded = np.pad(plane, [(s % 2, s % 2) for s in plane.shape])
    height, width = (s // 2 for s in padded.shape)
    return padded[: 2 * height, : 2 * width].reshape(height, 2, width, 2).mean(axis=(1, 3))


def ms_ssim(a: Picture, b: Picture, peak: float, scales: int = 5) -> float:
    """MS-SSIM of two (H, W, C) pictures."""
    weights = np.array(WEIGHTS[:scales])
    if scales < len(WEIGHTS):
        weights /= weights.sum()
    channels = []
    for channel in range(a.shape[2]):
        p, q = a[..., channel].astype(np.float64), b[..., channel].astype(np.float64)
        factors = []
        for scale in range(scales):
            if scale:
                p, q = halve(p), halve(q)
            whole, structure = means(p, q, peak)
            factors.append(max(whole if scale == scales - 1 else structure, 0.0))
        channels.append(np.prod(np.array(factors) ** weights))
    return float(np.mean(channels))


def picture_case(height: int, width: int, channels: int, bits: int, scales: int) -> dict[str, Any]:
    a, b = pictures(height, width, channels, bits)
    peak = 2**bits - 1
    return {
        "height": height,
        "width": width,
        "channels": channels,
        "bits": bits,
        "sum_a": int(a.sum(dtype=np.int64)),
        "sum_b": int(b.sum(dtype=np.int64)),
        "psnr": float(peak_signal_noise_ratio(a, b, data_range=peak)),
        "ssim": float(structural_similarity(a, b, channel_axis=-1, data_range=peak)),
        "scales": scales,
        "ms_ssim": ms_ssim(a, b, peak, scales) if scales else 0.0,
    }


def curve(points: int, rate: float, gain: float, wobble: float) -> tuple[list[float], list[float]]:
    """Bits per pixel and PSNR of an imagined codec."""
    bpp = [rate * 1.6**i for i in range(points)]
    quality = [24 + gain * math.log2(1 + 7 * b) + wobble * math.sin(3 * i) for i, b in enumerate(bpp)]
    return bpp, quality


def bd_case(anchor: tuple[list[float], list[float]], test: tuple[list[float], list[float]]) -> dict[str, Any]:
    low = max(27.0, anchor[1][0], test[1][0])
    high = min(40.0, anchor[1][-1], test[1][-1])
    integrals = [float(PchipInterpolator(q, np.log(r)).integrate(low, high)) for r, q in (anchor, test)]
    percent = 100 * math.expm1((integrals[1] - integrals[0]) / (high - low))
    return {"anchor": list(anchor), "test": list(test), "bd_rate": percent}


def pchip_case(x: list[float], y: list[float]) -> dict[str, Any]:
    at = [float(v) for v in np.linspace(x[0], x[-1], 23)]
    interpolant = PchipInterpolator(x, y)
    low, high = x[0] + 0.3, x[-1] - 0.2
    return {
        "x": x,
        "y": y,
        "at": at,
        "value": [float(v) for v in interpolant(at)],
        "low": low,
        "high": high,
        "integral": float(interpolant.integrate(low, high)),
    }


def main() -> None:
    shapes = [
        (161, 161, 3, 8, 5),
        (192, 256, 3, 8, 5),
        (171, 203, 1, 8, 5),
        (162, 175, 4, 8, 5),
        (170, 163, 3, 16, 5),
        (90, 81, 3, 8, 4),
        (41, 60, 3, 8, 3),
        (11, 11, 1, 8, 1),
        (7, 9, 3, 8, 0),
    ]
    curves = [curve(8, 0.1, 4.0, 0.2), curve(9, 0.07, 4.4, 0.0), curve(10, 0.09, 3.5, 0.4)]
    numbers = {
        "made_by": "tools/metric_numbers.py",
        "versions": {"numpy": np.__version__, "scipy": scipy.__version__, "scikit-image": skimage.__version__},
        "notes": "psnr, ssim: scikit-image; ms_ssim: the algorithm of pytorch-msssim 1.0.0 in float64; the rest: scipy",
        "pictures": [picture_case(*s) for s in shapes],
        "bd_rate": [bd_case(curves[0], t) for t in curves[1:]] + [bd_case(curves[2], curves[0])],
        "pchip": [
            pchip_case([0.0, 1.0], [2.0, -1.0]),
            pchip_case([0.0, 1.0, 2.5, 3.0, 7.0], [0.0, 4.0, 4.0, -3.0, -2.5]),
            pchip_case([-2.0, -1.0, 0.0, 4.0, 4.5, 9.0], [9.0, 1.0, 0.5, 0.25, 8.0, 8.5]),
        ],
    }
    sections = []
    for name, value in numbers.items():
        if isinstance(value, list):
            rows = ",\n".join("    " + json.dumps(row) for row in value)
            sections.append(f"  {json.dumps(name)}: [\n{rows}\n  ]")
        else:
            sections.append(f"  {json.dumps(name)}: {json.dumps(value)}")
    TARGET.parent.mkdir(parents=True, exist_ok=True)
    TARGET.write_text("{\n" + ",\n".join(sections) + "\n}\n")
    print(f"wrote {TARGET.name}: {len(numbers['pictures'])} pairs of pictures")


if __name__ == "__main__":
    main()
