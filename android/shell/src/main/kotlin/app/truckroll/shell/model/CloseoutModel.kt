package app.truckroll.shell.model

import app.truckroll.core.ActionView
import app.truckroll.core.CloseoutView
import app.truckroll.core.Intent
import app.truckroll.core.WorkOutcome
import app.truckroll.shell.Problem
import app.truckroll.shell.Route
import app.truckroll.shell.Shown
import app.truckroll.shell.VisitForm
import app.truckroll.shell.content
import kotlinx.coroutines.flow.MutableStateFlow
import kotlinx.coroutines.flow.StateFlow
import kotlinx.coroutines.flow.asStateFlow

/** Closing a visit: what is missing before the technician leaves, what came of the work, and the signature. */
class CloseoutModel(val visit: String, private val session: Session) : AutoCloseable {
    private val engine = session.engine
    private val watched = Watched(session.scope, engine.closeout(visit))
    private val taps = Taps(session.scope)
    private val chosen = MutableStateFlow<String?>(null)

    val shown: StateFlow<Shown<CloseoutView>> = watched.shown
    val task: StateFlow<Task> = taps.task

    /** The outcome's key; null until one is chosen. */
    val outcome: StateFlow<String?> = chosen.asStateFlow()

    fun choose(outcome: String) {
        chosen.value = outcome
    }

    /** Completes, with what is missing declared: the screen has shown it. */
    fun finish(action: ActionView) {
        if (action.needsReason) return session.navigator.open(Route.Reason(visit, action.key))
        val view = shown.value.content ?: return
        val to = action.to ?: return
        val outcome = WorkOutcome.entries.find { it.name.lowercase() == chosen.value }
        taps.run(action.key) {
            engine.act(Intent.SetStatus(visit, to, "", null, outcome, view.gaps))
            session.navigator.start(Route.Today)
            null
        }
    }

    /** The customer signs what the screen shows; [picture] is PNG. */
    fun sign(signer: String, picture: ByteArray) {
        val view = shown.value.content ?: return taps.show(Problem.Gone)
        taps.run(SIGN) {
            engine.act(Intent.Sign(visit, signer, picture, view.documentSha256))
            session.navigator.leave(Route.Form(visit, VisitForm.SIGNATURE))
            null
        }
    }

    /** Where an item of the closeout is put right. */
    fun repair(item: String) = session.navigator.open(Route.Form(visit, pageOf(item)))

    fun dismiss() = taps.dismiss()

    override fun close() = watched.close()

    companion object {
        const val SIGN = "sign"

        /** The page that an item's key leads to: `photo_plate`, `checklist:pressure`, `signature` … */
        fun pageOf(item: String): VisitForm = when (item.substringBefore(':')) {
            "photos", "photo_before", "photo_after", "photo_plate", "photo_document" -> VisitForm.PHOTOS
            "checklist" -> VisitForm.CHECKLIST
            "signature" -> VisitForm.SIGNATURE
            "parts" -> VisitForm.PARTS
            else -> VisitForm.NOTES
        }
    }
}
