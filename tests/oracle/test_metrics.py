"""PSNR, SSIM, MS-SSIM and BD-rate against scikit-image, SciPy and an independent MS-SSIM."""

from __future__ import annotations

import importlib.util
import math
from collections.abc import Callable
from pathlib import Path
from types import ModuleType

import numpy as np
import pytest

from vaerans_ecs import errors, functional

metrics = pytest.importorskip("skimage.metrics")
ROOT = Path(__file__).resolve().parents[2]
Pair = tuple[np.ndarray, np.ndarray]


@pytest.fixture(scope="module")
def numbers() -> ModuleType:
    """tools/metric_numbers.py: MS-SSIM step by step as pytorch-msssim, in NumPy and SciPy."""
    spec = importlib.util.spec_from_file_location("metric_numbers", ROOT / "tools" / "metric_numbers.py")
    assert spec and spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def coarse(image: np.ndarray) -> np.ndarray:
    """What a poor codec makes of it: few levels, and some noise."""
    noise = np.random.default_rng(7).integers(-6, 7, image.shape)
    top = np.iinfo(image.dtype).max
    step = (top + 1) // 16
    return np.clip(image.astype(np.int64) // step * step + step // 2 + noise, 0, top).astype(image.dtype)


@pytest.fixture(scope="module")
def photo_pair() -> Pair:
    data = pytest.importorskip("skimage.data")
    image = np.ascontiguousarray(data.astronaut())
    return image, coarse(image)


CROPS = {
    "whole": lambda x: x,
    "odd": lambda x: x[:201, 3:192],
    "grey": lambda x: x[..., 1],
    "one channel": lambda x: x[..., :1],
    "transposed": lambda x: x[:250, :300].transpose(1, 0, 2),
    "every other": lambda x: x[::2, ::2],
    "rgba": lambda x: np.concatenate([x, x[..., :1]], axis=2)[:190, :170],
    "16 bits": lambda x: (x[:180, :200].astype(np.uint16) * 257 - (x[:180, :200] > 90) * 11).astype(np.uint16),
}


@pytest.mark.parametrize("crop", CROPS.values(), ids=CROPS)
def test_photo(photo_pair: Pair, numbers: ModuleType, crop: Callable[[np.ndarray], np.ndarray]) -> None:
    a, b = (crop(x) for x in photo_pair)
    peak = np.iinfo(a.dtype).max
    assert functional.psnr(a, b) == pytest.approx(metrics.peak_signal_noise_ratio(a, b, data_range=peak), abs=1e-9)
    axis = None if a.ndim == 2 else -1
    expected = metrics.structural_similarity(a, b, channel_axis=axis, data_range=peak)
    assert functional.ssim(a, b) == pytest.approx(expected, abs=1e-9)
    planes = [x[..., None] if x.ndim == 2 else x for x in (a, b)]
    assert functional.ms_ssim(a, b) == pytest.approx(numbers.ms_ssim(*planes, peak), abs=1e-9)


@pytest.mark.parametrize("name", ["kodim01", "kodim13", "kodim23"])
def test_kodak(shared: Path, numbers: ModuleType, name: str) -> None:
    image = pytest.importorskip("PIL.Image")
    with image.open(shared / "data" / "kodak" / f"{name}.png") as file:
        a = np.asarray(file.convert("RGB"))
    b = coarse(a)
    expected = metrics.structural_similarity(a, b, channel_axis=-1, data_range=255)
    assert functional.ssim(a, b) == pytest.approx(expected, abs=1e-9)
    assert functional.ms_ssim(a, b) == pytest.approx(numbers.ms_ssim(a, b, 255.0), abs=1e-9)


def test_numbers_do_not_depend_on_threads(photo_pair: Pair) -> None:
    for measure in (functional.ssim, functional.ms_ssim):
        assert len({measure(*photo_pair, threads=n) for n in (1, 2, 5)}) == 1


@pytest.mark.parametrize("side", [7, 8, 11, 20, 21, 40, 41, 81])
def test_small_pictures(photo_pair: Pair, numbers: ModuleType, side: int) -> None:
    a, b = (np.ascontiguousarray(x[:side, : side + 2]) for x in photo_pair)
    expected = metrics.structural_similarity(a, b, channel_axis=-1, data_range=255)
    assert functional.ssim(a, b) == pytest.approx(expected, abs=1e-9)
    fits = [s for s in range(1, 6) if side > 10 * 2 ** (s - 1)]
    for scales in fits:
        assert functional.ms_ssim(a, b, scales=scales) == pytest.approx(numbers.ms_ssim(a, b, 255.0, scales), abs=1e-9)
    with pytest.raises(errors.DataError, match=f"scales={fits[-1]}" if fits else "PSNR") as caught:
        functional.ms_ssim(a, b)
    assert caught.value.code == "data.too_small"


def test_ssim_refuses_what_is_under_its_window() -> None:
    a = np.zeros((6, 40, 3), np.uint8)
    with pytest.raises(errors.DataError, match="7 pixels"):
        functional.ssim(a, a)
    assert functional.psnr(a, a) == math.inf


def test_psnr_of_floats() -> None:
    rng = np.random.default_rng(3)
    a = rng.random((5, 4, 4), np.float32)
    b = a + rng.normal(0, 0.01, a.shape).astype(np.float32)
    expected = metrics.peak_signal_noise_ratio(a.astype(np.float64), b.astype(np.float64), data_range=2.0)
    assert functional.psnr(a, b, peak=2.0) == pytest.approx(expected, abs=1e-9)


def test_unlike_pictures_are_refused() -> None:
    a = np.zeros((8, 8, 3), np.uint8)
    with pytest.raises(errors.ParamError) as caught:
        functional.psnr(a, a[:7])
    assert caught.value.code == "param.shape"
    with pytest.raises(errors.ParamError):
        functional.psnr(a, a.astype(np.uint16))
    with pytest.raises(errors.ParamError) as caught:
        functional.ms_ssim(a, a, scales=6)
    assert caught.value.code == "param.range"


def test_bd_rate_is_scipy_s_pchip() -> None:
    interpolate = pytest.importorskip("scipy.interpolate")
    rng = np.random.default_rng(11)
    for _ in range(20):
        curves = []
        for base in rng.uniform(0.05, 0.12, 2):
            quality = np.sort(rng.uniform(25, 42, 10)).tolist()
            rates = (base * np.exp(np.cumsum(rng.uniform(0.05, 0.5, 10)))).tolist()
            curves.append(list(zip(rates, quality, strict=True)))
        low = max(27.0, *(c[0][1] for c in curves))
        high = min(40.0, *(c[-1][1] for c in curves))
        anchor, test = (
            float(interpolate.PchipInterpolator([q for _, q in c], np.log([r for r, _ in c])).integrate(low, high))
            for c in curves
        )
        expected = 100 * math.expm1((test - anchor) / (high - low))
        assert functional.bd_rate(*curves) == pytest.approx(expected, abs=1e-8)
        assert functional.bd_rate(curves[0], curves[0]) == pytest.approx(0, abs=1e-12)


def test_bd_rate_needs_eight_points_in_common() -> None:
    curve = [(1.0 + i, 28.0 + i) for i in range(8)]
    with pytest.raises(errors.ParamError, match="8 at least"):
        functional.bd_rate(curve[:7], curve)
    with pytest.raises(errors.DataError, match="share no quality"):
        functional.bd_rate(curve, [(r, q + 30) for r, q in curve])
