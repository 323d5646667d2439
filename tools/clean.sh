#!/bin/sh
# What a fresh machine does: a minimal Debian or Ubuntu in a folder of its own (debootstrap), the committed tree in it, and there
# `./firstlight run scenarios/smoke` and `./check`. Run by ./check --clean.
#   tools/clean.sh [RELEASE]    bookworm when none is given; FIRSTLIGHT_CLEAN_LIMIT=SECONDS: after two hours it is given up
# Packages come from where this machine has its own (apt's sources, proxy and certificates). Everything is mounted in a mount
# namespace and runs in a process namespace that die with this script, however it ends: nothing of it can be left but the folder,
# which the script removes.
# Exit: 0 all passed, 1 something did not, 4 this machine cannot do it.
set -eu
source=$(cd "$(dirname "$0")/.." && pwd)
release=${1:-bookworm}
limit=${FIRSTLIGHT_CLEAN_LIMIT:-7200}
cannot() { printf 'clean: %s\n' "$*" >&2; exit 4; }
say() { printf '\n== clean: %s (%d s)\n' "$*" $(($(date +%s) - began)); }
began=$(date +%s)

# Inside the namespaces, as their first process; $1 is the root.
if [ "${1:-}" = --inside ]; then
  root=$2 release=$3 mirror=$4 components=$5
  say "the smallest $release, by debootstrap"
  debootstrap --variant=minbase --include=ca-certificates "$release" "$root" "$mirror" >"$root.log" 2>&1 || {
    tail -n 20 "$root.log" >&2
    cannot "debootstrap failed; its whole output is above. Does the package source of this machine offer $release?"
  }
  echo "deb $mirror $release $components" >"$root/etc/apt/sources.list"
  grep -ls '^ *Acquire' /etc/apt/apt.conf /etc/apt/apt.conf.d/* | while read -r file; do cp "$file" "$root/etc/apt/apt.conf.d/"; done
  for file in /etc/resolv.conf /etc/hosts; do [ ! -e "$file" ] || cp -L "$file" "$root$file"; done
  if [ -d /usr/local/share/ca-certificates ]; then
    cp -r /usr/local/share/ca-certificates "$root/usr/local/share/" && chroot "$root" update-ca-certificates >/dev/null 2>&1
  fi
  # Packages may not start services: the network is this machine's own.
  printf '#!/bin/sh\nexit 101\n' >"$root/usr/sbin/policy-rc.d"
  chmod +x "$root/usr/sbin/policy-rc.d"
  git clone -q "$source" "$root/srv/firstlight"
  mount -t proc proc "$root/proc"
  mkdir -p "$root/dev/shm"
  mount -t tmpfs -o mode=1777 shm "$root/dev/shm"
  # The names of proxies are the only thing of this machine's environment that goes in.
  set -- PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin HOME=/root LC_ALL=C.UTF-8 "TERM=${TERM:-dumb}"
  for name in http_proxy https_proxy no_proxy; do
    eval "value=\${$name:-}"
    [ -z "$value" ] || set -- "$@" "$name=$value"
  done
  in_root() { chroot "$root" env -i "$@"; }
  say "./firstlight run scenarios/smoke"
  in_root "$@" sh -c 'cd /srv/firstlight && exec ./firstlight run scenarios/smoke --color never' || exit 1
  if ! in_root "$@" apt-cache show clang-format-14 >/dev/null 2>&1; then
    echo "clean: $release has no clang-format-14: the format is not checked here"
    set -- "$@" FIRSTLIGHT_FORMAT=skip
  fi
  say "./check"
  in_root "$@" sh -c 'cd /srv/firstlight && exec ./check' || exit 1
  say "a fresh $release builds, runs and passes"
  exit 0
fi

case $release in *[!a-z0-9]*) cannot "'$release' is no release; expected a word like bookworm" ;; esac
[ "$(id -u)" = 0 ] || cannot "it needs root, for chroot and mount: sudo ./check --clean"
command -v debootstrap >/dev/null 2>&1 || cannot "debootstrap is not installed: apt-get install debootstrap"
[ -e "/usr/share/debootstrap/scripts/$release" ] || cannot "debootstrap knows no release '$release'; newer ones need a newer debootstrap"
# Whose release is it? Debian's and Ubuntu's scripts name their keyring.
case $(grep -o 'debian-archive\|ubuntu-archive' "/usr/share/debootstrap/scripts/$release" | head -n 1) in *ubuntu*) origin=Ubuntu components='main universe' ;; *) origin=Debian components=main ;; esac
mirror=$(apt-get indextargets --format '$(CREATED_BY) $(ORIGIN) $(COMPONENT) $(CODENAME) $(REPO_URI)' 2>/dev/null |
  awk -v o="$origin" '$1 == "Packages" && $2 == o && $3 == "main" && $4 !~ /-/ {print $5; exit}')
[ -n "$mirror" ] || cannot "no package source of this machine offers $origin (of $release); run 'apt-get update', or name a release of the one it has: --clean=RELEASE"
unshare --mount --pid --fork true 2>/dev/null || cannot "this system allows no mount and process namespaces (unshare)"
if [ -z "${http_proxy:-}" ]; then  # debootstrap does not read apt's
  eval "$(apt-config shell http_proxy Acquire::http::Proxy https_proxy Acquire::https::Proxy)"
  case ${http_proxy:-} in '' | DIRECT) unset http_proxy ;; *) export http_proxy ;; esac
  case ${https_proxy:-} in '' | DIRECT) unset https_proxy ;; *) export https_proxy ;; esac
fi

root=$(mktemp -d "${TMPDIR:-/var/tmp}/firstlight-clean-XXXXXX")
chmod 755 "$root"  # apt reads as a user of its own
child=
finish() {
  code=$?
  trap '' INT TERM HUP
  # timeout leads a process group of its own, with unshare, whose death is that of all processes in there; with them go the mounts.
  [ -z "$child" ] || { kill -KILL "-$child"; wait "$child"; } 2>/dev/null || true  # dash knows no --
  # --one-file-system: were anything still mounted there, it would not be emptied.
  rm -rf --one-file-system "$root" "$root.log" 2>/dev/null || { sleep 2; rm -rf --one-file-system "$root" "$root.log"; }
  exit "$code"
}
trap finish EXIT
trap 'exit 130' INT
trap 'exit 143' TERM HUP

echo "clean: $(git -C "$source" describe --always --tags) as a fresh $release builds and checks it, in $root; $limit s at most"
[ -z "$(git -C "$source" status --porcelain)" ] || echo "clean: what is not committed is not in it"
timeout --signal=KILL "$limit" unshare --mount --pid --fork --kill-child=KILL "$source/tools/clean.sh" --inside "$root" "$release" "$mirror" "$components" </dev/null &
child=$!
code=0
wait "$child" || code=$?
child=
[ "$code" != 137 ] || echo "clean: given up after $limit s (FIRSTLIGHT_CLEAN_LIMIT), or killed" >&2
[ "$code" -lt 128 ] || code=1
exit "$code"
