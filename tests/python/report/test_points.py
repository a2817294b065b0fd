"""Rows, curves, BD-rates and sweeps."""

from __future__ import annotations

import numpy as np
import pytest
from report_case import NASTY, STEPS, decode, encode, picture, run

from vaerans_ecs.eval import Curve, CurvePoint, Row, bd


def test_rows_measure_what_was_written(tiny):
    img = picture()
    row = next(r for r in tiny.data.rows if r.photo == NASTY and r.point == "step=8")
    data = encode(img, 8)
    mse = np.square(decode(data).astype(float) - img).mean()
    assert row.bytes == len(data)
    assert row.bpp == pytest.approx(8 * len(data) / (40 * 56))
    assert row.psnr == pytest.approx(10 * np.log10(255**2 / mse), abs=1e-6)
    assert 0 < row.ms_ssim <= row.ssim + 0.2 <= 1.2
    exact = next(r for r in tiny.data.rows if r.point == "step=1")
    assert exact.lossless
    assert exact.psnr is None


def test_a_failing_pipe_is_a_row_with_its_error_and_a_note(tiny):
    failed = [r for r in tiny.data.rows if r.codec == NASTY]
    assert len(failed) == 2 * len(STEPS)
    assert all(r.error.startswith("RuntimeError: ") and r.bytes is None for r in failed)
    assert not [c for c in tiny.data.curves if c.codec == NASTY]
    assert any("points failed" in note for note in tiny.data.notes)


def test_curves_are_means_over_the_pictures(tiny):
    curve = next(c for c in tiny.data.curves if c.codec == "mine" and c.photo is None)
    point = next(p for p in curve.points if p.point == "step=8")
    rows = [r for r in tiny.data.rows if r.codec == "mine" and r.point == "step=8"]
    assert len(rows) == 2
    assert point.bpp == pytest.approx(np.mean([r.bpp for r in rows]))
    assert point.psnr == pytest.approx(np.mean([r.psnr for r in rows]))
    assert [p.bpp for p in curve.points] == sorted(p.bpp for p in curve.points)


def test_bd_rate_of_a_codec_that_needs_half_is_minus_fifty():
    quality = [27 + 1.5 * i for i in range(10)]
    full = [CurvePoint(str(q), 0.1 * 1.2**i, q, None, 1 - 10 ** (-q / 20)) for i, q in enumerate(quality)]
    half = [CurvePoint(p.point, p.bpp / 2, p.psnr, None, p.ms_ssim) for p in full]
    rows = bd.bd_rates([Curve("a", "peer", None, full), Curve("b", "pipe", None, half)], "a")
    assert [r.codec for r in rows] == ["b"]
    assert rows[0].psnr == pytest.approx(-50, abs=0.01)
    assert rows[0].ms_ssim == pytest.approx(-50, abs=0.01)


def test_bd_rate_with_too_few_points_says_so():
    points = [CurvePoint(str(i), 0.1 + i, 28.0 + i, None, None) for i in range(7)]
    row = bd.bd_rates([Curve("a", "peer", None, points), Curve("b", "pipe", None, points)], "a")[0]
    assert row.psnr is None
    assert "8" in row.note


def test_a_point_that_failed_on_one_picture_is_in_no_mean():
    good = Row("p", "c", "pipe", "q=1", {}, bytes=5, bpp=1.0, psnr=30.0)
    other = Row("r", "c", "pipe", "q=1", {}, error="boom")
    curves, notes = bd.curves([good, other])
    assert curves == []
    assert "q=1" in notes[0]


def test_embedding_keeps_its_limits(tiny):
    assert {p.photo for p in tiny.data.pictures} == {NASTY, "b"}
    big = run({"m": (encode, decode)}, {"big": picture(90, 120)}, embed_side=64)
    assert {(p.width, p.height) for p in big.data.pictures} == {(64, 64)}
    assert "120 \u00d7 90" in big.data.pictures[0].crop
    assert not run({"m": (encode, decode)}, embed_photos=0).data.pictures
    starved = run({"m": (encode, decode)}, embed_bytes=10)
    assert not starved.data.pictures
    assert any("not embedded" in n for n in starved.data.notes)
    assert "pictures" in starved.html()


def test_same_rows_whatever_the_threads():
    def rows(threads):
        return [
            (r.photo, r.codec, r.point, r.bytes, r.psnr)
            for r in run({"m": (encode, decode)}, threads=threads).data.rows
        ]

    assert rows(1) == rows(3)


def test_decoder_that_gives_another_picture_is_an_error_row():
    row = run({"m": (encode, lambda data: decode(data)[:-1])}, sweep={"step": [4]}).data.rows[0]
    assert "expected (40, 56, 3)" in row.error
