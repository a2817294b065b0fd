#!/usr/bin/env bash
# What users install: the sdist builds alone, its wheel works in a clean environment, the crates package whole.
set -euo pipefail
cd "$(dirname "$0")/.."
root=$PWD
py=$root/.venv/bin/python
work=$root/build/package
rm -rf "$work"
mkdir -p "$work"

tools/cargo.sh --with $py -m maturin sdist --out "$work"
sdist=$(ls "$work"/*.tar.gz)
# Outside the repository, so that nothing but the sdist's own files can help it.
outside=$(mktemp -d)
trap 'rm -rf "$outside"' EXIT
cp "$sdist" "$outside/"
cd "$outside"
# What it depends on was built for this profile already.
CARGO_TARGET_DIR="$root/target" "$root/tools/cargo.sh" --with $py -m pip wheel --quiet --no-deps --wheel-dir "$outside" "$outside"/*.tar.gz
$py -m venv clean
clean/bin/python -m pip install --quiet --disable-pip-version-check "$outside"/*.whl pillow
$py "$root/tools/model_size.py" "$outside"/*.whl "$outside"/*.tar.gz
clean/bin/python "$root/tools/smoke.py"
clean/bin/python "$root/tools/smoke_vae.py"
clean/bin/python "$root/tools/smoke_export.py"
clean/bin/vaerans --help >/dev/null
cd "$root"

# cargo keeps what it unpacked and what it built of a crate by name and version: of ours, with the same version, it would verify the next
# crate against an earlier run.
rm -rf build/crate-target/debug/.fingerprint/vaerans-*
rm -rf "${CARGO_HOME:-$HOME/.cargo}"/registry/{src,cache}/*/vaerans{,-kernels,-vae}-[0-9]*
dirty=""
[ -z "$(git status --porcelain 2>/dev/null)" ] || dirty="--allow-dirty"
tools/cargo.sh package --quiet $dirty -p vaerans-kernels -p vaerans -p vaerans-vae --target-dir build/crate-target
wc -c <build/crate-target/package/vaerans-vae-*.crate | xargs printf 'crate vaerans-vae: %d bytes\n'
echo "wheel, sdist and crates are whole"
