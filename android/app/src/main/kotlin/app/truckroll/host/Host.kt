package app.truckroll.host

import app.truckroll.core.ActException
import app.truckroll.core.Clock
import app.truckroll.core.DriverOptions
import app.truckroll.core.KeyStore
import app.truckroll.core.PhotoKind
import app.truckroll.core.Signer
import app.truckroll.core.StartException
import app.truckroll.engine.Technician
import app.truckroll.shell.Engine
import app.truckroll.shell.Navigator
import app.truckroll.shell.Preferences
import app.truckroll.shell.content
import app.truckroll.shell.engine.RustEngine
import app.truckroll.shell.model.AppModel
import app.truckroll.shell.port.Ports
import kotlinx.coroutines.CoroutineScope
import kotlinx.coroutines.Dispatchers
import kotlinx.coroutines.SupervisorJob
import kotlinx.coroutines.cancel
import kotlinx.coroutines.flow.MutableStateFlow
import kotlinx.coroutines.flow.StateFlow
import kotlinx.coroutines.flow.asStateFlow
import kotlinx.coroutines.flow.first
import kotlinx.coroutines.launch

/** How far the engine is. */
sealed interface Opening {
    data object Waiting : Opening

    class Ready(val model: AppModel) : Opening

    /** What the phone holds is as it was. */
    class Failed(val error: StartException) : Opening
}

/** The engine didn't open. */
class HostFailed(error: StartException) : Exception(error)

/**
 * The app's engine and models: one per process, whatever becomes of activities.
 *
 * @param options where the store is, and what the phone is like
 */
class Host(
    private val options: DriverOptions,
    private val signer: Signer,
    private val keys: KeyStore,
    private val clock: Clock,
    private val ports: Ports,
    private val preferences: Preferences,
    private val deviceName: String,
) {
    private val scope = CoroutineScope(SupervisorJob() + Dispatchers.Main.immediate)
    private val opening = MutableStateFlow<Opening>(Opening.Waiting)
    private val front = MutableStateFlow(false)

    /** The way through the app, from before the engine is open. */
    val navigator = Navigator()

    val state: StateFlow<Opening> = opening.asStateFlow()

    init {
        open()
    }

    /** Opens the engine, or tries again after it didn't. */
    fun open() {
        opening.value = Opening.Waiting
        scope.launch {
            opening.value = try {
                val engine = RustEngine(Technician.open(options, signer, keys, clock, null), "android")
                Opening.Ready(AppModel(engine, ports, preferences, scope, deviceName, navigator, front))
            } catch (error: StartException) {
                Opening.Failed(error)
            }
        }
    }

    /** The models, once the engine is open. */
    suspend fun model(): AppModel = when (val end = state.first { it !is Opening.Waiting }) {
        is Opening.Ready -> end.model
        is Opening.Failed -> throw HostFailed(end.error)
        Opening.Waiting -> error("waited for")
    }

    /** The app's activity came onto the screen, or went. */
    fun inFront(on: Boolean) {
        front.value = on
    }

    /** There is something at the server. */
    fun poked() = tell { it.poke() }

    /** Where the phone is poked while it is asleep; null for nowhere. To be said at each start and after each enrolment too. */
    fun pushAt(endpoint: String?) = tell { it.pushAt(endpoint) }

    private fun tell(what: suspend (Engine) -> Unit) {
        scope.launch {
            try {
                what(model().engine)
            } catch (_: ActException) {
                // Locked or closed: the next start asks anyway.
            } catch (_: HostFailed) {
                // As above.
            }
        }
    }

    /** A photo that the camera took while our process was gone. */
    fun keepOrphan(tag: String, bytes: ByteArray) {
        val (visit, kind, caption) = tag.split('/', limit = 3)
        scope.launch { model().visit(visit).keepPhoto(bytes, PhotoKind.valueOf(kind), caption) }
    }

    /** True while originals wait for Wi-Fi. */
    val photosWaitForWifi: Boolean
        get() = ((state.value as? Opening.Ready)?.model?.sync?.shown?.value?.content?.waitingForWifi ?: 0u) > 0u

    /** Lets go of the store: for tests, where processes don't end. */
    suspend fun close() {
        (state.value as? Opening.Ready)?.model?.close()
        scope.cancel()
    }
}
