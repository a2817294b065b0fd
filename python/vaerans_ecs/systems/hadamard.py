"""The Hadamard rotation of latent channels."""

from __future__ import annotations

from . import Hadamard4, Hadamard4Inverse

__all__ = ["Hadamard4", "Hadamard4Inverse"]
