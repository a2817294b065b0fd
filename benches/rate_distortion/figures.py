"""The figures that the photo profile is held to, and what was measured of them."""

from __future__ import annotations

from dataclasses import dataclass
from statistics import fmean

from vaerans_ecs.eval import Report, bd

#: Name in tables and arguments of ``compress``.
OURS = {
    "photo": {"profile": "photo"},
    "photo, psnr": {"profile": "photo", "tune": "psnr"},
    "photo, msssim": {"profile": "photo", "tune": "msssim"},
    "photo, effort 1": {"profile": "photo", "effort": 1},
}


@dataclass(frozen=True)
class Figure:
    """A BD-rate in percent: lower is better."""

    pictures: str
    codec: str
    anchor: str
    metric: str
    must: float
    aim: float

    def measured(self, report: Report) -> float | None:
        curves = [c for c in report.data.curves if c.photo is None]
        rows = [r for r in bd.bd_rates(curves, self.anchor) if r.codec == self.codec]
        return getattr(rows[0], self.metric) if rows else None

    def __str__(self) -> str:
        metric = {"psnr": "PSNR", "ms_ssim": "MS-SSIM"}[self.metric]
        return f"{self.pictures}: {self.codec} against {self.anchor}, BD-rate over {metric}, %"


FIGURES = (
    Figure("Kodak", "photo", "JPEG", "psnr", -48, -53),
    Figure("Kodak", "photo", "JPEG", "ms_ssim", -44, -50),
    Figure("Kodak", "photo, psnr", "JPEG", "psnr", -51, -56),
    Figure("Kodak", "photo, msssim", "JPEG", "ms_ssim", -47, -53),
    Figure("Kodak", "photo", "AVIF", "psnr", -4, -10),
    Figure("Kodak", "photo", "AVIF", "ms_ssim", 1, -6),
    Figure("val", "photo, psnr", "AVIF", "psnr", -3, -8),
    Figure("val", "photo, msssim", "AVIF", "ms_ssim", 1, -8),
)
#: Bits per pixel on Kodak: the most, and the aim.
LOSSLESS = (9.15, 8.85)


@dataclass(frozen=True)
class Measured:
    what: str
    value: float | None
    must: float
    aim: float

    @property
    def is_met(self) -> bool:
        return self.value is not None and self.value <= self.must


def bits_per_pixel(lossless: Report, codec: str) -> float | None:
    """The mean of a codec; none where one of its files is not there or not lossless."""
    rows = [r for r in lossless.data.rows if r.codec == codec]
    return fmean(r.bpp or 0 for r in rows) if rows and all(r.error is None for r in rows) else None


def measured(reports: dict[str, Report], lossless: Report) -> list[Measured]:
    """What there is of the figures: of the sets of pictures that were measured."""
    rates = [Measured(str(f), f.measured(reports[f.pictures]), f.must, f.aim) for f in FIGURES if f.pictures in reports]
    return [*rates, Measured("Kodak: lossless, bit per pixel", bits_per_pixel(lossless, "photo lossless"), *LOSSLESS)]
