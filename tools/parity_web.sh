#!/usr/bin/env bash
# Python's bytes and pixels from every wasm module of the packed npm package, in every engine: writes a corpus with what the
# native core makes of it, then has the package make the same in browsers and run times.
# VAERANS_PYTHON is a Python that has vaerans_ecs, in place of .venv; VAERANS_ENGINES=word picks the engines with that word.
set -euo pipefail
cd "$(dirname "$0")/.."
out=build/parity-web
rm -rf "$out"
mkdir -p "$out"
[ -n "${VAERANS_PYTHON:-}" ] || make --no-print-directory setup
"${VAERANS_PYTHON:-.venv/bin/python}" tests/parity/write.py "$out"
tar -xzf web/vaerans-[0-9]*.tgz -C "$out"
tools/browsers.sh
node web/test/parity/run.mjs "$out"
