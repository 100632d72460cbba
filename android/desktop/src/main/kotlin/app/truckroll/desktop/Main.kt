package app.truckroll.desktop

import androidx.compose.ui.unit.DpSize
import androidx.compose.ui.unit.dp
import androidx.compose.ui.window.Window
import androidx.compose.ui.window.application
import androidx.compose.ui.window.rememberWindowState
import app.truckroll.core.Language
import app.truckroll.shell.Navigator
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
import kotlinx.coroutines.flow.mapNotNull
import kotlinx.coroutines.runBlocking
import java.io.File
import java.util.Locale
import java.util.Properties
import kotlin.system.exitProcess

/** Opens the technician's app on the real engine: [WindowOptions] says for whom. */
fun main(arguments: Array<String>) {
    val options = WindowOptions.of(arguments.toList())
    if (options == null) {
        System.err.println(WindowOptions.USAGE)
        exitProcess(2)
    }
    val panel = Panel()
    val model = runBlocking { openWindow(options, panel) }
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

/** The app as the window shows it at first: a phone that is nobody's yet is enrolled, if there is something to enrol it with. */
suspend fun openWindow(options: WindowOptions, panel: Panel): AppModel {
    val model = openModel(options.home, panel)
    options.enrolment?.let { enrolFresh(model, it) }
    return model
}

/** The app on the real engine, whose phone is a folder. */
suspend fun openModel(home: File, panel: Panel): AppModel {
    val language = if (Locale.getDefault().language == "es") Language.ES else Language.EN
    val engine = openFolder(home, "desktop", VERSION, language, panel.network.value)
    val preferences = Preferences(FileStore(File(home, "look.properties")))
    return AppModel(engine, panel.ports, preferences, CoroutineScope(Dispatchers.Default), "Desktop window", Navigator())
}

/** Makes a phone that is nobody's the technician's. One that is somebody's stays theirs. */
private suspend fun enrolFresh(model: AppModel, enrolment: Route.Enrol) {
    if (model.today.shown.mapNotNull { it.content }.first().enrolled) return
    // Filled in, for when the office doesn't take it.
    model.navigator.start(enrolment)
    model.enrol.enrol(enrolment.server, enrolment.code)
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
