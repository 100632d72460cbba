package app.truckroll.shell

import app.truckroll.core.ActException

/** What a watched screen has to show. */
sealed interface Shown<out T> {
    /** The first value is on its way. */
    data object Loading : Shown<Nothing>

    /** The engine's own record, whole. */
    data class Content<T>(val view: T) : Shown<T>

    /** There is nothing now: the visit went away, the phone is locked. Content may come again. */
    data class Unavailable(val error: ActException) : Shown<Nothing>
}

/** The record, when there is one. */
val <T> Shown<T>.content: T? get() = (this as? Shown.Content<T>)?.view
