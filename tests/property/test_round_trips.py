"""Round trips over drawn shapes, types and parameters, and the laws that every native pair of the registry keeps."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

import vaerans_ecs as ve
from vaerans_ecs import World, _core, functional
from vaerans_ecs.components import Latent4
from vaerans_ecs.systems import (
    AddResidual,
    Alpha,
    ANSDecode,
    ANSEncode,
    Dequantize,
    Hadamard4,
    LosslessDecode,
    LosslessEncode,
    PredictEncode,
    QuantizeU8,
    Residual,
    WaveletCDF97,
    YCoCgR,
)

few = settings(max_examples=25, derandomize=True, deadline=None, database=None, suppress_health_check=list(HealthCheck))
sides = st.integers(1, 40)
floats = st.floats(-1e4, 1e4, width=32)


channel_counts = st.integers(1, 5)


def tensors(channels=channel_counts, dtype=np.float32, elements=floats):
    shapes = st.tuples(channels, sides, sides)
    return shapes.flatmap(lambda shape: hnp.arrays(dtype, shape, elements=elements, fill=st.nothing()))


def ints(dtype):
    info = np.iinfo(dtype)
    return st.integers(int(info.min), int(info.max))


@st.composite
def images(draw):
    dtype = draw(st.sampled_from([np.uint8, np.uint16]))
    shape = draw(st.tuples(st.integers(1, 80), st.integers(1, 80), st.integers(1, 4)))
    noisy = draw(st.booleans())
    rng = np.random.default_rng(draw(st.integers(0, 99)))
    top = np.iinfo(dtype).max
    img = rng.integers(0, top + 1, shape, dtype) if noisy else np.full(shape, rng.integers(0, top), dtype)
    if shape[2] in (2, 4):
        img[0, 0, -1] = 7  # not opaque throughout
    return img


# Functions ------------------------------------------------------------------------------------------


@few
@given(tensors(channels=st.sampled_from([2, 4, 8, 16])), st.sampled_from([2, 4, 8, 16]))
def test_hadamard_undoes_itself_and_keeps_energy(x, size):
    if x.shape[0] % size:
        size = 2
    y = functional.hadamard(x, size=size)
    scale = np.abs(x).max() + 1e-6
    assert np.abs(functional.hadamard(y, inverse=True, size=size) - x).max() <= 1e-5 * scale
    assert np.linalg.norm(y.astype(np.float64)) == pytest.approx(np.linalg.norm(x.astype(np.float64)), rel=1e-5)


@few
@given(tensors(dtype=np.int32, elements=st.integers(-(1 << 20), 1 << 20)), st.sampled_from(["cdf53", "haar"]), sides)
def test_integer_wavelets_are_exact(x, name, levels):
    levels = levels % 7
    out = np.empty_like(x)
    y = functional.wavelet(x, name, levels, out=out)
    assert y is out
    assert np.array_equal(functional.inverse_wavelet(y, name, levels), x)


@few
@given(tensors(), st.sampled_from(["cdf53", "cdf97", "haar"]), st.integers(0, 6))
def test_float_wavelets_come_back(x, name, levels):
    back = functional.inverse_wavelet(functional.wavelet(x, name, levels), name, levels)
    assert np.abs(back - x).max() <= 1e-4 * (np.abs(x).max() + 1e-3)


@few
@given(
    st.sampled_from([np.uint8, np.int8, np.int16, np.uint16, np.int32]).flatmap(
        lambda t: hnp.arrays(t, st.integers(0, 3000), elements=ints(t))
    ),
    st.sampled_from(["fast", "precise"]),
    st.sampled_from(["rans", "constriction"]),
)
def test_rans_gives_the_symbols_back(symbols, setting, coder):
    try:
        data = functional.rans_encode(symbols, setting, coder=coder)
    except ve.errors.UnavailableError:
        pytest.skip("this build has no constriction coder")
    except ve.errors.DataError as e:
        assert coder == "constriction" and e.code == "data.range"  # it has a dense alphabet
        return
    dtype = np.uint8 if symbols.dtype == np.uint8 else np.int32
    assert np.array_equal(functional.rans_decode(data, dtype=dtype, coder=coder), symbols.astype(dtype))
    out = np.empty(symbols.shape, dtype)
    assert functional.rans_decode(data, out, coder=coder) is out


# Pipes ----------------------------------------------------------------------------------------------


def entity(world: World, z: np.ndarray) -> int:
    eid = world.new_entity()
    world.latent[eid] = Latent4(world.put(z))
    return eid


@few
@given(tensors(), st.booleans(), st.booleans(), st.integers(1, 16))
def test_the_quantiser_errs_by_half_a_scale_at_most(z, per_band, per_channel, bits):
    world = World(4 << 20, threads=1)
    pipe = world.pipe(entity(world, z)) | WaveletCDF97(levels=2)
    pyramid = pipe.out("WaveletPyr").numpy()
    pipe.to(QuantizeU8(per_band=per_band, per_channel=per_channel and not per_band, bits=bits))
    symbols = pipe.out("SymbolsU8")
    back = pipe.to(Dequantize(), out="Back").out("Back").numpy()
    scale = float(symbols.component.qp.scale.max())
    assert symbols.numpy().max() < 1 << bits
    assert symbols.numpy().dtype == (np.uint8 if bits <= 8 else np.uint16)
    assert np.abs(back - pyramid).max() <= scale / 2 + 1e-6 * np.abs(pyramid).max() + 1e-12


@few
@given(tensors(channels=st.just(4)), st.integers(2, 16), st.booleans())
def test_a_file_of_a_pipe_gives_what_the_pipe_gives(z, bits, adaptive):
    world = World(4 << 20, threads=1)
    eid = entity(world, z)
    pipe = world.pipe(eid) | Hadamard4() | QuantizeU8(per_channel=True, bits=bits)
    undone = (pipe.fork() | Dequantize() | Hadamard4.inverse()).out("Latent4").numpy()
    file = pipe.to(ANSEncode(adaptive=adaptive)).out("Bitstream").tobytes()
    assert np.array_equal(ve.decompress(file), undone)


@few
@given(images(), st.integers(0, 300))
def test_a_residual_bounds_the_error(img, max_error):
    world = World(8 << 20, threads=1)
    eid = world.spawn_image(img)
    rng = np.random.default_rng(0)
    recon = np.clip(img.astype(np.int64) + rng.integers(-900, 900, img.shape), 0, np.iinfo(img.dtype).max)
    world.recon[eid] = ve.components.ReconRGB(world.put(recon.astype(img.dtype)))
    max_error %= np.iinfo(img.dtype).max // 2
    pipe = world.pipe(eid) | Residual(max_error=max_error) | ANSEncode() | ANSDecode() | AddResidual()
    error = np.abs(pipe.out("ReconRGB").numpy().astype(np.int64) - img)
    assert error.max() <= max_error


# Whole pictures -------------------------------------------------------------------------------------


@few
@given(images(), st.integers(0, 100), st.sampled_from([None, 64, 128]))
def test_pictures_keep_their_kind(img, quality, tile):
    options = {} if tile is None else {"tile": tile}
    lossy = ve.decompress(ve.compress(img, quality=quality, threads=1, **options))
    assert lossy.shape == img.shape and lossy.dtype == img.dtype
    exact = ve.compress(img, lossless=True, threads=1, **options)
    assert np.array_equal(ve.decompress(exact, threads=1), img)


@few
@given(st.binary(max_size=300))
def test_noise_is_no_file(data):
    for read in (ve.decompress, ve.info):
        with pytest.raises(ve.errors.BitstreamError):
            read(data)


# The registry ---------------------------------------------------------------------------------------

PAIRS = [row for row in _core.registry() if row["is_native"] and row["inverse_name"]]
# Largest error of a pair on values of -4 to 4; 0: exact. What quantises is bounded by its step, tested above.
BOUND = {"Hadamard4": 1e-5, "WaveletCDF53": 1e-4, "WaveletCDF97": 1e-4, "WaveletHaar": 1e-4}


# Those that have tests of their own: integers of a predictor, and what refines a picture that lacks alpha.
OTHERS = ("PredictEncode", "Alpha")
# Those that take a picture; how what quantises by itself does not.
EXACTLY = {"PhotoEncode": {"lossy": False}}
OF_PICTURES = ("YCoCgR", "Residual", "PhotoEncode", "LosslessEncode")
PLAIN = [row for row in PAIRS if row["name"] not in OTHERS]


@pytest.mark.parametrize("row", PLAIN, ids=[row["name"] for row in PLAIN])
def test_every_native_pair_undoes_itself(row):
    """Put in front of a pair whatever it needs; its inverse must bring back shape, type, history and values."""
    name, family = row["name"], row["family"]
    system = getattr(ve.systems, name)
    world = World(8 << 20, threads=1)
    rng = np.random.default_rng(5)
    img = rng.integers(0, 256, (13, 22, 3), np.uint8)
    eid = world.spawn_image(img)
    world.latent[eid] = Latent4(world.put(rng.uniform(-4, 4, (4, 13, 22)).astype(np.float32)))
    world.recon[eid] = ve.components.ReconRGB(world.put(img ^ 3))
    pipe = world.pipe(eid).select("RGB" if name in OF_PICTURES else "Latent4")
    if name == "DeadZone":
        pipe.to(WaveletCDF97(levels=2))
    if family == "coder" and name not in OF_PICTURES:
        pipe.to(QuantizeU8())
    before = img if name in OF_PICTURES else pipe.out().numpy() if pipe.systems else world.view(
        world.latent[eid].z
    )  # fmt: skip
    length = len(pipe.systems)
    back = (pipe | system(**EXACTLY.get(name, {}))).to(system.inverse(), out="Back").out("Back")
    assert back.numpy().shape == before.shape and back.numpy().dtype == before.dtype
    assert len(back.component.lineage) == length, "the inverse takes its step off the history"
    error = np.abs(back.numpy().astype(np.float64) - before).max()
    if family == "quantizer":
        assert 0 < error < 4
    else:
        assert error <= BOUND.get(name, 0)


@few
@given(
    st.tuples(st.just(3), sides, sides).flatmap(
        lambda shape: hnp.arrays(np.int16, shape, elements=st.integers(-32767, 32767))
    ),
    st.integers(0, 1),
)
def test_a_predictor_gives_its_integers_back(planes, step):
    predictor = _core.Predictor(small_predictor())
    world = World(4 << 20, threads=1)
    world._core.give_predictor(predictor)
    eid = world.new_entity()
    world.symbols[eid] = ve.components.SymbolsU8(world.put(planes))
    model = predictor.sha256[:8]
    pipe = world.pipe(eid).select("SymbolsU8") | PredictEncode(model=model, step=step)
    back = pipe.to(PredictEncode.inverse(), out="Back").out("Back")
    assert np.array_equal(back.numpy(), planes) and back.numpy().dtype == np.int16
    assert len(back.component.lineage) == 0


def small_predictor() -> bytes:
    """A predictor of a layer of one channel, and of one of two, each of which looks above and at the one before."""
    row = [1 << 12] * 3
    anchors = [[*row, *(2 * g for g in row)], row * 2, row * 2, [4000] * 6]
    taps = [[(0, -1, 0, 2000)], *([(0, -1, 0, 1500), (1, 0, 0, 900)] for _ in range(2))]
    table = [1 << max(0, 10 - abs(i - 15)) for i in range(31)]
    table = [*table, (1 << 15) - sum(table)]
    return _core.Predictor.pack(
        layers=[1, 3], between=1, anchors=anchors, mean=taps, scale=taps, energy=[[0, 900, *[0] * 7]] * 3,
        edge=[1 << 12] * 3, energy_gain=[1 << 12] * 3, frequencies=table * 60 * 4 * 2,
    )  # fmt: skip


@few
@given(images())
def test_alpha_comes_back_onto_a_picture_that_lacks_it(img):
    world = World(8 << 20, threads=1)
    eid = world.spawn_image(img)
    if img.shape[2] % 2:
        with pytest.raises(ve.errors.ParamError):
            (world.pipe(eid) | Alpha()).run()
        return
    opaque = img.copy()
    opaque[:, :, -1] = np.iinfo(img.dtype).max
    world.recon[eid] = ve.components.ReconRGB(world.put(opaque))
    pipe = world.pipe(eid) | Alpha() | LosslessEncode() | LosslessDecode() | Alpha.inverse()
    assert np.array_equal(pipe.out("ReconRGB").numpy(), img)


def test_numbers_and_names_of_the_registry_are_unique():
    rows = _core.registry()
    numbers = [row["number"] for row in rows]
    names = [name for row in rows for name in (row["name"], row["inverse_name"]) if name]
    assert len(set(numbers)) == len(numbers) and len(set(names)) == len(names)
    assert all(0 < number < _core.PRIVATE for number in numbers)
    for name in names:
        assert hasattr(ve.systems, name), f"{name} has a Python class"


def test_colour_is_reversible_in_every_kind_of_picture():
    for channels in (1, 2, 3, 4):
        for dtype in (np.uint8, np.uint16):
            img = np.random.default_rng(1).integers(0, np.iinfo(dtype).max + 1, (5, 6, channels), dtype)
            world = World(1 << 20)
            eid = world.spawn_image(img)
            pipe = world.pipe(eid) | YCoCgR()
            assert pipe.out("Planes").numpy().shape == (channels, 5, 6)
            assert np.array_equal(pipe.to(YCoCgR.inverse()).out("ReconRGB").numpy(), img)
