"""A file gives one answer however it is asked: through steps of Python's or without, whole, small, in part, cut."""

from __future__ import annotations

import itertools

import numpy as np
import pytest
from forge import body_of, sections_of, with_body

import vaerans_ecs as ve
from vaerans_ecs import World
from vaerans_ecs.components import Latent4, Tensor
from vaerans_ecs.errors import VaeransError
from vaerans_ecs.systems import (
    ANSDecode,
    ANSEncode,
    DeadZone,
    Hadamard4,
    QuantizeU8,
    Residual,
    System,
    WaveletCDF53,
    WaveletCDF97,
    YCoCgR,
    register_system,
)


class Turn(System):
    """Turns the samples over; what Python runs of a pipe that is native but for it."""

    requires = ("Latent4",)
    produces = ("Latent4",)
    ran = 0

    def run(self, world, eids):
        Turn.ran += 1
        for eid in eids:
            (latent,) = world.inputs(eid)
            world.attach(eid, world.output_key(eid), Latent4(world.put(-world.view(latent.ref))))


class TurnBack(Turn):
    """Its own inverse."""


class Crop(System):
    """Leaves the last column out."""

    requires = ("Latent4",)
    produces = ("Cropped",)

    def run(self, world, eids):
        for eid in eids:
            z = world.view(world.inputs(eid)[0].ref)
            world.attach(eid, world.output_key(eid), Tensor(world.put(np.ascontiguousarray(z[..., :-1]))))


class Grow(System):
    """Makes up a column."""

    requires = ("Cropped",)
    produces = ("Latent4",)

    def run(self, world, eids):
        for eid in eids:
            z = world.view(world.inputs(eid)[0].ref)
            grown = np.pad(z, ((0, 0), (0, 0), (0, 1)), mode="edge")
            world.attach(eid, world.output_key(eid), Latent4(world.put(grown)))


register_system(0x9A01, Turn, TurnBack)
register_system(0x9A02, Crop, Grow)


def photo(height: int = 75, width: int = 101) -> np.ndarray:
    y, x, c = np.mgrid[:height, :width, :3]
    noise = np.random.default_rng(4).integers(0, 12, (height, width, 3))
    return (110 + 60 * np.sin(x / 9 + c) + 50 * np.cos(y / 7) + noise).astype(np.uint8)


def lossy(world: World, eid: int):
    pipe = world.pipe(eid) | YCoCgR(float=True) | WaveletCDF97(levels=3) | DeadZone(step=20.0) | ANSEncode()
    (pipe.fork() | ANSDecode() | DeadZone.inverse() | WaveletCDF97.inverse() | YCoCgR.inverse()).run()
    return pipe


def refined(img: np.ndarray, key: str, max_error: int = 0) -> tuple[bytes, bytes]:
    """A file of a coded picture and its residual under ``key``, and the file of the picture alone."""
    world = World(16 << 20)
    eid = world.spawn_image(img)
    first = lossy(world, eid).out("Bitstream")
    second = (world.pipe(eid) | Residual(max_error=max_error)).to(ANSEncode(adaptive=True), out=key).out(key)
    return first.tobytes(second), first.tobytes()


@pytest.mark.parametrize("key", ["ResidualBitstream", "Second", "a name of one's own"])
def test_a_residual_is_one_by_its_role_not_by_its_name(key):
    img = photo()
    file, _ = refined(img, key)
    assert np.array_equal(ve.decompress(file), img)
    assert ve.info(file).is_lossless and ve.info(file).streams == ("main", "residual")


def test_a_residual_is_nothing_to_begin_with():
    world = World(16 << 20)
    eid = world.spawn_image(photo())
    first = lossy(world, eid).out("Bitstream")
    second = (world.pipe(eid) | Residual()).to(ANSEncode(), out="Second").out("Second")
    for save in (second.tobytes, lambda: second.tobytes(first)):
        with pytest.raises(VaeransError) as e:
            save()
        assert e.value.code == "pipe.not_saveable"


def test_a_bounded_residual_is_no_lossless_file():
    img = photo()
    file, base = refined(img, "Second", 3)
    assert not ve.info(file).is_lossless
    error = np.abs(ve.decompress(file).astype(int) - img).max()
    assert 0 < error <= 3 < np.abs(ve.decompress(base).astype(int) - img).max()


@pytest.mark.parametrize("scale", [1 / 2, 1 / 4])
def test_a_smaller_picture_leaves_the_residual_out(scale):
    img = photo()
    file, base = refined(img, "Second")
    assert np.array_equal(ve.decompress(file, scale=scale), ve.decompress(base, scale=scale))


def learned(img: np.ndarray, model: str | None) -> tuple[bytes, bytes]:
    """A lossless file of a network, and the lossy one that its residual is over."""
    quality = {None: 60, "pil": 75}[model]
    lossy = ve.compress(img, "vae", quality=quality, model=model, fallback=False)
    return ve.compress(img, "vae", lossless=True, model=model), lossy


@pytest.mark.parametrize("model", [None, "pil"])
def test_a_smaller_picture_of_a_network_leaves_the_residual_out(model):
    img = photo()
    exact, base = learned(img, model)
    assert np.array_equal(ve.decompress(exact, scale=1 / 2), ve.decompress(base, scale=1 / 2))


@pytest.mark.parametrize("model", [None, "pil"])
def test_a_cut_file_of_a_network_gives_what_is_there(model):
    img = photo()
    file, base = learned(img, model)
    cut = file[:-20]
    with pytest.raises(VaeransError) as e:
        ve.decompress(cut)
    assert e.value.code == "stream.truncated"
    assert np.array_equal(ve.decompress(cut, allow_truncated=True), ve.decompress(base))


def psnr(a: np.ndarray, b: np.ndarray) -> float:
    peak = float(b.max() - b.min())
    return 10 * np.log10(peak**2 / np.mean((a.astype(np.float64) - b) ** 2))


@pytest.mark.parametrize("steps", [{}, {"per_channel": True, "bits": 12}, {"per_band": True}], ids=str)
def test_a_cut_latent_gets_better_level_by_level(steps):
    """A level that is not there is one of zeros, whatever symbol stands for 0."""
    y, x = np.mgrid[:64, :96]
    z = np.stack([c + np.sin(x / (3 + c)) + np.cos(y / 5) for c in range(4)]).astype(np.float32)
    world = World(8 << 20)
    eid = world.new_entity()
    world.latent[eid] = Latent4(world.put(z))
    file = (world.pipe(eid) | WaveletCDF53(levels=3) | QuantizeU8(**steps) | ANSEncode()).out("Bitstream").tobytes()
    about = ve.info(file)
    ends = about.header_bytes + np.cumsum(about.level_bytes)
    quality = [psnr(ve.decompress(file[:n], allow_truncated=True), z) for n in ends]
    assert all(a < b for a, b in itertools.pairwise(quality)) and quality[0] > 12


class Wide:
    """A model whose latents are larger than any model's."""

    name, sha256, downscale, latent_channels = "wide", "00" * 32, 1, 10**6

    def latent_shape(self, height: int, width: int) -> tuple[int, int, int]:
        return self.latent_channels, height, width

    def encode_batch(self, *_, **__) -> np.ndarray:
        raise AssertionError("there is no memory for what this gives")

    decode_batch = encode_batch


@pytest.mark.parametrize(
    ("limit", "told"), [({}, "model"), ({"max_bytes": 1 << 33}, "model"), ({"max_bytes": 9}, "max_")]
)
def test_memory_that_does_not_do_is_told_in_words_of_the_caller(limit, told):
    with pytest.raises(VaeransError) as e:
        ve.compress(photo(9, 9), "vae", model=Wide(), **limit)
    assert e.value.code == "limit.memory" and told in str(e.value) and "arena_bytes" not in str(e.value)
    assert ("max_bytes" in str(e.value)) == (told == "max_")


@pytest.mark.parametrize("profile", ["photo", "vae"])
@pytest.mark.parametrize("lossless", [False, True])
def test_limits_hold_on_every_path(profile, lossless):
    file = ve.compress(photo(), profile, lossless=lossless)
    for limit, code in [({"max_pixels": 7574}, "limit.dimensions"), ({"max_bytes": 1000}, "limit.memory")]:
        with pytest.raises(VaeransError) as e:
            ve.decompress(file, **limit)
        assert e.value.code == code and next(iter(limit)) in str(e.value)
        with pytest.raises(VaeransError) as e:
            ve.compress(photo(), profile, lossless=lossless, **limit)
        assert e.value.code == code and next(iter(limit)) in str(e.value)
    assert ve.decompress(file, max_pixels=7575, max_bytes=64 << 20).shape == (75, 101, 3)


@pytest.mark.parametrize("side", [300, 257])
@pytest.mark.parametrize("tile", [64, 128, 320, 768])
@pytest.mark.parametrize("reduce", [1, 2, 3, 6, 9])
def test_a_smaller_picture_has_the_sides_of_the_whole_whatever_its_tiles(side, tile, reduce):
    img = photo(side, side + 31)
    file = ve.compress(img, quality=60, tile=tile)
    small = ve.decompress(file, scale=2.0**-reduce)
    assert small.shape == (-(-side >> reduce), -(-(side + 31) >> reduce), 3)
    if reduce <= 3:
        box = img[: small.shape[0] << reduce, : small.shape[1] << reduce]
        assert abs(float(box.mean()) - float(small.mean())) < 4


@pytest.mark.parametrize("tile", [64, 128])
def test_a_region_of_a_smaller_picture_is_that_part_of_it(tile):
    file = ve.compress(photo(300, 331), quality=60, tile=tile)
    whole = ve.decompress(file, scale=1 / 4)
    for x, y, w, h in [(0, 0, 331, 300), (100, 0, 120, 200), (61, 87, 150, 99)]:
        part = ve.decompress(file, scale=1 / 4, region=(x, y, w, h))
        x0, y0, x1, y1 = x // 4, y // 4, -(-(x + w) // 4), -(-(y + h) // 4)
        assert np.array_equal(part, whole[y0:y1, x0:x1])


@pytest.mark.parametrize("shape", [(5,), (), (0,), (3, 0, 2), (2, 3, 4, 5)])
@pytest.mark.parametrize("dtype", [np.uint8, np.int16, np.int32, np.float32])
def test_tensors_of_any_shape_come_back(shape, dtype):
    values = (np.arange(int(np.prod(shape))) % 100).astype(dtype).reshape(shape)
    world = World(1 << 20)
    eid = world.new_entity()
    world.attach(eid, "mine", Tensor(world.put(values)))
    pipe = world.pipe(eid).use("mine")
    if dtype == np.float32:
        pipe.to(QuantizeU8(bits=16))
    back = ve.decompress((pipe | ANSEncode()).out("Bitstream").tobytes())
    assert (back.shape, back.dtype) == (shape, dtype)
    assert np.allclose(back, values, atol=2e-3)


def test_a_large_latent_decodes_in_about_what_it_needs():
    z = np.zeros((4, 1024, 1024), np.float32)
    z[:, ::7, ::5] = 1.5
    world = World(256 << 20)
    eid = world.new_entity()
    world.latent[eid] = Latent4(world.put(z))
    file = (world.pipe(eid) | Hadamard4() | WaveletCDF53(levels=4) | QuantizeU8() | ANSEncode()).out().tobytes()
    # The tensor, that of the step before, and a coder's room.
    assert ve.decompress(file, max_bytes=4 * z.nbytes).shape == z.shape
    with pytest.raises(VaeransError) as e:
        ve.decompress(file, max_bytes=z.nbytes)
    assert e.value.code == "limit.memory" and "max_bytes" in str(e.value) and "arena_bytes" not in str(e.value)


# Nothing runs that cannot run to its end ------------------------------------------------------------


def latent_world() -> tuple[World, int]:
    world = World(4 << 20)
    eid = world.new_entity()
    world.latent[eid] = Latent4(world.put(np.ones((4, 8, 8), np.float32)))
    return world, eid


def integers(world: World, eid: int):
    return world.pipe(world.spawn_image(photo(9, 9))) | YCoCgR() | WaveletCDF53() | QuantizeU8()


def three_planes(world: World, eid: int):
    return world.pipe(world.spawn_image(photo(9, 9))) | YCoCgR(float=True) | Hadamard4()


def other_levels(world: World, eid: int):
    return world.pipe(eid) | WaveletCDF53(levels=2) | WaveletCDF53.inverse(levels=3)


@pytest.mark.parametrize(
    ("make", "code"),
    [(integers, "param.dtype"), (three_planes, "param.shape"), (other_levels, "pipe.wrong_inverse")],
    ids=lambda x: getattr(x, "__name__", x),
)
def test_what_cannot_run_is_refused_by_the_plan(make, code):
    world, eid = latent_world()
    pipe = make(world, eid)
    there = {i: world.versions(i) for i in world.entities}
    for ask in (pipe.describe, pipe.run, pipe.out):
        with pytest.raises(VaeransError) as e:
            ask()
        assert e.value.code == code
        assert len(world.trace) == 0 and {i: world.versions(i) for i in world.entities} == there


def test_a_step_of_pythons_in_front_does_not_run_first():
    world, eid = latent_world()
    before = Turn.ran
    with pytest.raises(VaeransError) as e:
        (world.pipe(eid) | Turn() | WaveletCDF53(levels=2) | WaveletCDF53.inverse(levels=1)).run()
    assert e.value.code == "pipe.wrong_inverse" and Turn.ran == before


# Headers that lie -----------------------------------------------------------------------------------


def pythons_file() -> bytes:
    world, eid = latent_world()
    return (world.pipe(eid) | Crop() | QuantizeU8() | ANSEncode()).out("Bitstream").tobytes()


def changed(file: bytes, old: bytes, new: bytes, count: int) -> bytes:
    """The file with ``old`` in its header replaced, the first ``count`` times, and the header's checksum made right."""
    body = body_of(file)
    assert old in body
    return with_body(body.replace(old, new, count), sections_of(file))


def test_what_pythons_steps_give_is_held_to_the_header():
    file = pythons_file()
    assert ve.decompress(file).shape == (4, 8, 8)
    shape, other = bytes([3, 4, 8, 8]), bytes([3, 4, 8, 9])
    with pytest.raises(VaeransError) as e:
        ve.decompress(changed(file, shape, other, 1))
    assert e.value.code == "stream.invalid"


def test_a_small_file_of_many_large_steps_is_bounded_before_it_runs():
    world, eid = latent_world()
    turned = world.pipe(eid)
    for _ in range(20):
        turned = turned | Turn()
    file = (turned | QuantizeU8() | ANSEncode()).out("Bitstream").tobytes()
    large = changed(file, bytes([3, 4, 8, 8]), bytes([3, 4, 0x80, 0x10, 0x80, 0x10]), -1)
    for limits, code in [({"max_elements": 1000}, "limit.symbols"), ({"max_bytes": 64 << 20}, "limit.memory")]:
        before = Turn.ran
        with pytest.raises(VaeransError) as e:
            ve.decompress(large, **limits)
        assert e.value.code == code and next(iter(limits)) in str(e.value) and Turn.ran == before
