package app.truckroll.testing

import androidx.compose.ui.test.assert
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
import app.truckroll.shell.engine.RustEngine
import app.truckroll.shell.model.AppModel
import app.truckroll.shell.model.VisitModel
import app.truckroll.shell.port.Panel
import app.truckroll.shell.port.Position
import app.truckroll.shell.port.Shot
import kotlinx.coroutines.runBlocking
import org.junit.Test
import java.io.File
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

    /**
     * The app's process ends, and starts again with what the system kept: the files, and the way through the app.
     *
     * @param meanwhile what happens to the phone's folder in between
     */
    protected abstract fun restart(meanwhile: (home: File) -> Unit)

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
        choose(label)
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
        rule.runOnIdle { visit.adjustTime(travel, travel, systemNow().wallMs - 600_000, "Forgot to tap") }
        until("the correction") { visit.task.value.working == null && model.sync.shown.value.content!!.unsent > 0u }
        note("After all")
        panel.network.value = Network.WIFI
        office.waitFor(Job().number, "After all")
        rule.runOnIdle { model.navigator.start(Route.Today) }
        see("1 thing needs you")
        tap("Decide now")
        see("approved")
        val late = model.attention.shown.value.content!!.items.single().actions.first { it.key == "late_note" }.label
        tap(late)
        until("nothing to decide") { model.attention.shown.value.content?.items?.isEmpty() == true }
        online()
        assertEquals("[]", office.office("attention").trim())
    }

    @Test fun `what a killed process had saved is there in the next one and reaches the office once`() {
        openVisit()
        offline()
        note("Last words")
        val way = model.navigator.save()
        assertTrue(way.size > 1, "nowhere to come back to")
        val id = visitId
        var saved = emptyList<String>()
        restart { home -> saved = PhoneProcess.kill(home, id, SAVED_BEFORE_THE_KILL) }
        assertTrue(saved.size >= SAVED_BEFORE_THE_KILL)
        assertEquals(way, model.navigator.save())
        see("What did you find")
        until("the notes") { visit.shown.value.content != null }
        for (note in listOf("Last words", saved.last())) {
            find(note)
            see(note)
        }
        val notes = visit.shown.value.content!!.notes.map { it.text }
        assertTrue(notes.containsAll(saved), "of $saved only $notes are there")
        // The kill may have hit between the commit and the word about it.
        assertTrue(notes.size - saved.size - 1 <= 1, "$notes")
        assertFalse("Last words" in office.packet(Job().number), "it was sent before the kill")
        online()
        val packet = office.packet(Job().number)
        for (note in notes) assertEquals(1, packet.windowed(note.length + 2).count { it == "\"$note\"" }, "$note at the office")
    }

    @Test fun `a full phone says so and keeps what was typed and saves it once there is room`() {
        openVisit()
        page(VisitForm.NOTES)
        see("What did you find")
        // Longer than what is left of any page of the store.
        val long = "Igniter replaced. ".repeat(500).trim()
        rule.onNode(hasSetTextAction()).performTextInput(long)
        limitStore(0u)
        tap("Save the note")
        see("This phone is full")
        rule.onNode(hasSetTextAction()).assert(hasText(long, substring = true))
        assertEquals(0, visit.shown.value.content!!.notes.size)
        limitStore(null)
        tap("OK")
        tap("Save the note")
        until("the note") { visit.shown.value.content?.notes?.any { it.text == long } == true }
        office.waitFor(Job().number, "Igniter replaced.")
    }

    @Test fun `a flag and a mark and a message and a part and proposals reach the office from their pages`() {
        openVisit()
        page(VisitForm.FLAG)
        see("Tell the office now")
        choose(visit.shown.value.content!!.flagKinds.first { it.key == "access_problem" }.label)
        type("In a few words", "The gate is blocked")
        tap("Tell the office")
        until("the flag") { visit.shown.value.content?.flags?.size == 1 }

        page(VisitForm.HANDOFF)
        see("One tap tells the office")
        rule.onAllNodesWithText("Missing").onFirst().performClick()
        until("the mark") { visit.shown.value.content?.marks?.size == 1 }

        rule.runOnIdle { model.navigator.open(Route.Messages(visitId)) }
        see("Write to the office")
        type("Write to the office", "I need the other key")
        tap("Send")
        until("the message") { visit.shown.value.content?.messages?.size == 1 }

        page(VisitForm.PARTS)
        see("How many")
        type("Part", "hot surface igniter")
        tap("Save the part")
        until("the part") { visit.shown.value.content?.parts?.size == 1 }

        page(VisitForm.ESTIMATE)
        see("What is it about?")
        type("What is it about?", "New furnace")
        type("Item", "Furnace")
        type("Price each, $", "2400")
        tap("Save the estimate")
        until("the estimate") { visit.shown.value.content?.proposals?.size == 1 }

        page(VisitForm.FOLLOW_UP)
        see("Why is more work needed?")
        type("Why is more work needed?", "The part is on order")
        see("Say what comes next.")
        type("What comes next?", "Fit it")
        tap("Save the follow-up")
        until("the follow-up") { visit.shown.value.content?.proposals?.size == 2 }

        online()
        val packet = office.packet(Job().number)
        for (said in listOf("The gate is blocked", "I need the other key", "hot surface igniter", "New furnace", "The part is on order")) assertTrue(said in packet, said)
    }

    /** Taps one of several choices. */
    private fun choose(label: String) {
        find(label)
        rule.onAllNodesWithText(label).onFirst().performClick()
    }

    private fun type(field: String, text: String) {
        find(field)
        rule.onNode(hasSetTextAction() and hasText(field)).performTextInput(text)
    }

    /** Leaves the phone's store room for so many more pages; null gives it the disk's again. */
    private fun limitStore(freePages: UInt?) = runBlocking { (model.engine as RustEngine).technician.limitStore(freePages) }

    @Test fun `a forgotten tap is corrected with its reason and the office has it`() {
        openVisit()
        step(Status.TRAVELING)
        page(VisitForm.TIME)
        see("Correct the times")
        val tapped = visit.shown.value.content!!.times.single().from
        tap("Correct the times")
        see("When it really was")
        see("Set the right time first.")
        repeat(2) { tap("− 10 min") }
        see("Say why first.")
        rule.onNode(hasSetTextAction()).performTextInput("Forgot to tap")
        tap("Save the correction")
        see("corrected")
        val entry = visit.shown.value.content!!.times.single()
        assertTrue(entry.adjusted)
        assertEquals(tapped.atMs - 20 * 60_000, entry.from.atMs)
        see(entry.from.time)
        office.waitFor(Job().number, "Forgot to tap")
    }

    private companion object {
        /** A loaded machine is no failure. */
        const val PATIENCE_MS = 60_000L
        const val SAVED_BEFORE_THE_KILL = 5
    }
}
