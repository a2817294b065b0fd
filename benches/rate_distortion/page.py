"""The page of the figures: Markdown."""

from __future__ import annotations

from figures import Measured

from vaerans_ecs.eval import Report, Row, bd


def markdown(reports: dict[str, Report], lossless: Report, figures: list[Measured]) -> str:
    """Figures against their goals, BD-rates, curves, lossless sizes."""
    counts = " and ".join(f"{len(r.data.photos)} pictures ({name})" for name, r in reports.items())
    figure_rows = [[f.what, number(f.value, 2), f"<= {f.must:g}", f"<= {f.aim:g}"] for f in figures]
    codecs = {c.name: c for r in (*reports.values(), lossless) for c in r.data.codecs}
    parts = [
        "# Rate and distortion",
        "",
        f"Written by `make rd`; means over {counts}. Definitions: docs/metrics.md. Rate is the size of the whole file.",
        "`val` are photos of CID22 that nothing was trained or tuned on. All points of a codec have the same settings.",
        "",
        table(["figure", "measured", "must", "aim"], figure_rows),
        *(part for name, report in reports.items() for part in lossy_parts(name, report)),
        "## Lossless, Kodak",
        "",
        lossless_table(lossless),
        "## Versions",
        "",
        table(["codec", "settings", "library"], [[c.name, c.settings, c.version] for c in codecs.values()]),
        *dict.fromkeys(f"Skipped: {s.name}, {s.reason}." for r in reports.values() for s in r.data.skipped),
    ]
    return "\n".join(parts).rstrip() + "\n"


def lossy_parts(name: str, report: Report) -> list[str]:
    return [
        f"## {name}: BD-rates",
        "",
        bd_table(report),
        f"## {name}: the curves",
        "",
        curve_table(report),
    ]


def bd_table(report: Report) -> str:
    curves = [c for c in report.data.curves if c.photo is None]
    against = {a: {r.codec: r for r in bd.bd_rates(curves, a)} for a in ("JPEG", "AVIF")}
    rows = []
    for codec in (c.codec for c in curves):
        cells = [against[a].get(codec) for a in against]
        values = [number(getattr(r, metric), 1) if r else "0" for r in cells for metric in ("psnr", "ms_ssim")]
        rows.append([codec, *values, "; ".join(dict.fromkeys(r.note for r in cells if r and r.note))])
    head = [f"against {a}, {metric}, %" for a in ("JPEG", "AVIF") for metric in ("PSNR", "MS-SSIM")]
    return table(["codec", *head, "note"], sorted(rows, key=lambda row: float(row[1]) if row[1][-1].isdigit() else 0))


def curve_table(report: Report) -> str:
    rows = [
        [c.codec, p.point, number(p.bpp, 3), number(p.psnr, 2), number(p.ssim, 4), number(p.ms_ssim, 4)]
        for c in report.data.curves
        if c.photo is None
        for p in c.points
    ]
    return table(["codec", "point", "bpp", "PSNR, dB", "SSIM", "MS-SSIM"], rows)


def lossless_table(lossless: Report) -> str:
    groups: dict[tuple[str, str], list[Row]] = {}
    for row in lossless.data.rows:
        groups.setdefault((row.codec, row.point), []).append(row)
    rows = []
    for (codec, point), mine in groups.items():
        errors = [r.error for r in mine if r.error]
        rows.append([codec, point, errors[0] if errors else number(sum(r.bpp or 0 for r in mine) / len(mine), 3)])
    return table(["codec", "point", "bit per pixel"], rows)


def number(value: float | None, digits: int) -> str:
    return "not measured" if value is None else f"{value:.{digits}f}"


def table(head: list[str], rows: list[list[str]]) -> str:
    """A Markdown table, its cells escaped, with an empty line after it."""
    lines = [head, ["---"] * len(head), *rows]
    return "\n".join("| " + " | ".join(c.replace("|", "\\|") for c in line) + " |" for line in lines) + "\n"
