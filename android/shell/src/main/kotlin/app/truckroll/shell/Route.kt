package app.truckroll.shell

/** A place in the app. Its [saved] form is what survives the process: it holds ids only, never what the screen shows. */
sealed interface Route {
    /** Make this phone somebody's, perhaps with a code that a link brought. */
    data class Enrol(val server: String = "", val code: String = "") : Route

    /** The day's visits. */
    data object Today : Route

    /** All of one visit. */
    data class Visit(val visit: String) : Route

    /** What closing a visit still lacks. */
    data class Closeout(val visit: String) : Route

    /** The two lanes of messages about a visit. */
    data class Messages(val visit: String) : Route

    /** What needs the technician's decision. */
    data object Attention : Route

    /** What is saved, what is sent, and what waits for what. */
    data object Sync : Route

    /** Wi-Fi, language, look, sign-out. */
    data object Settings : Route

    /** This place as text. An enrolment code is a secret for minutes and is left out. */
    val saved: String
        get() = when (this) {
            is Enrol -> "enrol"
            Today -> "today"
            is Visit -> "visit/$visit"
            is Closeout -> "closeout/$visit"
            is Messages -> "messages/$visit"
            Attention -> "attention"
            Sync -> "sync"
            Settings -> "settings"
        }

    companion object {
        /** The place that [saved] names; null when this version of the app knows no such place. */
        fun of(saved: String): Route? {
            val visit = saved.substringAfter('/', "")
            return when (saved.substringBefore('/')) {
                "enrol" -> Enrol()
                "today" -> Today
                "visit" -> Visit(visit).takeIf { visit.isNotEmpty() }
                "closeout" -> Closeout(visit).takeIf { visit.isNotEmpty() }
                "messages" -> Messages(visit).takeIf { visit.isNotEmpty() }
                "attention" -> Attention
                "sync" -> Sync
                "settings" -> Settings
                else -> null
            }
        }
    }
}
