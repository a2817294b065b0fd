"""Rate-distortion evaluation: your pipes against each other and against the codecs everybody knows.

>>> from vaerans_ecs import eval
>>> eval.report({"mine": my_pipe}, "photos/", {"quality": range(5, 96, 10)}, out="report.html")  # doctest: +SKIP
"""

from __future__ import annotations

from .codecs import Codec, sweep_points
from .model import BDRow, Curve, CurvePoint, ReportData, Row
from .peers import PEERS, Peer, available
from .report import Report, report

__all__ = [
    "PEERS",
    "BDRow",
    "Codec",
    "Curve",
    "CurvePoint",
    "Peer",
    "Report",
    "ReportData",
    "Row",
    "available",
    "report",
    "sweep_points",
]
