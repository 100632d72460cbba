#!/usr/bin/env bash
# Builds the engine for this machine and generates the bindings from that very library.
#
# usage: bindings/build-host.sh [kotlin|swift]        kotlin when nothing is said
#
#   kotlin   android/bindings/target/generated-sources/uniffi/app/truckroll/{engine,core}/*.kt
#            library: target/host-bindings/libtruckroll_bindings.{so,dylib}
#   swift    ios/Sources/Technician/*.swift, ios/Sources/TechnicianFFI/{*.h,module.modulemap}
#            library: target/swift/libtruckroll_bindings.a, alone in its folder: beside a .so the linker takes that
#
# Generated code is never committed. It holds checksums of the library's functions, so a stale one fails when it is loaded:
# hence tests load a copy of the very library that it was made from, which no later build replaces.
#
# Besides it builds target/debug/truckroll, the server that the apps' tests talk to.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

language=${1:-kotlin}
target=${CARGO_TARGET_DIR:-target}
built=$target/debug
case $(uname -s) in
  Darwin) library=$built/libtruckroll_bindings.dylib ;;
  *) library=$built/libtruckroll_bindings.so ;;
esac

# All of the workspace with a test among the targets, as `cargo xtask test` builds it: a narrower selection has other
# features of dependencies, and Cargo would build most of them once more. A debug build, since only that can hold the store.
cargo build --quiet --workspace --lib --bin truckroll --bin uniffi-bindgen --bin uniffi-bindgen-swift --test seeds

# Replaces OUT by FRESH only when they differ, so that compilers have nothing to do when nothing changed.
replace() { # FRESH OUT
  if diff -rq "$1" "$2" >/dev/null 2>&1; then
    rm -rf "$1"
  else
    rm -rf "$2"
    mkdir -p "$(dirname "$2")"
    mv "$1" "$2"
  fi
}

made=$(mktemp -d)
trap 'rm -rf "$made"' EXIT
case $language in
  kotlin)
    mkdir -p "$target/host-bindings"
    cmp -s "$library" "$target/host-bindings/$(basename "$library")" || cp "$library" "$target/host-bindings/"
    "$built/uniffi-bindgen" generate --language kotlin --no-format --out-dir "$made/kotlin" "$library"
    replace "$made/kotlin" android/bindings/target/generated-sources/uniffi
    ;;
  swift)
    "$built/uniffi-bindgen-swift" --swift-sources "$library" "$made/Technician"
    "$built/uniffi-bindgen-swift" --headers --modulemap --module-name TechnicianFFI \
      --modulemap-filename module.modulemap "$library" "$made/TechnicianFFI"
    replace "$made/Technician" ios/Sources/Technician
    replace "$made/TechnicianFFI" ios/Sources/TechnicianFFI
    mkdir -p target/swift
    cmp -s "$built/libtruckroll_bindings.a" target/swift/libtruckroll_bindings.a ||
      cp "$built/libtruckroll_bindings.a" target/swift/
    bindings/fresh.sh write target/swift/engine.sha256
    ;;
  *)
    echo "usage: bindings/build-host.sh [kotlin|swift]" >&2
    exit 2
    ;;
esac
