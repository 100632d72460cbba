package app.truckroll.shell.model

import app.truckroll.core.Fix
import app.truckroll.core.Grade
import app.truckroll.core.Language
import app.truckroll.core.MissKind
import app.truckroll.core.Network
import app.truckroll.core.PhotoKind
import app.truckroll.core.Status
import app.truckroll.core.VisitView
import app.truckroll.engine.systemNow
import app.truckroll.shell.PreferenceStore
import app.truckroll.shell.Preferences
import app.truckroll.shell.Problem
import app.truckroll.shell.Route
import app.truckroll.shell.Shown
import app.truckroll.shell.Signature
import app.truckroll.shell.VisitForm
import app.truckroll.shell.content
import app.truckroll.shell.engine.openFolder
import app.truckroll.shell.port.Panel
import app.truckroll.shell.port.Position
import app.truckroll.shell.port.Shot
import app.truckroll.testing.Job
import app.truckroll.testing.Office
import kotlinx.coroutines.CoroutineScope
import kotlinx.coroutines.Dispatchers
import kotlinx.coroutines.flow.StateFlow
import kotlinx.coroutines.flow.first
import kotlinx.coroutines.runBlocking
import kotlinx.coroutines.withTimeoutOrNull
import org.junit.After
import org.junit.Before
import org.junit.Rule
import org.junit.Test
import org.junit.rules.TemporaryFolder
import org.junit.rules.Timeout
import java.awt.image.BufferedImage
import java.io.ByteArrayOutputStream
import javax.imageio.ImageIO
import kotlin.test.assertEquals
import kotlin.test.assertNotNull
import kotlin.test.assertNull
import kotlin.test.assertTrue

/** The models on the real engine, against a real server process. */
class AppModelTest {
    @get:Rule val folder = TemporaryFolder()
    @get:Rule val limit: Timeout = Timeout.seconds(60)

    private lateinit var office: Office
    private lateinit var model: AppModel
    private val panel = Panel()

    private val noStore = object : PreferenceStore {
        override fun read(key: String): String? = null
        override fun write(key: String, value: String) = Unit
    }

    private suspend fun openModel(): AppModel {
        val engine = openFolder(folder.root, "android", "test", Language.EN, panel.network.value)
        return AppModel(engine, panel.ports, Preferences(noStore), CoroutineScope(Dispatchers.Default), "Test phone")
    }

    @Before fun open() = runBlocking {
        office = Office.open()
        office.send(Job())
        model = openModel()
        until(model.navigator.stack, "the enrolment") { it.first() is Route.Enrol }
        model.enrol.enrol(" ${office.url} ", office.code())?.join()
        until(model.today.shown, "the visit") { it.content?.sections?.isNotEmpty() == true }
        until(model.navigator.stack, "the day") { it == listOf<Route>(Route.Today) }
        Unit
    }

    @After fun close() {
        runBlocking { model.close() }
        office.close()
    }

    private suspend fun <T> until(flow: StateFlow<T>, what: String, wanted: (T) -> Boolean): T =
        assertNotNull(withTimeoutOrNull(60_000) { flow.first(wanted) }, "$what never came: ${flow.value}")

    private val visitId get() = assertNotNull(model.today.shown.value.content).sections.flatMap { it.visits }.single().visit

    private suspend fun opened(): VisitModel {
        model.navigator.open(Route.Visit(visitId))
        return model.visit(visitId).also { until(it.shown, "the visit's screen") { shown -> shown is Shown.Content } }
    }

    private suspend fun VisitModel.view(what: String, wanted: (VisitView) -> Boolean): VisitView =
        assertNotNull(until(shown, what) { it.content?.let(wanted) == true }.content)

    private suspend fun VisitModel.main(status: Status) {
        val action = view("a main action to $status") { view -> view.actions.any { it.main && it.to == status } }.actions.first { it.main }
        step(action)
        view("$status") { it.status == status }
    }

    private fun atTheDoor() {
        val now = systemNow()
        panel.position.value = Position.Found(Fix(Job().lat, Job().lon, 8.0, 0, now.monoMs, now.wallMs, "gps", false))
    }

    private fun picture(shade: Int): ByteArray = ByteArrayOutputStream().also {
        ImageIO.write(BufferedImage(160, 120, BufferedImage.TYPE_INT_RGB).apply { setRGB(0, 0, shade) }, "png", it)
    }.toByteArray()

    @Test fun `a whole visit offline by the buttons that the engine offers with parts and checklist and signature`() = runBlocking {
        val visit = opened()
        panel.network.value = Network.OFFLINE
        until(model.sync.shown, "offline") { it.content?.online == false }
        atTheDoor()
        visit.main(Status.TRAVELING)
        visit.main(Status.ON_SITE)
        until(model.navigator.stack, "the check-in's result") { it.last() == Route.Form(visitId, VisitForm.CHECK_IN) }
        assertEquals(Grade.VERIFIED, visit.view("check-in") { it.checkIn != null }.checkIn?.grade)
        model.navigator.back()
        visit.main(Status.IN_PROGRESS)
        for ((index, kind) in listOf(PhotoKind.BEFORE, PhotoKind.PLATE, PhotoKind.AFTER, PhotoKind.OTHER).withIndex()) {
            panel.shots += Shot.Taken(picture(index))
            visit.takePhoto(kind)?.join()
            assertNull(visit.task.value.problem)
        }
        visit.addNote("Igniter replaced")?.join()
        visit.usePart("flame sensor", 1.0, "truck", "")?.join()
        for (item in visit.view("four photos") { it.photos.size == 4 }.checklist) visit.answer(item.item, "yes")?.join()
        model.navigator.open(Route.Closeout(visitId))
        // Signing leads back here; a closeout that isn't on the way is no longer watched.
        model.navigator.open(Route.Form(visitId, VisitForm.SIGNATURE))
        val closeout = model.closeout(visitId)
        until(closeout.shown, "the closeout") { it.content?.items?.any { item -> item.key == "notes" && item.met } == true }
        closeout.sign("Dan Lopez", Signature().begin(Signature.Point(0f, 0f)).extend(Signature.Point(1f, 1f)).png())
        until(closeout.task, "the end of signing") { it.working == null }
        assertNull(closeout.task.value.problem)
        until(closeout.shown, "the signature") { it.content?.signature != null }
        closeout.choose("fixed")
        val complete = closeout.shown.value.content!!.actions.single { it.to == Status.COMPLETED }
        closeout.finish(complete)
        until(model.today.shown, "completed") { shown -> shown.content?.sections?.any { section -> section.key == "done" } == true }
        assertEquals(listOf<Route>(Route.Today), model.navigator.stack.value)

        panel.network.value = Network.WIFI
        until(model.sync.shown, "all sent") { it.content?.run { settled && unsent == 0u && photosWaiting == 0u } == true }
        office.waitFor("WO-7001", "Igniter replaced")
        assertTrue("completed" in office.packet("WO-7001"))
    }

    @Test fun `a job that was given to somebody else while he was offline keeps his work`() = runBlocking {
        val visit = opened()
        panel.network.value = Network.OFFLINE
        until(model.sync.shown, "offline") { it.content?.online == false }
        visit.addNote("Written before I knew")?.join()
        office.office("reassign", "WO-7001", "T01", "T02", "--reason", "closer")
        panel.network.value = Network.WIFI
        office.waitFor("WO-7001", "Written before I knew")
        until(model.today.shown, "that it moved") { shown -> shown.content?.moved?.isNotEmpty() == true || shown.content?.sections.orEmpty().flatMap { it.visits }.any { it.readOnly } }
        Unit
    }

    @Test fun `an undo takes the latest step back, while the engine offers it`() = runBlocking {
        val visit = opened()
        visit.main(Status.TRAVELING)
        visit.view("the undo") { it.undo != null }
        visit.undo()?.join()
        assertNull(visit.task.value.problem)
        visit.view("dispatched again") { it.status == Status.DISPATCHED && it.undo == null }
        Unit
    }

    @Test fun `without a position the arrival is saved all the same, and the problem says why`() = runBlocking {
        val visit = opened()
        visit.main(Status.TRAVELING)
        for ((position, problem) in listOf(Position.Denied to Problem.LocationDenied, Position.Off to Problem.LocationOff)) {
            panel.position.value = position
            if (position == Position.Denied) visit.main(Status.ON_SITE) else visit.checkInAgain("")?.join()
            until(visit.task, "$problem") { it.problem == problem && it.working == null }
            assertEquals(Grade.NO_FIX, visit.view("a check-in") { it.checkIn != null }.checkIn?.grade)
        }
        visit.checkInAgain("In the basement")?.join()
        assertEquals("In the basement", visit.view("the reason") { it.checkIn?.said?.isNotEmpty() == true }.checkIn?.said)
    }

    @Test fun `a camera that gives nothing changes nothing and says so`() = runBlocking {
        val visit = opened()
        val answers = listOf(
            Shot.Cancelled to Problem.CameraCancelled, Shot.Denied to Problem.CameraDenied,
            Shot.StorageFull to Problem.StorageFull, Shot.Failed to Problem.CameraFailed,
        )
        for ((shot, problem) in answers) {
            panel.shots += shot
            visit.takePhoto(PhotoKind.OTHER)?.join()
            assertEquals(problem, visit.task.value.problem)
        }
        panel.shots += Shot.Taken("no picture".toByteArray())
        visit.takePhoto(PhotoKind.OTHER)?.join()
        assertNotNull(visit.task.value.problem)
        assertTrue(visit.view("no photo") { it.photos.isEmpty() }.photos.isEmpty())
    }

    @Test fun `calls and directions are handed over, the gate code goes with the screen, one tap marks what is wrong`() = runBlocking {
        val visit = opened()
        visit.call()
        visit.directions()
        assertEquals(listOf("tel", "geo"), panel.opened.map { it.substringBefore(':') })
        panel.opens = false
        visit.call()
        assertEquals(Problem.NothingOpens, visit.task.value.problem)
        visit.showGateCode()?.join()
        assertEquals("#4407", visit.gateCode.value)
        visit.hideGateCode()
        assertNull(visit.gateCode.value)
        val field = visit.view("packet") { it.packet.isNotEmpty() }.packet.first().rows.first().field
        visit.mark(field, MissKind.WRONG)?.join()
        assertEquals(field, visit.view("the mark") { it.marks.isNotEmpty() }.marks.single().field)
    }

    @Test fun `what was tapped just before the app closed is sent when it opens again`() = runBlocking {
        panel.network.value = Network.OFFLINE
        opened().addNote("Last words")?.join()
        model.close()
        panel.network.value = Network.WIFI
        model = openModel()
        office.waitFor("WO-7001", "Last words")
    }

    @Test fun `visits that nobody looks at are not watched any more`() = runBlocking {
        val first = opened()
        model.navigator.start(Route.Today)
        withTimeoutOrNull(5_000) { while (model.visit(visitId) === first) kotlinx.coroutines.delay(10) }
        assertTrue(model.visit(visitId) !== first)
    }

    @Test fun `a sign-out sends first and then belongs to nobody`() = runBlocking {
        opened().addNote("Sent before leaving")?.join()
        model.settings.askToSignOut()
        model.settings.sendAndSignOut()?.join()
        assertNull(model.settings.task.value.problem)
        assertTrue(model.navigator.here is Route.Enrol)
        office.waitFor("WO-7001", "Sent before leaving")
    }
}
