#!/usr/bin/env bash
# Runs a command (default: cargo with these arguments) with a Rust toolchain that works in front of PATH:
# ~/.cargo/bin, what PATH has, or the distribution's in /usr/bin. `cargo.sh --with COMMAND ARGS...` runs another command.
set -euo pipefail
works() { [ -x "$1/cargo" ] && [ -x "$1/rustc" ] && "$1/cargo" --version >/dev/null 2>&1 && "$1/rustc" --version >/dev/null 2>&1; }
found=""
for folder in "$HOME/.cargo/bin" "$(dirname "$(command -v cargo 2>/dev/null || echo /usr/bin/cargo)")" /usr/bin; do
  if works "$folder"; then found=$folder; break; fi
done
if [ "${1:-}" = --find ]; then [ -n "$found" ] && echo "$found"; exit; fi
[ -n "$found" ] || { echo "no working Rust toolchain: run 'make setup', or see https://rustup.rs" >&2; exit 1; }
export PATH="$found:$PATH"
if [ "${1:-}" = --with ]; then shift; exec "$@"; fi
exec cargo "$@"
