package app.truckroll.engine

import app.truckroll.core.ActException
import app.truckroll.core.Fix
import app.truckroll.core.Grade
import app.truckroll.core.Intent
import app.truckroll.core.Network
import app.truckroll.core.PhotoKind
import app.truckroll.core.Screen
import app.truckroll.core.ScreenView
import app.truckroll.core.StartException
import app.truckroll.core.Status
import app.truckroll.core.VisitView
import app.truckroll.core.WorkOutcome
import app.truckroll.testing.Job
import app.truckroll.testing.Office
import kotlinx.coroutines.CancellationException
import kotlinx.coroutines.CoroutineStart
import kotlinx.coroutines.asCoroutineDispatcher
import kotlinx.coroutines.async
import kotlinx.coroutines.cancelAndJoin
import kotlinx.coroutines.launch
import kotlinx.coroutines.runBlocking
import kotlinx.coroutines.withTimeout
import kotlinx.coroutines.withTimeoutOrNull
import kotlinx.coroutines.cancel
import kotlinx.coroutines.CoroutineScope
import kotlinx.coroutines.SupervisorJob
import org.junit.After
import org.junit.Before
import org.junit.Rule
import org.junit.Test
import org.junit.rules.TemporaryFolder
import org.junit.rules.Timeout
import java.awt.image.BufferedImage
import java.io.ByteArrayOutputStream
import java.util.concurrent.Executors
import java.util.concurrent.TimeUnit
import javax.imageio.ImageIO
import kotlin.test.assertEquals
import kotlin.test.assertFailsWith
import kotlin.test.assertFalse
import kotlin.test.assertNotNull
import kotlin.test.assertTrue

/** The whole facade on the real library, against a real server process. */
class TechnicianTest {
    @get:Rule val folder = TemporaryFolder()
    @get:Rule val limit: Timeout = Timeout.seconds(300)

    private lateinit var office: Office
    private lateinit var phone: Phone

    @Before fun open() {
        office = Office.open()
        phone = Phone(folder.newFolder("phone"))
    }

    @After fun close() = office.close()

    private suspend fun enrolled(): Technician {
        office.send(Job())
        val technician = phone.open()
        technician.enrol(office.url, office.code(), "Test phone", "android")
        technician.until("enrolled and fetched") { it.enrolled && it.settled && it.lastSync != null }
        return technician
    }

    private suspend fun Technician.only(): VisitView = visit(today().sections.flatMap { it.visits }.single().visit)

    private fun picture(): ByteArray = ByteArrayOutputStream().also { ImageIO.write(BufferedImage(320, 240, BufferedImage.TYPE_INT_RGB), "jpg", it) }.toByteArray()

    private fun Job.fix(): Fix = systemNow().let { now -> Fix(lat, lon, 8.0, 0, now.monoMs, now.wallMs, "gps", false) }

    @Test fun `a visit done offline reaches the office once there is a signal again`() = runBlocking {
        val technician = enrolled()
        technician.setNetwork(Network.OFFLINE)
        val visit = technician.only().visit
        fun step(to: Status, outcome: WorkOutcome? = null, gaps: List<String> = emptyList()) = Intent.SetStatus(visit, to, "", null, outcome, gaps)
        technician.act(step(Status.TRAVELING))
        technician.act(Intent.Arrive(visit, Job().fix(), "", null))
        assertEquals(Grade.VERIFIED, technician.visit(visit).checkIn?.grade)
        technician.act(step(Status.IN_PROGRESS))
        val sha256 = assertNotNull(technician.act(Intent.AddPhoto(visit, picture(), PhotoKind.AFTER, "new igniter")).sha256)
        technician.act(Intent.AddNote(visit, "Igniter replaced, heat is back", null))
        assertNotNull(technician.act(Intent.ViewGateCode(visit)).gateCode)
        technician.act(step(Status.COMPLETED, WorkOutcome.FIXED, technician.closeout(visit).gaps))
        assertNotNull(technician.picture(sha256))
        val view = technician.visit(visit)
        assertEquals(Status.COMPLETED, view.status)
        assertTrue(view.save.unsent >= 6u, "${view.save}")
        assertFalse("Igniter replaced" in office.packet("WO-7001"))

        technician.setNetwork(Network.WIFI)
        technician.until("all sent") { it.settled && it.unsent == 0u && it.photosWaiting == 0u }
        office.waitFor("WO-7001", "Igniter replaced, heat is back")
        assertEquals("verified", technician.visit(visit).photos.single().upload)
        technician.shutDown()
    }

    @Test fun `what was saved is there when the engine opens again, and is sent then`() = runBlocking {
        val technician = enrolled()
        technician.setNetwork(Network.OFFLINE)
        val visit = technician.only().visit
        technician.act(Intent.AddNote(visit, "written before the battery died", null))
        technician.shutDown()
        technician.destroy()

        val again = phone.open()
        assertEquals("written before the battery died", again.visit(visit).notes.single().text)
        again.until("sent") { it.settled && it.unsent == 0u }
        office.waitFor("WO-7001", "written before the battery died")
        again.shutDown()
    }

    @Test fun `a full phone refuses by type, loses nothing, and goes on once there is room`() = runBlocking {
        val technician = enrolled()
        val visit = technician.only().visit
        technician.act(Intent.AddNote(visit, "before it was full", null))
        technician.limitStore(0u)
        // Longer than what is left of any page.
        val long = Intent.AddNote(visit, "Igniter replaced. ".repeat(500), null)
        assertFailsWith<ActException.StorageFull> { technician.act(long) }
        assertEquals(listOf("before it was full"), technician.visit(visit).notes.map { it.text })
        technician.limitStore(null)
        technician.act(long)
        assertEquals(2, technician.visit(visit).notes.size)
        technician.shutDown()
    }

    @Test fun `while the store is held, no call keeps its caller's thread`() = runBlocking {
        val technician = enrolled()
        val visit = technician.only().visit
        val hold = technician.holdStore()
        val main = Executors.newSingleThreadExecutor()
        val callers = CoroutineScope(main.asCoroutineDispatcher() + SupervisorJob())
        try {
            val calls: Map<String, suspend () -> Unit> = mapOf(
                "act" to { technician.act(Intent.AddNote(visit, "while held", null)) },
                "today" to { technician.today() },
                "visit" to { technician.visit(visit) },
                "closeout" to { technician.closeout(visit) },
                "attention" to { technician.attention() },
                "sync" to { technician.sync() },
                "settings" to { technician.settings() },
                "messages" to { technician.messages() },
                "picture" to { technician.picture("0".repeat(64)) },
                "setNetwork" to { technician.setNetwork(Network.WIFI) },
                "tick" to { technician.tick() },
                "poke" to { technician.poke() },
                "enrol" to { assertFailsWith<ActException.AlreadyEnrolled> { technician.enrol(office.url, "AAAA-BBBB", "x", "android") } },
                "syncAndWait" to {
                    try {
                        technician.syncAndWait(10u)
                    } catch (_: ActException.Suspended) {
                        // By the next one.
                    }
                },
                "partSent" to {
                    try {
                        technician.partSent("0".repeat(64), 0u, null)
                    } catch (_: ActException.NoSuchItem) {
                        // No such photo: said after the wait, not before.
                    }
                },
                "suspend and resume" to {
                    try {
                        technician.suspend()
                    } catch (_: ActException.Failed) {
                        // A loaded machine held it for longer than the three seconds that a phone grants.
                    }
                    technician.resume()
                },
            )
            val begun = calls.map { (name, call) ->
                val job = callers.async { call() }
                // The caller's thread runs something else although the call can't end.
                main.submit {}.get(FREE_WITHIN_S, TimeUnit.SECONDS)
                name to job
            }
            val subscribed = main.submit<ScreenSubscription> { technician.subscribe(Screen.Today, Listener()) }.get(FREE_WITHIN_S, TimeUnit.SECONDS)
            main.submit<ULong> { technician.liveSubscriptions() }.get(FREE_WITHIN_S, TimeUnit.SECONDS)
            main.submit { subscribed.cancel() }.get(FREE_WITHIN_S, TimeUnit.SECONDS)
            assertFalse(begun.first().second.isCompleted, "nothing was held")
            hold.release()
            for ((name, job) in begun) assertNotNull(withTimeoutOrNull(60_000) { job.await(); name }, "$name never ended")
            assertEquals("while held", technician.visit(visit).notes.single().text)

            // The two that end it all.
            for (end in listOf<suspend () -> Unit>({ technician.signOut(true) }, { technician.shutDown() })) {
                val again = technician.holdStore()
                val job = callers.async { end() }
                main.submit {}.get(FREE_WITHIN_S, TimeUnit.SECONDS)
                assertFalse(job.isCompleted, "nothing was held")
                again.release()
                withTimeout(60_000) { job.await() }
            }
        } finally {
            hold.release()
            callers.cancel()
            technician.shutDown()
        }
    }

    @Test fun `ten thousand subscribe-and-close rounds leave no handle behind`() = runBlocking {
        val technician = enrolled()
        val before = technician.liveSubscriptions()
        val listener = Listener()
        repeat(10_000) { technician.subscribe(Screen.Today, listener).use { it.cancel() } }
        withTimeout(60_000) { while (technician.liveSubscriptions() != before) kotlinx.coroutines.delay(20) }
        assertEquals(before, technician.liveSubscriptions())
        technician.shutDown()
    }

    @Test fun `a subscription gives the screen as it is, then each change`() = runBlocking {
        val technician = enrolled()
        val visit = technician.only().visit
        val listener = Listener()
        val subscription = technician.subscribe(Screen.Visit(visit), listener)
        val first = assertNotNull(listener.views.poll(30, TimeUnit.SECONDS)) as ScreenView.Visit
        assertTrue(first.view.notes.isEmpty())
        technician.act(Intent.AddNote(visit, "seen", null))
        val until = System.nanoTime() + 60_000_000_000
        var newest = first
        while (newest.view.notes.isEmpty() && System.nanoTime() < until) newest = (listener.views.poll(1, TimeUnit.SECONDS) ?: continue) as ScreenView.Visit
        assertEquals("seen", newest.view.notes.single().text)
        subscription.cancel()
        technician.shutDown()
    }

    @Test fun `a cancelled coroutine leaves nothing half done`() = runBlocking {
        val technician = enrolled()
        technician.setNetwork(Network.OFFLINE)
        val visit = technician.only().visit
        val before = technician.visit(visit).save.unsent
        repeat(50) { round ->
            val job = launch(kotlinx.coroutines.Dispatchers.Default) {
                try {
                    technician.act(Intent.Arrive(visit, Job().fix(), "", null))
                } catch (_: ActException.NotPossible) {
                    // Already there: an earlier round was whole.
                }
                technician.act(Intent.AddNote(visit, "round $round", null))
            }
            if (round % 3 == 0) kotlinx.coroutines.yield()
            if (round % 5 == 0) kotlinx.coroutines.delay(1)
            job.cancelAndJoin()
        }
        val view = technician.visit(visit)
        // An arrival is a status and a check-in: both or neither.
        assertEquals(view.status == Status.ON_SITE, view.checkIn != null)
        val arrivals = if (view.status == Status.ON_SITE) 2u else 0u
        assertTrue(view.save.unsent >= before + arrivals, "${view.save}")
        assertEquals(view.notes.map { it.text }.toSet().size, view.notes.size, "a note came twice")
        technician.shutDown()
    }

    @Test fun `a withdrawn call that hadn't begun never happens`() = runBlocking {
        val technician = enrolled()
        val visit = technician.only().visit
        val hold = technician.holdStore()
        val cancellation = Cancellation()
        val call = async(kotlinx.coroutines.Dispatchers.Default, CoroutineStart.UNDISPATCHED) {
            assertFailsWith<ActException.Cancelled> { technician.act(Intent.AddNote(visit, "never", null), cancellation) }
        }
        assertTrue(cancellation.cancel())
        hold.release()
        call.await()
        assertTrue(technician.visit(visit).notes.isEmpty())
        technician.shutDown()
    }

    @Test fun `errors say what a caller can act on`() = runBlocking {
        val technician = phone.open()
        assertFailsWith<ActException.NoSuchVisit> { technician.visit("01a20079-5d18-7375-b744-d32c9e208eb3") }
        assertFailsWith<StartException.InUse> { phone.open() }
        technician.enrol(office.url, "0000-0000", "Test phone", "android")
        val refused = technician.until("refused") { it.key == "not_enrolled" && it.notices.any { notice -> notice.key == "enrol_refused" } }
        assertFalse(refused.enrolled)
        technician.shutDown()
        val closed: Throwable = assertFailsWith<Exception> { technician.today() }
        assertFalse(closed is CancellationException)
    }

    @Test fun `signing out is refused while something is unsent, then destroys everything`() = runBlocking {
        val technician = enrolled()
        technician.setNetwork(Network.OFFLINE)
        technician.act(Intent.AddNote(technician.only().visit, "unsent", null))
        assertEquals("settings.sign_out_unsent", assertFailsWith<ActException.NotPossible> { technician.signOut(false) }.reason)
        technician.setNetwork(Network.WIFI)
        technician.until("sent") { it.unsent == 0u && it.settled }
        val key = assertNotNull(phone.load())
        technician.signOut(false)
        assertFalse(technician.today().enrolled)
        assertFalse(key.contentEquals(phone.load()), "the old key is still there")
        technician.shutDown()
    }

    private companion object {
        /** A loaded machine is no failure; a thread that is kept is kept for ever, as the store is released only later. */
        const val FREE_WITHIN_S = 20L
    }
}
