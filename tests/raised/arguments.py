"""Codes of arguments."""

from __future__ import annotations

import numpy as np
from raised.cases import GREY, Cases
from raised.steps import Listed, Other, pipe

import vaerans_ecs as ve
from vaerans_ecs import Arena, functional
from vaerans_ecs.systems import Hadamard4, register_system

CASES = Cases()
raises = CASES.raises

raises("param.range")(lambda: ve.compress(GREY, quality=101))
raises("param.type")(lambda: pipe(Hadamard4(size="four")))
raises("param.unknown")(lambda: ve.compress(GREY, profile="jpeg"))
raises("param.shape")(lambda: ve.compress(np.zeros((4, 4, 9), np.uint8)))
raises("param.dtype")(lambda: ve.compress(np.zeros((4, 4, 3))))
raises("param.image_format")(lambda: ve.imwrite("never.bmp", GREY))


@raises("param.metadata")
def _():
    ve.compress(np.zeros((4, 4, 3), np.uint8), exif=b"no TIFF header")


@raises("param.overlap")
def _():
    x = np.zeros((4, 4), np.float32)
    functional.hadamard(x, out=x)


@raises("param.read_only")
def _():
    out = np.zeros((4, 4), np.float32)
    out.flags.writeable = False
    functional.hadamard(np.zeros((4, 4), np.float32), out=out)


@raises("param.arena_in_use")
def _():
    arena = Arena(1 << 12)
    view = arena.view(arena.alloc_tensor((4,)))
    try:
        arena.reset()
    finally:
        del view


@raises("param.stale_tensor")
def _():
    arena = Arena(1 << 12)
    ref = arena.alloc_tensor((4,))
    arena.reset()
    arena.view(ref)


@raises("param.taken")
def _():
    register_system(0xFEE0, Listed)
    register_system(0xFEE0, Other)
