"""The residual over a reconstruction: a second stream that bounds the error, or removes it."""

from __future__ import annotations

from .base import NativeSystem

__all__ = ["AddResidual", "Residual"]


class Residual(NativeSystem):
    """Difference of a picture and its reconstruction: RGB, ReconRGB -> Residual.

    The checksum of the reconstruction is kept, and :class:`AddResidual` compares it: over a network another library
    version may decode a few samples differently.

    Parameters
    ----------
    src, recon : str
        Keys of the picture and its reconstruction.
    dtype : str, optional
        ``"i16"`` for uint8 pictures, ``"i32"`` for uint16; without it the right one.
    max_error : int
        Largest error per sample after adding it; 0 is lossless.
    """

    def __init__(self, src: str = "RGB", recon: str = "ReconRGB", dtype: str | None = None, max_error: int = 0) -> None:
        super().__init__(src=src, recon=recon, dtype=dtype, max_error=max_error)

    @classmethod
    def inverse(cls, recon: str = "ReconRGB") -> AddResidual:
        """The system that adds it."""
        return AddResidual(recon=recon)


class AddResidual(NativeSystem):
    """Adds a :class:`Residual` to the reconstruction under ``recon``: Residual, ReconRGB -> ReconRGB."""

    def __init__(self, recon: str = "ReconRGB") -> None:
        super().__init__(recon=recon)
