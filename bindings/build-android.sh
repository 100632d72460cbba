#!/usr/bin/env bash
# Builds the engine for Android's four processors into android/app/src/main/jniLibs, and the Kotlin that goes with it.
# Needs the NDK (r27 or newer, named by ANDROID_NDK_HOME), cargo-ndk, and the four Rust targets.
#
# usage: bindings/build-android.sh [--release]
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

MIN_SDK=26
ABIS=(arm64-v8a armeabi-v7a x86_64 x86)
TARGETS=(aarch64-linux-android armv7-linux-androideabi x86_64-linux-android i686-linux-android)

missing=()
command -v cargo-ndk >/dev/null || missing+=("cargo-ndk (cargo install cargo-ndk)")
[ -d "${ANDROID_NDK_HOME:-}" ] || missing+=("the Android NDK (point ANDROID_NDK_HOME at it)")
if command -v rustup >/dev/null; then
  installed=$(rustup target list --installed)
  for target in "${TARGETS[@]}"; do
    grep -qx "$target" <<<"$installed" || missing+=("the Rust target $target (rustup target add $target)")
  done
fi
if [ ${#missing[@]} -gt 0 ]; then
  printf 'missing: %s\n' "${missing[@]}" >&2
  exit 1
fi

# Phones with 16 KB pages refuse to load a library that is aligned to 4 KB.
export RUSTFLAGS="${RUSTFLAGS:-} -C link-arg=-Wl,-z,max-page-size=16384 -C link-arg=-Wl,-z,common-page-size=16384"
ndk=(--platform "$MIN_SDK" --output-dir android/app/src/main/jniLibs)
for abi in "${ABIS[@]}"; do ndk+=(--target "$abi"); done
cargo ndk "${ndk[@]}" build --package truckroll-bindings "$@"

for library in android/app/src/main/jniLibs/*/libtruckroll_bindings.so; do
  # Each loadable segment's alignment is the last column: 0x4000 is 16 KB.
  if "$ANDROID_NDK_HOME"/toolchains/llvm/prebuilt/*/bin/llvm-readelf --program-headers --wide "$library" |
    awk '$1 == "LOAD" && $NF !~ /^0x[4-9a-f]000$|^0x[1-9a-f][0-9a-f]*0000$/ { bad = 1 } END { exit !bad }'; then
    echo "not aligned to 16 KB pages: $library" >&2
    exit 1
  fi
done

out=android/bindings/target/generated-sources/uniffi-android
rm -rf "$out"
cargo run --quiet --manifest-path bindings/bindgen/Cargo.toml -- \
  generate --language kotlin --no-format --config bindings/uniffi.android.toml --out-dir "$out" \
  android/app/src/main/jniLibs/arm64-v8a/libtruckroll_bindings.so
