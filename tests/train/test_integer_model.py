"""The entropy model in integers against recorded vectors, and integers as words and back."""

from __future__ import annotations

import hashlib
import json

import numpy as np
import pytest
from tools.train import float_model, frequencies, integers, rans
from tools.train.float_model import FloatModel, Taps
from tools.train.integer_math import CLASSES, OWN, SCALE_MAX, SYMBOLS, fold, klass, raw_bits, rsh
from tools.train.integer_model import IntegerModel

QUALITIES = (0, 13, 24, 28, 45, 56)


@pytest.fixture(scope="module")
def golden(shared):
    folder = shared / "models" / "vae1"
    if not (folder / "golden").is_dir():
        pytest.skip("no golden vectors in the shared folder")
    return IntegerModel.load(folder / "entropy_model.npz"), folder / "golden"


def small_model(base: int = 5, second: int = 4) -> IntegerModel:
    """A model of a few channels with taps of every kind."""
    rng, channels, levels = np.random.default_rng(5), base + second, 8
    gain = np.exp(np.linspace(-1, 2, levels))[:, None] * rng.uniform(0.5, 2, channels)
    scales = [
        [(c, dy, dx, rng.uniform(0.1, 1)) for dy, dx in OWN[:4]]
        + [(j, 1, -1, rng.uniform(0.1, 1)) for j in range(c) if rng.random() < 0.5]
        for c in range(channels)
    ]
    means = [
        [(c, dy, dx, rng.uniform(-0.3, 0.3)) for dy, dx in OWN[2:]]
        + [(j, 0, 1, rng.uniform(-0.3, 0.3)) for j in range(c)]
        for c in range(channels)
    ]
    model = FloatModel(
        gain=gain, step=1 / gain, floor=0.3 / gain, mean_amplitude=np.ones((levels, channels)),
        scale_amplitude=np.full((levels, channels), 1.1), mean_taps=Taps.of_lists(means),
        scale_taps=Taps.of_lists(scales), sum_taps=rng.uniform(0, 0.01, (channels, 9)),
        edge=rng.uniform(0, 1, channels), share=rng.uniform(0, 1, channels),
        shape_weight=np.array([0.6, 0.3, 0.1]), shape_width=np.array([0.35, 0.7, 3.0]), base=base,
    )  # fmt: skip
    arrays = integers.integers(model, print)
    prior = frequencies.prior_tables(model)
    arrays["tab"] = np.stack([frequencies.tables(np.zeros_like(prior), prior)] * 2)
    return IntegerModel(arrays)


def test_rounding_and_classes_are_those_of_the_specification():
    assert rsh(np.array([-3, -2, -1, 1, 2, 3]), 2).tolist() == [-1, 0, 0, 0, 1, 1]
    scales = np.arange(0, SCALE_MAX + 9, 7)
    octave = np.array([int(s).bit_length() - 1 for s in np.clip(scales, 16, SCALE_MAX)])
    clipped = np.clip(scales, 16, SCALE_MAX)
    assert np.array_equal(klass(scales), 4 * octave + ((clipped >> (octave - 2)) & 3) - 16)
    assert klass(np.array([0, SCALE_MAX + 5])).tolist() == [0, CLASSES - 1]
    assert [int(raw_bits(c)) for c in (0, 39, 40, 59)] == [0, 0, 1, 5]


def test_residuals_fold_to_a_mean_whose_fraction_is_positive():
    q, mean = np.array([3, 3, -2]), np.array([3 * 4096 + 1000, 3 * 4096 - 1000, -2 * 4096 + 2047])
    residual, phase = fold(q, mean)
    assert residual.tolist() == [0, 0, 0] and phase.tolist() == [1, 1, 3]
    assert fold(np.array([4]), np.array([3 * 4096 - 1]))[0].tolist() == [-1]


@pytest.mark.parametrize("quality", QUALITIES)
def test_means_classes_and_words_are_those_recorded(golden, quality):
    model, folder = golden
    with np.load(folder / f"q{quality}.npz") as recorded:
        q, prepared = recorded["q"].astype(np.int64), model.prepare(quality)
        means, classes = model.context(q, prepared)
        assert np.array_equal(means, recorded["mean_q12"])
        assert np.array_equal(classes, recorded["cls"])
        assert np.array_equal(rans.encode(model, q, prepared), recorded["words"])
    facts = json.loads((folder / "golden.json").read_text())[str(quality)]
    assert hashlib.sha256(q.astype("<i2").tobytes()).hexdigest() == facts["sha256_q_int16_le"]


@pytest.mark.parametrize("quality", (0, 28))
def test_recorded_words_decode_to_the_recorded_integers(golden, quality):
    model, folder = golden
    with np.load(folder / f"q{quality}.npz") as recorded:
        q = rans.decode(model, recorded["words"], recorded["q"].shape, model.prepare(quality))
        assert np.array_equal(q, recorded["q"])


@pytest.mark.parametrize("quality", (0, 7, 24, 31, 56))
@pytest.mark.parametrize("channels", (5, 9))
def test_integers_come_back_from_words(quality, channels):
    model, rng = small_model(), np.random.default_rng(quality)
    q = np.round(rng.laplace(0, 2, (channels, 6, 7))).astype(np.int64)
    q[0, 2, 3], q[4, 0, 0] = 4000, -3000  # escapes
    prepared = model.prepare(quality)
    words = rans.encode(model, q, prepared)
    assert np.array_equal(rans.decode(model, words, q.shape, prepared), q)
    assert abs(16 * len(words) - model.code_length(q, prepared)) < 80


def test_means_do_not_depend_on_what_comes_later():
    model, prepared = small_model(), small_model().prepare(20)
    rng = np.random.default_rng(2)
    q = rng.integers(-5, 6, (9, 6, 7))
    other = q.copy()
    other[4, 3:] += rng.integers(-3, 4, other[4, 3:].shape)
    other[5:] += 1
    for first, second in zip(model.context(q, prepared), model.context(other, prepared), strict=True):
        assert np.array_equal(first[:4], second[:4])
        assert np.array_equal(first[4, :4], second[4, :4])


def test_tables_sum_up_and_have_no_zero():
    counts = np.random.default_rng(3).integers(0, 1000, (CLASSES, 4, SYMBOLS)) * (np.arange(SYMBOLS) < 20)
    prior = np.full(counts.shape, 1 / SYMBOLS)
    table = frequencies.tables(counts, prior)
    assert table.min() >= 1 and (table.sum(2) == 1 << 15).all()


@pytest.mark.parametrize("factors", [{"wmu": 3000}, {"wmu": 10}, {"wsc": 3000}, {"wsc": 10, "edge": 300}])
def test_taps_that_could_leave_32_bits_are_made_smaller(factors):
    arrays = {name: value * factors.get(name, 1) for name, value in small_model().arrays.items()}
    assert not decoders_take(arrays)
    said = []
    shrunk = integers.within_range(arrays, said.append)
    assert said and decoders_take(shrunk)


def decoders_take(arrays) -> bool:
    """Whether the sums fit at every quality: docs/format.md, "Preparing a quality"."""
    model, most = IntegerModel(arrays), (1 << 31) - 1 - (1 << 12)
    prepared = [model.prepare(quality) for quality in range(57)]
    means = [np.abs(p.mean_weight).sum(1) * 32767 <= most for p in prepared]
    scales = [np.abs(p.scale_weight).sum(1) * np.maximum(4095, p.edge) <= most for p in prepared]
    return bool(np.all(means) and np.all(scales))


def test_integers_are_stored_in_the_smallest_type():
    types = [integers.smallest(np.array([-1, top])).dtype for top in (127, 128, 32768)]
    assert types == [np.int8, np.int16, np.int32]


def test_a_float_model_comes_back_from_its_file(tmp_path):
    taps = Taps.of_lists([[(0, -1, 0, 0.5)], []])
    ones = np.ones((8, 2))
    model = FloatModel(ones, ones, ones, ones, ones, taps, taps, np.ones((2, 9)), ones[0], ones[0], ones[0], ones[0], 1)
    model.save(tmp_path / "m.npz")
    read = float_model.FloatModel.load(tmp_path / "m.npz")
    assert read.base == 1 and read.mean_taps.lists() == taps.lists() and np.array_equal(read.gain, ones)
