"""Measures the network engine against its peers, natively and in the web; writes docs/benchmarks/networks.md.

    python benches/network/run.py [--homes native,node,chromium] [--only WORD] [--check]

QUICK=1 takes a minute and writes build/bench/networks/quick.md. A home that is left out keeps the figures of its last
run. With --check the exit status says whether every "must" holds.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
from collections.abc import Iterator
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path
from typing import Any

import native
import write_web
from models import GROUPS, OUT, ROOT, Model
from page import page, verdicts

QUICK = bool(os.environ.get("QUICK"))
WEB = Path(__file__).parent / "web"
HOMES = ("native", "node", "chromium")


def models(word: str) -> Iterator[Model]:
    """Those whose name has the word; of PyTorch's exporters one, if it is to be quick."""
    for group in GROUPS.values():
        for model in group():
            if word in model.name and not (QUICK and model.name.endswith(".trace")):
                yield model


def natively(word: str) -> dict[str, Any]:
    """The rows of this processor."""
    rows = []
    for row in native.measure(models(word), 0.3 if QUICK else 1.5):
        print(f"native: {row.name}: {row.fast:.3f} ms, peer {row.peer:.3f}, ratio {row.ratio:.2f}", flush=True)
        rows.append({**vars(row), "ratio": row.ratio})
    peer = f"ONNX Runtime {version('onnxruntime')}"
    return {"home": "Native, one thread", "about": f"{native.isa()}; {peer}, one thread", "rows": rows}


def in_web(home: str, word: str) -> dict[str, Any]:
    """The rows of Node, or of a page in Chromium."""
    folder, out = OUT / "web", OUT / f"{home}.raw.json"
    done = folder / "done"
    # What an earlier state of the scripts wrote may lack what is measured now.
    changed = max(path.stat().st_mtime for path in Path(__file__).parent.glob("*.py"))
    if not done.exists() or done.stat().st_mtime < changed:
        write_web.main(folder)
        done.touch()
    command = ["node", WEB / "run.mjs", folder, out, "--homes", home, "--only", word]
    subprocess.run(command, cwd=ROOT, check=True)
    (found,) = json.loads(out.read_text())
    packages = json.loads((WEB / "package-lock.json").read_text())["packages"]
    names = ("onnxruntime-web", "@tensorflow/tfjs-backend-wasm")
    ort, tfjs = (packages[f"node_modules/{name}"]["version"] for name in names)
    peers = f"onnxruntime-web {ort}, its wasm provider; tfjs-wasm {tfjs}, its file with SIMD and without threads"
    return {**found, "about": f"one thread on each side, no copy to a worker; {peers}"}


def main() -> int:
    """Command line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--homes", default=",".join(HOMES))
    parser.add_argument("--only", default="")
    parser.add_argument("--check", action="store_true")
    args = parser.parse_args()
    OUT.mkdir(parents=True, exist_ok=True)
    kept = {home: OUT / f"{'quick-' if QUICK else ''}{home}.json" for home in HOMES}
    for home in args.homes.split(","):
        found = natively(args.only) if home == "native" else in_web(home, args.only)
        found["date"] = datetime.now(UTC).date().isoformat()
        kept[home].write_text(json.dumps(found, indent=1))
    tables = [json.loads(path.read_text()) for path in kept.values() if path.exists()]
    text = page(tables)
    out = OUT / "quick.md" if QUICK or args.only else ROOT / "docs" / "benchmarks" / "networks.md"
    out.write_text(text)
    print(text)
    missed = [what for table in tables for what, reached in verdicts(table) if reached == "MISSED"]
    print(f"{len(missed)} musts missed" + "".join(f"\n  {what}" for what in missed))
    return int(bool(missed) and args.check)


if __name__ == "__main__":
    sys.exit(main())
