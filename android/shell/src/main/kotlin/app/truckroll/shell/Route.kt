package app.truckroll.shell

/** What can be written down on a visit, each on a page of its own: a gloved hand hits a page better than a small dialog. */
enum class VisitForm {
    CHECK_IN, PHOTOS, NOTES, CHECKLIST, PARTS, TIME, SIGNATURE, ESTIMATE, FOLLOW_UP, FLAG, HANDOFF, CHANGES;

    /** Its word in a kept way. */
    val key: String get() = name.lowercase()
}

/** A place in the app. Its [saved] form is what survives the process: it holds ids only, never what the screen shows. */
sealed interface Route {
    /** The visit that this place belongs to; null for places of the whole app. */
    val visit: String? get() = null

    /** Make this phone somebody's, perhaps with a code that a link brought. */
    data class Enrol(val server: String = "", val code: String = "") : Route

    /** The day's visits. */
    data object Today : Route

    /** All of one visit. */
    data class Visit(override val visit: String) : Route

    /** One page of a visit. */
    data class Form(override val visit: String, val form: VisitForm) : Route

    /** Why a step is taken, before it is taken. */
    data class Reason(override val visit: String, val action: String) : Route

    /** When a tap really was, of the stretch of time that the fact [start] began. */
    data class Correction(override val visit: String, val start: String) : Route

    /** What closing a visit still lacks. */
    data class Closeout(override val visit: String) : Route

    /** The two lanes of messages about a visit. */
    data class Messages(override val visit: String) : Route

    /** The messages of all visits. */
    data object AllMessages : Route

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
            is Form -> "${form.key}/$visit"
            is Reason -> "reason:$action/$visit"
            is Correction -> "correction:$start/$visit"
            is Closeout -> "closeout/$visit"
            is Messages -> "messages/$visit"
            AllMessages -> "all_messages"
            Attention -> "attention"
            Sync -> "sync"
            Settings -> "settings"
        }

    companion object {
        /** The place that [saved] names; null when this version of the app knows no such place. */
        fun of(saved: String): Route? {
            val visit = saved.substringAfter('/', "")
            val place = saved.substringBefore('/')
            return when (place) {
                "enrol" -> Enrol()
                "today" -> Today
                "all_messages" -> AllMessages
                "attention" -> Attention
                "sync" -> Sync
                "settings" -> Settings
                else -> if (visit.isEmpty()) null else ofVisit(place, visit)
            }
        }

        private fun ofVisit(place: String, visit: String): Route? = when {
            place == "visit" -> Visit(visit)
            place == "closeout" -> Closeout(visit)
            place == "messages" -> Messages(visit)
            place.startsWith("reason:") -> Reason(visit, place.substringAfter(':'))
            place.startsWith("correction:") -> Correction(visit, place.substringAfter(':'))
            else -> VisitForm.entries.find { it.key == place }?.let { Form(visit, it) }
        }
    }
}
