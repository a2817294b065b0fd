"""Pictures to measure."""

from __future__ import annotations

import numpy as np
import pytest
from report_case import decode, encode, picture, run

from vaerans_ecs import errors
from vaerans_ecs.eval.embed import png
from vaerans_ecs.eval.photos import load, sources, to_rgb8


@pytest.mark.parametrize(
    ("shape", "dtype", "note"),
    [
        ((5, 6), np.uint8, "grey"),
        ((5, 6, 1), np.uint16, "16 bit"),
        ((5, 6, 2), np.uint8, "alpha"),
        ((5, 6, 4), np.uint8, "alpha"),
    ],
)
def test_pictures_are_brought_to_rgb8(shape, dtype, note):
    top = np.iinfo(dtype).max
    rgb, said = to_rgb8(np.full(shape, top, dtype))
    assert rgb.shape == (5, 6, 3)
    assert rgb.dtype == np.uint8
    assert (rgb == 255).all()
    assert note in said


@pytest.mark.parametrize(
    ("bad", "code"),
    [
        (np.zeros((3, 4, 5), np.uint8), "param.shape"),
        (np.zeros((0, 4, 3), np.uint8), "param.shape"),
        (np.zeros((3, 4)), "param.dtype"),
    ],
)
def test_bad_pictures_are_refused(bad, code):
    with pytest.raises(errors.ParamError) as caught:
        run({"m": (encode, decode)}, {"bad": bad})
    assert caught.value.code == code


def test_photos_are_found_in_folders_globs_and_lists(tmp_path):
    for name in ("b.png", "a.png"):
        (tmp_path / name).write_bytes(png(picture()))
    (tmp_path / "notes.txt").write_text("no picture")
    assert [s.name for s in sources(tmp_path)] == ["a.png", "b.png"]
    assert [s.name for s in sources(str(tmp_path / "a*"))] == ["a.png"]
    both = sources([tmp_path, ("c", picture()), tmp_path / "a.png"])
    assert [s.name for s in both] == ["a.png", "b.png", "c", "a.png (2)"]
    assert (load(both[0]).rgb == picture()).all()
    assert load(both[0]).file_bytes == (tmp_path / "a.png").stat().st_size
    with pytest.raises(FileNotFoundError):
        sources(tmp_path / "none.png")
    with pytest.raises(errors.ParamError):
        sources([])
