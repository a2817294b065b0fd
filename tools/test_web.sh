#!/usr/bin/env bash
# What front-end developers install: types, the API in Node, then the packed tarball in browsers, bundlers and run times.
set -euo pipefail
cd "$(dirname "$0")/.."
(cd web && npx --no-install tsc --noEmit && npx --no-install attw --profile esm-only vaerans-*.tgz)
(cd web && NODE_OPTIONS=--test-reporter=dot npm test --silent)
tools/browsers.sh
tools/parity_web.sh
cd web/test/browsers
node --test --test-reporter=dot smoke.test.mjs
node --test --test-reporter=dot faults.test.mjs
node --test --test-reporter=dot img.test.mjs
node --test --test-reporter=dot sw.test.mjs
node --test --test-reporter=dot demo.test.mjs
node --test --test-reporter=dot readme.test.mjs
node --test --test-reporter=dot compat.test.mjs
