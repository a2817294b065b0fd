"""Codes of limits, of bytes that are no file of ours, and of what a machine has not."""

from __future__ import annotations

import errno
import os
import pickle
import sys

from raised.cases import GREY, Cases
from raised.steps import pipe

import vaerans_ecs as ve
from vaerans_ecs import Arena, World, _files, errors, functional, images
from vaerans_ecs.systems import NativeSystem

FILE = ve.compress(GREY)

CASES = Cases()
raises = CASES.raises

raises("limit.arena")(lambda: Arena(64).alloc_tensor((1000,)))
raises("limit.dimensions")(lambda: ve.compress(GREY, max_pixels=63))
raises("limit.symbols")(lambda: functional.rans_decode(bytes([1, 1]) + b"\xff" * 8 + b"\x7f" + bytes(40)))
raises("limit.metadata")(
    lambda: images.decode_picture(
        images.encode_picture(images.Picture(GREY, exif=b"II*\0" + bytes(1 << 17))), max_bytes=1 << 22
    )
)
raises("limit.memory")(lambda: Arena(1 << 62))
raises("stream.truncated")(lambda: ve.decompress(FILE[:-1]))
raises("stream.checksum")(lambda: ve.decompress(FILE[:-1] + bytes([FILE[-1] ^ 1])))
raises("stream.magic")(lambda: ve.decompress(b"RIFF" + FILE[4:]))
raises("stream.version")(lambda: ve.decompress(FILE[:8] + b"\x09" + FILE[9:]))
raises("stream.invalid")(lambda: functional.rans_decode(b"\x01\x01\x05\xff" + bytes(40)))
raises("unavailable.isa")(lambda: World(1 << 16, isa="simd128" if sys.platform != "emscripten" else "avx2"))
raises("unavailable.feature")(lambda: pipe(type("OnnxVAEEncode", (NativeSystem,), {})()))


@raises("limit.file_size")
def _(tmp_path):
    (tmp_path / "a").write_bytes(bytes(100))
    _files.read_bytes(tmp_path / "a", max_bytes=99)


@raises("unavailable.forked")
def _():
    world = World(1 << 16)
    read, write = os.pipe()
    child = os.fork()
    if not child:
        try:
            world.new_entity()
        except errors.VaeransError as error:
            os.write(write, pickle.dumps(error))
        finally:
            os._exit(0)
    os.waitpid(child, 0)
    raise pickle.loads(os.read(read, 1 << 16))


raises("unavailable.file")(lambda tmp_path: ve.imread(tmp_path / "missing.png"))


@raises("unavailable.file_exists")
def _(tmp_path):
    (tmp_path / "a").write_bytes(b"")
    _files.write_atomic(tmp_path / "a", b"x", overwrite=False)


@raises("unavailable.disk_full")
def _(tmp_path, monkeypatch):
    def full(*_):
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr(_files.os, "write", full)
    try:
        ve.imwrite(tmp_path / "a.vrn", GREY)
    finally:
        assert not list(tmp_path.iterdir()), "nothing half-written is left"


@raises("unavailable.matplotlib")
def _(monkeypatch):
    from vaerans_ecs.viz import plots

    monkeypatch.setitem(sys.modules, "matplotlib", None)
    monkeypatch.setitem(sys.modules, "matplotlib.pyplot", None)
    plots.residual_map(GREY, GREY)
