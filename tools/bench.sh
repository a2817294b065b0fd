#!/usr/bin/env bash
# Speed tables, peers in the same run: runs every speed benchmark and gathers docs/benchmarks/speed.{md,json}.
set -euo pipefail
cd "$(dirname "$0")/.."
exec .venv/bin/python benches/speed/run.py "$@"
