#!/usr/bin/env bash
# Formatting, lints, types, and the layers of the house. What is missing fails: a check that did not run has found nothing.
set -euo pipefail
cd "$(dirname "$0")/.."
py=.venv/bin

# need NAME HOW-TO-GET-IT COMMAND...: fails unless the command runs.
need() {
  "${@:3}" >/dev/null 2>&1 && return
  echo "lint: $1 is missing: run 'make setup', or $2" >&2
  exit 1
}
need rustfmt "'rustup component add rustfmt', or install Debian's rustfmt-web (rustfmt beside rustc)" tools/cargo.sh fmt --version
need clippy "'rustup component add clippy', or install Debian's rust-web-clippy (rust-clippy beside rustc)" \
  tools/cargo.sh clippy --version
need clang-format "'pip install' what requirements/dev.txt names into .venv" $py/clang-format --version

$py/python tools/check_layers.py
tools/cargo.sh fmt --all --check
for alone in fuzz tools/bindgen benches/web/kernels; do tools/cargo.sh fmt --manifest-path $alone/Cargo.toml --check; done
tools/cargo.sh clippy --workspace --all-targets --quiet -- -D warnings
# The fuzz targets are a workspace of their own. Nothing is linked here, so libFuzzer itself need not be built.
CUSTOM_LIBFUZZER_PATH=/unused/libfuzzer.a tools/cargo.sh clippy --manifest-path fuzz/Cargo.toml --all-targets \
  --target-dir target/fuzz --locked --quiet -- -D warnings
find cpp -name '*.cc' -o -name '*.h' | xargs $py/clang-format --dry-run -Werror
$py/ruff check --quiet python tests tools benches
$py/ruff format --check --quiet python tests tools benches
$py/mypy
$py/python tools/gen --check
