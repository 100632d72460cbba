package app.truckroll.host

import android.content.BroadcastReceiver
import android.content.Context
import android.content.Intent
import app.truckroll.TruckrollApplication

/**
 * A push by UnifiedPush: no Google services, and nothing about anybody in the message. Whatever it says, it only makes the
 * phone ask its own server, so a message that somebody else sent does no harm.
 */
class PushReceiver : BroadcastReceiver() {
    override fun onReceive(context: Context, intent: Intent) {
        if (intent.action != MESSAGE) return
        (context.applicationContext as TruckrollApplication).host.poked()
        SyncJob.schedule(context, photosWaitForWifi = false)
    }

    companion object {
        const val MESSAGE = "org.unifiedpush.android.connector.MESSAGE"
    }
}
