# What the board's tests need, sourced by test.sh and load.sh: node, Chromium, the page, and a server that holds it.
# Sets `root` and `truckroll`. Whatever is missing and can't be brought is named.

here="$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)"
root="$(cd "$here/../.." && pwd)"
cd "$here"

# Bring PROGRAM PACKAGES …: Debian's packages, as root; otherwise says what to install.
bring() {
  local program="$1"
  shift
  if command -v "$program" > /dev/null; then return; fi
  if [ "$(id -u)" = 0 ] && command -v apt-get > /dev/null; then
    apt-get update -qq
    apt-get install -y -qq --no-install-recommends "$@" > /dev/null
  fi
  if ! command -v "$program" > /dev/null; then
    echo "missing: $program (Debian: apt-get install $*)" >&2
    exit 1
  fi
}

bring node nodejs npm
bring npm npm
if ! node -e 'const [major, minor] = process.versions.node.split(".").map(Number); process.exit(major > 20 || (major === 20 && minor >= 19) ? 0 : 1)'; then
  echo "missing: Node.js 20.19 or newer; this one is $(node --version)" >&2
  exit 1
fi
# A picture without a font shows boxes; DejaVu is what Debian's Chromium falls back to.
[ -n "${CHROMIUM:-}" ] || bring chromium chromium fonts-dejavu-core

npm ci --no-audit --no-fund --loglevel=error
npm run --silent build -- --logLevel error

# The page is part of the binary: it is built again with what was just made.
if [ -z "${BOARD_KEEP_BIN:-}" ]; then
  (cd "$root" && cargo build --quiet --workspace --bin truckroll)
fi
truckroll="${TRUCKROLL_BIN:-$root/target/debug/truckroll}"
