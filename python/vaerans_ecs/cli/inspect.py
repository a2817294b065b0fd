"""``info``: what a container holds."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from typing import Any

import typer

from .. import api, images
from . import show
from .outcome import FAILED, failure
from .output import complain, read_input, say_json, table
from .sources import find, told


def show_info(inputs: list[str], recursive: bool, as_json: bool, item: str | None, **limits: int | None) -> None:
    """One table, or one entry of a JSON list, per file; a bad file stops none of the others."""
    found = find(inputs, (images.CONTAINER,), recursive)
    complain(*told(found.skipped))
    entries: list[dict[str, Any]] = []
    failed = list(found.failed)
    for source in found.sources:
        try:
            entry = {"file": source.path, **about(source.path, item, limits)}
        except Exception as error:
            failed.append(failure(source.path, error))
            continue
        entries.append(entry)
        if not as_json:
            _print(entry)
    if as_json:
        entries += [{"file": o.source, "error": {"code": o.code, "message": o.error}} for o in failed]
        say_json(entries)
    show.failures(failed)
    if failed:
        raise typer.Exit(FAILED)


def about(path: str, item: str | None, limits: dict[str, int | None]) -> dict[str, Any]:
    """`vaerans_ecs.info` of a file as JSON-ready values; of a file of several items, with their names."""
    data = read_input(path, limits["max_bytes"])
    told = {"file_bytes": len(data), **plain(api.info(data, item=item, **limits))}
    if len(data) < told["file_bytes"]:
        told["bytes_there"] = len(data)
    if item is not None or len(data) > told["file_bytes"]:
        from .. import _core

        told["items"] = _core.item_names(data, limits)
    return told


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
    # The pipe as a line of text says what the list of steps says.
    left_out = {"file", "steps"} if "pipe" in entry else {"file"}
    rows = [
        (name.replace("_", " "), " x ".join(map(str, value)) if name == "shape" else _text(value))
        for name, value in entry.items()
        if name not in left_out
    ]
    table((entry["file"], ""), rows, right=False)


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
