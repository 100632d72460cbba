package app.truckroll

import android.app.Activity
import android.os.Bundle
import android.os.Looper
import androidx.core.content.FileProvider
import app.truckroll.core.Clock
import app.truckroll.core.DriverOptions
import app.truckroll.core.Language
import app.truckroll.core.Now
import app.truckroll.engine.systemNow
import app.truckroll.host.AndroidLocation
import app.truckroll.host.Host
import app.truckroll.host.SharedPreferenceStore
import app.truckroll.shell.Preferences
import app.truckroll.shell.engine.SoftwareKeys
import app.truckroll.shell.port.Panel
import app.truckroll.shell.port.Ports
import kotlinx.coroutines.CoroutineScope
import kotlinx.coroutines.Dispatchers
import kotlinx.coroutines.async
import org.robolectric.Shadows.shadowOf
import java.io.File

/** FileProvider remembers a phone's folders for as long as the process lives, which here outlives the phone. */
internal fun forgetPhotoFolders() {
    val known = FileProvider::class.java.getDeclaredField("sCache").apply { isAccessible = true }.get(null) as MutableMap<*, *>
    known.clear()
}

/** The app on Robolectric: the real engine and a panel for hardware, as there is neither a key store nor a camera. */
class TestApplication : TruckrollApplication(), Clock {
    val panel = Panel()

    /** How far the phone's wall clock is off. */
    @Volatile var wallOffMs = 0L

    /** Position and camera are Android's own, not the panel's. */
    @Volatile var asksAndroid = false

    /**
     * What happens to the phone's folder after the process went with the activity's next end, once Android has kept its
     * state: as it goes to make room. Null keeps the process.
     */
    var diesWithItsActivity: ((home: File) -> Unit)? = null

    private val ports = Ports(
        location = { look -> (if (asksAndroid) AndroidLocation(this, permissions::ask) else panel.ports.location).locate(look) },
        camera = { if (asksAndroid) camera.take(it) else panel.ports.camera.take(it) },
        signal = panel.ports.signal,
        opener = panel.ports.opener,
    )

    private var folder: File? = null
    private var current: Host? = null
    private val dead = mutableListOf<Host>()

    override val host: Host get() = current ?: make().also { current = it }

    override fun now(): Now = systemNow().let { it.copy(wallMs = it.wallMs + wallOffMs) }

    override fun onCreate() {
        super.onCreate()
        registerActivityLifecycleCallbacks(object : ActivityLifecycleCallbacks {
            override fun onActivityDestroyed(activity: Activity) {
                diesWithItsActivity?.let(::die)
            }
            override fun onActivityCreated(activity: Activity, savedInstanceState: Bundle?) = Unit
            override fun onActivityStarted(activity: Activity) = Unit
            override fun onActivityResumed(activity: Activity) = Unit
            override fun onActivityPaused(activity: Activity) = Unit
            override fun onActivityStopped(activity: Activity) = Unit
            override fun onActivitySaveInstanceState(activity: Activity, outState: Bundle) = Unit
        })
    }

    private fun make(): Host {
        val home = folder ?: File(noBackupFilesDir, "phone").also { folder = it }
        val keys = SoftwareKeys(File(home, "keys"))
        val options = DriverOptions(File(home, "store").path, "test", Language.EN, panel.network.value, false)
        return Host(options, keys, keys, this, ports, Preferences(SharedPreferenceStore(this)), "Robolectric")
    }

    /**
     * As far as one process can play its own end: the next host finds the files as they are this moment, so nothing that
     * the old engine does when it closes can help it.
     */
    private fun die(meanwhile: (home: File) -> Unit) {
        diesWithItsActivity = null
        val ended = current ?: return
        val left = checkNotNull(folder)
        folder = File(left.path + "+").also {
            check(left.copyRecursively(it))
            meanwhile(it)
        }
        current = null
        dead += ended
    }

    /** Lets go of what the dead hosts hold. */
    fun buryTheDead() {
        for (ended in dead) close(ended)
        dead.clear()
    }

    /** Ends the app. */
    fun kill() {
        current?.let(dead::add)
        current = null
        buryTheDead()
    }

    private fun close(ended: Host) {
        val closing = CoroutineScope(Dispatchers.Default).async { ended.close() }
        val until = System.nanoTime() + 60_000_000_000
        while (!closing.isCompleted) {
            shadowOf(Looper.getMainLooper()).idle()
            check(System.nanoTime() < until) { "the engine doesn't close" }
            Thread.sleep(5)
        }
    }
}
