"""Signatures of the systems of the registry. Generated (`tools/gen`)."""

from typing import Literal

from .base import NativeSystem

__all__ = [
    "ANSDecode",
    "ANSEncode",
    "AddAlpha",
    "AddResidual",
    "Alpha",
    "DeadZone",
    "DeadZoneInverse",
    "Dequantize",
    "GaussianBlur",
    "Hadamard4",
    "Hadamard4Inverse",
    "LosslessDecode",
    "LosslessEncode",
    "MetricMSSSIM",
    "MetricPSNR",
    "MetricSSIM",
    "PhotoDecode",
    "PhotoEncode",
    "PredictDecode",
    "PredictEncode",
    "QuantizeU8",
    "Residual",
    "WaveletCDF53",
    "WaveletCDF53Inverse",
    "WaveletCDF97",
    "WaveletCDF97Inverse",
    "WaveletHaar",
    "WaveletHaarInverse",
    "YCoCgR",
    "YCoCgRInverse",
]

class YCoCgR(NativeSystem):
    """Samples (H, W, C) to planes (C, H, W); RGB to YCoCg-R, reversible (or its float relative).

    Parameters
    ----------
    float : bool
        Float32 planes for lossy transforms, without the floors of the reversible int32 transform; default false.
    """

    def __init__(self, float: bool = False) -> None: ...
    @classmethod
    def inverse(cls, float: bool | None = None) -> YCoCgRInverse: ...

class YCoCgRInverse(NativeSystem):
    """Undoes :class:`YCoCgR`; what is given must be what that was given.

    Parameters
    ----------
    float : bool
        Float32 planes for lossy transforms, without the floors of the reversible int32 transform; default false.
    """

    def __init__(self, float: bool | None = None) -> None: ...

class Hadamard4(NativeSystem):
    """Orthonormal Hadamard rotation of groups of 4 (2, 8, 16) channels.

    Parameters
    ----------
    size : int, 2 to 16
        Channels per group: 2, 4, 8 or 16; default 4.
    """

    def __init__(self, size: int = 4) -> None: ...
    @classmethod
    def inverse(cls, size: int | None = None) -> Hadamard4Inverse: ...

class Hadamard4Inverse(NativeSystem):
    """Undoes :class:`Hadamard4`; what is given must be what that was given.

    Parameters
    ----------
    size : int, 2 to 16
        Channels per group: 2, 4, 8 or 16; default 4.
    """

    def __init__(self, size: int | None = None) -> None: ...

class WaveletCDF53(NativeSystem):
    """Le Gall 5/3 wavelet; reversible on integers.

    Parameters
    ----------
    levels : int, 0 to 30
        Splits; those of a single sample change nothing; default 4.
    """

    def __init__(self, levels: int = 4) -> None: ...
    @classmethod
    def inverse(cls, levels: int | None = None) -> WaveletCDF53Inverse: ...

class WaveletCDF53Inverse(NativeSystem):
    """Undoes :class:`WaveletCDF53`; what is given must be what that was given.

    Parameters
    ----------
    levels : int, 0 to 30
        Splits; those of a single sample change nothing; default 4.
    """

    def __init__(self, levels: int | None = None) -> None: ...

class WaveletCDF97(NativeSystem):
    """CDF 9/7 wavelet, float32.

    Parameters
    ----------
    levels : int, 0 to 30
        Splits; those of a single sample change nothing; default 4.
    """

    def __init__(self, levels: int = 4) -> None: ...
    @classmethod
    def inverse(cls, levels: int | None = None) -> WaveletCDF97Inverse: ...

class WaveletCDF97Inverse(NativeSystem):
    """Undoes :class:`WaveletCDF97`; what is given must be what that was given.

    Parameters
    ----------
    levels : int, 0 to 30
        Splits; those of a single sample change nothing; default 4.
    """

    def __init__(self, levels: int | None = None) -> None: ...

class WaveletHaar(NativeSystem):
    """Haar wavelet, orthonormal on float32; on integers the reversible S-transform.

    Parameters
    ----------
    levels : int, 0 to 30
        Splits; those of a single sample change nothing; default 4.
    """

    def __init__(self, levels: int = 4) -> None: ...
    @classmethod
    def inverse(cls, levels: int | None = None) -> WaveletHaarInverse: ...

class WaveletHaarInverse(NativeSystem):
    """Undoes :class:`WaveletHaar`; what is given must be what that was given.

    Parameters
    ----------
    levels : int, 0 to 30
        Splits; those of a single sample change nothing; default 4.
    """

    def __init__(self, levels: int | None = None) -> None: ...

class QuantizeU8(NativeSystem):
    """Affine quantiser over the range of a tensor, channel or band; error at most scale / 2 + 2**-20 of the largest magnitude (float32 rounds).

    Parameters
    ----------
    per_band : bool
        A scale for every band of every channel, as per="band"; default false.
    per_channel : bool
        A scale for every channel, as per="channel"; default false.
    bits : int, 1 to 16
        Bits of a symbol, as symbols=2**bits; default 8.
    symbols : int, 2 to 65536
        Number of symbols: uint8 up to 256, uint16 above; default 256.
    per : "tensor", "channel", "band"
        What shares a scale: the tensor, a channel, or a band of a channel; default "tensor".
    """

    def __init__(self, per_band: bool = False, per_channel: bool = False, bits: int = 8, symbols: int = 256, per: Literal["tensor", "channel", "band"] = "tensor") -> None: ...
    @classmethod
    def inverse(cls, symbols: int | None = None, per: Literal["tensor", "channel", "band"] | None = None) -> Dequantize: ...
    @classmethod
    def dequantize(cls, symbols: int | None = None, per: Literal["tensor", "channel", "band"] | None = None) -> Dequantize: ...

class Dequantize(NativeSystem):
    """Undoes :class:`QuantizeU8`; what is given must be what that was given.

    Parameters
    ----------
    symbols : int, 2 to 65536
        Number of symbols: uint8 up to 256, uint16 above; default 256.
    per : "tensor", "channel", "band"
        What shares a scale: the tensor, a channel, or a band of a channel; default "tensor".
    """

    def __init__(self, symbols: int | None = None, per: Literal["tensor", "channel", "band"] | None = None) -> None: ...

class DeadZone(NativeSystem):
    """Dead-zone quantiser; the step of a band follows from its synthesis norm (and colour plane).

    Parameters
    ----------
    step : float, 1e-09 to 1e+09
        Step of a plane of its own, in units of a sample; default 1.
    rounding : float, 0 to 0.5
        Part of a step added before the floor: 0.5 rounds, less widens the zero bin; default 0.34.
    offset : float, -0.5 to 0.5
        Part of a step by which rebuilt magnitudes are moved away from 0; default 0.03.
    weighted : bool
        The planes are Y, Co, Cg, alpha (or grey, alpha), each with its weight in the picture; default false.
    """

    def __init__(self, step: float = 1.0, rounding: float = 0.34, offset: float = 0.03, weighted: bool = False) -> None: ...
    @classmethod
    def inverse(cls, step: float | None = None, rounding: float | None = None, offset: float | None = None, weighted: bool | None = None) -> DeadZoneInverse: ...
    @classmethod
    def dequantize(cls, step: float | None = None, rounding: float | None = None, offset: float | None = None, weighted: bool | None = None) -> DeadZoneInverse: ...

class DeadZoneInverse(NativeSystem):
    """Undoes :class:`DeadZone`; what is given must be what that was given.

    Parameters
    ----------
    step : float, 1e-09 to 1e+09
        Step of a plane of its own, in units of a sample; default 1.
    rounding : float, 0 to 0.5
        Part of a step added before the floor: 0.5 rounds, less widens the zero bin; default 0.34.
    offset : float, -0.5 to 0.5
        Part of a step by which rebuilt magnitudes are moved away from 0; default 0.03.
    weighted : bool
        The planes are Y, Co, Cg, alpha (or grey, alpha), each with its weight in the picture; default false.
    """

    def __init__(self, step: float | None = None, rounding: float | None = None, offset: float | None = None, weighted: bool | None = None) -> None: ...

class ANSEncode(NativeSystem):
    """Interleaved rANS with static tables of bands or classes of blocks, a chunk per level.

    Parameters
    ----------
    coder : "rans", "constriction"
        "rans" (ours), or words that the constriction package decodes; default "rans".
    setting : "fast", "precise"
        12-bit probabilities, or 14: at most 0.05 % over the entropy; default "fast".
    adaptive : bool
        Signed symbols: blocks of like magnitude share a table, whole planes are differences; others: differences where they pay; default false.
    """

    def __init__(self, coder: Literal["rans", "constriction"] = "rans", setting: Literal["fast", "precise"] = "fast", adaptive: bool = False) -> None: ...
    @classmethod
    def inverse(cls, coder: Literal["rans", "constriction"] | None = None, setting: Literal["fast", "precise"] | None = None, adaptive: bool | None = None) -> ANSDecode: ...

class ANSDecode(NativeSystem):
    """Undoes :class:`ANSEncode`; what is given must be what that was given.

    Parameters
    ----------
    coder : "rans", "constriction"
        "rans" (ours), or words that the constriction package decodes; default "rans".
    setting : "fast", "precise"
        12-bit probabilities, or 14: at most 0.05 % over the entropy; default "fast".
    adaptive : bool
        Signed symbols: blocks of like magnitude share a table, whole planes are differences; others: differences where they pay; default false.
    """

    def __init__(self, coder: Literal["rans", "constriction"] | None = None, setting: Literal["fast", "precise"] | None = None, adaptive: bool | None = None) -> None: ...

class PredictEncode(NativeSystem):
    """A mean and a scale for each integer from its neighbours and earlier channels, rANS, a chunk per layer.

    Parameters
    ----------
    model : bytes
        First 8 bytes of the SHA-256 of the predictor.
    step : int, 0 to 4095
        Quality of the predictor, 0 its smallest; default 0.
    """

    def __init__(self, model: bytes | None = None, step: int = 0) -> None: ...
    @classmethod
    def inverse(cls, model: bytes | None = None, step: int | None = None) -> PredictDecode: ...

class PredictDecode(NativeSystem):
    """Undoes :class:`PredictEncode`; what is given must be what that was given.

    Parameters
    ----------
    model : bytes
        First 8 bytes of the SHA-256 of the predictor.
    step : int, 0 to 4095
        Quality of the predictor, 0 its smallest; default 0.
    """

    def __init__(self, model: bytes | None = None, step: int | None = None) -> None: ...

class PhotoEncode(NativeSystem):
    """Colour, wavelet, trellis quantiser and context coder of photos; alpha is left out.

    Parameters
    ----------
    lossy : bool
        False: every sample of colour comes back; default true.
    quality : int, 0 to 100
        0 smallest to 100 best.
    tune : "balanced", "psnr", "msssim"
        What it should look good by.
    effort : int, 1 to 9
        1 quickest to 9 smallest.
    """

    def __init__(self, lossy: bool = True, quality: int | None = None, tune: Literal["balanced", "psnr", "msssim"] | None = None, effort: int | None = None) -> None: ...
    @classmethod
    def inverse(cls, lossy: bool | None = None, quality: int | None = None, tune: Literal["balanced", "psnr", "msssim"] | None = None, effort: int | None = None) -> PhotoDecode: ...

class PhotoDecode(NativeSystem):
    """Undoes :class:`PhotoEncode`; what is given must be what that was given.

    Parameters
    ----------
    lossy : bool
        False: every sample of colour comes back; default true.
    quality : int, 0 to 100
        0 smallest to 100 best.
    tune : "balanced", "psnr", "msssim"
        What it should look good by.
    effort : int, 1 to 9
        1 quickest to 9 smallest.
    """

    def __init__(self, lossy: bool | None = None, quality: int | None = None, tune: Literal["balanced", "psnr", "msssim"] | None = None, effort: int | None = None) -> None: ...

class LosslessEncode(NativeSystem):
    """Predictive coder of photos, or coder of screens, whichever is smaller; a section for 128 rows.

    Parameters
    ----------
    max_error : int, 0 to 65535
        Largest error of a sample; 0: every sample comes back; default 0.
    effort : int, 1 to 9
        1 quickest to 9 smallest.
    """

    def __init__(self, max_error: int = 0, effort: int | None = None) -> None: ...
    @classmethod
    def inverse(cls, max_error: int | None = None, effort: int | None = None) -> LosslessDecode: ...

class LosslessDecode(NativeSystem):
    """Undoes :class:`LosslessEncode`; what is given must be what that was given.

    Parameters
    ----------
    max_error : int, 0 to 65535
        Largest error of a sample; 0: every sample comes back; default 0.
    effort : int, 1 to 9
        1 quickest to 9 smallest.
    """

    def __init__(self, max_error: int | None = None, effort: int | None = None) -> None: ...

class Alpha(NativeSystem):
    """Alpha of a picture as a grey one, for what codes colour alone; the inverse puts it back.

    Parameters
    ----------
    src : str
        Key of the picture; default "RGB".
    recon : str
        Key of the picture that alpha is put into; default "ReconRGB".
    """

    def __init__(self, src: str = "RGB", recon: str = "ReconRGB") -> None: ...
    @classmethod
    def inverse(cls, src: str | None = None, recon: str | None = None) -> AddAlpha: ...

class AddAlpha(NativeSystem):
    """Undoes :class:`Alpha`; what is given must be what that was given.

    Parameters
    ----------
    src : str
        Key of the picture; default "RGB".
    recon : str
        Key of the picture that alpha is put into; default "ReconRGB".
    """

    def __init__(self, src: str | None = None, recon: str | None = None) -> None: ...

class Residual(NativeSystem):
    """Difference of a picture and its reconstruction, exact or within max_error.

    Parameters
    ----------
    src : str
        Key of the picture; default "RGB".
    recon : str
        Key of its reconstruction; default "ReconRGB".
    dtype : "i16", "i32"
        "i16" of uint8 pictures, "i32" of uint16 ones; by default the right one.
    max_error : int, 0 to 65535
        Largest error of a sample after adding it; 0 is lossless; default 0.
    """

    def __init__(self, src: str = "RGB", recon: str = "ReconRGB", dtype: Literal["i16", "i32"] | None = None, max_error: int = 0) -> None: ...
    @classmethod
    def inverse(cls, src: str | None = None, recon: str | None = None, dtype: Literal["i16", "i32"] | None = None, max_error: int | None = None) -> AddResidual: ...

class AddResidual(NativeSystem):
    """Undoes :class:`Residual`; what is given must be what that was given.

    Parameters
    ----------
    src : str
        Key of the picture; default "RGB".
    recon : str
        Key of its reconstruction; default "ReconRGB".
    dtype : "i16", "i32"
        "i16" of uint8 pictures, "i32" of uint16 ones; by default the right one.
    max_error : int, 0 to 65535
        Largest error of a sample after adding it; 0 is lossless; default 0.
    """

    def __init__(self, src: str | None = None, recon: str | None = None, dtype: Literal["i16", "i32"] | None = None, max_error: int | None = None) -> None: ...

class GaussianBlur(NativeSystem):
    """Separable Gaussian blur of a picture; a picture without a past: what is coded from here on decodes to it.

    Parameters
    ----------
    sigma : float, 0 to 1024
        Standard deviation in pixels; the window ends at 4 sigma; default 1.
    """

    def __init__(self, sigma: float = 1.0) -> None: ...

class MetricPSNR(NativeSystem):
    """Peak signal-to-noise ratio over all samples, in dB.

    Parameters
    ----------
    src : str
        Key of the picture; default "RGB".
    recon : str
        Key of its reconstruction; default "ReconRGB".
    """

    def __init__(self, src: str = "RGB", recon: str = "ReconRGB") -> None: ...

class MetricSSIM(NativeSystem):
    """Mean structural similarity over 7x7 windows, as scikit-image.

    Parameters
    ----------
    src : str
        Key of the picture; default "RGB".
    recon : str
        Key of its reconstruction; default "ReconRGB".
    """

    def __init__(self, src: str = "RGB", recon: str = "ReconRGB") -> None: ...

class MetricMSSSIM(NativeSystem):
    """Multi-scale structural similarity (Wang 2003), mean over the channels.

    Parameters
    ----------
    src : str
        Key of the picture; default "RGB".
    recon : str
        Key of its reconstruction; default "ReconRGB".
    scales : int, 1 to 5
        S scales need sides of 10 * 2**(s - 1) + 1 pixels: 161 for 5; default 5.
    """

    def __init__(self, src: str = "RGB", recon: str = "ReconRGB", scales: int = 5) -> None: ...
