#!/usr/bin/env bash
# tools/fuzz.sh SECONDS [TARGET...]: runs every fuzz target (or those named) that long, with AddressSanitizer and overflow checks.
#
# VAERANS_FUZZ_CXX=1 also builds the C++ kernels, with AddressSanitizer where clang is there, and compares their answers with
# the reference's (a slow build). What a target finds lies in fuzz/artifacts/TARGET; mend it, keep the input as a test.
set -euo pipefail
cd "$(dirname "$0")/.."
seconds=${1:?usage: tools/fuzz.sh SECONDS [TARGET...]}
shift
targets=("$@")
[ ${#targets[@]} -gt 0 ] || targets=(container rans photo)
cargo() { tools/cargo.sh "$@"; }

if ! cargo +nightly --version >/dev/null 2>&1; then
  echo "fuzz.sh: needs rustup's nightly: rustup toolchain install nightly" >&2
  exit 3
fi
cargo fuzz --version >/dev/null 2>&1 || cargo install --quiet --locked cargo-fuzz

# Clang's ready-made libFuzzer, where it is there, saves compiling the one of the crate.
if [ -z "${CUSTOM_LIBFUZZER_PATH:-}" ]; then
  for library in /usr/lib/llvm-*/lib/clang/*/lib/linux/libclang_rt.fuzzer-"$(uname -m)".a; do
    [ ! -e "$library" ] || export CUSTOM_LIBFUZZER_PATH=$library
  done
fi

features=()
if [ -n "${VAERANS_FUZZ_CXX:-}" ]; then
  features=(--features cxx)
  clang=$(command -v clang++-19 || command -v clang++ || true)
  # The runtime is rustc's own: only the code is instrumented here.
  [ -z "$clang" ] || export CXX=$clang CXXFLAGS="-fsanitize=address -fno-omit-frame-pointer -g1"
fi

for target in "${targets[@]}"; do
  echo "fuzz $target: $seconds s"
  # New inputs go to a folder that git ignores; the committed corpus is only read.
  mkdir -p "fuzz/found/$target"
  cargo +nightly fuzz run "${features[@]}" "$target" "fuzz/found/$target" "fuzz/corpus/$target" -- \
    -max_total_time="$seconds" -timeout=20 -rss_limit_mb=1024 -malloc_limit_mb=256 -print_final_stats=1 -verbosity=1
done
