#!/usr/bin/env python3
"""Rate and distortion of the ``photo`` profile on Kodak against the peers: ``make rd``.

Prints the tables, writes them to docs/benchmarks/rate_distortion.md and the curves as JSON beside it.
Peers' points come from the cache where they were measured before (same library version, same picture); ours never do.

    python benches/rate_distortion/run.py                 # all of Kodak, all peers
    python benches/rate_distortion/run.py --limit 4       # a quick look
    python benches/rate_distortion/run.py --check         # exit code 1 where a figure misses its "must"
"""

from __future__ import annotations

import argparse
import json
import os
import sys
from pathlib import Path
from statistics import fmean
from typing import Any

from vaerans_ecs._files import write_atomic
from vaerans_ecs.eval import Codec, Report, Row, available, peers, report
from vaerans_ecs.eval.codecs import from_peer, from_pipe

ROOT = Path(__file__).resolve().parents[2]
QUALITIES = (5, 12, 20, 28, 36, 44, 50, 57, 65, 73, 81, 88, 93, 97)

# (what, limit, aim): figures of the photo profile on the whole set; lower is better for each
MUSTS = {"BD-rate over PSNR, %": (-20.0, -30.0), "lossless, bit per pixel": (10.0, 9.75)}


def main(arguments: list[str] | None = None) -> int:
    options = parse(arguments)
    photos = pictures(options.photos, options.limit)
    lossy = lossy_report(photos, options)
    lossless = lossless_report(photos, options)
    figures = figures_of(lossy, lossless)
    text = markdown(lossy, lossless, figures, len(photos))
    print(text)
    if options.out:
        out = Path(options.out)
        out.parent.mkdir(parents=True, exist_ok=True)
        write_atomic(out, text.encode())
        values = {"figures": figures, "lossy": means(lossy), "lossless": means(lossless)}
        write_atomic(out.with_suffix(".json"), json.dumps(values, separators=(",", ":"), allow_nan=False).encode())
    missed = [f["what"] for f in figures if not f["met"]]
    if missed:
        print(f"missed: {', '.join(missed)}", file=sys.stderr)
    return 1 if options.check and missed else 0


def parse(arguments: list[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--photos", type=Path, help="a folder of pictures (default: Kodak in the shared data)")
    parser.add_argument("--limit", type=int, help="only the first N pictures")
    parser.add_argument("--profile", default="photo")
    parser.add_argument("--qualities", type=lambda s: [int(q) for q in s.split(",")], default=list(QUALITIES))
    parser.add_argument(
        "--peers", type=lambda s: [p for p in s.split(",") if p], help="names, comma separated; '' for none"
    )
    parser.add_argument("--threads", type=int, help="points side by side")
    parser.add_argument("--cache", type=Path, help="folder of the peers' points (default: the user's cache)")
    parser.add_argument(
        "--out", default=str(ROOT / "docs" / "benchmarks" / "rate_distortion.md"), help="'' writes nothing"
    )
    parser.add_argument("--html", help="also write the whole report as a page")
    parser.add_argument("--check", action="store_true", help="exit with 1 if a must is missed")
    return parser.parse_args(arguments)


def pictures(folder: Path | None, limit: int | None) -> list[Path]:
    """The pictures to compress; a message and exit code 2 where there are none."""
    if folder is None:
        roots = [Path(os.environ["VAERANS_SHARED"])] if "VAERANS_SHARED" in os.environ else []
        roots += [parent / "shared" for parent in ROOT.parents]
        folder = next((r / "data" / "kodak" for r in roots if (r / "data" / "kodak").is_dir()), None)
        if folder is None:
            sys.exit("Kodak not found: set VAERANS_SHARED to the folder that holds data/kodak, or pass --photos FOLDER")
    found = sorted(
        p for p in folder.iterdir() if p.suffix.lower() in (".png", ".jpg", ".jpeg", ".webp", ".tif", ".tiff")
    )
    return found[:limit] or sys.exit(f"no pictures in {folder}")


def lossy_report(photos: list[Path], options: argparse.Namespace) -> Report:
    return report(
        {options.profile: options.profile},
        photos,
        {"quality": options.qualities},
        out=options.html,
        peers=options.peers,
        threads=options.threads,
        cache_dir=options.cache,
        title=f"{options.profile} against the peers",
        embed_photos=3 if options.html else 0,
    )


def lossless_report(photos: list[Path], options: argparse.Namespace) -> Report:
    """Ours and the lossless peers, one point each."""
    ours = from_pipe(f"{options.profile} lossless", {"profile": options.profile}, {"lossless": [True]})
    present, _ = available([] if options.peers == [] else peers.LOSSLESS)
    codecs: dict[str, Codec] = {ours.name: ours, **{p.name: from_peer(p) for p in present}}
    made = report(codecs, photos, out=None, peers=(), threads=options.threads, cache_dir=options.cache, embed_photos=0)
    for row in made.data.rows:
        if row.error is None and not row.lossless:
            row.error = "not lossless"
    return made


def means(made: Report) -> dict[str, Any]:
    """The report without what is of single pictures: what a repository can keep. ``--html`` writes all of it."""
    values = made.to_dict()
    for name in ("rows", "trace", "histograms", "pictures"):
        del values[name]
    for name in ("curves", "bd_rate"):
        values[name] = [v for v in values[name] if v["photo"] is None]
    return values


def figures_of(lossy: Report, lossless: Report) -> list[dict[str, Any]]:
    """The figures with a must, as measured."""
    ours = next(c.name for c in lossy.data.codecs if c.kind == "pipe")
    bd = next((r.psnr for r in lossy.data.bd_rate if r.codec == ours and r.photo is None), None)
    rows = [r for r in lossless.data.rows if r.codec == f"{ours} lossless"]
    bpp = fmean(r.bpp for r in rows) if rows and all(r.error is None for r in rows) else None
    measured = dict(zip(MUSTS, (bd, bpp), strict=True))
    return [
        {"what": what, "measured": measured[what], "must": must, "aim": aim,
         "met": measured[what] is not None and measured[what] <= must}
        for what, (must, aim) in MUSTS.items()
    ]  # fmt: skip


def markdown(lossy: Report, lossless: Report, figures: list[dict[str, Any]], pictures: int) -> str:
    """The page: figures against their goals, BD-rates, the curve of ours, lossless sizes."""
    parts = [
        "# Rate and distortion",
        "",
        (
            f"Written by `make rd`; means over {pictures} pictures (Kodak unless others were named). Definitions: "
            "docs/metrics.md. Rate is the size of the whole file."
        ),
        "",
        table(["figure", "measured", "must", "aim"],
              [[f["what"], number(f["measured"], 2), f"<= {f['must']:g}", f"<= {f['aim']:g}"] for f in figures]),
        "## Lossy: BD-rate against progressive JPEG",
        "",
        bd_table(lossy),
        "## Lossy: the curves",
        "",
        curve_table(lossy),
        "## Lossless",
        "",
        lossless_table(lossless),
        "## Versions",
        "",
        table(["codec", "settings", "library"],
              [[c.name, c.settings, c.version] for r in (lossy, lossless) for c in r.data.codecs]),
        *(f"Skipped: {s.name}, {s.reason}." for s in lossy.data.skipped),
    ]  # fmt: skip
    return "\n".join(parts).rstrip() + "\n"


def bd_table(lossy: Report) -> str:
    rows = sorted((r for r in lossy.data.bd_rate if r.photo is None), key=lambda r: (r.psnr is None, r.psnr or 0))
    return table(["codec", "over PSNR, %", "over MS-SSIM, %", "note"],
                 [[r.codec, number(r.psnr, 1), number(r.ms_ssim, 1), r.note] for r in rows])  # fmt: skip


def curve_table(lossy: Report) -> str:
    rows = [
        [c.codec, p.point, number(p.bpp, 3), number(p.psnr, 2), number(p.ssim, 4), number(p.ms_ssim, 4)]
        for c in lossy.data.curves
        if c.photo is None
        for p in c.points
    ]
    return table(["codec", "point", "bpp", "PSNR, dB", "SSIM", "MS-SSIM"], rows)


def lossless_table(lossless: Report) -> str:
    groups: dict[tuple[str, str], list[Row]] = {}
    for row in lossless.data.rows:
        groups.setdefault((row.codec, row.point), []).append(row)
    rows = []
    for (codec, point), mine in groups.items():
        errors = [r.error for r in mine if r.error]
        rows.append([codec, point, errors[0] if errors else f"{fmean(r.bpp or 0 for r in mine):.3f}"])
    return table(["codec", "point", "bit per pixel"], rows)


def number(value: float | None, digits: int) -> str:
    return "not measured" if value is None else f"{value:.{digits}f}"


def table(head: list[str], rows: list[list[str]]) -> str:
    """A Markdown table, its cells escaped, with an empty line after it."""
    lines = [head, ["---"] * len(head), *rows]
    return "\n".join("| " + " | ".join(c.replace("|", "\\|") for c in line) + " |" for line in lines) + "\n"


if __name__ == "__main__":
    sys.exit(main())
