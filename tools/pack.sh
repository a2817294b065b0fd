#!/usr/bin/env bash
# Builds web/dist from the modules in web/build/wasm and packs it: web/vaerans-VERSION.tgz.
set -euo pipefail
cd "$(dirname "$0")/.."
. tools/node_env.sh
tools/npm_ci.sh web
cd web
node build.mjs
rm -f vaerans-*.tgz
npm pack --silent
