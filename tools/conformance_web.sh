#!/usr/bin/env bash
# onnx's cases through the engine's wasm modules, in Node and in the browsers. tools/conformance_web.sh quick: in Node, those of a few
# operators. VAERANS_PYTHON is a Python that has vaerans_ecs, in place of .venv.
set -euo pipefail
cd "$(dirname "$0")/.."
. tools/node_env.sh
out=build/nn-cases
mkdir -p "$out"
if [ "${1:-}" = quick ]; then
  "${VAERANS_PYTHON:-.venv/bin/python}" tests/nn/write_cases.py "$out" conv
  VAERANS_ENGINES=Node node web/test/nn/conformance.mjs "$out"
else
  "${VAERANS_PYTHON:-.venv/bin/python}" tests/nn/write_cases.py "$out"
  tools/browsers.sh
  node web/test/nn/conformance.mjs "$out"
fi
