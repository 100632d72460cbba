package app.truckroll

import androidx.compose.ui.test.hasSetTextAction
import androidx.compose.ui.test.hasText
import androidx.compose.ui.test.junit4.v2.createAndroidComposeRule
import androidx.compose.ui.test.onAllNodesWithText
import androidx.compose.ui.test.onNodeWithText
import androidx.compose.ui.test.performClick
import androidx.compose.ui.test.performTextInput
import androidx.compose.ui.test.performTextReplacement
import androidx.test.core.app.ApplicationProvider
import androidx.test.ext.junit.runners.AndroidJUnit4
import app.truckroll.host.Opening
import app.truckroll.shell.Route
import app.truckroll.shell.VisitForm
import app.truckroll.shell.content
import app.truckroll.shell.model.AppModel
import app.truckroll.shell.model.VisitModel
import app.truckroll.shell.port.Shot
import app.truckroll.testing.Job
import app.truckroll.testing.Office
import org.junit.After
import org.junit.Before
import org.junit.Rule
import org.junit.Test
import org.junit.runner.RunWith
import org.robolectric.annotation.Config

/** The app on Android, on the real engine, against a real server process. */
@RunWith(AndroidJUnit4::class)
@Config(application = TestApplication::class)
class AppFlowTest {
    @get:Rule val rule = createAndroidComposeRule<MainActivity>()

    private lateinit var office: Office
    private val app: TestApplication get() = ApplicationProvider.getApplicationContext()
    private val panel get() = app.panel
    private val model: AppModel get() = (app.host.state.value as Opening.Ready).model
    private val visitId get() = model.today.shown.value.content!!.sections.flatMap { it.visits }.single().visit
    private val visit: VisitModel get() = model.visit(visitId)

    @Before fun enrol() {
        office = Office.open()
        office.send(Job())
        see("Welcome")
        rule.onNode(hasSetTextAction() and hasText("Office address")).performTextReplacement(office.url)
        rule.onNode(hasSetTextAction() and hasText("Code")).performTextInput(office.code())
        rule.onNodeWithText("Set up this phone").performClick()
        see("No heat since last night")
    }

    @After fun close() {
        app.kill()
        office.close()
    }

    private fun until(what: String, wanted: () -> Boolean) = rule.waitUntil(what, 20_000, wanted)

    private fun see(text: String) = until("\"$text\" on the screen") { rule.onAllNodesWithText(text, substring = true).fetchSemanticsNodes().isNotEmpty() }

    private fun tap(text: String) = rule.onNodeWithText(text).performClick()

    private fun openVisit() {
        rule.onNodeWithText("No heat since last night").performClick()
        see("WO-7001")
        until("the visit") { visit.shown.value.content != null }
    }

    private fun place(form: VisitForm) = rule.runOnIdle { model.navigator.open(Route.Form(visitId, form)) }

    @Test fun `a rotation keeps the page and what was typed`() {
        openVisit()
        place(VisitForm.NOTES)
        rule.onNode(hasSetTextAction()).performTextInput("half a note")
        rule.activityRule.scenario.recreate()
        see("half a note")
    }

    @Test fun `a cancelled camera and a full phone say what is safe`() {
        openVisit()
        place(VisitForm.PHOTOS)
        see("What does it show?")
        val label = visit.shown.value.content!!.photoKinds.first().label
        panel.shots += Shot.Cancelled
        rule.onAllNodesWithText(label)[0].performClick()
        see("No photo was taken")
        panel.shots += Shot.StorageFull
        rule.onAllNodesWithText(label)[0].performClick()
        see("This phone is full")
    }
}
