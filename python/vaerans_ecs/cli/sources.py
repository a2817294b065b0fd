"""From the arguments to a list of files: files, folders, globs."""

from __future__ import annotations

import glob
import os
from collections.abc import Collection, Iterator
from dataclasses import dataclass, field

from .outcome import UsageProblem

STANDARD = "-"


@dataclass(frozen=True)
class Source:
    """A file to read, and the name its output has inside an output folder."""

    path: str
    relative: str


@dataclass
class Found:
    sources: list[Source] = field(default_factory=list)
    missing: list[str] = field(default_factory=list)  # arguments that name nothing
    from_folder: bool = False  # some argument stands for any number of files


def find(inputs: Collection[str], suffixes: Collection[str], recursive: bool, leave_out: str | None) -> Found:
    """Every file the arguments name, each once, in order.

    A folder gives its files with one of the ``suffixes``, with ``recursive`` those of its folders too; a named file is
    taken whatever it is called. ``leave_out`` is the output folder, which is not read where it lies inside an input
    folder.
    """
    found = Found()
    seen: set[str] = set()
    avoid = os.path.realpath(leave_out) if leave_out else None
    for argument in inputs:
        matches = list(_expand(argument))
        if not matches:
            found.missing.append(argument)
        found.from_folder |= len(matches) > 1 or matches != [(argument, None)]
        for path, base in matches:
            for source in _files(path, base, suffixes, recursive, avoid, found):
                key = os.path.realpath(source.path)
                if key not in seen:
                    seen.add(key)
                    found.sources.append(source)
    return found


def _expand(argument: str) -> Iterator[tuple[str, str | None]]:
    """The argument itself, or what it matches with the folder in front of its first wildcard."""
    if os.path.lexists(argument):
        yield argument, None
    elif glob.has_magic(argument):
        base = _before_wildcard(argument)
        for path in sorted(glob.glob(argument, recursive=True)):
            yield path, base


def _before_wildcard(pattern: str) -> str:
    head = os.path.dirname(pattern)
    while glob.has_magic(head):
        head = os.path.dirname(head)
    return head


def _files(
    path: str, base: str | None, suffixes: Collection[str], recursive: bool, avoid: str | None, found: Found
) -> Iterator[Source]:
    if not os.path.isdir(path):
        # With "**" a pattern may match a folder and the files in it: each keeps its place below the pattern's folder.
        relative = os.path.basename(path) if base is None else os.path.relpath(path, base or os.curdir)
        yield Source(path, relative)
        return
    if base is not None and not recursive:
        return  # a wildcard means files; folders it happens to match are entered with --recursive
    found.from_folder = True
    root = path if base is None else (base or os.curdir)
    for folder, below, names in os.walk(path, onerror=_cannot_list):
        wanted = (name for name in below if recursive and not name.startswith("."))
        below[:] = sorted(n for n in wanted if avoid is None or os.path.realpath(os.path.join(folder, n)) != avoid)
        for name in sorted(names):
            if os.path.splitext(name)[1].lower() in suffixes and not name.startswith("."):
                file = os.path.join(folder, name)
                yield Source(file, os.path.relpath(file, root))


def _cannot_list(error: OSError) -> None:
    raise UsageProblem(f"{error.filename}: cannot list the folder: {error.strerror}")
