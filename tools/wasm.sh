#!/usr/bin/env bash
# tools/wasm.sh [NAME-VARIANT...]: the wasm modules of the npm package, in web/build/wasm (all, or those named).
#
# NAME: decoder, encoder, engine, pipe, learned, vae and vaeencoder (without threads), reader (simd alone: Node has it). VARIANT: base (no SIMD), simd (simd128),
# threads (simd128 over shared memory); of the engine also relaxed (relaxed SIMD) and extra: a supplement to simd and relaxed, with the
# operators that few networks have, over their memory.
# What was built from the same sources is kept. Their sizes are those of the package: tools/pack.sh tells them, and fails over the budget.
set -euo pipefail
cd "$(dirname "$0")/.."
out=web/build/wasm
logs=build/wasm-logs
mkdir -p "$out" "$logs"
modules=("$@")
[ ${#modules[@]} -gt 0 ] || modules=({decoder,encoder,engine}-{simd,base,threads} engine-{relaxed,extra} {pipe,learned,vae,vaeencoder}-{simd,base} reader-simd)

. tools/node_env.sh
tools/cross_tools.sh wasm
# The standard library is compiled with the modules: without the messages of its panics, and for shared memory.
export VAERANS_BUILD_STD=1
tools/npm_ci.sh web
# Not a release build: it takes a minute less, and writes a module's glue in a second.
bindgen=build/bindgen-target/debug/vaerans-bindgen
tools/cargo.sh build --quiet --locked --manifest-path tools/bindgen/Cargo.toml --target-dir build/bindgen-target

declare -A target=([base]=wasm32 [simd]=wasm32-simd128 [extra]=wasm32-simd128 [relaxed]=wasm32-relaxed [threads]=wasm32-threads)
# What an engine of that variant has; wasm-opt may use no more.
common=(--enable-bulk-memory --enable-mutable-globals --enable-sign-ext --enable-nontrapping-float-to-int)
declare -A engine=([wasm32]="" [wasm32-simd128]=--enable-simd [wasm32-relaxed]="--enable-simd --enable-relaxed-simd" [wasm32-threads]="--enable-simd --enable-threads")
# What a variant has beside the part of its name.
declare -A more=([threads]=,threads [engine-base]=,rare [engine-threads]=,rare)
# The supplement's stack and constants lie between the engine's stack (the first MiB) and its constants; its functions behind those of the
# engine, in the same table.
mib=1048576
supplement_stack=$((mib + 65536)) supplement_end=$((mib + 262144))
declare -A linking=(
  [engine-simd]="global-base=$supplement_end export-table growable-table"
  [engine-relaxed]="global-base=$supplement_end export-table growable-table"
  [engine-extra]="global-base=$supplement_stack import-memory initial-memory=$supplement_end import-table table-base=2048"
)
# Constants of kernels stay where the compiler put them, before the loop: copied to where they are used, V8 loads them each time round, and
# rANS decode takes 1.3 times as long, colour 1.2 times. A whole photo hardly notices, and its modules are half a kilobyte smaller.
declare -A passes=([pipe]=--skip-pass=precompute-propagate)
# Hot loops are functions of their own (VAERANS_LOOP, docs/decisions/0008-cold-start.md): a function with one caller is not put back into it.
inlining=--one-caller-inline-max-function-size=40
# --reorder-functions-by-name puts what belongs together side by side: compressed, a module is a third of a percent smaller.

build_module() ( # build_module NAME VARIANT
  name=$1 variant=$2 module=$1-$2
  . tools/cross_env.sh "${target[$variant]}" pack
  # A module has all kernels that it calls, and does without their reference.
  export VAERANS_SMALL=1
  # What is small is put into its callers by LLVM, which counts bytes; before that it only makes them larger.
  export CARGO_TARGET_WASM32_UNKNOWN_UNKNOWN_RUSTFLAGS+=" -Zinline-mir=no"
  local std=optimize_for_size
  if "$RUSTC" -Zunstable-options -Cpanic=immediate-abort --print cfg >/dev/null 2>&1; then
    export CARGO_TARGET_WASM32_UNKNOWN_UNKNOWN_RUSTFLAGS+=" -Zunstable-options -Cpanic=immediate-abort"
  else
    std+=,panic_immediate_abort
  fi
  CARGO_FLAGS+=(-Z "build-std-features=$std")
  for argument in ${linking[$module]:-}; do
    CARGO_TARGET_WASM32_UNKNOWN_UNKNOWN_RUSTFLAGS+=" -C link-arg=--$argument"
  done
  built=target/${target[$variant]}-pack/wasm32-unknown-unknown/wasm
  if [ "$variant" = extra ]; then
    CARGO_TARGET_WASM32_UNKNOWN_UNKNOWN_RUSTFLAGS+=" -C link-arg=-zstack-size=$supplement_stack"
    "$CARGO" build --quiet "${CARGO_FLAGS[@]}" --profile wasm -p vaerans-supplement
    built+=/vaerans_supplement.wasm
  else
    "$CARGO" build --quiet "${CARGO_FLAGS[@]}" --profile wasm -p vaerans-wasm --no-default-features --features "$name${more[$variant]:-}${more[$module]:-}"
    built+=/vaerans_wasm.wasm
  fi
  # The same as last time: so is everything that is made of it.
  stamp=$(sha256sum "$built" "$bindgen" tools/wasm.sh web/package-lock.json | sha256sum)
  if [ ! -e "$out/$module.wasm" ] || [ "$stamp" != "$(cat "$logs/$module.stamp" 2>/dev/null)" ]; then
    if [ "$variant" = extra ]; then cp "$built" "$out/${module}_bg.wasm"; else $bindgen "$built" "$out" "$module"; fi
    node tools/wasm_largest.mjs "$out/${module}_bg.wasm" 10 | c++filt >"$logs/$module.largest"
    web/node_modules/.bin/wasm-opt "${common[@]}" ${engine[${target[$variant]}]} ${passes[$name]:-} -Oz --converge --low-memory-unused $inlining --reorder-functions-by-name --strip-debug --strip-producers "$out/${module}_bg.wasm" -o "$out/$module.wasm"
    rm -f "$out/${module}_bg.wasm" "$out/${module}_bg.wasm.d.ts"
    echo "$stamp" >"$logs/$module.stamp"
  fi
  echo "$module: the largest functions"
  cat "$logs/$module.largest"
)

# The targets have folders of their own and are built side by side: linking a module keeps one core busy, no more.
build_target() { # build_target TARGET: the modules for it that were asked for
  local module
  for module in "${modules[@]}"; do
    [ "${target[${module#*-}]}" != "$1" ] || build_module "${module%-*}" "${module#*-}"
  done
}

declare -A running
targets=(wasm32-simd128 wasm32 wasm32-relaxed wasm32-threads)
for one in "${targets[@]}"; do
  build_target "$one" >"$logs/$one.log" 2>&1 &
  running[$one]=$!
done
failed=""
for one in "${targets[@]}"; do
  wait "${running[$one]}" || failed+=" $one"
  cat "$logs/$one.log"
done
[ -z "$failed" ] || { echo "not built:$failed" >&2; exit 1; }
