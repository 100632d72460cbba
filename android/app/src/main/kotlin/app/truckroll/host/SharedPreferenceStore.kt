package app.truckroll.host

import android.content.Context
import app.truckroll.shell.PreferenceStore

/** How the app looks: the only thing that a backup holds. */
class SharedPreferenceStore(context: Context) : PreferenceStore {
    private val kept = context.getSharedPreferences("look", Context.MODE_PRIVATE)

    override fun read(key: String): String? = kept.getString(key, null)

    override fun write(key: String, value: String) = kept.edit().putString(key, value).apply()
}
