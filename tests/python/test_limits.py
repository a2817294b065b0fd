"""Every reader stays within the limits that its caller set, whatever a file claims, and advises no others."""

from __future__ import annotations

import inspect
import io
import re
import resource
import struct
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from forge import body_of, sections_of, varint, with_body
from peak import peak_of

import vaerans_ecs as ve
from vaerans_ecs.components import Tensor
from vaerans_ecs.functional import rans_decode, rans_encode
from vaerans_ecs.systems import ANSEncode, Hadamard4, QuantizeU8, System, register_system

MIB = 1 << 20
#: Most working memory that the readers below are allowed, and what an interpreter takes beside it for a call.
MOST, BESIDE = 48 * MIB, 24 * MIB


class Copy(System):
    """A step of the caller's that changes nothing."""

    requires = ("Latent4",)
    produces = ("Latent4",)

    def run(self, world, eids):
        for eid in eids:
            (latent,) = world.inputs(eid)
            world.attach(eid, world.output_key(eid), Tensor(world.put(np.array(world.view(latent.ref)))))


class CopyBack(Copy):
    """Its inverse."""


register_system(0x8ABC, Copy, CopyBack)


def picture_file(**options) -> bytes:
    """A black picture: its sections are right for one of any size."""
    return ve.compress(np.zeros((64, 64, 3), np.uint8), **options)


def latent_file(*steps: System) -> bytes:
    world = ve.World(arena_bytes=1 << 20)
    entity = world.new_entity()
    world.attach(entity, "Latent4", Tensor(world.put(np.zeros((4, 8, 8), np.float32))))
    pipe = world.pipe(entity)
    for step in steps:
        pipe = pipe | step
    return (pipe | QuantizeU8() | ANSEncode()).out().tobytes()


def resized(file: bytes, old: bytes, new: bytes) -> bytes:
    """The same with another size in the header."""
    body = body_of(file)
    assert old in body
    return with_body(body.replace(old, new, 1), sections_of(file))


def picture_of(width: int, height: int, **options) -> bytes:
    size = bytes([2, 8, 0])
    return resized(picture_file(**options), varint(64) + varint(64) + size, varint(width) + varint(height) + size)


def tiled(side: int, tile: int) -> bytes:
    """A square picture in tiles: every section as often as there are tiles."""
    file = picture_file()
    body, sizes, at = body_of(file), ve.info(file).level_bytes, 0
    table, tiles = body[-5 * len(sizes) :], (side // tile) ** 2
    sections = b""
    for size in sizes:
        sections += sections_of(file)[at : at + size] * tiles
        at += size
    every = b"".join(table[i : i + 5] * tiles for i in range(0, len(table), 5))
    old, new = varint(64) + varint(64) + bytes([2, 8, 0]), varint(side) + varint(side) + bytes([2, 8]) + varint(tile)
    return with_body(body[: -len(table)].replace(old, new, 1) + every, sections)


def latent_of(side: int, *steps: System) -> bytes:
    return resized(latent_file(*steps), bytes([3, 4, 8, 8]), bytes([3, 4]) + 2 * varint(side))


def with_metadata(size: int) -> bytes:
    """A picture with so many bytes of a profile."""
    return ve.compress(np.zeros((8, 8, 3), np.uint8), icc=bytes(size))


def header(width: int, height: int, tile: int, stream: bytes) -> bytes:
    """A file of one stream, without sections behind it."""
    body = b"\0\0" + varint(width) + varint(height) + bytes([2, 8]) + varint(tile) + b"\0\1" + stream
    return with_body(body)


def step(flags: int, kept: bytes) -> bytes:
    """A custom step of a picture, with what the flags say behind it."""
    return struct.pack("<HB", 0x8ABC, flags | 8) + b"\1a" + b"\0" + b"\0\1k" + bytes([0, 0]) + kept


#: Of a picture of 2^12 x 2^12 pixels.
TILES = 64 * 64

#: What files claim, by name: made when it is asked for, since some are long.
FILES: dict[str, Callable[[], bytes]] = {
    "pixels": lambda: picture_of(2**14, 2**14),
    "more pixels than there can be": lambda: picture_of(2**40, 2**40),
    "pixels without loss": lambda: picture_of(2**13, 2**13, lossless=True),
    "pixels with a residual": lambda: picture_of(2**13, 2**13, max_error=1),
    "small tiles": lambda: tiled(2**13, 64),
    "tiles of a pixel": lambda: tiled(2**6, 1),
    "elements": lambda: latent_of(4096),
    "elements of some steps": lambda: latent_of(2048, Hadamard4()),
    "elements of a step of the caller's": lambda: latent_of(2048, Copy()),
    "elements of many steps": lambda: latent_of(2048, *[Copy() for _ in range(60)]),
    "metadata": lambda: with_metadata(12 * MIB),
    "sections": lambda: header(2**12, 2**12, 64, b"\0\x0a\0" + varint(16) + bytes(5 * 16 * TILES)),
    "shapes": lambda: header(2**12, 2**12, 64, b"\0\x0a" + varint(60) + 60 * step(3, bytes(TILES)) + b"\0"),
    "side bytes": lambda: header(2**12, 2**12, 64, b"\0\x0a" + varint(60) + 60 * step(4, bytes(TILES)) + b"\0"),
    "shared side bytes": lambda: header(
        2**12, 2**12, 64, b"\0\x0a\1" + step(16, varint(2**16) + bytes(2**16)) + varint(1) + bytes(5 * TILES)
    ),
}


def pillow(file: bytes) -> None:
    from PIL import Image

    import vaerans_ecs.pillow  # noqa: F401

    Image.open(io.BytesIO(file)).load()


def spawned(file: bytes) -> None:
    """The streams in a world whose arena is as large as the limit."""
    ve.World(arena_bytes=MOST // 2).spawn_bitstream(file, max_bytes=MOST // 2)


READERS: dict[str, Callable[[bytes], object]] = {
    "decompress": lambda file: ve.decompress(file, max_bytes=MOST),
    "a part": lambda file: ve.decompress(file, max_bytes=MOST, scale=1 / 8),
    "info": lambda file: ve.info(file, max_bytes=MOST),
    "World.spawn_bitstream": spawned,
}


@pytest.mark.parametrize("claim", FILES)
def test_no_reader_takes_more_than_its_limit(claim):
    file = FILES[claim]()
    for name, read in READERS.items():
        peak, error = peak_of(lambda read=read: read(file))
        assert peak < MOST + BESIDE, f"{name}: {peak >> 20} MiB; {error}"
        assert not error or error.split(".")[0] in ("limit", "stream", "param", "data"), f"{name}: {error}"


@pytest.mark.parametrize("coder", ["rans", "constriction"])
@pytest.mark.parametrize("dtype", [np.uint8, np.int32])
def test_symbols_by_themselves_are_bounded(coder, dtype):
    few = rans_encode(np.zeros(3, dtype), coder=coder)
    many = few[:2] + varint(2**30) + (few[3:] if coder == "rans" else struct.pack("<I", 2**30) + few[7:])
    for limits in ({"max_bytes": MOST}, {"max_elements": 2**20}):
        peak, error = peak_of(lambda limits=limits: rans_decode(many, dtype=dtype, coder=coder, **limits))
        assert peak < BESIDE and error.startswith("limit."), (peak, error)
    if np.dtype(dtype) == np.int32:
        assert peak_of(lambda: rans_decode(many, coder=coder))[1].startswith("limit.memory")
    assert rans_decode(few, dtype=dtype, coder=coder, max_elements=3, max_bytes=100).size == 3


def test_elements_and_memory_follow_the_pixels():
    """Who allows few pixels need not think of what else a file can claim."""
    for claim, make in FILES.items():
        file = make()
        peak, error = peak_of(lambda file=file: ve.decompress(file, max_pixels=1000))
        assert peak < 128 * MIB + BESIDE, f"{claim}: {peak >> 20} MiB; {error}"


def test_pictures_are_refused_before_they_are_copied():
    wide = np.broadcast_to(np.zeros((1, 1, 3), np.uint8), (20_000, 20_000, 3))
    for take in (ve.compress, ve.World(arena_bytes=MIB).spawn_image, lambda p: ve.imwrite("never.png", p)):
        peak, error = peak_of(lambda take=take: take(wide))
        assert peak < BESIDE and error.startswith("limit.dimensions"), (peak, error)


#: Calls that give an error of a limit, and whose arguments its message may name.
CALLS = {
    "decompress": (ve.decompress, {"max_bytes": MOST}),
    "decompress pixels": (ve.decompress, {"max_pixels": 10}),
    "decompress elements": (ve.decompress, {"max_elements": 10}),
    "decompress bytes": (ve.decompress, {"max_bytes": 10}),
    "info": (ve.info, {"max_pixels": 10, "max_elements": 10}),
    "spawn": (ve.World(arena_bytes=1024).spawn_bitstream, {"max_pixels": 10, "max_elements": 10}),
    "spawn where there is no room": (ve.World(arena_bytes=64).spawn_bitstream, {}),
}


@pytest.mark.parametrize("call", CALLS)
def test_messages_name_only_what_the_caller_has(call):
    function, limits = CALLS[call]
    has = set(inspect.signature(function).parameters) | ({"arena_bytes"} if "spawn" in call else set())
    found = 0
    for claim in FILES:
        try:
            function(FILES[claim](), **limits)
        except ve.errors.LimitError as error:
            named = set(re.findall(r"max_\w+|arena_bytes", error.message))
            assert named <= has and named, f"{claim}: {error}"
            found += 1
        except ve.errors.VaeransError as error:
            assert error.code.split(".")[0] in ("stream", "data"), f"{claim}: {error}"
    assert found > 0


def test_who_has_no_limit_is_advised_none():
    world = ve.World(arena_bytes=MIB)
    wide = np.broadcast_to(np.zeros((1, 1, 3), np.uint8), (20_000, 20_000, 3))
    with pytest.raises(ve.errors.LimitError) as error:
        world.spawn_image(wide)
    assert "max_" not in error.value.message


def test_unknown_limits_are_refused():
    with pytest.raises(TypeError):
        ve.World(arena_bytes=MIB).spawn_bitstream(picture_file(), max_symbols=3)
    for wrong in (-1, 1.5, "many", True):
        with pytest.raises(ve.errors.ParamError, match="max_pixels"):
            ve.decompress(picture_file(), max_pixels=wrong)


def test_a_large_latent_is_decoded_in_about_what_it_needs():
    """Coded bytes, symbols, and twice the samples: not all steps side by side."""
    file = latent_of(2048, Hadamard4())
    size = 4 * 4 * 2048 * 2048
    peak, error = peak_of(lambda: ve.decompress(file, max_bytes=3 * size))
    assert not error and peak < 2.5 * size + BESIDE, (peak >> 20, error)


@pytest.mark.skipif(not Path("/proc/self/statm").exists(), reason="the system does not tell what a process has mapped")
def test_memory_that_the_system_refuses_is_told_in_words_of_the_caller():
    """Neither `compress` nor `decompress` takes an arena."""
    large = np.broadcast_to(np.uint8(0), (3000, 3000, 3))

    def squeezed(work, room=256):
        used = int(Path("/proc/self/statm").read_text().split()[0]) * resource.getpagesize()
        resource.setrlimit(resource.RLIMIT_AS, (used + room * MIB,) * 2)
        work()

    ve.compress(large[:9, :9], "vae")  # the codec is there
    # A network's run, the pixels that come back, planes of the metric: each is refused in turn.
    for room in (64, 96, 192):
        _, error = peak_of(lambda room=room: squeezed(lambda: ve.compress(large, "vae", threads=1), room))
        assert error.startswith("limit.memory") and "arena_bytes" not in error, (room, error)
    _, error = peak_of(lambda: squeezed(lambda: ve.compress(large, profile="vae", model="pil", threads=1)))
    assert error.startswith("limit.memory") and "arena_bytes" not in error and "to compress the picture" in error, error
    _, error = peak_of(lambda: squeezed(lambda: ve.World(arena_bytes=1 << 30)))
    assert error.startswith("limit.memory") and "lower arena_bytes" in error, error
