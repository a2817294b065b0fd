"""PIL-VAE: the fit, both directions, files, ONNX export, and its rate against a plain PCA of the same size."""

from __future__ import annotations

import zipfile

import numpy as np
import pytest

from vaerans_ecs import models
from vaerans_ecs._linear import (
    from_patches,
    leaky_relu,
    mirrored,
    neighbourhoods,
    orthogonal_layer,
    probabilistic_pca,
    to_patches,
)
from vaerans_ecs.errors import DataError, ModelError, ParamError
from vaerans_ecs.pil import DEFAULT_FILE, PILVAE, PILVAEDecoder, default_model


def scene(height: int = 72, width: int = 90, seed: int = 0) -> np.ndarray:
    """A picture of soft shapes with edges and some noise: enough structure for a fit, no files needed."""
    rng = np.random.default_rng(seed)
    y, x = np.mgrid[:height, :width].astype(np.float32)
    picture = np.empty((height, width, 3), np.float32)
    picture[...] = (x * rng.uniform(-1, 1) + y * rng.uniform(-1, 1))[..., None] + rng.uniform(60, 200, 3)
    for _ in range(12):
        cy, cx, r = rng.uniform(0, height), rng.uniform(0, width), rng.uniform(4, 30)
        inside = (np.hypot(y - cy, x - cx) < r)[..., None]
        picture += inside * (rng.uniform(-70, 70) + rng.uniform(-25, 25, 3))
    return (picture + rng.normal(0, 2, picture.shape)).clip(0, 255).astype(np.uint8)


@pytest.fixture(scope="module")
def fitted() -> PILVAE:
    return PILVAE.fit([scene(seed=s) for s in range(6)], samples=3000, seed=1)


def psnr(a: np.ndarray, b: np.ndarray) -> float:
    return float(10 * np.log10(255**2 / max(np.mean((a.astype(np.float64) - b) ** 2), 1e-9)))


def test_patches_round_trip_and_repeat_edges():
    picture = scene(7, 10)
    patches = to_patches(picture, 4)
    assert patches.shape == (2, 3, 48)
    whole = from_patches(patches, 4)
    assert np.array_equal(whole[:7, :10], picture)
    assert np.array_equal(whole[7, :10], picture[6]) and np.array_equal(whole[:7, 11], picture[:, 9])


def test_neighbourhoods_are_what_a_convolution_sees():
    z = np.random.default_rng(0).normal(size=(2, 4, 5)).astype(np.float32)
    padded = np.pad(z, ((0, 0), (1, 1), (1, 1)), mode="edge")
    for begin, end in ((0, 4), (0, 1), (1, 3), (3, 4)):
        rows = neighbourhoods(z, 1, begin, end).reshape(end - begin, 5, 2, 3, 3)
        for y in range(begin, end):
            for x in range(5):
                assert np.array_equal(rows[y - begin, x], padded[:, y : y + 3, x : x + 3])


def test_a_mirrored_leaky_layer_keeps_every_linear_map():
    rng = np.random.default_rng(0)
    q = orthogonal_layer(6, rng)
    np.testing.assert_allclose(q @ q.T, np.eye(6), atol=1e-6)
    weight, bias = mirrored(q, rng.normal(size=6).astype(np.float32))
    x = rng.normal(size=(50, 6)).astype(np.float32)
    h = leaky_relu(x @ weight.T + bias, 0.1)
    np.testing.assert_allclose((h[:, :6] - h[:, 6:]) / 1.1, x @ q.T + bias[:6], atol=1e-5)


def test_probabilistic_pca_finds_axes_and_noise():
    rng = np.random.default_rng(3)
    axes = np.linalg.qr(rng.normal(size=(8, 2)))[0]
    x = rng.normal(size=(200_000, 2)) * [5, 3] @ axes.T + rng.normal(size=(200_000, 8)) * 0.5
    found, variances, noise = probabilistic_pca(np.cov(x.T), 2)
    assert np.abs(np.abs(np.sum(found * axes, 0)) - 1).max() < 1e-3
    np.testing.assert_allclose(variances, [25.25, 9.25], rtol=0.03)
    assert abs(noise - 0.25) < 0.01


@pytest.mark.parametrize("shape", [(1, 1), (1, 9), (7, 1), (2, 2), (33, 46)])
@pytest.mark.parametrize("dtype", [np.uint8, np.uint16])
def test_any_size_and_dtype(fitted, shape, dtype):
    picture = scene(40, 50)[: shape[0], : shape[1]].astype(dtype)
    if dtype == np.uint16:
        picture *= 257
    z = fitted.encode(picture)
    assert z.shape == (4, -(-shape[0] // 2), -(-shape[1] // 2)) and z.dtype == np.float32
    back = fitted.decode(z, shape, dtype)
    assert back.shape == picture.shape and back.dtype == dtype
    assert psnr(back / (np.iinfo(dtype).max / 255), picture / (np.iinfo(dtype).max / 255)) > 18


def test_grey_is_three_equal_channels(fitted):
    grey = scene()[..., 0]
    same = fitted.encode(np.repeat(grey[..., None], 3, axis=2))
    assert np.array_equal(fitted.encode(grey), same)
    assert np.array_equal(fitted.encode(grey[..., None]), same)


def test_batches_bands_and_out_agree(fitted, monkeypatch):
    pictures = np.stack([scene(30, 41, seed=s) for s in range(3)])
    z = fitted.encode(pictures)
    back = fitted.decode(z, (30, 41))
    out_z, out = np.empty_like(z), np.empty_like(pictures)
    fitted.encode(pictures, out=out_z)
    fitted.decode(z, (30, 41), out=out)
    assert np.array_equal(z, out_z) and np.array_equal(back, out)
    monkeypatch.setattr("vaerans_ecs.pil._BAND", 50)
    np.testing.assert_allclose(fitted.encode(pictures[1]), z[1], atol=1e-3)
    assert np.abs(fitted.decode(z[1], (30, 41)).astype(int) - back[1]).max() <= 1


def test_latent_units_are_picture_units(fitted):
    """One step in a latent sample moves the picture by about that much in all: what a uniform quantiser needs."""
    picture = scene(seed=2)
    z = fitted.encode(picture)
    noise = np.random.default_rng(0).normal(0, 3, z.shape).astype(np.float32)
    plain, noisy = (fitted.decode(v, picture.shape[:2], np.float32).astype(np.float64) * 255 for v in (z, z + noise))
    energy = np.sum((plain - noisy) ** 2) / np.sum(noise.astype(np.float64) ** 2)
    assert 0.4 < energy < 1.6


def test_fit_is_deterministic_and_seeded(tmp_path):
    pictures = [scene(seed=s) for s in range(2)]
    first, second, other = (PILVAE.fit(iter(pictures), samples=500, seed=s) for s in (0, 0, 1))
    first.save(tmp_path / "a.npz")
    second.save(tmp_path / "b.npz")
    assert (tmp_path / "a.npz").read_bytes() == (tmp_path / "b.npz").read_bytes()
    assert first.sha256 == second.sha256 != other.sha256


@pytest.mark.parametrize("options", [{"patch": 1, "latent_channels": 3}, {"patch": 4}, {"context": 0}, {"context": 2}])
def test_other_geometries(options):
    pictures = [scene(seed=s) for s in range(4)]
    model = PILVAE.fit(pictures, samples=1500, **options)
    p = options.get("patch", 2)
    assert model.latent_shape(9, 10) == (options.get("latent_channels", 4), -(-9 // p), -(-10 // p))
    assert psnr(model.decode(model.encode(pictures[0]), pictures[0].shape[:2]), pictures[0]) > 22


def test_more_context_helps_and_never_less_than_pca():
    pictures, test = [scene(seed=s) for s in range(8)], scene(seed=99)
    scores = []
    for context in (0, 1):
        model = PILVAE.fit(pictures, context=context, samples=3000, noise_step=1.0)
        scores.append(psnr(model.decode(model.encode(test), test.shape[:2]), test))
    mean, axes = plain_pca(pictures)
    x = to_patches(test, 2)
    pca = psnr(from_patches(((x - mean) @ axes @ axes.T + mean).clip(0, 255).round(), 2), test)
    assert scores[0] > pca - 0.1 and scores[1] > scores[0]


@pytest.mark.parametrize(
    "options",
    [{"patch": 0}, {"latent_channels": 13}, {"context": 9}, {"decoder_slope": 2}, {"samples": 0}, {"ridge": -1}],
)
def test_options_out_of_range(options):
    with pytest.raises(ParamError) as info:
        PILVAE.fit([scene()], **options)
    assert info.value.code == "param.range" and next(iter(options)) in str(info.value)


def test_bad_pictures_and_latents(fitted):
    for pictures in ([], [scene()[:3, :3]]):
        with pytest.raises(ParamError):
            PILVAE.fit(pictures)
    with pytest.raises(ParamError):
        PILVAE.fit([scene().astype(np.float32)])
    with pytest.raises(ParamError, match="alpha"):
        fitted.encode(np.zeros((4, 4, 4), np.uint8))
    with pytest.raises(ParamError):
        fitted.encode(np.zeros((4, 4, 3), np.float32))
    with pytest.raises(ParamError):
        fitted.encode(np.zeros((0, 4, 3), np.uint8))
    with pytest.raises(ParamError):
        fitted.decode(np.zeros((3, 4, 4), np.float32))
    with pytest.raises(ParamError):
        fitted.decode(np.zeros((4, 4, 4), np.float32), (9, 8))
    with pytest.raises(DataError) as info:
        fitted.decode(np.full((4, 4, 4), np.inf, np.float32))
    assert info.value.code == "data.not_finite"


def test_save_load_and_the_decoder_alone(fitted, tmp_path):
    fitted.save(tmp_path / "m.npz")
    again = PILVAE.load(tmp_path / "m.npz")
    alone = PILVAEDecoder.load(tmp_path / "m.npz")
    fitted.decoder.save(tmp_path / "d.npz")
    smaller = PILVAEDecoder.load(tmp_path / "d.npz")
    picture = scene(seed=4)
    z = again.encode(picture)
    assert np.array_equal(z, fitted.encode(picture))
    assert all(np.array_equal(d.decode(z), fitted.decode(z)) for d in (again, alone, smaller))
    assert fitted.sha256 == again.sha256 == alone.sha256 == smaller.sha256
    assert models.load(tmp_path / "m.npz").sha256 == fitted.sha256
    with pytest.raises(ModelError) as info:
        PILVAE.load(tmp_path / "d.npz")
    assert info.value.code == "model.invalid"


def test_damaged_files_are_model_errors(fitted, tmp_path):
    path = tmp_path / "m.npz"
    fitted.save(path)
    good = path.read_bytes()
    for bad in (b"", b"not a zip", good[: len(good) // 2], good.replace(b"NUMPY", b"NUMPX")):
        path.write_bytes(bad)
        with pytest.raises(ModelError) as info:
            PILVAE.load(path)
        assert info.value.code == "model.invalid"
    with pytest.raises(ModelError) as info:
        PILVAE.load(tmp_path / "none.npz")
    assert info.value.code == "model.not_found"


@pytest.mark.parametrize(
    "spoil",
    [
        {"geometry": np.array([2, 4, 99], np.int32)},
        {"geometry": np.array([10**9, 4, 1], np.int32)},
        {"geometry": np.array([2.0, 4, 1])},
        {"readout": np.zeros((12, 7), np.float32)},
        {"readout_bias": np.full(12, np.nan, np.float32)},
        {"axes": np.zeros((4, 24), np.float64)},
        {"decoder_slope": np.zeros(3, np.float32)},
        {"axes_bias": np.array([None] * 4, object)},
    ],
)
def test_hostile_arrays_are_model_errors(fitted, tmp_path, spoil):
    np.savez(tmp_path / "m.npz", **{**fitted.arrays, **spoil})
    with pytest.raises(ModelError) as info:
        PILVAE.load(tmp_path / "m.npz")
    assert info.value.code == "model.invalid"


def test_a_bomb_is_not_unpacked(tmp_path):
    with zipfile.ZipFile(tmp_path / "m.npz", "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("geometry.npy", bytes(1 << 27))
    with pytest.raises(ModelError, match="unpacks") as info:
        PILVAE.load(tmp_path / "m.npz")
    assert info.value.code == "model.invalid"


def test_onnx_export_computes_the_same(fitted, tmp_path):
    pytest.importorskip("onnx", reason="the export needs onnx")
    fitted.to_onnx(tmp_path / "folder", name="mine")
    model = models.load(tmp_path / "folder")
    assert (model.name, model.downscale, model.latent_channels) == ("mine", 2, 4)
    pictures = np.stack([scene(31, 44, seed=s) for s in range(2)])
    z = fitted.encode_batch(pictures)
    np.testing.assert_allclose(model.encode_batch(pictures), z, atol=2e-3)
    difference = model.decode_batch(z, (31, 44)).astype(int) - fitted.decode_batch(z, (31, 44))
    assert np.abs(difference).max() <= 1


def test_samples_look_like_the_prior(fitted):
    drawn = fitted.sample(50, 60, seed=5)
    assert drawn.shape == (50, 60, 3) and drawn.dtype == np.uint8 and drawn.std() > 10
    assert np.array_equal(drawn, fitted.sample(50, 60, seed=5))
    assert not np.array_equal(drawn, fitted.sample(50, 60, seed=6))
    assert fitted.sample(50, 60, seed=5, temperature=0).std() < drawn.std() / 3


def test_prior_is_the_spread_of_latents(fitted):
    spread = np.concatenate([fitted.encode(scene(seed=s)).reshape(4, -1) for s in range(6)], 1).std(1)
    np.testing.assert_allclose(spread, fitted.prior_std, rtol=0.15)


def test_the_model_that_ships():
    model = default_model()
    assert model is default_model() and model is models.load() and model is models.load("pil")
    assert isinstance(model, models.ImageModel)
    assert DEFAULT_FILE.stat().st_size < 1_000_000
    assert zipfile.ZipFile(DEFAULT_FILE).testzip() is None
    picture = scene(seed=7)
    assert psnr(model.decode(model.encode(picture), picture.shape[:2]), picture) > 27


def test_the_photos_behind_it_are_listed():
    """Every set in the list beside the model is in NOTICE, and no licence but the permitted ones."""
    from pathlib import Path

    rows = [line.split("\t") for line in (DEFAULT_FILE.parent / "pil_photos.tsv").read_text("utf-8").splitlines()]
    columns, photos = rows[0], [dict(zip(rows[0], row, strict=True)) for row in rows[1:]]
    assert len(photos) == 576 and {"licence", "attribution", "source", "sha256"} <= set(columns)
    licences = {p["licence"] for p in photos}
    assert not any("SA" in name or "GPL" in name or "published" in name for name in licences)
    assert all(p["attribution"] for p in photos if p["licence"].startswith(("CC BY", "CC-BY")))
    notice = (Path(__file__).resolve().parents[2] / "NOTICE").read_text("utf-8")
    for name in {p["set"] for p in photos}:
        count = sum(p["set"] == name for p in photos)
        assert any(line.split()[:2] == [name, str(count)] for line in notice.splitlines()), name


# Rate against a plain PCA --------------------------------------------------------------------------------------------


def plain_pca(pictures, p: int = 2, k: int = 4, every: int = 1) -> tuple[np.ndarray, np.ndarray]:
    x = np.concatenate([to_patches(i, p).reshape(-1, 3 * p * p)[::every] for i in pictures]).astype(np.float64)
    axes = np.linalg.eigh(np.cov(x.T))[1][:, ::-1][:, :k]
    return x.mean(0), axes


def haar(x: np.ndarray, axis: int) -> tuple[np.ndarray, np.ndarray]:
    x = np.moveaxis(x, axis, 0)
    a, b = x[0::2], x[1::2]
    return np.moveaxis((a + b) / 2**0.5, 0, axis), np.moveaxis((a - b) / 2**0.5, 0, axis)


def unhaar(low: np.ndarray, high: np.ndarray, axis: int) -> np.ndarray:
    low, high = np.moveaxis(low, axis, 0), np.moveaxis(high, axis, 0)
    x = np.stack([(low + high) / 2**0.5, (low - high) / 2**0.5], 1)
    return np.moveaxis(x.reshape(-1, *low.shape[1:]), 0, axis)


def entropy_bits(symbols: np.ndarray) -> float:
    counts = np.unique(symbols, return_counts=True)[1]
    return float(-(counts * np.log2(counts / counts.sum())).sum())


def code(z: np.ndarray, step: float, levels: int = 3) -> tuple[float, np.ndarray]:
    """Bits and the decoded latent (C,h,w): Haar per channel, uniform quantiser, entropy of each channel's band."""
    bits, low, details = 0.0, z, []
    for _ in range(levels):
        left, right = haar(low, 2)
        (low, hl), (lh, hh) = haar(left, 1), haar(right, 1)
        details.append([np.rint(band / step) for band in (hl, lh, hh)])
        bits += sum(entropy_bits(channel) for band in details[-1] for channel in band)
    low = np.rint(low / step)
    bits += sum(entropy_bits(channel) for channel in low)
    low = low * step
    for hl, lh, hh in reversed(details):
        low = unhaar(unhaar(low, hl * step, 1), unhaar(lh * step, hh * step, 1), 2)
    return bits, low.astype(np.float32)


def rate_curve(pictures, encode, decode, steps) -> tuple[np.ndarray, np.ndarray]:
    """Mean bits per pixel and mean PSNR at each step."""
    rates, scores = [], []
    for step in steps:
        pairs = [(code(encode(x), step), x) for x in pictures]
        rates.append(np.mean([bits / (x.size / 3) for (bits, _), x in pairs]))
        scores.append(np.mean([psnr(decode(z), x) for (_, z), x in pairs]))
    return np.array(rates), np.array(scores)


def test_not_worse_than_pca_at_equal_bytes_on_val(shared):
    """The bound is 0.2 dB behind a PCA of the same patches and components, fitted on the test pictures themselves."""
    from PIL import Image

    files = sorted((shared / "data" / "val").glob("*.png"))[::4]
    pictures = [np.asarray(Image.open(file).convert("RGB"))[:512, :512] for file in files]
    model = default_model()
    mean, axes = plain_pca(pictures, model.patch, model.latent_channels, every=7)
    steps = (4, 12, 32, 80, 160)
    ours = rate_curve(pictures, model.encode, model.decode, steps)

    def encode(x):
        return ((to_patches(x, model.patch) - mean) @ axes).transpose(2, 0, 1)

    def decode(z):
        return from_patches((z.transpose(1, 2, 0) @ axes.T + mean).clip(0, 255).round(), model.patch)

    theirs = rate_curve(pictures, encode, decode, steps)
    at_their_rates = np.interp(np.log(theirs[0]), np.log(ours[0])[::-1], ours[1][::-1])
    gain = at_their_rates - theirs[1]
    print("bpp", theirs[0].round(3), "PCA dB", theirs[1].round(2), "gain dB", gain.round(2))
    assert gain.min() > -0.2
    # What it reaches today, so that a worse model is noticed.
    assert gain.mean() > 1.0
