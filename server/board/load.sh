#!/usr/bin/env bash
# The board with 200 technicians and 2,000 visits, measured in Chromium through the real server. The table that
# docs/performance-board.md keeps goes to target/reports/board-load.md. The last line is `N passed, N failed`.
set -euo pipefail
source "$(dirname "${BASH_SOURCE[0]}")/prepare.sh"
reports="$root/target/reports/board-load"
mkdir -p "$reports"
rm -f "$reports"/*.xml

failed=0
export TRUCKROLL_BIN="$truckroll" BOARD_REPORTS="$reports"
npx vitest run --config vitest.load.ts || failed=1
node count.mjs "$reports" "$failed"
