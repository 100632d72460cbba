#!/usr/bin/env bash
# Builds and tests all of Android: the engine's Kotlin on the real library, the shell, the screens on the desktop, the app
# on Robolectric (oldest and newest Android), the public API of the oldest Android, and Rust for a phone's processor.
# The last line is "N passed, N failed". Every screen in every case is drawn into target/gallery/index.html, other pictures
# into */target/pictures, and the reports are copied to ../target/reports/android.
#
# usage: android/test.sh [--offline] [--no-rust-check] [further arguments for Maven]
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")"
source tools/jdk.sh

rust_check=yes
maven=()
for argument in "$@"; do
  case $argument in
    --no-rust-check) rust_check=no ;;
    *) maven+=("$argument") ;;
  esac
done

# Installs Debian packages as root; elsewhere says what is missing.
need() {
  local what=$1 found=$2
  shift 2
  if eval "$found" >/dev/null 2>&1; then return; fi
  if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null; then
    echo "installing: $*"
    apt-get -qq update >/dev/null
    DEBIAN_FRONTEND=noninteractive apt-get -qq install --yes --no-install-recommends "$@" >/dev/null
  else
    echo "missing: $what (Debian: $*)" >&2
    exit 1
  fi
}
need "Maven" "command -v mvn" maven
need "fontconfig" "command -v fc-list" fontconfig
need "the Roboto fonts" "fc-list | grep -qi roboto" fonts-roboto
need "fonts for Chinese, Japanese and Korean" "fc-list | grep -qi 'noto.*cjk'" fonts-noto-cjk
find_jdk

../bindings/build-host.sh
# An absolute path for Maven, whose modules have folders of their own.
target=$(cd .. && cd "${CARGO_TARGET_DIR:-target}" && pwd)

modules=(bindings shell ui desktop app)
for module in "${modules[@]}"; do rm -rf "$module/target/surefire-reports"; done
reports=../target/reports/android
rm -rf target/gallery "$reports"

failed=0
# A failed test doesn't keep the other modules from running; a build that breaks does.
mvn --batch-mode --no-transfer-progress --fail-at-end -Dtarget.dir="$target" -Dmaven.test.failure.ignore=true test ${maven[@]+"${maven[@]}"} || failed=1

# What Surefire counted, from its reports.
count() {
  local attribute=$1 sum=0 value
  for report in */target/surefire-reports/TEST-*.xml; do
    [ -f "$report" ] || continue
    value=$(sed -n "s/^<testsuite .*[ ]$attribute=\"\([0-9]*\)\".*/\1/p" "$report" | head -1)
    sum=$((sum + ${value:-0}))
  done
  echo "$sum"
}
for module in "${modules[@]}"; do
  if ! ls "$module"/target/surefire-reports/TEST-*.xml >/dev/null 2>&1; then
    echo "module $module ran no test" >&2
    failed=1
  fi
done
mkdir -p "$reports"
cp */target/surefire-reports/TEST-*.xml "$reports" 2>/dev/null || true
broken=$(($(count failures) + $(count errors)))
passed=$(($(count tests) - broken - $(count skipped)))
# A build that broke elsewhere than in a test is a failure too.
if [ "$failed" = 1 ] && [ "$broken" = 0 ]; then broken=1; fi

if [ "$rust_check" = yes ]; then
  if ./check-rust.sh; then passed=$((passed + 1)); else broken=$((broken + 1)); fi
fi

echo "$passed passed, $broken failed"
[ "$broken" = 0 ]
