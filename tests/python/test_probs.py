"""The tables of probabilities of a stream: `ANSBitstream.probs`."""

from __future__ import annotations

import numpy as np
import pytest

from vaerans_ecs import World, _core
from vaerans_ecs.components import ANSBitstream, Latent4, Planes
from vaerans_ecs.errors import PipeError
from vaerans_ecs.systems import ANSEncode, QuantizeU8, WaveletCDF53

CODERS = [("rans", "fast"), ("rans", "precise"), ("constriction", "fast")]


@pytest.fixture
def world() -> World:
    return World(arena_bytes=32 << 20, threads=1)


def planes(world: World, samples: np.ndarray) -> int:
    """An entity with int32 planes (C, H, W)."""
    eid = world.new_entity()
    world.planes[eid] = Planes(world.put(samples.astype(np.int32)))
    return eid


def latent(world: World, values: np.ndarray) -> int:
    """An entity with a latent (C, H, W)."""
    eid = world.new_entity()
    world.latent[eid] = Latent4(world.put(values.astype(np.float32)))
    return eid


def coded(world: World, eid: int, **how: object) -> ANSBitstream:
    """The stream of an entity's latent, quantised to a byte."""
    pipe = world.pipe(eid).select("Latent4").to(QuantizeU8()).to(ANSEncode(**how))
    stream = pipe.out("Bitstream").component
    assert isinstance(stream, ANSBitstream)
    return stream


@pytest.mark.parametrize(("coder", "setting"), CODERS)
def test_a_table_fits_the_symbols_it_was_made_of(world, coder, setting):
    values = np.random.default_rng(5).normal(size=(1, 96, 96))
    eid = latent(world, values)
    stream = coded(world, eid, coder=coder, setting=setting)
    assert stream.probs.shape == (1, 256) and stream.probs.dtype == np.float64
    assert stream.probs.sum() == 1 and not stream.probs.flags.writeable and stream.probs is stream.probs
    symbols = world.view(world.symbols[eid].q).reshape(-1)
    shares = np.bincount(symbols, minlength=256) / symbols.size
    assert np.abs(stream.probs[0] - shares).max() < 0.02
    there = (shares > 0) & (stream.probs[0] > 0)
    entropy = -(shares[shares > 0] * np.log2(shares[shares > 0])).sum()
    cost = -(shares[there] * np.log2(stream.probs[0][there])).sum()
    assert cost == pytest.approx(entropy, rel=0.05)
    assert stream.words.nbytes * 8 == pytest.approx(cost * symbols.size, rel=0.1)


def test_equal_symbols_are_certain_and_noise_is_even(world):
    assert coded(world, latent(world, np.zeros((1, 8, 8)))).probs.tolist() == [[1.0] + [0.0] * 255]
    noise = np.random.default_rng(6).uniform(-1, 1, size=(1, 4, 4))
    (row,) = coded(world, latent(world, noise)).probs
    # So few symbols are stored as they are: every byte is as likely as any other.
    assert row.tolist() == [1 / 256] * 256


@pytest.mark.parametrize("adaptive", [False, True])
def test_a_row_for_every_sequence(world, adaptive):
    rng = np.random.default_rng(7)
    eid = planes(world, rng.integers(-40, 40, (3, 64, 48)).cumsum(axis=2))
    pipe = world.pipe(eid).select("Planes").to(WaveletCDF53(levels=2)).to(ANSEncode(adaptive=adaptive))
    stream = pipe.out("Bitstream").component
    assert (stream.probs.sum(axis=1) == 1).all()
    if adaptive:
        # LL of three channels, then two levels: a map of classes each, and at least one class.
        assert len(stream.probs) >= 3 + 2 * 2
    else:
        # Of the 3 channels' 7 bands those that are alike share a table; a map of them is a sequence too.
        assert 3 <= len(stream.probs) <= 3 * 7


def test_each_stream_keeps_its_own_tables(world):
    rng = np.random.default_rng(8)
    eid = latent(world, rng.normal(size=(1, 64, 64)))
    first = coded(world, eid)
    world.latent[eid] = Latent4(world.put(rng.exponential(size=(1, 64, 64)).astype(np.float32)))
    second = coded(world, eid)
    # Asked for only now: a handle names its version, whatever came after it.
    assert np.abs(first.probs - second.probs).max() > 0.01
    assert np.array_equal(world.bitstream[eid].probs, second.probs)


def test_a_stream_from_a_file_has_the_same_tables(world):
    eid = latent(world, np.random.default_rng(9).normal(size=(4, 32, 32)))
    pipe = world.pipe(eid).select("Latent4").to(WaveletCDF53(levels=1)).to(QuantizeU8(per_band=True)).to(ANSEncode())
    handle = pipe.out("Bitstream")
    other = World(arena_bytes=8 << 20, threads=1)
    read = other.bitstream[other.spawn_bitstream(handle.tobytes())]
    assert np.array_equal(read.probs, handle.component.probs)


def test_a_stream_in_no_world_is_refused(world):
    with pytest.raises(PipeError) as caught:
        _ = ANSBitstream(world.put(np.zeros(3, np.uint8))).probs
    assert caught.value.code == "pipe.wrong_kind"


def test_the_core_is_asked_for_the_version_that_was_read(world, monkeypatch):
    asked = []

    def tables(*where):
        asked.append(where)
        return [(2, [1, 3] + [0] * 254), (0, [0] * 255 + [1]), (14, [1 << 6] * 256)]

    monkeypatch.setattr(_core, "ans_tables", tables, raising=False)
    eid = latent(world, np.random.default_rng(10).normal(size=(1, 16, 16)))
    stream = coded(world, eid)
    coded(world, eid)
    assert stream.probs[:, :2].tolist() == [[0.25, 0.75], [0, 0], [1 / 256, 1 / 256]]
    assert stream.probs[1, 255] == 1 and (stream.probs.sum(axis=1) == 1).all()
    steps = [step for key, step in world.versions(eid) if key == "Bitstream"]
    assert asked == [(world._core, eid, "Bitstream", steps[0])]
