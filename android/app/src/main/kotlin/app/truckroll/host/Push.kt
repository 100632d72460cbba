package app.truckroll.host

import android.app.PendingIntent
import android.content.Context
import android.content.Intent
import android.content.SharedPreferences
import java.util.UUID

/**
 * Where this phone is poked while its app is asleep, by UnifiedPush: another app on the phone, a distributor, keeps the
 * line and gives us an address. No Google services, and nothing about anybody in a message. Without a distributor the
 * phone hears of changes by its stream while it is open, and at its background runs.
 */
class Push(private val context: Context) {
    private val kept: SharedPreferences = context.getSharedPreferences("push", Context.MODE_PRIVATE)

    /** Known to the distributor and us: who says something without it isn't heard. */
    private val token: String
        get() = kept.getString(TOKEN, null) ?: UUID.randomUUID().toString().also { kept.edit().putString(TOKEN, it).apply() }

    /** The address that the server pokes; null when there is none. */
    val endpoint: String? get() = kept.getString(ENDPOINT, null)

    /** Asks a distributor for an address; it answers to [PushReceiver]. To be asked at each start: it may have been installed anew. */
    fun register() {
        val distributor = context.packageManager.queryBroadcastReceivers(Intent(REGISTER), 0)
            .map { it.activityInfo.packageName }.let { all -> kept.getString(DISTRIBUTOR, null)?.takeIf { it in all } ?: all.firstOrNull() }
        if (distributor == null) {
            kept.edit().remove(ENDPOINT).remove(DISTRIBUTOR).apply()
            return
        }
        kept.edit().putString(DISTRIBUTOR, distributor).apply()
        context.sendBroadcast(
            Intent(REGISTER).setPackage(distributor).putExtra("token", token)
                // Who asks: by name for older distributors, by what can't be forged for newer ones.
                .putExtra("application", context.packageName)
                .putExtra("pi", PendingIntent.getBroadcast(context, 0, Intent(), PendingIntent.FLAG_IMMUTABLE)),
        )
    }

    /** What a distributor said, if it is ours. */
    internal fun heard(intent: Intent): Heard? {
        if (intent.getStringExtra("token") != token) return null
        return when (intent.action) {
            MESSAGE -> Heard.MESSAGE.also { acknowledge(intent.getStringExtra("id")) }
            NEW_ENDPOINT -> Heard.ENDPOINT.also { kept.edit().putString(ENDPOINT, intent.getStringExtra("endpoint")).apply() }
            UNREGISTERED, REGISTRATION_FAILED -> Heard.ENDPOINT.also { kept.edit().remove(ENDPOINT).apply() }
            else -> null
        }
    }

    /** A distributor that numbers its messages sends them until it hears that they came. */
    private fun acknowledge(id: String?) {
        val distributor = kept.getString(DISTRIBUTOR, null)
        if (id == null || distributor == null) return
        context.sendBroadcast(Intent(MESSAGE_ACK).setPackage(distributor).putExtra("token", token).putExtra("id", id))
    }

    internal enum class Heard {
        /** There is something at the server. */
        MESSAGE,

        /** The [endpoint] is another now. */
        ENDPOINT,
    }

    companion object {
        const val REGISTER = "org.unifiedpush.android.distributor.REGISTER"
        const val MESSAGE_ACK = "org.unifiedpush.android.distributor.MESSAGE_ACK"
        const val MESSAGE = "org.unifiedpush.android.connector.MESSAGE"
        const val NEW_ENDPOINT = "org.unifiedpush.android.connector.NEW_ENDPOINT"
        const val UNREGISTERED = "org.unifiedpush.android.connector.UNREGISTERED"
        const val REGISTRATION_FAILED = "org.unifiedpush.android.connector.REGISTRATION_FAILED"
        private const val TOKEN = "token"
        private const val ENDPOINT = "endpoint"
        private const val DISTRIBUTOR = "distributor"
    }
}
