#!/usr/bin/env bash
# tools/apt_install.sh PACKAGE...: installs through apt, as root or with sudo; elsewhere says what to install, and fails.
set -euo pipefail
if ! command -v apt-get >/dev/null 2>&1; then
  echo "please install: $*" >&2
  exit 1
fi
as_root=""
[ "$(id -u)" -eq 0 ] || as_root="sudo"
$as_root apt-get update -qq
DEBIAN_FRONTEND=noninteractive $as_root apt-get install -y -qq --no-install-recommends "$@" >/dev/null
