package app.truckroll.shell.model

import app.truckroll.core.ActException
import app.truckroll.core.ActionView
import app.truckroll.shell.Engine
import app.truckroll.shell.Navigator
import app.truckroll.shell.Preferences
import app.truckroll.shell.Route
import app.truckroll.shell.content
import app.truckroll.shell.port.Ports
import kotlinx.coroutines.CoroutineScope
import kotlinx.coroutines.Job
import kotlinx.coroutines.SupervisorJob
import kotlinx.coroutines.cancelAndJoin
import kotlinx.coroutines.flow.Flow
import kotlinx.coroutines.flow.distinctUntilChanged
import kotlinx.coroutines.flow.flowOf
import kotlinx.coroutines.flow.mapNotNull
import kotlinx.coroutines.job
import kotlinx.coroutines.launch

/**
 * The whole app without its pictures: made once per process, whatever becomes of windows and activities.
 *
 * @param scope its dispatcher is the host's main thread; models only change state flows on it
 * @param deviceName what the office sees in its list of phones
 * @param inFront whether the technician has the app on the screen; a window always counts as that
 */
class AppModel(
    val engine: Engine,
    ports: Ports,
    val preferences: Preferences,
    scope: CoroutineScope,
    deviceName: String,
    val navigator: Navigator = Navigator(),
    inFront: Flow<Boolean> = flowOf(true),
) {
    private val scope = CoroutineScope(scope.coroutineContext + SupervisorJob(scope.coroutineContext[Job]))
    private val session = Session(engine, ports, navigator, this.scope)
    private val visits = mutableMapOf<String, VisitModel>()
    private val closeouts = mutableMapOf<String, CloseoutModel>()

    val today = TodayModel(session)
    val attention = AttentionModel(session)
    val sync = SyncModel(session)
    val messages = MessagesModel(session)
    val settings = SettingsModel(session)
    val enrol = EnrolModel(session, deviceName)

    init {
        this.scope.launch { ports.signal.network().distinctUntilChanged().collect { engine.setNetwork(it) } }
        this.scope.launch { Positions(engine, ports.location, today.shown, inFront).run() }
        this.scope.launch { navigator.stack.collect { forget() } }
        this.scope.launch { today.shown.mapNotNull { it.content?.enrolled }.distinctUntilChanged().collect(::lead) }
    }

    /** A phone that belongs to nobody shows the enrolment, one that does shows the day. */
    private fun lead(enrolled: Boolean) {
        val enrolling = navigator.stack.value.first() is Route.Enrol
        if (enrolled && enrolling) navigator.start(Route.Today)
        if (!enrolled && !enrolling) navigator.start(Route.Enrol())
    }

    /** The model of a visit, as long as one of its places is on the way. */
    @Synchronized fun visit(visit: String): VisitModel = visits.getOrPut(visit) { VisitModel(visit, session) }

    @Synchronized fun closeout(visit: String): CloseoutModel = closeouts.getOrPut(visit) { CloseoutModel(visit, session) }

    /** Takes a visit's next step from the list: on the visit's own screen, where the undo and what went wrong show. */
    fun step(visit: String, action: ActionView) {
        navigator.open(Route.Visit(visit))
        visit(visit).step(action)
    }

    /** A picture's bytes; null when the phone doesn't have it, or is locked. */
    suspend fun picture(sha256: String): ByteArray? = try {
        engine.picture(sha256)
    } catch (_: ActException) {
        null
    }

    /** Stops watching visits that no place on the way belongs to: as it is now, which may be newer than what was told. */
    @Synchronized private fun forget() {
        val open = navigator.stack.value.mapNotNull { it.visit }.toSet()
        for (models in listOf(visits, closeouts)) {
            val gone = models.keys - open
            for (visit in gone) models.remove(visit)?.close()
        }
    }

    /** Ends everything, for tests and for a window that closes; then the engine's folder is free. */
    suspend fun close() {
        scope.coroutineContext.job.cancelAndJoin()
        engine.close()
    }
}
