"""A tar file with as many of the photos as fit, still encoded, for a machine to which little can be carried."""

from __future__ import annotations

import io
import tarfile
from pathlib import Path

from . import manifest
from .run import Run


def write(run: Run, path: Path, megabytes: float, pictures: int) -> None:
    """Write a bundle: unpacked, it is a folder for ``--photos``.

    Parameters
    ----------
    run : Run
        Names the folder of photos and the sets that are left out.
    path : Path
        The tar file.
    megabytes : float
        What it may have, all in all.
    pictures : int
        So many pictures of ``val/`` and of ``kodak/`` each, to evaluate on.
    """
    source = run.photos
    rows = manifest.chosen(manifest.read(source / "train" / "manifest.tsv"), run.config.sets_left_out)
    tests = [p for name in ("val", "kodak") for p in manifest.evenly(sorted((source / name).glob("*.png")), pictures)]
    left = megabytes * 1e6 - sum(in_tar(p.stat().st_size) for p in tests) - 1e6
    kept = fitting(rows, left)
    if not kept:
        raise SystemExit(f"train: none of {len(rows)} photos fits beside the pictures: bundle takes more --megabytes")
    with tarfile.open(path, "w") as tar:
        add(tar, "train/manifest.tsv", manifest.table(kept, list(kept[0])))
        for row in kept:
            add(tar, f"train/{row['file']}", (source / "train" / row["file"]).read_bytes())
        for p in tests:
            add(tar, f"{p.parent.name}/{p.name}", p.read_bytes())
    run.log(f"bundle: {len(kept)} of {len(rows)} photos, {len(tests)} pictures, {path.stat().st_size / 1e6:.1f} MB")


def fitting(rows: list[manifest.Row], bytes_left: float) -> list[manifest.Row]:
    """Rows that fit, in the manifest's order: evenly spaced whole photos first, then crops of them."""
    whole = [row for row in rows if row.get("kind") != "crop"]
    crops = [row for row in rows if row.get("kind") == "crop"]
    kept = set()
    for group in (whole, crops):
        cost = sum(in_tar(int(row["bytes"])) for row in group)
        share = min(1.0, max(bytes_left, 0) / cost) if cost else 0
        for row in manifest.evenly(group, int(len(group) * share)):
            size = in_tar(int(row["bytes"]))
            if size <= bytes_left:
                kept.add(row["file"])
                bytes_left -= size
    return [row for row in rows if row["file"] in kept]


def in_tar(size: int) -> int:
    """Bytes that a file takes up in a tar file."""
    return 512 + -(-size // 512) * 512


def add(tar: tarfile.TarFile, name: str, content: bytes) -> None:
    """One file of a tar file, without time or owner, so that the same photos give the same bytes."""
    entry = tarfile.TarInfo(name)
    entry.size = len(content)
    tar.addfile(entry, io.BytesIO(content))
