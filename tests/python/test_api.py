"""Whole pictures: what goes into `compress` comes out of `decompress`, on every machine and from every process."""

from __future__ import annotations

import hashlib
import os
import subprocess
import sys

import numpy as np
import pytest
from outside import on_every_isa

import vaerans_ecs as ve
from vaerans_ecs import World, functional
from vaerans_ecs.components import Latent4
from vaerans_ecs.errors import ParamError
from vaerans_ecs.systems import ANSEncode, DeadZone, QuantizeU8

KINDS = [(channels, dtype) for channels in (1, 2, 3, 4) for dtype in (np.uint8, np.uint16)]
SIZES = [(1, 1), (1, 7), (5, 1), (33, 47)]


def smooth(height: int, width: int, channels: int, dtype) -> np.ndarray:
    """Waves with a little noise; alpha is never opaque throughout."""
    y, x, c = np.mgrid[:height, :width, :channels].astype(np.float64)
    wave = 0.5 + 0.3 * np.sin(x / 9 + c) * np.cos(y / 7) + np.random.default_rng(0).normal(0, 0.01, y.shape)
    return (np.clip(wave, 0, 0.95) * np.iinfo(dtype).max).astype(dtype)


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize(("channels", "dtype"), KINDS)
def test_every_kind_of_picture_comes_back(size, channels, dtype):
    img = smooth(*size, channels, dtype)
    exact = ve.decompress(ve.compress(img, lossless=True))
    assert exact.dtype == img.dtype and np.array_equal(exact, img)
    lossy = ve.decompress(ve.compress(img, quality=90))
    assert lossy.shape == img.shape and lossy.dtype == img.dtype
    assert functional.psnr(img, lossy) > 34


def test_grey_without_a_channel_axis_has_one_afterwards():
    img = smooth(20, 31, 1, np.uint8)[:, :, 0]
    assert np.array_equal(ve.decompress(ve.compress(img, lossless=True))[:, :, 0], img)


def test_opaque_alpha_is_dropped_and_other_alpha_kept():
    img = smooth(20, 31, 4, np.uint8)
    assert ve.info(ve.compress(img)).channels == 4
    img[:, :, 3] = 255
    file = ve.compress(img, lossless=True)
    assert file == ve.compress(np.ascontiguousarray(img[:, :, :3]), lossless=True)
    assert np.array_equal(ve.decompress(file), img[:, :, :3])


def test_options_may_be_numbers_and_flags_of_numpy():
    img = smooth(33, 47, 3, np.uint8)
    assert ve.compress(img, lossless=np.True_) == ve.compress(img, lossless=True)
    assert ve.compress(img, quality=np.int64(30)) == ve.compress(img, quality=30)
    assert ve.compress(img, max_error=np.array(2)) == ve.compress(img, max_error=2)
    world = World(1 << 20)
    given = [QuantizeU8(per_band=np.True_, bits=np.uint8(4)), DeadZone(step=np.float32(0.5), weighted=np.False_)]
    own = [QuantizeU8(per_band=True, bits=4), DeadZone(step=0.5, weighted=False)]
    for of_numpy, of_python in zip(given, own, strict=True):
        eids = [world.new_entity(), world.new_entity()]
        for eid, system in zip(eids, (of_numpy, of_python), strict=True):
            world.latent[eid] = Latent4(world.put(np.linspace(-2, 2, 64, dtype=np.float32).reshape(4, 4, 4)))
            world.pipe(eid).to(system).run()
        assert world.symbols[eids[0]].lineage == world.symbols[eids[1]].lineage


@pytest.mark.parametrize("value", [2**63, np.uint64(2**63), np.array(0.5), np.zeros(3), 1j, [5]], ids=str)
def test_options_that_are_no_such_number(value):
    with pytest.raises(ParamError) as e:
        ve.compress(np.zeros((8, 8, 3), np.uint8), max_error=value)
    assert e.value.code == "param.type"


def test_views_and_read_only_arrays_are_taken_as_they_are():
    base = smooth(64, 80, 3, np.uint8)
    views = [base[::2, ::-1], base[:, :, ::-1], base.transpose(1, 0, 2), np.asfortranarray(base)]
    for view in views:
        assert np.array_equal(ve.decompress(ve.compress(view, lossless=True)), view)
    file = ve.compress(base)
    base.flags.writeable = False
    assert ve.compress(base) == file


def test_what_comes_out_is_ones_own_to_write():
    out = ve.decompress(ve.compress(smooth(8, 8, 3, np.uint8)))
    out[...] = 7
    assert (out == 7).all()


def test_bytes_like_objects_are_files_too():
    file = ve.compress(smooth(16, 16, 3, np.uint8))
    for data in (bytearray(file), memoryview(file), np.frombuffer(file, np.uint8)):
        assert np.array_equal(ve.decompress(data), ve.decompress(file))


def test_metadata_goes_in_and_comes_out():
    img = smooth(24, 40, 3, np.uint8)
    file = ve.compress(img, icc=b"profile" * 50, exif=b"MM\0*\0\0\0\x08\0\0\0\0\0\0", orientation=6)
    about = ve.info(file)
    assert (about.icc, about.exif, about.orientation) == (b"profile" * 50, b"MM\0*\0\0\0\x08\0\0\0\0\0\0", 6)
    assert np.array_equal(ve.decompress(file), ve.decompress(ve.compress(img)))


def test_imread_turns_a_picture_and_decompress_does_not(tmp_path):
    img = smooth(24, 40, 3, np.uint8)
    path = tmp_path / "turned.vrn"
    path.write_bytes(ve.compress(img, lossless=True, orientation=6))
    assert np.array_equal(ve.decompress(path.read_bytes()), img)
    assert np.array_equal(ve.imread(path), np.rot90(img, -1))


@pytest.mark.parametrize("name", ["a.vrn", "a.png", "a.tiff", "a.webp"])
def test_imwrite_and_imread(tmp_path, name):
    img = smooth(24, 40, 3, np.uint8)
    options = {"lossless": True} if name.endswith("vrn") else {}
    ve.imwrite(tmp_path / name, img, **options)
    assert np.array_equal(ve.imread(tmp_path / name), img)
    assert [p.name for p in tmp_path.iterdir()] == [name]


@pytest.mark.parametrize(
    ("options", "kind"),
    [
        ({}, "resolution"),
        ({"lossless": True, "progressive": True}, "resolution"),
        ({"lossless": True}, "rows"),
        ({"max_error": 2}, "rows"),
        ({"profile": "vae", "fallback": False}, "layer"),
    ],
)
def test_info_says_what_levels_are(options, kind):
    about = ve.info(ve.compress(smooth(140, 60, 3, np.uint8), **options))
    assert about.level_kind == kind and (kind != "rows" or len(about.level_bytes) == 2)


def test_info_says_what_is_inside():
    img = smooth(40, 60, 3, np.uint16)
    file = ve.compress(img, quality=50)
    about = ve.info(file)
    assert (about.format_version, about.kind, about.dtype) == (2, "Image", "uint16")
    assert (about.height, about.width, about.channels) == (40, 60, 3)
    assert about.file_bytes == len(file) == about.header_bytes + sum(about.level_bytes)
    assert about.bits_per_pixel == pytest.approx(len(file) * 8 / 2400)
    assert about.is_complete and not about.is_lossless and "PhotoEncode" in about.pipe
    assert ve.info(ve.compress(img, lossless=True)).is_lossless


def test_size_and_quality_never_fall_as_quality_rises(photo):
    img = np.ascontiguousarray(photo[60:188, 150:300])
    files = [ve.compress(img, quality=q, threads=1) for q in range(0, 101, 4)]
    sizes = [len(f) for f in files]
    psnr = [functional.psnr(img, ve.decompress(f)) for f in files]
    assert sizes == sorted(sizes) and psnr == sorted(psnr)
    assert sizes[-1] > 5 * sizes[0] and psnr[-1] > psnr[0] + 15


def test_a_cut_file_shows_what_it_has(photo):
    file = ve.compress(photo, quality=60)
    about = ve.info(file)
    cut = file[: about.header_bytes + sum(about.level_bytes[:-1])]
    assert not ve.info(cut).is_complete
    coarse = ve.decompress(cut, allow_truncated=True)
    assert coarse.shape == photo.shape and 20 < functional.psnr(photo, coarse) < functional.psnr(
        photo, ve.decompress(file)
    )


def test_the_vae_profile(photo):
    img = np.ascontiguousarray(photo[:150, 100:301])
    lossy, finer = ve.compress(img, "vae", quality=30), ve.compress(img, "vae", quality=90)
    assert len(lossy) < len(finer)
    assert 24 < functional.psnr(img, ve.decompress(lossy)) < functional.psnr(img, ve.decompress(finer))
    assert ve.compress(img, "vae", quality=90, threads=1) == finer


def test_the_lossless_vae_profile(photo):
    img = np.ascontiguousarray(photo[:64, 100:201])
    file = ve.compress(img, "vae", lossless=True, icc=b"icc", orientation=3)
    assert np.array_equal(ve.decompress(file), img)
    about = ve.info(file)
    assert about.is_lossless and about.icc == b"icc" and about.orientation == 3


@pytest.mark.parametrize("profile", ["photo", "vae"])
def test_a_region_and_a_scale(photo, profile):
    img = np.ascontiguousarray(photo[:99, :130])
    file = ve.compress(img, profile, quality=90)
    whole = ve.decompress(file)
    assert np.array_equal(ve.decompress(file, region=(20, 30, 40, 50)), whole[30:80, 20:60])
    small = ve.decompress(file, scale=1 / 4)
    assert small.shape == (25, 33, 3)
    assert np.array_equal(ve.decompress(file, scale=0.25, region=(4, 8, 5, 91)), small[2:25, 1:3])
    means = whole[:96, :128].reshape(24, 4, 32, 4, 3).mean(axis=(1, 3))
    assert functional.psnr(means.round().astype(np.uint8), np.ascontiguousarray(small[:24, :32])) > 20
    for bad in ((0, 0, 0, 1), (0, 0, 131, 1), (-1, 0, 5, 5)):
        with pytest.raises(ve.errors.ParamError) as error:
            ve.decompress(file, region=bad)
        assert error.value.code == "param.range"
    for bad in (0.3, 0, -1, 2):
        with pytest.raises(ve.errors.ParamError):
            ve.decompress(file, scale=bad)


def test_a_tensor_has_no_region():
    world = ve.World()
    eid = world.new_entity()
    world.latent[eid] = Latent4(world.put(np.zeros((4, 8, 8), np.float32)))
    file = world.pipe(eid).select("Latent4").to(QuantizeU8()).to(ANSEncode()).out("Bitstream").tobytes()
    with pytest.raises(ve.errors.ParamError) as error:
        ve.decompress(file, scale=0.5)
    assert error.value.code == "param.unknown"


@pytest.mark.parametrize("lossless", [False, True])
def test_the_bytes_do_not_depend_on_threads(photo, lossless):
    files = {ve.compress(photo, lossless=lossless, tile=128, threads=t) for t in (1, 2, 3)}
    assert len(files) == 1
    (file,) = files
    one, two = (ve.decompress(file, threads=t) for t in (1, 2))
    assert np.array_equal(one, two)


DIGEST = """
import hashlib, numpy as np, vaerans_ecs as ve
img = np.load({path!r})
h = hashlib.sha256()
for options in (dict(quality=40), dict(quality=85), dict(lossless=True)):
    for picture in (img, img[:, :, 0], img.astype(np.uint16) * 257):
        file = ve.compress(picture, threads=1, **options)
        h.update(file)
        h.update(ve.decompress(file, threads=1).tobytes())
print(h.hexdigest())
"""


def test_every_instruction_set_gives_the_same_bytes_and_pixels(photo, tmp_path):
    np.save(tmp_path / "img.npy", photo[60:113, 150:213])
    told = on_every_isa(DIGEST.format(path=str(tmp_path / "img.npy")))
    assert len(set(told.values())) == 1, told


@pytest.mark.skipif(not hasattr(os, "fork"), reason="there is no fork on this system")
def test_a_forked_child_works_after_threads_were_used(photo):
    file = ve.compress(photo, tile=128, threads=2)
    expected = hashlib.sha256(file).digest()
    code = (
        "import os, sys, signal, hashlib, numpy as np, vaerans_ecs as ve\n"
        "img = np.load(sys.argv[1])\n"
        "ve.compress(img, tile=128, threads=2)\n"
        "pid = os.fork()\n"
        "if pid == 0:\n"
        "    signal.alarm(60)\n"
        "    os.write(1, hashlib.sha256(ve.compress(img, tile=128, threads=2)).digest())\n"
        "    os._exit(0)\n"
        "sys.exit(os.waitpid(pid, 0)[1])\n"
    )
    import tempfile

    with tempfile.TemporaryDirectory() as folder:
        np.save(f"{folder}/img.npy", photo)
        child = subprocess.run([sys.executable, "-c", code, f"{folder}/img.npy"], capture_output=True, check=False)
    assert child.returncode == 0 and child.stdout == expected
