"""Why a file is refused."""

from __future__ import annotations

from typing import NoReturn


class Refused(Exception):
    """``code`` is one of docs/errors.md."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(f"{code}: {message}")
        self.code = code


def invalid(message: str) -> NoReturn:
    raise Refused("stream.invalid", message)


def need(condition: object, message: str) -> None:
    """Refuses the file unless ``condition`` holds."""
    if not condition:
        invalid(message)
