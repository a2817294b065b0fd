#!/usr/bin/env bash
# The network engine against its peers: tools/bench_nn.sh [--homes native,node,chromium] [--only WORD] [--check]. QUICK=1: a look.
set -euo pipefail
cd "$(dirname "$0")/.."
. tools/node_env.sh
tools/browsers.sh
tools/npm_ci.sh benches/network/web
exec "${VAERANS_PYTHON:-.venv/bin/python}" benches/network/run.py "$@"
