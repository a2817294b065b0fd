"""Quantisers."""

from __future__ import annotations

from . import DeadZone, DeadZoneInverse, Dequantize, QuantizeU8

__all__ = ["DeadZone", "DeadZoneInverse", "Dequantize", "QuantizeU8"]
