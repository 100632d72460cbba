#!/usr/bin/env bash
# The iOS app's tests on Linux: gets Swift if it is missing, builds the engine and its Swift bindings, then lint,
# syntax of the Apple-only parts, and the tests of models and views against the real engine and the real server.
# Leaves target/reports/ios/*.xml (JUnit). The last line says 'N passed, N failed'.
#
#   ios/test.sh [--filter NAME]    more arguments go to the test program
set -euo pipefail

ios=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
root=$(dirname "$ios")
swift="$ios/swift-on-linux.sh"
passed=0
failed=0

say() { printf 'ios-test, %d s: %s\n' "$SECONDS" "$*"; }

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

drop_stale_programs() { # SwiftPM does not see that a static library outside of it changed
  find "$ios/.build/debug/" -maxdepth 1 \( -name '*.xctest' -o -name PhoneProcess \) \
    ! -newer "$root/target/swift/libtruckroll_bindings.a" -exec rm -rf {} + 2>/dev/null || true
}

suites() { # ARGS... : the package's tests, counted from their own lines
  local log="$ios/.build/test.log" reports="$root/target/reports/ios" rc=0 tests failures
  rm -rf "$reports"
  mkdir -p "$reports"
  # The test program itself: 'swift test' of Swift 6.0 leaves no report of Swift Testing's tests.
  "$swift" run "$ios" .build/debug/TruckrollPackageTests.xctest --testing-library swift-testing \
    --xunit-output "$reports/tests.xml" "$@" 2>&1 | tee "$log" || rc=$?
  tests=$(sed -n 's/.*Test run with \([0-9]*\) tests\{0,1\} .*/\1/p' "$log" | tail -1)
  if [ -z "$tests" ] || [ "$tests" = 0 ]; then
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
drop_stale_programs
# Debian links with GNU ld, which refuses a symbol that libswiftObservation.so never defines.
if "$swift" run "$ios" swift build --build-tests -Xlinker --allow-shlib-undefined; then
  suites "$@"
else
  say "the package and its tests do not compile"
  failed=$((failed + 1))
fi

printf '%d passed, %d failed\n' "$passed" "$failed"
[ "$failed" = 0 ]
