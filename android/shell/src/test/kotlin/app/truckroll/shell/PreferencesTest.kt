package app.truckroll.shell

import org.junit.Test
import kotlin.test.assertEquals

private class MapStore(vararg words: Pair<String, String>) : PreferenceStore {
    val words = mutableMapOf(*words)
    override fun read(key: String): String? = words[key]
    override fun write(key: String, value: String) { words[key] = value }
}

class PreferencesTest {
    @Test fun `a choice is there after a restart`() {
        val store = MapStore()
        Preferences(store).apply { setTheme(ThemeChoice.DARK); setHighContrast(true); setTextScale(1.25f) }
        assertEquals(Look(ThemeChoice.DARK, highContrast = true, textScale = 1.25f), Preferences(store).look.value)
    }

    @Test fun `nothing kept, or nonsense, is the default`() {
        assertEquals(Look(), Preferences(MapStore()).look.value)
        assertEquals(Look(), Preferences(MapStore("theme" to "sepia", "high_contrast" to "maybe", "text_scale" to "NaN")).look.value)
        assertEquals(Look(), Preferences(MapStore("text_scale" to "40")).look.value)
    }

    @Test fun `text stays within what the screens were drawn for`() {
        val preferences = Preferences(MapStore())
        preferences.setTextScale(9f)
        assertEquals(Look.LARGEST_TEXT, preferences.look.value.textScale)
        preferences.setTextScale(0f)
        assertEquals(Look.SMALLEST_TEXT, preferences.look.value.textScale)
    }
}
