"""Entropy coders."""

from __future__ import annotations

from .base import NativeSystem

__all__ = ["ANSDecode", "ANSEncode"]


class ANSEncode(NativeSystem):
    """Interleaved rANS: symbols, or integers of a pyramid or residual -> Bitstream.

    Parameters
    ----------
    coder : str
        ``"rans"`` (ours), or ``"constriction"``: words that the constriction package decodes.
    setting : str
        ``"fast"`` (12-bit probabilities) or ``"precise"`` (at most 0.05 % over the entropy).
    adaptive : bool
        Whether blocks of a band may use tables of their own.
    """

    def __init__(self, coder: str = "rans", setting: str = "fast", adaptive: bool = False) -> None:
        super().__init__(coder=coder, setting=setting, adaptive=adaptive)

    @classmethod
    def inverse(cls) -> ANSDecode:
        """The system that undoes it."""
        return ANSDecode()


class ANSDecode(NativeSystem):
    """Undoes :class:`ANSEncode`; the stream says with which coder and tables."""
