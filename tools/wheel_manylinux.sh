#!/usr/bin/env bash
# A wheel that runs wherever glibc is 2.28 or later (manylinux_2_28), built on any Linux: Zig links against that glibc.
set -euo pipefail
cd "$(dirname "$0")/.."
py=$PWD/.venv/bin/python
$py -m pip install --quiet --disable-pip-version-check ziglang==0.17.1
zig=$($py -c 'import os, ziglang; print(os.path.dirname(ziglang.__file__))')
PATH="$zig:$PATH" CARGO_TARGET_DIR=build/zig-target \
  tools/cargo.sh --with "$py" -m maturin build --release --zig --compatibility manylinux_2_28 --out dist
