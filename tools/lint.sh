#!/usr/bin/env bash
# Formatting, lints, types, and the layers of the house.
set -euo pipefail
cd "$(dirname "$0")/.."
py=.venv/bin
$py/python tools/check_layers.py
if tools/cargo.sh fmt --version >/dev/null 2>&1; then tools/cargo.sh fmt --all --check; else echo "rustfmt is not installed: skipped"; fi
if tools/cargo.sh clippy --version >/dev/null 2>&1; then
  tools/cargo.sh clippy --workspace --quiet -- -D warnings
else
  echo "clippy is not installed: skipped"
fi
$py/ruff check --quiet python tests tools benches
$py/ruff format --check --quiet python tests tools benches
$py/mypy
$py/python tools/gen_docs.py --check
