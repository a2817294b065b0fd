#!/usr/bin/env python3
"""Fit the small model that the package ships (`python/vaerans_ecs/data/pil.npz`) on the permissive training photos.

    python tools/fit_pil.py [--data ../shared/data/train] [--out python/vaerans_ecs/data] [--check]

Only photos whose licence the manifest states as CC0, CC BY, Unsplash or Pexels are used; the list, with attributions,
is written beside the model and the sets are in NOTICE. The same photos, NumPy and linear algebra library give the same
bytes. `--check` fits and compares with the stored model instead of writing.
"""

from __future__ import annotations

import argparse
import csv
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import numpy as np

from vaerans_ecs.pil import PILVAE

ROOT = Path(__file__).resolve().parents[1]

# As the manifest writes them. Left out on purpose: share-alike, GPL, "as listed upstream", and licences that the mirror
# does not state itself ("as published").
LICENCES = {
    "CC0", "CC0-1.0", "publicdomain/zero", "CC BY 2.0", "CC-BY-4.0", "Unsplash", "Pexels", "CC0 or Unsplash",
}  # fmt: skip
WEAK_EVIDENCE = {"jlopez"}
OPTIONS = {"patch": 2, "latent_channels": 4, "context": 1, "samples": 4000, "noise_step": 12.0, "seed": 2024}
COLUMNS = ("file", "set", "licence", "attribution", "source", "upstream_path", "sha256")


def chosen(data: Path) -> list[dict[str, str]]:
    """Rows of the manifest that may be used, in its order."""
    with open(data / "manifest.tsv", encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE))
    return [row for row in rows if row["licence"] in LICENCES and row["set"] not in WEAK_EVIDENCE]


def pictures(data: Path, rows: list[dict[str, str]]) -> Iterator[np.ndarray]:
    """The photos, decoded one by one."""
    from PIL import Image

    for row in rows:
        with Image.open(data / row["file"]) as photo:
            yield np.asarray(photo.convert("RGB"))


def write_list(path: Path, rows: list[dict[str, str]]) -> None:
    """The photos the model was fitted on."""
    with open(path, "w", encoding="utf-8", newline="") as file:
        file.write("\t".join(COLUMNS) + "\n")
        file.writelines("\t".join(row[c] for c in COLUMNS) + "\n" for row in rows)


def compare(model: PILVAE, path: Path) -> int:
    """0 if the stored model has the same numbers up to rounding of another linear algebra library."""
    stored = PILVAE.load(path)
    worst = {key: float(np.abs(model.arrays[key] - stored.arrays[key]).max()) for key in model.arrays}
    same = model.sha256 == stored.sha256
    print(f"stored {stored.sha256[:16]}, fitted {model.sha256[:16]}: {'same' if same else worst}")
    return 0 if all(v <= 1e-3 * (1 + np.abs(stored.arrays[k]).max()) for k, v in worst.items()) else 1


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--data", type=Path, default=ROOT.parent / "shared" / "data" / "train")
    parser.add_argument("--out", type=Path, default=ROOT / "python" / "vaerans_ecs" / "data")
    parser.add_argument("--check", action="store_true", help="compare with the stored model, write nothing")
    args = parser.parse_args()
    if not (args.data / "manifest.tsv").is_file():
        print(f"fit_pil: no manifest.tsv in {args.data}: pass --data FOLDER", file=sys.stderr)
        return 1
    begin, rows = time.perf_counter(), chosen(args.data)
    model = PILVAE.fit(pictures(args.data, rows), **OPTIONS)
    print(f"{model} from {len(rows)} photos in {time.perf_counter() - begin:.0f} s")
    if args.check:
        return compare(model, args.out / "pil.npz")
    args.out.mkdir(parents=True, exist_ok=True)
    model.save(args.out / "pil.npz")
    write_list(args.out / "pil_photos.tsv", rows)
    return 0


if __name__ == "__main__":
    sys.exit(main())
