"""Whether the steps of a stream fit one another."""

from __future__ import annotations

from itertools import pairwise
from typing import Any

from .errors import Refused, need
from .registry import (
    ADD,
    ALPHA,
    ANS,
    BITSTREAM,
    CDF97,
    CODERS,
    DEADZONE,
    EXACT,
    F32,
    FOREIGN,
    HADAMARD,
    I8,
    I16,
    I32,
    IMAGE,
    LATENT,
    LAYERED,
    LEARNED,
    PARAMS,
    PHOTO,
    PLANES,
    PREDICT,
    PRIVATE,
    QUANTIZE,
    RESIDUAL,
    SYMBOLS,
    U8,
    U16,
    VAE,
    WAVELET,
    WAVELETS,
    YCOCG,
    YUVW,
)  # fmt: skip
from .steps import Shape, Step

#: Systems that files cannot name: a blur, three metrics.
NO_INVERSE = (81, 96, 97, 98)
TENSORS = (WAVELET, PLANES, LATENT, YUVW, FOREIGN)
TAKES: dict[int, tuple[tuple[int, ...], tuple[int, ...]]] = {
    YCOCG: ((IMAGE,), (U8, U16)),
    HADAMARD: ((LATENT, PLANES, FOREIGN), (F32,)),
    **{number: (TENSORS[1:], (F32,) if number == CDF97 else (F32, I32, I16)) for number in WAVELETS},
    QUANTIZE: (TENSORS, (F32,)),
    DEADZONE: (TENSORS, (F32,)),
    ANS: ((SYMBOLS, WAVELET, PLANES, RESIDUAL, FOREIGN), (U8, I8, U16, I16, I32)),
    PREDICT: ((SYMBOLS,), (I16,)),
    **{number: ((IMAGE,), (U8, U16)) for number in (*LEARNED, LAYERED, PHOTO, EXACT, ADD, ALPHA)},
}


def is_known(step: Step) -> bool:
    """Whether the text says what the step makes."""
    return step.number in TAKES and step.number not in LEARNED


def check_params(step: Step, before: Step | None) -> dict[str, Any]:
    """The parameters with those of the step before, or defaults, for those that are missing."""
    params: dict[str, Any] = {}
    if step.number == PREDICT and before:
        params = {name: value for name, value in before.given if name in ("model", "step")}
    for name, value in step.given:
        params[name] = value
    if step.number not in PARAMS:
        return params
    known = PARAMS[step.number]
    for name, value in params.items():
        need(name in known and known[name].allows(value), f"parameter {name} of step {step.number}: {value}")
    return {name: params.get(name, param.default) for name, param in known.items()}


def check_input(step: Step) -> None:
    """Whether the step takes what it was applied to."""
    kinds, types = TAKES[step.number]
    need(step.kind in kinds and step.dtype in types, f"step {step.number} takes no {step.kind} of {step.dtype}")
    for shape in step.shapes:
        if step.number == YCOCG:
            need(len(shape) == 3 and min(shape) > 0 and shape[2] <= 4, "step 1 takes 1 to 4 channels")
        if step.number in (PHOTO, EXACT):
            need(len(shape) == 3 and min(shape) > 0 and shape[2] <= 4, "a picture of 1 to 4 channels")
        if step.number == PREDICT:
            need(len(shape) == 3 and min(shape) > 0, "step 49 takes (C, h, w)")
        if step.number == LAYERED:
            need(min(shape) > 0, "a picture that is not empty")
        if step.number == ALPHA:
            need(shape[2] in (2, 4), "a picture with alpha")
        if step.number == HADAMARD:
            size = step.params["size"]
            need(size in (2, 4, 8, 16) and shape and shape[0] and shape[0] % size == 0, "groups of step 16")
    if step.number == ADD:
        need(step.params["dtype"] in ("", "i16" if step.dtype == U8 else "i32"), "type of a residual")
        need(step.params["max_error"] <= 255 or step.dtype == U16, "an error of a sample")


def made_type(step: Step) -> int:
    match step.number:
        case 1:
            return F32 if step.params["float"] else I32
        case 32:
            return U8 if step.params["symbols"] <= 256 else U16
        case 33:
            return I32
        case 67:
            return I16
        case 48 | 49 | 50 | 51:
            return U8
        case 80:
            return I16 if step.dtype == U8 else I32
    return step.dtype


def made_kind(step: Step) -> int:
    kinds = {YCOCG: PLANES, HADAMARD: YUVW, QUANTIZE: SYMBOLS, DEADZONE: SYMBOLS, ADD: RESIDUAL}
    kinds |= dict.fromkeys(CODERS, BITSTREAM) | {LAYERED: SYMBOLS, ALPHA: IMAGE}
    return kinds.get(step.number, WAVELET)


def made_shapes(step: Step) -> list[Shape]:
    if step.number == YCOCG:
        return [(shape[2], *shape[:2]) for shape in step.shapes]
    if step.number == ALPHA:
        return [(*shape[:2], 1) for shape in step.shapes]
    return step.shapes


def latents(step: Step) -> list[Shape]:
    """Shapes of what step 66 makes of pictures."""
    need(all(shape[2] in (1, 3) for shape in step.shapes), "a picture without alpha")
    channels, side = step.params["channels"], step.params["downscale"]
    return [(channels, -(-height // side), -(-width // side)) for height, width, _ in step.shapes]


def is_later(step: Step) -> bool:
    """Whether the number is one that this version of the format does not have; those of users it has."""
    return step.number not in TAKES and step.number not in NO_INVERSE and step.number < PRIVATE


def check_pipe(steps: list[Step], any_step: bool) -> None:
    """Refuses steps of which one makes what the next one does not take; unknown ones too, unless ``any_step``."""
    for before, step in zip([None, *steps], steps, strict=False):
        if is_later(step) and not any_step:
            raise Refused("pipe.unknown_system", f"step {step.number}")
        need(step.number not in NO_INVERSE, f"step {step.number} cannot be undone")
        step.params = check_params(step, before)
        if step.number in TAKES:
            check_input(step)
    for before, after in pairwise(steps):
        if before.number in LEARNED:
            need((after.kind, after.dtype) == (LATENT, F32), "what a learned step makes")
            need(before.number != VAE or after.shapes == latents(before), "a latent of the picture's size")
        elif is_known(before):
            need((after.kind, after.dtype) == (made_kind(before), made_type(before)), "steps that fit one another")
            need(before.number == LAYERED or after.shapes == made_shapes(before), "shapes that fit one another")
    need(steps[-1].number in CODERS or (any_step and steps[-1].number not in TAKES), "the last step is a coder")
