package app.truckroll.build

import org.junit.Test
import java.io.File
import kotlin.test.assertEquals
import kotlin.test.assertTrue

/** Maven is the build that is verified; Gradle's files stand beside it unrun. What both name must be the same. */
class VersionsTest {
    private val android = File(System.getProperty("truckroll.android"))
    private val pom = android.resolve("pom.xml").readText()
    private val toml = android.resolve("gradle/libs.versions.toml").readText()

    /** `libs.lock` as "group:artifact" to version. */
    private val lock = android.resolve("libs/libs.lock").readLines().filter(String::isNotBlank)
        .associate { line -> line.split(':').let { "${it[0]}:${it[1]}" to it[2] } }

    private fun property(name: String): String =
        Regex("<${Regex.escape(name)}>([^<]+)</").find(pom)?.groupValues?.get(1) ?: error("no property $name in pom.xml")

    /** The `[versions]` of the catalogue. */
    private val versions = Regex("""(?m)^([\w-]+) = "([^"]+)"$""").findAll(toml.substringBefore("[libraries]"))
        .associate { it.groupValues[1] to it.groupValues[2] }

    /** The `[libraries]` of the catalogue as "group:artifact" to version. */
    private val libraries = Regex("""module = "([^"]+)", version\.ref = "([^"]+)"""").findAll(toml)
        .associate { it.groupValues[1] to versions.getValue(it.groupValues[2]) }

    @Test fun `the catalogue and the pom agree`() {
        val pairs = mapOf(
            "kotlin" to "kotlin.version", "coroutines" to "coroutines.version", "jna" to "jna.version",
            "compose" to "androidx.compose.version", "min-sdk" to "min.sdk", "target-sdk" to "target.sdk", "jvm" to "jvm.target",
        )
        for ((gradle, maven) in pairs) assertEquals(property(maven), versions[gradle], "$gradle in libs.versions.toml, $maven in pom.xml")
    }

    @Test fun `the catalogue and the lock agree, whatever name the platform's artifact has`() {
        val locked = libraries.mapValues { (name, _) -> lock[name] ?: lock["$name-android"] ?: lock["$name-jvm"] }
        for ((name, version) in libraries) {
            if (name == "net.java.dev.jna:jna") continue // in the pom, not in the lock: checked above
            assertEquals(locked[name], version, "$name in libs.versions.toml, and in libs.lock")
        }
        assertTrue(libraries.size >= 10, "the catalogue wasn't understood: $libraries")
    }

    @Test fun `what the app asks for itself is in the catalogue too`() {
        val roots = android.resolve("libs/roots.txt").readLines().filter(String::isNotBlank).map { it.substringBeforeLast(':') }
            .filterNot { "test" in it || it == "org.jetbrains.kotlin:kotlin-stdlib" } // Gradle's Kotlin plugin brings the library itself
        assertTrue(roots.size >= 10)
        assertEquals(emptyList(), roots.filterNot { it in libraries || it.removeSuffix("-android").removeSuffix("-jvm") in libraries })
    }

    @Test fun `the module of libraries is what the lock says`() {
        val pinned = Regex("<groupId>([^<*]+)</groupId><artifactId>([^<]+)</artifactId><version>([^<]+)</version>")
            .findAll(android.resolve("libs/pom.xml").readText().substringAfter("<dependencies>"))
            .associate { "${it.groupValues[1]}:${it.groupValues[2]}" to it.groupValues[3] }
        assertEquals(lock, pinned, "run libs/lock.py --pom")
    }

    @Test fun `minimum and target are written in no second place`() {
        val gradle = android.resolve("build.gradle.kts").readText()
        assertTrue("libs.versions.min.sdk" in gradle && "libs.versions.target.sdk" in gradle)
        assertTrue("uses-sdk" !in android.resolve("app/src/main/AndroidManifest.xml").readText())
        val buildAndroid = android.resolve("../bindings/build-android.sh").readText()
        assertTrue("MIN_SDK=${property("min.sdk")}\n" in buildAndroid, "the library is built for another Android than the app")
    }
}
