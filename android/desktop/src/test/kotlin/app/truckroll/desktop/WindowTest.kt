package app.truckroll.desktop

import androidx.compose.ui.test.ExperimentalTestApi
import androidx.compose.ui.test.hasText
import androidx.compose.ui.test.v2.runDesktopComposeUiTest
import app.truckroll.shell.Route
import app.truckroll.shell.port.Panel
import app.truckroll.testing.Job
import app.truckroll.testing.Office
import kotlinx.coroutines.runBlocking
import org.junit.Rule
import org.junit.Test
import org.junit.rules.TemporaryFolder
import java.io.File
import kotlin.test.assertEquals
import kotlin.test.assertNull

/** The window as `cargo xtask demo --app` opens it: with a phone's folder, an office and a code. */
@OptIn(ExperimentalTestApi::class)
class WindowTest {
    @get:Rule val folder = TemporaryFolder()

    /** Opens a window on the phone in the folder, and waits until it shows a text. */
    private fun opens(server: String, code: String, text: String) = runDesktopComposeUiTest {
        val options = checkNotNull(WindowOptions.of(listOf("--home", folder.root.path, "--server", server, "--code", code)))
        val panel = Panel()
        val model = runBlocking { openWindow(options, panel) }
        setContent { DesktopApp(model, panel) }
        waitUntil("“$text” in the window", PATIENCE_MS) { onAllNodes(hasText(text, substring = true)).fetchSemanticsNodes().isNotEmpty() }
        runBlocking { model.close() }
    }

    @Test fun `a window that is given a code is the technician's by itself, and stays theirs when it opens again`() = Office.open().use { office ->
        office.send(Job())
        opens(office.url, office.code(), Job().issue)
        // The same command once more: its code was used, and nobody asks for another.
        opens(office.url, "0000-0000", Job().issue)
    }

    @Test fun `a code that the office doesn't know is said, with what was given filled in`() = Office.open().use { office ->
        opens(office.url, "0000-0000", "The office refused this phone")
    }

    @Test fun `a window is opened with a folder, and with an office and its code together`() {
        val home = File(System.getProperty("user.home"), ".truckroll-window")
        assertEquals(WindowOptions(home, null), WindowOptions.of(emptyList()))
        val all = listOf("--home", "phone", "--server", "http://127.0.0.1:8080", "--code", "K7QP-22MX")
        assertEquals(WindowOptions(File("phone"), Route.Enrol("http://127.0.0.1:8080", "K7QP-22MX")), WindowOptions.of(all))
        for (wrong in listOf(all.dropLast(2), all.dropLast(1), listOf("--hmoe", "phone"), listOf("--code", "K7QP-22MX"))) assertNull(WindowOptions.of(wrong), "$wrong")
    }

    private companion object {
        /** A loaded machine is no failure. */
        const val PATIENCE_MS = 60_000L
    }
}
