"""The photo profile on real photos: what a user may rely on from quality to quality."""

from pathlib import Path

import numpy as np
import pytest

import vaerans_ecs as ve
from vaerans_ecs.functional import psnr


def pictures(folder: Path, count: int) -> list[np.ndarray]:
    files = sorted(folder.glob("*.png"))
    step = max(len(files) // count, 1)
    return [ve.imread(f) for f in files[::step][:count]]


@pytest.mark.parametrize("crop", [512, 256, 128, 64])
def test_size_and_psnr_never_fall_as_quality_rises(shared, crop):
    for img in pictures(shared / "data" / "val", 3):
        img = np.ascontiguousarray(img[:crop, :crop])
        size, quality_db = 0, 0.0
        for quality in range(101):
            data = ve.compress(img, quality=quality, threads=1)
            now = psnr(img, ve.decompress(data, threads=1))
            assert len(data) >= size, f"quality {quality}: {size} then {len(data)} bytes"
            assert now >= quality_db, f"quality {quality}: {quality_db} then {now} dB"
            size, quality_db = len(data), now


def test_kodak_lossless_stays_under_ten_bits_per_pixel(shared):
    rates = []
    for img in pictures(shared / "data" / "kodak", 24):
        data = ve.compress(img, lossless=True, threads=1)
        assert (ve.decompress(data, threads=1) == img).all()
        rates.append(8 * len(data) / (img.shape[0] * img.shape[1]))
    assert len(rates) == 24
    assert np.mean(rates) <= 10.0


def test_threads_do_not_show_in_tiles(shared):
    img = np.tile(pictures(shared / "data" / "kodak", 1)[0], (2, 3, 1))
    data = ve.compress(img, threads=1)
    assert ve.info(data).tiles > 1
    assert ve.compress(img, threads=2) == data
    assert (ve.decompress(data, threads=2) == ve.decompress(data, threads=1)).all()
