package app.truckroll.minified

import app.truckroll.shell.engine.RustEngine
import app.truckroll.testing.Job
import app.truckroll.testing.Office
import com.android.tools.r8.R8
import com.android.tools.r8.R8Command
import com.android.tools.r8.origin.Origin
import org.junit.Rule
import org.junit.Test
import org.junit.rules.TemporaryFolder
import java.io.File
import java.util.concurrent.TimeUnit
import java.util.jar.JarOutputStream
import java.util.zip.ZipEntry
import java.util.zip.ZipFile
import kotlin.test.assertEquals
import kotlin.test.assertNull

/** The release's keep rules, on classes that R8 made small as it does for a phone, but for this JVM. */
class MinifiedTest {
    @get:Rule val folder = TemporaryFolder()

    private val classPath = System.getProperty("java.class.path").split(File.pathSeparator).map(::File)

    private fun named(part: String): File = classPath.single { part in it.path && "android/testing" !in it.path }

    /** R8 takes archives only. */
    private fun packed(classes: File, only: String = ""): File {
        val archive = File.createTempFile("classes", ".jar", folder.root)
        JarOutputStream(archive.outputStream()).use { out ->
            for (file in classes.walk().filter { it.extension == "class" && only in it.path }) {
                out.putNextEntry(ZipEntry(file.relativeTo(classes).invariantSeparatorsPath))
                out.write(file.readBytes())
            }
        }
        return archive
    }

    private fun minify(): File {
        val minified = File(folder.root, "minified.jar")
        val entry = folder.newFile("entry.pro").apply { writeText("-keep class ${Probe::class.java.name} { public static void main(java.lang.String[]); }\n-ignorewarnings\n") }
        val inputs = listOf(
            packed(named("bindings/target/classes")), packed(named("shell/target/classes")),
            packed(named("shell/target/test-classes"), only = Probe::class.java.simpleName),
            named("kotlin-stdlib-2"), named("kotlinx-coroutines-core-jvm"), named("/jna-"),
        )
        val rules = File(System.getProperty("truckroll.android"), "app/keep.pro")
        val arguments = listOf("--classfile", "--release", "--lib", System.getProperty("java.home"), "--output", minified.path) +
            listOf(rules, entry).flatMap { listOf("--pg-conf", it.path) } + inputs.map { it.path }
        R8.run(R8Command.parse(arguments.toTypedArray(), Origin.root()).build())
        return minified
    }

    @Test fun `what R8 leaves still enrols, is told of changes, saves, fails by type and sends`() {
        val minified = minify()
        ZipFile(minified).use { assertNull(it.getEntry(RustEngine::class.java.name.replace('.', '/') + ".class"), "nothing was renamed") }
        Office.open().use { office ->
            office.send(Job())
            val log = File(folder.root, "probe.log")
            // JNA's own jar behind it, for the C library inside, which R8 leaves out.
            val program = ProcessBuilder(
                File(System.getProperty("java.home"), "bin/java").path, "--enable-native-access=ALL-UNNAMED",
                "-Djna.library.path=" + System.getProperty("jna.library.path"),
                "-cp", listOf(minified, named("/jna-")).joinToString(File.pathSeparator), Probe::class.java.name,
                folder.newFolder("phone").path, office.url, office.code(),
            ).redirectErrorStream(true).redirectOutput(log).start()
            check(program.waitFor(3, TimeUnit.MINUTES)) { "the probe hangs: ${log.readText()}" }
            assertEquals("all of it works", log.readText().trim().lines().last())
            assertEquals(0, program.exitValue())
            office.waitFor(Job().number, "minified")
        }
    }
}
