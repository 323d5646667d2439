#!/bin/sh
# Installs the Debian packages that tools/packages.txt lists and the system lacks.
#   tools/install.sh build|check [--no-install]
# build: what building and running needs; check: that and what the tests need. With --no-install it only says what is missing.
# Exit: 0 all there, 4 something is missing and may not or cannot be installed, 10 the installation failed.
set -eu
level=${1:?build or check}
refuse=${2:-}
list=$(dirname "$0")/packages.txt

installed() { [ "$(dpkg-query -W -f='${db:Status-Status}' "$1" 2>/dev/null)" = installed ]; }
known() { apt-cache show "$1" >/dev/null 2>&1; }

if ! command -v dpkg-query >/dev/null 2>&1; then
  echo "firstlight: this is not a Debian or Ubuntu system; install the counterparts of tools/packages.txt by hand" >&2
  exit 0
fi

missing=
reasons=
while read -r when names purpose; do
  case $when in build) ;; check) [ "$level" = check ] || continue ;; *) continue ;; esac
  found=
  for name in $(echo "$names" | tr '|' ' '); do
    if installed "$name"; then found=1; fi
  done
  [ -n "$found" ] && continue
  missing="$missing $names"
  reasons="$reasons
  $(printf '%-36s %s' "$names" "$purpose")"
done <"$list"
[ -n "$missing" ] || exit 0

echo "firstlight needs packages that are not installed:$reasons" >&2
if [ "$refuse" = --no-install ]; then
  echo "firstlight: --no-install was given; install them, or run again without it" >&2
  exit 4
fi
sudo=
if [ "$(id -u)" != 0 ]; then
  command -v sudo >/dev/null 2>&1 || { echo "firstlight: not root and no sudo; install them as root, then run again" >&2; exit 4; }
  sudo=sudo
fi
echo "firstlight: installing them with ${sudo:+sudo }apt-get" >&2
$sudo apt-get update -qq >&2 || { echo "firstlight: 'apt-get update' failed" >&2; exit 10; }
chosen=
for names in $missing; do
  pick=
  for name in $(echo "$names" | tr '|' ' '); do
    if [ -z "$pick" ] && known "$name"; then pick=$name; fi
  done
  [ -n "$pick" ] || { echo "firstlight: no package source offers $names" >&2; exit 10; }
  chosen="$chosen $pick"
done
# shellcheck disable=SC2086
$sudo env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq -o Dpkg::Use-Pty=0 --no-install-recommends $chosen >&2 ||
  { echo "firstlight: 'apt-get install' failed" >&2; exit 10; }
