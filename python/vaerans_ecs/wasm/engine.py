"""What the operators of this build's engine take."""

from __future__ import annotations

from .support import operators


def has(op: str, attribute: str) -> bool:
    """Whether an operator takes an attribute."""
    row = operators().get(op)
    return row is not None and any(one[0] == attribute for one in row["attributes"])


def takes(op: str, inputs: int) -> bool:
    """Whether an operator may have so many inputs."""
    row = operators().get(op)
    return row is not None and row["inputs"][1] >= inputs
