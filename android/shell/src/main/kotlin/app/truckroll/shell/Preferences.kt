package app.truckroll.shell

import kotlinx.coroutines.flow.MutableStateFlow
import kotlinx.coroutines.flow.StateFlow
import kotlinx.coroutines.flow.asStateFlow

/** Which of the two themes. */
enum class ThemeChoice { SYSTEM, LIGHT, DARK }

/**
 * How the app looks on this device. What concerns the work (language, Wi-Fi only) is the engine's to keep.
 *
 * @property textScale on top of the system's own, [SMALLEST_TEXT] to [LARGEST_TEXT]
 */
data class Look(
    val theme: ThemeChoice = ThemeChoice.SYSTEM,
    val highContrast: Boolean = false,
    val textScale: Float = 1f,
) {
    companion object {
        const val SMALLEST_TEXT = 0.85f
        const val LARGEST_TEXT = 1.5f
    }
}

/** Where the host keeps a few small words: SharedPreferences on a phone, a file on a desktop. */
interface PreferenceStore {
    /** The kept word; null when there is none. */
    fun read(key: String): String?

    /** Keeps a word. It may be written to disk later: losing a look is no harm. */
    fun write(key: String, value: String)
}

/** The device's [Look], kept through a [PreferenceStore]. A kept word that makes no sense counts as none. */
class Preferences(private val store: PreferenceStore) {
    private val current = MutableStateFlow(read())

    val look: StateFlow<Look> = current.asStateFlow()

    fun setTheme(theme: ThemeChoice) = set(current.value.copy(theme = theme))

    fun setHighContrast(on: Boolean) = set(current.value.copy(highContrast = on))

    /** Takes the nearest that is allowed. */
    fun setTextScale(scale: Float) = set(current.value.copy(textScale = scale.coerceIn(Look.SMALLEST_TEXT, Look.LARGEST_TEXT)))

    private fun set(look: Look) {
        store.write(THEME, look.theme.name.lowercase())
        store.write(HIGH_CONTRAST, look.highContrast.toString())
        store.write(TEXT_SCALE, look.textScale.toString())
        current.value = look
    }

    private fun read() = Look(
        theme = ThemeChoice.entries.find { it.name.lowercase() == store.read(THEME) } ?: ThemeChoice.SYSTEM,
        highContrast = store.read(HIGH_CONTRAST) == "true",
        textScale = store.read(TEXT_SCALE)?.toFloatOrNull()?.takeIf { it in Look.SMALLEST_TEXT..Look.LARGEST_TEXT } ?: 1f,
    )

    private companion object {
        const val THEME = "theme"
        const val HIGH_CONTRAST = "high_contrast"
        const val TEXT_SCALE = "text_scale"
    }
}
