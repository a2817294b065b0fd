"""The models of the zoo."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from zoo.entry import Entry
from zoo.packages import of_packages
from zoo.shared import autoencoders, exported


def entries(shared: Path | None, cache: Path) -> Iterator[Entry]:
    """All of them."""
    yield from exported(shared)
    yield from autoencoders(shared, cache)
    yield from of_packages(cache)
