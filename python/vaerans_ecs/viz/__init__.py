"""Figures for notebooks: rate-distortion curves, band histograms, residuals, pictures side by side, traces."""

from __future__ import annotations

from .plots import band_histogram, rd_curve, residual_map, side_by_side, trace

__all__ = ["band_histogram", "rd_curve", "residual_map", "side_by_side", "trace"]
