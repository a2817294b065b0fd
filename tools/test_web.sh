#!/usr/bin/env bash
# What front-end developers install: types, the API in Node, then the packed tarball in browsers, bundlers and run times.
# tools/test_web.sh NAME...: the files web/test/browsers/NAME.test.mjs alone.
set -euo pipefail
cd "$(dirname "$0")/.."
. tools/node_env.sh
stage() { tools/stage.sh "npm package: $1" "${@:2}"; }

browser_tests() {
  local name
  for name in "$@"; do
    stage "$name" node --test --test-reporter=dot "web/test/browsers/$name.test.mjs"
  done
}

# The harness goes first: when it does not work, nothing does.
browser_test_names() {
  echo smoke
  basename -a -s .test.mjs web/test/browsers/*.test.mjs | grep -vx smoke
}

if [ $# -gt 0 ]; then
  browser_tests "$@"
  exit
fi
# Small networks, compiled by the Python package, with what they give: VAERANS_PYTHON is a Python that has it, in place of .venv.
stage "networks for the tests" "${VAERANS_PYTHON:-.venv/bin/python}" tests/nn/web_fixtures.py web/build/nn
stage "photos for the tests" "${VAERANS_PYTHON:-.venv/bin/python}" tests/photo/web_fixtures.py web/build/photo
stage "files of the learned codec for the tests" "${VAERANS_PYTHON:-.venv/bin/python}" tests/nn/vae_fixtures.py web/build/vae
stage "exported folders for the tests" "${VAERANS_PYTHON:-.venv/bin/python}" tests/nn/folder_fixtures.py web/build/folders
stage types npm --prefix web run --silent check
tools/npm_ci.sh web/test/types
stage "types, several releases of TypeScript" node --test --test-reporter=dot web/test/types/types.test.mjs
stage "in Node" npm --prefix web test --silent
stage "some of onnx's cases in wasm" tools/conformance_web.sh quick
stage "browsers, test packages" tools/browsers.sh
stage parity tools/parity_web.sh
mapfile -t names < <(browser_test_names)
browser_tests "${names[@]}"
