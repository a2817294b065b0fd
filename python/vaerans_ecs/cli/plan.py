"""Which file becomes which: settled, and checked for collisions, before anything runs."""

from __future__ import annotations

import os
import unicodedata
from collections.abc import Callable, Collection
from dataclasses import dataclass

from .. import images
from .outcome import Outcome, UsageProblem
from .sources import STANDARD, Found, Skipped, Source, find, real

_SEPARATORS = tuple(filter(None, (os.sep, os.altsep)))
#: Names of pictures that are neither read nor written: an output called so would be something else than it says.
_OTHERS = frozenset((".avif", ".bmp", ".gif", ".heic", ".heif", ".ico", ".jp2", ".jxl", ".pgm", ".ppm", ".psd", ".svg"))


@dataclass(frozen=True)
class Job:
    """Read ``source``, write ``target``; ``-`` is standard input or output."""

    source: str
    target: str
    #: The input whose output has the name that this one's would have.
    instead: str | None = None


@dataclass
class Plan:
    jobs: list[Job]
    failed: list[Outcome]
    skipped: list[Skipped]

    @property
    def to_stdout(self) -> bool:
        return any(job.target == STANDARD for job in self.jobs)


def make_plan(
    inputs: Collection[str],
    out: str | None,
    rename: Callable[[str], str],
    written: str | None,
    suffixes: Collection[str],
    recursive: bool,
) -> Plan:
    """The jobs of a run. ``rename`` gives an output's name from its input's, ``written`` is the format of all outputs
    (``None``: the name of the one file says it). Raises `UsageProblem`."""
    if out == "":
        raise UsageProblem("-o: expected the name of a file or folder, got nothing")
    found = find(inputs, suffixes, recursive, out if out not in (None, STANDARD) else None)
    from_stdin = [source.path for source in found.sources] == [STANDARD]
    if from_stdin and out is None:
        out = STANDARD
    jobs = [Job(source.path, _target(source, out, found, len(inputs), rename)) for source in found.sources]
    jobs = _distinct(jobs)
    _check_inputs(jobs)
    if jobs[0].target == out != STANDARD:
        _check_name(out, written)
    made = {os.path.abspath(job.target) for job in jobs}
    skipped = [item for item in found.skipped if os.path.abspath(item.path) not in made]
    return Plan(jobs, found.failed, skipped)


def is_folder(out: str) -> bool:
    """Whether an output can only mean a folder."""
    return out.endswith(_SEPARATORS) or os.path.isdir(out)


def _target(source: Source, out: str | None, found: Found, inputs: int, rename: Callable[[str], str]) -> str:
    if out is None:
        return rename(source.path)
    many = found.from_folder or inputs > 1
    if out == STANDARD:
        if len(found.sources) + len(found.failed) > 1:
            raise UsageProblem("only one file can go to standard output; give a folder with -o")
        return STANDARD
    if not many and not is_folder(out):
        return out
    if os.path.lexists(out) and not os.path.isdir(out):
        raise UsageProblem(f"{out} is a file, but these inputs need an output folder; give a folder with -o")
    if not is_folder(out) and _suffix(out) in {*images.FORMATS, *_OTHERS, images.CONTAINER}:
        raise UsageProblem(f"-o {out} names a file, but these inputs need a folder; write {out}/ if it is to be one")
    return os.path.join(out, rename("stdin" if source.path == STANDARD else source.relative))


def _suffix(path: str) -> str:
    return os.path.splitext(path)[1].lower()


def _check_name(out: str, written: str | None) -> None:
    """A file is not called what it is not."""
    suffix = _suffix(out)
    named = "vrn" if suffix == images.CONTAINER else images.FORMATS.get(suffix)
    if named is None and (suffix in _OTHERS or (written is None and suffix)):
        known = images.CONTAINER if written == "vrn" else f"one of {' '.join(images.FORMATS)}"
        raise UsageProblem(f"-o {out}: {suffix} is not a format that is written here; expected {known}")
    if named is not None and written is not None and named != written:
        raise UsageProblem(f"-o {out}: the file would be {written}, not {named}; give it another name")


def _key(path: str) -> str:
    """Equal for two names that some file system takes for one."""
    return unicodedata.normalize("NFC", real(path)).casefold()


def _distinct(jobs: list[Job]) -> list[Job]:
    """The jobs with a number in the names that others have: the first keeps its name, and no other changes its."""
    taken: dict[str, Job] = {}
    files = [i for i, job in enumerate(jobs) if job.target != STANDARD]
    late = [i for i in files if taken.setdefault(_key(jobs[i].target), jobs[i]) is not jobs[i]]
    numbers: dict[str, int] = {}
    jobs = list(jobs)
    for i in late:
        job, key = jobs[i], _key(jobs[i].target)
        stem, suffix = os.path.splitext(job.target)
        while True:
            numbers[key] = numbers.get(key, 1) + 1
            numbered = Job(job.source, f"{stem}-{numbers[key]}{suffix}", taken[key].source)
            if taken.setdefault(_key(numbered.target), numbered) is numbered:
                break
        jobs[i] = numbered
    return jobs


def _check_inputs(jobs: list[Job]) -> None:
    """No output is an input of the same run: by name, or by another name of the same file."""
    taken = {real(job.target) for job in jobs if job.target != STANDARD}
    numbers = {_number(job.source): job.source for job in jobs if job.source != STANDARD}
    numbers.pop(None, None)
    for job in jobs:
        hit = numbers.get(_number(job.target)) if job.target != STANDARD else None
        if job.source != STANDARD and real(job.source) in taken:
            hit = job.source
        if hit is not None:
            raise UsageProblem(f"{hit} would be overwritten by an output of this very run; choose another -o")


def _number(path: str) -> tuple[int, int] | None:
    """What tells a regular file from every other, whatever it is called."""
    try:
        found = os.stat(path)
    except OSError:
        return None
    return (found.st_dev, found.st_ino) if os.path.isfile(path) else None
