"""Quantisers: the border between floats and integers."""

from __future__ import annotations

from .base import NativeSystem

__all__ = ["DeadZone", "DeadZoneInverse", "Dequantize", "QuantizeU8"]


class QuantizeU8(NativeSystem):
    """Uniform quantiser: WaveletPyr, YUVW4 or Latent4 -> SymbolsU8.

    Scale and zero come from each group's range, so the error is at most half a scale.

    Parameters
    ----------
    per_band : bool
        A scale for every band of a wavelet pyramid.
    per_channel : bool
        A scale for every channel.
    bits : int
        1 to 16; symbols are uint8 up to 8 bits and uint16 above.
    symbols : int, optional
        Number of symbols, 2 to 65536, instead of ``bits``.
    """

    def __init__(
        self, per_band: bool = False, per_channel: bool = False, bits: int = 8, symbols: int | None = None
    ) -> None:
        width = {"bits": bits} if symbols is None else {"symbols": symbols}
        super().__init__(per_band=per_band, per_channel=per_channel, **width)

    @classmethod
    def dequantize(cls) -> Dequantize:
        """The system that undoes it."""
        return Dequantize()

    inverse = dequantize


class Dequantize(NativeSystem):
    """Undoes :class:`QuantizeU8` with the scales that the symbols carry."""


class DeadZone(NativeSystem):
    """Dead-zone quantiser of a float wavelet pyramid: WaveletPyr or Planes -> SymbolsU8 (int32).

    Parameters
    ----------
    step : float
        Step size, in units of a sample.
    rounding : float
        0 to 0.5: what is added before the integer part is taken; 0.5 is plain rounding.
    offset : float
        How far a reconstructed value is moved towards 0, in steps.
    weighted : bool
        Whether steps are weighted by the bands' synthesis gains.
    """

    def __init__(self, step: float = 1.0, rounding: float = 0.34, offset: float = 0.03, weighted: bool = False) -> None:
        super().__init__(step=float(step), rounding=float(rounding), offset=float(offset), weighted=weighted)

    @classmethod
    def inverse(cls) -> DeadZoneInverse:
        """The system that undoes it."""
        return DeadZoneInverse()


class DeadZoneInverse(NativeSystem):
    """Undoes :class:`DeadZone`."""
