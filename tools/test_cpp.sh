#!/usr/bin/env bash
# Builds the kernels and their C++ harness with AddressSanitizer and UBSan and runs it on every instruction set.
set -euo pipefail
cd "$(dirname "$0")/.."
cmake -S cpp -B build/cpp-sanitize -DCMAKE_BUILD_TYPE=RelWithDebInfo -DVAERANS_SANITIZE=ON -DVAERANS_TESTS=ON >/dev/null
cmake --build build/cpp-sanitize --parallel "$(nproc 2>/dev/null || echo 2)" >/dev/null
ctest --test-dir build/cpp-sanitize --output-on-failure
