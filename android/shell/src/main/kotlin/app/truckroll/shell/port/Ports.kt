package app.truckroll.shell.port

import app.truckroll.core.Fix
import app.truckroll.core.Network
import kotlinx.coroutines.flow.Flow

/** What became of asking for a position. */
sealed interface Position {
    /** Found, as good as it got in time. */
    data class Found(val fix: Fix) : Position

    /** The technician doesn't let the app use it, or took the permission back. */
    data object Denied : Position

    /** The phone's location is off. */
    data object Off : Position

    /** Nothing in time: a basement. */
    data object None : Position
}

/** What a position is for: how exact it has to be, and whether the technician may be asked. */
enum class Look {
    /** For a check-in: as exact as it gets in time. Asks for the permission first, if it can. */
    EXACT,

    /** On the way: a block is exact enough. Nobody who drives is asked anything: without the permission there is none. */
    ROUGH,
}

/** Where the phone is. */
fun interface LocationPort {
    /** Samples until the position is good enough or the time is up. */
    suspend fun locate(look: Look): Position
}

/** What became of asking for a picture. */
sealed interface Shot {
    /** JPEG or PNG. */
    class Taken(val bytes: ByteArray) : Shot

    /** The technician went back without one. */
    data object Cancelled : Shot

    /** The app may not. */
    data object Denied : Shot

    /** There is no room for the picture's file. */
    data object StorageFull : Shot

    /** There is no camera, or it gave nothing. */
    data object Failed : Shot
}

/** Takes a picture. */
fun interface CameraPort {
    /** @param tag what the picture is for, kept by the host in case the process dies behind the camera */
    suspend fun take(tag: String): Shot
}

/** The phone's connection. */
fun interface SignalPort {
    /** As it is, then each change. */
    fun network(): Flow<Network>
}

/** Hands a link to another app. */
fun interface Opener {
    /** Opens a `tel:`, `geo:` or web link; false when nothing on the phone does. */
    fun open(uri: String): Boolean
}

/** The hardware that a host has. */
class Ports(
    val location: LocationPort,
    val camera: CameraPort,
    val signal: SignalPort,
    val opener: Opener,
)
