"""Steps and their parameters, one by one: what the text says is possible is read, all else refused with its code."""

from __future__ import annotations

import struct

import pytest

from .build import Item, param, shape, step
from .compare import check_field
from .small import CODE, COLOUR, dead_zone, grey, hadamard, learned, quantised, values, wavelet
from .vrn.registry import I16, I32, IMAGE, LATENT, PLANES, U8, U16

INVALID, SHORT = "stream.invalid", "stream.truncated"
ONE = [1, 2, 3, 4]
REST = values(ONE)
pair = struct.Struct("<ff").pack


def colour(params: dict[str, object] | None = None, **rest) -> Item:
    return grey([step(1, IMAGE, U8, params, **{"flags": 0, **rest}), CODE])


#: Name -> file, and the samples in a row or the code of the refusal.
STEPS: dict[str, tuple[Item, list | str]] = {
    "step 0": (grey([step(0, IMAGE, U8, flags=0), CODE]), INVALID),
    "step 2": (grey([step(2, IMAGE, U8, flags=0), CODE]), "pipe.unknown_system"),
    "step of a user": (grey([step(0x8000, IMAGE, U8, flags=0), CODE]), "pipe.unknown_system"),
    "blur": (grey([step(81, IMAGE, U8, flags=0), CODE]), INVALID),
    "flag 32": (colour(flags=32), INVALID),
    "flags 4 and 16": (colour(flags=20), INVALID),
    "side bytes of no use": (colour(flags=4, side=b"\1x"), ONE),
    "name": (colour(flags=8, name=b"\3abc"), ONE),
    "rule 1 at the first step": (colour(flags=1), INVALID),
    "rule 2 at the first step": (colour(flags=2), INVALID),
    "rule 3": (colour(flags=3, shapes=shape((2, 2, 1))), ONE),
    "rule 3 of 2^30 + 1 elements": (colour(flags=3, shapes=shape(((1 << 30) + 1,))), "limit.symbols"),
    "a shape that does not fit": (grey([COLOUR, step(48, PLANES, I32, flags=1)]), INVALID),
    "a type that does not fit": (grey([COLOUR, step(48, PLANES, I16, flags=2)]), INVALID),
    "a first step of another shape": (colour(flags=3, shapes=shape((1, 4, 1))), INVALID),
    "no coder": (grey([COLOUR]), INVALID),
    "two coders": (grey([COLOUR, CODE, CODE]), INVALID),
    "parameter of tag 6": (colour({"float": b"\6"}), INVALID),
    "parameter of another type": (colour({"float": 0}), INVALID),
    "unknown parameter": (colour({"Float": False}), INVALID),
    "64 times a parameter": (
        grey(
            [struct.pack("<HB", 1, 0) + b"\x40" + param("float", True) * 63 + param("float", False) + b"\1\1\1", CODE]
        ),
        ONE,
    ),
    "65 times a parameter": (
        grey([struct.pack("<HB", 1, 0) + b"\x41" + param("float", False) * 65 + b"\1\1\1", CODE]),
        INVALID,
    ),
    "levels -1": (wavelet(-1, [REST]), INVALID),
    "levels 31": (wavelet(31, [REST]), INVALID),
    "float levels": (wavelet(0.0, [REST]), INVALID),
    "step 18 of integers": (wavelet(0, [REST], 18), INVALID),
    "symbols 1": (quantised({"symbols": 1}, pair(1, 0)), INVALID),
    "symbols 256 of u16": (quantised({"symbols": 256}, pair(1, 0), U16), INVALID),
    "symbols 257 of u8": (quantised({"symbols": 257}, pair(1, 0)), INVALID),
    "a symbol behind the last": (quantised({"symbols": 3}, pair(1, 0)), ONE),
    "bits": (quantised({"bits": 8}, pair(1, 0)), INVALID),
    "scale below 0": (quantised({}, pair(-1, 0)), INVALID),
    "scale of infinity": (quantised({}, pair(float("inf"), 0)), INVALID),
    "offset that is no number": (quantised({}, pair(1, float("nan"))), INVALID),
    "half a pair": (quantised({}, pair(1, 0)[:4]), SHORT),
    "more than a pair": (quantised({}, pair(1, 0) + b"x"), ONE),
    "step of 1e9": (dead_zone({"step": 1e9, "offset": 0.0}), [0, 1e9, -2e9, 3e9]),
    "step of 1.1e9": (dead_zone({"step": 1.1e9}), INVALID),
    "step that is no number": (dead_zone({"step": float("nan")}), INVALID),
    "whole step": (dead_zone({"step": 2, "offset": 0.5}), [0, 3, -5, 7]),
    "offset of 0.51": (dead_zone({"offset": 0.51}), INVALID),
    "rounding of 0.51": (dead_zone({"rounding": 0.51}), INVALID),
    "Hadamard of 3": (hadamard(3, (3, 1)), INVALID),
    "Hadamard of 6 channels": (hadamard(4, (6, 1)), INVALID),
    "Hadamard of no channels": (hadamard(4, (0, 1)), INVALID),
    "coder of no name": (grey([COLOUR, step(48, PLANES, I32, {"coder": "x"}, flags=2)]), INVALID),
    "learned, then planes": (learned(PLANES, {}), INVALID),
    "learned, unknown weights": (learned(LATENT, {"name": "none"}), "model.not_found"),
}


@pytest.mark.parametrize("name", STEPS)
def test_a_step(name):
    check_field(*STEPS[name])
