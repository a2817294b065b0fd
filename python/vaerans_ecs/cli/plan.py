"""Which file becomes which: settled, and checked for collisions, before anything runs."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Collection
from dataclasses import dataclass

from .outcome import UsageProblem
from .sources import STANDARD, Found, Source, find

_SEPARATORS = tuple(filter(None, (os.sep, os.altsep)))
_SHOWN = 5


@dataclass(frozen=True)
class Job:
    """Read ``source``, write ``target``; ``-`` is standard input or output."""

    source: str
    target: str


@dataclass
class Plan:
    jobs: list[Job]
    missing: list[str]

    @property
    def to_stdout(self) -> bool:
        return any(job.target == STANDARD for job in self.jobs)


def make_plan(
    inputs: Collection[str],
    out: str | None,
    rename: Callable[[str], str],
    suffixes: Collection[str],
    recursive: bool,
) -> Plan:
    """The jobs of a run. ``rename`` gives an output's name from its input's. Raises `UsageProblem`."""
    if STANDARD in inputs:
        return _from_stdin(inputs, out, rename)
    folder = out if out not in (None, STANDARD) else None
    found = find(inputs, suffixes, recursive, folder)
    if not found.sources and not found.missing:
        kinds = ", ".join(sorted(suffixes))
        deeper = "" if recursive else "; --recursive looks into folders below"
        raise UsageProblem(f"nothing to do: no {kinds} in {', '.join(inputs)}{deeper}")
    jobs = [Job(source.path, _target(source, out, found, len(inputs), rename)) for source in found.sources]
    _check(jobs)
    return Plan(jobs, found.missing)


def _from_stdin(inputs: Collection[str], out: str | None, rename: Callable[[str], str]) -> Plan:
    if len(inputs) > 1:
        raise UsageProblem("standard input (-) cannot be combined with other inputs; run them separately")
    if out is None or out == STANDARD:
        return Plan([Job(STANDARD, STANDARD)], [])
    target = os.path.join(out, rename("stdin")) if _is_folder(out) else out
    return Plan([Job(STANDARD, target)], [])


def _is_folder(out: str) -> bool:
    return out.endswith(_SEPARATORS) or os.path.isdir(out)


def _target(source: Source, out: str | None, found: Found, inputs: int, rename: Callable[[str], str]) -> str:
    if out is None:
        return rename(source.path)
    many = found.from_folder or inputs > 1
    if out == STANDARD:
        if len(found.sources) + len(found.missing) > 1:
            raise UsageProblem("only one file can go to standard output; give a folder with -o")
        return STANDARD
    if not many and not _is_folder(out):
        return out
    if os.path.lexists(out) and not os.path.isdir(out):
        raise UsageProblem(f"{out} is a file, but these inputs need an output folder; give a folder with -o")
    return os.path.join(out, rename(source.relative))


def _key(path: str) -> str:
    """Equal for two names of one file. macOS and Windows take no notice of case."""
    real = os.path.realpath(path)
    return real.casefold() if sys.platform in ("win32", "darwin") else real


def _check(jobs: list[Job]) -> None:
    taken: dict[str, str] = {}
    clashes: list[str] = []
    for job in jobs:
        if job.target == STANDARD:
            continue
        first = taken.setdefault(_key(job.target), job.source)
        if first != job.source:
            clashes.append(f"  {first} and {job.source} -> {job.target}")
    if clashes:
        more = f"\n  ... and {len(clashes) - _SHOWN} more" if len(clashes) > _SHOWN else ""
        listed = "\n".join(clashes[:_SHOWN])
        raise UsageProblem(
            f"several inputs would be written to one file:\n{listed}{more}\n"
            "rename them, run them into folders of their own, or use --keep-suffix"
        )
    for job in jobs:
        if job.target != STANDARD and _key(job.source) in taken:
            raise UsageProblem(f"{job.source} would be overwritten by an output of this very run; choose another -o")
        if os.path.isdir(job.target):
            raise UsageProblem(f"{job.target} is a folder; the output of {job.source} cannot replace it")
