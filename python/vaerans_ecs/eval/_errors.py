"""Shorthands for the package's errors, imported only when one is raised."""

from __future__ import annotations


def param(code: str, message: str) -> Exception:
    """A ``ParamError`` with this code."""
    from vaerans_ecs.errors import ParamError

    return ParamError(code, message)


def unavailable(code: str, message: str) -> Exception:
    """An ``UnavailableError`` with this code."""
    from vaerans_ecs.errors import UnavailableError

    return UnavailableError(code, message)
