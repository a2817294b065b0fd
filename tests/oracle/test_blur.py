"""The Gaussian blur against scipy.ndimage and scikit-image."""

from __future__ import annotations

import numpy as np
import pytest

from vaerans_ecs import errors, functional

ndimage = pytest.importorskip("scipy.ndimage")
SHAPES = [(1, 1, 3), (1, 9, 1), (7, 1, 4), (5, 6, 3), (33, 64, 3), (64, 47, 1), (40, 31)]
SIGMAS = [0.1, 0.5, 1.0, 1.5, 4.0, 17.3]


def oracle(x: np.ndarray, sigma: float) -> np.ndarray:
    return ndimage.gaussian_filter(x.astype(np.float64), (sigma, sigma, 0)[: x.ndim])


@pytest.mark.parametrize("shape", SHAPES, ids=str)
@pytest.mark.parametrize("sigma", SIGMAS)
def test_floats_are_scipy_s(shape: tuple[int, ...], sigma: float) -> None:
    x = np.random.default_rng(1).uniform(-100, 100, shape).astype(np.float32)
    result = functional.gaussian_blur(x, sigma)
    assert result.shape == x.shape and result.dtype == np.float32
    # f32 sums of values up to 100, two passes
    np.testing.assert_allclose(result, oracle(x, sigma), rtol=0, atol=1e-4)


@pytest.mark.parametrize("dtype", [np.uint8, np.uint16])
@pytest.mark.parametrize("shape", SHAPES, ids=str)
@pytest.mark.parametrize("sigma", SIGMAS)
def test_integers_are_rounded_once(shape: tuple[int, ...], sigma: float, dtype: type) -> None:
    top = np.iinfo(dtype).max
    x = np.random.default_rng(2).integers(0, top + 1, shape).astype(dtype)
    exact = oracle(x, sigma)
    result = functional.gaussian_blur(x, sigma)
    assert result.dtype == dtype
    # half a step of rounding, and the error of f32 sums (1e-6 of the range)
    assert np.abs(result.astype(np.float64) - exact).max() <= 0.5 + 1e-6 * top


def test_photo_is_scikit_image_s() -> None:
    data, filters = pytest.importorskip("skimage.data"), pytest.importorskip("skimage.filters")
    photo = np.ascontiguousarray(data.astronaut())
    exact = filters.gaussian(photo, sigma=2.0, channel_axis=-1, preserve_range=True, mode="reflect")
    result = functional.gaussian_blur(photo, 2.0)
    assert np.abs(result - exact).max() <= 0.501
    strided = photo[::2, 1::3]
    np.testing.assert_array_equal(
        functional.gaussian_blur(strided, 2.0), functional.gaussian_blur(np.ascontiguousarray(strided), 2.0)
    )


def test_result_depends_neither_on_threads_nor_on_out() -> None:
    x = np.random.default_rng(3).integers(0, 256, (200, 50, 3), np.uint8)
    first = functional.gaussian_blur(x, 1.5, threads=1)
    out = np.empty_like(x)
    assert functional.gaussian_blur(x, 1.5, out=out, threads=4) is out
    np.testing.assert_array_equal(out, first)


def test_sigma_nought_copies() -> None:
    x = np.random.default_rng(4).integers(0, 256, (9, 8, 3), np.uint8)
    np.testing.assert_array_equal(functional.gaussian_blur(x, 0.0), x)


@pytest.mark.parametrize("sigma", [-0.5, 1025.0, float("nan"), float("inf")])
def test_sigma_out_of_range_is_refused(sigma: float) -> None:
    with pytest.raises(errors.ParamError) as caught:
        functional.gaussian_blur(np.zeros((4, 4, 3), np.uint8), sigma)
    assert caught.value.code == "param.range"


def test_pictures_without_samples_are_refused() -> None:
    with pytest.raises(errors.DataError) as caught:
        functional.gaussian_blur(np.zeros((0, 4, 3), np.uint8), 1.0)
    assert caught.value.code == "data.empty"
