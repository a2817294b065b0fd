"""What a report refuses, tells and shows."""

from __future__ import annotations

import numpy as np
import pytest
from report_case import STEPS, decode, encode, picture, run

from vaerans_ecs import errors
from vaerans_ecs.eval import Curve, CurvePoint, bd, report
from vaerans_ecs.eval.bands import split
from vaerans_ecs.eval.embed import png, window


def test_a_failed_write_leaves_the_old_report(tmp_path, monkeypatch):
    out = tmp_path / "report.html"
    out.write_text("old")
    made = run({"m": (encode, decode)}, sweep={"step": [4]})
    monkeypatch.setattr("os.replace", lambda *_: (_ for _ in ()).throw(OSError(28, "No space left on device")))
    with pytest.raises(OSError, match="No space"):
        made.save(out)
    assert [p.name for p in tmp_path.iterdir()] == ["report.html"]
    assert out.read_text() == "old"


def test_window_is_centred_and_never_larger_than_the_picture():
    assert window(100, 50, 60) == (slice(20, 80), slice(0, 50))


@pytest.mark.parametrize(("h", "w", "levels"), [(16, 24, 1), (17, 23, 2), (9, 31, 3)])
def test_bands_tile_the_pyramid(h, w, levels):
    packed = np.arange(h * w).reshape(h, w)
    bands = dict(split(packed, levels))
    assert len(bands) == 3 * levels + 1
    assert sorted(np.concatenate([b.ravel() for b in bands.values()])) == list(range(h * w))


def test_report_shows_itself_in_a_notebook(tiny):
    shown = run({"m": (encode, decode)}, peers=["JPEG"])._repr_html_()
    assert "<table" in shown or "No BD-rates" in shown


def test_points_that_cost_more_for_less_are_told_and_left_out():
    good = [CurvePoint(str(i), 0.1 * 1.3**i, 26.0 + 1.5 * i, None, None) for i in range(10)]
    bent = [*good[:5], CurvePoint("bad", good[5].bpp * 0.99, 20.0, None, None), *good[5:]]
    row = bd.bd_rates([Curve("a", "peer", None, good), Curve("b", "pipe", None, bent)], "a")[0]
    assert row.psnr == pytest.approx(0, abs=1e-9)
    assert "1 of 11" in row.note


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        ({"photos": "nofolder"}, "unavailable.file"),
        ({"photos": "no*match.png"}, "unavailable.file"),
        ({"photos": b"bytes"}, "param.type"),
        ({"photos": []}, "param.range"),
        ({"pipes": {"a": "phto"}}, "param.unknown"),
        ({"pipes": {"a": {"profile": "photo", "qualty": 3}}}, "param.unknown"),
        ({"pipes": encode}, "param.type"),
        ({"sweep": {"quality": [101]}}, "param.range"),
        ({"sweep": [1, 2]}, "param.type"),
        ({"peers": ["jepg"]}, "param.unknown"),
        ({"peers": 5}, "param.type"),
        ({"anchor": "jepg"}, "param.unknown"),
        ({"threads": 0}, "param.range"),
        ({"threads": "2"}, "param.type"),
        ({"out": "page.json"}, "param.range"),
        ({"out": "/dev/null/page.html"}, "unavailable.file"),
    ],
)
def test_wrong_arguments_have_codes_and_are_told_before_anything_runs(arguments, code, monkeypatch):
    monkeypatch.setattr("vaerans_ecs.eval.sweep.run_point", lambda *_: pytest.fail("something was measured"))
    with pytest.raises(errors.VaeransError) as caught:
        report(**{"photos": picture(), "out": None, "peers": (), "cache_dir": False, "progress": False, **arguments})
    assert caught.value.code == code


def test_a_report_is_printed_as_its_table(tiny):
    """Not as the bytes of its pictures: a notebook shows both."""
    assert len(repr(tiny)) < 300 and len(repr(tiny.data)) < 200_000
    assert "JPEG" in str(tiny) and "points failed" in str(tiny) and len(str(tiny)) < 5000
    assert all(line.isprintable() for line in str(tiny).splitlines())


def test_a_picture_that_cannot_be_read_costs_only_its_own_rows(tmp_path):
    (tmp_path / "bad\x1b.png").write_bytes(b"no picture")
    (tmp_path / "good.png").write_bytes(png(picture()))
    result = run({"mine": (encode, decode)}, tmp_path)
    assert [row.photo for row in result.data.rows] == ["good.png"] * len(STEPS)
    ((name, error),) = result.failed
    assert name == "bad\x1b.png" and error.code == "data.image_format" and "bad\\x1b.png" in str(result)
    (tmp_path / "good.png").unlink()
    with pytest.raises(errors.DataError):
        run({"mine": (encode, decode)}, tmp_path)
