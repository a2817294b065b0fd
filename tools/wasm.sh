#!/usr/bin/env bash
# tools/wasm.sh [NAME-VARIANT...]: the wasm modules of the npm package, in web/build/wasm (all, or those named).
#
# NAME: decoder, encoder, pipe (without threads). VARIANT: base (no SIMD), simd (simd128), threads (simd128 over shared memory).
# What was built from the same sources is kept.
set -euo pipefail
cd "$(dirname "$0")/.."
out=web/build/wasm
mkdir -p "$out"
modules=("$@")
[ ${#modules[@]} -gt 0 ] || modules=({decoder,encoder}-{simd,base,threads} pipe-{simd,base})

[ -x web/node_modules/.bin/wasm-opt ] || npm --prefix web ci --silent --no-audit --no-fund
bindgen=build/bindgen-target/release/vaerans-bindgen
[ -x $bindgen ] || tools/cargo.sh build --quiet --release --locked --manifest-path tools/bindgen/Cargo.toml --target-dir build/bindgen-target

declare -A target=([base]=wasm32 [simd]=wasm32-simd128 [threads]=wasm32-threads)
# What an engine of that variant has; wasm-opt may use no more.
common=(--enable-bulk-memory --enable-mutable-globals --enable-sign-ext --enable-nontrapping-float-to-int)
declare -A shared=([base]="" [simd]="" [threads]=,threads)
declare -A engine=([base]="" [simd]=--enable-simd [threads]="--enable-simd --enable-threads")

for module in "${modules[@]}"; do
  name=${module%-*} variant=${module#*-}
  (
    . tools/cross_env.sh "${target[$variant]}" pack
    # A module of one profile does without the reference of its kernels.
    [ "$name" = pipe ] || export VAERANS_SMALL=1
    # Where the standard library is compiled too, a panic is a trap: its messages are a third of a small module.
    if [ -n "${RUSTC_BOOTSTRAP:-}" ]; then
      export CARGO_TARGET_WASM32_UNKNOWN_UNKNOWN_RUSTFLAGS+=" -Zunstable-options -Cpanic=immediate-abort"
    fi
    "$CARGO" build --quiet "${CARGO_FLAGS[@]}" --profile wasm -p vaerans-wasm --no-default-features --features "$name${shared[$variant]}"
    built=target/${target[$variant]}-pack/wasm32-unknown-unknown/wasm/vaerans_wasm.wasm
    $bindgen "$built" "$out" "$module"
    echo "$module: the largest functions"
    node tools/wasm_largest.mjs "$out/${module}_bg.wasm" 10 | c++filt
    web/node_modules/.bin/wasm-opt "${common[@]}" ${engine[$variant]} -Oz --strip-debug --strip-producers "$out/${module}_bg.wasm" -o "$out/$module.wasm"
    rm -f "$out/${module}_bg.wasm" "$out/${module}_bg.wasm.d.ts"
  )
done
