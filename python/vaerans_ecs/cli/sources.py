"""From the arguments to a list of files: files, folders, globs. What is left out is told, with the reason."""

from __future__ import annotations

import functools
import glob
import os
import stat
import sys
from collections.abc import Collection, Iterator
from dataclasses import dataclass, field

from .._files import TEMP_PREFIX
from .globs import folder_before, matches
from .outcome import Outcome, UsageProblem, failure

STANDARD = "-"
#: Where a shell's ``<(command)`` stands: a pipe, and meant to be read.
_GIVEN = ("/dev/fd/", "/dev/stdin", "/proc/self/fd/")
_KINDS = {stat.S_IFIFO: "named pipe", stat.S_IFSOCK: "socket", stat.S_IFCHR: "device", stat.S_IFBLK: "device"}
_SHOWN = 5


@dataclass(frozen=True)
class Source:
    """A file to read, and the name its output has inside an output folder."""

    path: str
    relative: str


@dataclass(frozen=True)
class Skipped:
    """Something that was found and is not taken, and why."""

    path: str
    reason: str


@dataclass
class Found:
    sources: list[Source] = field(default_factory=list)
    failed: list[Outcome] = field(default_factory=list)  # arguments that name nothing, folders that cannot be read
    skipped: list[Skipped] = field(default_factory=list)
    from_folder: bool = False  # some argument stands for any number of files


def find(inputs: Collection[str], suffixes: Collection[str], recursive: bool, leave_out: str | None = None) -> Found:
    """Every file the arguments name, each once, in order.

    A folder gives its files with one of the ``suffixes``, with ``recursive`` those of its folders too; a named file is
    taken whatever it is called. ``leave_out`` is the output folder, which is not read where it lies inside an input
    folder. Raises `UsageProblem` where nothing is there to be done.
    """
    if STANDARD in inputs:
        if len(inputs) > 1:
            raise UsageProblem("standard input (-) cannot be combined with other inputs; run them separately")
        return Found([Source(STANDARD, STANDARD)])
    search = _Search(suffixes, recursive, os.path.realpath(leave_out) if leave_out else None)
    for argument in inputs:
        search.add(argument)
    found = search.found
    if not found.sources:
        raise UsageProblem(_nothing(inputs, suffixes, recursive, found), *told(found.skipped))
    return found


def told(skipped: Collection[Skipped]) -> list[str]:
    """One line for each reason, with the first names."""
    by_reason: dict[str, list[str]] = {}
    for item in skipped:
        by_reason.setdefault(item.reason, []).append(item.path)
    lines = []
    for reason, paths in by_reason.items():
        more = f" and {len(paths) - _SHOWN} more" if len(paths) > _SHOWN else ""
        lines.append(f"vaerans: skipped, {reason}: {', '.join(paths[:_SHOWN])}{more}")
    return lines


def _nothing(inputs: Collection[str], suffixes: Collection[str], recursive: bool, found: Found) -> str:
    if found.failed:
        more = f" (and {len(found.failed) - 1} more)" if len(found.failed) > 1 else ""
        return f"{found.failed[0].code}: {found.failed[0].error}{more}"
    deeper = "" if recursive else "; --recursive looks into folders below"
    return f"nothing to do: no {', '.join(sorted(suffixes))} in {', '.join(inputs)}{deeper}"


class _Search:
    def __init__(self, suffixes: Collection[str], recursive: bool, avoid: str | None) -> None:
        self.found = Found()
        self._suffixes, self._recursive, self._avoid = suffixes, recursive, avoid
        self._taken: set[str] = set()
        self._entered: dict[str, str] = {}  # where a folder really is -> how it was named

    def add(self, argument: str) -> None:
        """Everything an argument names: itself, or what it matches as a glob."""
        named = list(_expand(argument))
        if not named:
            what = _why_not(argument)
            self.found.failed.append(Outcome(argument, error=f"{argument}: {what}", code="unavailable.file"))
        self.found.from_folder |= len(named) > 1 or named != [(argument, None)]
        for path, base in named:
            if os.path.isdir(path):
                self._named_folder(path, base)
            else:
                self._named_file(path, base)

    def _named_folder(self, path: str, base: str | None) -> None:
        if base is not None and not self._recursive:  # a wildcard means files
            self._skip(path, "a folder (--recursive enters it)")
            return
        self.found.from_folder = True
        self._folder(path, path if base is None else (base or os.curdir))

    def _named_file(self, path: str, base: str | None) -> None:
        special = _special(path)
        if special is None or path.startswith(_GIVEN):
            # With "**" a pattern may match a folder and the files in it: each keeps its place below the pattern's.
            self._take(path, os.path.basename(path) if base is None else os.path.relpath(path, base or os.curdir))
        elif base is not None:
            self._skip(path, f"a {special}")
        else:
            text = f"{path}: a {special}, no file; read it through standard input: - < {path}"
            self.found.failed.append(Outcome(path, error=text, code="unavailable.file"))

    def _folder(self, top: str, root: str) -> None:
        pending = [top]
        while pending:
            folder = pending.pop()
            real = os.path.realpath(folder)
            name, first = _name(folder), self._entered.get(real)
            if first is not None:
                if first != name:
                    self._skip(folder, f"the same folder as {first}")
                continue
            self._entered[real] = name
            try:
                with os.scandir(folder) as listed:
                    entries = sorted(listed, key=lambda entry: entry.name)
            except OSError as error:
                self.found.failed.append(
                    failure(folder, OSError(f"{folder}: cannot list the folder: {error.strerror}"))
                )
                continue
            below = [entry.path for entry in entries if self._entry(entry, root)]
            pending += reversed(below)

    def _entry(self, entry: os.DirEntry[str], root: str) -> bool:
        """Takes a file of a folder, or says why not. Whether it is a folder to be entered."""
        path, name = entry.path, entry.name
        is_folder = os.path.isdir(path)
        wanted = is_folder or os.path.splitext(name)[1].lower() in self._suffixes
        if name.startswith(TEMP_PREFIX) or (is_folder and os.path.realpath(path) == self._avoid):
            return False
        if name.startswith("."):
            if wanted and (self._recursive or not is_folder):
                self._skip(path, "hidden")
        elif is_folder:
            if self._recursive:
                return True
            self._skip(path, "a folder (--recursive enters it)")
        elif not wanted:
            self._skip(path, f"not one of {' '.join(sorted(self._suffixes))}")
        elif special := _special(path):
            self._skip(path, f"a {special}")
        else:
            inside = os.path.join(root, "")
            self._take(path, path[len(inside) :] if path.startswith(inside) else os.path.relpath(path, root))
        return False

    def _take(self, path: str, relative: str) -> None:
        """A file that goes by two names, links too, is two files; one name written twice is one."""
        key = _name(path)
        if key not in self._taken:
            self._taken.add(key)
            self.found.sources.append(Source(path, relative))

    def _skip(self, path: str, reason: str) -> None:
        self.found.skipped.append(Skipped(path, reason))


@functools.lru_cache(1024)
def _real_folder(folder: str) -> str:
    return os.path.realpath(folder)


def _name(path: str) -> str:
    """The one way to write the name of a file or folder; links in front of it are followed, it itself is not."""
    folder, name = os.path.split(path)
    if name in ("", os.curdir, os.pardir):
        return os.path.realpath(path)
    key = os.path.join(_real_folder(folder or os.curdir), name)
    return key.casefold() if sys.platform in ("win32", "darwin") else key


def real(path: str) -> str:
    """Where a file is, all links followed; macOS and Windows take no notice of case."""
    name = _name(path)
    return os.path.realpath(name) if os.path.islink(name) else name


def _special(path: str) -> str | None:
    """What it is where it is no regular file, which is all that can be read to its end and from its beginning.

    ``None`` for what cannot be looked at: reading it says why.
    """
    try:
        return _KINDS.get(stat.S_IFMT(os.stat(path).st_mode))
    except OSError:
        return None


def _why_not(argument: str) -> str:
    try:
        os.lstat(argument)
    except FileNotFoundError:
        return "no file matches" if glob.has_magic(argument) else "no such file or folder"
    except OSError as error:
        return str(error.strerror)
    return "it is there now; try again"


def _expand(argument: str) -> Iterator[tuple[str, str | None]]:
    """The argument itself, or what it matches with the folder in front of its first wildcard."""
    if os.path.lexists(argument):
        yield argument, None
    elif glob.has_magic(argument):
        base = folder_before(argument)
        for path in matches(argument):
            yield path, base
