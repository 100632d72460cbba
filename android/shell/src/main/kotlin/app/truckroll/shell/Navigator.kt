package app.truckroll.shell

import kotlinx.coroutines.flow.MutableStateFlow
import kotlinx.coroutines.flow.StateFlow
import kotlinx.coroutines.flow.asStateFlow
import kotlinx.coroutines.flow.update

/** The way through the app: a stack whose first place is home and never leaves. */
class Navigator(home: Route = Route.Today) {
    private val places = MutableStateFlow(listOf(home))

    /** From home to the place on the screen; never empty. */
    val stack: StateFlow<List<Route>> = places.asStateFlow()

    /** The place on the screen. */
    val here: Route get() = places.value.last()

    /** Goes to a place. One that is on the way already is gone back to, so that no visit is open twice. */
    fun open(route: Route) = places.update { stack ->
        val known = stack.indexOf(route)
        if (known >= 0) stack.subList(0, known + 1).toList() else stack + route
    }

    /** Goes back one place; false at home, where the host leaves the app. */
    fun back(): Boolean {
        if (places.value.size == 1) return false
        places.update { it.dropLast(1) }
        return true
    }

    /** Forgets the way: after enrolment, after sign-out. */
    fun start(home: Route) = places.update { listOf(home) }

    /** Leaves a place that is done with, wherever the technician is by now. */
    fun leave(place: Route) = places.update { stack -> stack.filterIndexed { index, route -> index == 0 || route != place } }

    /** The way as text, for the host to keep while the process is dead. */
    fun save(): List<String> = places.value.map { it.saved }

    /** Takes up a kept way again. What isn't understood is left out; without anything left, the way stays as it is. */
    fun restore(saved: List<String>) {
        val known = saved.mapNotNull(Route::of)
        if (known.isNotEmpty()) places.value = known
    }
}
