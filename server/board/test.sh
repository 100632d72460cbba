#!/usr/bin/env bash
# The board's tests: types against the real server's OpenAPI document, unit tests, and Chromium through the real server.
# `TRUCKROLL_BIN` names the command; without it, target/debug/truckroll. Pictures go to target/board-pictures.
# The last line is `N passed, N failed`.
set -euo pipefail
source "$(dirname "${BASH_SOURCE[0]}")/prepare.sh"
reports="$root/target/reports/board"
mkdir -p "$reports"
rm -f "$reports"/*.xml

# Client types come from the document that this very server gives.
folder="$(mktemp -d)"
"$truckroll" serve --data "$folder/data" --listen 127.0.0.1:0 > "$folder/said" 2>&1 &
server=$!
trap 'kill "$server" 2> /dev/null || true; rm -rf "$folder"' EXIT
for _ in $(seq 300); do
  grep -q 'listening on' "$folder/said" && break
  sleep 0.1
done
TRUCKROLL_SERVER="$(sed -n 's/^listening on //p' "$folder/said")" npm run --silent types > /dev/null
kill "$server"
npm run --silent check

failed=0
export TRUCKROLL_BIN="$truckroll" BOARD_REPORTS="$reports"
npx vitest run || failed=1
npx vitest run --config vitest.browser.ts || failed=1
node count.mjs "$reports" "$failed"
