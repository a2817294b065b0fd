#!/usr/bin/env bash
# The packed package in Chromium against other codecs: tools/bench_web.sh [--only SECTION,...] [--check]. QUICK=1 takes a few minutes.
set -euo pipefail
cd "$(dirname "$0")/.."
tools/browsers.sh
[ benches/web/package-lock.json -ot benches/web/node_modules/.installed ] || {
  npm --prefix benches/web ci --no-audit --no-fund --loglevel=error
  touch benches/web/node_modules/.installed
}
exec node benches/web/run.mjs "$@"
