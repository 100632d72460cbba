#!/usr/bin/env bash
# Opens the technician's app in a window on this machine, on the real engine. Builds what is missing first.
#
# usage: android/window.sh [arguments for the app]
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")"
source tools/jdk.sh
find_jdk

../bindings/build-host.sh
mvn --quiet --projects desktop --also-make process-classes
exec "$JAVA_HOME/bin/java" --enable-native-access=ALL-UNNAMED -Djna.library.path="${CARGO_TARGET_DIR:-../target}/host-bindings" \
  --class-path "desktop/target/classes:$(cat desktop/target/class-path.txt)" app.truckroll.desktop.MainKt "$@"
