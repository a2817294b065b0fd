#!/usr/bin/env bash
# tools/fuzz.sh SECONDS [TARGET...]: runs every fuzz target (or those named) that long, with AddressSanitizer and overflow checks.
# tools/fuzz.sh --minimise [TARGET...]: keeps of fuzz/corpus and fuzz/found the inputs that reach something no smaller one does, and
# packs them into fuzz/corpus.tar.gz, from which fuzz/corpus is unpacked where it is missing or older.
#
# VAERANS_FUZZ_CXX=1 also builds the C++ kernels, with AddressSanitizer where clang is there, and compares their answers with
# the reference's (a slow build). What a target finds lies in fuzz/artifacts/TARGET; mend it, keep the input as a test.
set -euo pipefail
cd "$(dirname "$0")/.."
seconds=${1:?usage: tools/fuzz.sh SECONDS|--minimise [TARGET...]}
shift
targets=("$@")
[ ${#targets[@]} -gt 0 ] || targets=(container rans photo roundtrip lossless screen picture plan predict)
limits=(-timeout=20 -rss_limit_mb=1024 -malloc_limit_mb=256)
archive=fuzz/corpus.tar.gz
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

# The folder's own time is that of its unpacking.
if [ -e $archive ] && { [ ! -d fuzz/corpus ] || [ $archive -nt fuzz/corpus ]; }; then
  rm -rf fuzz/corpus
  tar -xf $archive -C fuzz
  touch fuzz/corpus
fi

minimise() { # minimise TARGET: the corpus and what was found become the smallest corpus
  mkdir -p "fuzz/found/$1" "fuzz/corpus/$1"
  find "fuzz/found/$1" -type f -exec mv -t "fuzz/corpus/$1" {} +
  cargo +nightly fuzz cmin "${features[@]}" "$1" "fuzz/corpus/$1" -- "${limits[@]}" -verbosity=0
}

if [ "$seconds" = --minimise ]; then
  for target in "${targets[@]}"; do minimise "$target"; done
  # The same files give the same archive.
  tar --sort=name --mtime=@0 --owner=0 --group=0 --numeric-owner --mode=u=rwX,go=rX --format=gnu -C fuzz -c corpus | gzip -9n >$archive
  touch fuzz/corpus
  for target in "${targets[@]}"; do echo "$target: $(find "fuzz/corpus/$target" -type f | wc -l) inputs"; done
  echo "$archive: $(wc -c <$archive) bytes"
  exit
fi

for target in "${targets[@]}"; do
  echo "fuzz $target: $seconds s"
  # New inputs go to a folder of their own; the corpus is only read.
  mkdir -p "fuzz/found/$target" "fuzz/corpus/$target"
  cargo +nightly fuzz run "${features[@]}" "$target" "fuzz/found/$target" "fuzz/corpus/$target" -- \
    -max_total_time="$seconds" "${limits[@]}" -print_final_stats=1 -verbosity=1
done
