"""Metrics of quality."""

from __future__ import annotations

from . import MetricMSSSIM, MetricPSNR, MetricSSIM

__all__ = ["MetricMSSSIM", "MetricPSNR", "MetricSSIM"]
