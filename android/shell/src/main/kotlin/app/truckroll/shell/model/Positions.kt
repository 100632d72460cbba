package app.truckroll.shell.model

import app.truckroll.core.ActException
import app.truckroll.core.TodayView
import app.truckroll.engine.systemNow
import app.truckroll.shell.Engine
import app.truckroll.shell.Shown
import app.truckroll.shell.port.LocationPort
import app.truckroll.shell.port.Look
import app.truckroll.shell.port.Position
import kotlinx.coroutines.Job
import kotlinx.coroutines.coroutineScope
import kotlinx.coroutines.delay
import kotlinx.coroutines.flow.Flow
import kotlinx.coroutines.flow.combine
import kotlinx.coroutines.flow.conflate
import kotlinx.coroutines.launch

/**
 * Tells the engine about where the phone is, for the office: as often as the engine asks for it, while the app is in front.
 * When it doesn't ask, nobody looks.
 *
 * @param today the list of the day, which changes when the engine begins or ends to ask
 * @param inFront whether the technician has the app on the screen
 */
class Positions(
    private val engine: Engine,
    private val location: LocationPort,
    private val today: Flow<Shown<TodayView>>,
    private val inFront: Flow<Boolean>,
) {
    /** When the next look is due, by the monotonic clock: going away and coming back makes it no sooner. Milliseconds. */
    @Volatile private var dueMs = 0L

    /** Does so until it is cancelled. */
    suspend fun run() = coroutineScope {
        var telling: Job? = null
        combine(inFront, today) { front, _ -> front }.conflate().collect { front ->
            val asked = front && everyMs() != null
            if (!asked) telling?.cancel()
            else if (telling?.isActive != true) telling = launch { tell() }
        }
    }

    /** Looks and tells for as long as the engine asks. Each time it is asked anew: the pace may have changed. */
    private suspend fun tell() {
        while (true) {
            delay(dueMs - systemNow().monoMs)
            val everyMs = everyMs() ?: return
            dueMs = systemNow().monoMs + everyMs
            val position = location.locate(Look.ROUGH)
            if (position is Position.Found) try {
                engine.position(position.fix)
            } catch (_: ActException) {
                // Closed meanwhile: it asks no more either.
            }
        }
    }

    private suspend fun everyMs(): Long? = try {
        engine.positionEveryMs()
    } catch (_: ActException) {
        null
    }
}
