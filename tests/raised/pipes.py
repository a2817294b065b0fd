"""Codes of pipes."""

from __future__ import annotations

from raised.cases import Cases
from raised.steps import Copy, NoRun, pipe

from vaerans_ecs import World
from vaerans_ecs.opened import inverse_of
from vaerans_ecs.systems import (
    ANSEncode,
    DeadZone,
    Dequantize,
    Hadamard4,
    Hadamard4Inverse,
    QuantizeU8,
    WaveletCDF97,
    register_system,
)

CASES = Cases()
raises = CASES.raises

raises("pipe.missing_input")(lambda: pipe().select("YUVW4").to(Hadamard4Inverse()).run())
raises("pipe.wrong_kind")(lambda: pipe(Hadamard4Inverse()).run())
raises("pipe.wrong_inverse")(lambda: pipe(WaveletCDF97(levels=1), DeadZone(), Dequantize()).run())
raises("pipe.unknown_system")(lambda: inverse_of(0xFEED, "mine", {}))
raises("pipe.unregistered_system")(lambda: pipe(Copy(), QuantizeU8(), ANSEncode()).out("Bitstream").tobytes())
raises("pipe.no_inverse")(lambda: (register_system(0xFEE1, NoRun), inverse_of(0xFEE1, "NoRun", {})))
raises("pipe.unknown_entity")(lambda: World(1 << 16).component(7, "RGB"))
raises("pipe.missing_component")(lambda: (w := World(1 << 16)).component(w.new_entity(), "RGB"))
raises("pipe.not_saveable")(lambda: pipe(Hadamard4()).out("YUVW4").save("never.vrn"))
raises("pipe.not_runnable")(lambda: pipe(NoRun()).run())
