#!/usr/bin/env bash
# The engine for iPhones: static libraries for device and simulator, in one XCFramework, and the Swift bindings.
# Needs macOS with Xcode, and rustup. Makes
#
#   ios/Artifacts/TechnicianFFI.xcframework    what ios/Package.swift links on Apple
#   ios/Sources/Technician/*.swift             generated bindings
#   ios/Artifacts/engine.sha256                what they were made from: Xcode refuses stale ones
set -euo pipefail

root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
targets=(aarch64-apple-ios aarch64-apple-ios-sim x86_64-apple-ios)
library=libtruckroll_bindings.a
made="$root/target/ios"
# The same number as in ios/Package.swift: SQLite's C code is compiled for it too.
export IPHONEOS_DEPLOYMENT_TARGET=17.0

missing=()
[ "$(uname -s)" = Darwin ] || missing+=("macOS")
for tool in xcodebuild lipo rustup cargo; do
  command -v "$tool" >/dev/null || missing+=("$tool")
done
if [ "${#missing[@]}" != 0 ]; then
  printf 'build-ios: missing: %s\n' "${missing[*]}" >&2
  exit 1
fi

rustup target add "${targets[@]}"
for target in "${targets[@]}"; do
  cargo build --manifest-path "$root/Cargo.toml" -p truckroll-bindings --release --target "$target"
done

# Header, module map and Swift come from the same sources, built for this machine.
"$root/bindings/build-host.sh" swift

rm -rf "$made" "$root/ios/Artifacts/TechnicianFFI.xcframework"
# In a folder of the module's name: two packages with a module map at the top of their headers would collide.
mkdir -p "$made/headers/TechnicianFFI" "$made/simulator" "$root/ios/Artifacts"
cp "$root"/ios/Sources/TechnicianFFI/{*.h,module.modulemap} "$made/headers/TechnicianFFI/"
lipo -create -output "$made/simulator/$library" \
  "$root/target/aarch64-apple-ios-sim/release/$library" "$root/target/x86_64-apple-ios/release/$library"
xcodebuild -create-xcframework \
  -library "$root/target/aarch64-apple-ios/release/$library" -headers "$made/headers" \
  -library "$made/simulator/$library" -headers "$made/headers" \
  -output "$root/ios/Artifacts/TechnicianFFI.xcframework"
"$root/bindings/fresh.sh" write ios/Artifacts/engine.sha256
