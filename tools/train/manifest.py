"""Which photos a model may be trained on, and the list of them that ships beside it."""

from __future__ import annotations

import csv
from collections import Counter
from collections.abc import Iterable, Sequence
from pathlib import Path

Row = dict[str, str]

LIST_COLUMNS = ("file", "set", "licence", "attribution", "source", "sha256")
#: Words of a licence that keeps a photo out, whatever its set: copyleft for programs, and what nobody has read.
REFUSED = ("GPL", "not in mirror", "unverified", "unknown")


def read(path: Path) -> list[Row]:
    """All rows of a ``manifest.tsv`` or ``photos.tsv``."""
    with open(path, encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE))


def is_allowed(row: Row, sets_left_out: Sequence[str]) -> bool:
    """Whether a photo may be used.

    Parameters
    ----------
    row : dict
        A row of the manifest.
    sets_left_out : sequence of str
        Sets that are left out as a whole: by their licence, or because nobody has verified it.
    """
    licence = row["licence"].strip()
    return bool(licence) and row["set"] not in sets_left_out and not any(word in licence for word in REFUSED)


def chosen(rows: Iterable[Row], sets_left_out: Sequence[str], limit: int = 0) -> list[Row]:
    """The rows that may be used, in the manifest's order; of more than ``limit`` (0: all) evenly spaced ones."""
    allowed = [row for row in rows if is_allowed(row, sets_left_out)]
    return evenly(allowed, limit) if limit else allowed


def evenly(items: Sequence, count: int) -> list:
    """``count`` of the items, evenly spaced (all of them, where there are no more)."""
    if len(items) <= count:
        return list(items)
    return [items[i * len(items) // count] for i in range(count)]


def write_list(path: Path, rows: Iterable[Row]) -> None:
    """``photos.tsv``: every photo with set, licence, attribution, source and checksum."""
    path.write_bytes(table(rows, LIST_COLUMNS))


def table(rows: Iterable[Row], columns: Sequence[str]) -> bytes:
    """Some columns of rows as ``read`` takes them."""
    lines = [columns, *([row.get(column, "") for column in columns] for row in rows)]
    return "".join("\t".join(line) + "\n" for line in lines).encode()


def by_set(rows: Iterable[Row]) -> dict[str, Counter]:
    """For every set, how many photos under which licence."""
    sets: dict[str, Counter] = {}
    for row in rows:
        sets.setdefault(row["set"], Counter())[row["licence"]] += 1
    return dict(sorted(sets.items()))
