package app.truckroll.testing

import app.truckroll.core.Language
import app.truckroll.core.Network
import app.truckroll.shell.PreferenceStore
import app.truckroll.shell.Preferences
import app.truckroll.shell.Route
import app.truckroll.shell.content
import app.truckroll.shell.engine.openFolder
import app.truckroll.shell.model.AppModel
import app.truckroll.shell.port.Panel
import kotlinx.coroutines.CoroutineScope
import kotlinx.coroutines.Dispatchers
import kotlinx.coroutines.flow.first
import kotlinx.coroutines.runBlocking
import java.io.File
import java.util.concurrent.TimeUnit

/**
 * The app without its screens in a process of its own, for tests that kill it. Without a signal it writes one note after
 * the other for as long as it lives, and says in a line which ones the app called saved.
 */
object PhoneProcess {
    private const val SAVED = "saved "
    private const val WITHIN_NS = 120_000_000_000
    /** 128 and the signal that nobody can catch. */
    private const val KILLED = 128 + 9

    /** @param arguments the phone's folder, the visit to write on */
    @JvmStatic fun main(arguments: Array<String>): Unit = runBlocking {
        val (home, id) = arguments
        val panel = Panel().apply { network.value = Network.OFFLINE }
        val engine = openFolder(File(home), "test", "test", Language.EN, Network.OFFLINE)
        val model = AppModel(engine, panel.ports, Preferences(NoStore), CoroutineScope(Dispatchers.Default), "Test phone")
        model.navigator.open(Route.Visit(id))
        val visit = model.visit(id)
        visit.shown.first { it.content != null }
        for (number in generateSequence(1) { it + 1 }) {
            checkNotNull(visit.addNote("note $number")).join()
            check(visit.task.value.problem == null) { "${visit.task.value.problem}" }
            println("${SAVED}note $number")
        }
    }

    /** Runs it on a phone's folder, and kills it in the middle of its work. Returns the notes that it called saved, [atLeast] so many. */
    fun kill(home: File, visit: String, atLeast: Int): List<String> {
        val out = File.createTempFile("phone", ".out")
        val program = ProcessBuilder(
            File(System.getProperty("java.home"), "bin/java").path, "--enable-native-access=ALL-UNNAMED",
            "-Djna.library.path=" + System.getProperty("jna.library.path"),
            "-cp", System.getProperty("java.class.path"), PhoneProcess::class.java.name, home.path, visit,
        ).redirectErrorStream(true).redirectOutput(out).start()
        val until = System.nanoTime() + WITHIN_NS
        while (saved(out).size < atLeast) {
            check(program.isAlive && System.nanoTime() < until) { "the phone's process does nothing: ${out.readText()}" }
            Thread.sleep(5)
        }
        program.destroyForcibly()
        check(program.waitFor(10, TimeUnit.SECONDS) && program.exitValue() == KILLED) { "it ended by itself: ${out.readText()}" }
        return saved(out).also { out.delete() }
    }

    /** What follows the last line end is a line that was cut. */
    private fun saved(out: File): List<String> =
        out.readText().split('\n').dropLast(1).filter { it.startsWith(SAVED) }.map { it.removePrefix(SAVED) }

    private object NoStore : PreferenceStore {
        override fun read(key: String): String? = null
        override fun write(key: String, value: String) = Unit
    }
}
