"""Stage ``data``: choose photos by their licence, decode them, pack them into one file."""

from __future__ import annotations

import io
import os
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from hashlib import sha256
from pathlib import Path

import numpy as np

from . import generated, manifest, pack
from .run import Run


def stage(run: Run) -> None:
    """Write ``photos.u8``, ``photos.json`` and ``photos.tsv``."""
    run.begin("data")
    folder = run.of("data")
    rows = photo_rows(run)
    photos = decoded(run.photos / "train", rows) if rows[0]["set"] != "generated" else drawn(rows)
    pixels = pack.write(folder, photos)
    manifest.write_list(folder / "photos.tsv", rows)
    run.log(f"data: {len(rows)} photos, {pixels / 1e6:.1f} megapixels, of {len(manifest.by_set(rows))} sets")
    run.finish("data", photos=len(rows), megapixels=round(pixels / 1e6, 1))


def photo_rows(run: Run) -> list[manifest.Row]:
    """What is trained on: photos of the manifest, or generated pictures where there are no photos."""
    config = run.config
    source = run.photos / "train" / "manifest.tsv" if run.photos else None
    if source and source.is_file():
        rows = manifest.chosen(manifest.read(source), config.sets_left_out, config.photo_limit)
        if rows:
            return rows
        raise SystemExit(f"train: {source} names no photo that may be used")
    if config.generated_photos:
        run.log("data: no folder of photos, so pictures are generated")
        return [generated_row(i) for i in range(config.generated_photos)]
    raise SystemExit("train: no train/manifest.tsv: pass --photos FOLDER, or --set generated_photos=100 to do without")


def generated_row(i: int) -> manifest.Row:
    """A row of the list for a picture that the program draws."""
    return {"file": f"generated/{i:04d}", "set": "generated", "licence": "none needed", "source": "tools/train"}


def drawn(rows: list[manifest.Row]) -> Iterator[tuple[str, np.ndarray]]:
    """Generated pictures with their names."""
    for i, row in enumerate(rows):
        yield row["file"], generated.picture(i)


def decoded(folder: Path, rows: list[manifest.Row]) -> Iterator[tuple[str, np.ndarray]]:
    """Photos of the manifest, decoded side by side, in order; a file whose checksum is another one is refused."""

    def load(row: manifest.Row) -> tuple[str, np.ndarray]:
        return row["file"], picture(folder / row["file"], row["sha256"])

    with ThreadPoolExecutor(min(16, os.cpu_count() or 1)) as pool:
        ahead = 64
        for start in range(0, len(rows), ahead):
            yield from pool.map(load, rows[start : start + ahead])


def picture(path: Path, checksum: str = "") -> np.ndarray:
    """A picture file as (H, W, 3) uint8."""
    from PIL import Image

    content = path.read_bytes()
    if checksum and sha256(content).hexdigest() != checksum:
        raise SystemExit(f"train: {path} is not the file that the manifest names (sha256)")
    with Image.open(io.BytesIO(content)) as photo:
        return np.asarray(photo.convert("RGB"))
