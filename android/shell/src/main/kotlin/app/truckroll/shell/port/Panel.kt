package app.truckroll.shell.port

import app.truckroll.core.Network
import kotlinx.coroutines.flow.MutableStateFlow
import java.util.concurrent.ConcurrentLinkedQueue
import java.util.concurrent.CopyOnWriteArrayList

/** Hardware that a panel or a test sets: what the desktop window runs on, as a laptop has neither GPS nor a job site. */
class Panel {
    /** Where the phone is said to be. */
    val position = MutableStateFlow<Position>(Position.None)

    /** Every time that the app asked where the phone is. */
    val looks = CopyOnWriteArrayList<Look>()

    /** The connection. */
    val network = MutableStateFlow(Network.WIFI)

    /** What the camera gives next; without any it is as if the technician went back. */
    val shots = ConcurrentLinkedQueue<Shot>()

    /** What was handed to other apps. */
    val opened = CopyOnWriteArrayList<String>()

    /** Whether another app takes links. */
    @Volatile var opens = true

    val ports = Ports(
        location = { look -> position.value.also { looks += look } },
        camera = { shots.poll() ?: Shot.Cancelled },
        signal = { network },
        opener = { uri -> opens.also { if (it) opened += uri } },
    )
}
