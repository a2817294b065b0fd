"""The wavelets against PyWavelets, band by band and level by level."""

from __future__ import annotations

import numpy as np
import pytest

from vaerans_ecs.functional import band_table, inverse_wavelet, wavelet

pywt = pytest.importorskip("pywt")

#: name -> PyWavelets' name and mode; and what its averages and details are multiplied by, per dimension, to give ours:
#: 5/3 and 9/7 keep the mean (JPEG 2000) and a detail is odd minus prediction; Haar is orthonormal in both.
ORACLES = {
    "cdf53": ("bior2.2", "reflect", 2**-0.5, -(2**0.5)),
    "cdf97": ("bior4.4", "reflect", 2**-0.5, -(2**0.5)),
    "haar": ("haar", "symmetric", 1.0, 1.0),
}
SHAPES = [(2, 2), (3, 2), (5, 8), (9, 7), (16, 33), (64, 96), (2, 31, 65)]


def split(x: np.ndarray, name: str, axis: int) -> np.ndarray:
    """One split along an axis by PyWavelets: averages, then details, as many as we keep of each."""
    n = x.shape[axis]
    if n == 1:
        return x
    oracle, mode, low, high = ORACLES[name]
    # PyWavelets' filters are padded to 6 or 10 taps: its first coefficients lie before the signal.
    lead = (len(pywt.Wavelet(oracle).dec_lo) - 2) // 4
    averages, details = pywt.dwt(x.astype(np.float64), oracle, mode=mode, axis=axis)
    averages = np.take(averages, range(lead, lead + (n + 1) // 2), axis)
    details = np.take(details, range(lead, lead + n // 2), axis)
    return np.concatenate([averages * low, details * high], axis)


def oracle_pyramid(x: np.ndarray, name: str, levels: int) -> np.ndarray:
    x = x.astype(np.float64)
    h, w = x.shape[-2:]
    for _ in range(levels):
        x[..., :h, :w] = split(split(x[..., :h, :w], name, -1), name, -2)
        h, w = (h + 1) // 2, (w + 1) // 2
    return x


@pytest.mark.parametrize("levels", [1, 2, 4])
@pytest.mark.parametrize("shape", SHAPES, ids=str)
@pytest.mark.parametrize("name", ORACLES)
def test_bands_are_pywavelets(name: str, shape: tuple[int, ...], levels: int) -> None:
    x = np.random.default_rng(1).uniform(-1, 1, shape).astype(np.float32)
    # f32 lifting against f64 convolution: values up to 2 per split and dimension, some ten roundings each
    np.testing.assert_allclose(wavelet(x, name, levels), oracle_pyramid(x, name, levels), rtol=0, atol=2e-5)


@pytest.mark.parametrize("name", ORACLES)
def test_every_small_side_comes_back(name: str) -> None:
    rng = np.random.default_rng(2)
    for h in range(1, 34):
        for w in range(1, 34):
            x = rng.uniform(-1, 1, (h, w)).astype(np.float32)
            back = inverse_wavelet(wavelet(x, name, 5), name, 5)
            np.testing.assert_allclose(back, x, rtol=0, atol=1e-5, err_msg=f"{h} x {w}")


@pytest.mark.parametrize("name", ["cdf53", "haar"])
def test_integers_are_reversible(name: str) -> None:
    rng = np.random.default_rng(3)
    for shape in [*SHAPES, (1, 1), (1, 40), (40, 1), (7, 24, 40)]:
        x = rng.integers(-(2**31), 2**31, shape, dtype=np.int32)
        assert (inverse_wavelet(wavelet(x, name), name) == x).all(), shape


def test_integer_53_is_the_float_one_rounded() -> None:
    x = np.random.default_rng(4).integers(0, 256, (64, 96), dtype=np.int32)
    # one split in two dimensions rounds down four times, the averages' errors halved on the way
    assert np.abs(wavelet(x, "cdf53", 1) - wavelet(x.astype(np.float32), "cdf53", 1)).max() <= 2


def test_out_and_bands() -> None:
    x = np.random.default_rng(5).uniform(size=(3, 21, 34)).astype(np.float32)
    out = np.empty_like(x)
    assert wavelet(x, "cdf97", 3, out=out) is out
    cover = np.zeros((21, 34), int)
    for _, _, y, left, height, width in band_table(21, 34, 3):
        cover[y : y + height, left : left + width] += 1
    assert (cover == 1).all()


def test_haar_keeps_energy() -> None:
    x = np.random.default_rng(6).normal(size=(64, 64)).astype(np.float32)
    y = wavelet(x, "haar", 6)
    assert np.sum(y.astype(np.float64) ** 2) == pytest.approx(np.sum(x.astype(np.float64) ** 2), rel=1e-5)
