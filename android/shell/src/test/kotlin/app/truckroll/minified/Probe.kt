package app.truckroll.minified

import app.truckroll.core.ActException
import app.truckroll.core.Intent
import app.truckroll.core.Language
import app.truckroll.core.Network
import app.truckroll.shell.content
import app.truckroll.shell.engine.openFolder
import kotlinx.coroutines.flow.first
import kotlinx.coroutines.flow.mapNotNull
import kotlinx.coroutines.runBlocking
import kotlinx.coroutines.withTimeout
import java.io.File

/** A program that goes through every kind of call between Kotlin and Rust. Minified with the app's rules, it must still. */
object Probe {
    /** @param arguments the phone's folder, the office's address, a code to enrol with */
    @JvmStatic fun main(arguments: Array<String>): Unit = runBlocking {
        val (home, url, code) = arguments
        // Objects of ours that Rust calls, and a record that it takes.
        val engine = openFolder(File(home), "android", "minified", Language.EN, Network.WIFI)
        engine.enrol(url, code, "Minified")
        // Calls of a listener from Rust's threads, with whole records.
        val day = withTimeout(WITHIN_MS) { engine.today().mapNotNull { it.content }.first { it.sections.isNotEmpty() } }
        val visit = day.sections.flatMap { it.visits }.single().visit
        engine.act(Intent.AddNote(visit, "minified", null))
        try {
            engine.act(Intent.AddNote("01a20079-5d18-7375-b744-d32c9e208eb3", "nowhere", null))
            error("a note on a visit that isn't there")
        } catch (_: ActException.NoSuchVisit) {
            // An error of ours, by its type.
        }
        check(engine.syncAndWait(WITHIN_MS)) { "not settled" }
        engine.close()
        println("all of it works")
    }

    private const val WITHIN_MS = 60_000L
}
