"""Figures for notebooks: they draw what they are given, and say what is missing when they cannot."""

from __future__ import annotations

import builtins
import subprocess
import sys

import numpy as np
import pytest

from vaerans_ecs import errors, viz
from vaerans_ecs.eval import Curve, CurvePoint
from vaerans_ecs.eval.model import Step


def picture(seed: int = 0) -> np.ndarray:
    return np.random.default_rng(seed).integers(0, 256, (48, 64, 3), dtype=np.uint8)


def curves() -> list[Curve]:
    points = [CurvePoint(f"q={i}", 0.2 * 1.5**i, 25.0 + 2 * i, 0.8 + 0.01 * i, None) for i in range(9)]
    return [
        Curve("mine", "pipe", None, points),
        Curve("JPEG", "peer", None, points[2:]),
        Curve("JPEG", "peer", "a", points),
    ]


def test_rd_curve_has_a_line_per_codec():
    pytest.importorskip("matplotlib")
    axes = viz.rd_curve(curves()).axes[0]
    assert [line.get_label() for line in axes.lines] == ["mine", "JPEG"]
    assert len(axes.lines[1].get_xdata()) == 7
    assert axes.get_xscale() == "log"
    assert viz.rd_curve(curves(), "ssim", photo="a", log=False).axes[0].get_ylabel() == "SSIM"
    assert len(viz.rd_curve(curves(), "ms_ssim").axes[0].lines[0].get_xdata()) == 0
    with pytest.raises(errors.ParamError):
        viz.rd_curve(curves(), "vmaf")


def test_residual_map_is_grey_where_nothing_changed():
    pytest.importorskip("matplotlib")
    a = picture()
    b = a.copy()
    b[0, 0] ^= 1
    shown = viz.residual_map(a, b, gain=10).axes[0].images[0].get_array()
    assert (shown[1:] == 128).all()
    assert set(np.abs(shown[0, 0].astype(int) - 128)) == {10}
    assert "lossless" in viz.residual_map(a, a).axes[0].get_title()
    with pytest.raises(errors.ParamError):
        viz.residual_map(a, a[1:])


def test_side_by_side_names_its_pictures():
    pytest.importorskip("matplotlib")
    figure = viz.side_by_side({"before": picture(), "after": picture(1)[..., 0]})
    assert [a.get_title() for a in figure.axes] == ["before", "after"]
    assert len(viz.side_by_side([picture()]).axes) == 1


def test_band_histogram_draws_every_band():
    pytest.importorskip("matplotlib")
    figure = viz.band_histogram(picture(), picture(1))
    assert len(figure.axes) == 3 * 2 + 1  # 48 x 64 has room for two levels
    assert figure.axes[0].get_title().startswith("HL1")
    assert len(viz.band_histogram(picture()).axes) == 7


def test_trace_draws_a_bar_per_step(tmp_path):
    pytest.importorskip("matplotlib")
    steps = [Step("c", "p", "", i, name, ms=1.0 + i, shape_out="4 \u00d7 8", bytes=99) for i, name in enumerate("ab")]
    figure = viz.trace(steps)
    assert [p.get_width() for p in figure.axes[0].patches] == [1.0, 2.0]
    assert viz.trace([]).axes
    figure.savefig(tmp_path / "trace.png")
    assert (tmp_path / "trace.png").stat().st_size > 1000


def test_without_matplotlib_the_error_says_what_to_install(monkeypatch):
    real = builtins.__import__

    def absent(name, *args, **kwargs):
        if name.startswith("matplotlib"):
            raise ImportError(name)
        return real(name, *args, **kwargs)

    monkeypatch.setattr(builtins, "__import__", absent)
    with pytest.raises(errors.UnavailableError) as caught:
        viz.rd_curve(curves())
    assert caught.value.code == "unavailable.matplotlib"
    assert "pip install matplotlib" in str(caught.value)


def test_importing_viz_and_eval_does_not_import_the_heavy_ones():
    heavy = ("matplotlib", "PIL", "rich", "skimage", "imagecodecs")
    code = f"import sys, vaerans_ecs.viz, vaerans_ecs.eval; print([m for m in {heavy} if m in sys.modules])"
    result = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert result.stdout.strip() == "[]"
