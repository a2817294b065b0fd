"""The source document of the hybrid engine: PILVAE and PILVAEDecoder, closed form, decoder plain matrix algebra."""

from __future__ import annotations

import numpy as np
import pytest

from vaerans_ecs import PILVAE, PILVAEDecoder, functional


@pytest.fixture(scope="module")
def pictures():
    data = pytest.importorskip("skimage.data")
    return [np.ascontiguousarray(p[:200, :200]) for p in (data.astronaut(), data.chelsea(), data.coffee())]


@pytest.fixture(scope="module")
def model(pictures):
    return PILVAE.fit(pictures, patch=2, latent_channels=4)


def test_fit_encode_decode(model, pictures):
    latent = model.encode(pictures[0])
    assert latent.shape == (4, 100, 100) and latent.dtype == np.float32
    assert functional.psnr(pictures[0], model.decode(latent)) > 26


def test_the_decoder_alone_is_plain_arithmetic(model, pictures, tmp_path):
    model.decoder.save(tmp_path / "decoder.npz")
    decoder = PILVAEDecoder.load(tmp_path / "decoder.npz")
    assert type(decoder) is PILVAEDecoder and not hasattr(decoder, "encode")
    latent = model.encode(pictures[1][:75, :63])
    assert np.array_equal(decoder.decode(latent, (75, 63)), model.decode(latent, (75, 63)))


def test_sample_draws_from_the_prior(model):
    first, again, other = model.sample(40, 31, seed=1), model.sample(40, 31, seed=1), model.sample(40, 31, seed=2)
    assert first.shape == (40, 31, 3) and first.dtype == np.uint8
    assert np.array_equal(first, again) and not np.array_equal(first, other)


def test_save_and_load(model, pictures, tmp_path):
    model.save(tmp_path / "model.npz")
    loaded = PILVAE.load(tmp_path / "model.npz")
    assert loaded.sha256 == model.sha256
    assert np.array_equal(loaded.encode(pictures[2]), model.encode(pictures[2]))


def test_to_onnx_computes_the_same(model, pictures, tmp_path):
    pytest.importorskip("onnx")
    from vaerans_ecs import models

    model.to_onnx(tmp_path / "pil", name="mine")
    network = models.load(tmp_path / "pil")
    latent = network.encode_batch([pictures[0]])[0]
    assert np.abs(latent - model.encode(pictures[0])).max() < 1e-3
    pair = network.decode_batch(latent[None], (200, 200))[0], model.decode(latent)
    assert np.abs(pair[0].astype(int) - pair[1]).max() <= 1
