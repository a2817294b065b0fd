#!/usr/bin/env bash
# Builds web/dist from the modules in web/build/wasm and packs it: web/vaerans-VERSION.tgz. Packs the trained model beside it:
# web/vaerans-vae-VERSION.tgz. tools/pack.sh --model: the model alone.
set -euo pipefail
cd "$(dirname "$0")/.."
. tools/node_env.sh
tools/npm_ci.sh web
cd web
if [ "${1:-}" != --model ]; then
  node build.mjs
  rm -f vaerans-[0-9]*.tgz
  npm pack --silent
fi
rm -f vaerans-vae-*.tgz
(cd vae && npm pack --silent --pack-destination ..)
node tools/model-sizes.mjs ../python/vaerans_ecs/data/vae
wc -c <"$(ls vaerans-vae-*.tgz)" | xargs printf 'its tarball has %d bytes\n'
