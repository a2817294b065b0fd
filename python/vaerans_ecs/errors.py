"""Errors: seven families, sorted by who can mend them, with the stable codes of docs/errors.md.

The same codes come from Rust, Python and JavaScript. Every exception has ``.code`` (dotted, stable)
and ``.message`` (what, where, expected, got, next step).
"""

from __future__ import annotations

__all__ = [
    "BitstreamError",
    "DataError",
    "InternalError",
    "LimitError",
    "MissingComponent",
    "ModelError",
    "ParamError",
    "PipeError",
    "UnavailableError",
    "VaeransError",
    "from_code",
]


class VaeransError(Exception):
    """Base of all errors of this package.

    Parameters
    ----------
    code : str
        Stable dotted code, e.g. ``stream.truncated``.
    message : str
        What happened, where, and what to do next.
    """

    def __init__(self, code: str, message: str) -> None:
        super().__init__(f"[{code}] {message}")
        self.code = code
        self.message = message

    def __str__(self) -> str:
        # Not what OSError and KeyError, which some of these are too, would make of it.
        return f"[{self.code}] {self.message}"

    def __reduce__(self) -> tuple[type[VaeransError], tuple[str, str]]:
        return type(self), (self.code, self.message)


class PipeError(VaeransError, ValueError):
    """``pipe.*``: the pipe as written cannot work."""


class MissingComponent(PipeError, KeyError):
    """There is none under that key: what mappings raise, so that ``store.get(eid)`` gives None."""


class ParamError(VaeransError, ValueError):
    """``param.*``: an argument is out of its range or of the wrong type."""


class DataError(VaeransError, ValueError):
    """``data.*``: the samples themselves cannot be coded."""


class BitstreamError(VaeransError, ValueError):
    """``stream.*``: bytes from outside are truncated, damaged or hostile."""


class ModelError(VaeransError, ValueError):
    """``model.*``: a learned model is missing or does not fit."""


class LimitError(VaeransError, MemoryError):
    """``limit.*``: a limit was reached; the message names the argument to raise."""


class UnavailableError(VaeransError, RuntimeError):
    """``unavailable.*``: this build or machine cannot do it."""


class InternalError(VaeransError, RuntimeError):
    """``internal.*``: a defect of ours; please report it."""


_FAMILIES: dict[str, type[VaeransError]] = {
    "pipe": PipeError,
    "param": ParamError,
    "data": DataError,
    "stream": BitstreamError,
    "model": ModelError,
    "limit": LimitError,
    "unavailable": UnavailableError,
    "internal": InternalError,
}


def from_code(code: str, message: str) -> VaeransError:
    """The exception of a code: its family decides the class."""
    return _FAMILIES.get(code.partition(".")[0], InternalError)(code, message)
