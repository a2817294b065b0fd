#!/usr/bin/env bash
# tools/npm_ci.sh FOLDER: the packages of its lock file; again only after a change of the lock.
set -euo pipefail
cd "$(dirname "$0")/.."
. tools/node_env.sh
folder=$1
[ "$folder/package-lock.json" -nt "$folder/node_modules/.installed" ] || exit 0
# Its driver is told which browser to use.
PUPPETEER_SKIP_DOWNLOAD=1 npm --prefix "$folder" ci --no-audit --no-fund --loglevel=error
touch "$folder/node_modules/.installed"
