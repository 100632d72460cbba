package app.truckroll.shell.engine

import app.truckroll.core.ActException
import app.truckroll.core.AttentionView
import app.truckroll.core.CloseoutView
import app.truckroll.core.Done
import app.truckroll.core.Fix
import app.truckroll.core.Intent
import app.truckroll.core.MessagesView
import app.truckroll.core.Network
import app.truckroll.core.PushService
import app.truckroll.core.Screen
import app.truckroll.core.ScreenListener
import app.truckroll.core.ScreenView
import app.truckroll.core.SettingsView
import app.truckroll.core.SyncView
import app.truckroll.core.TodayView
import app.truckroll.core.VisitView
import app.truckroll.engine.Technician
import app.truckroll.shell.Engine
import app.truckroll.shell.Shown
import kotlinx.coroutines.channels.awaitClose
import kotlinx.coroutines.flow.Flow
import kotlinx.coroutines.flow.callbackFlow
import kotlinx.coroutines.flow.conflate

/**
 * The Rust engine behind [Engine].
 *
 * @property technician the facade itself, for tests that make trouble in its store
 * @param platform what the office's list of phones says: `android`, `desktop`
 */
class RustEngine(val technician: Technician, private val platform: String) : Engine {
    override fun today(): Flow<Shown<TodayView>> = watch(Screen.Today) { (it as ScreenView.Today).view }
    override fun visit(visit: String): Flow<Shown<VisitView>> = watch(Screen.Visit(visit)) { (it as ScreenView.Visit).view }
    override fun closeout(visit: String): Flow<Shown<CloseoutView>> = watch(Screen.Closeout(visit)) { (it as ScreenView.Closeout).view }
    override fun attention(): Flow<Shown<AttentionView>> = watch(Screen.Attention) { (it as ScreenView.Attention).view }
    override fun sync(): Flow<Shown<SyncView>> = watch(Screen.Sync) { (it as ScreenView.Sync).view }
    override fun settings(): Flow<Shown<SettingsView>> = watch(Screen.Settings) { (it as ScreenView.Settings).view }
    override fun messages(): Flow<Shown<MessagesView>> = watch(Screen.Messages) { (it as ScreenView.Messages).view }

    /** Watches a screen for as long as the flow is collected. Only the newest content matters. */
    private fun <T> watch(screen: Screen, unwrap: (ScreenView) -> T): Flow<Shown<T>> = callbackFlow<Shown<T>> {
        val listener = object : ScreenListener {
            override fun show(view: ScreenView) {
                trySend(Shown.Content(unwrap(view)))
            }

            override fun unavailable(screen: Screen, error: ActException) {
                trySend(Shown.Unavailable(error))
            }
        }
        val subscription = try {
            technician.subscribe(screen, listener)
        } catch (error: ActException) {
            trySend(Shown.Unavailable(error))
            null
        }
        awaitClose {
            subscription?.cancel()
            subscription?.close()
        }
    }.conflate()

    override suspend fun act(intent: Intent): Done = technician.act(intent)

    override suspend fun enrol(server: String, code: String, deviceName: String) {
        technician.enrol(server, code, deviceName, platform)
    }

    override suspend fun picture(sha256: String): ByteArray? = technician.picture(sha256)
    override suspend fun setNetwork(network: Network) = technician.setNetwork(network)
    override suspend fun poke() = technician.poke()
    override suspend fun pushAt(endpoint: String?) = technician.registerPush(PushService.UNIFIED_PUSH, endpoint)
    override suspend fun positionEveryMs(): Long? = technician.positionEveryMs()
    override suspend fun position(fix: Fix) = technician.position(fix)
    override suspend fun syncAndWait(withinMs: Long): Boolean = technician.syncAndWait(withinMs.toULong()).settled
    override suspend fun suspendWork() = technician.suspend()
    override suspend fun resumeWork() = technician.resume()
    override suspend fun signOut(discardUnsent: Boolean) = technician.signOut(discardUnsent)

    override suspend fun close() {
        technician.shutDown()
        technician.destroy()
    }
}
