package app.truckroll.desktop

import androidx.compose.runtime.getValue
import androidx.compose.runtime.key
import androidx.compose.runtime.mutableStateOf
import androidx.compose.runtime.setValue
import androidx.compose.ui.test.assertIsDisplayed
import androidx.compose.ui.test.junit4.v2.createComposeRule
import androidx.compose.ui.test.onNodeWithText
import androidx.compose.ui.test.performClick
import app.truckroll.shell.model.AppModel
import app.truckroll.shell.port.Panel
import app.truckroll.shell.port.Position
import app.truckroll.testing.VisitFlows
import kotlinx.coroutines.runBlocking
import org.junit.After
import org.junit.Before
import org.junit.Rule
import org.junit.Test
import org.junit.rules.TemporaryFolder
import java.io.File
import kotlin.test.assertEquals
import kotlin.test.assertNull

/** The whole app in its window: the flows of every technician. */
class DesktopAppTest : VisitFlows() {
    @get:Rule val folder = TemporaryFolder()
    @get:Rule public override val rule = createComposeRule()

    override val panel = Panel()
    private lateinit var home: File
    private var running: AppModel? by mutableStateOf(null)
    override val model: AppModel get() = checkNotNull(running)

    @Before fun begin() {
        home = File(folder.root, "phone")
        running = runBlocking { openModel(home, panel) }
        rule.setContent { running?.let { key(it) { DesktopApp(it, panel, showPanel = false) } } }
        enrol()
    }

    @After fun end() {
        runBlocking { running?.close() }
        office.close()
    }

    override fun restart(meanwhile: (home: File) -> Unit) {
        val ended = model
        val way = ended.navigator.save()
        rule.runOnIdle { running = null }
        rule.waitForIdle()
        val restored = runBlocking {
            ended.close()
            meanwhile(home)
            openModel(home, panel)
        }
        restored.navigator.restore(way)
        rule.runOnIdle { running = restored }
    }
}

/** The hardware that a laptop lacks. */
class HardwarePanelTest {
    @get:Rule val rule = createComposeRule()
    private val panel = Panel()

    @Test fun `the panel's position is checked before it counts`() {
        assertNull(fix("north", "1", "10", false))
        assertNull(fix("91", "1", "10", false))
        assertNull(fix("1", "1", "0", false))
        assertEquals(12.5, fix("1", "1", "12.5", true)?.accuracyM)
    }

    @Test fun `who stands somewhere on the panel is there`() {
        rule.setContent { HardwarePanel(panel) }
        rule.onNodeWithText("This laptop’s pretend hardware").assertIsDisplayed()
        rule.onNodeWithText("Stand here").performClick()
        rule.waitForIdle()
        assertEquals(38.2857023, (panel.position.value as Position.Found).fix.lat)
    }
}
