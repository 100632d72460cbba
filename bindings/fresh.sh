#!/usr/bin/env bash
# Are the generated bindings of the engine as it is now? A stale one is a failed build, not a crash on somebody's phone.
#
#   bindings/fresh.sh write STAMP    after the bindings were made
#   bindings/fresh.sh check STAMP    before something is built on them; fails when the engine's sources changed since
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

hash() { if command -v sha256sum >/dev/null; then sha256sum; else shasum -a 256; fi; }

sources() { # one hash over everything that the engine's library is made of
  {
    find core/src core/words bindings/src -type f
    printf '%s\n' Cargo.lock core/Cargo.toml bindings/Cargo.toml bindings/uniffi.toml
  } | LC_ALL=C sort | while read -r file; do
    printf '%s ' "$file"
    hash <"$file"
  done | hash
}

stamp=${2:?usage: bindings/fresh.sh write|check STAMP}
case ${1:-} in
  write)
    mkdir -p "$(dirname "$stamp")"
    sources >"$stamp"
    ;;
  check)
    [ "$(cat "$stamp" 2>/dev/null || true)" = "$(sources)" ] && exit 0
    # Xcode shows a line that begins so as the build's error.
    echo "error: the engine changed since its bindings were made; run bindings/build-ios.sh (on Linux: bindings/build-host.sh swift)" >&2
    exit 1
    ;;
  *)
    echo "usage: bindings/fresh.sh write|check STAMP" >&2
    exit 2
    ;;
esac
