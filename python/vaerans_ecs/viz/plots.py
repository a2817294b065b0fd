"""The plots of a report as matplotlib figures. matplotlib is imported when a figure is drawn, and only then.

Every function returns a closed ``Figure``: a notebook shows it once, a script calls ``figure.savefig``. The colours
follow the style in use (``plt.style.use("dark_background")`` works).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from .. import _arguments as arguments
from ..errors import ParamError

if TYPE_CHECKING:
    import numpy as np
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

    from ..eval import Curve, Report

METRIC_NAMES = {"psnr": "PSNR, dB", "ssim": "SSIM", "ms_ssim": "MS-SSIM"}
_MARKERS = "os^Dv"
_COLOURS = ("#2a78d6", "#d9532c", "#128a5e", "#b57a00", "#7a6ae0", "#c8357c", "#6b8b99", "#7a8a00")


def _figure(width: float, height: float) -> Figure:
    """A new figure that pyplot does not keep (it would be shown twice in a notebook, and never freed)."""
    try:
        import matplotlib.pyplot as plt
    except ImportError as error:
        from vaerans_ecs.errors import UnavailableError

        raise UnavailableError(
            "unavailable.matplotlib", "vaerans_ecs.viz needs matplotlib; install it: pip install matplotlib"
        ) from error
    figure = plt.figure(figsize=(width, height), layout="constrained")
    plt.close(figure)
    return figure


def rd_curve(
    curves: Report | Iterable[Curve], metric: str = "psnr", *, photo: str | None = None, log: bool = True
) -> Figure:
    """Quality against bits per pixel, one line per codec, the user's pipes thicker.

    ``curves`` is a report or its curves; ``metric`` one of ``psnr``, ``ssim``, ``ms_ssim``; ``photo`` picks one picture
    instead of the mean; ``log=False`` draws a linear rate.
    """
    from ..eval import Curve, Report

    arguments.flag("log", log)
    if arguments.text("metric", metric) not in METRIC_NAMES:
        raise ParamError("param.range", f"metric is {metric!r}; expected one of {', '.join(METRIC_NAMES)}")
    what = "a report or its curves"
    found = curves.data.curves if isinstance(curves, Report) else arguments.iterable("curves", curves, what)
    chosen = [c for c in found if arguments.member("curves", c, Curve, what).photo == photo]
    figure = _figure(8, 5)
    axes = figure.add_subplot()
    for i, curve in enumerate(chosen):
        points = [(p.bpp, getattr(p, metric)) for p in curve.points if getattr(p, metric) is not None]
        mine = curve.kind == "pipe"
        axes.plot(
            *zip(*points, strict=True) if points else ([], []),
            label=curve.codec,
            color=_COLOURS[i % len(_COLOURS)],
            marker=_MARKERS[i % len(_MARKERS)],
            markersize=5,
            linewidth=2.5 if mine else 1.3,
            zorder=3 if mine else 2,
        )
    if log and chosen:
        from matplotlib.ticker import LogLocator, NullLocator

        axes.set_xscale("log")
        axes.xaxis.set_major_locator(LogLocator(subs=(1, 2, 5)))
        axes.xaxis.set_major_formatter(lambda value, _: f"{value:g}")
        axes.xaxis.set_minor_locator(NullLocator())
    axes.set(xlabel="bits per pixel", ylabel=METRIC_NAMES[metric])
    axes.grid(alpha=0.25)
    if chosen:
        axes.legend(frameon=False)
    _bare(axes)
    return figure


def band_histogram(picture: np.ndarray, decoded: np.ndarray | None = None, *, name: str = "decoded") -> Figure:
    """Coefficients of every CDF 9/7 band of the luma, on a log scale: the original filled, a decoded one as a line.

    Both are (H, W), (H, W, 1..4) of uint8 or uint16.
    """
    from ..eval.bands import histograms, luma_bands
    from ..eval.photos import to_rgb8

    arguments.text("name", name)
    original = luma_bands(to_rgb8(picture)[0])
    areas = histograms("", original, None, "", original)
    lines = (
        {}
        if decoded is None
        else {h.band: h for h in histograms("", original, name, "", luma_bands(to_rgb8(decoded)[0]))}
    )
    order = sorted(areas, key=lambda h: (int(h.band[2:]), ("HL", "LH", "HH", "LL").index(h.band[:2])))
    rows = max(1, -(-len(order) // 3))
    figure = _figure(10, 1.7 * rows)
    for i, area in enumerate(order):
        axes = figure.add_subplot(rows, 3, i + 1)
        _histogram(axes, area, lines.get(area.band), name if i == 0 else None)
    return figure


def _histogram(axes: Axes, area: Any, line: Any, label: str | None) -> None:
    import numpy as np

    edges = np.linspace(area.low, area.high, len(area.counts) + 1)
    axes.stairs(np.log10(1 + np.array(area.counts)), edges, fill=True, alpha=0.3, color="gray")
    title = f"{area.band}: {area.entropy_bits:.2f} bit"
    if line is not None:
        axes.stairs(np.log10(1 + np.array(line.counts)), edges, color=_COLOURS[0], linewidth=1.4, label=label)
        title = f"{area.band}: {area.entropy_bits:.2f} \u2192 {line.entropy_bits:.2f} bit"
        if label:
            axes.legend(frameon=False, fontsize="x-small", loc="upper right")
    axes.set_title(title, fontsize="small")
    axes.set_yticks([])
    axes.tick_params(labelsize="x-small")
    _bare(axes)


def residual_map(original: np.ndarray, decoded: np.ndarray, *, gain: float = 8) -> Figure:
    """``decoded - original`` times ``gain`` around mid grey, with the PSNR in the title. Pictures as in the report."""
    import numpy as np

    from ..eval.metrics import measure
    from ..eval.photos import to_rgb8

    gain = arguments.real("gain", gain)
    a, b = to_rgb8(original)[0], to_rgb8(decoded)[0]
    if a.shape != b.shape:
        raise ParamError("param.shape", f"the pictures differ in shape: {a.shape} and {b.shape}")
    difference = b.astype(np.float32) - a
    psnr = measure(a, b).psnr
    figure = _pictures(
        [np.clip(128 + gain * difference, 0, 255).astype(np.uint8)],
        [f"residual \u00d7 {gain:g}, {'lossless' if psnr is None else f'{psnr:.2f} dB'}"],
    )
    return figure


def side_by_side(pictures: Mapping[str, np.ndarray] | Sequence[np.ndarray]) -> Figure:
    """Pictures in a row, each under its name (a mapping) or its number."""
    from ..eval.photos import to_rgb8

    if isinstance(pictures, Mapping):
        named = {str(name): picture for name, picture in pictures.items()}
    else:
        named = {str(i): p for i, p in enumerate(arguments.iterable("pictures", pictures, "pictures"))}
    if not named:
        raise ParamError("param.shape", "no picture to draw; give one at least")
    return _pictures([to_rgb8(p)[0] for p in named.values()], list(named))


def _pictures(pictures: Sequence[np.ndarray], titles: Sequence[str]) -> Figure:
    height, width = pictures[0].shape[:2]
    each = 8 if len(pictures) == 1 else 5
    figure = _figure(each * len(pictures), each * height / width + 0.4)
    for i, (picture, title) in enumerate(zip(pictures, titles, strict=True)):
        axes = figure.add_subplot(1, len(pictures), i + 1)
        axes.imshow(picture, interpolation="nearest" if max(height, width) < 256 else "antialiased")
        axes.set_title(title, fontsize="medium")
        axes.set_axis_off()
    return figure


def trace(steps: Any) -> Figure:
    """Time of every step as bars, with what came out of it: shape, dtype, entropy, bytes.

    ``steps`` is a world, its ``trace``, a list of steps, or a report (its first pipe).
    """
    from ..eval.model import Step
    from ..eval.trace import steps_of

    data = getattr(steps, "data", None)
    if data is not None and hasattr(data, "trace"):
        rows = [s for s in data.trace if s.codec == data.trace[0].codec]
    elif isinstance(steps, Sequence) and all(isinstance(s, Step) for s in steps):
        rows = list(steps)
    else:
        given = arguments.iterable("steps", getattr(steps, "trace", steps), "a world, its trace, or a report")
        rows = steps_of([arguments.member("steps", row, Mapping, "rows of a trace") for row in given])
    figure = _figure(8, 0.9 + 0.45 * max(1, len(rows)))
    axes = figure.add_subplot()
    times = [s.ms or 0.0 for s in rows]
    axes.barh(range(len(rows)), times, color=_COLOURS[0], height=0.6)
    for i, step in enumerate(rows):
        axes.annotate(_what(step), (times[i], i), (6, 0), textcoords="offset points", va="center", fontsize="small")
    axes.set_yticks(range(len(rows)), [s.system for s in rows])
    axes.invert_yaxis()
    axes.set_xlim(0, 1.9 * max(times, default=1) or 1)
    axes.set_xlabel("time, ms")
    _bare(axes)
    return figure


def _what(step: Any) -> str:
    parts = [f"{step.shape_out} {step.dtype_out}".strip()]
    if step.entropy_bits is not None:
        parts.append(f"{step.entropy_bits:.2f} bit/symbol")
    if step.bytes is not None:
        parts.append(f"{step.bytes:,} bytes")
    return ", ".join(p for p in parts if p)


def _bare(axes: Axes) -> None:
    axes.spines[["top", "right"]].set_visible(False)
