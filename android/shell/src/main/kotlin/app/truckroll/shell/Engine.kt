package app.truckroll.shell

import app.truckroll.core.AttentionView
import app.truckroll.core.CloseoutView
import app.truckroll.core.Done
import app.truckroll.core.Fix
import app.truckroll.core.Intent
import app.truckroll.core.MessagesView
import app.truckroll.core.Network
import app.truckroll.core.SettingsView
import app.truckroll.core.SyncView
import app.truckroll.core.TodayView
import app.truckroll.core.VisitView
import kotlinx.coroutines.flow.Flow

/**
 * The engine as view models see it: whole screens to watch, intents to send back. Every call may throw
 * [app.truckroll.core.ActException], and none holds the caller's thread.
 */
interface Engine {
    fun today(): Flow<Shown<TodayView>>
    fun visit(visit: String): Flow<Shown<VisitView>>
    fun closeout(visit: String): Flow<Shown<CloseoutView>>
    fun attention(): Flow<Shown<AttentionView>>
    fun sync(): Flow<Shown<SyncView>>
    fun settings(): Flow<Shown<SettingsView>>
    fun messages(): Flow<Shown<MessagesView>>

    /** Does what the technician wants. When it returns, it is saved. */
    suspend fun act(intent: Intent): Done

    /** Makes this phone the technician's; [sync] shows how it goes. */
    suspend fun enrol(server: String, code: String, deviceName: String)

    /** A picture's bytes by its hash; null when it isn't on the phone. */
    suspend fun picture(sha256: String): ByteArray?

    /** The connection changed. */
    suspend fun setNetwork(network: Network)

    /** Something is at the server. */
    suspend fun poke()

    /** Where the phone's push service can be reached for it; null for nowhere. To be said at each start, after each enrolment and at each change. */
    suspend fun pushAt(endpoint: String?)

    /** How often it wants to know where the phone is, milliseconds; null when nobody asks. Changes with [today]. */
    suspend fun positionEveryMs(): Long?

    /** Where the phone is, while it is asked for; else, and when it comes too early, it is ignored. */
    suspend fun position(fix: Fix)

    /** Synchronises for so long at most; true when nothing was left to do. */
    suspend fun syncAndWait(withinMs: Long): Boolean

    /** The app goes to the background. */
    suspend fun suspendWork()

    /** The app is back. */
    suspend fun resumeWork()

    /** Signs out and forgets everything; refused while something is unsent unless it may be lost. */
    suspend fun signOut(discardUnsent: Boolean)

    /** Lets go of the folder. */
    suspend fun close()
}
