# Sourced. Sets JAVA_HOME to a JDK of at least NEEDED_JDK: Robolectric's newest Android is made of Java 21 classes,
# and module app's options were proven on 25.
NEEDED_JDK=25

# The feature release of the JDK in a folder; nothing if there is none.
jdk_version() {
  [ -x "$1/bin/javac" ] && [ -f "$1/release" ] && sed -n 's/^JAVA_VERSION="\([0-9]*\).*/\1/p' "$1/release"
}

find_jdk() {
  local candidate version
  for candidate in "${JAVA_HOME:-}" /usr/lib/jvm/* "$HOME"/.sdkman/candidates/java/* /Library/Java/JavaVirtualMachines/*/Contents/Home; do
    version=$(jdk_version "$candidate") || continue
    if [ "${version:-0}" -ge "$NEEDED_JDK" ]; then
      export JAVA_HOME=$candidate
      return 0
    fi
  done
  echo "A JDK $NEEDED_JDK or newer is missing: install one, or point JAVA_HOME at it." >&2
  return 1
}
