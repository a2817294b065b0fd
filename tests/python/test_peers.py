"""The codecs we compare with: they code, they are cached, and a missing one is told, not raised."""

from __future__ import annotations

import json

import numpy as np
import pytest

from vaerans_ecs import errors
from vaerans_ecs.eval import PEERS, available, peers
from vaerans_ecs.eval.cache import PointCache
from vaerans_ecs.eval.codecs import from_peer
from vaerans_ecs.eval.photos import load, sources
from vaerans_ecs.eval.sweep import run_point, sweep_photo

POINT = {"bytes": 9, "psnr": 30.0, "ssim": 0.9, "ms_ssim": None, "lossless": False, "encode_ms": 1.0, "decode_ms": 1.0}


def picture(height: int = 64, width: int = 96) -> np.ndarray:
    """Smooth colour with an edge and a little noise: something every codec can win on."""
    y, x = np.mgrid[:height, :width]
    rgb = np.stack([x * 255 / width, y * 255 / height, 128 + 60 * np.sin(x / 7)], -1) + 40 * (x > y)[..., None]
    return np.clip(rgb + np.random.default_rng(3).normal(0, 3, rgb.shape), 0, 255).astype(np.uint8)


@pytest.fixture
def photo():
    return load(sources({"made": picture()})[0])


@pytest.mark.parametrize("name", PEERS)
def test_peer_codes_and_its_knob_moves_size_and_quality(name):
    found, skipped = available([name])
    if skipped:
        pytest.skip(skipped[0].reason)
    peer, img = found[0], picture()
    sizes, errors = [], []
    for quality in peer.qualities:
        data = peer.encode(img, quality)
        decoded = peer.decode(data)
        assert decoded.shape == img.shape
        assert decoded.dtype == np.uint8
        sizes.append(len(data))
        errors.append(float(np.square(decoded.astype(float) - img).mean()))
    assert len(peer.qualities) >= 8
    assert sizes[-1] > 1.5 * sizes[0]
    assert errors[-1] < 0.5 * errors[0]


@pytest.mark.parametrize("name", peers.LOSSLESS)
def test_lossless_peers_give_the_samples_back(name):
    found, skipped = available([name])
    if skipped:
        pytest.skip(skipped[0].reason)
    img = picture()
    for effort in found[0].qualities:
        data = found[0].encode(img, effort)
        assert len(data) < img.nbytes
        np.testing.assert_array_equal(found[0].decode(data), img)


def test_jpeg_is_progressive_and_subsampled():
    from io import BytesIO

    Image = pytest.importorskip("PIL.Image")
    image = Image.open(BytesIO(PEERS["JPEG"].encode(picture(), 50)))
    assert image.info["progressive"]
    assert [c[1:3] for c in image.layer] == [(2, 2), (1, 1), (1, 1)]


def test_names_are_found_however_they_are_spelt():
    found, skipped = available(["jpeg", "JPEG-2000", "jpegxl"])
    assert [p.name for p in found] + [s.name for s in skipped] == ["JPEG", "JPEG 2000", "JPEG XL"]


def test_absent_peers_are_listed_with_a_reason(monkeypatch):
    def missing() -> str:
        raise ImportError("needs libnothing")

    def broken() -> str:
        raise OSError("bad ELF")

    for name, version in (("WebP", missing), ("AVIF", broken)):
        monkeypatch.setitem(peers.PEERS, name, peers.Peer(name, "", "q", (1,), version, None, None))
    peers.version.cache_clear()
    found, skipped = available(["WebP", "AVIF"])
    peers.version.cache_clear()
    assert found == []
    assert [s.name for s in skipped] == ["WebP", "AVIF"]
    assert "libnothing" in skipped[0].reason
    assert "bad ELF" in skipped[1].reason


def test_a_misspelt_peer_is_refused_with_the_known_ones():
    with pytest.raises(errors.ParamError, match="JPEG") as caught:
        available(["WebP", "PiXel"])
    assert caught.value.code == "param.unknown"


def test_second_run_reads_the_cache_and_does_not_encode(tmp_path, photo):
    codec = from_peer(PEERS["JPEG"])
    first = list(sweep_photo(photo, [codec], PointCache(tmp_path), threads=2))
    assert all(not r.cached and r.error is None for r in first)

    def never(*_):
        raise AssertionError("encoded although cached")

    codec.encode = never
    cache = PointCache(tmp_path)
    again = list(sweep_photo(photo, [codec], cache, threads=1))
    assert cache.hits == len(codec.points)
    assert all(r.cached for r in again)

    def values(rows):
        return sorted((r.point, r.bytes, r.psnr, r.ssim, r.ms_ssim) for r in rows)

    assert values(again) == values(first)


def test_another_picture_or_version_is_another_point(tmp_path, photo):
    cache = PointCache(tmp_path)
    cache.store("JPEG", "1.0", photo.sha256, 50, POINT)
    assert cache.load("JPEG", "1.0", photo.sha256, 50) == POINT
    assert cache.load("JPEG", "1.1", photo.sha256, 50) is None
    assert cache.load("JPEG", "1.0", "0" * 64, 50) is None
    assert cache.load("JPEG", "1.0", photo.sha256, 51) is None


@pytest.mark.parametrize(
    "content",
    [b"", b"{", b"[]", b"null", b'{"bytes": "9"}', b"\xff\xfe\x00", json.dumps({**POINT, "bytes": -1}).encode(),
     json.dumps({**POINT, "psnr": "30"}).encode(), b"[" * 100_000],
)  # fmt: skip
def test_a_damaged_cache_entry_is_measured_again(tmp_path, photo, content):
    codec, cache = from_peer(PEERS["JPEG"]), PointCache(tmp_path)
    params = codec.points[4]
    path = cache.path("JPEG", codec.version, photo.sha256, params["quality"])
    path.parent.mkdir(parents=True)
    path.write_bytes(content)
    row = run_point(photo, codec, params, cache)
    assert row.error is None
    assert not row.cached
    assert run_point(photo, codec, params, PointCache(tmp_path)).cached


def test_a_cache_that_cannot_be_written_costs_nothing_but_time(tmp_path, photo):
    (tmp_path / "peers").write_text("a file where a folder should be")
    codec = from_peer(PEERS["JPEG"])
    row = run_point(photo, codec, codec.points[0], PointCache(tmp_path))
    assert row.error is None
    assert row.bytes > 0
    assert [p.name for p in tmp_path.iterdir()] == ["peers"]
