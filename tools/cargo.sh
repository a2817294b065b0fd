#!/usr/bin/env bash
# cargo, wherever it was installed.
set -euo pipefail
PATH="$HOME/.cargo/bin:$PATH"
export PATH
exec cargo "$@"
