"""Damaged and hostile bytes, and arguments that cannot be: a coded error, no panic, no memory beyond the limits."""

from __future__ import annotations

import os
import struct
import subprocess
import sys

import numpy as np
import pytest
from forge import HEAD, PRELUDE, body_of, crc32c, varint, with_body

import vaerans_ecs as ve
from vaerans_ecs import World, functional
from vaerans_ecs.components import Latent4
from vaerans_ecs.errors import BitstreamError, LimitError, ParamError, VaeransError
from vaerans_ecs.systems import ANSEncode, Hadamard4, PILVAEEncode, QuantizeU8, WaveletCDF53


def refused(data: bytes, **options) -> VaeransError:
    """The error that the whole reading side gives for `data`; anything but a coded one fails the test."""
    with pytest.raises(VaeransError) as e:
        ve.decompress(data, threads=1, **options)
    assert e.value.code.partition(".")[0] in ("stream", "limit", "pipe", "model"), e.value
    return e.value


@pytest.fixture(scope="module")
def files() -> dict[str, bytes]:
    """A small file of every profile and kind of content."""
    y, x, c = np.mgrid[:40, :30, :3]
    img = (128 + 60 * np.sin(x / 4 + c) + 50 * np.cos(y / 5)).astype(np.uint8)
    world = World(8 << 20)
    eid = world.new_entity()
    world.latent[eid] = Latent4(world.put(np.random.default_rng(0).normal(size=(4, 9, 7)).astype(np.float32)))
    pipe = world.pipe(eid) | Hadamard4() | WaveletCDF53(levels=2) | QuantizeU8(per_band=True) | ANSEncode()
    return {
        "photo": ve.compress(img, quality=60, icc=b"profile"),
        "lossless": ve.compress(img.astype(np.uint16) * 200, lossless=True),
        "vae": ve.compress(img, "vae", lossless=True),
        "pil": ve.compress(img, "vae", model="pil", lossless=True),
        "latent": pipe.out("Bitstream").tobytes(),
    }


KINDS = ["photo", "lossless", "vae", "pil", "latent"]


def boundaries(file: bytes) -> list[int]:
    """Where the prelude, the header and each level end."""
    about = ve.info(file)
    ends = [0, 8, 10, PRELUDE, HEAD, about.header_bytes - 4, about.header_bytes]
    for size in about.level_bytes:
        ends.append(ends[-1] + size)
    return [e for e in ends if e < len(file)]


@pytest.mark.parametrize("kind", KINDS)
def test_a_truncated_file_is_refused_wherever_it_ends(files, kind):
    file = files[kind]
    near = {b + d for b in boundaries(file) for d in (-1, 0, 1)}
    cuts = sorted({n for n in near | set(range(0, len(file), 37)) if 0 <= n < len(file)})
    codes = {refused(file[:n]).code for n in cuts}
    assert codes <= {"stream.truncated", "stream.magic"} and "stream.truncated" in codes


@pytest.mark.parametrize("kind", KINDS)
def test_a_flipped_bit_is_found_wherever_it_is(files, kind):
    file = files[kind]
    rng = np.random.default_rng(1)
    for at in sorted({*range(0, 64), *rng.integers(0, len(file), 150).tolist()}):
        damaged = bytearray(file)
        damaged[at] ^= 1 << int(rng.integers(8))
        assert refused(bytes(damaged)).code in (
            "stream.checksum", "stream.magic", "stream.version", "stream.truncated", "stream.invalid",
            "limit.dimensions", "limit.symbols",
        )  # fmt: skip


@pytest.mark.parametrize("kind", KINDS)
def test_a_lie_in_the_header_with_a_right_checksum_is_refused_or_harmless(files, kind):
    """Every byte of the header body changed in turn, the checksum made right: an attacker's file."""
    file = files[kind]
    body, sections = body_of(file), file[ve.info(file).header_bytes :]
    rng = np.random.default_rng(2)
    for at in range(len(body)):
        lie = bytearray(body)
        lie[at] = (lie[at] + int(rng.integers(1, 256))) & 255
        try:
            out = ve.decompress(with_body(bytes(lie), sections), threads=1, max_pixels=1 << 20)
        except VaeransError as e:
            assert e.code.partition(".")[0] in ("stream", "limit", "pipe", "model") or e.code == "data.base_differs", at
        else:
            assert out.size <= 1 << 22


@pytest.mark.parametrize("kind", KINDS)
def test_garbage_behind_a_right_header_is_refused(files, kind):
    """Sections of noise whose checksums are right reach the entropy decoder and the steps behind it."""
    file = files[kind]
    start = ve.info(file).header_bytes
    body = body_of(file)
    rng = np.random.default_rng(3)
    for _ in range(20):
        damaged = bytearray(file[start:])
        for at in rng.integers(0, len(damaged), 3):
            damaged[at] ^= int(rng.integers(1, 256))
        lie, at = bytearray(body), 0
        for size in ve.info(file).level_bytes:
            right, wrong = (struct.pack("<I", crc32c(bytes(b[at : at + size]))) for b in (file[start:], damaged))
            lie = lie.replace(varint(size) + right, varint(size) + wrong)
            at += size
        try:
            ve.decompress(with_body(bytes(lie), bytes(damaged)), threads=1)
        except VaeransError as e:
            assert e.code.partition(".")[0] in ("stream", "limit", "data"), e


@pytest.mark.parametrize("side", [1 << 20, 1 << 31, 1 << 40, (1 << 63) - 1])
def test_huge_dimensions_are_refused_before_memory_is_taken(files, side):
    body = body_of(files["photo"])
    assert body[:4] == bytes([0, 0, 30, 40])
    lie = bytes([0, 0]) + varint(side) + varint(side) + body[4:]
    assert refused(with_body(lie)).code in ("limit.dimensions", "stream.invalid", "stream.truncated")


def test_a_limit_of_pixels_is_kept_on_both_sides(files):
    error = refused(files["photo"], max_pixels=1199)
    assert error.code == "limit.dimensions" and isinstance(error, LimitError)
    assert "1199" in str(error) and "max_pixels" in str(error)
    assert ve.decompress(files["photo"], max_pixels=1200).shape == (40, 30, 3)
    with pytest.raises(LimitError):
        ve.compress(np.zeros((40, 30, 3), np.uint8), max_pixels=1199)


# Prints the error and the largest resident set in MiB (VmHWM: that of the parent, unlike ru_maxrss, does not count).
BOMB = """
import sys, vaerans_ecs as ve
try:
    ve.decompress(sys.stdin.buffer.read(), threads=1)
except ve.errors.VaeransError as e:
    (peak,) = (line.split()[1] for line in open("/proc/self/status") if line.startswith("VmHWM"))
    print(e.code, int(peak) >> 10)
"""


@pytest.mark.skipif(sys.platform != "linux", reason="measures resident memory as Linux reports it")
@pytest.mark.parametrize("side", [2048, 8192])
def test_a_small_file_that_claims_much_takes_little_memory(files, side):
    """A latent of 2**24 elements (64 MiB), and one of 2**28, in a file of a few hundred bytes."""
    body = body_of(files["latent"])
    tensor = bytes([0, 1, body[2], body[3], 3, 4, 9, 7])
    assert body[:8] == tensor
    lie = tensor[:6] + varint(side) + varint(side) + body[8:]
    bomb = with_body(lie, files["latent"][ve.info(files["latent"]).header_bytes :])
    env = {**os.environ, "OPENBLAS_NUM_THREADS": "1"}
    said = subprocess.run([sys.executable, "-c", BOMB], input=bomb, capture_output=True, env=env, check=False)
    assert said.returncode == 0, said.stderr.decode()
    code, megabytes = said.stdout.decode().split()
    assert code.startswith(("stream.", "limit.")) and int(megabytes) < 100, said.stdout


@pytest.mark.parametrize("data", [b"", b"\xf6", b"not a vaerans file at all", bytes(1000), "text", None, 7])
def test_what_is_no_file(data):
    with pytest.raises((BitstreamError, TypeError, ValueError)) as e:
        ve.decompress(data)
    if isinstance(data, bytes):
        assert e.value.code in ("stream.magic", "stream.truncated")


@pytest.mark.parametrize(
    ("img", "code"),
    [
        (np.zeros((0, 5, 3), np.uint8), "data.empty"),
        (np.zeros((5, 0), np.uint16), "data.empty"),
        (np.zeros((5, 5, 0), np.uint8), None),
        (np.zeros((5, 5, 5), np.uint8), "param.shape"),
        (np.zeros(5, np.uint8), "param.shape"),
        (np.zeros((2, 3, 4, 5), np.uint8), "param.shape"),
        (np.zeros((5, 5, 3), np.float32), "param.dtype"),
        (np.zeros((5, 5, 3), np.int8), "param.dtype"),
        (np.zeros((5, 5, 3), bool), "param.dtype"),
        (np.zeros((5, 5, 3), ">u2"), "param.dtype"),
        (np.zeros((5, 5, 3), object), "param.dtype"),
        ("picture.png", "param.type"),
        (None, "param.type"),
    ],
)
@pytest.mark.parametrize("profile", ["photo", "vae"])
def test_pictures_that_cannot_be(img, code, profile):
    with pytest.raises(VaeransError) as e:
        ve.compress(img, profile)
    assert e.value.code == (code or e.value.code) and e.value.code.startswith(("data.", "param."))


@pytest.mark.parametrize(
    "options",
    [
        {"quality": -1}, {"quality": 101}, {"quality": 7.5}, {"profile": "jpeg"}, {"threads": -1},
        {"threads": 0}, {"tile": 0}, {"tile": -5}, {"orientation": 9}, {"orientation": 0}, {"model": "x"},
    ],
    ids=str,
)  # fmt: skip
def test_options_that_cannot_be(options):
    with pytest.raises((VaeransError, TypeError, OverflowError)) as e:
        ve.compress(np.zeros((8, 8, 3), np.uint8), **options)
    assert type(e.value).__name__ != "PanicException"
    if isinstance(e.value, VaeransError):
        assert e.value.code.startswith("param.")


@pytest.mark.parametrize("bad", [np.nan, np.inf, -np.inf])
@pytest.mark.parametrize("step", [QuantizeU8(), QuantizeU8(per_channel=True, bits=12)], ids=["tensor", "channel"])
def test_latents_that_are_not_finite_are_refused(bad, step):
    world = World(1 << 20)
    z = np.zeros((4, 6, 6), np.float32)
    z[2, 3, 4] = bad
    eid = world.new_entity()
    world.latent[eid] = Latent4(world.put(z))
    with pytest.raises(VaeransError) as e:
        world.pipe(eid).to(step).run()
    assert e.value.code == "data.not_finite"
    assert (world.pipe(eid) | Hadamard4()).out("YUVW4").numpy().shape == z.shape, "the world goes on"


def test_an_arena_too_small_says_how_much_and_what_to_raise():
    world = World(arena_bytes=100_000)
    eid = world.spawn_image(np.zeros((256, 256, 3), np.uint8))
    with pytest.raises(MemoryError) as e:
        world.pipe(eid).to(PILVAEEncode()).run()
    text = str(e.value)
    assert e.value.code == "limit.arena" and isinstance(e.value, LimitError)
    capacity = world.stats["arena"]["capacity"]
    assert "arena_bytes" in text and str(capacity) in text and str(4 * 128 * 128 * 4) in text


def test_streams_of_symbols_that_were_damaged():
    rng = np.random.default_rng(4)
    for symbols in (rng.geometric(0.4, 3000).astype(np.uint8), rng.integers(-90, 90, 900).astype(np.int32)):
        data = functional.rans_encode(symbols)
        for n in range(0, len(data), 29):
            with pytest.raises(BitstreamError):
                functional.rans_decode(data[:n], dtype=symbols.dtype)
        for at in rng.integers(0, len(data), 60):
            damaged = bytearray(data)
            damaged[at] ^= 1 << int(rng.integers(8))
            try:
                out = functional.rans_decode(bytes(damaged), dtype=symbols.dtype)
            except VaeransError as e:
                assert e.code.startswith(("stream.", "limit.", "data."))
            else:
                assert out.dtype == symbols.dtype
    with pytest.raises(VaeransError) as e:
        functional.rans_decode(bytes([1, 1]) + varint(1 << 60) + bytes(40))
    assert e.value.code == "limit.symbols"


def test_a_file_cannot_choose_the_model_that_its_reader_loads(files):
    """A step's parameters may name a model for people; a reader loads nothing by them, and fetches nothing."""
    file = files["pil"]
    body = body_of(file)
    at = body.index(b"\x04name\x04\x03pil")
    lie = body[:at] + b"\x05model\x04\x09hf:me/bad" + body[at + 10 :]
    error = refused(with_body(lie, file[ve.info(file).header_bytes :]))
    assert error.code == "stream.invalid" and "model" in str(error)


def test_a_decoded_stream_shares_no_memory_with_its_bytes() -> None:
    stream = functional.rans_encode(np.arange(50, dtype=np.uint8) % 3)
    memory = np.zeros(64, np.uint8)
    memory[: len(stream)] = np.frombuffer(stream, np.uint8)
    with pytest.raises(ParamError) as error:
        functional.rans_decode(memory[: len(stream)], out=memory[:50])
    assert error.value.code == "param.overlap"
