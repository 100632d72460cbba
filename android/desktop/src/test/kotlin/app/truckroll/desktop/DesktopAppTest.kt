package app.truckroll.desktop

import androidx.compose.ui.test.ExperimentalTestApi
import androidx.compose.ui.test.assertIsDisplayed
import androidx.compose.ui.test.hasSetTextAction
import androidx.compose.ui.test.hasText
import androidx.compose.ui.test.junit4.v2.createComposeRule
import androidx.compose.ui.test.onAllNodesWithText
import androidx.compose.ui.test.onNodeWithText
import androidx.compose.ui.test.performClick
import androidx.compose.ui.test.performTextInput
import androidx.compose.ui.test.performTextReplacement
import app.truckroll.core.Network
import app.truckroll.shell.content
import app.truckroll.shell.model.AppModel
import app.truckroll.shell.port.Panel
import app.truckroll.shell.port.Position
import app.truckroll.testing.Job
import app.truckroll.testing.Office
import kotlinx.coroutines.runBlocking
import org.junit.After
import org.junit.Before
import org.junit.Rule
import org.junit.Test
import org.junit.rules.TemporaryFolder
import kotlin.test.assertEquals
import kotlin.test.assertNull

/** The whole app in its window, on the real engine, against a real server process. */
@OptIn(ExperimentalTestApi::class)
class DesktopAppTest {
    @get:Rule val folder = TemporaryFolder()
    @get:Rule val rule = createComposeRule()

    private lateinit var office: Office
    private lateinit var model: AppModel
    private val panel = Panel()

    @Before fun open() {
        office = Office.open()
        office.send(Job())
        model = runBlocking { openModel(folder.root, panel) }
    }

    @After fun close() {
        runBlocking { model.close() }
        office.close()
    }

    private fun await(text: String) = rule.waitUntil("\"$text\" on the screen", 20_000) { rule.onAllNodesWithText(text, substring = true).fetchSemanticsNodes().isNotEmpty() }

    @Test fun `the technician enrols, works offline and is heard once there is a signal`() {
        rule.setContent { DesktopApp(model, panel, showPanel = false) }
        await("Welcome")
        rule.onNode(hasSetTextAction() and hasText("Office address")).performTextReplacement(office.url)
        rule.onNode(hasSetTextAction() and hasText("Code")).performTextInput(office.code())
        rule.onNodeWithText("Set up this phone").performClick()
        await("No heat since last night")

        panel.network.value = Network.OFFLINE
        val visit = model.today.shown.value.content!!.sections.single().visits.single().visit
        runBlocking { model.visit(visit).addNote("Igniter replaced")?.join() }
        assertNull(model.visit(visit).task.value.problem)

        panel.network.value = Network.WIFI
        office.waitFor("WO-7001", "Igniter replaced")
    }

    @Test fun `the panel's position is checked before it counts`() {
        assertNull(fix("north", "1", "10", false))
        assertNull(fix("91", "1", "10", false))
        assertNull(fix("1", "1", "0", false))
        assertEquals(12.5, fix("1", "1", "12.5", true)?.accuracyM)
    }

    @Test fun `the panel turns the signal off`() {
        rule.setContent { HardwarePanel(panel) }
        rule.onNodeWithText("This laptop’s pretend hardware").assertIsDisplayed()
        rule.onNodeWithText("Stand here").performClick()
        rule.waitForIdle()
        assertEquals(38.2857023, (panel.position.value as Position.Found).fix.lat)
    }
}
