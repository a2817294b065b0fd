"""Runs every speed benchmark, peers in the same run, and writes docs/benchmarks/speed.md and .json.

    python benches/speed/run.py [--only rans,kernels,wavelet,applications,photo,learned] [--check]

With --check the exit status says whether every "must" holds.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import subprocess
import sys
from importlib.metadata import version
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[2]
OUT = ROOT / "build" / "bench"
sys.path.insert(0, str(Path(__file__).parent))


def cargo_bench(package: str, name: str) -> Any:
    """The JSON of a Rust benchmark."""
    path = OUT / f"{name}.json"
    command = [ROOT / "tools" / "cargo.sh", "bench", "--quiet", "-p", package, "--bench", name, "--", "--json", path]
    subprocess.run(command, cwd=ROOT, check=True)
    return json.loads(path.read_text())


def rans() -> list[dict[str, Any]]:
    """rANS against htscodecs (in Rust) and constriction (from Python)."""
    streams = ROOT / "target" / "streams"
    if not (streams / "W8.bin").exists():
        subprocess.run([sys.executable, ROOT / "tools" / "make_streams.py", streams], check=True)
    found = []
    isa = subprocess.run(
        [sys.executable, "-c", "from vaerans_ecs import _core; print(_core.build_info()['isa'])"],
        capture_output=True, text=True, check=True,
    ).stdout.strip()  # fmt: skip
    peer = "against htscodecs 32x16 AVX2"
    for r in cargo_bench("vaerans", "rans"):
        stream, over = r["stream"], r["over_percent"]
        if "table_bytes" in r:
            found.append({"what": f"latent of 24,576 symbols ({stream}): % over entropy", "value": over, "max": 0.5})
            found.append({"what": f"its table ({stream}), bytes", "value": r["table_bytes"], "aim": 100})
        elif r["setting"] == "Fast" and r["isa"] == isa:
            name = f"rANS fast {stream}"
            found.append({"what": f"{name}: % over entropy", "value": over, "max": 0.7, "aim": 0.5})
            if r["decode_ratio"] is not None:  # the peer is on this machine
                found.append({"what": f"{name}: decode {peer}", "value": r["decode_ratio"], "must": 1.0, "aim": 1.25})
                found.append({"what": f"{name}: encode {peer}", "value": r["encode_ratio"], "must": 1.0, "aim": 1.3})
    path = OUT / "entropy.json"
    subprocess.run([sys.executable, ROOT / "benches" / "speed" / "entropy.py", "--json", path], check=True)
    for r in json.loads(path.read_text()):
        if r["setting"] == "precise":
            name = f"rANS precise {r['stream']}"
            found.append({"what": f"{name}: % over entropy", "value": r["over_percent"], "max": 0.05})
            found.append({"what": f"{name}: decode against constriction, from Python", "value": r["decode_ratio"],
                          "must": 10, "aim": 20})  # fmt: skip
    return found


def kernels() -> list[dict[str, Any]]:
    """Memory-bound kernels against our own copy."""
    table = cargo_bench("vaerans-kernels", "roof")
    rows = table if isinstance(table, list) else table["rows"]
    share = [{"what": f"{r['name']}: share of our copy", "value": r["ratio"], "must": 0.7, "aim": 0.8} for r in rows]
    return [{**r, **({} if _has_must(r["what"]) else {"must": None})} for r in share]


def _has_must(what: str) -> bool:
    return any(word in what for word in ("hadamard", "ycocg", "color", "quantize", "dead_zone"))


def wavelet() -> list[dict[str, Any]]:
    """Wavelets against PyWavelets, called from Python with out=."""
    path = OUT / "wavelet.json"
    subprocess.run([sys.executable, ROOT / "benches" / "speed" / "wavelet.py", "--json", path], check=True)
    found = []
    for r in json.loads(path.read_text()):
        large = "4096" in r["what"]
        found.append({"what": f"{r['what']} against PyWavelets", "value": r["ratio"], "must": 20 if large else 8,
                      "aim": 30 if large else 10})  # fmt: skip
    return found


def applications() -> list[dict[str, Any]]:
    """What users wait for."""
    import applications as module

    return module.rows()


def photo() -> list[dict[str, Any]]:
    """The photo coder."""
    import photo as module

    return module.photo_rows()


def learned() -> list[dict[str, Any]]:
    """The learned codec."""
    import learned as module

    return module.rows()


def verdict(row: dict[str, Any]) -> str:
    """What a figure reached: aim, must, or neither."""
    value, must, most, aim = row["value"], row.get("must"), row.get("max"), row.get("aim")
    lower = most is not None or (must is None and aim is not None and row["what"].startswith("its table"))
    if aim is not None and (value <= aim if lower else value >= aim):
        return "aim"
    if most is not None:
        return "must" if value <= most else "MISSED"
    if must is not None:
        return "must" if value >= must else "MISSED"
    return ""


def page(rows: list[dict[str, Any]], about: dict[str, str]) -> str:
    """The table as Markdown."""
    lines = ["# Speed", "", "Peers in the same run, passes alternating, medians of ratios. Made by `make bench`.", ""]
    lines += [f"- {k}: {v}" for k, v in about.items()]
    lines += ["", "| what | figure | must | aim | reached |", "| --- | ---: | ---: | ---: | --- |"]
    for r in rows:
        bound = f"<= {r['max']}" if r.get("max") is not None else f">= {r['must']}" if r.get("must") is not None else ""
        lines.append(f"| {r['what']} | {r['value']:.3g} | {bound} | {r.get('aim', '')} | {verdict(r)} |")
    return "\n".join(lines) + "\n"


def cpu() -> str:
    """The processor's name."""
    try:
        text = Path("/proc/cpuinfo").read_text()
        return next(line.partition(":")[2].strip() for line in text.splitlines() if line.startswith("model name"))
    except (OSError, StopIteration):
        return platform.processor() or platform.machine()


def main() -> int:
    """Command line."""
    named = (rans, kernels, wavelet, applications, photo, learned)
    sections = {section.__name__: section for section in named}
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--only", default=",".join(sections))
    parser.add_argument("--check", action="store_true")
    args = parser.parse_args()
    OUT.mkdir(parents=True, exist_ok=True)
    rows = [row for name in args.only.split(",") for row in sections[name]()]
    names = ("numpy", "onnxruntime", "pillow", "PyWavelets", "constriction")
    about = {"cpu": f"{cpu()}, {os.cpu_count()} cores", "python": platform.python_version()}
    about |= {name: version(name) for name in names}
    folder = ROOT / "docs" / "benchmarks"
    folder.mkdir(parents=True, exist_ok=True)
    if set(args.only.split(",")) == set(sections):
        (folder / "speed.md").write_text(page(rows, about))
        (folder / "speed.json").write_text(json.dumps({"about": about, "rows": rows}, indent=1) + "\n")
    print(page(rows, about))
    missed = [r["what"] for r in rows if verdict(r) == "MISSED"]
    print(f"{len(missed)} musts missed" + "".join(f"\n  {m}" for m in missed))
    return int(bool(missed) and args.check)


if __name__ == "__main__":
    sys.exit(main())
