#!/usr/bin/env bash
# The board's tests: types against the real server's OpenAPI document, unit tests, and Chromium through the real server.
# `TRUCKROLL_BIN` names the command; without it, target/debug/truckroll. Pictures go to target/board-pictures.
# The last line is `N passed, N failed`.
set -euo pipefail
here="$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)"
root="$(cd "$here/../.." && pwd)"
cd "$here"
reports="$root/target/reports/board"
mkdir -p "$reports"
rm -f "$reports"/*.xml

if [ ! -x "${CHROMIUM:-/usr/bin/chromium}" ] && [ "$(id -u)" = 0 ] && command -v apt-get > /dev/null; then
  apt-get update -qq && apt-get install -y -qq chromium > /dev/null
fi

npm ci --no-audit --no-fund --loglevel=error
npm run --silent build -- --logLevel warn

# The page is part of the binary: it is built again with what was just made.
if [ -z "${BOARD_KEEP_BIN:-}" ]; then
  (cd "$root" && cargo build --quiet --workspace --bin truckroll)
fi
truckroll="${TRUCKROLL_BIN:-$root/target/debug/truckroll}"

# Client types come from the document that this very server gives.
folder="$(mktemp -d)"
"$truckroll" serve --data "$folder/data" --listen 127.0.0.1:0 > "$folder/said" 2>&1 &
server=$!
trap 'kill "$server" 2> /dev/null || true; rm -rf "$folder"' EXIT
for _ in $(seq 100); do
  grep -q 'listening on' "$folder/said" && break
  sleep 0.1
done
TRUCKROLL_SERVER="$(sed -n 's/^listening on //p' "$folder/said")" npm run --silent types > /dev/null
kill "$server"
npm run --silent check

failed=0
npx vitest run --reporter=default --reporter=junit --outputFile.junit="$reports/unit.xml" || failed=1
TRUCKROLL_BIN="$truckroll" npx vitest run --config vitest.browser.ts --reporter=default --reporter=junit \
  --outputFile.junit="$reports/browser.xml" || failed=1

# JUnit's own counts; a suite that never began counts as a failure.
node -e '
  const fs = require("node:fs");
  let passed = 0, failed = 0;
  for (const file of fs.readdirSync(process.argv[1]).filter((name) => name.endsWith(".xml"))) {
    const xml = fs.readFileSync(`${process.argv[1]}/${file}`, "utf8");
    for (const suite of xml.matchAll(/<testsuite [^>]*tests="(\d+)" failures="(\d+)" errors="(\d+)" skipped="(\d+)"/g)) {
      const [tests, failures, errors, skipped] = suite.slice(1).map(Number);
      failed += failures + errors + skipped;
      passed += tests - failures - errors - skipped;
    }
  }
  if (passed === 0 || (process.argv[2] === "1" && failed === 0)) failed += 1;
  console.log(`${passed} passed, ${failed} failed`);
  process.exitCode = failed > 0 ? 1 : 0;
' "$reports" "$failed"
