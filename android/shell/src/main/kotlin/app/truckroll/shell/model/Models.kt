package app.truckroll.shell.model

import app.truckroll.core.ActionView
import app.truckroll.core.AttentionView
import app.truckroll.core.Intent
import app.truckroll.core.Language
import app.truckroll.core.MessagesView
import app.truckroll.core.SettingsView
import app.truckroll.core.SyncView
import app.truckroll.core.TodayView
import app.truckroll.shell.Problem
import app.truckroll.shell.Route
import app.truckroll.shell.Shown
import kotlinx.coroutines.flow.MutableStateFlow
import kotlinx.coroutines.flow.StateFlow
import kotlinx.coroutines.flow.asStateFlow

/** The day. */
class TodayModel(private val session: Session) : AutoCloseable {
    private val watched = Watched(session.scope, session.engine.today())
    private val taps = Taps(session.scope)

    val shown: StateFlow<Shown<TodayView>> = watched.shown

    /** Lists the visits of two more weeks. */
    fun showLater() = taps.run("later") {
        session.engine.act(Intent.ShowLater)
        null
    }

    fun open(visit: String) = session.navigator.open(Route.Visit(visit))

    override fun close() = watched.close()
}

/** What needs a decision. */
class AttentionModel(private val session: Session) : AutoCloseable {
    private val watched = Watched(session.scope, session.engine.attention())
    private val taps = Taps(session.scope)

    val shown: StateFlow<Shown<AttentionView>> = watched.shown
    val task: StateFlow<Task> = taps.task

    /** @param action one that the item offers: `resend`, `late_note`, `discard` */
    fun settle(item: String, action: ActionView) {
        val intent = when (action.key) {
            "resend" -> Intent.Resend(item)
            "late_note" -> Intent.LateNote(item, "")
            "discard" -> Intent.Discard(item)
            else -> return
        }
        taps.run("$item/${action.key}") {
            session.engine.act(intent)
            null
        }
    }

    fun dismiss() = taps.dismiss()

    override fun close() = watched.close()
}

/** The connection to the office. */
class SyncModel(private val session: Session) : AutoCloseable {
    private val watched = Watched(session.scope, session.engine.sync())
    private val taps = Taps(session.scope)

    val shown: StateFlow<Shown<SyncView>> = watched.shown
    val task: StateFlow<Task> = taps.task

    fun syncNow() = taps.run("sync") {
        session.engine.act(Intent.SyncNow)
        null
    }

    fun dismiss() = taps.dismiss()

    override fun close() = watched.close()
}

/** The messages of all visits. */
class MessagesModel(session: Session) : AutoCloseable {
    private val watched = Watched(session.scope, session.engine.messages())

    val shown: StateFlow<Shown<MessagesView>> = watched.shown

    override fun close() = watched.close()
}

/** Making this phone the technician's. [sync] tells how it went. */
class EnrolModel(private val session: Session, private val deviceName: String) : AutoCloseable {
    private val watched = Watched(session.scope, session.engine.sync())
    private val taps = Taps(session.scope)

    val sync: StateFlow<Shown<SyncView>> = watched.shown
    val task: StateFlow<Task> = taps.task

    fun enrol(server: String, code: String) = taps.run("enrol") {
        session.engine.enrol(server.trim(), code.trim(), deviceName)
        null
    }

    fun dismiss() = taps.dismiss()

    override fun close() = watched.close()
}

/** Settings that concern the work, and the sign-out. How the app looks is [app.truckroll.shell.Preferences]'. */
class SettingsModel(private val session: Session) : AutoCloseable {
    private val watched = Watched(session.scope, session.engine.settings())
    private val taps = Taps(session.scope)
    private val leaving = MutableStateFlow(false)

    val shown: StateFlow<Shown<SettingsView>> = watched.shown
    val task: StateFlow<Task> = taps.task

    /** The sign-out was asked for and waits to be confirmed. */
    val signingOut: StateFlow<Boolean> = leaving.asStateFlow()

    fun setWifiOnly(on: Boolean) = act("wifi", Intent.SetWifiOnly(on))

    fun setLanguage(language: Language) = act("language", Intent.SetLanguage(language))

    fun askToSignOut() {
        leaving.value = true
    }

    fun stay() {
        leaving.value = false
    }

    /** Sends first what is unsent; what can't be sent stays, and so does the technician. */
    fun sendAndSignOut() = taps.run("sign_out") {
        session.engine.syncAndWait(SEND_WITHIN_MS)
        leave(discardUnsent = false)
    }

    /** Signs out and loses what is unsent: said twice by the screen. */
    fun discardAndSignOut() = taps.run("sign_out") { leave(discardUnsent = true) }

    private suspend fun leave(discardUnsent: Boolean): Problem? {
        session.engine.signOut(discardUnsent)
        leaving.value = false
        session.navigator.start(Route.Enrol())
        return null
    }

    fun dismiss() = taps.dismiss()

    private fun act(key: String, intent: Intent) = taps.run(key) {
        session.engine.act(intent)
        null
    }

    override fun close() = watched.close()

    private companion object {
        /** Longer than a person waits for, shorter than a person gives up. */
        const val SEND_WITHIN_MS = 20_000L
    }
}
