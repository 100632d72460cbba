package app.truckroll

import android.app.Application
import android.os.Build
import app.truckroll.core.DriverOptions
import app.truckroll.core.Language
import app.truckroll.host.AndroidCamera
import app.truckroll.host.AndroidClock
import app.truckroll.host.AndroidLocation
import app.truckroll.host.AndroidOpener
import app.truckroll.host.AndroidSignal
import app.truckroll.host.Host
import app.truckroll.host.KeystoreKeys
import app.truckroll.host.Permissions
import app.truckroll.host.Push
import app.truckroll.host.SharedPreferenceStore
import app.truckroll.shell.Preferences
import app.truckroll.shell.port.Ports
import java.io.File

/** The process. It holds the engine, so that a rotation or a camera in front doesn't touch it. */
open class TruckrollApplication : Application() {
    /** The camera app's way in and out. */
    val camera: AndroidCamera by lazy { AndroidCamera(this) }

    /** Asks for permissions by way of the activity on the screen. */
    val permissions = Permissions()

    /** Where the phone is poked while the app is asleep. */
    val push: Push by lazy { Push(this) }

    /** The engine and its models. Tests give other hardware. */
    open val host: Host by lazy {
        val keys = KeystoreKeys(File(noBackupFilesDir, "store.key"))
        val signal = AndroidSignal(this)
        val ports = Ports(AndroidLocation(this, permissions::ask), camera, signal, AndroidOpener(this))
        val language = if (resources.configuration.locales[0].language == "es") Language.ES else Language.EN
        // Never backed up: an old outbox that came back would be sent twice.
        val options = DriverOptions(File(noBackupFilesDir, "store").path, VERSION, language, signal.now(), allowPlainHttp = false)
        Host(options, keys, keys, AndroidClock(this), ports, Preferences(SharedPreferenceStore(this)), Build.MODEL)
    }

    companion object {
        const val VERSION = "0.1.0"
    }
}
