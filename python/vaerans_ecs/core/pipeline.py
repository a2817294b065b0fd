"""Pipes: systems in line, checked as a whole, run in groups of one shape."""

from __future__ import annotations

from ..pipe import Description, Handle, Pipe, Pipeline

__all__ = ["Description", "Handle", "Pipe", "Pipeline"]
