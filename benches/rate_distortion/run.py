#!/usr/bin/env python3
"""Rate and distortion of the ``photo`` profile on Kodak and val against the peers: ``make rd``.

Prints the tables, writes them to docs/benchmarks/rate_distortion.md and the curves as JSON beside it.
Peers' points come from the cache where they were measured before (same library version, same picture); ours never do.

    python benches/rate_distortion/run.py                 # all pictures, all peers
    python benches/rate_distortion/run.py --limit 4       # a quick look
    python benches/rate_distortion/run.py --check         # exit code 1 where a figure misses its "must"
"""

from __future__ import annotations

import argparse
import json
import os
import sys
from dataclasses import asdict
from pathlib import Path
from typing import Any

import figures as goals
from page import markdown

from vaerans_ecs._files import write_atomic
from vaerans_ecs.eval import Codec, Report, available, peers, report
from vaerans_ecs.eval.codecs import from_peer, from_pipe

ROOT = Path(__file__).resolve().parents[2]
QUALITIES = (5, 12, 20, 28, 36, 44, 50, 57, 65, 73, 81, 88, 93, 97)
ENDINGS = (".png", ".jpg", ".jpeg", ".webp", ".tif", ".tiff")
#: Sets of pictures, their folders, and the peers that are measured on them (none: all).
SETS: dict[str, tuple[str, list[str] | None]] = {"Kodak": ("kodak", None), "val": ("val", ["JPEG", "AVIF", "WebP"])}


def main(arguments: list[str] | None = None) -> int:
    options = parse(arguments)
    folders = {name: pictures(options.data, folder, options.limit) for name, (folder, _) in SETS.items()}
    reports = {name: lossy_report(name, photos, options) for name, photos in folders.items()}
    lossless = lossless_report(folders["Kodak"], options)
    figures = goals.measured(reports, lossless)
    text = markdown(reports, lossless, figures)
    print(text)
    if options.out:
        write(Path(options.out), text, figures, {**reports, "lossless": lossless})
    missed = [f.what for f in figures if not f.is_met]
    if missed:
        print(f"missed: {', '.join(missed)}", file=sys.stderr)
    return 1 if options.check and missed else 0


def parse(arguments: list[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, help="the folder that holds kodak and val (default: the shared data)")
    parser.add_argument("--limit", type=int, help="only the first N pictures of each")
    parser.add_argument("--qualities", type=lambda s: [int(q) for q in s.split(",")], default=list(QUALITIES))
    parser.add_argument("--threads", type=int, help="points side by side")
    parser.add_argument("--cache", type=Path, help="folder of the peers' points (default: the user's cache)")
    parser.add_argument(
        "--out", default=str(ROOT / "docs" / "benchmarks" / "rate_distortion.md"), help="'' writes nothing"
    )
    parser.add_argument("--html", type=Path, help="a folder for the whole reports, as pages")
    parser.add_argument("--check", action="store_true", help="exit with 1 if a must is missed")
    return parser.parse_args(arguments)


def pictures(data: Path | None, name: str, limit: int | None) -> list[Path]:
    """The pictures to compress; a message where there are none."""
    roots = [Path(os.environ["VAERANS_SHARED"])] if "VAERANS_SHARED" in os.environ else []
    roots += [parent / "shared" for parent in ROOT.parents]
    folders = [data / name] if data else [root / "data" / name for root in roots]
    folder = next((f for f in folders if f.is_dir()), None)
    if folder is None:
        sys.exit(f"{name} not found: set VAERANS_SHARED to the folder that holds data/{name}, or pass --data FOLDER")
    found = sorted(p for p in folder.iterdir() if p.suffix.lower() in ENDINGS)
    return found[:limit] or sys.exit(f"no pictures in {folder}")


def lossy_report(name: str, photos: list[Path], options: argparse.Namespace) -> Report:
    return report(
        goals.OURS,
        photos,
        {"quality": options.qualities},
        out=options.html and options.html / f"{name}.html",
        peers=SETS[name][1],
        threads=options.threads,
        cache_dir=options.cache,
        title=f"photo against the peers, {name}",
        embed_photos=3 if options.html else 0,
    )


def lossless_report(photos: list[Path], options: argparse.Namespace) -> Report:
    """Ours and the lossless peers, one point each."""
    ours = [
        from_pipe("photo lossless", {"profile": "photo"}, {"lossless": [True]}),
        from_pipe("photo lossless, progressive", {"profile": "photo"}, {"lossless": [True], "progressive": [True]}),
    ]
    codecs: dict[str, Codec] = {c.name: c for c in [*ours, *map(from_peer, available(list(peers.LOSSLESS))[0])]}
    made = report(codecs, photos, out=None, peers=(), threads=options.threads, cache_dir=options.cache, embed_photos=0)
    for row in made.data.rows:
        if row.error is None and not row.lossless:
            row.error = "not lossless"
    return made


def write(out: Path, text: str, figures: list[goals.Measured], reports: dict[str, Report]) -> None:
    """The page, and what it was made of beside it."""
    out.parent.mkdir(parents=True, exist_ok=True)
    write_atomic(out, text.encode())
    values = {"figures": [asdict(f) for f in figures], **{name: means(r) for name, r in reports.items()}}
    write_atomic(out.with_suffix(".json"), json.dumps(values, separators=(",", ":"), allow_nan=False).encode())


def means(made: Report) -> dict[str, Any]:
    """The report without what is of single pictures: what a repository can keep. ``--html`` writes all of it."""
    values = made.to_dict()
    for name in ("rows", "trace", "histograms", "pictures"):
        del values[name]
    for name in ("curves", "bd_rate"):
        values[name] = [v for v in values[name] if v["photo"] is None]
    return values


if __name__ == "__main__":
    sys.exit(main())
