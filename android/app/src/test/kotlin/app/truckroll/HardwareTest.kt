package app.truckroll

import android.Manifest
import android.app.Application
import android.app.job.JobScheduler
import android.content.Intent
import android.location.Location
import android.location.LocationManager
import android.net.Uri
import android.os.Build
import android.os.Looper
import android.os.SystemClock
import androidx.test.core.app.ApplicationProvider
import androidx.test.ext.junit.runners.AndroidJUnit4
import app.truckroll.host.AndroidCamera
import app.truckroll.host.AndroidClock
import app.truckroll.host.AndroidLocation
import app.truckroll.host.AndroidOpener
import app.truckroll.host.Notifications
import app.truckroll.host.Permissions
import app.truckroll.host.SyncJob
import app.truckroll.shell.port.Look
import app.truckroll.shell.port.Position
import app.truckroll.shell.port.Shot
import kotlinx.coroutines.CoroutineScope
import kotlinx.coroutines.CoroutineStart
import kotlinx.coroutines.Deferred
import kotlinx.coroutines.Dispatchers
import kotlinx.coroutines.ExperimentalCoroutinesApi
import kotlinx.coroutines.async
import org.junit.Before
import org.junit.Test
import org.junit.runner.RunWith
import org.robolectric.Shadows.shadowOf
import org.robolectric.annotation.Config
import java.io.File
import java.time.Duration
import kotlin.test.assertContentEquals
import kotlin.test.assertEquals
import kotlin.test.assertFalse
import kotlin.test.assertIs
import kotlin.test.assertNotNull
import kotlin.test.assertNull
import kotlin.test.assertTrue

/** What only a phone has, on Android's own classes. */
@RunWith(AndroidJUnit4::class)
@Config(application = Application::class)
@OptIn(ExperimentalCoroutinesApi::class)
class HardwareTest {
    private val context: Application = ApplicationProvider.getApplicationContext()
    private val manager = context.getSystemService(LocationManager::class.java)

    private fun <T> begin(work: suspend () -> T): Deferred<T> = CoroutineScope(Dispatchers.Unconfined).async(start = CoroutineStart.UNDISPATCHED) { work() }

    private fun <T> end(deferred: Deferred<T>, idle: Duration = Duration.ZERO): T {
        shadowOf(Looper.getMainLooper()).idleFor(idle)
        val until = System.nanoTime() + 30_000_000_000
        while (!deferred.isCompleted && System.nanoTime() < until) {
            shadowOf(Looper.getMainLooper()).idle()
            Thread.sleep(10)
        }
        return deferred.getCompleted()
    }

    private fun allow(on: Boolean) = shadowOf(context).run { if (on) grantPermissions(Manifest.permission.ACCESS_FINE_LOCATION) else denyPermissions(Manifest.permission.ACCESS_FINE_LOCATION) }

    private fun switchOn(on: Boolean) = shadowOf(manager).run {
        setProviderEnabled(LocationManager.GPS_PROVIDER, on)
        setProviderEnabled(LocationManager.NETWORK_PROVIDER, on)
    }

    @Test fun `a good position ends the sampling, and a simulated one is marked`() {
        allow(true)
        switchOn(true)
        val found = begin { AndroidLocation(context) { false }.locate(Look.EXACT) }
        val location = measured(accuracyM = 9f)
        location.setMock()
        shadowOf(manager).simulateLocation(location)
        val fix = assertIs<Position.Found>(end(found)).fix
        assertEquals(38.28, fix.lat)
        assertEquals(9.0, fix.accuracyM)
        assertEquals("gps", fix.provider)
        assertTrue(fix.mock)
    }

    private fun measured(accuracyM: Float) = Location(LocationManager.GPS_PROVIDER).apply {
        latitude = 38.28
        longitude = -85.5
        accuracy = accuracyM
        time = 1_795_000_000_000
        elapsedRealtimeNanos = SystemClock.elapsedRealtimeNanos()
    }

    private fun Location.setMock() {
        val name = if (Build.VERSION.SDK_INT >= Build.VERSION_CODES.S) "setMock" else "setIsFromMockProvider"
        Location::class.java.getMethod(name, Boolean::class.javaPrimitiveType).invoke(this, true)
    }

    @Test fun `a permission that was denied or taken back, and a location that is off, are told apart`() {
        allow(false)
        assertEquals(Position.Denied, end(begin { AndroidLocation(context) { false }.locate(Look.EXACT) }))
        allow(true)
        switchOn(false)
        assertEquals(Position.Off, end(begin { AndroidLocation(context) { false }.locate(Look.EXACT) }))
        allow(false)
        assertEquals(Position.Denied, end(begin { AndroidLocation(context) { false }.locate(Look.EXACT) }))
    }

    @Test fun `on the way a block is exact enough, nobody is asked for anything, and going away ends the search`() {
        val location = AndroidLocation(context) { error("asked for $it on the way") }
        allow(false)
        assertEquals(Position.Denied, end(begin { location.locate(Look.ROUGH) }))
        // Android lets people grant a rough position alone.
        shadowOf(context).grantPermissions(Manifest.permission.ACCESS_COARSE_LOCATION)
        switchOn(true)
        val found = begin { location.locate(Look.ROUGH) }
        shadowOf(manager).simulateLocation(measured(accuracyM = 100f))
        assertEquals(100.0, assertIs<Position.Found>(end(found)).fix.accuracyM)

        val search = begin { location.locate(Look.ROUGH) }
        assertTrue(listeners() > 0)
        search.cancel()
        assertEquals(0, listeners())
    }

    private fun listeners() = shadowOf(manager).getRequestLocationUpdateListeners().size

    @Before fun forget() = forgetPhotoFolders()

    @Test fun `the camera writes into one file of ours, and what it took while our process was gone is handed over`() {
        val camera = AndroidCamera(context)
        var given: Uri? = null
        camera.launch = { given = it }
        val shot = begin { camera.take("visit/AFTER/") }
        assertEquals("app.truckroll.photos", assertNotNull(given).authority)
        val file = File(context.cacheDir, "camera").listFiles()!!.single()
        file.writeBytes(byteArrayOf(1, 2, 3))
        assertNull(camera.back(taken = true))
        assertContentEquals(byteArrayOf(1, 2, 3), assertIs<Shot.Taken>(end(shot)).bytes)
        assertFalse(file.exists())

        val cancelled = begin { camera.take("visit/AFTER/") }
        camera.back(taken = false)
        assertEquals(Shot.Cancelled, end(cancelled))

        // Android ends our process behind the camera: the next one hands over what was taken.
        val before = AndroidCamera(context).apply { launch = {} }
        val lost = begin { before.take("v1/PLATE/caption") }
        assertFalse(lost.isCompleted, "$lost")
        File(context.cacheDir, "camera").listFiles()!!.single().writeBytes(byteArrayOf(7))
        val (tag, bytes) = assertNotNull(AndroidCamera(context).back(taken = true))
        assertEquals("v1/PLATE/caption", tag)
        assertContentEquals(byteArrayOf(7), bytes)
        assertNull(AndroidCamera(context).back(taken = true))
    }

    @Test fun `unsent work asks for a run with a connection, and originals for one that costs nothing`() {
        val scheduler = context.getSystemService(JobScheduler::class.java)
        SyncJob.schedule(context, photosWaitForWifi = true)
        val jobs = scheduler.allPendingJobs.associateBy { it.id }
        @Suppress("DEPRECATION")
        assertEquals(android.app.job.JobInfo.NETWORK_TYPE_ANY, jobs.getValue(SyncJob.SEND).networkType)
        @Suppress("DEPRECATION")
        assertEquals(android.app.job.JobInfo.NETWORK_TYPE_UNMETERED, jobs.getValue(SyncJob.PHOTOS).networkType)
        assertTrue(jobs.values.all { it.isPersisted })
        SyncJob.schedule(context, photosWaitForWifi = false)
        assertEquals(listOf(SyncJob.SEND), scheduler.allPendingJobs.map { it.id })
    }

    @Test fun `calls go to the dialler and never ask for a permission`() {
        assertTrue(AndroidOpener(context).open("tel:+15558281417"))
        assertEquals(Intent.ACTION_DIAL, shadowOf(context).nextStartedActivity.action)
        assertTrue(AndroidOpener(context).open("geo:38.28,-85.5"))
        assertEquals(Intent.ACTION_VIEW, shadowOf(context).nextStartedActivity.action)
    }

    @Test fun `whether notifications may be shown is asked once, and only where Android asks`() {
        val asked = mutableListOf<String>()
        repeat(2) { end(begin { Notifications(context).askOnce { asked += it; false } }) }
        val newAndroid = Build.VERSION.SDK_INT >= Build.VERSION_CODES.TIRAMISU
        assertEquals(if (newAndroid) listOf("android.permission.POST_NOTIFICATIONS") else emptyList(), asked)
    }

    @Test fun `one question at a time is on the screen, and none without one`() {
        val permissions = Permissions()
        assertFalse(end(begin { permissions.ask("camera") }))
        val shown = mutableListOf<String>()
        permissions.launch = { shown += it }
        val first = begin { permissions.ask("location") }
        val second = begin { permissions.ask("notifications") }
        assertEquals(listOf("location"), shown)
        permissions.answered(true)
        assertTrue(end(first))
        assertEquals(listOf("location", "notifications"), shown)
        permissions.answered(false)
        assertFalse(end(second))
    }

    @Test fun `the clock counts sleep and names its boot`() {
        val clock = AndroidClock(context)
        val before = clock.now()
        shadowOf(Looper.getMainLooper()).idleFor(Duration.ofHours(1))
        val after = clock.now()
        assertEquals(before.bootId, after.bootId)
        assertTrue(after.monoMs - before.monoMs >= 3_600_000)
    }
}
