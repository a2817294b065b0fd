"""The codec in layers that ships: options of the profile `vae`, and files that are the same everywhere."""

from __future__ import annotations

import numpy as np
import pytest
from outside import on_every_isa

import vaerans_ecs as ve
from vaerans_ecs.errors import ParamError


@pytest.fixture(scope="module")
def img():
    data = pytest.importorskip("skimage.data")
    return np.ascontiguousarray(data.astronaut()[20:200, 140:340])


def checkerboard(side: int) -> np.ndarray:
    y, x = np.mgrid[:side, :side]
    return np.repeat(((x + y) % 2 * 255).astype(np.uint8)[:, :, None], 3, axis=2)


def first_step(file: bytes) -> int:
    return ve.info(file).steps[0][0]


def test_quality_buys_fidelity_with_bytes(img):
    files = [ve.compress(img, "vae", quality=quality, fallback=False) for quality in (0, 20, 40, 60, 80, 100)]
    assert {first_step(file) for file in files} == {67}
    sizes, psnr = [len(f) for f in files], [ve.functional.psnr(img, ve.decompress(f)) for f in files]
    assert sizes == sorted(sizes) and psnr == sorted(psnr) and psnr[0] > 24 and psnr[-1] > 36


def test_a_target_of_bytes_is_kept(img):
    files = [ve.compress(img, "vae", quality=quality, fallback=False) for quality in (0, 40, 100)]
    for file in files:
        best = ve.compress(img, "vae", target_bytes=len(file), fallback=False)
        assert len(best) <= len(file) and ve.functional.psnr(img, ve.decompress(best)) >= ve.functional.psnr(
            img, ve.decompress(file)
        )
    assert ve.compress(img, "vae", target_bytes=1 << 30, fallback=False) == files[-1]
    with pytest.raises(ParamError, match=rf"the smallest file of this picture has {len(files[0])} bytes") as error:
        ve.compress(img, "vae", target_bytes=100)
    assert error.value.code == "param.range"


def test_a_target_of_psnr_is_reached(img):
    for least in (28.0, 30, 34.5):
        file = ve.compress(img, "vae", target_psnr=least, fallback=False)
        assert least <= ve.functional.psnr(img, ve.decompress(file)) < least + 1
    with pytest.raises(ParamError, match=r"the best file of this picture has \d\d\.\d\d dB"):
        ve.compress(img, "vae", target_psnr=60.0)
    for options in (
        {"target_psnr": 30.0, "target_bytes": 3000},
        {"target_psnr": 30.0, "lossless": True},
        {"target_bytes": 3000, "max_error": 2},
        {"target_psnr": 0.5},
        {"target_bytes": 0},
    ):
        with pytest.raises(ParamError) as error:
            ve.compress(img, "vae", **options)
        assert error.value.code == "param.range", options
    with pytest.raises(ParamError) as error:
        ve.compress(img, "vae", model="pil", target_bytes=3000)
    assert error.value.code == "param.unknown" and "target_bytes" in error.value.message


@pytest.mark.parametrize("side", [100, 170])
def test_photo_stands_in_for_what_the_model_cannot_do(side):
    """With MS-SSIM and, of small pictures, with PSNR."""
    board = checkerboard(side)
    file, own = ve.compress(board, "vae", quality=80), ve.compress(board, "vae", quality=80, fallback=False)
    assert (first_step(file), first_step(own)) == (50, 67) and len(file) <= len(own)
    assert ve.functional.psnr(board, ve.decompress(file)) > ve.functional.psnr(board, ve.decompress(own)) + 3
    assert np.array_equal(ve.decompress(ve.compress(board, "vae", lossless=True)), board)


def test_threads_change_neither_bytes_nor_pixels(img):
    wide = np.tile(img, (1, 11, 1))  # more than a tile, and more than a block of a network
    files = [ve.compress(wide, "vae", quality=60, threads=threads, fallback=False) for threads in (1, 2, 5)]
    assert files[0] == files[1] == files[2]
    whole = ve.decompress(files[0], threads=1)
    assert np.array_equal(ve.decompress(files[0], threads=4), whole)
    region = ve.decompress(files[0], region=(2000, 50, 100, 60))
    assert np.array_equal(region, whole[50:110, 2000:2100])


def test_every_instruction_set_gives_the_same_bytes_and_pixels(img, tmp_path):
    np.save(tmp_path / "img.npy", img)
    script = f"""
import hashlib, numpy as np, vaerans_ecs as ve
img = np.load({str(tmp_path / "img.npy")!r})
file = ve.compress(img, "vae", quality=70, fallback=False) + ve.compress(img, "vae", max_error=4)
whole = ve.decompress(ve.compress(img, "vae", quality=70, fallback=False))
print(hashlib.sha256(file).hexdigest(), hashlib.sha256(whole).hexdigest())
"""
    told = on_every_isa(script)
    assert len(set(told.values())) == 1, told
