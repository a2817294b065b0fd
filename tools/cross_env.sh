#!/usr/bin/env bash
# Sets the environment in which cargo builds for another target. Source it:
#
#   . tools/cross_env.sh wasm32            # wasm32-unknown-unknown, scalar
#   . tools/cross_env.sh wasm32-simd128    # the same with SIMD
#   . tools/cross_env.sh wasm32-relaxed    # with relaxed SIMD too
#   . tools/cross_env.sh wasm32-threads # with SIMD and shared memory: only where std is compiled on the spot
#   . tools/cross_env.sh aarch64           # aarch64-unknown-linux-gnu
#   "$CARGO" build "${CARGO_FLAGS[@]}" --release -p vaerans --no-default-features --features cxx,full
#   "$CARGO" test "${CARGO_FLAGS[@]}" --lib --tests -p vaerans-kernels     # runs in Node, or under QEMU
#
# It sets CARGO, CARGO_FLAGS (an array: --target, --target-dir, and -Z build-std where the target's libraries are compiled on the
# spot) and exports the rest. Which Rust is used is decided by whether it has the target's libcore: a rustup toolchain with
# the target added, else Debian's (rustc-web, cargo-web, rust-web-src) with -Z build-std. It returns 3 and says what to
# install if neither can do it. With VAERANS_BUILD_STD=1, and for wasm32-threads, the libraries are compiled on the spot always.
#
# The wasm variants have target folders of their own: other RUSTFLAGS would throw away each other's build. A second word after
# the target is added to the folder's name, for flags of the caller's own.

_cross_root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)

_cross_missing() {
  echo "cross_env.sh: $1" >&2
  return 3
}

# _cross_has_target RUSTC TARGET: does this compiler have the target's libcore?
_cross_has_target() {
  local libs
  libs=$("$1" --print target-libdir --target "$2" 2>/dev/null) && compgen -G "$libs/libcore-*.rlib" >/dev/null
}

# _cross_has_source RUSTC: does this compiler have the sources of the standard library?
_cross_has_source() {
  [ -e "$("$1" --print sysroot 2>/dev/null)/lib/rustlib/src/rust/library/core/src/lib.rs" ]
}

# _cross_rust TARGET [extra crate for build-std]: sets CARGO, RUSTC, CARGO_FLAGS.
_cross_rust() {
  local rustc cargo folder
  for folder in "$HOME/.cargo/bin" /usr/bin; do
    [ -z "${VAERANS_BUILD_STD:-}" ] || break
    rustc=$folder/rustc cargo=$folder/cargo
    if [ -x "$rustc" ] && [ -x "$cargo" ] && _cross_has_target "$rustc" "$1"; then
      export RUSTC=$rustc RUSTDOC=$folder/rustdoc CARGO=$cargo
      CARGO_FLAGS=(--target "$1")
      return 0
    fi
  done
  for folder in /usr/bin "$HOME/.cargo/bin"; do
    rustc=$folder/rustc cargo=$folder/cargo
    if [ -x "$rustc" ] && [ -x "$cargo" ] && _cross_has_source "$rustc"; then
      export RUSTC=$rustc RUSTDOC=$folder/rustdoc CARGO=$cargo RUSTC_BOOTSTRAP=1
      CARGO_FLAGS=(-Z build-std=std,panic_abort --target "$1")
      return 0
    fi
  done
  _cross_missing "no Rust for $1: 'rustup target add $1' and 'rustup component add rust-src', or Debian's packages rustc-web cargo-web rust-web-src"
}

_cross_tool() { # _cross_tool PACKAGE PROGRAM...: prints the first program that is there
  local package=$1 program
  shift
  for program in "$@"; do
    command -v "$program" && return 0
  done
  _cross_missing "none of the programs $* is there: install $package"
}

_cross_wasm32() { # _cross_wasm32 VARIANT FEATURES [PURPOSE]
  local target=wasm32-unknown-unknown linker
  _cross_rust $target || return
  _cross_tool "clang-19 llvm-19" clang++-19 clang++-20 clang++-18 clang++ >/dev/null || return
  # Without rustup the linker that Rust would bring is missing.
  if [ -n "${RUSTC_BOOTSTRAP:-}" ]; then
    linker=$(_cross_tool lld-19 wasm-ld-19 wasm-ld-20 wasm-ld-18 wasm-ld) || return
    export CARGO_TARGET_WASM32_UNKNOWN_UNKNOWN_LINKER=$linker
  fi
  export CMAKE_TOOLCHAIN_FILE_wasm32_unknown_unknown=$_cross_root/cmake/wasm32-toolchain.cmake
  export CARGO_TARGET_WASM32_UNKNOWN_UNKNOWN_RUNNER="node $_cross_root/tools/wasm_test_runner.mjs"
  export CARGO_TARGET_WASM32_UNKNOWN_UNKNOWN_RUSTFLAGS="-C target-feature=$2"
  CARGO_FLAGS+=(--target-dir "$_cross_root/target/$1${3:+-$3}")
}

_cross_wasm32_threads() { # simd128 over shared memory; the maximum is 2 GiB
  local VAERANS_BUILD_STD=1
  _cross_wasm32 wasm32-threads +simd128,+atomics,+bulk-memory,+mutable-globals,+sign-ext,+nontrapping-fptoint "$1" || return
  local argument
  for argument in shared-memory import-memory max-memory=2147483648 \
    export=__wasm_init_tls export=__tls_size export=__tls_align export=__tls_base; do
    CARGO_TARGET_WASM32_UNKNOWN_UNKNOWN_RUSTFLAGS+=" -C link-arg=--$argument"
  done
}

_cross_aarch64() {
  local target=aarch64-unknown-linux-gnu qemu
  _cross_rust $target || return
  _cross_tool g++-aarch64-linux-gnu aarch64-linux-gnu-g++ >/dev/null || return
  qemu=$(_cross_tool qemu-user-static qemu-aarch64-static qemu-aarch64) || return
  export CARGO_TARGET_AARCH64_UNKNOWN_LINUX_GNU_LINKER=aarch64-linux-gnu-gcc
  export CARGO_TARGET_AARCH64_UNKNOWN_LINUX_GNU_RUNNER="$qemu -L /usr/aarch64-linux-gnu"
  export CMAKE_TOOLCHAIN_FILE_aarch64_unknown_linux_gnu=$_cross_root/cmake/aarch64-toolchain.cmake
  CARGO_FLAGS+=(--target-dir "$_cross_root/target/aarch64")
}

unset RUSTC_BOOTSTRAP
case "${1:-}" in
  wasm32) _cross_wasm32 wasm32 +bulk-memory,+mutable-globals,+sign-ext,+nontrapping-fptoint "${2:-}" ;;
  wasm32-simd128) _cross_wasm32 wasm32-simd128 +simd128,+bulk-memory,+mutable-globals,+sign-ext,+nontrapping-fptoint "${2:-}" ;;
  wasm32-relaxed) _cross_wasm32 wasm32-relaxed +simd128,+relaxed-simd,+bulk-memory,+mutable-globals,+sign-ext,+nontrapping-fptoint "${2:-}" ;;
  wasm32-threads) _cross_wasm32_threads "${2:-}" ;;
  aarch64) _cross_aarch64 ;;
  *) _cross_missing "which target? wasm32, wasm32-simd128 or aarch64" ;;
esac
