package app.truckroll.desktop

import androidx.compose.ui.unit.DpSize
import androidx.compose.ui.unit.dp
import androidx.compose.ui.window.Window
import androidx.compose.ui.window.application
import androidx.compose.ui.window.rememberWindowState
import app.truckroll.core.DriverOptions
import app.truckroll.core.Language
import app.truckroll.engine.Technician
import app.truckroll.shell.Navigator
import app.truckroll.shell.PreferenceStore
import app.truckroll.shell.Preferences
import app.truckroll.shell.Route
import app.truckroll.shell.content
import app.truckroll.shell.engine.RustEngine
import app.truckroll.shell.engine.SoftwareKeys
import app.truckroll.shell.model.AppModel
import app.truckroll.shell.port.Panel
import kotlinx.coroutines.CoroutineScope
import kotlinx.coroutines.Dispatchers
import kotlinx.coroutines.flow.first
import kotlinx.coroutines.flow.mapNotNull
import kotlinx.coroutines.runBlocking
import java.io.File
import java.util.Locale
import java.util.Properties
import kotlin.system.exitProcess

private const val USAGE = "usage: window.sh [--home DIR] [--server URL --code CODE]"

/**
 * Opens the technician's app on the real engine.
 *
 * `--home DIR` keeps the phone there (by default in the user's home); `--server` and `--code` enrol one that is nobody's yet.
 */
fun main(arguments: Array<String>) {
    val options = arguments.toList().chunked(2).associate { pair ->
        if (pair.size < 2 || pair[0] !in setOf("--home", "--server", "--code")) {
            System.err.println(USAGE)
            exitProcess(2)
        }
        pair[0] to pair[1]
    }
    val home = File(options["--home"] ?: File(System.getProperty("user.home"), ".truckroll-window").path)
    val panel = Panel()
    val model = runBlocking {
        openModel(home, panel).also { model -> options["--code"]?.let { enrolFresh(model, options["--server"].orEmpty(), it) } }
    }
    application {
        Window(
            onCloseRequest = {
                runBlocking { model.close() }
                exitApplication()
            },
            rememberWindowState(size = DpSize(760.dp, 891.dp)),
            title = "Truckroll",
        ) { DesktopApp(model, panel) }
    }
}

/** The app on the real engine, whose phone is a folder. */
suspend fun openModel(home: File, panel: Panel): AppModel {
    val keys = SoftwareKeys(File(home, "keys"))
    val language = if (Locale.getDefault().language == "es") Language.ES else Language.EN
    val options = DriverOptions(File(home, "store").path, VERSION, language, panel.network.value, allowPlainHttp = false)
    val engine = RustEngine(Technician.open(options, keys, keys, null, null), "desktop")
    val preferences = Preferences(FileStore(File(home, "look.properties")))
    return AppModel(engine, panel.ports, preferences, CoroutineScope(Dispatchers.Default), "Desktop window", Navigator())
}

/** Makes a phone that is nobody's the technician's. One that is somebody's stays theirs. */
suspend fun enrolFresh(model: AppModel, server: String, code: String) {
    if (model.today.shown.mapNotNull { it.content }.first().enrolled) return
    model.navigator.start(Route.Enrol(server, code))
    model.enrol.enrol(server, code)
}

private const val VERSION = "0.1.0"

/** Preferences in a file. */
internal class FileStore(private val file: File) : PreferenceStore {
    private val words = Properties().apply { if (file.exists()) file.inputStream().use(::load) }

    override fun read(key: String): String? = words.getProperty(key)

    override fun write(key: String, value: String) {
        words.setProperty(key, value)
        file.parentFile.mkdirs()
        file.outputStream().use { words.store(it, null) }
    }
}
