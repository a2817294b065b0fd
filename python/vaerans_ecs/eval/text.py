"""A report as plain text: what ``print`` shows."""

from __future__ import annotations

from collections.abc import Sequence

from .._text import visible
from .model import BDRow, ReportData


def summary(data: ReportData, failed: Sequence[tuple[str, Exception]] = ()) -> str:
    """The BD-rates of the mean curves, best first, the pictures that failed, and the notes."""
    lines = [f"{data.title}: {len(data.photos)} pictures, {len(data.rows)} points"]
    rows = sorted((row for row in data.bd_rate if row.photo is None), key=_rank)
    if rows:
        width = max(len(visible(row.codec)) for row in rows)
        lines.append(f"File size at equal quality, against {data.anchor} (negative is smaller):")
        lines += [
            f"  {visible(row.codec):{width}}  PSNR {_percent(row.psnr)}  MS-SSIM {_percent(row.ms_ssim)}"
            for row in rows
        ]
    lines += [f"failed: {visible(name)}: {visible(str(error))}" for name, error in failed]
    lines += [f"skipped: {visible(item.name)}: {visible(item.reason)}" for item in data.skipped]
    lines += [f"note: {visible(note)}" for note in data.notes]
    return "\n".join(lines)


def _rank(row: BDRow) -> tuple[bool, float]:
    return row.psnr is None, row.psnr or 0.0


def _percent(value: float | None) -> str:
    return "       -" if value is None else f"{value:+7.1f} %"
