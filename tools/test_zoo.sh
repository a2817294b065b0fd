#!/usr/bin/env bash
# Real networks through the engine, natively and in Node, against ONNX Runtime. tools/test_zoo.sh WORD...: those whose names have a word.
# VAERANS_PYTHON is a Python that has vaerans_ecs, in place of .venv; VAERANS_SHARED the folder with models.
set -euo pipefail
cd "$(dirname "$0")/.."
. tools/node_env.sh
"${VAERANS_PYTHON:-.venv/bin/python}" tests/zoo "$@"
