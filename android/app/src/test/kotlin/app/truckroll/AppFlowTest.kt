package app.truckroll

import android.Manifest
import android.app.Activity
import android.app.Application
import android.app.job.JobScheduler
import android.content.Intent
import android.content.pm.ActivityInfo
import android.content.pm.ApplicationInfo
import android.content.pm.PackageManager
import android.content.pm.ResolveInfo
import android.location.Location
import android.location.LocationManager
import android.os.Looper
import android.os.SystemClock
import android.provider.MediaStore
import android.view.WindowManager.LayoutParams.FLAG_SECURE
import androidx.compose.ui.test.hasSetTextAction
import androidx.compose.ui.test.junit4.v2.createAndroidComposeRule
import androidx.compose.ui.test.onAllNodesWithText
import androidx.compose.ui.test.onFirst
import androidx.compose.ui.test.performClick
import androidx.compose.ui.test.performTextInput
import androidx.lifecycle.Lifecycle
import androidx.test.core.app.ApplicationProvider
import androidx.test.ext.junit.runners.AndroidJUnit4
import app.truckroll.core.Grade
import app.truckroll.core.Status
import app.truckroll.engine.systemNow
import app.truckroll.host.Opening
import app.truckroll.host.Push
import app.truckroll.host.SyncJob
import app.truckroll.shell.Route
import app.truckroll.shell.VisitForm
import app.truckroll.shell.content
import app.truckroll.shell.model.AppModel
import app.truckroll.shell.port.Panel
import app.truckroll.shell.port.Position
import app.truckroll.shell.port.Shot
import app.truckroll.testing.Job
import app.truckroll.testing.PushServer
import app.truckroll.testing.VisitFlows
import org.junit.After
import org.junit.Before
import org.junit.Rule
import org.junit.Test
import org.junit.runner.RunWith
import org.robolectric.Shadows.shadowOf
import org.robolectric.annotation.Config
import java.io.File
import kotlin.test.assertEquals
import kotlin.test.assertFalse
import kotlin.test.assertNull
import kotlin.test.assertTrue

/** The app on Android: the flows of every technician, and what only an activity goes through. */
@RunWith(AndroidJUnit4::class)
@Config(application = TestApplication::class)
class AppFlowTest : VisitFlows() {
    @get:Rule public override val rule = createAndroidComposeRule<MainActivity>()

    private val app: TestApplication get() = ApplicationProvider.getApplicationContext<Application>() as TestApplication
    override val panel: Panel get() = app.panel
    override val model: AppModel get() = (app.host.state.value as Opening.Ready).model

    @Before fun begin() {
        forgetPhotoFolders()
        enrol()
    }

    @After fun end() {
        app.kill()
        office.close()
    }

    // What the engine tells is posted to the main thread, which is the test's.
    override fun idle() = shadowOf(Looper.getMainLooper()).idle()

    override fun restart(meanwhile: (home: File) -> Unit) {
        app.diesWithItsActivity = meanwhile
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

    @Test fun `the app switcher keeps no picture of the screen`() {
        val scenario = rule.activityRule.scenario
        fun hidden(): Boolean {
            var hidden = false
            scenario.onActivity { hidden = it.window.attributes.flags and FLAG_SECURE != 0 }
            return hidden
        }
        assertFalse(hidden(), "in front a technician may take a screenshot")
        scenario.moveToState(Lifecycle.State.STARTED)
        assertTrue(hidden())
        scenario.moveToState(Lifecycle.State.RESUMED)
        assertFalse(hidden())
    }

    @Test fun `an arrival without permission or location or elsewhere is saved and says so`() {
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

    @Test fun `a permission that is taken back while the app runs is asked for again and its refusal says what is safe`() {
        app.asksAndroid = true
        openVisit()
        step(Status.TRAVELING)
        shadowOf(locations).setProviderEnabled(LocationManager.GPS_PROVIDER, true)
        shadowOf(app).grantPermissions(Manifest.permission.ACCESS_FINE_LOCATION)
        tap(visit.shown.value.content!!.actions.first { it.main }.label)
        until("the check-in") {
            standAtTheDoor()
            visit.shown.value.content?.checkIn?.grade == Grade.VERIFIED
        }

        // In the phone's settings, with the app behind them.
        rule.activityRule.scenario.moveToState(Lifecycle.State.CREATED)
        shadowOf(app).denyPermissions(Manifest.permission.ACCESS_FINE_LOCATION)
        rule.activityRule.scenario.moveToState(Lifecycle.State.RESUMED)
        // Who is asked says no: Robolectric by itself says yes on newer Androids.
        val asked = mutableListOf<String>()
        rule.runOnIdle {
            app.permissions.launch = { permission ->
                asked += permission
                app.permissions.answered(false)
            }
        }
        find("Check in again")
        tap("Check in again")
        see("No permission for your position")
        assertEquals(listOf(Manifest.permission.ACCESS_FINE_LOCATION), asked)
        until("the check-in without a position") { visit.shown.value.content?.checkIn?.grade == Grade.NO_FIX }
    }

    private val locations: LocationManager get() = app.getSystemService(LocationManager::class.java)

    private fun standAtTheDoor() = shadowOf(locations).simulateLocation(
        Location(LocationManager.GPS_PROVIDER).apply {
            latitude = Job().lat
            longitude = Job().lon
            accuracy = 8f
            time = systemNow().wallMs
            elapsedRealtimeNanos = SystemClock.elapsedRealtimeNanos()
        },
    )

    @Test fun `a cancelled camera says that nothing was changed`() {
        app.asksAndroid = true
        openVisit()
        page(VisitForm.PHOTOS)
        see("What does it show?")
        rule.onAllNodesWithText(visit.shown.value.content!!.photoKinds.first().label).onFirst().performClick()
        var camera: Intent? = null
        until("the camera") {
            camera = shadowOf(rule.activity).nextStartedActivity ?: camera
            camera?.action == MediaStore.ACTION_IMAGE_CAPTURE
        }
        shadowOf(rule.activity).receiveResult(camera, Activity.RESULT_CANCELED, null)
        see("No photo was taken")
        assertEquals(0, visit.shown.value.content!!.photos.size)
    }

    @Test fun `a phone without room for a photo's file says what is safe`() {
        openVisit()
        page(VisitForm.PHOTOS)
        see("What does it show?")
        panel.shots += Shot.StorageFull
        rule.onAllNodesWithText(visit.shown.value.content!!.photoKinds.first().label).onFirst().performClick()
        see("This phone is full")
    }

    @Test fun `the address that a distributor gives reaches the office and what it brings wakes the phone`() = PushServer().use { pushes ->
        val theirs = ApplicationInfo().apply { packageName = "org.example.distributor" }
        val distributor = ResolveInfo().apply {
            activityInfo = ActivityInfo().apply {
                packageName = theirs.packageName
                name = "Receiver"
                applicationInfo = theirs
            }
        }
        @Suppress("DEPRECATION")
        shadowOf(app.packageManager).addResolveInfoForIntent(Intent(Push.REGISTER), distributor)
        rule.activityRule.scenario.recreate()
        var asked: Intent? = null
        until("the registration") {
            asked = shadowOf(app).broadcastIntents.lastOrNull { it.action == Push.REGISTER }
            asked != null
        }
        assertEquals("org.example.distributor", asked?.`package`)
        val token = checkNotNull(asked?.getStringExtra("token"))
        fun says(action: String, token: String, vararg extras: Pair<String, String>) {
            app.sendBroadcast(Intent(action).setPackage(app.packageName).putExtra("token", token).apply { for ((key, value) in extras) putExtra(key, value) })
            idle()
        }
        says(Push.NEW_ENDPOINT, "a stranger's", "endpoint" to "https://elsewhere.example/up")
        assertNull(app.push.endpoint)
        says(Push.NEW_ENDPOINT, token, "endpoint" to pushes.endpoint)
        assertEquals(pushes.endpoint, app.push.endpoint)
        online()

        offline()
        office.send(Job("WO-7002"))
        assertEquals("", pushes.next(), "nothing about anybody is in a message")
        val scheduler = app.getSystemService(JobScheduler::class.java).apply { cancelAll() }
        says(Push.MESSAGE, token, "id" to "m1")
        assertTrue(scheduler.allPendingJobs.any { it.id == SyncJob.SEND })
        assertEquals("m1", shadowOf(app).broadcastIntents.last { it.action == Push.MESSAGE_ACK }.getStringExtra("id"))

        says(Push.UNREGISTERED, token)
        assertNull(app.push.endpoint)
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
