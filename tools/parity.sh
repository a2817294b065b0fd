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

# This machine: the reference, then every level of C++ it can run.
tools/cargo.sh build --quiet --release -p vaerans-parity
native=target/release/parity
for isa in $($native --list); do
  VAERANS_ISA=$isa $native >"$out/x86-$isa.txt"
done

( # ARM, emulated.
  . tools/cross_env.sh aarch64
  "$CARGO" build --quiet "${CARGO_FLAGS[@]}" --release -p vaerans-parity --bin parity
  arm=target/aarch64/aarch64-unknown-linux-gnu/release/parity
  for isa in reference neon; do
    VAERANS_ISA=$isa $CARGO_TARGET_AARCH64_UNKNOWN_LINUX_GNU_RUNNER $arm >"$out/arm-$isa.txt"
  done
)

for variant in wasm32 wasm32-simd128; do
  (
    . tools/cross_env.sh $variant
    "$CARGO" build --quiet "${CARGO_FLAGS[@]}" --release -p vaerans-parity --lib
    node tools/parity.mjs target/$variant/wasm32-unknown-unknown/release/vaerans_parity.wasm >"$out/$variant.txt"
  )
done

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
