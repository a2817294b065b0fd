#!/usr/bin/env bash
# The packed package in Chromium against other codecs: tools/bench_web.sh [--only SECTION,...] [--check]. QUICK=1 takes a few minutes.
set -euo pipefail
cd "$(dirname "$0")/.."
. tools/node_env.sh
tools/browsers.sh
tools/npm_ci.sh benches/web
tools/npm_ci.sh benches/network/web # the peer of the learned codec
# Kernels alone, without and with SIMD.
mkdir -p benches/web/results/kernels
for variant in base:wasm32 simd:wasm32-simd128; do
  (
    . tools/cross_env.sh "${variant#*:}"
    "$CARGO" build --quiet "${CARGO_FLAGS[@]}" --release --locked --manifest-path benches/web/kernels/Cargo.toml
    cp "target/${variant#*:}/wasm32-unknown-unknown/release/vaerans_kernel_times.wasm" "benches/web/results/kernels/${variant%:*}.wasm"
  )
done
exec node benches/web/run.mjs "$@"
