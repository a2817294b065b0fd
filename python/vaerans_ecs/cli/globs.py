"""Globs: as `glob` has them, but ``**`` enters every folder once, however many links lead to it or round in circles."""

from __future__ import annotations

import glob
import os
from collections.abc import Iterator

_ANY_DEPTH = "**"


def matches(pattern: str) -> list[str]:
    """Files and folders that match, sorted, each once."""
    return sorted(set(_matches(pattern)))


def folder_before(pattern: str) -> str:
    """The folder in front of the first wildcard."""
    head = os.path.dirname(pattern)
    while glob.has_magic(head):
        head = os.path.dirname(head)
    return head


def _matches(pattern: str) -> Iterator[str]:
    parts = pattern.replace(os.altsep, os.sep).split(os.sep) if os.altsep else pattern.split(os.sep)
    if _ANY_DEPTH not in parts:
        yield from glob.glob(pattern)
        return
    at = parts.index(_ANY_DEPTH)
    head, tail = os.sep.join(parts[:at]), os.sep.join(parts[at + 1 :])
    if at > 0:
        head += os.sep
    for top in glob.glob(head) if glob.has_magic(head) else [head]:
        for folder in _folders(top):
            yield from _matches(os.path.join(glob.escape(folder), tail or "*"))


def _folders(top: str) -> Iterator[str]:
    """A folder and all below it, but for hidden ones; what cannot be listed holds nothing that matches."""
    entered: set[str] = set()
    pending = [top]
    while pending:
        folder = pending.pop()
        real = os.path.realpath(folder or os.curdir)
        if real in entered or not os.path.isdir(real):
            continue
        entered.add(real)
        yield folder
        try:
            names = sorted(os.listdir(folder or os.curdir), reverse=True)
        except OSError:
            continue
        pending += [os.path.join(folder, name) for name in names if not name.startswith(".")]
