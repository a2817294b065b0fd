"""The data behind a report: plain dataclasses, written as JSON; the HTML page is rendered from that JSON alone.

Units: ``bpp`` is bits of the whole file per pixel (``8 * bytes / (width * height)``), PSNR is in dB over all 8-bit RGB
samples, SSIM and MS-SSIM are in 0..1, times are milliseconds of one call on one thread. ``None`` means "does not
apply": a lossless point has no PSNR, a picture with a side under 11 no MS-SSIM.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass, field, fields
from typing import Any

FORMAT = "vaerans-report"
FORMAT_VERSION = 1


@dataclass
class Row:
    """One codec at one point of its sweep on one picture: a line of the CSV file and of ``rows`` in the JSON."""

    photo: str
    codec: str
    kind: str  # "pipe" (the user's) or "peer"
    point: str  # the parameters as text, "quality=50"
    params: dict[str, Any]
    bytes: int | None = None
    bpp: float | None = None
    psnr: float | None = None
    ssim: float | None = None
    ms_ssim: float | None = None
    lossless: bool = False
    encode_ms: float | None = None
    decode_ms: float | None = None
    cached: bool = False
    error: str | None = None


ROW_COLUMNS = tuple(f.name for f in fields(Row))


@dataclass
class CurvePoint:
    """A point of a curve: means over the pictures."""

    point: str
    bpp: float
    psnr: float | None
    ssim: float | None
    ms_ssim: float | None
    encode_ms: float | None = None
    decode_ms: float | None = None


@dataclass
class Curve:
    """Rate against quality of one codec, ``points`` by rising rate. ``photo`` is ``None`` for the mean of all."""

    codec: str
    kind: str
    photo: str | None
    points: list[CurvePoint] = field(default_factory=list)


@dataclass
class BDRow:
    """BD-rate in percent against ``anchor`` (negative: smaller files at equal quality), over PSNR and over MS-SSIM."""

    codec: str
    kind: str
    anchor: str
    photo: str | None
    psnr: float | None
    ms_ssim: float | None
    note: str = ""


@dataclass
class Photo:
    """A picture of the set; ``sha256`` is of its samples as compared (8-bit RGB), not of the file it came from."""

    name: str
    width: int
    height: int
    sha256: str
    file_bytes: int | None = None
    note: str = ""
    thumbnail: str | None = field(default=None, repr=False)  # data URI


@dataclass
class CodecInfo:
    """What ran: name, kind, library version and settings in words."""

    name: str
    kind: str
    version: str = ""
    settings: str = ""


@dataclass
class Skipped:
    """A codec that could not run here, and why."""

    name: str
    reason: str


@dataclass
class Step:
    """One step of a traced pipe."""

    codec: str
    photo: str
    point: str
    index: int
    system: str
    params: str = ""
    shape_in: str = ""
    dtype_in: str = ""
    shape_out: str = ""
    dtype_out: str = ""
    entropy_bits: float | None = None  # bits per symbol, order 0
    bytes: int | None = None
    ms: float | None = None
    isa: str = ""
    seed: int | None = None


@dataclass
class Histogram:
    """Counts of the CDF 9/7 luma coefficients of a band, over bins of equal width from ``low`` to ``high``."""

    photo: str
    codec: str | None  # None: the original
    point: str
    band: str  # "LL4", "HL1", ...
    low: float
    high: float
    counts: list[int]
    std: float
    entropy_bits: float  # of the coefficient rounded to an integer


@dataclass
class Picture:
    """A decoded picture embedded in the page. ``codec`` is ``None`` for the original."""

    photo: str
    codec: str | None
    point: str
    target_bpp: float | None
    width: int
    height: int
    bpp: float | None
    psnr: float | None
    ms_ssim: float | None
    data: str = field(repr=False)  # data URI
    crop: str = ""  # empty: the whole picture


@dataclass
class ReportData:
    """Everything a report holds."""

    title: str
    created: str
    anchor: str
    environment: dict[str, str] = field(default_factory=dict)
    codecs: list[CodecInfo] = field(default_factory=list)
    skipped: list[Skipped] = field(default_factory=list)
    photos: list[Photo] = field(default_factory=list)
    rows: list[Row] = field(default_factory=list)
    curves: list[Curve] = field(default_factory=list)
    bd_rate: list[BDRow] = field(default_factory=list)
    trace: list[Step] = field(default_factory=list)
    histograms: list[Histogram] = field(default_factory=list)
    pictures: list[Picture] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)

    def to_dict(self) -> dict[str, Any]:
        """The report as JSON-ready values (no NaN, no infinity), with ``format`` and ``format_version`` in front."""
        return {"format": FORMAT, "format_version": FORMAT_VERSION, **asdict(self)}
