package app.truckroll

import android.app.Application
import android.os.Looper
import androidx.compose.ui.test.hasSetTextAction
import androidx.compose.ui.test.junit4.v2.createAndroidComposeRule
import androidx.compose.ui.test.onAllNodesWithText
import androidx.compose.ui.test.onFirst
import androidx.compose.ui.test.performClick
import androidx.compose.ui.test.performTextInput
import androidx.test.core.app.ApplicationProvider
import androidx.test.ext.junit.runners.AndroidJUnit4
import app.truckroll.core.Status
import app.truckroll.host.Opening
import app.truckroll.shell.Route
import app.truckroll.shell.VisitForm
import app.truckroll.shell.content
import app.truckroll.shell.model.AppModel
import app.truckroll.shell.port.Panel
import app.truckroll.shell.port.Position
import app.truckroll.shell.port.Shot
import app.truckroll.testing.VisitFlows
import org.junit.After
import org.junit.Before
import org.junit.Rule
import org.junit.Test
import org.junit.runner.RunWith
import org.robolectric.Shadows.shadowOf
import org.robolectric.annotation.Config

/** The app on Android: the flows of every technician, and what only an activity goes through. */
@RunWith(AndroidJUnit4::class)
@Config(application = TestApplication::class)
class AppFlowTest : VisitFlows() {
    @get:Rule public override val rule = createAndroidComposeRule<MainActivity>()

    private val app: TestApplication get() = ApplicationProvider.getApplicationContext<Application>() as TestApplication
    override val panel: Panel get() = app.panel
    override val model: AppModel get() = (app.host.state.value as Opening.Ready).model

    @Before fun begin() = enrol()

    @After fun end() {
        app.kill()
        office.close()
    }

    // What the engine tells is posted to the main thread, which is the test's.
    override fun idle() = shadowOf(Looper.getMainLooper()).idle()

    override fun killAndRestore() {
        app.diesWithItsActivity = true
        rule.activityRule.scenario.recreate()
        app.buryTheDead()
        until("the engine") { app.host.state.value is Opening.Ready }
    }

    @Test fun `a rotation keeps the page and what was typed`() {
        openVisit()
        page(VisitForm.NOTES)
        see("What did you find")
        rule.onNode(hasSetTextAction()).performTextInput("half a note")
        rule.activityRule.scenario.recreate()
        see("half a note")
    }

    @Test fun `an arrival without permission, without location or elsewhere is saved and says so`() {
        openVisit()
        step(Status.TRAVELING)
        panel.position.value = Position.Denied
        step(Status.ON_SITE)
        see("No permission for your position")
        panel.position.value = Position.Off
        find("Check in again")
        tap("Check in again")
        see("The phone’s location is off")
        standAt(latOff = 0.1, mock = true)
        find("Check in again")
        tap("Check in again")
        see("simulated")
        find("The door is here")
    }

    @Test fun `a cancelled camera and a full phone say what is safe`() {
        openVisit()
        page(VisitForm.PHOTOS)
        see("What does it show?")
        val label = visit.shown.value.content!!.photoKinds.first().label
        panel.shots += Shot.Cancelled
        rule.onAllNodesWithText(label).onFirst().performClick()
        see("No photo was taken")
        panel.shots += Shot.StorageFull
        rule.onAllNodesWithText(label).onFirst().performClick()
        see("This phone is full")
    }

    @Test fun `a clock that was set wrong is shown and stops nothing`() {
        app.wallOffMs = 3 * 3_600_000
        openVisit()
        note("In the future")
        office.waitFor("WO-7001", "In the future")
        rule.runOnIdle { model.navigator.start(Route.Today) }
        until("the notice") { model.today.shown.value.content?.notices?.any { "clock" in it.key } == true }
        see(model.today.shown.value.content!!.notices.first { "clock" in it.key }.text)
    }
}
