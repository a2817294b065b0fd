#!/usr/bin/env bash
# The engine's files for pages, in the Python package (python/vaerans_ecs/wasm/runtime): from the modules in web/build/wasm. Wheels and
# sdists carry them; `vaerans export` copies them beside a network.
set -euo pipefail
cd "$(dirname "$0")/.."
. tools/node_env.sh
tools/npm_ci.sh web
out=python/vaerans_ecs/wasm/runtime
node web/build.mjs --networks --out "$out"
(cd "$out" && find . -type f ! -name manifest.json -exec cat {} + | wc -c | xargs printf 'engine for pages: %d bytes in ')
find "$out" -type f ! -name manifest.json | wc -l | xargs printf '%d files; '
tar -c -C "$out" . | gzip -9 | wc -c | xargs printf 'a wheel grows by about %d\n'
