#!/usr/bin/env bash
# Schemathesis against a real server: thousands of requests made from its own OpenAPI document, right ones and wrong ones.
# No 500, and no answer that the document doesn't describe. Ends in `N passed, N failed`.
#
#   TRUCKROLL_BIN   the command; by default the one that cargo built
#   EXAMPLES        requests made up for each operation, besides those at the edges of its schema
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

VERSION=4.32.5
EXAMPLES=${EXAMPLES:-15}
TRUCKROLL_BIN=${TRUCKROLL_BIN:-target/debug/truckroll}
PHONE_TOKEN_BIN=$(dirname "$TRUCKROLL_BIN")/phone-token

tools=$PWD/target/schemathesis-$VERSION
if [ ! -x "$tools/bin/schemathesis" ]; then
    if ! python3 -c 'import ensurepip, venv' 2>/dev/null && [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null; then
        apt-get update -qq
        apt-get install -y -qq python3-venv
    fi
    python3 -m venv "$tools"
    "$tools/bin/pip" install --quiet "schemathesis==$VERSION"
fi

scratch=$(mktemp -d)
server=
cleanup() {
    if [ -n "$server" ]; then kill "$server" 2>/dev/null || true; fi
    rm -rf "$scratch"
}
trap cleanup EXIT

"$TRUCKROLL_BIN" serve --data "$scratch/data" --listen 127.0.0.1:0 >"$scratch/out" 2>"$scratch/log" &
server=$!
for _ in $(seq 300); do
    if grep -q 'owner token' "$scratch/out"; then break; fi
    sleep 0.1
done
url=$(sed -n 's/^listening on //p' "$scratch/out")
owner=$(sed -n 's/^owner token.*: //p' "$scratch/out")
cat >"$scratch/technicians.csv" <<'CSV'
technician_id,name
T01,Ana Ruiz
CSV
cat >"$scratch/jobs.csv" <<'CSV'
job_number,date,call_type,job_type,trade,customer_name,phone,address,city,time_zone,scope
WO-1,2026-11-23,same_day,repair,hvac,Noah Pell,+1 502 555 0190,88 Willow Avenue,Louisville,America/Kentucky/Louisville,Replace the fan motor
CSV
"$TRUCKROLL_BIN" import --server "$url" --token "$owner" "$scratch/technicians.csv" "$scratch/jobs.csv" >/dev/null
code=$("$TRUCKROLL_BIN" --json office --server "$url" --token "$owner" enrol T01 | sed -n 's/.*"code": *"\([^"]*\)".*/\1/p')
phone=$("$PHONE_TOKEN_BIN" "$url" "$code")

passed=0 failed=0
# What a caller with one token may ask. Streams never end, and a session that ends itself would end the run.
run() {
    local name=$1 token=$2
    shift 2
    echo "== schemathesis as $name"
    # It leaves notes of its own in the folder where it runs.
    if (cd "$scratch" && "$tools/bin/schemathesis" run "$url/v1/openapi.json" --header "Authorization: Bearer $token" \
        --checks not_a_server_error,status_code_conformance,content_type_conformance,response_schema_conformance,response_headers_conformance \
        --phases examples,coverage,fuzzing --max-examples "$EXAMPLES" --seed 1 --no-shrink --continue-on-failure \
        --request-timeout 20 --suppress-health-check all --warnings off --no-color \
        --exclude-path-regex '/stream$|^/v1/session' "$@"); then
        passed=$((passed + 1))
    else
        failed=$((failed + 1))
    fi
}
run 'the owner' "$owner" --exclude-tag phone
run 'a phone' "$phone" --include-tag phone
run 'nobody' 'wrong' --include-tag session --include-tag office --include-tag phone --max-examples 2

if ! kill -0 "$server" 2>/dev/null || grep -q ' ERROR ' "$scratch/log"; then
    echo "the server ended, or has errors in its log:"
    tail -20 "$scratch/log"
    failed=$((failed + 1))
fi
echo "$passed passed, $failed failed"
[ "$failed" = 0 ]
