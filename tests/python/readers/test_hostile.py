"""Hostile files cost little."""

import struct
import subprocess
import sys
import zlib

import pytest
from made_files import chunk, jpeg, png, tiff
from PIL import Image
from reader_checks import GREY, PHOTO, refused, saved

from vaerans_ecs import errors
from vaerans_ecs.images import Picture, decode_picture, encode_picture


def bomb(size):
    packer = zlib.compressobj(9)
    return packer.compress(bytes(size)) + packer.flush()


def test_metadata_is_measured_while_it_is_inflated():
    much = bomb(64 << 20)
    chunks = [
        (b"iCCP", b"x\0\0" + much),
        (b"zTXt", b"Raw profile type exif\0\0" + much),
        (b"iTXt", b"Raw profile type exif\0\1\0\0\0" + much),
        (b"tEXt", b"Raw profile type exif\0\nexif\n 999999999\n00\n"),
        (b"eXIf", bytes(17 << 20)),
    ]
    for case in chunks:
        for where in ({"before": [case]}, {"behind": [case]}):
            refused(png(GREY, **where), "limit.metadata", "max_bytes", max_bytes=1 << 29)
    assert decode_picture(png(GREY, [(b"zTXt", b"Comment\0\0" + much)])).frames == 1
    parts = b"".join(b"\xff\xe2\xff\xffICC_PROFILE\0" + bytes([i % 256, 255]) + bytes(65519) for i in range(300))
    refused(jpeg(8, 8, ((1, 1),), [(0,)], extra=parts), "limit.metadata", max_bytes=1 << 29)
    refused(tiff(bytes(288), (24, 12), {34675: bytes(17 << 20)}), "limit.metadata", max_bytes=1 << 29)
    first = struct.pack("<HHHIII", 1, 34665, 4, 1, 26, 0)
    shared = b"".join(struct.pack("<HHII", tag, 7, 1000, 8) for tag in range(1000, 1100))
    block = b"II*\0\x08\0\0\0" + first + struct.pack("<H", 100) + shared + bytes(4)
    with pytest.raises(errors.ParamError, match="EXIF block is damaged"):
        encode_picture(Picture(GREY, exif=block), "tiff")


def test_sizes_are_checked_before_anything_is_decoded():
    big = jpeg(16, 16, ((1, 1),) * 3, [(0, 1, 2)])
    big = big.replace(struct.pack(">HH", 16, 16), struct.pack(">HH", 65500, 65500))
    refused(big, "limit.dimensions", "max_pixels")
    refused(tiff(bytes(288), (1 << 30, 1 << 30), {}), "limit.dimensions")
    header = struct.pack(">IIBBBBB", 1 << 20, 1 << 20, 8, 2, 0, 0, 0)
    refused(
        b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", b"") + chunk(b"IEND", b""), "limit.dimensions"
    )
    refused(saved(Image.fromarray(PHOTO)), "limit.dimensions", "max_pixels", max_pixels=100)


PEAK = """
import sys
from vaerans_ecs.images import decode_picture

def peak():  # unlike ru_maxrss, that of the parent does not count
    return int(next(line for line in open("/proc/self/status") if line.startswith("VmHWM")).split()[1])

before = peak()
try:
    decode_picture(open(sys.argv[1], "rb").read())
except Exception as error:
    print(getattr(error, "code", error))
print(peak() - before)
"""


@pytest.mark.skipif(sys.platform != "linux", reason="reads /proc")
@pytest.mark.parametrize("progressive", [False, True])
def test_a_small_file_that_claims_much_takes_little(tmp_path, progressive):
    data = saved(Image.fromarray(PHOTO), progressive=progressive)
    data = data.replace(struct.pack(">HH", 61, 83), struct.pack(">HH", 16000, 16000))
    (tmp_path / "claims.jpg").write_bytes(data)
    run = subprocess.run(
        [sys.executable, "-c", PEAK, str(tmp_path / "claims.jpg")], capture_output=True, text=True, check=True
    )
    code, peak = run.stdout.split()
    assert code == "data.image_damaged" and int(peak) < 20_000
