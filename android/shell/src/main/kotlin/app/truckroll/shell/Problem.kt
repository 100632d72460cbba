package app.truckroll.shell

import app.truckroll.core.ActException

/** What went wrong, as far as the technician can do something about it. The screens have the words. */
sealed interface Problem {
    /** The phone's storage is full. */
    data object StorageFull : Problem

    /** The office locked the phone, or it was away for too long. */
    data object Locked : Problem

    /** The phone belongs to nobody. */
    data object NotEnrolled : Problem

    /** The phone belongs to somebody already. */
    data object AlreadyEnrolled : Problem

    /** The rules don't allow it now; the reason's key. The button that is drawn next says why in words. */
    data class NotPossible(val reason: String) : Problem

    /** The visit or item isn't there any more. */
    data object Gone : Problem

    /** A step that asks for a reason got none. */
    data object ReasonMissing : Problem

    /** A value that can't be; the field's key. */
    data class WrongValue(val field: String) : Problem

    /** More than a photo or text may hold, in bytes. */
    data class TooLarge(val limitBytes: Long) : Problem

    /** The app may not use the position. The check-in was saved without one. */
    data object LocationDenied : Problem

    /** The phone's location is switched off. The check-in was saved without one. */
    data object LocationOff : Problem

    /** The app may not use the camera. */
    data object CameraDenied : Problem

    /** No picture was taken. */
    data object CameraCancelled : Problem

    /** The camera gave no picture. */
    data object CameraFailed : Problem

    /** No app on this phone calls or navigates. */
    data object NothingOpens : Problem

    /** Something that only support can act on. */
    data class Failed(val detail: String) : Problem

    companion object {
        /** What a refusal of the engine means here. */
        fun of(error: ActException): Problem = when (error) {
            is ActException.StorageFull -> StorageFull
            is ActException.Locked -> Locked
            is ActException.NotEnrolled -> NotEnrolled
            is ActException.AlreadyEnrolled -> AlreadyEnrolled
            is ActException.NotPossible -> NotPossible(error.reason)
            is ActException.NoSuchVisit, is ActException.NoSuchItem -> Gone
            is ActException.NeedsReason -> ReasonMissing
            is ActException.Gaps -> NotPossible("gaps")
            is ActException.WrongValue -> WrongValue(error.field)
            is ActException.TooLarge -> TooLarge(error.limitBytes.toLong())
            else -> Failed(error.message ?: error.javaClass.simpleName)
        }
    }
}
