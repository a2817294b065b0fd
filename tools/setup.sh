#!/usr/bin/env bash
# Installs what is missing: compilers through apt (as root, or with sudo), Python packages into .venv.
set -euo pipefail
cd "$(dirname "$0")/.."

missing() { ! command -v "$1" >/dev/null 2>&1; }

packages=()
missing cmake && packages+=(cmake)
missing make && packages+=(make)
{ missing c++ && missing g++ && missing clang++; } && packages+=(g++)
missing git && packages+=(git)
missing python3 && packages+=(python3 python3-dev)
python3 -c 'import venv, ensurepip' 2>/dev/null || packages+=(python3-venv)
tools/cargo.sh --find >/dev/null || packages+=(cargo-web rustc-web rustfmt-web rust-web-clippy)
[ ${#packages[@]} -eq 0 ] || tools/apt_install.sh "${packages[@]}"

# What only lint needs does not hold up a build: lint says itself what is missing.
lints() { tools/cargo.sh fmt --version && tools/cargo.sh clippy --version; }
add_lints() {
  case "$(tools/cargo.sh --find)" in
    /usr/bin)
      local names=(rustfmt rust-clippy)
      ! dpkg -s rustc-web >/dev/null 2>&1 || names=(rustfmt-web rust-web-clippy)
      tools/apt_install.sh "${names[@]}"
      ;;
    *) tools/cargo.sh --with rustup component add rustfmt clippy ;;
  esac
}
lints >/dev/null 2>&1 || add_lints || echo "setup: no rustfmt or no clippy: 'make lint' will fail" >&2

python=${PYTHON:-python3}
"$python" -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "setup: Python 3.11 or later is needed" >&2; exit 1; }
[ -x .venv/bin/python ] || "$python" -m venv .venv
.venv/bin/python -m pip install --quiet --disable-pip-version-check -r requirements/dev.txt
