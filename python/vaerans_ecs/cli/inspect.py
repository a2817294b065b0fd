"""``info``: what a container holds."""

from __future__ import annotations

import dataclasses
import json
import sys
from collections.abc import Mapping
from typing import Any

import typer

from .. import _files, images
from . import show
from .outcome import FAILED, USAGE, Outcome, UsageProblem, describe
from .sources import STANDARD, find


def show_info(inputs: list[str], recursive: bool, as_json: bool) -> None:
    """One table, or one entry of a JSON list, per file; a bad file stops none of the others."""
    if STANDARD in inputs:
        paths, missing = [STANDARD], []
        if len(inputs) > 1:
            raise UsageProblem("standard input (-) cannot be combined with other inputs; run them separately")
    else:
        found = find(inputs, (".vrn",), recursive, None)
        paths, missing = [source.path for source in found.sources], found.missing
    if not paths and not missing:
        raise UsageProblem(f"nothing to do: no .vrn in {', '.join(inputs)}")
    failed = [Outcome(name, error=f"{name}: no such file", code="unavailable.file") for name in missing]
    entries = []
    for path in paths:
        try:
            entries.append({"file": path, **about(path)})
        except Exception as error:
            code, message = describe(error)
            failed.append(Outcome(path, error=message, code=code))
    if as_json:
        entries += [{"file": o.source, "error": {"code": o.code, "message": o.error}} for o in failed]
        print(json.dumps(entries, indent=2))
    else:
        for entry in entries:
            _print(entry)
    show.failures(failed)
    if failed:
        raise typer.Exit(FAILED if paths else USAGE)


def about(path: str) -> dict[str, Any]:
    """`vaerans_ecs.info` of a file as JSON-ready values, with the file's size."""
    data = _files.read_stream(sys.stdin.buffer) if path == STANDARD else _files.read_bytes(path)
    return {"file_bytes": len(data), **plain(images.codec().info(data))}


def plain(value: Any) -> Any:
    """JSON-ready: a dataclass as a dict, bytes as their number, numpy scalars as numbers, all else as text."""
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        return {f.name: plain(getattr(value, f.name)) for f in dataclasses.fields(value)}
    if isinstance(value, Mapping):
        return {str(key): plain(item) for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [plain(item) for item in value]
    if isinstance(value, (bytes, bytearray, memoryview)):
        return {"bytes": len(value)}
    if value is None or isinstance(value, (bool, int, float, str)):
        return value
    return value.item() if hasattr(value, "item") else str(value)


def _print(entry: dict[str, Any]) -> None:
    table = show.new_table(show.printable(entry["file"]), "", right=False)
    # The pipe as a line of text says what the list of steps says.
    left_out = {"file", "steps"} if "pipe" in entry else {"file"}
    for name, value in entry.items():
        if name not in left_out:
            table.add_row(name.replace("_", " "), " x ".join(map(str, value)) if name == "shape" else _text(value))
    show.print_table(table)


def _text(value: Any) -> str:
    if value is None:
        return "-"
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, dict):
        if set(value) == {"bytes"}:
            return show.size(value["bytes"])
        return ", ".join(f"{key} {_text(item)}" for key, item in value.items())
    if isinstance(value, list):
        return ", ".join(_text(item) for item in value)
    return str(value)
