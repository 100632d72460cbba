#!/usr/bin/env bash
# Swift on a Linux machine that has none, without touching its system: a folder in the user's cache with
# Debian trixie's swiftlang in it, and commands run inside that folder. A Swift that is already on the PATH
# (6.0 or newer) is used as it is.
#
#   swift-on-linux.sh setup                      get Swift if it is missing (1 to 2 minutes, 2.5 GB)
#   swift-on-linux.sh run  PACKAGE CMD [args...] setup, then any command of the toolchain, in PACKAGE
#
# The package's git work tree (or PACKAGE itself, outside git) appears inside the root at the same path,
# so what SwiftPM builds lands in PACKAGE/.build here. Nothing stays mounted: mounts live in a private
# mount namespace. Where mounting is refused, proot does the same, about twice as slow.
#
# Environment:
#   SWIFT_ROOT   where the root lives (truckroll/swift-root in the user's cache folder)
#   SWIFT_SUITE  Debian suite that has swiftlang (trixie)
#   SWIFT_ENTER  auto | host | chroot | proot (auto)
#   SWIFT_BIND   more folders to show inside, separated by colons
set -euo pipefail

ROOT=${SWIFT_ROOT:-${XDG_CACHE_HOME:-$HOME/.cache}/truckroll/swift-root}
SUITE=${SWIFT_SUITE:-trixie}
ENTER=${SWIFT_ENTER:-auto}
# dash: /bin/sh for tools that SwiftPM may start; tzdata: Foundation's TimeZone
INCLUDE=swiftlang,libc6-dev,libstdc++-14-dev,bash,dash,coreutils,grep,sed,findutils,base-passwd,tzdata
STAMP="$SUITE $INCLUDE"

say() { printf 'swift-on-linux: %s\n' "$*" >&2; }
die() { say "$*"; exit 1; }

apt_update() { # patient with another apt's lock
  local try
  for try in $(seq 1 60); do
    apt-get -qq update && return 0
    say "apt-get update failed, try $try"
    sleep 5
  done
  return 1
}

apt_install() { # PACKAGE... : on the host; patient with another apt's locks
  local try
  for try in 1 2 3; do
    if [ -z "$(find /var/lib/apt/lists -maxdepth 1 -name '*Packages*' -print -quit)" ] || [ "$try" -gt 1 ]; then
      apt_update || return 1
    fi
    DEBIAN_FRONTEND=noninteractive apt-get -qq -y --no-install-recommends \
      -o DPkg::Lock::Timeout=300 install "$@" >/dev/null && return 0
    sleep 5
  done
  die "apt-get could not install: $*"
}

mirror() { # the URL that this machine's own release comes from; read, never written down
  local codename
  codename=$(. /etc/os-release && echo "$VERSION_CODENAME")
  apt-get indextargets --format '$(RELEASE)|$(COMPONENT)|$(REPO_URI)' 'Created-By: Packages' |
    awk -F'|' -v c="$codename" '$1 == c && $2 == "main" && !seen++ { print $3 }'
}

host_swift() { # is there a Swift 6 on the PATH already?
  [ "$ENTER" = auto ] || [ "$ENTER" = host ] || return 1
  command -v swift >/dev/null || return 1
  swift --version 2>/dev/null | grep -qE 'Swift version ([6-9]|[1-9][0-9])\.'
}

name_what_is_missing() { # ends the script where Swift can't be had without the user's help
  local -a missing=()
  [ "$(uname -s)" = Linux ] || die "this is for Linux; on macOS use Xcode (ios/README.md)"
  [ "$(id -u)" = 0 ] || missing+=("root rights (or no root and a Swift of your own)")
  command -v apt-get >/dev/null || missing+=("a Debian system with apt-get, to fetch Debian's swiftlang")
  [ "${#missing[@]}" = 0 ] && return 0
  say "no Swift 6.0 or newer on the PATH, and it can't be set up here. Missing:"
  printf '  - %s\n' "${missing[@]}" >&2
  die "either provide that, or install Swift 6 from swift.org so that 'swift' is on the PATH"
}

setup() {
  host_swift && { ENTER=host; return 0; }
  [ "$ENTER" != host ] || die "SWIFT_ENTER is host, but there is no Swift 6.0 or newer on the PATH"
  [ "$(cat "$ROOT/.swift-root" 2>/dev/null || true)" = "$STAMP" ] && return 0
  name_what_is_missing
  mkdir -p "$(dirname "$ROOT")"
  exec 9>"$ROOT.lock"
  flock 9
  [ "$(cat "$ROOT/.swift-root" 2>/dev/null || true)" = "$STAMP" ] && return 0
  local free_kb url start=$SECONDS
  free_kb=$(df --output=avail -k "$(dirname "$ROOT")" | tail -1)
  [ "$free_kb" -gt 5000000 ] || die "less than 5 GB free beside $ROOT"
  command -v mmdebstrap >/dev/null || apt_install mmdebstrap
  url=$(mirror)
  # indextargets names nothing before the first update
  [ -n "$url" ] || { apt_update && url=$(mirror); }
  [ -n "$url" ] || die "apt's configuration names no mirror for this release"
  say "making $ROOT ($SUITE with swiftlang)"
  rm -rf --one-file-system "$ROOT.new"
  # 'extract' unpacks the packages and runs none of their scripts: no mount and no chroot is needed here
  nice mmdebstrap --quiet --mode=root --variant=extract --include="$INCLUDE" \
    --aptopt='APT::Install-Recommends "false"' --aptopt='Acquire::Languages "none"' \
    --aptopt='Acquire::Check-Valid-Until "false"' --aptopt='Acquire::Retries "3"' \
    "$SUITE" "$ROOT.new" \
    "deb [signed-by=/usr/share/keyrings/debian-archive-keyring.gpg] $url $SUITE main" ||
    die "mmdebstrap failed"
  mkdir -p "$ROOT.new"/{proc,dev,tmp,root}
  chmod 1777 "$ROOT.new/tmp"
  [ -e "$ROOT.new/usr/bin/sh" ] || ln -s dash "$ROOT.new/usr/bin/sh"
  [ -e "$ROOT.new/usr/bin/swift" ] || ln -s ../libexec/swift/bin/swift "$ROOT.new/usr/bin/swift"
  [ -e "$ROOT.new/etc/passwd" ] || echo 'root:x:0:0:root:/root:/bin/bash' >"$ROOT.new/etc/passwd"
  [ -e "$ROOT.new/etc/group" ] || echo 'root:x:0:' >"$ROOT.new/etc/group"
  echo "$STAMP" >"$ROOT.new/.swift-root"
  rm -rf --one-file-system "$ROOT"
  mv "$ROOT.new" "$ROOT"
  exec 9>&-
  say "made $ROOT in $((SECONDS - start)) s, $(du -sh "$ROOT" | cut -f1)"
}

can_mount() {
  unshare --mount --propagation private mount -t tmpfs none "$ROOT/tmp" 2>/dev/null &&
    chroot "$ROOT" /usr/bin/true 2>/dev/null
}

enter() { # DIR CMD... : run CMD in DIR inside the root
  local dir=$1 top how=$ENTER b
  shift
  top=$(git -C "$dir" rev-parse --show-toplevel 2>/dev/null || echo "$dir")
  local -a binds=("$top") more=() inside
  IFS=: read -r -a more <<<"${SWIFT_BIND:-}"
  for b in "${more[@]}"; do binds+=("$(realpath "$b")"); done
  if [ "$how" = host ]; then (cd "$dir" && exec nice "$@"); return; fi
  if [ "$how" = auto ]; then if can_mount; then how=chroot; else how=proot; fi; fi
  inside=(/usr/bin/env -i HOME=/root LANG=C.UTF-8 TERM=dumb ${CI:+CI=$CI}
    PATH=/usr/libexec/swift/bin:/usr/bin:/usr/sbin
    bash -c 'cd "$0" && exec nice "$@"' "$dir" "$@")
  for b in "${binds[@]}"; do mkdir -p "$ROOT$b"; done
  case $how in
  chroot)
    # swift finds its own libraries through /proc/self/exe: without /proc nothing starts
    unshare --mount --propagation private bash -euc '
      root=$1 n=$2; shift 2
      mount -t proc proc "$root/proc" 2>/dev/null || mount --rbind /proc "$root/proc"
      mount --rbind /dev "$root/dev"
      for ((; n > 0; n--)); do mount --bind "$1" "$root$1"; shift; done
      exec chroot "$root" "$@"' enter "$ROOT" "${#binds[@]}" "${binds[@]}" "${inside[@]}"
    ;;
  proot)
    command -v proot >/dev/null || apt_install proot
    local -a flags=()
    for b in /proc /dev "${binds[@]}"; do flags+=(-b "$b"); done
    proot -r "$ROOT" "${flags[@]}" -w / "${inside[@]}"
    ;;
  *) die "SWIFT_ENTER is auto, host, chroot or proot" ;;
  esac
}

case ${1:-} in
setup) setup ;;
run)
  [ -d "${2:-}" ] || die "no folder '${2:-}'"
  setup
  pkg=$(realpath "$2")
  shift 2
  enter "$pkg" "$@" </dev/null
  ;;
*)
  sed -n '2,/^set -/{/^set -/d;s/^# \{0,1\}//;p}' "$0"
  exit 2
  ;;
esac
