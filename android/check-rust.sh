#!/usr/bin/env bash
# Checks that the Rust core and its bindings compile for a phone's processor (aarch64-linux-android), without the NDK.
# A check never links, so C libraries get a stand-in compiler; that the result links and loads takes bindings/build-android.sh.
#
# With rustup's target it uses that. Else it compiles the standard library too, from Debian's rustc-web and rust-web-src.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

TARGET=aarch64-linux-android
tools=$PWD/android/tools
# For this target only: build scripts and macros still run on this machine, with its real compiler and linker.
export CC_aarch64_linux_android=$tools/check-only-cc
export AR_aarch64_linux_android=$tools/check-only-ar

# Only macros and build scripts make code here, and run once: optimising them, as the house's profile does, takes minutes.
check=(check --package truckroll-core --package truckroll-bindings --target "$TARGET"
  --target-dir target/android-check --config 'profile.dev.package."*".opt-level=0')

if command -v rustup >/dev/null && rustup target list --installed 2>/dev/null | grep -qx "$TARGET"; then
  exec cargo "${check[@]}"
fi

packages=(rustc-web cargo-web rust-web-src)
missing=()
for package in "${packages[@]}"; do
  dpkg-query --show --showformat='${Status}' "$package" 2>/dev/null | grep -q 'ok installed' || missing+=("$package")
done
if [ ${#missing[@]} -gt 0 ]; then
  if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null; then
    echo "installing: ${missing[*]}"
    apt-get -qq update >/dev/null
    DEBIAN_FRONTEND=noninteractive apt-get -qq install --yes --no-install-recommends "${missing[@]}" >/dev/null
  else
    echo "missing: the Rust target (rustup target add $TARGET), or Debian's ${missing[*]}" >&2
    exit 1
  fi
fi

# Debian's own, whatever comes first on the path; build-std is unstable, hence the bootstrap switch.
debian_bin=$(dirname "$(dpkg-query --listfiles rustc-web | grep '/bin/rustc$')")
PATH=$debian_bin:$PATH RUSTC=$debian_bin/rustc RUSTC_BOOTSTRAP=1 \
  "$debian_bin/cargo" "${check[@]}" -Z build-std=std,panic_abort
