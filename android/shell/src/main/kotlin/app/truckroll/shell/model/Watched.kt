package app.truckroll.shell.model

import app.truckroll.shell.Shown
import kotlinx.coroutines.CoroutineScope
import kotlinx.coroutines.Job
import kotlinx.coroutines.flow.Flow
import kotlinx.coroutines.flow.MutableStateFlow
import kotlinx.coroutines.flow.StateFlow
import kotlinx.coroutines.flow.asStateFlow
import kotlinx.coroutines.launch

/** A screen of the engine, watched until it is closed. */
class Watched<T>(scope: CoroutineScope, screens: Flow<Shown<T>>) : AutoCloseable {
    private val current = MutableStateFlow<Shown<T>>(Shown.Loading)
    private val watching: Job = scope.launch { screens.collect { current.value = it } }

    val shown: StateFlow<Shown<T>> = current.asStateFlow()

    /** The engine is told at once that nobody looks any more. */
    override fun close() = watching.cancel()
}
