"""Fields of components that are made when they are asked for."""

from __future__ import annotations

import dataclasses
import gc
import inspect

import numpy as np
import pytest

from vaerans_ecs import TensorRef, World, _core, functional, systems
from vaerans_ecs.components import ANSBitstream, Latent4, WaveletPyr
from vaerans_ecs.errors import ParamError
from vaerans_ecs.systems import ANSEncode, Hadamard4, QuantizeU8, WaveletCDF53, WaveletCDF97, WaveletHaar


@pytest.fixture
def world() -> World:
    return World(arena_bytes=8 << 20, threads=1)


def latent(world: World, shape: tuple[int, ...] = (4, 13, 10)) -> int:
    """An entity with a latent of random numbers."""
    eid = world.new_entity()
    world.latent[eid] = Latent4(world.put(np.random.default_rng(3).normal(size=shape).astype(np.float32)))
    return eid


@pytest.mark.parametrize("levels", [0, 1, 3])
@pytest.mark.parametrize("system", [WaveletCDF53, WaveletCDF97, WaveletHaar])
def test_the_table_of_bands_lies_in_the_arena(world, system, levels):
    eid = latent(world)
    world.pipe(eid).to(system(levels=levels)).run()
    pyramid = world.wavelet[eid]
    assert isinstance(pyramid.index, TensorRef)
    assert (pyramid.index.dtype, pyramid.index.shape) == ("int32", (1 + 3 * levels, 6))
    assert np.array_equal(world.view(pyramid.index), functional.band_table(13, 10, levels))
    assert pyramid.index is pyramid.index
    packed = world.view(pyramid.packed)
    for level, orientation, y, x, height, width in world.view(pyramid.index).tolist():
        assert 0 <= level <= levels and orientation in range(4)
        assert packed[0, y : y + height, x : x + width].shape == (height, width)


def test_the_table_gives_its_memory_back_with_its_component(world):
    eid = latent(world)
    world.pipe(eid).to(WaveletCDF53(levels=2)).run()
    before = world.arena.stats["used"]
    pyramid = world.wavelet[eid]
    assert world.arena.stats["used"] == before, "nothing is made before it is asked for"
    assert pyramid.index.nbytes == 7 * 6 * 4 and world.arena.stats["used"] > before
    del pyramid
    gc.collect()
    assert world.arena.stats["used"] == before


def test_a_pyramid_made_by_hand_has_a_table_too(world):
    ref = world.put(np.zeros((2, 8, 6), np.int32))
    pyramid = WaveletPyr(ref, levels=1, wavelet="haar")
    table = np.asarray(pyramid.index.buffer())
    assert np.array_equal(table, functional.band_table(8, 6, 1))
    eid = world.new_entity()
    world.wavelet[eid] = pyramid
    assert np.array_equal(world.view(world.wavelet[eid].index), table)


def test_what_a_component_knows_of_its_world_is_no_part_of_its_value(world):
    eid = latent(world)
    read, again = world.latent[eid], world.latent[eid]
    assert read == again and "_home" not in repr(read)
    assert dataclasses.replace(read, side=b"1")._home is None
    assert Latent4(read.z) == read


@pytest.mark.parametrize("coder", ["rans", "constriction"])
def test_a_stream_is_there_as_words(world, coder):
    eid = latent(world)
    for bits in range(1, 9):  # streams of lengths that are no multiple of four too
        pipe = world.pipe(eid).select("Latent4").to(QuantizeU8(bits=bits)).to(ANSEncode(coder=coder))
        stream = pipe.out("Bitstream").component
        assert isinstance(stream, ANSBitstream) and isinstance(stream.words_u32, TensorRef)
        data = world.view(stream.words).tobytes()
        words = world.view(stream.words_u32)
        assert words.dtype == np.uint32 and words.shape == ((len(data) + 3) // 4,)
        assert words.astype("<u4").tobytes() == data + bytes(-len(data) % 4)
        assert stream.words_u32 is stream.words_u32


@pytest.mark.parametrize("length", [0, 1, 4, 7])
def test_bytes_of_any_length_are_words(world, length):
    stream = ANSBitstream(world.put(np.arange(1, length + 1, dtype=np.uint8)))
    words = np.asarray(stream.words_u32.buffer())
    assert words.shape == (-(-length // 4),)
    assert words.astype("<u4").tobytes()[:length] == bytes(range(1, length + 1))


def natives():
    """Every native system with its line of the registry."""
    for row in _core.registry():
        if row["is_native"]:
            yield getattr(systems, row["name"]), row
            if row["inverse_name"]:
                yield getattr(systems, row["inverse_name"]), row


@pytest.mark.parametrize(("cls", "row"), list(natives()), ids=lambda x: getattr(x, "__name__", ""))
def test_a_native_system_says_what_it_reads_and_makes(cls, row):
    assert cls.requires and cls.produces
    reads = row["inverse_reads"] if cls.is_inverse else row["reads"]
    assert list(cls.requires) == [keys[0] for keys in reads]
    assert cls.produces == (row["inverse_key"] if cls.is_inverse else row["key"],)
    for parameter in inspect.signature(cls).parameters.values():
        assert parameter.annotation is not inspect.Parameter.empty and parameter.name in cls.__doc__


def test_what_a_system_reads_is_the_first_that_it_takes():
    read = {cls.__name__: (cls.requires, cls.produces) for cls, _ in natives()}
    assert read["Hadamard4"] == (("Latent4",), ("YUVW4",))
    assert read["Hadamard4Inverse"] == (("YUVW4",), ("Latent4",))
    assert read["QuantizeU8"] == (("WaveletPyr",), ("SymbolsU8",))
    assert read["ANSDecode"] == (("Bitstream",), ("SymbolsU8",))
    assert read["YCoCgRInverse"] == (("Planes",), ("ReconRGB",))
    assert read["AddResidual"][1] == ("ReconRGB",)
    (wavelet,) = (row for row in _core.registry() if row["name"] == "WaveletHaar")
    assert wavelet["reads"] == [["Planes", "Latent4", "YUVW4"]]


def test_a_native_system_runs_on_entities(world):
    eids = [latent(world), latent(world)]
    system = Hadamard4()
    system.run(world, eids)
    for eid in eids:
        by_a_pipe = (world.pipe(eid).select("Latent4") | Hadamard4()).out("YUVW4").numpy()
        assert np.array_equal(world.view(world.yuvw[eid].ref), by_a_pipe)


def test_parameters_are_checked_where_they_are_given(world):
    with pytest.raises(TypeError):
        Hadamard4(sise=4)
    with pytest.raises(ParamError) as e:
        world.pipe(latent(world)).to(Hadamard4(size=3))
    assert e.value.code == "param.range"
