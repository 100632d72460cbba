package app.truckroll.testing

import androidx.compose.ui.test.hasClickAction
import androidx.compose.ui.test.hasScrollToNodeAction
import androidx.compose.ui.test.hasSetTextAction
import androidx.compose.ui.test.hasText
import androidx.compose.ui.test.junit4.ComposeTestRule
import androidx.compose.ui.test.onAllNodesWithText
import androidx.compose.ui.test.onFirst
import androidx.compose.ui.test.onNodeWithText
import androidx.compose.ui.test.performClick
import androidx.compose.ui.test.performScrollToNode
import androidx.compose.ui.test.performTextInput
import androidx.compose.ui.test.performTextReplacement
import app.truckroll.core.Fix
import app.truckroll.core.Network
import app.truckroll.core.PhotoKind
import app.truckroll.core.Status
import app.truckroll.core.WorkOutcome
import app.truckroll.engine.systemNow
import app.truckroll.shell.Route
import app.truckroll.shell.Signature
import app.truckroll.shell.VisitForm
import app.truckroll.shell.content
import app.truckroll.shell.model.AppModel
import app.truckroll.shell.model.VisitModel
import app.truckroll.shell.port.Panel
import app.truckroll.shell.port.Position
import app.truckroll.shell.port.Shot
import org.junit.Test
import kotlin.test.assertEquals
import kotlin.test.assertFalse
import kotlin.test.assertTrue

/**
 * A technician's visits, tapped through on the app's own screens, on the real engine, against a real server process. The
 * same on Android and in the desktop window: both compile this file, and say below how their app is opened and killed.
 */
abstract class VisitFlows {
    protected abstract val rule: ComposeTestRule

    /** The hardware that a test sets. */
    protected abstract val panel: Panel

    /** The app that is running now. */
    protected abstract val model: AppModel

    /** The process ends as by `kill -9`, and starts again with what the system kept: the files, and the way through the app. */
    protected abstract fun killAndRestore()

    /** Lets the main thread do what waits for it, where that is the test's own. */
    protected open fun idle() = Unit

    protected lateinit var office: Office
    protected val visitId: String get() = model.today.shown.value.content!!.sections.flatMap { it.visits }.single().visit
    protected val visit: VisitModel get() = model.visit(visitId)

    /** An office with one job, and the app made technician T01's by what the technician types. */
    protected fun enrol() {
        office = Office.open()
        office.send(Job())
        see("Welcome")
        rule.onNode(hasSetTextAction() and hasText("Office address")).performTextReplacement(office.url)
        rule.onNode(hasSetTextAction() and hasText("Code")).performTextInput(office.code())
        tap("Set up this phone")
        see(Job().issue)
    }

    protected fun until(what: String, wanted: () -> Boolean) = rule.waitUntil(what, PATIENCE_MS) {
        idle()
        wanted()
    }

    protected fun see(text: String) = until("“$text” on the screen") { rule.onAllNodesWithText(text, substring = true).fetchSemanticsNodes().isNotEmpty() }

    protected fun tap(text: String) = rule.onNodeWithText(text).performClick()

    protected fun find(text: String) = rule.onNode(hasScrollToNodeAction()).performScrollToNode(hasText(text, substring = true))

    protected fun openVisit() {
        rule.onAllNodesWithText(Job().issue).onFirst().performClick()
        see(Job().number)
        until("the visit") { visit.shown.value.content != null }
    }

    protected fun offline() {
        panel.network.value = Network.OFFLINE
        until("offline") { model.sync.shown.value.content?.online == false }
    }

    protected fun online() {
        panel.network.value = Network.WIFI
        until("all sent") { model.sync.shown.value.content?.run { online && settled && unsent == 0u && photosWaiting == 0u } == true }
    }

    protected fun page(form: VisitForm) = rule.runOnIdle { model.navigator.open(Route.Form(visitId, form)) }

    /** Taps the visit's one large action, which leads to a status. */
    protected fun step(to: Status) {
        until("a step to $to") { visit.shown.value.content?.actions?.any { it.main && it.enabled && it.to == to } == true }
        val label = visit.shown.value.content!!.actions.first { it.main }.label
        see(label)
        tap(label)
        until("$to") { visit.shown.value.content?.status == to }
    }

    protected fun note(text: String) {
        page(VisitForm.NOTES)
        see("What did you find")
        rule.onNode(hasSetTextAction()).performTextInput(text)
        tap("Save the note")
        until("the note") { visit.shown.value.content?.notes?.any { it.text == text } == true }
    }

    protected fun standAt(latOff: Double = 0.0, mock: Boolean = false) {
        val now = systemNow()
        panel.position.value = Position.Found(Fix(Job().lat + latOff, Job().lon, 8.0, 0, now.monoMs, now.wallMs, "gps", mock))
    }

    private fun photograph(index: Int, kind: PhotoKind) {
        panel.shots += Shot.Taken(picture(index))
        val label = visit.shown.value.content!!.photoKinds.first { it.key.equals(kind.name, ignoreCase = true) }.label
        find(label)
        rule.onAllNodesWithText(label).onFirst().performClick()
        until("photo ${index + 1}") { visit.shown.value.content?.photos?.size == index + 1 && visit.task.value.working == null }
    }

    /** Small pictures that differ: PNGs, as the signature's pad makes them. */
    private fun picture(index: Int): ByteArray =
        Signature().begin(Signature.Point(0f, 0.2f * index)).extend(Signature.Point(1f, 0.5f)).png()

    @Test fun `a whole offline visit with four photos and closeout is on the dispatcher's stream once there is a signal`() {
        openVisit()
        offline()
        standAt()
        step(Status.TRAVELING)
        step(Status.ON_SITE)
        see("Back to the visit")
        tap("Back to the visit")
        step(Status.IN_PROGRESS)
        page(VisitForm.PHOTOS)
        see("What does it show?")
        for ((index, kind) in listOf(PhotoKind.BEFORE, PhotoKind.PLATE, PhotoKind.AFTER, PhotoKind.OTHER).withIndex()) photograph(index, kind)
        note("Igniter replaced")
        rule.runOnIdle { model.navigator.open(Route.Closeout(visitId)) }
        see("Before you leave")
        until("the closeout with the note") { closeout()?.items?.any { it.key == "notes" && it.met } == true }
        val fixed = closeout()!!.outcomes.first { it.key.equals(WorkOutcome.FIXED.name, ignoreCase = true) }.label
        find(fixed)
        tap(fixed)
        until("the outcome") { model.closeout(visitId).outcome.value != null }
        rule.waitForIdle()
        val complete = closeout()!!.actions.first { it.to == Status.COMPLETED }.label
        rule.onNode(hasText(complete, substring = true) and hasClickAction()).performClick()
        until("the visit among the done") { model.today.shown.value.content?.sections?.any { it.key == "done" } == true }
        see("to send")
        assertFalse("Igniter replaced" in office.packet(Job().number), "the phone wasn't offline")

        office.stream().use { stream ->
            online()
            stream.until(Job().number, "completed")
        }
        office.waitFor(Job().number, "Igniter replaced")
        rule.runOnIdle { model.today.open(visitId) }
        until("four verified photos") { visit.shown.value.content?.photos?.map { it.upload } == List(4) { "verified" } }
    }

    private fun closeout() = model.closeout(visitId).shown.value.content

    @Test fun `a visit that was given to somebody else meanwhile keeps the work that was done on it`() {
        openVisit()
        offline()
        note("Before I knew")
        office.office("reassign", Job().number, "T01", "T02", "--reason", "closer")
        panel.network.value = Network.WIFI
        office.waitFor(Job().number, "Before I knew")
        rule.runOnIdle { model.navigator.start(Route.Today) }
        see("Moved to somebody else")
        see("Ana Silva")
    }

    @Test fun `what the office can't take waits for a decision, blocks nothing, and goes when it is decided`() {
        openVisit()
        step(Status.TRAVELING)
        until("the travel at the office") { model.sync.shown.value.content?.unsent == 0u }
        offline()
        rule.runOnIdle { model.navigator.open(Route.Closeout(visitId)) }
        until("the closeout") { closeout() != null }
        val gaps = closeout()!!.gaps.flatMap { listOf("--gap", it) }
        // The office closes the visit, so that a correction of its time needs a decision.
        for (status in listOf("on_site", "in_progress")) office.office("status", Job().number, status)
        office.office("status", Job().number, "completed", "--outcome", "fixed", *gaps.toTypedArray())
        office.office("approve", Job().number)
        val travel = visit.shown.value.content!!.times.first().startOp
        rule.runOnIdle { visit.adjustTime(travel, systemNow().wallMs - 600_000, "Forgot to tap") }
        until("the correction") { visit.task.value.working == null && model.sync.shown.value.content!!.unsent > 0u }
        note("After all")
        panel.network.value = Network.WIFI
        office.waitFor(Job().number, "After all")
        rule.runOnIdle { model.navigator.start(Route.Today) }
        see("1 thing needs you")
        rule.onAllNodesWithText("Needs you").onFirst().performClick()
        see("approved")
        val late = model.attention.shown.value.content!!.items.single().actions.first { it.key == "late_note" }.label
        tap(late)
        until("nothing to decide") { model.attention.shown.value.content?.items?.isEmpty() == true }
        online()
        assertEquals("[]", office.office("attention").trim())
    }

    @Test fun `what was tapped before the process was killed is there, on the same page, and is sent`() {
        openVisit()
        offline()
        note("Last words")
        val way = model.navigator.save()
        assertTrue(way.size > 1, "nowhere to come back to")
        killAndRestore()
        assertEquals(way, model.navigator.save())
        see("Last words")
        assertFalse("Last words" in office.packet(Job().number), "it was sent before the kill")
        online()
        office.waitFor(Job().number, "Last words")
    }

    private companion object {
        /** A loaded machine is no failure. */
        const val PATIENCE_MS = 60_000L
    }
}
