package app.truckroll.host

import android.content.BroadcastReceiver
import android.content.Context
import android.content.Intent
import app.truckroll.TruckrollApplication

/** What the phone's UnifiedPush distributor says: [Push] knows whether it is ours. */
class PushReceiver : BroadcastReceiver() {
    override fun onReceive(context: Context, intent: Intent) {
        val app = context.applicationContext as TruckrollApplication
        when (app.push.heard(intent)) {
            Push.Heard.MESSAGE -> {
                app.host.poked()
                SyncJob.schedule(context, photosWaitForWifi = false)
            }
            Push.Heard.ENDPOINT -> app.host.pushAt(app.push.endpoint)
            null -> Unit
        }
    }
}
