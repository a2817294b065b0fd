"""Numbers of the format: element types, kinds, and what each step takes as parameters."""

from __future__ import annotations

from dataclasses import dataclass

U8, I8, U16, I16, U32, I32, U64, I64, F16, F32, F64 = range(1, 12)
DTYPES = {
    U8: "u1", I8: "i1", U16: "<u2", I16: "<i2", U32: "<u4", I32: "<i4", U64: "<u8", I64: "<i8",
    F16: "<f2", F32: "<f4", F64: "<f8",
}  # fmt: skip
IMAGE, PLANES, LATENT, YUVW, WAVELET, SYMBOLS, BITSTREAM, RESIDUAL, SCALAR, FOREIGN = range(1, 11)

YCOCG, HADAMARD, CDF53, CDF97, HAAR, QUANTIZE, DEADZONE = 1, 16, 17, 18, 19, 32, 33
ANS, PREDICT, PHOTO, EXACT = 48, 49, 50, 51
ONNX, PIL, VAE, LAYERED, ADD, ALPHA = 64, 65, 66, 67, 80, 82
WAVELETS = (CDF53, CDF97, HAAR)
LEARNED = (ONNX, PIL, VAE)
CODERS = (ANS, PREDICT, PHOTO, EXACT)
#: What is added to the picture of the streams before.
REFINING = (ADD, ALPHA)
PRIVATE = 0x8000


@dataclass(frozen=True)
class Param:
    """A parameter: its type, its range or choices, and its default."""

    type: type
    default: object
    least: float = 0
    most: float = 0
    choices: tuple[str, ...] = ()

    def allows(self, value: object) -> bool:
        if type(value) is not self.type and not (self.type is float and type(value) is int):
            return False
        if isinstance(value, int | float) and self.type is not bool:
            return self.least <= value <= self.most
        return not self.choices or value in self.choices


LEVELS = {"levels": Param(int, 4, 0, 30)}
NAME = {"name": Param(str, "")}
QUALITY = {"model": Param(bytes, b""), "step": Param(int, 0, 0, 4095)}
EFFORT = Param(int, 5, 1, 9)
KEYS = {"src": Param(str, "RGB"), "recon": Param(str, "ReconRGB")}
PARAMS: dict[int, dict[str, Param]] = {
    YCOCG: {"float": Param(bool, False)},
    HADAMARD: {"size": Param(int, 4, 2, 16)},
    CDF53: LEVELS,
    CDF97: LEVELS,
    HAAR: LEVELS,
    ONNX: NAME,
    PIL: NAME,
    VAE: {
        "model": Param(bytes, b""),
        "channels": Param(int, 4, 1, 4096),
        "downscale": Param(int, 8, 1, 256),
        "source": Param(bytes, b""),
        **NAME,
    },
    QUANTIZE: {
        "symbols": Param(int, 256, 2, 65536),
        "per": Param(str, "tensor", choices=("tensor", "channel", "band")),
    },
    DEADZONE: {
        "step": Param(float, 1.0, 1e-9, 1e9),
        "rounding": Param(float, 0.34, 0, 0.5),
        "offset": Param(float, 0.03, -0.5, 0.5),
        "weighted": Param(bool, False),
    },
    ANS: {
        "coder": Param(str, "rans", choices=("rans", "constriction")),
        "setting": Param(str, "fast", choices=("fast", "precise")),
        "adaptive": Param(bool, False),
    },
    LAYERED: {**QUALITY, **NAME},
    PHOTO: {
        "lossy": Param(bool, True),
        "quality": Param(int, 75, 0, 100),
        "tune": Param(str, "balanced", choices=("balanced", "psnr", "msssim")),
        "effort": EFFORT,
    },
    EXACT: {"max_error": Param(int, 0, 0, 65535), "effort": EFFORT},
    PREDICT: QUALITY,
    ALPHA: KEYS,
    ADD: {
        **KEYS,
        "dtype": Param(str, "", choices=("i16", "i32")),
        "max_error": Param(int, 0, 0, 65535),
    },
}
