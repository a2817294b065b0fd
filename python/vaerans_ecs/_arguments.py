"""Arguments as callers give them, held against what is expected: what is wrong is an error with a code."""

from __future__ import annotations

import math
import operator
import os
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

import numpy as np

from .errors import ParamError

__all__ = [
    "array",
    "block",
    "data",
    "dtype",
    "each",
    "flag",
    "integers",
    "iterable",
    "member",
    "numbers",
    "path",
    "real",
    "shape",
    "text",
    "told",
    "whole",
    "word",
]

#: Whole numbers of the core have 63 bits: no number of bytes, elements or entities is larger.
_MOST = (1 << 63) - 1


def told(value: Any) -> str:
    """A value in a message: short, whatever it is."""
    try:
        text = repr(value) if isinstance(value, str | bytes | int | float | None) else type(value).__name__
    except Exception:
        text = type(value).__name__
    return text if len(text) <= 60 else text[:57] + "..."


def wrong(name: str, value: Any, expected: str) -> ParamError:
    """The error for an argument of another type."""
    return ParamError("param.type", f"{name}={told(value)}; {expected} expected")


def whole(name: str, value: Any, least: int = 0, most: int = _MOST) -> int:
    """A whole number from ``least`` to ``most``; flags are none."""
    try:
        if isinstance(value, bool | np.bool_):
            raise TypeError
        number = operator.index(value)
    except TypeError:
        raise wrong(name, value, "a whole number") from None
    if not least <= number <= most:
        bounds = f"{least} or more" if most == _MOST and number < least else f"{least} to {most}"
        raise ParamError("param.range", f"{name}={told(number)}; {bounds} expected")
    return number


def maybe_whole(name: str, value: Any, least: int = 0, most: int = _MOST) -> int | None:
    """The same, or None."""
    return None if value is None else whole(name, value, least, most)


def threads(value: Any) -> int | None:
    """A number of threads, or None; what is too many the core says."""
    return maybe_whole("threads", value, 0)


def real(name: str, value: Any, least: float = -math.inf, most: float = math.inf) -> float:
    """A finite number from ``least`` to ``most``; flags and text are none."""
    try:
        if isinstance(value, bool | np.bool_ | str | bytes | bytearray | complex | np.complexfloating | np.ndarray):
            raise TypeError
        number = float(value)
    except (TypeError, ValueError, OverflowError):
        raise wrong(name, value, "a number") from None
    if not (math.isfinite(number) and least <= number <= most):
        bounds = "" if math.isinf(least) and math.isinf(most) else f" from {least:g} to {most:g}"
        raise ParamError("param.range", f"{name}={number!r}; a finite number{bounds} expected")
    return number


def maybe_real(name: str, value: Any, least: float = -math.inf, most: float = math.inf) -> float | None:
    """The same, or None."""
    return None if value is None else real(name, value, least, most)


def flag(name: str, value: Any) -> bool:
    """True or False."""
    if not isinstance(value, bool | np.bool_):
        raise wrong(name, value, "True or False")
    return bool(value)


def text(name: str, value: Any) -> str:
    """Text that can be written as UTF-8."""
    if not isinstance(value, str):
        raise wrong(name, value, "text")
    try:
        value.encode()
    except UnicodeEncodeError:
        raise ParamError("param.type", f"{name}={ascii(value)[:60]}; text without lone surrogates expected") from None
    return value


def maybe_text(name: str, value: Any) -> str | None:
    """The same, or None."""
    return None if value is None else text(name, value)


def word(name: str, value: Any, words: Iterable[str]) -> str:
    """One of some words."""
    words = list(words)
    if text(name, value) not in words:
        raise ParamError("param.unknown", f"{name}={told(value)}; one of {', '.join(words)} expected")
    return str(value)


def data(name: str, value: Any) -> Any:
    """Bytes, or what has them: a bytearray, a memoryview, an array of uint8."""
    if isinstance(value, str | os.PathLike):
        advice = "read the file first, as with pathlib.Path(...).read_bytes()"
        raise ParamError("param.type", f"{name}={told(value)}; the bytes of a file expected, not its name: {advice}")
    try:
        if isinstance(value, np.generic) or memoryview(value).format not in ("B", "b", "c"):
            raise TypeError
    except (TypeError, ValueError, BufferError):
        raise wrong(name, value, "bytes") from None
    return value


def block(name: str, value: Any) -> bytes | None:
    """Bytes of metadata, or None."""
    return value if value is None or isinstance(value, bytes) else memoryview(data(name, value)).tobytes()


def path(name: str, value: Any) -> str:
    """A path as text; what cannot be one is refused."""
    try:
        if isinstance(value, bytes):
            raise TypeError
        found = os.fspath(value)
    except TypeError:
        raise wrong(name, value, "a path") from None
    try:
        good = isinstance(found, str) and b"\0" not in os.fsencode(found)
    except UnicodeEncodeError:
        good = False
    if not good:
        raise ParamError("param.type", f"{name}={ascii(value)[:60]}; the path of a file expected")
    return str(found)


def dtype(name: str, value: Any) -> np.dtype[Any]:
    """An element type in NumPy's words; None is none, though NumPy takes it for float64."""
    try:
        if value is None or isinstance(value, bool | int | float):
            raise TypeError
        found: np.dtype[Any] = np.dtype(value)
        return found
    except Exception:  # NumPy raises TypeError, ValueError, SyntaxError, AttributeError
        raise ParamError("param.dtype", f"{name}={told(value)}; an element type such as float32 expected") from None


def shape(name: str, value: Any) -> list[int]:
    """The lengths of some axes."""
    return integers(name, value)


def integers(name: str, value: Any, least: int = 0) -> list[int]:
    """Some whole numbers."""
    return [whole(f"{name}[{i}]", n, least) for i, n in enumerate(iterable(name, value, "whole numbers"))]


def numbers(name: str, value: Any) -> list[float]:
    """Some finite numbers."""
    return [real(f"{name}[{i}]", n) for i, n in enumerate(iterable(name, value, "numbers"))]


def iterable(name: str, value: Any, of: str) -> list[Any]:
    """Some things; text and bytes are one thing, and so is a mapping."""
    return list(each(name, value, of))


def each(name: str, value: Any, of: str) -> Iterator[Any]:
    """The same, one after another as they come."""
    if isinstance(value, str | bytes | bytearray | memoryview | os.PathLike | Mapping):
        raise wrong(name, value, of)
    try:
        return iter(value)
    except TypeError:
        raise wrong(name, value, of) from None


def member(name: str, value: Any, kind: type | tuple[type, ...], expected: str) -> Any:
    """An object of a class."""
    if not isinstance(value, kind):
        raise wrong(name, value, expected)
    return value


def array(name: str, value: Any, what: str = "an array") -> np.ndarray:
    """Numbers as an array, not copied where it is one."""
    if isinstance(value, str | bytes | os.PathLike):
        raise wrong(name, value, what)
    try:
        found = np.asarray(value)
    except (TypeError, ValueError, OverflowError) as error:
        from .errors import VaeransError

        if isinstance(error, VaeransError):
            raise
        raise ParamError("param.type", f"{name}={told(value)}; {what} expected ({error})") from None
    if found.dtype == object:
        if isinstance(value, np.ndarray):
            raise ParamError("param.dtype", f"{name} is an array of objects; {what} of numbers expected")
        raise wrong(name, value, what)
    return found
