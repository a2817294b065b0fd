"""What each option of the profile photo promises."""

from __future__ import annotations

import io
import itertools
from functools import cache

import numpy as np
import pytest

import vaerans_ecs as ve
from vaerans_ecs import World, functional
from vaerans_ecs.errors import ParamError
from vaerans_ecs.systems import PhotoDecode, PhotoEncode

#: A file may be so much smaller than its target, and have so many dB more.
UNDER, OVER = 0.98, 0.1


@cache
def scene(height: int = 320, width: int = 420, channels: int = 3, depth: int = 8) -> np.ndarray:
    """Like a photo: shades, edges, a texture, grain."""
    y, x = np.mgrid[:height, :width].astype(np.float64)
    rng = np.random.default_rng(8)
    shade = 0.45 + 0.25 * np.sin(x / 61 + y / 97) + 0.12 * np.cos(y / 23)
    disc = 0.22 * ((x - width / 3) ** 2 + (y - height / 2) ** 2 < (height / 4) ** 2)
    weave = 0.06 * np.sin(x / 1.7) * np.sin(y / 2.3) * (x > width / 2)
    planes = [shade * (1 - 0.15 * c) + disc * (c + 1) / 3 + weave for c in range(channels)]
    noisy = np.stack(planes, 2) + rng.normal(0, 0.012, (height, width, channels))
    top = (1 << depth) - 1
    return (noisy.clip(0, 1) * top).astype(np.uint8 if depth == 8 else np.uint16)


def with_alpha(colour: np.ndarray) -> np.ndarray:
    alpha = np.arange(colour.shape[0] * colour.shape[1]).reshape(colour.shape[:2]) % 251
    return np.dstack([colour, alpha.astype(colour.dtype)])


PICTURES = {
    "photo": lambda photo: photo,
    "scene": lambda _: scene(),
    "grey": lambda _: scene(channels=1),
    "16 bits": lambda _: scene(200, 300, 3, 16),
    "alpha": lambda _: with_alpha(scene(200, 300)),
    "noise": lambda _: np.random.default_rng(2).integers(0, 256, (150, 190, 3), np.uint8),
    "tiles": lambda photo: np.tile(photo, (1, 2, 1)),
}


def decoded(file: bytes, like: np.ndarray) -> np.ndarray:
    return ve.decompress(file).reshape(like.shape)


def decibels(img: np.ndarray, file: bytes) -> float:
    """PSNR of colour."""
    colours = img.shape[2] - (1 - img.shape[2] % 2)
    error = img[..., :colours].astype(np.float64) - decoded(file, img)[..., :colours]
    return float(10 * np.log10(np.iinfo(img.dtype).max ** 2 / max(np.mean(error**2), 1e-12)))


def refused(**options: object) -> str:
    with pytest.raises(ParamError) as error:
        ve.compress(scene(), **options)
    assert error.value.code == "param.range"
    return error.value.message


# Targets --------------------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", PICTURES)
@pytest.mark.parametrize("rate", [0.12, 0.5, 1.5])
def test_a_target_of_bytes_is_kept_and_used(kind, rate, photo):
    img = PICTURES[kind](photo)
    options = {"tile": 256} if kind == "tiles" else {}
    # Of a picture with alpha, what colour may have beside it.
    alpha = len(ve.compress(img, quality=0)) if kind == "alpha" else 0
    target = alpha + int(rate * img.shape[0] * img.shape[1] / 8)
    file = ve.compress(img, target_bytes=target, **options)
    assert UNDER * target <= len(file) <= target
    assert decoded(file, img).shape == img.shape


def test_a_target_of_bytes_that_all_fit_gives_the_best_there_is():
    file = ve.compress(scene(), target_bytes=1 << 30)
    assert len(file) > len(ve.compress(scene(), quality=100)) and decibels(scene(), file) > 55


def test_metadata_counts():
    icc = bytes(1500)
    file = ve.compress(scene(), target_bytes=6000, icc=icc)
    assert UNDER * 6000 <= len(file) <= 6000 and ve.info(file).icc == icc


@pytest.mark.parametrize("tune", ["balanced", "psnr", "msssim"])
@pytest.mark.parametrize("effort", [1, 9])
def test_a_target_goes_with_every_way_to_code(tune, effort):
    file = ve.compress(scene(), target_bytes=5000, tune=tune, effort=effort)
    assert UNDER * 5000 <= len(file) <= 5000
    assert 34 <= decibels(scene(), ve.compress(scene(), target_psnr=34, tune=tune, effort=effort)) <= 34 + OVER


@pytest.mark.parametrize("kind", PICTURES)
@pytest.mark.parametrize("least", [28.0, 33, 41.5])
def test_a_target_of_psnr_is_reached_and_no_more(kind, least, photo):
    img = PICTURES[kind](photo)
    file = ve.compress(img, target_psnr=least)
    assert least <= decibels(img, file) <= least + OVER


def test_a_target_out_of_reach_is_told_with_the_nearest_value():
    text = refused(target_bytes=20)
    smallest = int(text.split("has ")[1].split()[0])
    assert len(ve.compress(scene(), target_bytes=smallest)) == smallest
    deep = np.random.default_rng(0).integers(0, 65536, (60, 70, 3), np.uint16)
    with pytest.raises(ParamError, match=r"target_psnr=100; the best file of this picture has \d+(\.\d+)? dB") as error:
        ve.compress(deep, target_psnr=100.0, tune="msssim")
    nearest = float(error.value.message.split("has ")[1].split()[0])
    assert nearest <= decibels(deep, ve.compress(deep, target_psnr=nearest, tune="msssim")) <= nearest + OVER


def test_quality_is_without_effect_where_there_is_a_target():
    for target in ({"target_bytes": 4000}, {"target_psnr": 32.0}):
        assert ve.compress(scene(), quality=10, **target) == ve.compress(scene(), quality=95, **target)


@pytest.mark.parametrize(
    "options",
    [
        {"target_bytes": 4000, "target_psnr": 30.0},
        {"target_bytes": 4000, "lossless": True},
        {"target_psnr": 30.0, "lossless": True},
        {"target_bytes": 4000, "max_error": 2},
        {"target_psnr": 30.0, "max_error": 0},
        {"lossless": True, "max_error": 1},
        {"max_error": 256},
        {"tile": 100},
        {"tile": 0},
        {"effort": 0},
        {"effort": 10},
        {"tune": "ssim"},
        {"target_bytes": 0},
        {"target_psnr": 0.5},
        {"quality": 101},
    ],
    ids=str,
)
def test_what_cannot_be_is_refused(options):
    assert next(iter(options)).split("_")[0] in refused(**options)


# Tunes and effort -----------------------------------------------------------------------------------


def measured(img: np.ndarray, **options: object) -> tuple[float, float]:
    back = ve.decompress(ve.compress(img, **options))
    return functional.psnr(img, back), functional.ms_ssim(img, back)


@pytest.mark.parametrize("bytes_", [12_000, 30_000])
def test_a_tune_is_best_by_its_measure_at_equal_bytes(bytes_, photo):
    by = {t: measured(photo, target_bytes=bytes_, tune=t) for t in ("balanced", "psnr", "msssim")}
    assert max(by, key=lambda t: by[t][0]) == "psnr" and max(by, key=lambda t: by[t][1]) == "msssim"
    assert by["psnr"][0] > by["balanced"][0] > by["msssim"][0]
    assert by["psnr"][1] < by["balanced"][1] < by["msssim"][1]


def test_more_effort_is_better_at_equal_bytes(photo):
    found = [measured(photo, target_bytes=20_000, effort=e, tune="psnr")[0] for e in (1, 2, 3, 4, 5)]
    # A file is up to 1 % smaller than its target: as much as 0.04 dB.
    assert all(b >= a - 0.04 for a, b in itertools.pairwise(found)) and found[-1] > found[0] + 0.1


def test_effort_never_changes_what_comes_back_without_loss():
    files = [ve.compress(scene(), lossless=True, effort=e) for e in (1, 5, 9)]
    assert all(np.array_equal(ve.decompress(f), scene()) for f in files)
    assert len(files[0]) >= len(files[2])


# Without loss, or nearly ----------------------------------------------------------------------------


@pytest.mark.parametrize("kind", PICTURES)
def test_progressive_files_come_back_and_show_less_first(kind, photo):
    img = PICTURES[kind](photo)
    plain, file = (ve.compress(img, lossless=True, progressive=p) for p in (False, True))
    for f in (plain, file):
        assert np.array_equal(decoded(f, img), img) and ve.info(f).is_lossless
    levels = ve.info(file).level_bytes
    cut = file[: ve.info(file).header_bytes + sum(levels[:2])]
    small = ve.decompress(cut, allow_truncated=True, scale=1 / 16)
    assert small.shape[:2] == (-(-img.shape[0] // 16), -(-img.shape[1] // 16))


@pytest.mark.parametrize("kind", PICTURES)
@pytest.mark.parametrize("bound", [1, 2, 7])
def test_no_sample_is_off_by_more_than_allowed(kind, bound, photo):
    img = PICTURES[kind](photo)
    file = ve.compress(img, max_error=bound)
    assert np.abs(decoded(file, img).astype(int) - img).max() <= bound
    assert len(file) <= len(ve.compress(img, lossless=True))


# Tiles ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("shape", "tiles"), [((1024, 2048), 1), ((1024, 2049), 3), ((1025, 2100), 6)])
def test_large_pictures_have_tiles_of_1024(shape, tiles):
    assert ve.info(ve.compress(np.zeros((*shape, 1), np.uint8), effort=1)).tiles == tiles


def test_tiles_do_not_show(photo):
    """They share one pyramid, so that there are no seams: as many bytes buy about the same picture."""
    whole, tiled = (measured(photo, target_bytes=30_000, **o)[0] for o in ({}, {"tile": 128}))
    assert whole - 0.7 < tiled <= whole + 0.05


# The same names everywhere --------------------------------------------------------------------------

OPTIONS = [
    {"target_bytes": 5000, "tune": "msssim"},
    {"target_psnr": 33.5, "effort": 2},
    {"lossless": True, "progressive": True},
    {"max_error": 3, "effort": 7},
    {"quality": 60, "tile": 128, "tune": "psnr"},
]


@pytest.mark.parametrize("options", OPTIONS, ids=str)
def test_every_door_takes_the_same_options(options, tmp_path):
    image, runner = pytest.importorskip("PIL.Image"), pytest.importorskip("typer.testing").CliRunner()
    from vaerans_ecs.cli.app import app

    ve.register_pillow()
    expected = ve.compress(scene(), **options)
    saved = io.BytesIO()
    image.fromarray(scene()).save(saved, "VRN", **options)
    assert saved.getvalue() == expected
    ve.imwrite(tmp_path / "a.vrn", scene(), **{"quality": 75, **options})
    assert (tmp_path / "a.vrn").read_bytes() == expected
    ve.imwrite(tmp_path / "a.png", scene())
    words = [w for k, v in options.items() for w in (f"--{k.replace('_', '-')}", *([] if v is True else [str(v)]))]
    done = runner.invoke(app, ["compress", str(tmp_path / "a.png"), "-o", str(tmp_path / "b.vrn"), *words])
    assert done.exit_code == 0, done.output
    assert ve.decompress((tmp_path / "b.vrn").read_bytes()).tobytes() == ve.decompress(expected).tobytes()


def test_the_command_refuses_what_cannot_be(tmp_path):
    runner = pytest.importorskip("typer.testing").CliRunner()
    from vaerans_ecs.cli.app import app

    ve.imwrite(tmp_path / "a.png", scene())
    for words in (["--target-bytes", "9", "--target-psnr", "9"], ["--target-bytes", "3000", "--lossless"]):
        done = runner.invoke(app, ["compress", str(tmp_path / "a.png"), *words])
        assert done.exit_code != 0 and not (tmp_path / "a.vrn").exists()


# In a pipe ------------------------------------------------------------------------------------------


@pytest.mark.parametrize("options", [{}, {"quality": 30, "tune": "msssim", "effort": 1}, {"lossy": False}], ids=str)
@pytest.mark.parametrize("kind", ["scene", "grey", "16 bits"])
def test_a_pipe_gives_what_its_file_gives(kind, options):
    img = PICTURES[kind](None)
    world = World(64 << 20, threads=1)
    pipe = world.pipe(world.spawn_image(img)) | PhotoEncode(**options)
    coded = pipe.out("Bitstream")
    back = (pipe.fork() | PhotoDecode()).out("ReconRGB").numpy()
    file = coded.tobytes()
    about = ve.info(file)
    assert np.array_equal(ve.decompress(file), back) and back.dtype == img.dtype and about.pipe.startswith("Photo")
    assert about.is_lossless == (options == {"lossy": False}) == np.array_equal(back, img)


def test_a_pipe_leaves_alpha_out_and_says_so():
    img = with_alpha(scene(60, 70))
    world = World(16 << 20)
    file = (world.pipe(world.spawn_image(img)) | PhotoEncode(lossy=False)).out("Bitstream").tobytes()
    back = ve.decompress(file)
    assert np.array_equal(back[..., :3], img[..., :3]) and (back[..., 3] == 255).all()
    assert not ve.info(file).is_lossless and ve.info(ve.compress(img, lossless=True)).is_lossless
    assert ve.info(ve.compress(img, lossless=True, progressive=True)).is_lossless


def test_the_pipe_of_a_file_is_the_step_of_the_profile():
    world = World(64 << 20)
    img = scene(600, 500)
    coded = (world.pipe(world.spawn_image(img)) | PhotoEncode(quality=60)).out("Bitstream")
    assert np.array_equal(ve.decompress(coded.tobytes()), ve.decompress(ve.compress(img, quality=60)))
