package app.truckroll.shell.model

import app.truckroll.core.ActionView
import app.truckroll.core.EstimateLine
import app.truckroll.core.Fix
import app.truckroll.core.FlagKind
import app.truckroll.core.Intent
import app.truckroll.core.Lane
import app.truckroll.core.MissKind
import app.truckroll.core.PhotoKind
import app.truckroll.core.Status
import app.truckroll.core.TimeKind
import app.truckroll.core.VisitView
import app.truckroll.core.WorkOutcome
import app.truckroll.shell.Problem
import app.truckroll.shell.Route
import app.truckroll.shell.Shown
import app.truckroll.shell.VisitForm
import app.truckroll.shell.content
import app.truckroll.shell.port.Look
import app.truckroll.shell.port.Position
import app.truckroll.shell.port.Shot
import kotlinx.coroutines.Job
import kotlinx.coroutines.flow.MutableStateFlow
import kotlinx.coroutines.flow.StateFlow
import kotlinx.coroutines.flow.asStateFlow

/** One visit: its screen and every page of it. Which step is possible, and why another isn't, the engine's record says. */
class VisitModel(val visit: String, private val session: Session) : AutoCloseable {
    private val engine = session.engine
    private val navigator = session.navigator
    private val watched = Watched(session.scope, engine.visit(visit))
    private val taps = Taps(session.scope)
    private val code = MutableStateFlow<String?>(null)

    /** The last position that was asked for: what "the door is here" and a check-in's reason are about. */
    @Volatile private var lastFix: Fix? = null

    val shown: StateFlow<Shown<VisitView>> = watched.shown
    val task: StateFlow<Task> = taps.task

    /** The gate code, while it is on the screen; never kept. */
    val gateCode: StateFlow<String?> = code.asStateFlow()

    /** Takes a step, by way of what it asks for first. */
    fun step(action: ActionView) {
        when {
            action.needsCloseout -> navigator.open(Route.Closeout(visit))
            action.needsReason -> navigator.open(Route.Reason(visit, action.key))
            action.needsCheckIn -> arrive(action.key)
            else -> setStatus(action)
        }
    }

    /** Takes a step that asked for a reason. */
    fun stepWithReason(key: String, reason: String) {
        val action = shown.value.content?.actions?.find { it.key == key } ?: return taps.show(Problem.Gone)
        val to = action.to ?: return taps.show(Problem.Gone)
        taps.run(key) {
            engine.act(status(to, reason))
            navigator.leave(Route.Reason(visit, key))
            null
        }
    }

    private fun setStatus(action: ActionView) {
        val to = action.to ?: return
        act(action.key, status(to, reason = ""))
    }

    private fun status(to: Status, reason: String, outcome: WorkOutcome? = null, gaps: List<String> = emptyList()) =
        Intent.SetStatus(visit, to, reason, null, outcome, gaps)

    private fun arrive(key: String) = taps.run(key) {
        val (fix, problem) = locate()
        engine.act(Intent.Arrive(visit, fix, "", null))
        navigator.open(Route.Form(visit, VisitForm.CHECK_IN))
        problem
    }

    /** Checks in once more: a better position, or the reason why it is elsewhere. */
    fun checkInAgain(reason: String) = taps.run(CHECK_IN) {
        val (fix, problem) = if (reason.isEmpty()) locate() else (lastFix ?: locate().first) to null
        engine.act(Intent.CheckIn(visit, fix, reason))
        problem
    }

    /** "The door is here": the pin was wrong. The office approves it. */
    fun doorIsHere() = taps.run(PIN) {
        val (found, problem) = lastFix?.let { it to null } ?: locate()
        if (found != null) engine.act(Intent.ProposePin(visit, found))
        problem ?: if (found == null) Problem.WrongValue("fix") else null
    }

    private suspend fun locate(): Pair<Fix?, Problem?> = when (val position = session.ports.location.locate(Look.EXACT)) {
        is Position.Found -> position.fix.also { lastFix = it } to null
        Position.Denied -> null to Problem.LocationDenied
        Position.Off -> null to Problem.LocationOff
        Position.None -> null to null
    }

    fun undo() = act(UNDO, Intent.Undo(visit))

    /** @param revises the note that this one replaces */
    fun addNote(text: String, revises: String? = null): Job? = act(NOTE, Intent.AddNote(visit, text, revises))

    /** Takes a photo and keeps it. */
    fun takePhoto(kind: PhotoKind, caption: String = ""): Job? = taps.run(photoKey(kind)) {
        when (val shot = session.ports.camera.take("$visit/${kind.name}/$caption")) {
            is Shot.Taken -> keep(shot.bytes, kind, caption)
            Shot.Cancelled -> Problem.CameraCancelled
            Shot.Denied -> Problem.CameraDenied
            Shot.StorageFull -> Problem.StorageFull
            Shot.Failed -> Problem.CameraFailed
        }
    }

    /** Keeps a picture that the camera left behind when the process died. */
    fun keepPhoto(bytes: ByteArray, kind: PhotoKind, caption: String): Job? = taps.run(photoKey(kind)) { keep(bytes, kind, caption) }

    private suspend fun keep(bytes: ByteArray, kind: PhotoKind, caption: String): Problem? {
        engine.act(Intent.AddPhoto(visit, bytes, kind, caption))
        return null
    }

    fun sendPhotoNow(sha256: String) = act(sha256, Intent.SendPhotoNow(sha256))

    fun usePart(name: String, quantity: Double, stock: String, serial: String) =
        act(PART, Intent.UsePart(visit, name, quantity, stock, serial))

    fun returnPart(name: String, quantity: Double, stock: String, serial: String) =
        act(PART, Intent.ReturnPart(visit, name, quantity, stock, serial))

    fun answer(item: String, value: String) = act(item, Intent.Answer(visit, item, value))

    fun startTime(kind: TimeKind) = act(kind.name, Intent.StartTime(visit, kind))

    fun stopTime(start: String) = act(start, Intent.StopTime(visit, start))

    /** The page where a stretch of time is corrected, by the fact that began it. */
    fun correct(start: String) = navigator.open(Route.Correction(visit, start))

    /**
     * Says when a tap really was, from the page of the stretch that [start] began.
     *
     * @param target the fact whose time is wrong: what began the stretch or what ended it
     * @param atMs when it really was, milliseconds since 1970 UTC
     */
    fun adjustTime(start: String, target: String, atMs: Long, reason: String) =
        actAndLeave(CORRECTION, Intent.AdjustTime(visit, target, atMs, reason), Route.Correction(visit, start))

    fun proposeEstimate(title: String, lines: List<EstimateLine>) =
        actAndLeave(ESTIMATE, Intent.ProposeEstimate(visit, title, lines), form(VisitForm.ESTIMATE))

    fun proposeFollowUp(reason: String, nextStep: String) =
        actAndLeave(FOLLOW_UP, Intent.ProposeFollowUp(visit, reason, nextStep, null), form(VisitForm.FOLLOW_UP))

    /** @param delayMinutes with a delay, how long until the technician arrives */
    fun raiseFlag(flag: FlagKind, text: String, delayMinutes: Int? = null) {
        val newEtaMs = delayMinutes?.let { System.currentTimeMillis() + it * MINUTE_MS }
        actAndLeave(flag.name, Intent.RaiseFlag(visit, flag, text, newEtaMs), form(VisitForm.FLAG))
    }

    /** Marks a field of the packet as missing or wrong: one tap. */
    fun mark(field: String, miss: MissKind) = act("$field/${miss.name}", Intent.MarkHandoff(visit, field, miss, "", null))

    fun send(lane: Lane, text: String) = act(MESSAGE, Intent.SendMessage(visit, lane, text))

    /** Shows the gate code. A fact says that it was looked at. */
    fun showGateCode() = taps.run(GATE_CODE) {
        code.value = engine.act(Intent.ViewGateCode(visit)).gateCode
        null
    }

    fun hideGateCode() {
        code.value = null
    }

    /** The visit is on the screen: what changed up to now counts as seen once the technician leaves or reads the changes. */
    fun markSeen() = act(SEEN, Intent.MarkSeen(visit))

    fun call() = open { it.contact.callUri }

    fun directions() = open { it.contact.mapUri }

    private fun open(uri: (VisitView) -> String) {
        val link = shown.value.content?.let(uri).orEmpty()
        if (link.isEmpty() || !session.ports.opener.open(link)) taps.show(Problem.NothingOpens)
    }

    /** A page of this visit. */
    fun page(form: VisitForm) = navigator.open(form(form))

    private fun form(form: VisitForm) = Route.Form(visit, form)

    fun dismiss() = taps.dismiss()

    private fun act(key: String, intent: Intent): Job? = taps.run(key) {
        engine.act(intent)
        null
    }

    private fun actAndLeave(key: String, intent: Intent, page: Route): Job? = taps.run(key) {
        engine.act(intent)
        navigator.leave(page)
        null
    }

    override fun close() = watched.close()

    companion object {
        private const val MINUTE_MS = 60_000L
        const val UNDO = "undo"
        const val CHECK_IN = "check_in"
        const val PIN = "pin"
        const val NOTE = "note"
        const val PART = "part"
        const val CORRECTION = "correction"
        const val ESTIMATE = "estimate"
        const val FOLLOW_UP = "follow_up"
        const val MESSAGE = "message"
        const val GATE_CODE = "gate_code"
        const val SEEN = "seen"

        fun photoKey(kind: PhotoKind): String = "photo/${kind.name}"
    }
}
