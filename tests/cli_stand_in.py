"""The command with a stand-in for the codec."""

from __future__ import annotations

import os
import sys
import textwrap
from pathlib import Path

import numpy as np
import pytest
from typer.testing import CliRunner

from vaerans_ecs import images
from vaerans_ecs.cli.app import app

runner = CliRunner()


posix = pytest.mark.skipif(sys.platform == "win32", reason="POSIX signals")


#: Installs the stand-in; also run by the child processes of this test.
FAKE = textwrap.dedent(
    """
    import dataclasses, pickle
    from vaerans_ecs import api
    from vaerans_ecs import eval, images
    from vaerans_ecs.errors import BitstreamError, DataError

    @dataclasses.dataclass
    class Info:
        width: int
        height: int
        profile: str
        quality: float
        icc: bytes | None
        exif: bytes | None
        orientation: int
        shape: tuple
        dtype: str = "uint8"

    def compress(img, profile="photo", quality=75, lossless=False, threads=None, model=None, icc=None, exif=None,
                 orientation=1, max_pixels=None, max_bytes=None, **options):
        note = Info(img.shape[1], img.shape[0], profile, quality, icc, exif, orientation, img.shape)
        return b"FAKE" + pickle.dumps((img, note))

    def parts(data):
        if data[:4] != b"FAKE":
            raise BitstreamError("stream.magic", "not a container")
        return pickle.loads(data[4:])

    def unpack(data, threads=None, item=None, **limits):
        img, note = parts(data)
        return images.Picture(img, note.icc, note.exif, note.orientation or 1)

    def decode_picture(data, allow_damaged=False, **limits):
        if data[:3] != b"PIC":
            raise DataError("data.image_format", "expected a picture")
        return pickle.loads(data[3:])

    def encode_picture(picture, format="png", quality=90):
        return b"PIC" + pickle.dumps(picture) + format.encode()

    def install(set):
        set(api, "compress", compress)
        set(api, "info", lambda data, item=None, **limits: parts(data)[1])
        set(api, "decompress", lambda data, threads=None, **limits: parts(data)[0])
        set(images, "unpack", unpack)
        set(images, "decode_picture", decode_picture)
        set(images, "encode_picture", encode_picture)
    """
)


def picture(value: int = 7, shape=(4, 6, 3)) -> images.Picture:
    return images.Picture(np.full(shape, value, np.uint8), b"icc", b"exif", 6)


def call(*arguments, code=0, input=None):
    result = runner.invoke(app, [str(a) for a in arguments], input=input)
    if result.exception and not isinstance(result.exception, SystemExit):
        raise result.exception
    assert result.exit_code == code, result.output
    return result


def tree(folder: Path) -> list[str]:
    return sorted(str(p.relative_to(folder)).replace(os.sep, "/") for p in folder.rglob("*") if p.is_file())
