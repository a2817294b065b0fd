#!/usr/bin/env bash
# The same bytes and the same pixels everywhere: runs one corpus of pipes on every instruction set of this CPU, on NEON
# under QEMU and on both wasm variants in Node, and compares the reports line by line.
set -euo pipefail
cd "$(dirname "$0")/.."
out=build/parity
rm -rf "$out"
mkdir -p "$out"

. tools/node_env.sh
tools/cross_tools.sh aarch64 wasm

native() { # This machine: the reference, then every level of C++ it can run.
  tools/cargo.sh build --quiet --release -p vaerans-parity
  local parity=target/release/parity isa
  for isa in $($parity --list); do
    VAERANS_ISA=$isa $parity >"$out/x86-$isa.txt"
  done
}

arm() { # ARM, emulated.
  . tools/cross_env.sh aarch64
  "$CARGO" build --quiet "${CARGO_FLAGS[@]}" --release -p vaerans-parity --bin parity
  local parity=target/aarch64/aarch64-unknown-linux-gnu/release/parity isa
  for isa in reference neon; do
    VAERANS_ISA=$isa $CARGO_TARGET_AARCH64_UNKNOWN_LINUX_GNU_RUNNER $parity >"$out/arm-$isa.txt"
  done
}

wasm() { # wasm VARIANT: in Node.
  . tools/cross_env.sh "$1"
  "$CARGO" build --quiet "${CARGO_FLAGS[@]}" --release -p vaerans-parity --lib
  node tools/parity.mjs "target/$1/wasm32-unknown-unknown/release/vaerans_parity.wasm" >"$out/$1.txt"
}

# Each has a target folder of its own, so that they are built and run side by side.
declare -A running
for job in native arm "wasm wasm32" "wasm wasm32-simd128"; do
  (set -euo pipefail; $job) &
  running[$job]=$!
done
broken=""
for job in "${!running[@]}"; do
  wait "${running[$job]}" || broken+=" ($job)"
done
[ -z "$broken" ] || { echo "parity: failed:$broken" >&2; exit 1; }

reference=$out/x86-reference.txt
lines=$(wc -l <"$reference")
[ "$lines" -gt 100 ] || { echo "parity: only $lines lines in the reference report" >&2; exit 1; }
if grep -q "not covered" "$reference"; then grep 'not covered' "$reference" >&2; exit 1; fi
failed=0
for report in "$out"/*.txt; do
  if cmp -s "$reference" "$report"; then
    echo "$(basename "$report" .txt): $lines lines equal"
  else
    failed=1
    echo "$(basename "$report" .txt): DIFFERS from the reference" >&2
    diff "$reference" "$report" | head -n 6 >&2 || true
  fi
done
for needed in x86-scalar arm-neon wasm32 wasm32-simd128; do
  [ -e "$out/$needed.txt" ] || { [ "$needed" = x86-scalar ] && [ "$(uname -m)" != x86_64 ]; } || { echo "parity: $needed is missing" >&2; failed=1; }
done
exit $failed
