#!/usr/bin/env bash
# Makes the Android package from the real classes and resources: R8's release dex, signed. No Android SDK is needed.
#
# usage: android/apk.sh [--offline]        writes android/app/target/truckroll.apk
#
# With the NDK (ANDROID_NDK_HOME, cargo-ndk) the engine is built for phones; without, it says so and leaves it out: such a
# package installs but can't start. Signed by KEYSTORE (PKCS #12), KEYSTORE_ALIAS and KEYSTORE_PASSWORD; without them by a
# key made here once, good for trying it out only.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")"
source tools/jdk.sh
find_jdk

property() { sed -n "s|.*<$1>\(.*\)</$1>.*|\1|p" pom.xml | head -1; }
maven() { mvn --quiet "$@"; }
offline=("$@")
repository=${M2:-$HOME/.m2/repository}
# Brings an artifact, and says where it lies. KIND: jar or aar.
artifact() { # GROUP NAME VERSION [KIND]
  local kind=${4:-jar} file
  file=$repository/${1//.//}/$2/$3/$2-$3.$kind
  [ -f "$file" ] || maven ${offline[@]+"${offline[@]}"} dependency:get -Dtransitive=false -Dartifact="$1:$2:$3:$kind" >&2
  echo "$file"
}
min_sdk=$(property min.sdk)
r8=$(artifact com.android.tools r8 "$(property r8.version)")
apksig=$(artifact com.android.tools.build apksig "$(property apksig.version)")
jna=$(artifact net.java.dev.jna jna "$(property jna.version)" aar)
android=$(artifact org.robolectric android-all "$(property android.all.version)")

out=app/target/apk
rm -rf "$out"
mkdir -p "$out"/{in,dex,lib,jna}
bindings=()
if [ -d "${ANDROID_NDK_HOME:-}" ] && command -v cargo-ndk >/dev/null; then
  ../bindings/build-android.sh --release
  for folder in app/src/main/jniLibs/*/; do
    mkdir -p "$out/lib/$(basename "$folder")"
    cp "$folder"*.so "$out/lib/$(basename "$folder")/"
  done
  # Kotlin and library of one build: a release has no functions for tests.
  bindings=(-Dgenerated="$PWD/bindings/target/generated-sources/uniffi-android")
else
  ../bindings/build-host.sh
  echo "no NDK found (ANDROID_NDK_HOME and cargo-ndk): this package lacks the engine's library for phones and can't start on one" >&2
fi
maven ${offline[@]+"${offline[@]}"} --projects app --also-make process-classes ${bindings[@]+"${bindings[@]}"}

(cd "$out/jna" && "$JAVA_HOME/bin/jar" --extract --file "$jna")
for folder in "$out"/jna/jni/*/; do
  abi=$(basename "$folder")
  case $abi in arm64-v8a | armeabi-v7a | x86_64 | x86) mkdir -p "$out/lib/$abi" && cp "$folder"*.so "$out/lib/$abi/" ;; esac
done

# Our classes, the libraries' without what tests alone need, and JNA's for Android instead of that for desktops.
inputs=("$out/jna/classes.jar")
pack() { # FOLDER NAME
  "$JAVA_HOME/bin/jar" --create --file "$out/in/$2.jar" -C "$1" .
  inputs+=("$out/in/$2.jar")
}
pack app/target/classes app
while IFS= read -r entry; do
  case $entry in
    */libs/target/* | */jna-[0-9]* | *test* | *junit* | *hamcrest*) ;;
    *.jar) inputs+=("$entry") ;;
    */target/classes) pack "$entry" "$(basename "$(dirname "$(dirname "$entry")")")" ;;
  esac
done < <(tr ':' '\n' <app/target/class-path.txt)
rules=(--pg-conf app/keep.pro --pg-conf app/target/android/manifest.pro)
for library in libs/target/exploded/*/; do
  case $library in *test* | *espresso*) continue ;; esac
  for archive in "$library"classes.jar "$library"libs/*.jar; do
    if [ -f "$archive" ]; then inputs+=("$archive"); fi
  done
  if [ -f "$library/proguard.txt" ]; then rules+=(--pg-conf "${library}proguard.txt"); fi
done

# Robolectric's archive has Android's own classes; those of java.* it leaves to the machine it runs on.
"$JAVA_HOME/bin/java" -Xmx3g -cp "$r8" com.android.tools.r8.R8 --release --min-api "$min_sdk" \
  --lib "$android" --lib "$JAVA_HOME" \
  "${rules[@]}" --pg-map-output "$out/mapping.txt" --output "$out/dex" "${inputs[@]}"

if [ -z "${KEYSTORE:-}" ]; then
  export KEYSTORE=$HOME/.truckroll/trial.p12 KEYSTORE_ALIAS=trial KEYSTORE_PASSWORD=truckroll
  if [ ! -f "$KEYSTORE" ]; then
    mkdir -p "$(dirname "$KEYSTORE")"
    "$JAVA_HOME/bin/keytool" -genkeypair -keystore "$KEYSTORE" -storetype PKCS12 -storepass "$KEYSTORE_PASSWORD" \
      -alias "$KEYSTORE_ALIAS" -keyalg EC -groupname secp256r1 -validity 10000 -dname "CN=Truckroll trial" 2>/dev/null
  fi
  echo "signed with a trial key ($KEYSTORE): set KEYSTORE, KEYSTORE_ALIAS and KEYSTORE_PASSWORD for a release"
fi
"$JAVA_HOME/bin/java" -cp "$apksig" tools/Package.java app/target/android/resources.ap_ "$out/dex" "$out/lib" \
  "$KEYSTORE" "$KEYSTORE_ALIAS" "$min_sdk" app/target/truckroll.apk
