package app.truckroll.host

import android.content.ActivityNotFoundException
import android.content.Context
import android.content.Intent
import android.net.Uri
import app.truckroll.shell.port.Opener

/** Hands links to the dialler and to maps. Dialling asks for no permission: the technician still taps the green button. */
class AndroidOpener(private val context: Context) : Opener {
    override fun open(uri: String): Boolean {
        val action = if (uri.startsWith("tel:")) Intent.ACTION_DIAL else Intent.ACTION_VIEW
        return try {
            context.startActivity(Intent(action, Uri.parse(uri)).addFlags(Intent.FLAG_ACTIVITY_NEW_TASK))
            true
        } catch (_: ActivityNotFoundException) {
            false
        }
    }
}
