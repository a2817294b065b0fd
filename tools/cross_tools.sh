#!/usr/bin/env bash
# tools/cross_tools.sh wasm|aarch64...: installs what tools/cross_env.sh needs to build for these targets, and to run there.
# Fast when everything is there.
set -euo pipefail
cd "$(dirname "$0")/.."

missing() { # missing PROGRAM...: is none of them there?
  local program
  for program in "$@"; do ! command -v "$program" >/dev/null 2>&1 || return 1; done
}
cannot() { ! bash -c ". tools/cross_env.sh $1" >/dev/null 2>&1; }

packages=()
for target in "$@"; do
  case "$target" in
    wasm)
      missing clang++-19 clang++ && packages+=(clang-19 lld-19 llvm-19)
      missing wasm-ld-19 wasm-ld && packages+=(lld-19)
      missing c++filt && packages+=(binutils)
      # Its own standard library: the modules are compiled with it (tools/wasm.sh).
      VAERANS_BUILD_STD=1 cannot wasm32 && packages+=(rustc-web cargo-web rust-web-src)
      ;;
    aarch64)
      missing aarch64-linux-gnu-g++ && packages+=(g++-aarch64-linux-gnu)
      missing qemu-aarch64-static qemu-aarch64 && packages+=(qemu-user-static)
      cannot aarch64 && packages+=(rustc-web cargo-web rust-web-src)
      ;;
    *) echo "cross_tools.sh: wasm or aarch64, not $target" >&2; exit 2 ;;
  esac
done
[ ${#packages[@]} -eq 0 ] || tools/apt_install.sh "${packages[@]}"
