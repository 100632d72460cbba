package app.truckroll.shell.model

import app.truckroll.core.ActException
import app.truckroll.shell.Engine
import app.truckroll.shell.Navigator
import app.truckroll.shell.Problem
import app.truckroll.shell.port.Ports
import kotlinx.coroutines.CoroutineScope
import kotlinx.coroutines.Job
import kotlinx.coroutines.flow.MutableStateFlow
import kotlinx.coroutines.flow.StateFlow
import kotlinx.coroutines.flow.asStateFlow
import kotlinx.coroutines.flow.update
import kotlinx.coroutines.launch

/** What every model works with. */
class Session(val engine: Engine, val ports: Ports, val navigator: Navigator, val scope: CoroutineScope)

/**
 * What a screen shows beside the engine's record.
 *
 * @property working the key of what is being saved; null when nothing is
 * @property problem what went wrong last, until it is dismissed or something else is done
 */
data class Task(val working: String? = null, val problem: Problem? = null)

/**
 * What the technician taps. It runs in the app's scope, not the screen's: who leaves the screen while a tap is being saved
 * doesn't take it back.
 */
class Taps(private val scope: CoroutineScope) {
    private val current = MutableStateFlow(Task())

    val task: StateFlow<Task> = current.asStateFlow()

    /** Runs one at a time: a second tap while the first is being saved does nothing. */
    fun run(key: String, work: suspend () -> Problem?): Job? {
        var began = false
        current.update { task ->
            began = task.working == null
            if (began) Task(working = key) else task
        }
        if (!began) return null
        return scope.launch {
            val problem = try {
                work()
            } catch (error: ActException) {
                Problem.of(error)
            } finally {
                current.update { it.copy(working = null) }
            }
            if (problem != null) current.update { it.copy(problem = problem) }
        }
    }

    /** The problem was read. */
    fun dismiss() = current.update { it.copy(problem = null) }

    /** A problem from elsewhere. */
    fun show(problem: Problem) = current.update { it.copy(problem = problem) }
}
