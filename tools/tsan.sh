#!/usr/bin/env bash
# ThreadSanitizer over the threaded parts of the core: pool, arena, world, pipes, tiles. The kernels are the Rust reference.
#
# The standard library must be instrumented too, so its sources are needed: rustup's nightly with rust-src, or Debian's
# rustc-web with rust-web-src, whose missing sanitizer runtime is taken from clang; apt installs them (docs/decisions/0006-thread-sanitizer.md).
set -euo pipefail
cd "$(dirname "$0")/.."
target=x86_64-unknown-linux-gnu
flags="-Zsanitizer=thread -Cdebuginfo=1"

has_source() { [ -e "$("$1" --print sysroot 2>/dev/null)/lib/rustlib/src/rust/library/core/src/lib.rs" ]; }

nightly=$("$HOME/.cargo/bin/rustup" which --toolchain nightly rustc 2>/dev/null || true)
if [ -n "$nightly" ] && has_source "$nightly"; then
  export RUSTC=$nightly
  cargo=$(dirname "$nightly")/cargo
elif command -v apt-get >/dev/null 2>&1; then
  tools/cross_tools.sh wasm # the same compilers
  clang=$(command -v clang-19 || command -v clang)
  runtime() { find "$("$clang" -print-resource-dir)" -name "libclang_rt.tsan*.a" | grep -q .; }
  runtime || tools/apt_install.sh libclang-rt-19-dev
  export RUSTC=/usr/bin/rustc RUSTC_BOOTSTRAP=1
  cargo=/usr/bin/cargo
  flags="$flags -Zexternal-clangrt -Clinker=$clang -Clink-arg=-fsanitize=thread"
else
  echo "tsan.sh: needs the standard library's sources: rustup component add rust-src --toolchain nightly" >&2
  exit 3
fi

export RUSTFLAGS=$flags TSAN_OPTIONS="${TSAN_OPTIONS:-halt_on_error=1}" VAERANS_ISA=reference
tests=("$cargo" test -Zbuild-std --target $target --target-dir target/tsan -p vaerans --no-default-features --features threads,full)
"${tests[@]}" --quiet --test threads
"${tests[@]}" --quiet --lib -- pool:: arena:: ecs:: scratch
echo "no data race found"
