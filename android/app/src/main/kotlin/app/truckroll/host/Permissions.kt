package app.truckroll.host

import kotlinx.coroutines.CompletableDeferred
import kotlinx.coroutines.sync.Mutex
import kotlinx.coroutines.sync.withLock

/** Asks the technician for a permission by way of the activity on the screen, one question at a time. */
class Permissions {
    private val one = Mutex()
    private var waiting: CompletableDeferred<Boolean>? = null

    /** Shows Android's question; set by the activity on the screen. */
    var launch: ((String) -> Unit)? = null

    /** True when it was granted; false when it wasn't, or nothing is on the screen that could ask. */
    suspend fun ask(permission: String): Boolean = one.withLock {
        val open = launch ?: return false
        val answer = CompletableDeferred<Boolean>()
        waiting = answer
        open(permission)
        answer.await()
    }

    /** The technician answered. */
    fun answered(granted: Boolean) {
        // Whoever waits may put the next question before this returns.
        val answered = waiting
        waiting = null
        answered?.complete(granted)
    }
}
