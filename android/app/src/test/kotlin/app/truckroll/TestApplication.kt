package app.truckroll

import android.os.Looper
import app.truckroll.core.Clock
import app.truckroll.core.DriverOptions
import app.truckroll.core.Language
import app.truckroll.core.Now
import app.truckroll.engine.systemNow
import app.truckroll.host.Host
import app.truckroll.host.SharedPreferenceStore
import app.truckroll.shell.Preferences
import app.truckroll.shell.engine.SoftwareKeys
import app.truckroll.shell.port.Panel
import kotlinx.coroutines.CoroutineScope
import kotlinx.coroutines.Dispatchers
import kotlinx.coroutines.async
import org.robolectric.Shadows.shadowOf
import java.io.File

/** The app on Robolectric: the real engine and a panel for hardware, as there is neither a key store nor a camera. */
class TestApplication : TruckrollApplication(), Clock {
    val panel = Panel()

    /** How far the phone's wall clock is off. */
    @Volatile var wallOffMs = 0L

    private val folder by lazy { File(noBackupFilesDir, "phone") }
    private var current: Host? = null

    override val host: Host get() = current ?: make().also { current = it }

    override fun now(): Now = systemNow().let { it.copy(wallMs = it.wallMs + wallOffMs) }

    private fun make(): Host {
        val keys = SoftwareKeys(File(folder, "keys"))
        val options = DriverOptions(File(folder, "store").path, "test", Language.EN, panel.network.value, false)
        return Host(options, keys, keys, this, panel.ports, Preferences(SharedPreferenceStore(this)), "Robolectric")
    }

    /** The process ends as a killed one does, as far as one process can play it; the next use starts it anew. */
    fun kill() {
        val ended = current ?: return
        current = null
        val closing = CoroutineScope(Dispatchers.Default).async { ended.close() }
        val until = System.nanoTime() + 10_000_000_000
        while (!closing.isCompleted) {
            shadowOf(Looper.getMainLooper()).idle()
            check(System.nanoTime() < until) { "the engine doesn't close" }
            Thread.sleep(5)
        }
    }
}
