#!/usr/bin/env bash
# Installs what the browser tests need: Chromium, Firefox and WebKitGTK with its driver through apt (as root, or with
# sudo), then the test packages of web/test/browsers. Says what cannot be had here; the tests of it skip then.
# Fast when everything is there.
set -euo pipefail
cd "$(dirname "$0")/.."

missing() { ! command -v "$1" >/dev/null 2>&1; }
has_minibrowser() { compgen -G '/usr/lib/*/webkit*gtk-*/MiniBrowser' >/dev/null; }
has_fonts() { [ -n "$(fc-list 2>/dev/null | head -1)" ]; }

# webkit_package: the newest libwebkit2gtk that apt knows, which brings MiniBrowser
webkit_package() {
  local name
  for name in libwebkit2gtk-4.1-0 libwebkit2gtk-4.0-37; do
    if [ -n "$(apt-cache policy "$name" | sed -n 's/ *Candidate: *\((none)\)*//p')" ]; then
      echo "$name"
      return
    fi
  done
}

install_browsers() {
  local packages=() as_root=()
  { missing chromium && missing chromium-browser && missing google-chrome; } && packages+=(chromium)
  { missing firefox-esr && missing firefox; } && packages+=(firefox-esr)
  missing WebKitWebDriver && packages+=(webkit2gtk-driver)
  has_minibrowser || packages+=(MiniBrowser)
  missing Xvfb && packages+=(xvfb)
  has_fonts || packages+=(fonts-dejavu-core)
  [ ${#packages[@]} -gt 0 ] || return 0
  if missing apt-get; then
    echo "browsers: cannot install ${packages[*]} here (no apt); their tests skip" >&2
    return 0
  fi
  if [ "$(id -u)" -ne 0 ]; then
    if missing sudo || ! sudo -n true 2>/dev/null; then
      echo "browsers: cannot install ${packages[*]} (neither root nor sudo without a password); their tests skip" >&2
      return 0
    fi
    as_root=(sudo)
  fi
  "${as_root[@]}" apt-get update -qq
  local package
  for package in "${packages[@]}"; do
    [ "$package" != MiniBrowser ] || package=$(webkit_package)
    DEBIAN_FRONTEND=noninteractive "${as_root[@]}" apt-get install -y -qq --no-install-recommends "$package" >/dev/null ||
      echo "browsers: apt does not have $package; its tests skip" >&2
  done
}

install_browsers
tools/npm_ci.sh web/test/browsers
