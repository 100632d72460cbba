#!/usr/bin/env bash
# The iOS app's tests on Linux: gets Swift if it is missing, builds the engine and its Swift bindings, then lint,
# syntax of the Apple-only parts, and the tests of models and views against the real engine and the real server.
# Leaves target/reports/ios/*.xml (JUnit). The last line says 'N passed, N failed'.
#
#   ios/test.sh [--filter NAME]    more arguments go to 'swift test'
set -euo pipefail

ios=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
root=$(dirname "$ios")
swift="$ios/swift-on-linux.sh"
passed=0
failed=0

say() { printf 'ios-test: %s\n' "$*"; }

check() { # NAME CMD... : one check that is no test of a suite
  local name=$1
  shift
  if "$@"; then
    say "$name: ok"
    passed=$((passed + 1))
  else
    say "$name: FAILED"
    failed=$((failed + 1))
  fi
}

a_stale_binding_is_refused() { # in a copy of the sources, of which one is changed
  local copy rc=0
  copy=$(mktemp -d)
  (
    cd "$root"
    cp -r --parents core/src core/words core/Cargo.toml bindings/src bindings/*.{sh,toml} Cargo.lock "$copy"
  )
  "$copy/bindings/fresh.sh" write target/swift/engine.sha256
  "$copy/bindings/fresh.sh" check target/swift/engine.sha256 || rc=1
  echo '// changed' >>"$copy/core/src/lib.rs"
  ! "$copy/bindings/fresh.sh" check target/swift/engine.sha256 2>/dev/null || rc=1
  rm -rf "$copy"
  return "$rc"
}

suites() { # ARGS... : 'swift test', counted from its own lines
  local log="$ios/.build/test.log" reports="$root/target/reports/ios" rc=0 tests failures
  rm -rf "$reports"
  mkdir -p "$reports"
  # Every test here is a Swift Testing one; without the flag a line about 0 XCTests closes the run.
  "$swift" test "$ios" --disable-xctest --xunit-output "$reports/tests.xml" "$@" 2>&1 | tee "$log" || rc=$?
  tests=$(sed -n 's/.*Test run with \([0-9]*\) tests\{0,1\} .*/\1/p' "$log" | tail -1)
  if [ -z "$tests" ]; then
    say "the tests did not come to their end"
    failed=$((failed + 1))
    return
  fi
  failures=$(grep -E '^. Test .* failed after ' "$log" | grep -vcF 'Test run with' || true)
  # A run that failed has a failure, whatever its lines say.
  if [ "$rc" != 0 ] && [ "$failures" = 0 ]; then failures=1; fi
  passed=$((passed + tests - failures))
  failed=$((failed + failures))
}

# On a Mac the package links the XCFramework, which has no slice for the Mac itself: Xcode tests there.
[ "$(uname -s)" = Linux ] || { say "runs on Linux; on a Mac see ios/README.md"; exit 1; }
"$swift" setup
"$root/bindings/build-host.sh" swift
mkdir -p "$ios/.build"
check "swift format lint" "$swift" run "$ios" swift format lint --strict --recursive \
  Package.swift App Sources/TechnicianKit Sources/TechnicianUI Tests
# Apple's frameworks are not here: of the app's own target only the syntax can be checked.
check "syntax of App" "$swift" run "$ios" bash -c 'swiftc -parse -swift-version 5 App/*.swift'
check "bindings are of this engine" "$root/bindings/fresh.sh" check target/swift/engine.sha256
check "a stale binding is refused" a_stale_binding_is_refused
suites "$@"

printf '%d passed, %d failed\n' "$passed" "$failed"
[ "$failed" = 0 ]
