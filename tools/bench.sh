#!/usr/bin/env bash
# Speed tables, peers in the same run: runs every speed benchmark and gathers docs/benchmarks/speed.{md,json}.
set -euo pipefail
cd "$(dirname "$0")/.."
# The peer of rANS; without it its rows are missing.
ldconfig -p 2>/dev/null | grep -q libhtscodecs.so.2 || tools/apt_install.sh libhtscodecs2 || echo "no libhtscodecs: rANS is measured without it" >&2
exec .venv/bin/python benches/speed/run.py "$@"
