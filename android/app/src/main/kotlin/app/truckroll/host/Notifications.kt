package app.truckroll.host

import android.Manifest
import android.app.Notification
import android.app.NotificationChannel
import android.app.NotificationManager
import android.app.PendingIntent
import android.content.Context
import android.content.Intent
import android.content.pm.PackageManager
import android.os.Build
import app.truckroll.MainActivity
import app.truckroll.R
import app.truckroll.core.Language
import app.truckroll.core.TodayView
import app.truckroll.shell.content
import app.truckroll.ui.text.wordsOf

/** Says that there is something to read or to decide, without a word about any customer: the lock screen is public. */
class Notifications(private val context: Context) {
    private val manager = context.getSystemService(NotificationManager::class.java)

    /** Asks once in a phone's life whether it may show any: Android 13 and newer show none without. */
    suspend fun askOnce(ask: suspend (String) -> Boolean) {
        if (Build.VERSION.SDK_INT < Build.VERSION_CODES.TIRAMISU) return
        if (context.checkSelfPermission(Manifest.permission.POST_NOTIFICATIONS) == PackageManager.PERMISSION_GRANTED) return
        val kept = context.getSharedPreferences("notifications", Context.MODE_PRIVATE)
        if (kept.getBoolean(ASKED, false)) return
        kept.edit().putBoolean(ASKED, true).apply()
        ask(Manifest.permission.POST_NOTIFICATIONS)
    }

    /** What the day says now. */
    fun show(host: Host) {
        val model = (host.state.value as? Opening.Ready)?.model ?: return
        model.today.shown.value.content?.let { show(it, model.settings.shown.value.content?.language ?: Language.EN) }
    }

    internal fun show(today: TodayView, language: Language) {
        val words = wordsOf(language)
        val text = when {
            today.attention > 0u -> words.attentionCount(today.attention.toInt())
            today.unread > 0u -> words.unreadCount(today.unread.toInt())
            else -> return manager.cancel(ID)
        }
        manager.createNotificationChannel(NotificationChannel(CHANNEL, words.messages, NotificationManager.IMPORTANCE_HIGH))
        val open = PendingIntent.getActivity(context, 0, Intent(context, MainActivity::class.java), PendingIntent.FLAG_IMMUTABLE)
        manager.notify(
            ID,
            Notification.Builder(context, CHANNEL).setSmallIcon(R.drawable.truck).setContentTitle(text).setContentIntent(open).setAutoCancel(true).build(),
        )
    }

    companion object {
        const val CHANNEL = "office"
        const val ID = 1
        private const val ASKED = "asked"
    }
}
