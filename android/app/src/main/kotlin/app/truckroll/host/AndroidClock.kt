package app.truckroll.host

import android.content.Context
import android.os.SystemClock
import android.provider.Settings
import app.truckroll.core.Clock
import app.truckroll.core.Now

/** The phone's clocks: a monotonic one that counts sleep, and which boot it counts from. */
class AndroidClock(context: Context) : Clock {
    /** The kernel's boot id is closed to apps; the count of boots is not. */
    private val boot = "boot-" + Settings.Global.getInt(context.contentResolver, Settings.Global.BOOT_COUNT, 0)

    override fun now(): Now = Now(System.currentTimeMillis(), SystemClock.elapsedRealtime(), boot)
}
