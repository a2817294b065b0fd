"""The decoder of the text beside that of the library."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

import vaerans_ecs as ve

from . import vrn
from .build import Item

Result = np.ndarray | str


def outcome(decode: Callable[[], np.ndarray]) -> Result:
    """What comes out, or the code of the refusal."""
    try:
        return decode()
    except (vrn.Refused, ve.errors.VaeransError) as error:
        return error.code


def of_text(file: bytes, **asked: Any) -> Result:
    return outcome(lambda: vrn.decode(file, **asked))


def of_library(
    file: bytes, key: str | None = None, halved: int = 0, region: tuple[int, int, int, int] | None = None,
    allow_cut: bool = False,
) -> Result:  # fmt: skip
    scale = 2.0**-halved
    return outcome(lambda: ve.decompress(file, scale=scale, region=region, allow_truncated=allow_cut, item=key))


def same(a: Result, b: Result) -> bool:
    """The same code, or the same samples to the bit."""
    if isinstance(a, str) or isinstance(b, str):
        return isinstance(a, str) and isinstance(b, str) and a == b
    return (a.shape, a.dtype) == (b.shape, b.dtype) and a.tobytes() == b.tobytes()


def check(file: bytes, **asked: Any) -> Result:
    """Fails unless both give the same; gives it."""
    text, library = of_text(file, **asked), of_library(file, **asked)
    assert same(text, library), f"{asked}: the text gives {text}, the library {library}"
    return text


def check_field(item: Item | bytes, wanted: list | str) -> None:
    """Fails unless both refuse the file with that code, or give these samples."""
    found = check(item if isinstance(item, bytes) else item.bytes())
    assert (found if isinstance(found, str) else found.ravel().tolist()) == wanted
